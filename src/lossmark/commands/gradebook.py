"""The commands that read and write nbgrader's gradebook without grading: parsers, and a few lines for each."""

from __future__ import annotations

import argparse
import json
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lossmark.errors import UsageError

if TYPE_CHECKING:
    from lossmark.course import Course

DONE = 0


def add_parsers(commands: Any) -> None:
    """Add these commands to those of ``lossmark``.

    Parameters
    ----------
    commands : object
        What ``ArgumentParser.add_subparsers`` has returned.
    """
    export = commands.add_parser("export", help="write the grades of a class for Canvas or Moodle")
    export.add_argument("--format", required=True, choices=("canvas", "moodle"), help="who is to import them")
    export.add_argument("--assignment", action="append", metavar="A", help="only this one; may be repeated")
    export.add_argument("--student", action="append", metavar="S", help="only this one; may be repeated")
    export.add_argument("--to", default="grades.csv", metavar="FILE", help="default: grades.csv; - is standard output")
    export.add_argument("--questions", action="store_true", help="add a column for each graded cell")
    export.add_argument("--zeros", action="store_true", help="0, and not no grade, for who has not handed in")
    export.add_argument("--complete", action="store_true", help="no grade for who still waits for a person's mark")
    export.add_argument("--feedback", action="store_true", help="add a column of scores and comments (Moodle)")
    export.add_argument("--roster", metavar="FILE", help="what the platform has exported: names and ids as it has them")
    export.add_argument(
        "--column",
        action="append",
        default=[],
        type=_pair,
        metavar="A=NAME",
        help="what the platform calls assignment A",
    )
    export.set_defaults(run=_export)

    roster = commands.add_parser("roster", help="take the students from what Canvas or Moodle has exported")
    actions = roster.add_subparsers(required=True, metavar="import")
    enrol = actions.add_parser("import", help="add them to the gradebook, and renew names and addresses")
    enrol.add_argument("file", type=Path, metavar="FILE", help="Canvas's gradebook, Moodle's grades or participants")
    enrol.add_argument("--format", choices=("canvas", "moodle"), help="whose it is; found by itself if not named")
    enrol.set_defaults(run=_enrol)

    explain = commands.add_parser("explain", help="all of one student's result, and whether it still holds")
    explain.add_argument("student", metavar="STUDENT", help="the student's id")
    explain.add_argument("assignment", metavar="ASSIGNMENT", help="the assignment's name")
    explain.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    explain.set_defaults(run=_explain)

    answers = commands.add_parser("answers", help="written answers in groups, and one mark for a whole group")
    answers.add_argument("assignment", metavar="ASSIGNMENT", help="the assignment's name")
    answers.add_argument("cell", metavar="CELL", nargs="?", help="a manually graded cell; without it, they are listed")
    way = answers.add_mutually_exclusive_group()
    way.add_argument("--group", metavar="ID", help="give this group a mark; its id changes when its answers do")
    way.add_argument("--interactive", action="store_true", help="go through the groups that wait, and ask for marks")
    answers.add_argument("--score", type=float, metavar="X", help="the mark")
    answers.add_argument("--comment", metavar="TEXT", help="a comment for each of them")
    answers.add_argument("--overwrite", action="store_true", help="change also what a person has given")
    answers.set_defaults(run=_answers)

    for command in (export, enrol):
        command.add_argument("--id", metavar="COLUMN", help="the column of FILE with the ids that nbgrader uses")
    for command in (export, enrol, explain, answers):
        command.add_argument("--course", type=Path, metavar="DIR", help="the course; found by itself if not named")


def _export(options: argparse.Namespace) -> int:
    from lossmark.exports import CanvasExporter, MoodleExporter
    from lossmark.gradebook.database import gradebook_of

    course = _course(options)
    if options.feedback and options.format == "canvas":
        raise UsageError("Canvas imports no feedback with grades; leave --feedback out")
    if options.id is not None and options.roster is None:
        raise UsageError("--id names a column of the file of --roster; give that, too")
    exporter = (CanvasExporter if options.format == "canvas" else MoodleExporter)(config=course.config)
    exporter.to, exporter.columns = options.to, {**exporter.columns, **dict(options.column)}
    exporter.assignment = options.assignment or exporter.assignment
    exporter.student = options.student or exporter.student
    exporter.roster, exporter.id_column = options.roster or exporter.roster, options.id or exporter.id_column
    for name in ("questions", "zeros", "complete"):
        setattr(exporter, name, getattr(options, name) or getattr(exporter, name))
    if options.feedback:
        exporter.feedback = True
    with gradebook_of(course) as gradebook:
        table = exporter.table(gradebook, course)
    exporter.write(table)
    return DONE


def _enrol(options: argparse.Namespace) -> int:
    from lossmark.gradebook.database import gradebook_of
    from lossmark.gradebook.platforms import read_platform_file
    from lossmark.gradebook.students import enrol
    from lossmark.terminal import one_line

    course = _course(options)
    found = read_platform_file(options.file, options.format, options.id)
    with gradebook_of(course, is_new=True) as gradebook:
        done = enrol(gradebook, found)
    for remark in found.remarks:
        print(one_line(remark))
    for student in done.added:
        print(one_line(f"added {student}"))
    for student, changes in done.changed.items():
        parts = [f"{field} {before or 'none'} -> {now}" for field, (before, now) in changes.items()]
        print(one_line(f"changed {student}: {'; '.join(parts)}"))
    print(
        f"{len(found.people)} students of {found.format.capitalize()}, with ids from the column {found.id_column!r}: "
        f"{len(done.added)} added, {len(done.changed)} changed, {done.unchanged} unchanged."
    )
    if done.others:
        print(f"{done.others} in the gradebook are not in the file; they stay.")
    return DONE


def _explain(options: argparse.Namespace) -> int:
    from lossmark.gradebook.database import gradebook_of, has_gradebook
    from lossmark.gradebook.explain import as_page, explain
    from lossmark.gradebook.folders import settings_of

    course = _course(options)
    with gradebook_of(course) if has_gradebook(settings_of(course)) else nullcontext() as gradebook:
        explained = explain(course, options.assignment, options.student, gradebook)
    print(json.dumps(explained.to_dict()) if options.json else as_page(explained))
    return DONE


def _answers(options: argparse.Namespace) -> int:
    from lossmark.commands.answers import answers
    from lossmark.gradebook.database import gradebook_of

    has_mark = options.score is not None
    if has_mark != (options.group is not None) or (has_mark and options.cell is None):
        raise UsageError("a mark needs all three: the CELL, --group ID and --score X")
    if not has_mark and (options.comment is not None or options.overwrite):
        raise UsageError("--comment and --overwrite go with --group ID and --score X")
    if options.comment is not None and not _is_text(options.comment):
        raise UsageError("the comment is no UTF-8 text")
    course = _course(options)
    with gradebook_of(course) as gradebook:
        return answers(options, course, gradebook)


def _course(options: argparse.Namespace) -> Course:
    from lossmark.course import Course

    return Course.find(options.course or Path.cwd())


def _is_text(argument: str) -> bool:
    """Whether an argument has come as text, and not as other bytes."""
    try:
        argument.encode()
    except UnicodeEncodeError:
        return False
    return True


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not (name and sign and value):
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form A=NAME")
    return name, value
