"""What goes wrong that is no student's fault, told apart by who can mend it."""

from __future__ import annotations


class UsageError(Exception):
    """The command was asked for something that is not there, or is not what it should be: exit status 2."""


class NotGraded(Exception):
    """A submission could not be graded through a fault of ours: exit status 1, and never a zero."""
