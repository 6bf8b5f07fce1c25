"""Submissions that resemble each other more than is usual in their class, for a person to look at.

Short solutions of the same task resemble each other by nature: the report does not claim that two are alike, but that
they are far more alike than the others are. Nothing here accuses anybody, or touches a score.

The comparison is rapidfuzz's, over sequences of tokens: well kept, in C++, and installed with nbgrader anyway. It
compares all pairs of a class of a hundred in less than a second, so that nothing needs to be guessed beforehand:
datasketch's MinHash finds candidates among millions, and would bring scipy along; copydetect compares folders of files
by hashes of their parts, and knows neither cells nor the release.
"""

from __future__ import annotations

import builtins
import io
import keyword
import re
import tokenize
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np
from nbformat import NotebookNode
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import Indel

from lossmark.course import LOCKED, MANUAL, TESTS, Assignment, grade_id_of, kind_of

REMARKABLE = 0.2
"""Two submissions are shown if they differ by less than this share of the usual difference in the class."""
MIN_TOKENS, MIN_WORDS = 40, 25
"""Shorter texts resemble each other by nature, and are not compared."""
MAX_PAIRS = 20
MAX_CHARACTERS = 50_000
"""Of a cell; nobody writes more."""
MAX_TOKENS = 20_000
MAX_COLUMNS = 500
"""Of a line; Python's tokenizer takes quadratic time for a long one."""
OTHER = "other cells"
"""Name of the student's own cells."""

NOT_COMPARED = {
    "length": f"what is behind the first {MAX_CHARACTERS} characters of a cell is not compared with other submissions",
    "tokens": f"what is behind the first {MAX_TOKENS} words and signs of a notebook is not compared with others",
    "exec": "code that its cells make of text (`exec`, `eval` or `compile`) may not have been compared with others",
}
"""The parts that a comparison leaves out, for a person to look at."""
_MADE = re.compile(r"\b(?:exec|eval|compile|run_cell|ex)\s*\(")
_CODE = re.compile(r"^[ \t]*(?:def|for|while|return|if|import|from|class)\b.*$|^[ \t]*[\w.\[\], ]+=[^=]", re.MULTILINE)
MIN_CODE_LINES = 3
"""From here on, a text in a program is compared as a program."""
_WORD = re.compile(r"\w+")
_ROUGH = re.compile(r"\w+|[^\w\s]")
_KNOWN = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins)}
_LAYOUT = {tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}

Tokens = tuple[str, ...]
Token = tuple[int, str, int]
"""Its type, its text, and the number of the line on which it begins."""


@dataclass(frozen=True)
class Passage:
    """A student's text in one place.

    Attributes
    ----------
    place : str
        Grade id of the cell, or ``OTHER``.
    text : str
        All of the cell's text.
    """

    place: str
    text: str


@dataclass(frozen=True)
class Work:
    """A student's texts, without the cells that are as they were released.

    Attributes
    ----------
    code, answers : tuple of Passage
        Programs, and written answers.
    notes : tuple of str
        The parts that no comparison sees.
    """

    code: tuple[Passage, ...] = ()
    answers: tuple[Passage, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pair:
    """Two sides that are unusually alike.

    Attributes
    ----------
    left, right : tuple of str
        The students on either side; several, where they handed in the same.
    likeness : float
        From 0 to 1: twice the number of tokens in common and in the same order, by the number of all.
    """

    left: tuple[str, ...]
    right: tuple[str, ...]
    likeness: float


@dataclass(frozen=True)
class Comparison:
    """The result of comparing a class.

    Attributes
    ----------
    compared : int
        Submissions that were long enough.
    usual : float or None
        The median likeness of two of them; None where there are fewer than three.
    pairs : tuple of Pair
        The remarkable ones, the most alike first, at most ``MAX_PAIRS``.
    left_out : int
        How many more there are.
    """

    compared: int
    usual: float | None
    pairs: tuple[Pair, ...]
    left_out: int = 0

    @property
    def threshold(self) -> float | None:
        """The likeness above which a pair is shown."""
        return None if self.usual is None else 1.0 - REMARKABLE * (1.0 - self.usual)


class Reader:
    """Separates students' texts from given ones.

    Parameters
    ----------
    assignment : Assignment
        The assignment.
    """

    def __init__(self, assignment: Assignment) -> None:
        self._cells = assignment.cells
        sources = [cell.source for cell in assignment.released.cells]
        self._given = {source.strip() for source in sources}
        self._lines = {line.strip() for source in sources for line in source.splitlines()} | {""}

    def work_of(self, submitted: NotebookNode) -> Work:
        """Extract the student's texts from a submission.

        Parameters
        ----------
        submitted : NotebookNode
            From :func:`lossmark.execution.notebook.read_notebook`.

        Returns
        -------
        Work
        """
        code: dict[str, list[str]] = {}
        answers: dict[str, list[str]] = {}
        for cell in submitted.cells:
            grade_id = grade_id_of(cell)
            original = self._cells.get(grade_id)
            kind = None if original is None else kind_of(original)
            if kind in (TESTS, LOCKED) or cell.source.strip() in self._given:
                continue
            is_answer = kind == MANUAL or (kind is None and cell.cell_type != "code")
            place = OTHER if kind is None else grade_id
            (answers if is_answer else code).setdefault(place, []).append(cell.source)
        return Work(_passages(code), _passages(answers), tuple(self._not_compared(code, answers)))

    def _not_compared(self, code: Mapping[str, Sequence[str]], answers: Mapping[str, Sequence[str]]) -> Iterator[str]:
        """Name the parts that the comparison leaves out."""
        if any(sum(map(len, parts)) > MAX_CHARACTERS for parts in (*code.values(), *answers.values())):
            yield NOT_COMPARED["length"]
        if any(map(_is_beyond_tokens, (_passages(code), _passages(answers)))):
            yield NOT_COMPARED["tokens"]
        own = (line for parts in code.values() for text in parts for line in text.split("\n") if self._is_own(line))
        if any(_MADE.search(line) for line in own):
            yield NOT_COMPARED["exec"]

    def tokens_of(self, passages: Sequence[Passage]) -> Tokens:
        """Write programs in the same way: no comments, no layout, no released lines, no names of variables.

        Parameters
        ----------
        passages : sequence of Passage
            The programs; they need not be right.

        Returns
        -------
        tuple of str
        """
        found: list[str] = []
        for passage in passages:
            lines = passage.text.split("\n")  # as the tokenizer counts them; a form feed begins no line
            is_own = [self._is_own(line) for line in lines]
            tokens = [token for token in _tokens(passage.text) if is_own[min(token[2], len(lines)) - 1]]
            found += self._normalised(tokens)
        return tuple(found[:MAX_TOKENS])

    def words_of(self, passages: Sequence[Passage]) -> Tokens:
        """Return the words of written answers, without released lines.

        Parameters
        ----------
        passages : sequence of Passage
            The answers.

        Returns
        -------
        tuple of str
        """
        words = (word for passage in self.own_lines(passages) for word in _WORD.findall(passage.text.casefold()))
        return tuple(islice(words, MAX_TOKENS))

    def own_lines(self, passages: Sequence[Passage]) -> tuple[Passage, ...]:
        """Leave out the lines that were released.

        Parameters
        ----------
        passages : sequence of Passage
            Programs or answers.

        Returns
        -------
        tuple of Passage
            To be read, and not to be run.
        """
        return tuple(
            Passage(passage.place, "\n".join(line for line in passage.text.splitlines() if self._is_own(line)))
            for passage in passages
        )

    def _is_own(self, line: str) -> bool:
        return line.strip() not in self._lines

    def _normalised(self, tokens: Sequence[Token]) -> Iterator[str]:
        """Keep the names of Python and modules, but not those of variables and functions, which a copy may rename."""
        before = ""
        for i, (kind, text, _) in enumerate(tokens):
            if kind == tokenize.STRING and len(_CODE.findall(text)) >= MIN_CODE_LINES:
                yield from self._normalised(_tokens(text.lstrip("rRbBuUfF").strip("\"'")))
            elif kind == tokenize.STRING:
                after = tokens[i + 1][0] if i + 1 < len(tokens) else tokenize.NEWLINE
                if before or after != tokenize.NEWLINE:  # else it is a docstring
                    yield "<text>"
            elif kind == tokenize.NAME:
                yield text if before == "." or text in _KNOWN else "<name>"
            elif kind != tokenize.NEWLINE:
                yield text
            before = "" if kind == tokenize.NEWLINE else text


def _is_beyond_tokens(passages: Sequence[Passage]) -> bool:
    """Whether not all words and signs are compared; comments and released lines count here, too."""
    found = (match for passage in passages for match in _ROUGH.finditer(passage.text))
    return next(islice(found, MAX_TOKENS, None), None) is not None


def _passages(texts: Mapping[str, Sequence[str]]) -> tuple[Passage, ...]:
    return tuple(Passage(place, "\n\n".join(parts)[:MAX_CHARACTERS]) for place, parts in texts.items())


def _tokens(text: str) -> list[Token]:
    """Split a program into tokens; parts that Python's tokenizer cannot read are split roughly."""
    found: list[Token] = []
    reached = 0
    try:
        _require_columns(text)
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            reached = max(reached, token.end[0] if token.type != tokenize.ENDMARKER else 0)
            if token.type not in _LAYOUT:
                found.append((token.type, token.string, token.start[0]))
    except (tokenize.TokenError, SyntaxError, ValueError):
        for number, line in enumerate(text.split("\n")[reached:], reached + 1):
            found += [(kind, word, number) for kind, word in _of_line(line)]
            found.append((tokenize.NEWLINE, "", number))
    return found


def _require_columns(text: str) -> None:
    """Raise ValueError where the tokenizer would take long."""
    if any(len(line) > MAX_COLUMNS for line in text.split("\n")):
        raise ValueError("a line that nobody has written by hand")


def _of_line(line: str) -> list[tuple[int, str]]:
    """Take one line apart as far as the tokenizer can read it by itself, and the rest of it roughly."""
    found: list[tuple[int, str]] = []
    reached = 0
    line = line.strip()
    try:
        _require_columns(line)
        for token in tokenize.generate_tokens(io.StringIO(line).readline):
            if token.type not in _LAYOUT | {tokenize.NEWLINE, tokenize.ERRORTOKEN}:
                found.append((token.type, token.string))
            reached = max(reached, token.end[1] if token.end[0] == 1 else len(line))
    except (tokenize.TokenError, SyntaxError, ValueError):
        for word in _ROUGH.findall(line[reached:].partition("#")[0]):
            found.append((tokenize.NAME if word.isidentifier() else tokenize.OP, word))
    return found


def compare(works: Mapping[str, Tokens], min_tokens: int) -> Comparison:
    """Find the pairs of a class that are far more alike than is usual in it.

    A pair is shown if its sides differ by less than ``REMARKABLE`` of the usual difference in this class: the median
    over all pairs. If most of a class has written the same, no pair is remarkable, and none is shown.

    Parameters
    ----------
    works : mapping
        Tokens by student.
    min_tokens : int
        Who has fewer is not compared.

    Returns
    -------
    Comparison
    """
    students: dict[Tokens, list[str]] = {}
    for student, tokens in works.items():
        if len(tokens) >= min_tokens:
            students.setdefault(tokens, []).append(student)
    compared = sum(map(len, students.values()))
    if compared < 3:
        return Comparison(compared, None, ())
    distinct, groups = list(students), list(students.values())
    likeness = process.cdist(distinct, distinct, scorer=Indel.normalized_similarity, dtype=np.float32, workers=-1)
    comparison = Comparison(compared, _usual(likeness, [len(group) for group in groups]), ())
    threshold = comparison.threshold
    assert threshold is not None
    pairs = [Pair((group[0],), tuple(group[1:]), 1.0) for group in groups if len(group) > 1 and threshold < 1.0]
    for i, j in np.argwhere(np.triu(likeness > threshold, k=1)):
        pairs.append(Pair(tuple(groups[i]), tuple(groups[j]), float(likeness[i, j])))
    pairs.sort(key=lambda pair: (-pair.likeness, -len(works[pair.left[0]]), pair.left))
    return Comparison(compared, comparison.usual, tuple(pairs[:MAX_PAIRS]), max(0, len(pairs) - MAX_PAIRS))


def _usual(likeness: NDArray[np.float32], sizes: Sequence[int]) -> float:
    """Return the median over all pairs of students, of whom several may have handed in the same."""
    places = np.repeat(np.arange(len(sizes)), sizes)
    of_all = likeness[np.ix_(places, places)]
    return float(np.median(of_all[np.triu_indices(len(places), k=1)]))


@dataclass(frozen=True)
class Likenesses:
    """The comparisons of a class, of programs and of written answers.

    Attributes
    ----------
    works : mapping
        The compared texts, by student.
    reader : Reader
        Knows the release.
    """

    works: Mapping[str, Work]
    reader: Reader

    @cached_property
    def code(self) -> Comparison:
        """Of the programs."""
        return self._compared(lambda work: self.reader.tokens_of(work.code), MIN_TOKENS)

    @cached_property
    def answers(self) -> Comparison:
        """Of the written answers."""
        return self._compared(lambda work: self.reader.words_of(work.answers), MIN_WORDS)

    def _compared(self, tokens_of: Callable[[Work], Tokens], min_tokens: int) -> Comparison:
        return compare({student: tokens_of(work) for student, work in self.works.items()}, min_tokens)
