"""The command ``lossmark answers``: groups of written answers on the terminal, and marks for whole groups."""

from __future__ import annotations

import argparse
import difflib
import shlex
import sys
from collections import Counter
from collections.abc import Iterator, Mapping

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from lossmark.commands.conventions import course_of
from lossmark.errors import DONE, UsageError
from lossmark.gradebook.answers import AnswerReader, Group, bare
from lossmark.gradebook.database import gradebook_of
from lossmark.gradebook.marking import Mark, Marking, Written
from lossmark.terminal import one_line, printable

_CONTEXT = 3
"""Words shown before and behind a difference."""

Marks = Mapping[str, Mark]


def answers(options: argparse.Namespace) -> int:
    """Show groups of answers, or mark one, or go through all that wait.

    Parameters
    ----------
    options : Namespace
        Of the command line.

    Returns
    -------
    int
        The exit status.
    """
    has_mark = options.score is not None
    if has_mark != (options.group is not None) or (has_mark and options.cell is None):
        raise UsageError("a mark needs all three: the CELL, --group ID and --score X")
    if not has_mark and (options.comment is not None or options.overwrite):
        raise UsageError("--comment and --overwrite go with --group ID and --score X")
    if options.comment is not None and not _is_text(options.comment):
        raise UsageError("the comment is not UTF-8 text")
    course = course_of(options)
    with gradebook_of(course) as gradebook:
        _answer(options, Marking(AnswerReader(course, options.assignment), gradebook))
    return DONE


def _answer(options: argparse.Namespace, marking: Marking) -> None:
    if options.cell is not None:
        marking.reader.require(options.cell)
    if options.interactive:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise UsageError("--interactive asks questions, and needs a terminal for that; or give --group and --score")
        for cell in marking.reader.cells if options.cell is None else [options.cell]:
            if not _ask_for(marking, cell):
                break
    elif options.group is not None:
        written = marking.write(
            options.cell, options.group, options.score, options.comment, overwrite=options.overwrite
        )
        _print_written(written, options.score)
    elif options.cell is None:
        _print_cells(marking)
    else:
        _print_groups(marking, options.cell)


def _is_text(argument: str) -> bool:
    """Whether an argument has come as text, and not as other bytes."""
    try:
        argument.encode()
    except UnicodeEncodeError:
        return False
    return True


def _print_cells(marking: Marking) -> None:
    table = Table("cell", *(Column(name, justify="right") for name in ("points", "answers", "groups", "still waiting")))
    for cell in marking.reader.cells:
        found = marking.groups(cell)
        marks = {student: mark for _, members in found for student, mark in members.items()}
        points = marking.reader.assignment.cells[cell].metadata.nbgrader.points
        waiting = sum(mark.awaits for mark in marks.values())
        table.add_row(Text(one_line(cell)), f"{points:g}", *map(str, (len(marks), len(found), waiting)))
    Console().print(table)
    name = shlex.quote(marking.reader.assignment.name)
    print(f"To see the groups: lossmark answers {name} CELL")
    print(f"To be asked for marks, one group after the other: lossmark answers {name} --interactive")


def _print_groups(marking: Marking, cell: str) -> None:
    found = marking.groups(cell)
    print(_heading(marking, cell, found))
    missing = len(marking.marks(cell)) - sum(len(group.answers) for group, _ in found)
    if missing:
        name = shlex.quote(marking.reader.assignment.name)
        print(f"{missing} more have no graded notebook with this cell: lossmark autograde {name} --force")
    for group, marks in found:
        print(f"\n{_shown(group, marks)}")
    if found:
        name = shlex.quote(marking.reader.assignment.name)
        print(f"\nTo mark a group: lossmark answers {name} {shlex.quote(cell)} --group ID --score X [--comment TEXT]")


def _heading(marking: Marking, cell: str, found: list[tuple[Group, dict[str, Mark]]]) -> str:
    points = marking.reader.assignment.cells[cell].metadata.nbgrader.points
    counts = [len(group.answers) for group, _ in found]
    waiting = sum(mark.awaits for _, marks in found for mark in marks.values())
    lines = [
        f"{cell} of {marking.reader.assignment.name}: {sum(counts)} answers in {len(counts)} groups, {waiting} waiting"
    ]
    scheme = marking.reader.scheme(cell)
    lines += ["", f"Mark scheme, up to {points:g} points:", *(f"  {line}" for line in scheme.splitlines())]
    return printable("\n".join(lines if scheme else [f"{lines[0]}; up to {points:g} points"]))


def _shown(group: Group, marks: Marks) -> str:
    """A group as text; nothing in it is obeyed by a terminal."""
    waiting = sum(mark.awaits for mark in marks.values())
    lines = [f"[{group.id}] {_counted(len(group.answers), 'answer')}, {waiting} waiting; marks: {_given(marks)}"]
    lines += [f"  from: {', '.join(map(one_line, group.students))}"]
    comments = Counter(mark.comment for mark in marks.values() if mark.comment)
    lines += [f"  comment of {count}: {one_line(comment)}" for comment, count in comments.most_common()]
    if pictures := sum(answer.pictures for answer in group.answers):
        lines += [f"  with {_counted(pictures, 'picture')}, which formgrader and the feedback page show"]
    if group.is_blank:
        return "\n".join([*lines, "  (nothing was written)"])
    lines += [f"  | {line}" for line in printable(group.text.strip()).splitlines()]
    for wording, students in [*group.wordings.items()][1:]:
        lines += [f"  {', '.join(map(one_line, students))}: {part}" for part in _differences(group.text, wording)]
    return "\n".join(lines)


def _given(marks: Marks) -> str:
    """The marks that persons have given, and how often."""
    counts = Counter(mark.score for mark in marks.values() if mark.score is not None)
    given = [f"{score:g} ({count})" for score, count in sorted(counts.items())]
    again = sum(mark.awaits and mark.score is not None for mark in marks.values())
    note = [f"{again} graded again since"] if again else []
    return ", ".join([*given, *note]) or "none"


def _differences(text: str, other: str) -> Iterator[str]:
    """The differing words of another answer, with some words around them."""
    words, others = text.split(), other.split()
    matcher = difflib.SequenceMatcher(None, list(map(bare, words)), list(map(bare, others)), autojunk=False)
    blocks = list(matcher.get_grouped_opcodes(_CONTEXT))
    if not blocks:
        yield "the same words; white space, case or punctuation differ"
    for block in blocks:
        parts = []
        for tag, start, end, other_start, other_end in block:
            if tag == "equal":
                parts.append(" ".join(words[start:end]))
                continue
            parts += [f"[-{' '.join(words[start:end])}-]"] if end > start else []
            parts += [f"{{+{' '.join(others[other_start:other_end])}+}}"] if other_end > other_start else []
        yield one_line(f"… {' '.join(parts)} …")


def _print_written(written: Written, score: float) -> None:
    for what, students in ((f"marked with {score:g}", written.marked), ("confirmed", written.confirmed)):
        if students:
            print(f"{what}: {', '.join(map(one_line, students))}")
    for student, mark in written.kept.items():
        print(f"kept, as a person gave it: {mark:g} of {one_line(student)}; to change that, add --overwrite")
    if written.comments_kept:
        print(f"kept, as a person wrote them: the comments of {', '.join(map(one_line, written.comments_kept))}")


def _ask_for(marking: Marking, cell: str) -> bool:
    """Go through the groups of a cell that wait; return whether to go on."""
    found = marking.groups(cell)
    waiting = [group.id for group, marks in found if any(mark.awaits for mark in marks.values())]
    if not waiting:
        print(f"{cell}: nobody waits for a mark")
        return True
    print(_heading(marking, cell, found))
    for number, id in enumerate(waiting, 1):
        shown = {group.id: (group, marks) for group, marks in marking.groups(cell)}
        if id not in shown:
            print(f"\n[{id}] has changed meanwhile, and is left for another time")
            continue
        group, marks = shown[id]
        print(f"\n{number} of {len(waiting)}  {_shown(group, marks)}")
        if not _ask_for_group(marking, cell, group, max(mark.max_score for mark in marks.values())):
            return False
    return True


def _ask_for_group(marking: Marking, cell: str, group: Group, most: float) -> bool:
    while True:
        reply = _ask(f"score from 0 to {most:g}, s to skip, q to stop: ")
        if reply in ("s", "q", None):
            return reply == "s"
        try:
            score = float(reply.replace(",", "."))
        except ValueError:
            continue
        if not 0 <= score <= most:
            continue
        comment = _ask("comment, or nothing: ")
        if comment is None:
            return False
        try:
            _print_written(marking.write(cell, group.id, score, comment or None), score)
        except UsageError as error:
            print(f"lossmark: {error}")
        return True


def _ask(question: str) -> str | None:
    """Ask a person; None where there is nobody any more."""
    while True:
        try:
            return input(question).strip()
        except UnicodeDecodeError:
            print("that is not UTF-8 text")
        except EOFError:
            print()
            return None


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
