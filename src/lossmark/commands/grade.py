"""``lossmark grade``: one notebook, touching no gradebook."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys

from lossmark.commands.conventions import course_of, isolation_of
from lossmark.errors import DONE, NotGraded, UsageError, describe
from lossmark.gradebook.handed_in import read_submitted
from lossmark.grading.pipeline import Grader
from lossmark.grading.report import as_text
from lossmark.results import UNPROTECTED


def grade(options: argparse.Namespace) -> int:
    """Grade a notebook and print the results of its checks.

    Parameters
    ----------
    options : Namespace
        Of the command line.

    Returns
    -------
    int
        The exit status.
    """
    if not options.notebook.is_file():
        raise UsageError(f"there is no file {options.notebook}")
    course = course_of(options)
    isolation = isolation_of(options, course)
    try:
        submission = read_submitted(options.notebook)
    except OSError as error:
        raise UsageError(f"{options.notebook} cannot be read: {error.strerror}") from None
    try:
        # Libraries that checks use read settings in the working folder, which may hold the submission.
        with contextlib.chdir(course.root), Grader(course, options.assignment, isolation) as grader:
            graded = grader.grade(submission)
    except UsageError as error:
        raise UsageError(f"{options.notebook} cannot be graded: {error}") from None
    except (NotGraded, OSError, MemoryError) as error:
        if options.json:
            reason = str(error) if isinstance(error, NotGraded) else describe(error)
            print(json.dumps(_not_graded(options.assignment, reason)))
        raise
    for remark in graded.remarks:
        print(f"lossmark: {options.notebook}: {remark}", file=sys.stderr)
    if options.json:
        print(json.dumps(graded.to_dict()))
        return DONE
    for cell in graded.cells:
        print(as_text(cell), end="\n\n")
    print(f"{graded.assignment}: {graded.score:g} of {graded.max_score:g} points in {graded.seconds:.1f} s")
    if not graded.is_protected:
        print(UNPROTECTED)
    if graded.manual:
        print(f"waiting for a person: {', '.join(graded.manual)}")
    return DONE


def _not_graded(assignment: str, reason: str) -> dict[str, object]:
    return {
        "assignment": assignment,
        "status": "not_graded",
        "reason": reason,
        "score": None,
        "max_score": None,
        "manual": [],
        "seconds": None,
        "protected": None,
        "inputs": None,
        "seed": None,
        "cells": [],
    }
