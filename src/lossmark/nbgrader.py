"""Grading inside nbgrader: the preprocessors that ``nbgrader autograde`` and formgrader's button run.

``nbgrader_config.py`` puts them in the place of nbgrader's own, which run a submission and its tests in one kernel.
"""

from __future__ import annotations

import atexit
import copy
import os
import sys
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades
from traitlets.config import Application, Config

from lossmark.course import Course
from lossmark.errors import UsageError
from lossmark.execution.notebook import read_notebook
from lossmark.gradebook.handed_in import read_submitted, remarks_beside
from lossmark.gradebook.records import set_automatic_score
from lossmark.gradebook.results_file import write_results
from lossmark.gradebook.standing import coursedir_of
from lossmark.grading.pipeline import Grader
from lossmark.location import above_submissions
from lossmark.provenance import digests, digests_of_course
from lossmark.results import UNPROTECTED, GradedNotebook

_current: tuple[tuple[str, ...], Grader] | None = None
_OF_GRADING = ("Lossmark", "Execute", "ExecutePreprocessor", "IgnorePattern")
"""Sections of settings by which the engine grades."""


class SubmissionExporter(NotebookExporter):
    """Reads a notebook as the engine does, which accepts files that nbformat refuses, and describes others.

    ``c.Autograde.exporter_class`` names it.
    """

    def from_file(self, file_stream: Any, resources: Any = None, **kw: Any) -> tuple[Any, Any]:
        """Convert a notebook from an open file.

        Parameters
        ----------
        file_stream : file
            nbconvert has opened it as text; its bytes are read.
        resources : dict, optional
            nbconvert's.
        **kw
            Passed on.

        Returns
        -------
        tuple of str and dict
            The notebook that the preprocessors made of it, and nbconvert's resources.

        Raises
        ------
        NoNotebook
            If the file cannot be understood as a notebook.
        """
        notebook = read_notebook(file_stream.buffer.read())
        converted: tuple[Any, Any] = self.from_notebook_node(notebook, resources=resources, **kw)  # type: ignore[no-untyped-call]
        return converted


class GradeNotebook(NbGraderPreprocessor):  # type: ignore[misc]
    """Grades a submission and puts the graded notebook in its place.

    Takes the submitted file itself, so that changes by an earlier step do not matter, and leaves the results
    in ``resources["lossmark"]`` and in ``results.json`` beside the autograded notebook.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Grade; a fault of ours is raised, so that nbgrader reports the submission as not graded."""
        autograded = Path(resources["metadata"]["path"]).resolve()
        course, name = self._course(), resources["nbgrader"]["assignment"]
        file = self._submitted_file(course, resources["nbgrader"])
        submitted = read_submitted(file)
        graded = _grader_for(course, name).grade(submitted)
        graded = graded.remarked(*remarks_beside(file, is_untouched=graded.is_untouched))
        for remark in graded.remarks:
            self.log.warning("%s, %s: %s", resources["nbgrader"]["student"], name, remark)
        if not graded.is_protected:
            self.log.warning("%s, %s: %s", resources["nbgrader"]["student"], name, UNPROTECTED)
        write_results(autograded, graded, digests(course, name, submitted))
        return graded.notebook, {**resources, "lossmark": graded}

    def _course(self) -> Course:
        """The course that nbgrader works on; submitted files beside a notebook do not affect it."""
        folders = coursedir_of(self) or CourseDirectory(config=self.config)
        course = Course(Path(folders.root).resolve())
        called = Path(os.environ.get("PWD", "/"))
        is_among_files = above_submissions(called) != called and called.resolve() != course.root
        if is_among_files and str(called.resolve()) in sys.path:  # nbgrader's commands add it
            raise UsageError(
                f"nbgrader was called in {called}, which holds files of students, and takes settings and modules from "
                f"there: nothing is graded; call it in {course.root}"
            )
        if said := self._said_on_the_command_line():
            config = copy.deepcopy(course.config)
            config.merge(said)
            return Course(course.root, config)
        return course

    def _said_on_the_command_line(self) -> Config:
        """The settings of grading that the command was called with; they are in none of the course's files."""
        owner: Any = self.parent
        while owner is not None and not isinstance(owner, Application):
            owner = owner.parent
        said = Config() if owner is None else owner.cli_config
        return Config({section: said[section] for section in _OF_GRADING if section in said})

    def _submitted_file(self, course: Course, ids: dict[str, str]) -> Path:
        folders = CourseDirectory(config=self.config, root=str(course.root))
        folder = folders.format_path(folders.submitted_directory, ids["student"], ids["assignment"])
        return Path(folder) / f"{ids['notebook']}.ipynb"


class SaveScores(SaveAutoGrades):  # type: ignore[misc]
    """Writes the scores of the checks into the gradebook; output of the cells is ignored."""

    def _add_score(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        graded: GradedNotebook = resources["lossmark"]
        grade_id = cell.metadata["nbgrader"]["grade_id"]
        scores = {result.grade_id: result.score for result in graded.cells}
        grade = self.gradebook.find_grade(grade_id, self.notebook_id, self.assignment_id, self.student_id)
        set_automatic_score(grade, cell, scores)
        self.gradebook.db.commit()


def _grader_for(course: Course, assignment: str) -> Grader:
    """Return a grader that is up to date; nbgrader makes a new preprocessor for each notebook, so it is kept here."""
    global _current
    key = (str(course.root), assignment, *digests_of_course(course, assignment).values())
    if _current is None or _current[0] != key:
        _close_current()
        _current = key, Grader(course, assignment)
    return _current[1]


@atexit.register
def _close_current() -> None:
    global _current
    if _current is not None:
        _current[1].close()
        _current = None
