"""What a result came from: while none of it changes, the result holds."""

from __future__ import annotations

import hashlib
from pathlib import Path

import lossmark
from lossmark.course import CONFIG_FILE, Course, digest_of

RESULTS_FILE = "results.json"
"""Beside each autograded notebook: the checks, and the digests of what they came from."""


def digests(course: Course, assignment: str, submission: bytes) -> dict[str, str]:
    """Digest everything that a result comes from; what has not changed need not be graded again.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        Name of the assignment.
    submission : bytes
        Content of the submitted file.

    Returns
    -------
    dict
        SHA-256 of the submission, the assignment's source, its graders with the settings, and the engine.
    """
    return {"submission": digest_of_submission(submission), **digests_of_course(course, assignment)}


def digest_of_submission(submission: bytes) -> str:
    """Digest a submitted file.

    Parameters
    ----------
    submission : bytes
        Its content.

    Returns
    -------
    str
        SHA-256, hexadecimal.
    """
    return hashlib.sha256(submission).hexdigest()


def digests_of_course(course: Course, assignment: str) -> dict[str, str]:
    """Digest what all results of an assignment come from.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        Name of the assignment.

    Returns
    -------
    dict
        SHA-256 of the assignment's source, its graders with the settings, and the engine.
    """
    settings = (course.root / CONFIG_FILE).read_bytes()
    graders = digest_of(course.root / "graders" / assignment)
    return {
        "assignment": _digest_of_source(course, assignment),
        "graders": hashlib.sha256(graders.encode() + settings).hexdigest(),
        "engine": digest_of_engine(),
    }


def _digest_of_source(course: Course, assignment: str) -> str:
    """Digest the notebook and, where kernels get them, the files beside it."""
    digest = hashlib.sha256(digest_of(course.root / "source" / assignment).encode())
    for name, content in course.files(assignment).items():
        digest.update(f"\0{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def digest_of_engine() -> str:
    """Digest the engine on this machine.

    Returns
    -------
    str
        SHA-256 of its modules, hexadecimal.
    """
    return digest_of(Path(lossmark.__file__).parent)
