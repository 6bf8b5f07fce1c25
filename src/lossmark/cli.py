"""The command ``lossmark``.

Exit status: 0 graded (whatever the score), 1 not graded through a fault of ours, 2 wrong usage or a file that is no
notebook.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Column, Table

from lossmark import (
    __version__,
    startup,  # noqa: F401  (before all that imports nbformat)
)
from lossmark.batch import forkserver
from lossmark.commands import gradebook as gradebook_commands
from lossmark.errors import NotGraded, UsageError, describe
from lossmark.sandbox.limits import Isolation

if TYPE_CHECKING:
    from lossmark.course import Course
    from lossmark.quality.mutants import Outcome

GRADED, FAULT, USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Instead of those of the command line.

    Returns
    -------
    int
        The exit status.
    """
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except UsageError as error:
        print(f"lossmark: {error}", file=sys.stderr)
        return USAGE
    except NotGraded as error:
        print(f"lossmark: {error}", file=sys.stderr)
        return FAULT
    except BrokenPipeError:  # whoever read the output has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return GRADED
    except (OSError, MemoryError) as error:
        print(f"lossmark: {describe(error)}", file=sys.stderr)
        return FAULT
    except KeyboardInterrupt:
        print("lossmark: interrupted", file=sys.stderr)
        return FAULT
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lossmark", description="Trustworthy grading of numerical Python.")
    parser.add_argument("--version", action="version", version=f"lossmark {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    grade = commands.add_parser("grade", help="grade one notebook, touching no gradebook")
    grade.add_argument("notebook", type=Path, metavar="NOTEBOOK")
    grade.add_argument("--assignment", required=True, metavar="A", help="the assignment's name")
    grade.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    grade.set_defaults(run=_grade)

    autograde = commands.add_parser("autograde", help="grade a class into the gradebook")
    autograde.add_argument("--force", action="store_true", help="grade again what has not changed")
    autograde.set_defaults(run=_grade_class, anew=False)

    regrade = commands.add_parser("regrade", help="grade a class anew and show whose score changes")
    mode = regrade.add_mutually_exclusive_group(required=True)
    mode.add_argument("--diff", action="store_true", help="show the changes and write nothing")
    mode.add_argument("--apply", action="store_true", help="write them; what a person gave stays")
    regrade.set_defaults(run=_grade_class, anew=True)

    report = commands.add_parser("report", help="write a page about a class: scores, checks, mistakes, what waits")
    report.add_argument("assignment", metavar="A", help="the assignment's name")
    report.add_argument("--output", type=Path, metavar="FILE", help="the page; default: reports/<assignment>.html")
    report.set_defaults(run=_report)

    scorecard = commands.add_parser("scorecard", help="how well the graders themselves do")
    scorecard.add_argument("assignments", nargs="*", metavar="A", help="assignments; all, if none is named")
    scorecard.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    scorecard.add_argument("--table", type=Path, metavar="FILE", help="renew the table in a Markdown page, too")
    scorecard.add_argument("--jobs", type=_positive, metavar="N", help="processes; default: as many as cores")
    scorecard.set_defaults(run=_scorecard)

    mutants = commands.add_parser("mutants", help="whether the checks notice every small change to a solution")
    mutants.add_argument("assignments", nargs="*", metavar="A", help="assignments; all, if none is named")
    mutants.add_argument("--cell", action="append", metavar="ID", help="only this solution cell; may be repeated")
    mutants.add_argument("--jobs", type=_positive, metavar="N", help="processes; default: as many as cores")
    mutants.set_defaults(run=_mutants)

    doctor = commands.add_parser("doctor", help="what isolation this machine offers, and what is missing")
    doctor.set_defaults(run=_doctor)

    demo = commands.add_parser("demo", help="grade a synthetic class in demo/ and show the result")
    demo.add_argument("--fresh", action="store_true", help="remove demo/ first")
    demo.set_defaults(run=_demo)

    gradebook_commands.add_parsers(commands)

    for command in (autograde, regrade):
        command.add_argument("assignment", metavar="A", help="the assignment's name")
        command.add_argument("--student", action="append", metavar="S", help="only this one; may be repeated")
        where = command.add_mutually_exclusive_group()
        where.add_argument("--jobs", type=_positive, metavar="N", help="worker processes; default: as many as cores")
        where.add_argument("--scheduler", metavar="ADDRESS", help="grade on a Dask cluster: tcp://host:8786")
        command.add_argument("--timeout", type=_positive, metavar="SECONDS", help="for a whole notebook")
        command.add_argument("--memory", type=_positive, metavar="MIB", help="for each process of a submission")
    for command in (grade, autograde, regrade, report, scorecard, mutants, demo):
        command.add_argument("--course", type=Path, metavar="DIR", help="the course; found by itself if not named")
    for command in (grade, autograde, regrade, scorecard, mutants):
        command.add_argument(
            "--isolation", type=Isolation, choices=[*Isolation], metavar="{bubblewrap,none}",
            help="wall around student code; `none` has no wall at all",
        )  # fmt: skip
    return parser


def _grade(options: argparse.Namespace) -> int:
    from lossmark.grading.pipeline import Grader
    from lossmark.grading.report import as_text

    if not options.notebook.is_file():
        raise UsageError(f"there is no file {options.notebook}")
    course = _course(options, options.notebook)
    _warn_of_isolation(options)
    try:
        submission = options.notebook.read_bytes()
    except OSError as error:
        raise UsageError(f"{options.notebook} cannot be read: {error.strerror}") from None
    try:
        with Grader(course, options.assignment, options.isolation) as grader:
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
        return GRADED
    for cell in graded.cells:
        print(as_text(cell), end="\n\n")
    print(f"{graded.assignment}: {graded.score:g} of {graded.max_score:g} points in {graded.seconds:.1f} s")
    if graded.manual:
        print(f"waiting for a person: {', '.join(graded.manual)}")
    return GRADED


def _not_graded(assignment: str, reason: str) -> dict[str, object]:
    return {
        "assignment": assignment,
        "status": "not_graded",
        "reason": reason,
        "score": None,
        "max_score": None,
        "manual": [],
        "seconds": None,
        "cells": [],
    }


def _grade_class(options: argparse.Namespace) -> int:
    """Grade a class, for the first time or anew."""
    if options.scheduler is None:
        forkserver.start()
    from lossmark.commands import autograde as class_commands

    _warn_of_isolation(options)
    command = class_commands.regrade if options.anew else class_commands.autograde
    return command(options, _course(options, Path.cwd()))


def _report(options: argparse.Namespace) -> int:
    from lossmark.commands import report as class_report

    return class_report.report(options, _course(options, Path.cwd()))


def _scorecard(options: argparse.Namespace) -> int:
    from lossmark.commands.progress import track
    from lossmark.quality.scorecard import count, score_variants, versions_of, write_table

    course = _course(options, Path.cwd())
    _warn_of_isolation(options)
    names = options.assignments or course.assignments
    console, counts, complaints = Console(stderr=True), {}, []
    for name in names:
        variants = versions_of(course, name)
        scoring = score_variants(course, name, variants, jobs=options.jobs, isolation=options.isolation)
        tracked = track(scoring, len(variants), f"grading the graders of {name}", console)
        verdicts = sorted(tracked, key=lambda verdict: variants.index(verdict.variant))
        counts[name] = count(verdicts)
        complaints += [f"{name}: {verdict.complaint()}" for verdict in verdicts if not verdict.is_right]
    for complaint in complaints:
        print(f"lossmark: {complaint}", file=sys.stderr)
    if options.table:
        write_table(options.table, counts)
    if options.json:
        print(json.dumps(counts))
    else:
        _print_scorecard(counts)
    return FAULT if complaints else GRADED


def _print_scorecard(counts: dict[str, dict[str, dict[str, int]]]) -> None:
    from lossmark.commands.progress import console_for_tables
    from lossmark.quality.scorecard import COLUMNS

    table = Table("assignment", "function", title="Scorecard of the graders")
    for column in COLUMNS:
        table.add_column(column, justify="right")
    for assignment, rows in counts.items():
        for function, row in rows.items():
            table.add_row(assignment, function, *map(str, row.values()))
    console_for_tables().print(table)


def _mutants(options: argparse.Namespace) -> int:
    from lossmark.commands.progress import console_for_tables, track
    from lossmark.quality.mutants import EQUIVALENT, KILLED, STALE, SURVIVED, derive, grade_mutants, read_equivalents

    course = _course(options, Path.cwd())
    _warn_of_isolation(options)
    console, is_fine = Console(stderr=True), True
    table = Table("assignment", *(Column(name, justify="right") for name in ("mutants", KILLED, EQUIVALENT, SURVIVED)))
    for name in options.assignments or course.assignments:
        assignment = course.assignment(name)
        mutants = [mutant for mutant in derive(assignment) if mutant.cell in (options.cell or [mutant.cell])]
        grading = grade_mutants(course, name, mutants, jobs=options.jobs, isolation=options.isolation)
        outcomes = list(track(grading, len(mutants), f"grading the mutants of {name}", console))
        complaints = [_complaint(name, outcome) for outcome in outcomes if outcome.state in (SURVIVED, STALE)]
        if not options.cell:
            keys = {mutant.key for mutant in mutants}
            unknown = [key for key in read_equivalents(assignment) if key not in keys]
            complaints += [f"{name}: listed as equivalent, but no mutant: {key}" for key in unknown]
        for complaint in complaints:
            print(f"lossmark: {complaint}", file=sys.stderr)
        is_fine = is_fine and not complaints
        counts = Counter(outcome.state for outcome in outcomes)
        noticed = counts[KILLED] + counts[STALE]
        table.add_row(name, *map(str, (len(outcomes), noticed, counts[EQUIVALENT], counts[SURVIVED])))
    console_for_tables().print(table)
    return GRADED if is_fine else FAULT


def _complaint(assignment: str, outcome: Outcome) -> str:
    change = f"{outcome.mutant.before!r} -> {outcome.mutant.after!r}"
    what = "survived" if outcome.state == "survived" else "is listed as equivalent, but a check notices it"
    return f"{assignment}: mutant of {outcome.mutant.cell} {what}: {change}"


def _doctor(options: argparse.Namespace) -> int:
    from lossmark.doctor import examine

    is_fine = True
    for finding in examine():
        print(f"{'✓' if finding.is_fine else '✗'} {finding.subject}: {finding.state}")
        if not finding.is_fine:
            print(f"    to do: {finding.remedy}")
            is_fine = False
    print("Submissions can be graded here." if is_fine else "Submissions cannot be graded here yet.")
    return GRADED if is_fine else FAULT


def _demo(options: argparse.Namespace) -> int:
    from lossmark.commands.demo import run_demo

    return GRADED if run_demo(_course(options, Path.cwd()), fresh=options.fresh) else FAULT


def _course(options: argparse.Namespace, start: Path) -> Course:
    """The course that was named, else the one around the file, else the one around the working folder."""
    from lossmark.course import Course  # it takes longer than all that comes before, and `--help` does without

    if options.course is not None:
        return Course.find(options.course)
    try:
        return Course.find(start)
    except UsageError:
        return Course.find(Path.cwd())


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return number


def _warn_of_isolation(options: argparse.Namespace) -> None:
    if options.isolation is Isolation.NONE:
        print(
            "lossmark: warning: without isolation, student code can do on this machine whatever you can do",
            file=sys.stderr,
        )


if __name__ == "__main__":
    sys.exit(main())
