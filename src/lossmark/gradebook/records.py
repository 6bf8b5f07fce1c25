"""The one writer: puts graded submissions into nbgrader's gradebook and into ``autograded/``.

Each submission is one transaction: it is in the gradebook with all of its scores, or as it was before. The files come
after it, in one step, so that a run that is killed at any point leaves nothing that a second run does not put right.
"""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Callable, Mapping
from functools import cached_property

from nbconvert.exporters import ResourcesDict
from nbformat import NotebookNode
from nbgrader.api import Grade, Gradebook, SubmittedAssignment, SubmittedNotebook
from nbgrader.preprocessors import SaveCells
from nbgrader.utils import compute_checksum, determine_grade, is_grade
from sqlalchemy.exc import SAWarning

from lossmark.course import Course, grade_id_of
from lossmark.errors import NotGraded
from lossmark.gradebook.database import open_gradebook, transaction
from lossmark.gradebook.folders import ClassFolders
from lossmark.gradebook.lateness import LatePenalties
from lossmark.gradebook.marks import Submission, marks_of
from lossmark.gradebook.patience import Result, patiently
from lossmark.gradebook.results_file import Changes, PenaltyChange, SavedResult
from lossmark.results import GradedNotebook


class GradeWriter:
    """Reads and writes the results of one assignment. Use it in a ``with`` statement.

    It changes nothing, and makes no gradebook, before :meth:`prepare`.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        The assignment's name.

    Attributes
    ----------
    assignment : lossmark.course.Assignment
        The assignment.
    folders : ClassFolders
        Where submissions and results lie.
    """

    def __init__(self, course: Course, assignment: str) -> None:
        self.assignment = course.assignment(assignment)
        self.folders = ClassFolders(course, assignment)
        self._late = LatePenalties(course, assignment, self.folders)
        self._written: set[str] = set()

    def prepare(self) -> None:
        """Make ready to write: keep others away, tidy up after one that was killed, declare the assignment.

        Raises
        ------
        NotGraded
            If another process writes results of this assignment, or the gradebook has it with other cells.
        """
        self.folders.claim()
        self._patiently(self._declare_assignment)

    def results_of(self, student: str) -> SavedResult | None:
        """Return the content of a student's ``results.json``, if it is complete and agrees with the gradebook.

        Parameters
        ----------
        student : str
            Whose.

        Returns
        -------
        SavedResult or None
        """
        results = self.folders.results_of(student)
        if results is None:
            return None
        marks = self._marks_of(student)
        recorded = None if marks is None else marks.automatic(self.assignment.points)
        return None if recorded is None or results.recorded_otherwise(recorded) else results

    def changes_since(self, student: str, result: SavedResult, now: Mapping[str, str]) -> Changes:
        """Find the changes since a submission was graded.

        Parameters
        ----------
        student : str
            Whose it is.
        result : SavedResult
            From :meth:`results_of`.
        now : mapping
            The current digests of the inputs of a result.

        Returns
        -------
        Changes
        """
        return self.folders.changes_since(student, result, now, penalty=self.penalty_change(student))

    def penalty_change(self, student: str, graded: GradedNotebook | None = None) -> PenaltyChange | None:
        """Compare the recorded penalty for being late with the one that would be recorded now.

        Parameters
        ----------
        student : str
            Whose submission it is.
        graded : GradedNotebook, optional
            A new result, which is not recorded yet.

        Returns
        -------
        PenaltyChange or None
            None if it is the same, or if nothing is recorded.
        """
        scores = None if graded is None else {result.grade_id: result.score for result in graded.cells}
        return self._late.change(student, self._marks_of(student), scores)

    def write(self, student: str, graded: GradedNotebook, digests: dict[str, str]) -> None:
        """Put a graded submission into the gradebook and into ``autograded/``.

        Parameters
        ----------
        student : str
            Whose it is; a student who is not in the gradebook yet is added.
        graded : GradedNotebook
            The result.
        digests : dict
            Digests of its inputs.

        Raises
        ------
        GradebookUnusable
            If that goes for all submissions.
        NotGraded, OSError
            If something is wrong with the files of this one.
        """
        folder = self.folders.lay_ready(student, graded, digests)
        try:
            self._patiently(lambda: self._record(student, graded))
            self.folders.put_in_place(folder, student)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        finally:
            self._written.add(student)

    def write_penalty(self, student: str) -> None:
        """Record the penalty for being late that is due now; the marks stay as they are.

        Parameters
        ----------
        student : str
            Whose submission it is; it has been recorded.

        Raises
        ------
        GradebookUnusable
            If that goes for all submissions.
        Exception
            Anything that the course's plugin raises.
        """

        def record() -> None:
            with transaction(self._gradebook):
                self._record_penalty(self._gradebook.find_submission(self.assignment.name, student))

        self._patiently(record)
        self._written.add(student)

    def close(self) -> None:
        """Close the gradebook and let others write."""
        if "_gradebook" in vars(self):
            self._gradebook.close()
        self.folders.release()

    def __enter__(self) -> GradeWriter:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    # The gradebook

    def _patiently(self, work: Callable[[], Result]) -> Result:
        return patiently(self.folders.settings.db_url, work)

    @cached_property
    def _gradebook(self) -> Gradebook:
        return open_gradebook(self.folders.settings)

    def _declare_assignment(self) -> None:
        """Put the assignment's cells into the gradebook as ``nbgrader generate_assignment`` does."""
        name, notebook, resources = self.assignment.name, self.assignment.declared, ResourcesDict()
        with transaction(self._gradebook):
            self._gradebook.update_or_create_assignment(name)
            saver = SaveCells()
            saver.gradebook = self._gradebook
            saver.notebook_id = saver.assignment_id = name
            saver.new_grade_cells, saver.new_solution_cells = {}, {}
            saver.new_task_cells, saver.new_source_cells = {}, {}
            for index, cell in enumerate(notebook.cells):
                saver.preprocess_cell(cell, resources, index)
            try:
                saver._create_notebook(notebook)
            except RuntimeError:  # nbgrader's: submissions are kept with the cells that they had
                raise NotGraded(
                    f"the gradebook has {name} with other cells, and submissions of it ({_changed_cells(saver)}). Give "
                    "the cells the names that they had, or make the new notebook an assignment of another name: the "
                    "marks of this one stay as they are"
                ) from None

    @cached_property
    def _marks(self) -> dict[str, Submission]:
        """The gradebook's data at the first request, by student."""
        return self._read_marks()

    def _marks_of(self, student: str) -> Submission | None:
        if student in self._written:
            self._marks.update(self._read_marks(student))
            self._written.discard(student)
        return self._marks.get(student)

    def _read_marks(self, student: str | None = None) -> dict[str, Submission]:
        marks = self._patiently(lambda: marks_of(self._gradebook.db, self.assignment.name, student))
        self._gradebook.db.remove()
        return {} if marks is None else marks.submissions

    def _record(self, student: str, graded: GradedNotebook) -> None:
        name, time_of_submission = self.assignment.name, self.folders.handed_in(student)
        when = {} if time_of_submission is None else {"timestamp": time_of_submission}
        with transaction(self._gradebook), warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Object of type .* not in session", SAWarning)  # nbgrader's way of adding
            if self.folders.converter.create_student:
                self._gradebook.update_or_create_student(student)
            submission = self._gradebook.update_or_create_submission(name, student, **when)
            self._record_scores(self._notebook_of(submission), graded)
            self._gradebook.db.flush()
            self._record_penalty(submission)

    def _notebook_of(self, submission: SubmittedAssignment) -> SubmittedNotebook:
        (notebook,) = [notebook for notebook in submission.notebooks if notebook.name == self.assignment.name]
        return notebook

    def _record_penalty(self, submission: SubmittedAssignment) -> None:
        notebook = self._notebook_of(submission)
        if self._late.step is not None:
            score, late_s = sum(map(_score, notebook.grades)), submission.total_seconds_late
            notebook.late_submission_penalty = self._late.of(submission.student_id, score, late_s)

    def _record_scores(self, notebook: SubmittedNotebook, graded: GradedNotebook) -> None:
        """Set scores and comments as nbgrader's SaveAutoGrades does; a person's marks are kept."""
        scores = {result.grade_id: result.score for result in graded.cells}
        cells = {grade_id_of(cell): cell for cell in graded.notebook.cells}
        for grade in notebook.grades:
            cell = cells.get(grade.name)
            if cell is not None and is_grade(cell):  # not a task, which is for a person alone
                set_automatic_score(grade, cell, scores)
        for comment in notebook.comments:
            cell = cells.get(comment.name)
            untouched = cell is not None and cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)
            is_task = cell is not None and cell.metadata.nbgrader.get("task", False)
            comment.auto_comment = "No response." if untouched and not is_task else None


def _changed_cells(saver: SaveCells) -> str:
    """Name the cells that nbgrader's preprocessor found to be new or gone."""
    old, new = saver.old_source_cells, saver.new_source_cells.keys()
    changed = [f"`{name}` is new" for name in sorted(new - old)] + [f"`{name}` is gone" for name in sorted(old - new)]
    return ", ".join(changed) or "some are of another kind"


def set_automatic_score(grade: Grade, cell: NotebookNode, scores: Mapping[str, float]) -> None:
    """Set the points of the checks, as nbgrader sets those of tests; a person's marks are queued for review.

    Parameters
    ----------
    grade : Grade
        The gradebook's.
    cell : NotebookNode
        The graded cell.
    scores : mapping
        Points by tests cell; of a cell that is not in it, nbgrader knows whether it was answered.
    """
    name = cell.metadata.nbgrader["grade_id"]
    grade.auto_score = scores[name] if name in scores else determine_grade(cell)[0]
    grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None


def _score(grade: Grade) -> float:
    """The counted score of a grade: a person's before the automatic one."""
    given = grade.auto_score if grade.manual_score is None else grade.manual_score
    return 0.0 if given is None else float(given + (grade.extra_credit or 0.0))
