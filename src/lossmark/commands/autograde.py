"""The commands that work on a whole class: ``lossmark autograde`` and ``lossmark regrade``."""

from __future__ import annotations

import argparse
import dataclasses
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from lossmark.batch.autograde import ClassGrader, Graded, Survey, changes, renew_penalties, survey
from lossmark.batch.pools import LocalPool, Pool
from lossmark.commands.conventions import course_of, isolation_of
from lossmark.commands.progress import console_for_tables, track
from lossmark.course import Course
from lossmark.errors import DONE, FAULT, NotGraded, UsageError
from lossmark.gradebook.records import GradeWriter
from lossmark.provenance import digests_of_course
from lossmark.results import UNPROTECTED
from lossmark.sandbox.limits import Isolation, Limits
from lossmark.scratch import remove_forsaken
from lossmark.terminal import one_line

MIB = 2**20


def autograde(options: argparse.Namespace) -> int:
    """Grade a class into the gradebook.

    Parameters
    ----------
    options : Namespace
        Of the command line.

    Returns
    -------
    int
        The exit status: 1 if a submission was not graded.
    """
    started, failures, graded = time.monotonic(), dict[str, str](), 0
    course = course_of(options)
    grader = _grader(options, course)
    remove_forsaken()
    console = Console(stderr=True)
    with GradeWriter(course, options.assignment) as writer:
        common = digests_of_course(course, options.assignment)
        found = survey(writer, common, options.student, force=options.force)
        _require_something(found, writer, options.assignment)
        writer.prepare()
        failures |= renew_penalties(writer, found.penalties)
        renewed = len(found.penalties) - len(failures)
        run = grader.run(writer, found.due, _pool(options, grader.isolation, len(found.due)))
        try:
            for result in _watched(run, found, options.assignment, console):
                if result.result is None:
                    _note_failure(result, failures, console)
                else:
                    graded += 1
                    for remark in result.result.remarks:
                        console.print(f"{result.student}: {remark}", markup=False, highlight=False, soft_wrap=True)
        except (KeyboardInterrupt, NotGraded, OSError, MemoryError) as stop:
            _report_failures(found.unreadable | failures)
            left = len(found.due) - graded - len(failures.keys() & found.due.keys())
            print(f"lossmark: stopped with {graded} graded, {left} left; the same command goes on", file=sys.stderr)
            if isinstance(stop, KeyboardInterrupt):
                return FAULT
            raise
    seconds = time.monotonic() - started
    unchanged = {"unchanged since they were graded": len(found.unchanged), "with another late penalty": renewed}
    print(_summary(options.assignment, graded, unchanged, found.unreadable | failures, seconds))
    _warn_unless(writer.assignment.has_graders)
    return _report_failures(found.unreadable | failures)


def regrade(options: argparse.Namespace) -> int:
    """Regrade a class, and show the scores that would change or have changed.

    Parameters
    ----------
    options : Namespace
        Of the command line.

    Returns
    -------
    int
        The exit status: 1 if a submission was not graded.
    """
    console, failures, moved, count = Console(stderr=True), dict[str, str](), list[_Change](), 0
    course = course_of(options)
    grader = _grader(options, course)
    remove_forsaken()
    with GradeWriter(course, options.assignment) as writer:
        found = survey(writer, digests_of_course(course, options.assignment), options.student, force=True)
        _require_something(found, writer, options.assignment)
        if options.apply:
            writer.prepare()
        pool = _pool(options, grader.isolation, len(found.due))
        run = grader.run(writer, found.due, pool, write=options.apply)
        try:
            for result in _watched(run, found, options.assignment, console):
                count += 1
                if result.result is None:
                    _note_failure(result, failures, console)
                elif lines := changes(result.before, result.result, result.penalty):
                    before = None if result.before is None else result.before.score
                    moved.append(_Change(result.student, before, result.result.score, lines))
        finally:  # also for a run that stops: changes are not shown a second time
            if moved:
                _print_changes(sorted(moved, key=lambda change: change.student), applied=options.apply)
    what = "changed" if options.apply else "would change"
    print(f"{options.assignment}: {len(moved)} of {count} results {what}.")
    if moved and not options.apply:
        print(f"Nothing was written. To write it: lossmark regrade {options.assignment} --apply")
    _warn_unless(writer.assignment.has_graders)
    return _report_failures(found.unreadable | failures)


def _watched(run: Iterator[Graded], found: Survey, assignment: str, console: Console) -> Iterator[Graded]:
    return track(run, len(found.due), f"grading {assignment}", console, has_failed=lambda one: one.result is None)


def _grader(options: argparse.Namespace, course: Course) -> ClassGrader:
    return ClassGrader(course, options.assignment, _limits(options, course), isolation_of(options, course))


def _limits(options: argparse.Namespace, course: Course) -> Limits:
    limits = course.limits(course.assignment(options.assignment))
    if options.timeout:
        seconds = float(options.timeout)
        limits = dataclasses.replace(
            limits,
            notebook_timeout_s=seconds,
            cell_timeout_s=min(limits.cell_timeout_s, seconds),
            call_timeout_s=min(limits.call_timeout_s, seconds),
        )
    if options.memory:
        limits = dataclasses.replace(limits, memory_bytes=options.memory * MIB)
    return limits


def _pool(options: argparse.Namespace, isolation: Isolation, submissions: int) -> Pool:
    if options.scheduler is not None:
        return _cluster(options.scheduler, isolation)
    pool = LocalPool(options.jobs)
    return LocalPool(max(1, min(pool.jobs, submissions)))


def _cluster(address: str, isolation: Isolation) -> Pool:
    try:
        from lossmark.batch.dask_pool import DaskPool
    except ModuleNotFoundError as error:
        if error.name not in ("dask", "distributed"):
            raise
        raise UsageError("--scheduler needs Dask, which is not installed: pip install 'lossmark[dask]'") from None
    return DaskPool(address, isolation, say=lambda line: print(f"lossmark: {line}", file=sys.stderr, flush=True))


def _require_something(found: Survey, writer: GradeWriter, assignment: str) -> None:
    if not (found.due or found.unchanged or found.penalties or found.unreadable):
        folder = writer.folders.submitted_folder("<student>")
        raise UsageError(f"nobody has submitted {assignment}: there is no folder {folder}")


def _summary(assignment: str, graded: int, left: dict[str, int], failures: dict[str, str], seconds: float) -> str:
    parts = [f"{graded} graded", *(f"{count} {what}" for what, count in left.items() if count)]
    parts += [f"{len(failures)} not graded"] if failures else []
    rate = f", {graded / seconds:.1f} per second" if graded else ""
    return f"{assignment}: {', '.join(parts)}; {seconds:.1f} s{rate}"


def _warn_unless(is_protected: bool) -> None:
    if not is_protected:
        print(f"lossmark: warning: {UNPROTECTED}", file=sys.stderr)


def _note_failure(result: Graded, failures: dict[str, str], console: Console) -> None:
    """Keep a reason, and show it when it first comes up; all students are named at the end."""
    if result.reason not in failures.values():
        line = f"not graded: {result.student}: {result.reason}"
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    failures[result.student] = result.reason


def _report_failures(failures: dict[str, str]) -> int:
    for student, reason in sorted(failures.items()):
        print(f"lossmark: {one_line(student)} was not graded: {reason}", file=sys.stderr)
    return FAULT if failures else DONE


@dataclass(frozen=True)
class _Change:
    """The changes of regrading for one student; the notebooks of a whole class need not be kept."""

    student: str
    before: float | None
    after: float
    checks: list[str]


def _print_changes(found: list[_Change], *, applied: bool) -> None:
    table = Table("student", "before", "now" if applied else "would be", "what changes")
    for change in found:
        before = "not graded" if change.before is None else f"{change.before:g}"
        checks = [] if change.before is None else change.checks
        table.add_row(Text(change.student), before, f"{change.after:g}", Text("\n".join(checks)))
    console_for_tables().print(table)
