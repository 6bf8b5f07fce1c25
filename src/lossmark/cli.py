"""The command ``lossmark``.

Exit status: 0 graded (with any score), 1 not graded through an error on our side, 2 wrong usage or a file that is
not a notebook.
"""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from lossmark import __version__, startup
from lossmark.batch import forkserver
from lossmark.errors import DONE, FAULT, USAGE, NotGraded, UsageError, describe
from lossmark.sandbox.limits import Isolation


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
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a locale may know no tick, and a name on the disk may be no text
    options = _parser().parse_args(arguments)
    try:
        status = _run(options)
        sys.stdout.flush()
    except UsageError as error:
        print(f"lossmark: {error}", file=sys.stderr)
        return USAGE
    except NotGraded as error:
        print(f"lossmark: {error}", file=sys.stderr)
        return FAULT
    except BrokenPipeError:  # whoever read the output has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except (OSError, MemoryError) as error:
        print(f"lossmark: {describe(error)}", file=sys.stderr)
        return FAULT
    except KeyboardInterrupt:
        print("lossmark: interrupted", file=sys.stderr)
        return FAULT
    return status


def _run(options: argparse.Namespace) -> int:
    """Import the modules of one command only, and run it."""
    if getattr(options, "scheduler", "elsewhere") is None:
        forkserver.start()  # its process imports what workers need meanwhile
    module, _, name = options.command.partition(".")
    with startup.importing():
        command = getattr(importlib.import_module(f"lossmark.commands.{module}"), name)
    status: int = command(options)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lossmark", description="Trustworthy grading of numerical Python.")
    parser.add_argument("--version", action="version", version=f"lossmark {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    grade = commands.add_parser("grade", help="grade one notebook, touching no gradebook")
    grade.add_argument("notebook", type=Path, metavar="NOTEBOOK")
    grade.add_argument("--assignment", required=True, metavar="A", help="the assignment's name")
    grade.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    grade.set_defaults(command="grade.grade")

    autograde = commands.add_parser("autograde", help="grade a class into the gradebook")
    autograde.add_argument("--force", action="store_true", help="also regrade unchanged submissions")
    autograde.set_defaults(command="autograde.autograde")

    regrade = commands.add_parser("regrade", help="regrade a class and show the scores that change")
    mode = regrade.add_mutually_exclusive_group(required=True)
    mode.add_argument("--diff", action="store_true", help="show the changes and write nothing")
    mode.add_argument("--apply", action="store_true", help="write the changes; marks of persons are kept")
    regrade.set_defaults(command="autograde.regrade")

    report = commands.add_parser("report", help="write a page about a class: scores, checks, mistakes, open marks")
    report.add_argument("assignment", metavar="A", help="the assignment's name")
    report.add_argument("--output", type=Path, metavar="FILE", help="the page; default: reports/<assignment>.html")
    report.set_defaults(command="report.report")

    scorecard = commands.add_parser("scorecard", help="test the graders with known wrong and right versions")
    scorecard.add_argument("assignments", nargs="*", metavar="A", help="assignments; all, if none is named")
    scorecard.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    scorecard.add_argument("--table", type=Path, metavar="FILE", help="also update the table in a Markdown page")
    scorecard.add_argument("--jobs", type=_positive, metavar="N", help="processes; default: as many as cores")
    scorecard.set_defaults(command="scorecard.scorecard")

    versions = commands.add_parser("versions", help="the known wrong and right versions of an assignment")
    versions.add_argument("assignment", metavar="A", help="the assignment's name")
    versions.add_argument("name", nargs="?", metavar="NAME", help="print versions of this name in full")
    versions.set_defaults(command="versions.versions")

    mutants = commands.add_parser("mutants", help="whether the checks notice every small change to a solution")
    mutants.add_argument("assignments", nargs="*", metavar="A", help="assignments; all, if none is named")
    mutants.add_argument("--cell", action="append", metavar="ID", help="only this solution cell; may be repeated")
    mutants.add_argument("--jobs", type=_positive, metavar="N", help="processes; default: as many as cores")
    mutants.set_defaults(command="mutants.mutants")

    doctor = commands.add_parser("doctor", help="report the isolation of this machine, and anything missing")
    doctor.add_argument("assignments", nargs="*", metavar="A", help="also run the solutions of these assignments")
    doctor.set_defaults(command="doctor.doctor")

    demo = commands.add_parser("demo", help="grade a synthetic class in demo/ and show the result")
    demo.add_argument("--fresh", action="store_true", help="remove demo/ first")
    demo.set_defaults(command="demo.demo")

    export = commands.add_parser("export", help="write the grades of a class for Canvas or Moodle")
    export.add_argument("--format", required=True, choices=("canvas", "moodle"), help="the importing platform")
    export.add_argument("--assignment", action="append", metavar="A", help="only this one; may be repeated")
    export.add_argument("--student", action="append", metavar="S", help="only this one; may be repeated")
    export.add_argument("--to", default="grades.csv", metavar="FILE", help="default: grades.csv; - is standard output")
    export.add_argument("--questions", action="store_true", help="add a column for each graded cell")
    export.add_argument("--zeros", action="store_true", help="write 0 instead of a blank for missing submissions")
    export.add_argument("--complete", action="store_true", help="leave grades blank that wait for a person's mark")
    export.add_argument("--feedback", action="store_true", help="add a column of scores and comments (Moodle)")
    export.add_argument("--roster", metavar="FILE", help="the platform's export, for its names and ids")
    export.add_argument(
        "--column",
        action="append",
        default=[],
        type=_pair,
        metavar="A=NAME",
        help="the platform's name for assignment A",
    )
    export.set_defaults(command="export.export")

    roster = commands.add_parser("roster", help="import the students from Canvas or Moodle")
    actions = roster.add_subparsers(required=True, metavar="import")
    enrol = actions.add_parser("import", help="add them to the gradebook, and update names and addresses")
    enrol.add_argument("file", type=Path, metavar="FILE", help="Canvas's gradebook, Moodle's grades or participants")
    enrol.add_argument("--format", choices=("canvas", "moodle"), help="the platform; detected if not given")
    enrol.set_defaults(command="roster.import_roster")

    explain = commands.add_parser("explain", help="show one student's complete result, and whether it is current")
    explain.add_argument("student", metavar="STUDENT", help="the student's id")
    explain.add_argument("assignment", metavar="ASSIGNMENT", help="the assignment's name")
    explain.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    explain.set_defaults(command="explain.explain")

    answers = commands.add_parser("answers", help="written answers in groups, and one mark for a whole group")
    answers.add_argument("assignment", metavar="ASSIGNMENT", help="the assignment's name")
    answers.add_argument("cell", metavar="CELL", nargs="?", help="a manually graded cell; without it, they are listed")
    way = answers.add_mutually_exclusive_group()
    way.add_argument("--group", metavar="ID", help="give this group a mark; its id changes when its answers do")
    way.add_argument("--interactive", action="store_true", help="go through the groups that wait, and ask for marks")
    answers.add_argument("--score", type=float, metavar="X", help="the mark")
    answers.add_argument("--comment", metavar="TEXT", help="a comment for each of them")
    answers.add_argument("--overwrite", action="store_true", help="also change marks that a person has given")
    answers.set_defaults(command="answers.answers")

    for command in (autograde, regrade):
        command.add_argument("assignment", metavar="A", help="the assignment's name")
        command.add_argument("--student", action="append", metavar="S", help="only this one; may be repeated")
        where = command.add_mutually_exclusive_group()
        where.add_argument("--jobs", type=_positive, metavar="N", help="worker processes; default: as many as cores")
        where.add_argument("--scheduler", metavar="ADDRESS", help="grade on a Dask cluster: tcp://host:8786")
        command.add_argument("--timeout", type=_positive, metavar="SECONDS", help="for a whole notebook")
        command.add_argument("--memory", type=_positive, metavar="MIB", help="for each process of a submission")
    for command in (export, enrol):
        command.add_argument("--id", metavar="COLUMN", help="the column of FILE with the ids that nbgrader uses")
    for command in (
        grade,
        autograde,
        regrade,
        report,
        scorecard,
        versions,
        mutants,
        demo,
        export,
        enrol,
        explain,
        answers,
        doctor,
    ):
        command.add_argument("--course", type=Path, metavar="DIR", help="default: the course around the working folder")
    for command in (grade, autograde, regrade, scorecard, mutants):
        command.add_argument(
            "--isolation", type=Isolation, choices=[*Isolation], metavar="{bubblewrap,none}",
            help="wall around student code; `none` has no wall at all",
        )  # fmt: skip
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return number


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not (name and sign and value):
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form A=NAME")
    return name, value


if __name__ == "__main__":
    sys.exit(main())
