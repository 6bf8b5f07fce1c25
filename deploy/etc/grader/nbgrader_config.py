"""What the grading account's JupyterLab knows of the course: the course's own settings, and where it is."""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821 (nbgrader provides it)
course, called = os.environ["LOSSMARK_COURSE"], Path.cwd()

# nbgrader's commands would next execute the settings of the folder in which they are called, and import from there. It
# may be a submission's.
if Path(sys.argv[0]).name == "nbgrader" and called != Path(course):
    if found := sorted(called.glob("nbgrader_config.*")):
        sys.exit(f"nbgrader: {found[0]} is not the course's, and would be executed; call this in {course}")
    sys.path[:] = [course if folder in ("", str(called)) else folder for folder in sys.path]

load_subconfig("nbgrader_config.py", path=course)  # noqa: F821

if c.CourseDirectory.get("course_id", "") != os.environ["LOSSMARK_COURSE_ID"]:
    print(
        f"lossmark: students cannot find the course: c.CourseDirectory.course_id in {course}/nbgrader_config.py is not "
        f"{os.environ['LOSSMARK_COURSE_ID']!r}, which LOSSMARK_COURSE_ID of the hub's service says",
        file=sys.stderr,
    )

c.CourseDirectory.root = course
c.Exchange.root = os.environ["LOSSMARK_EXCHANGE"]
