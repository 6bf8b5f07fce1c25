"""``lossmark explain``: all of one student's result."""

from __future__ import annotations

import argparse
import json
from contextlib import nullcontext

from lossmark.commands.conventions import DONE, course_of
from lossmark.gradebook import explain as gradebook_explain
from lossmark.gradebook.database import gradebook_of, has_gradebook
from lossmark.gradebook.folders import settings_of


def explain(options: argparse.Namespace) -> int:
    """Print what is known of a result.

    Parameters
    ----------
    options : Namespace
        Of the command line.

    Returns
    -------
    int
        The exit status.
    """
    course = course_of(options)
    with gradebook_of(course) if has_gradebook(settings_of(course)) else nullcontext() as gradebook:
        explained = gradebook_explain.explain(course, options.assignment, options.student, gradebook)
    print(json.dumps(explained.to_dict()) if options.json else gradebook_explain.as_page(explained))
    return DONE
