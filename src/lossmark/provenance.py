"""The inputs of a result: while none of them changes, the result is current."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import lossmark
from lossmark.configuration import text_of
from lossmark.course import Course

RESULTS_FILE = "results.json"
"""Beside each autograded notebook: the checks, and the digests of their inputs."""


def digests(course: Course, assignment: str, submission: bytes) -> dict[str, str]:
    """Digest all inputs of a result; unchanged submissions need not be regraded.

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
    """Digest the common inputs of an assignment's results.

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
    notebook, settings = course.root / "source" / assignment / f"{assignment}.ipynb", text_of(course.config)
    return {
        "assignment": digest_of(
            {notebook.name: notebook.read_bytes(), **course.files(assignment), **course.release_files(assignment)}
        ),
        "graders": digest_of({"": settings.encode(), **course.grader_files(assignment)}),
        "engine": digest_of_engine(),
    }


def digest_of_engine() -> str:
    """Digest the engine on this machine.

    Returns
    -------
    str
        SHA-256 of its modules, hexadecimal.
    """
    folder = Path(lossmark.__file__).parent
    return digest_of({str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.py"))})


def digest_of(files: Mapping[str, bytes]) -> str:
    """Digest files.

    Parameters
    ----------
    files : mapping
        Contents by name.

    Returns
    -------
    str
        SHA-256 of names and contents, hexadecimal.
    """
    digest = hashlib.sha256()
    for name, content in files.items():
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
