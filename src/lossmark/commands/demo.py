"""``make demo``: a synthetic class for each assignment, graded the way of a real one, in a course folder of its own.

The steps are nbgrader's, except for grading in parallel: generate_assignment, submitted/, `lossmark autograde`, the
gradebook, generate_feedback, export. Each member of a class has an expected score, and the demo fails if any differs.
"""

from __future__ import annotations

import argparse
import copy
import functools
import itertools
import logging
import os
import shutil
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nbgrader.apps import NbGraderAPI
from nbgrader.plugins import CsvExportPlugin
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import SAWarning

from lossmark.batch.autograde import ClassGrader, survey
from lossmark.batch.pools import LocalPool
from lossmark.class_report.report import REPORTS, write_report
from lossmark.commands.conventions import course_of
from lossmark.commands.progress import console_for_tables, track
from lossmark.course import Course
from lossmark.errors import DONE, FAULT, NotGraded
from lossmark.gradebook.database import open_gradebook, tools_on_path
from lossmark.gradebook.records import GradeWriter
from lossmark.gradebook.results_file import SavedResult, read_results
from lossmark.grading.graders import Graders
from lossmark.provenance import RESULTS_FILE, digests_of_course
from lossmark.quality.roster import Attack, Member, read_attacks, synthetic_class
from lossmark.settings import CONFIG_FILE

CELL_TIMEOUT_S, CALL_TIMEOUT_S = 6.0, 1.5
"""Endless loops of the demo need not be waited for as long as a student's slow program."""
SMALL_CLASS = 20
"""Members of the classes of all assignments but the one that the attacks are written for."""
ATTACKS_EACH = 5
"""Attacks of each family in the demo; the tests try all of them."""


@dataclass(frozen=True)
class Row:
    """The result of one member of the class.

    Attributes
    ----------
    member : Member
        The student, with the expected result.
    results : SavedResult or None
        From ``results.json``; None if the submission was not graded.
    recorded : float or None
        The score in the gradebook.
    """

    member: Member
    results: SavedResult | None
    recorded: float | None

    @property
    def lost(self) -> list[str]:
        """Names of the checks that did not pass."""
        return [name for cell in self.results.cells for name in cell.lost] if self.results else []

    @property
    def named(self) -> tuple[str, ...]:
        """Names of the mistakes that the feedback gives."""
        return self.results.misconceptions if self.results else ()

    @property
    def is_as_expected(self) -> bool:
        """Whether score and names are right, in the results and in the gradebook."""
        if self.results is None or self.recorded is None:
            return False
        scores_agree = abs(self.results.score - self.member.score) + abs(self.recorded - self.member.score) < 1e-6
        return scores_agree and (self.named == self.member.misconceptions or not self.member.misconceptions)


def demo(options: argparse.Namespace) -> int:
    """Grade a synthetic class in ``demo/`` and show the result; the course's own gradebook is not touched.

    Parameters
    ----------
    options : Namespace
        Of the command line.

    Returns
    -------
    int
        The exit status: 1 if a score is not as expected.
    """
    course = course_of(options)
    course.require_graders()
    console = console_for_tables()
    folder = course.root / "demo"
    if options.fresh and folder.exists():
        shutil.rmtree(folder)
    copied = _copy_course(course, folder)
    attacks = _some_of_each_family(read_attacks(course.root / "tests" / "attacks"))
    all_right = True
    with _in_folder(folder), _quiet_libraries(), LocalPool().start() as executor:
        api = _api(copied)
        open_gradebook(api.coursedir).close()  # made here in no time
        for name in copied.assignments:
            members = _members(copied, name, attacks)
            rows = _grade_class(copied, name, members, api, executor, console)
            console.print(_table(name, rows))
            write_report(copied, name)
            wrong = [row for row in rows if not row.is_as_expected]
            for row in wrong:
                console.print(_complaint(row), markup=False)
            all_right = all_right and not wrong
        CsvExportPlugin(to=str(folder / "grades.csv"), parent=api).export(api.gradebook)
    places = ("Feedback pages", "feedback"), ("Class reports", REPORTS), ("Grades", "grades.csv")
    for what, place in places:
        console.print(f"{what + ':':<15} {folder / place}", highlight=False)
    console.print("Every score is as expected." if all_right else "Scores differ from what is expected: see above.")
    return DONE if all_right else FAULT


def _some_of_each_family(attacks: list[Attack]) -> list[Attack]:
    families = [list(family) for _, family in itertools.groupby(attacks, key=lambda attack: attack.family)]
    return [attack for family in families for attack in family[:: -(-len(family) // ATTACKS_EACH)]]


def _members(course: Course, name: str, attacks: list[Attack]) -> list[Member]:
    """Make a class: everyone for the assignment that the attacks are written for, some of each kind for others."""
    assignment = course.assignment(name)
    size = None if all(attack.fits(assignment) for attack in attacks) else SMALL_CLASS
    graders = Graders(assignment, course.settings.seed)
    try:
        return synthetic_class(assignment, graders, attacks, size)
    finally:
        graders.close()


def _grade_class(
    course: Course, name: str, members: list[Member], api: NbGraderAPI, executor: Executor, console: Console
) -> list[Row]:
    """Hand in for everyone, autograde, give feedback, and read the results back."""
    _require(api.generate_assignment(name, force=True), f"compiling {name}")
    for member in members:
        _submit(course, name, member)
    # The broken and the hostile, which come last, take longest: where they go first, no worker waits for the other's.
    _autograde(course, name, [member.student for member in reversed(members)], console)
    _give_feedback(course, name, members, executor, console)
    return [
        Row(member, read_results(course.root / "autograded" / member.student / name), _recorded(api, name, member))
        for member in members
    ]


def _autograde(course: Course, name: str, students: list[str], console: Console) -> None:
    """Grade new submissions, as `lossmark autograde` does; ungraded ones are noticed when the results are read.

    With one worker more than cores: hostile submissions sleep until they are stopped.
    """
    limits = replace(course.settings.limits(), cell_timeout_s=CELL_TIMEOUT_S, call_timeout_s=CALL_TIMEOUT_S)
    with GradeWriter(course, name) as writer:
        due = survey(writer, digests_of_course(course, name), students).due
        writer.prepare()
        grading = ClassGrader(course, name, limits).run(writer, due, LocalPool((os.cpu_count() or 1) + 1))
        for graded in track(grading, len(due), f"grading {name}", console):
            if graded.result is None:
                console.print(f"{graded.student} was not graded: {graded.reason}", markup=False)


def _give_feedback(course: Course, name: str, members: list[Member], executor: Executor, console: Console) -> None:
    """Write the pages that are missing or old; nbgrader is told of some students at once, by the end of their ids."""
    lacking = [member for member in members if not _has_feedback(course, name, member)]
    for member in lacking:
        shutil.rmtree(course.root / "feedback" / member.student / name, ignore_errors=True)
    ends = sorted({member.student[-1] for member in lacking})
    writing = executor.map(functools.partial(_write_feedback, course.root, name), ends)
    for _ in track(writing, len(ends), f"writing feedback on {name}", console):
        continue


def _write_feedback(root: Path, name: str, end: str) -> None:
    """Write the missing pages of the students whose ids end with a digit; runs in a process of a pool."""
    with _in_folder(root), _quiet_libraries():
        made = _api(Course(root)).generate_feedback(name, f"*{end}", force=False)
    _require(made, f"feedback on {name} for students *{end}")


def _copy_course(course: Course, folder: Path) -> Course:
    """Copy the course's files into a folder of its own."""
    folder.mkdir(exist_ok=True)
    for settings in course.root.glob(Path(CONFIG_FILE).with_suffix(".*").name):
        shutil.copyfile(settings, folder / settings.name)
    for part in ("source", "graders"):
        shutil.rmtree(folder / part, ignore_errors=True)
        shutil.copytree(course.root / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    return Course(folder)


def _api(course: Course) -> NbGraderAPI:
    config = copy.deepcopy(course.config)  # a copy of the outermost section alone would share the others
    config.CourseDirectory.root = str(course.root)
    config.CourseDirectory.db_url = f"sqlite:///{course.root / 'gradebook.db'}"
    return NbGraderAPI(config=config)


def _submit(course: Course, assignment: str, member: Member) -> None:
    file = course.root / "submitted" / member.student / assignment / f"{assignment}.ipynb"
    if not file.exists() or file.read_text(encoding="utf-8") != member.text:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(member.text, encoding="utf-8")


def _has_feedback(course: Course, assignment: str, member: Member) -> bool:
    """Whether there is no result, or a page that is newer than it."""
    results = course.root / "autograded" / member.student / assignment / RESULTS_FILE
    page = course.root / "feedback" / member.student / assignment / f"{assignment}.html"
    if not results.exists():
        return True
    return page.exists() and page.stat().st_mtime_ns >= results.stat().st_mtime_ns


def _recorded(api: NbGraderAPI, assignment: str, member: Member) -> float | None:
    """The autograded score that the gradebook holds."""
    with api.gradebook as gradebook:
        submission = gradebook.find_submission_notebook(assignment, assignment, member.student)
        grades = [grade for grade in submission.grades if grade.cell.cell_type == "code"]
        scores = [grade.auto_score for grade in grades]
    return None if None in scores else float(sum(scores))


def _table(assignment: str, rows: Iterable[Row]) -> Table:
    table = Table(title=f"{assignment}: the synthetic class")
    table.add_column("student", no_wrap=True)
    table.add_column("score", justify="right")
    table.add_column("checks lost")
    table.add_column("named mistake")
    table.add_column("seconds", justify="right")
    for row in rows:
        if row.results is None:
            table.add_row(row.member.student, "not graded")
            continue
        score = f"{row.results.score:g}/{row.results.max_score:g}"
        table.add_row(row.member.student, score, _lost(row), ", ".join(row.named), f"{row.results.seconds:.1f}")
    return table


def _lost(row: Row) -> str:
    """Names of the lost checks, counted where several cells have one of the same name."""
    if row.results and len(row.lost) == len(row.results.checks):
        return "all"
    names = Counter(name.removeprefix("test_") for name in row.lost)
    return ", ".join(name if times == 1 else f"{times} × {name}" for name, times in names.items())


def _complaint(row: Row) -> str:
    got = "not graded" if row.results is None else f"{row.results.score:g}, in the gradebook {row.recorded}"
    return (
        f"{row.member.student}: expected {row.member.score:g} and {', '.join(row.member.misconceptions) or 'no name'}; "
        f"got {got} and {', '.join(row.named) or 'no name'}"
    )


def _require(answer: dict[str, Any], what: str) -> None:
    """Stop if a step of nbgrader's failed."""
    if not answer["success"]:
        raise NotGraded(f"{what} failed: {answer.get('error') or answer.get('log')}")


@contextmanager
def _in_folder(folder: Path) -> Iterator[None]:
    """Work in a folder, as nbgrader does."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        with tools_on_path():
            yield
    finally:
        os.chdir(before)


@contextmanager
def _quiet_libraries() -> Iterator[None]:
    """Keep nbgrader's log and warnings, a screenful for each submission, out of the way of the progress bar."""
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Object of type .* not in session", SAWarning)
            yield
    finally:
        logging.disable(logging.NOTSET)
