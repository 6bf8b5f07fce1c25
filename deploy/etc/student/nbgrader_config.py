"""What a student's JupyterLab knows of the course: its name, and where assignments are handed out and in."""

import os

c = get_config()  # noqa: F821 (nbgrader provides it)

c.CourseDirectory.course_id = os.environ["LOSSMARK_COURSE_ID"]
c.Exchange.root = os.environ["LOSSMARK_EXCHANGE"]
