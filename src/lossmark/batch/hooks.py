"""The functions that a course lets nbgrader call before and after it grades a submission."""

from __future__ import annotations

import contextlib
import glob

from lossmark.collect import before_autograde
from lossmark.configuration import importing_from
from lossmark.course import Course
from lossmark.gradebook.folders import ClassFolders


class Hooks:
    """Calls ``c.Autograde.pre_convert_hook`` and ``c.Autograde.post_convert_hook`` as `nbgrader autograde` does.

    It does so in the course's folder, with the modules there. A hook that fails is reported, and the submission is
    graded.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        The assignment's name.
    folders : ClassFolders
        The folders of its submissions.
    """

    def __init__(self, course: Course, assignment: str, folders: ClassFolders) -> None:
        self._root, self._assignment, self._folders = course.root, assignment, folders

    def before(self, student: str) -> tuple[str, ...]:
        """Call the first hook, which may change the submitted files.

        Parameters
        ----------
        student : str
            Whose submission is graded next.

        Returns
        -------
        tuple of str
            A remark, if the hook has failed.
        """
        if self._folders.converter.pre_convert_hook is before_autograde:  # a class run follows no link without it
            return ()
        folder = glob.escape(str(self._folders.submitted_folder(student)))
        return self._call("pre_convert_hook", student, sorted(glob.glob(f"{folder}/*.ipynb")))  # noqa: PTH207 (hides .x)

    def after(self, student: str) -> tuple[str, ...]:
        """Call the second hook, which may use the results.

        Parameters
        ----------
        student : str
            Whose submission was graded and recorded.

        Returns
        -------
        tuple of str
            A remark, if the hook has failed.
        """
        notebook = self._folders.submitted_folder(student) / f"{self._assignment}.ipynb"
        return self._call("post_convert_hook", student, [str(notebook)])

    def _call(self, name: str, student: str, notebooks: list[str]) -> tuple[str, ...]:
        hook = getattr(self._folders.converter, name)
        if hook is None:
            return ()
        try:
            with contextlib.chdir(self._root), importing_from(self._root):
                hook(assignment=self._assignment, student=student, notebooks=notebooks)
        except Exception as error:  # it is the course's own, and may raise anything
            return (f"c.Autograde.{name} failed: {type(error).__name__}: {error}",)
        return ()
