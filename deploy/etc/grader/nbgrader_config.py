"""What the grading account's JupyterLab knows of the course: the course's own settings, and where it is."""

import os

c = get_config()  # noqa: F821 (nbgrader provides it)
load_subconfig("nbgrader_config.py", path=os.environ["LOSSMARK_COURSE"])  # noqa: F821

c.CourseDirectory.root = os.environ["LOSSMARK_COURSE"]
c.Exchange.root = os.environ["LOSSMARK_EXCHANGE"]
