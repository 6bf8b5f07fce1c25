"""Written answers, sorted into groups that say the same, so that a person need not mark the same answer many times.

A group is offered, and never marked by itself. Two answers are *identical* if they differ in nothing but white space,
the case of words, and the punctuation around them. They are *nearly identical* if, that aside, at least 90 % of their
characters are the same (rapidfuzz), and they differ in nothing but slips: one letter in words of four letters or more,
and articles. Numbers, symbols, negations and missing words are not slips: ``a < b`` and ``a > b`` are nearly the same
characters, and opposites.

Code, whose every character counts, is identical except for blank lines and white space at the ends of lines, and only
if its outputs are the same; an answer with a picture, shown or missing, or one in another cell, is a group of its own.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, Levenshtein

from lossmark.course import Course
from lossmark.errors import NotGraded, UsageError
from lossmark.execution.misplaced import is_answer
from lossmark.execution.notebook import ANSWER_ELSEWHERE
from lossmark.gradebook.folders import ClassFolders

ALIKE_PERCENT = 90.0
"""From here on, two answers may be nearly identical."""
MIN_LETTERS = 4
"""Of a word in which one other letter is a slip."""
_ARTICLES = {"a", "an", "the"}
_DASHES = str.maketrans("‐‑–—−", "-----")
_BEFORE, _BEHIND = "\"“”„«»'‘’`(*_", "\"“”„«»'‘’`)*_.,;:"
"""Punctuation around a word; a minus, a prime or a sign of comparison is not punctuation."""
_ALONE = '"“”„«»`.,;:?!…'
_IN_LETTERS = re.compile(r"(?=.*[^\W\d_]{2})[^\W\d_]+([-'’][^\W\d_]+)*")
"""A word, or several with a hyphen; no formula, and not the name of a variable."""
_EXCLAIMED = re.compile(rf".*[^\W\d_]{{2}}[{re.escape(_BEHIND)}]*[!?]+")
_BLANK, _UNIQUE, _CODE, _WORDS = "", "\0", "\1", "\2"
"""Prefixes of keys."""

Stamp = tuple[int, int, int]
"""Identifies one state of a file."""


@dataclass(frozen=True)
class Answer:
    """A student's text in a cell.

    Attributes
    ----------
    student : str
        Who.
    text : str
        The text.
    key : str
        Answers with the same key are identical.
    file : Path
        The graded notebook that contains it.
    stamp : tuple of int
        The state of that file.
    pictures : int
        How many pictures it holds, which text cannot show.
    """

    student: str
    text: str
    key: str
    file: Path
    stamp: Stamp
    pictures: int = 0

    @property
    def is_current(self) -> bool:
        """Whether the file is as it was read."""
        return _stamp_of(self.file) == self.stamp


@dataclass(frozen=True)
class Group:
    """Answers that say the same.

    Attributes
    ----------
    id : str
        Digest of its members and their answers: it changes with either of them.
    answers : tuple of Answer
        Those of the most frequent wording first, then by student.
    is_blank : bool
        Whether nothing was written.
    """

    id: str
    answers: tuple[Answer, ...]
    is_blank: bool

    @property
    def text(self) -> str:
        """The wording shown for the group."""
        return self.answers[0].text

    @property
    def students(self) -> list[str]:
        """Its members."""
        return [answer.student for answer in self.answers]

    @cached_property
    def wordings(self) -> dict[str, list[str]]:
        """The authors of each wording; the first wording is shown for the group."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for answer in self.answers:
            found[answer.text].append(answer.student)
        return dict(found)


class AnswerReader:
    """Reads the answers of a class, each file once for as long as it stays as it is.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        The assignment's name.
    """

    def __init__(self, course: Course, assignment: str) -> None:
        self.assignment = course.assignment(assignment)
        self._schemes, self._folders = course.mark_schemes(assignment), ClassFolders(course, assignment)
        self._read: dict[Path, tuple[Stamp, dict[str, Any]]] = {}
        self._grouped: dict[str, tuple[list[Answer], list[Group]]] = {}

    @property
    def cells(self) -> list[str]:
        """Names of the cells into which an answer is written that a person marks."""
        return [name for name, cell in self.assignment.cells.items() if is_answer(cell)]

    def require(self, cell: str) -> None:
        """Refuse a cell that holds no such answer.

        Parameters
        ----------
        cell : str
            Its name.

        Raises
        ------
        UsageError
            If it is none.
        """
        if cell not in self.cells:
            name, known = self.assignment.name, ", ".join(self.cells) or "none"
            why = "is a task, whose answer stands in other cells: mark it in formgrader"
            what = (
                why
                if cell in self.assignment.manual
                else f"is not a manually graded cell of {name} (there is: {known})"
            )
            raise UsageError(f"{cell!r} {what}")

    def groups(self, cell: str, students: Iterable[str]) -> list[Group]:
        """Sort the answers to a question.

        Parameters
        ----------
        cell : str
            The cell's name.
        students : iterable of str
            Whose answers.

        Returns
        -------
        list of Group
            The largest first.

        Raises
        ------
        NotGraded
            If a graded notebook cannot be read.
        """
        answers = [answer for student in sorted(students) if (answer := self._answer(cell, student)) is not None]
        before = self._grouped.get(cell)
        if before is None or before[0] != answers:
            self._grouped[cell] = answers, grouped(answers, f"{self.assignment.name}/{cell}")
        return self._grouped[cell][1]

    def scheme(self, cell: str) -> str:
        """Return the instructor's notes about marking a cell.

        Parameters
        ----------
        cell : str
            The cell's name.

        Returns
        -------
        str
            Empty if it says nothing.
        """
        return self._schemes.get(cell, "")

    def _answer(self, name: str, student: str) -> Answer | None:
        file = self._folders.autograded_folder(student) / f"{self.assignment.name}.ipynb"
        stamp = _stamp_of(file)
        if stamp is None:
            return None
        if file not in self._read or self._read[file][0] != stamp:
            self._read[file] = stamp, self._cells_of(file)
        cell = self._read[file][1].get(name)
        if cell is None:
            return None
        text, released = str(cell["source"]), str(self.assignment.cells[name].source)
        text = "\n\n".join([text, *(f"{one['source']}" for one in cell["beside"])])
        pictures = sum(len(one.get("attachments", ())) for one in (cell, *cell["beside"]))
        return Answer(student, text, _key(cell, text, released, student), file, stamp, pictures)

    def _cells_of(self, file: Path) -> dict[str, Any]:
        """The answers of a graded notebook; it was written by us, from a file that was not."""
        try:
            cells = json.loads(file.read_bytes())["cells"]
            found = {cell["metadata"].get("nbgrader", {}).get("grade_id"): cell for cell in cells}
            by_id = {cell.get("id"): cell for cell in cells}
            for cell in cells:
                cell["source"] = "".join(cell["source"])
                facts = cell["metadata"].get("lossmark", {})
                cell["beside"] = [by_id[id] for id in facts.get("beside", ())]
                cell["is_unlike"] = bool(cell["beside"] or facts.get("missing") or cell.get("attachments"))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise NotGraded(f"{file} cannot be read ({error}); grade it again: lossmark autograde --force") from None
        return {name: found[name] for name in self.cells if name in found}


def _stamp_of(file: Path) -> Stamp | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ino, status.st_size


def _key(cell: dict[str, Any], text: str, released: str, student: str) -> str:
    """The common form of identical answers."""
    if text.strip() in ("", released.strip()) and not cell["is_unlike"]:
        return _BLANK
    if cell["is_unlike"] or text.strip() in ANSWER_ELSEWHERE.values():
        return f"{_UNIQUE}{student}"
    if cell.get("cell_type") == "code":
        lines = "\n".join(line.rstrip() for line in text.splitlines() if line.strip())
        shown = [{**output, "execution_count": None} for output in cell.get("outputs", ())]
        return f"{_CODE}{lines}\0{json.dumps(shown, sort_keys=True)}"
    return f"{_WORDS}{normalised(text)}"


def normalised(text: str) -> str:
    """Remove insignificant parts of a text.

    Parameters
    ----------
    text : str
        An answer.

    Returns
    -------
    str
        Its words, with one space between them, in lower case except names of variables: ``W`` is not ``w``.
    """
    words = unicodedata.normalize("NFC", text).translate(_DASHES).split()
    return " ".join(filter(None, map(bare, words)))


def bare(word: str) -> str:
    """Remove insignificant parts of a word.

    Parameters
    ----------
    word : str
        With the punctuation around it.

    Returns
    -------
    str
        Empty if it is nothing but punctuation.
    """
    if not any(character.isalnum() for character in word):  # a sign, as `<` and `*`, or punctuation by itself
        return word if word.strip(_ALONE) else ""
    before = word.lstrip(_BEFORE)
    said = before.rstrip("!?") if _EXCLAIMED.fullmatch(before) else before  # 5! is not 5
    stripped = said.rstrip(_BEHIND)
    if before == word:  # f' is not f, but 'f' is
        stripped += "'" * said[len(stripped) :].count("'")
    return stripped.casefold() if _IN_LETTERS.fullmatch(stripped) else stripped


def are_nearly_identical(one: str, other: str) -> bool:
    """Tell whether two normalised answers differ in nothing but slips.

    Parameters
    ----------
    one, other : str
        From :func:`normalised`.

    Returns
    -------
    bool
    """
    if not fuzz.ratio(one, other, score_cutoff=ALIKE_PERCENT):
        return False
    words, others = one.split(), other.split()
    for step in Levenshtein.opcodes(words, others):
        before, after = words[step.src_start : step.src_end], others[step.dest_start : step.dest_end]
        if step.tag == "replace" and not all(map(_is_slip, before, after)):
            return False
        if step.tag in ("insert", "delete") and not _ARTICLES.issuperset(map(str.casefold, before + after)):
            return False
    return True


def _is_slip(word: str, other: str) -> bool:
    """Whether one word is the other with one letter wrong, doubled, missing or exchanged."""
    if {word.casefold(), other.casefold()} <= _ARTICLES:
        return True
    is_opposite = word == f"a{other}" or other == f"a{word}"  # typical, atypical
    is_long = min(len(word), len(other)) >= MIN_LETTERS
    return is_long and word.isalpha() and other.isalpha() and not is_opposite and OSA.distance(word, other) <= 1


def grouped(answers: Sequence[Answer], question: str) -> list[Group]:
    """Sort answers into groups.

    Parameters
    ----------
    answers : sequence of Answer
        To one question.
    question : str
        Which; it is part of the groups' ids.

    Returns
    -------
    list of Group
        The largest first. All members of a group are identical or nearly identical to its first one.
    """
    identical: defaultdict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        identical[answer.key].append(answer)
    groups: dict[str, list[Answer]] = {}
    for key in sorted(identical, key=lambda key: (-len(identical[key]), key)):
        leader = None
        if key.startswith(_WORDS):
            leaders = (other for other in groups if other.startswith(_WORDS))
            leader = next((other for other in leaders if are_nearly_identical(key[1:], other[1:])), None)
        groups.setdefault(key if leader is None else leader, []).extend(_by_wording(identical[key]))
    found = [Group(_id(members, question), tuple(members), not key) for key, members in groups.items()]
    return sorted(found, key=lambda group: (-len(group.answers), group.answers[0].student))


def _by_wording(answers: list[Answer]) -> list[Answer]:
    counts: defaultdict[str, int] = defaultdict(int)
    for answer in answers:
        counts[answer.text] += 1
    return sorted(answers, key=lambda answer: (-counts[answer.text], answer.text, answer.student))


def _id(members: Iterable[Answer], question: str) -> str:
    content = [question, *sorted([answer.student, answer.text, answer.key] for answer in members)]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:10]
