"""The instructor's settings."""

from __future__ import annotations

import dataclasses

from traitlets import Bool, Enum, Float, Integer, List, Unicode
from traitlets.config import Configurable

from lossmark.course import Course
from lossmark.instant.ledger import Allowance
from lossmark.sandbox.limits import Limits
from lossmark.settings import Inputs

OUTCOMES, MESSAGES = "outcomes", "messages"


class InstantCheck(Configurable):
    """Settings of the instant check, set as ``c.InstantCheck.<name>`` in ``nbgrader_config.py``."""

    enabled = Bool(False, help="Whether students may have the hidden checks run before they hand in.").tag(config=True)
    per_day = Integer(5, min=1, help="Checks of one assignment that one student has each day.").tag(config=True)
    failed_per_day = Integer(
        3, min=1, help="Checks of one assignment a day that may fail through our fault; then, no more are taken."
    ).tag(config=True)
    shows = Enum(
        [OUTCOMES, MESSAGES], OUTCOMES, help="Each check's title and outcome, or also the finding and the input."
    ).tag(config=True)
    inputs = Enum(
        [*Inputs],
        Inputs.PER_SUBMISSION,
        help="How the inputs of the checks are drawn, as in `c.Lossmark.inputs`; different for each notebook.",
    ).tag(config=True)
    without = List(
        Unicode(), help="Grade ids of tests cells that are left out, as patterns: short answers would be guessed."
    ).tag(config=True)
    jobs = Integer(2, min=1, help="Checks that run at the same time.").tag(config=True)
    timeout_s = Float(30.0, help="Seconds for all of a notebook.").tag(config=True)
    max_bytes = Integer(5_000_000, help="Size up to which a notebook is checked.").tag(config=True)

    @classmethod
    def of(cls, course: Course) -> InstantCheck:
        """Read a course's settings.

        Parameters
        ----------
        course : Course
            The course.

        Returns
        -------
        InstantCheck
        """
        return cls(config=course.config)

    @property
    def allowance(self) -> Allowance:
        """What a student has each day."""
        return Allowance(self.per_day, self.failed_per_day)

    def limits(self, course: Course) -> Limits:
        """Return the limits of a notebook: those of a submission, with less time.

        Parameters
        ----------
        course : Course
            The course.

        Returns
        -------
        Limits
        """
        limits = course.settings.limits()
        seconds = min(limits.notebook_timeout_s, self.timeout_s)
        return dataclasses.replace(limits, notebook_timeout_s=seconds)
