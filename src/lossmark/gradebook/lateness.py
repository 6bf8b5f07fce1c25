"""The penalty for being late: computed by the course's own step, and compared with the one that is recorded."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from nbgrader.preprocessors import AssignLatePenalties
from traitlets.utils.importstring import import_item

from lossmark.configuration import importing_from
from lossmark.course import Course
from lossmark.gradebook.folders import ClassFolders
from lossmark.gradebook.marks import AssignmentMarks, Submission, seconds_late
from lossmark.gradebook.results_file import PenaltyChange

_SAME_POINTS = 1e-9
"""Up to this, two sums of the same points may differ: they were added up in another order."""


@dataclass(frozen=True)
class LatePenalties:
    """Late penalties of one assignment, from the preprocessor and the plugin in the course's settings.

    Attributes
    ----------
    course : Course
        The course.
    assignment : str
        The assignment's name.
    folders : ClassFolders
        Where submissions lie.
    """

    course: Course
    assignment: str
    folders: ClassFolders

    @cached_property
    def step(self) -> AssignLatePenalties | None:
        """The step for late submissions: None where the course does not have it, or has switched it off."""
        found = None
        with importing_from(self.course.root):
            for step in self.folders.converter.autograde_preprocessors:
                kind = import_item(step) if isinstance(step, str) else step
                if isinstance(kind, type) and issubclass(kind, AssignLatePenalties):
                    found = kind(config=self.course.config)
        return found if found is not None and found.enabled else None

    def of(self, student: str, score: float, late_s: float) -> float | None:
        """Ask the course's plugin for a penalty.

        Parameters
        ----------
        student : str
            Whose submission it is.
        score : float
            Points of the submission, with a person's marks and extra credit.
        late_s : float
            Seconds after the due date, with any extension.

        Returns
        -------
        float or None
            Points, never more than the score; None for a submission that is not late.

        Raises
        ------
        Exception
            Anything that the plugin raises.
        """
        if self.step is None or late_s <= 0:
            return None
        with importing_from(self.course.root):
            self.step.init_plugin()
            penalty = self.step.plugin_inst.late_submission_penalty(student, score, late_s)
        return None if penalty is None else float(min(max(penalty, 0), score))

    def change(
        self, student: str, marks: Submission | None, scores: Mapping[str, float] | None = None
    ) -> PenaltyChange | None:
        """Compare the penalty that is recorded with the one that would be recorded now.

        Due date, extension, marks and the plugin may have changed since; `lossmark autograde` records the new one.

        Parameters
        ----------
        student : str
            Whose submission it is.
        marks : Submission or None
            Data of the gradebook.
        scores : mapping, optional
            The points of a new result, by tests cell, in place of those that are recorded.

        Returns
        -------
        PenaltyChange or None
            None if it is the same, or if nothing is recorded yet.
        """
        if marks is None or self.assignment not in marks.penalties:
            return None
        before, late_s = marks.penalties[self.assignment], marks.seconds_late
        try:
            if self.step is None:
                return None
            cells = {name: mark for name, mark in marks.cells.items() if mark.notebook == self.assignment}
            automatic = {name: mark.automatic for name, mark in cells.items()} if scores is None else scores
            if scores is not None and (handed_in := self.folders.handed_in(student)):
                late_s = seconds_late(handed_in, marks.due)
            earned = sum(mark.points(automatic.get(name)) for name, mark in cells.items())
            now = self.of(student, earned, late_s) or 0.0
        except Exception as error:  # the plugin is the course's, and may raise anything
            return PenaltyChange(before, None, f"{type(error).__name__}: {error}")
        return None if math.isclose(before, now, abs_tol=_SAME_POINTS) else PenaltyChange(before, now)

    def changes(self, marks: AssignmentMarks) -> dict[str, PenaltyChange]:
        """Compare the penalties of a class.

        Parameters
        ----------
        marks : AssignmentMarks
            Data of the gradebook.

        Returns
        -------
        dict
            By student, of those whose penalty would be another one now.
        """
        found = {student: self.change(student, one) for student, one in marks.submissions.items()}
        return {student: change for student, change in found.items() if change is not None}
