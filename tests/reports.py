"""A class of any size to report on: a few submissions that were really graded, handed in by many students."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import nbformat
from nbformat import NotebookNode

from courses import index_of
from lossmark.course import MANUAL, Course, kind_of
from lossmark.gradebook.records import GradeWriter
from lossmark.grading.graders import Graders
from lossmark.grading.pipeline import Grader
from lossmark.provenance import digests
from lossmark.quality.roster import solution, with_variants
from lossmark.results import GradedNotebook

GRADED = 6
"""Submissions that are graded; the others have one of their results."""
WORDS = ("the", "loss", "margin", "grows", "score", "of", "a", "wrong", "class", "closer", "than", "delta", "because")


def graded_class(course: Course, name: str, size: int) -> None:
    """Hand in and record a class: each student has a result of one of a few submissions, and a text of their own."""
    kinds = list(_graded(course, name))
    with GradeWriter(course, name) as writer:
        writer.prepare()
        for i in range(size):
            student, (notebook, result) = f"student-{i:04}", kinds[i % len(kinds)]
            own = _own_text(notebook, course, name, i)
            file = writer.folders.submitted_folder(student) / f"{name}.ipynb"
            file.parent.mkdir(parents=True)
            file.write_text(own, encoding="utf-8")
            writer.write(student, result, digests(course, name, own.encode()))


def _graded(course: Course, name: str) -> Iterator[tuple[NotebookNode, GradedNotebook]]:
    assignment = course.assignment(name)
    graders = Graders(assignment, course.settings.seed)
    versions = [*graders.misconceptions, *graders.alternatives]
    graders.close()
    notebooks = [with_variants(assignment, versions[i * len(versions) // GRADED]) for i in range(GRADED - 1)]
    with Grader(course, name) as grader:
        for notebook in (solution(assignment), *notebooks):
            yield notebook, grader.grade(nbformat.writes(notebook).encode())


def _own_text(notebook: NotebookNode, course: Course, name: str, number: int) -> str:
    """Write a notebook as one student would: with steps and written answers of their own."""
    draw, own = Random(number), nbformat.from_dict(notebook)
    for grade_id, cell in course.assignment(name).cells.items():
        if kind_of(cell) == MANUAL:
            own.cells[index_of(own, grade_id)].source = " ".join(draw.choices(WORDS, k=60))
    steps = (f"{draw.choice('abcxyz')} = {draw.choice(('max', 'sum', 'abs'))}({draw.random():.3f})" for _ in range(40))
    own.cells.append(nbformat.v4.new_code_cell("\n".join(steps), id=f"own-{number}"))
    text: str = nbformat.writes(own)
    return text
