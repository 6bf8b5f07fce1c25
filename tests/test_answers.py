"""Written answers in groups: what is taken together, and one mark for all of a group, never without a person."""

from __future__ import annotations

import os
import pty
import select
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook

from classes import CELLS, GRADERS, TOY, autograded, gradebook, hand_in, mark, record, result, tables, write_toy
from courses import index_of, run
from helpers import PICTURE, graded_cell
from lossmark import cli
from lossmark.course import Course
from lossmark.execution.notebook import ANSWER_ELSEWHERE
from lossmark.gradebook.answers import AnswerReader, Group, are_nearly_identical, normalised
from lossmark.gradebook.records import GradeWriter
from lossmark.grading.pipeline import Grader
from lossmark.provenance import digests
from lossmark.sandbox.limits import Isolation
from postgres import server

SCHEME = "Why?\n### BEGIN MARK SCHEME\n- **2 points**: $2x = x + x$\n### END MARK SCHEME"
SAME = "One is added to itself, and the margins of all the other classes stay as they are."
OTHER = "I do not know."
UNTOUCHED = "YOUR ANSWER HERE"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return write_toy(tmp_path, cells=[*CELLS[:2], graded_cell("manual", "why", SCHEME, points=2)])


def answer(course: Course, **answers: str) -> None:
    for student, text in answers.items():
        record(course, student, answer=text)


def answers(course: Course, *options: str) -> int:
    return cli.main(["answers", TOY, *options, "--course", str(course.root)])


def groups(course: Course, *students: str) -> list[Group]:
    with gradebook(course) as opened:
        known = [submission.student.id for submission in opened.assignment_submissions(TOY)]
    return AnswerReader(course, TOY).groups("why", students or known)


def of(course: Course, student: str) -> str:
    """Return the id of a student's group."""
    return next(group.id for group in groups(course) if student in group.students)


def given(course: Course) -> dict[str, tuple[float | None, bool, str | None]]:
    with gradebook(course) as opened:
        found = {}
        for submission in opened.assignment_submissions(TOY):
            grade = opened.find_grade("why", TOY, TOY, submission.student.id)
            comment = opened.find_comment("why", TOY, TOY, submission.student.id)
            found[submission.student.id] = grade.manual_score, grade.needs_manual_grade, comment.manual_comment
        return found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Because it is so.", "because  it\n is so"),
        ("**Because** (it) is “so”!", "because it is so"),
        ("The learning-rate", "the Learning‑rate"),
        ("x − 1", "x - 1"),
        ("'f' is it", "f is it"),
    ],
)
def test_what_says_the_same_is_identical(one: str, other: str) -> None:
    assert normalised(one) == normalised(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a < b", "a > b"),
        ("x = -1", "x = 1"),
        ("x != 1", "x = 1"),
        ("0.5", "05"),
        ("f' is it", "f is it"),
        ("5! ways", "5 ways"),
        ("W grows", "w grows"),
        ("$\\Delta$ grows", "$\\delta$ grows"),
        ("a * b", "a b"),
        ("x²", "x2"),
    ],
)
def test_what_says_something_else_is_not(one: str, other: str) -> None:
    assert normalised(one) != normalised(other)
    assert not are_nearly_identical(normalised(one), normalised(other))


@pytest.mark.parametrize(
    ("change", "is_near"),
    [
        (("margins", "margin"), True),
        (("added", "aded"), True),
        (("classes", "calsses"), True),
        (("all the other", "all other"), True),
        (("margins of", "margins not of"), False),
        (("stay", "never stay"), False),
        (("and the", "and 3"), False),
        (("One", "Two"), False),
        (("itself,", "itself + 1,"), False),
        (("all the other classes", "all"), False),
        (("added", "subtracted"), False),
    ],
)
def test_slips_are_near_and_nothing_else(change: tuple[str, str], is_near: bool) -> None:
    assert are_nearly_identical(normalised(SAME), normalised(SAME.replace(*change))) is is_near


@pytest.mark.parametrize(
    ("one", "other"), [("is typical", "is atypical"), ("it increases", "it decreases"), ("is stable", "is unstable")]
)
def test_one_word_of_the_opposite_is_not_near(one: str, other: str) -> None:
    rest = " for all of the many classes, whatever the scores of the examples may be"
    assert not are_nearly_identical(one + rest, other + rest)


def test_too_many_slips_are_not_near() -> None:
    assert are_nearly_identical("words words words", "words words wards")
    assert not are_nearly_identical("abcd efgh", "abcx efgx")


def test_groups_are_the_largest_first_and_the_blank_ones_together(course: Course) -> None:
    answer(course, a=SAME, b=SAME.upper(), c=SAME.replace("margins", "margin"), d=OTHER, e=UNTOUCHED, f="")
    found = groups(course)
    assert [group.students for group in found] == [["b", "a", "c"], ["f", "e"], ["d"]]
    assert [group.is_blank for group in found] == [False, True, False]


def test_nobody_is_near_to_the_first_by_way_of_others(course: Course) -> None:
    texts = ["words and more words here", "wards and more words here", "wards end mare words here"]
    answer(course, a=texts[0], b=texts[1], c=texts[2].replace("end", "and"))
    for group in groups(course):
        assert all(are_nearly_identical(group.text, other.text) for other in group.answers[1:])


def test_answers_that_stand_elsewhere_or_with_a_picture_are_alone(course: Course) -> None:
    answer(course, a=ANSWER_ELSEWHERE["markdown"], b=ANSWER_ELSEWHERE["markdown"], c=SAME, d=SAME)
    for student in ("c", "d"):
        file = autograded(course, student) / f"{TOY}.ipynb"
        notebook = nbformat.read(file, as_version=4)
        notebook.cells[index_of(notebook, "why")].attachments = {"image.png": {"image/png": student}}
        nbformat.write(notebook, file)
    assert sorted(group.students for group in groups(course)) == [["a"], ["b"], ["c"], ["d"]]


def test_answers_with_pictures_that_are_missing_are_alone(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    answer(course, a="So: ![](attachment:a.png)", b="So: ![](attachment:a.png)", c="So: ![](a.png)", d="So: ", e="so")
    assert sorted(group.students for group in groups(course)) == [["a"], ["b"], ["c"], ["d", "e"]]
    assert answers(course, "why") == 0
    assert capsys.readouterr().out.count("The picture “a.png” cannot be shown") == 3


def test_answer_beside_its_cell_is_shown_and_alone(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    answer(course, a=UNTOUCHED, b=UNTOUCHED, c=UNTOUCHED)
    for student, text in {"a": SAME, "b": SAME}.items():
        file = course.root / "submitted" / student / TOY / f"{TOY}.ipynb"
        notebook = nbformat.read(file, as_version=4)
        picture = {"p.png": {"image/png": PICTURE}}
        notebook.cells.append(new_markdown_cell(f"{text} ![it](attachment:p.png)", attachments=picture))
        nbformat.write(notebook, file)
        with Grader(course, TOY, Isolation.NONE) as grader, GradeWriter(course, TOY) as writer:
            writer.prepare()
            content = file.read_bytes()
            writer.write(student, grader.grade(content), digests(course, TOY, content))
    assert [group.students for group in groups(course)] == [["a"], ["b"], ["c"]]
    assert [given(course)[student][1] for student in "abc"] == [True, True, False]
    assert answers(course, "why") == 0
    shown = capsys.readouterr().out
    assert shown.count(f"{SAME} ![it](attachment:picture-1)") == 2
    assert shown.count("with 1 picture, which formgrader and the feedback page show") == 2


def test_code_is_identical_by_every_character(tmp_path: Path) -> None:
    cells = [*CELLS[:2], graded_cell("manual", "why", "# your code", points=2)]
    cells[-1].cell_type, cells[-1].outputs, cells[-1].execution_count = "code", [], None
    course = write_toy(tmp_path, cells=cells)
    answer(course, a="x = 1\n\ny = 2", b="x = 1  \ny = 2\n", c="x = -1\ny = 2", d="X = 1\ny = 2")
    assert [group.students for group in groups(course)] == [["a", "b"], ["c"], ["d"]]


def test_overview_and_groups_are_shown(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    answer(course, a=SAME, b=SAME, c=SAME.replace("margins", "margin"), d=OTHER, e=UNTOUCHED)
    mark(course, "b", 1.5, "Fine.")
    assert answers(course) == 0
    row = next(line for line in capsys.readouterr().out.splitlines() if "why" in line)
    assert row.replace("│", "").split() == ["why", "2", "5", "3", "3"]
    assert answers(course, "why") == 0
    shown = capsys.readouterr().out
    for text in (
        "why of toy: 5 answers in 3 groups, 3 waiting",
        "Mark scheme, up to 2 points:\n  - **2 points**: $2x = x + x$",
        f"[{of(course, 'a')}] 3 answers, 2 waiting; marks: 1.5 (1)\n  from: a, b, c\n  comment of 1: Fine.\n  | {SAME}",
        "  c: … itself, and the [-margins-] {+margin+} of all the …",
        "(nothing was written)",
    ):
        assert text in shown


def test_a_group_gets_one_mark_and_one_comment(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    answer(course, a=SAME, b=SAME, c=SAME, d=OTHER)
    mark(course, "c", 0.5, "By hand.")
    assert answers(course, "why", "--group", of(course, "a"), "--score", "1.5", "--comment", "Good.") == 0
    said = capsys.readouterr().out
    assert "marked with 1.5: a, b\n" in said
    assert "kept, as a person gave it: 0.5 of c; to change that, add --overwrite" in said
    good = (1.5, False, "Good.")
    assert given(course) == {"a": good, "b": good, "c": (0.5, False, "By hand."), "d": (None, True, None)}

    before = tables(course)
    assert answers(course, "why", "--group", of(course, "a"), "--score", "1") == 2
    assert "a person has marked all of group" in capsys.readouterr().err
    assert tables(course) == before
    assert answers(course, "why", "--group", of(course, "a"), "--score", "1", "--overwrite") == 0
    assert [score for score, _, _ in given(course).values()] == [1, 1, 1, None]
    assert given(course)["c"][2] == "By hand."


def test_blank_answers_can_be_marked_and_comments_of_persons_stay(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(course, a=UNTOUCHED, b="")
    with gradebook(course) as opened:
        opened.find_comment("why", TOY, TOY, "b").manual_comment = "Ask me."
        opened.db.commit()
    assert answers(course, "why", "--group", of(course, "a"), "--score", "0", "--comment", "Nothing.") == 0
    assert given(course) == {"a": (0, False, "Nothing."), "b": (0, False, "Ask me.")}
    assert "kept, as a person wrote them: the comments of b" in capsys.readouterr().out


def test_a_mark_from_before_it_was_graded_again_is_confirmed(
    course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(course, a=SAME, b=SAME)
    mark(course, "a", 1.5)
    mark(course, "b", 1.0)
    answer(course, a=SAME, b=SAME)
    assert given(course) == {"a": (1.5, True, None), "b": (1.0, True, None)}
    assert answers(course, "why", "--group", of(course, "a"), "--score", "1.5") == 0
    assert given(course) == {"a": (1.5, False, None), "b": (1.0, True, None)}
    said = capsys.readouterr().out
    assert "confirmed: a" in said
    assert "1 of b" in said


@pytest.mark.parametrize("score", ["2.5", "-0.5", "nan", "inf"])
def test_mark_out_of_range_is_refused(score: str, course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    answer(course, a=SAME)
    before = tables(course)
    assert answers(course, "why", "--group", of(course, "a"), f"--score={score}") == 2
    assert "is not from 0 to 2, the points of why; nothing was written" in capsys.readouterr().err
    assert tables(course) == before


def test_group_that_has_changed_is_refused(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    answer(course, a=SAME, b=SAME, c=OTHER)
    old = of(course, "a")
    answer(course, d=OTHER)
    assert of(course, "a") == old, "others have nothing to do with it"
    for student, text in (("c", SAME), ("c", OTHER), ("b", SAME + " "), ("b", SAME)):
        is_back = of(course, "a") != old
        answer(course, **{student: text})
        assert (of(course, "a") == old) is is_back
        before = tables(course)
        if not is_back:
            assert answers(course, "why", "--group", old, "--score", "1") == 2
            assert f"why of toy has no group {old} now" in capsys.readouterr().err
            assert tables(course) == before


def test_file_that_is_replaced_at_the_last_moment_is_noticed(course: Course) -> None:
    answer(course, a=SAME)
    (group,) = groups(course)
    assert group.answers[0].is_current
    hand_in(course, "a", answer=OTHER)
    with GradeWriter(course, TOY) as writer:
        writer.prepare()
        writer.write("a", result(course, answer=OTHER), digests(course, TOY, b""))
    assert not group.answers[0].is_current


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["other"], "'other' is not a manually graded cell of toy (there is: why)"),
        (["double_tests"], "'double_tests' is not a manually graded cell of toy"),
        (["why", "--group", "x"], "a mark needs all three"),
        (["--group", "x", "--score", "1"], "a mark needs all three"),
        (["why", "--overwrite"], "go with --group ID and --score X"),
        (["why", "--interactive"], "needs a terminal"),
    ],
)
def test_wrong_usage_is_said(
    options: list[str], complaint: str, course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(course, a=SAME)
    assert answers(course, *options) == 2
    assert complaint in capsys.readouterr().err


def test_lost_and_broken_files_are_said(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    answer(course, a=SAME, b=SAME)
    shutil.rmtree(autograded(course, "a"))
    assert answers(course, "why") == 0
    assert "1 more have no graded notebook with this cell: lossmark autograde toy --force" in capsys.readouterr().out
    (autograded(course, "b") / f"{TOY}.ipynb").write_text("[]")
    assert answers(course, "why") == 1
    assert "toy.ipynb cannot be read" in capsys.readouterr().err


def test_formgrader_may_be_open(course: Course) -> None:
    answer(course, a=SAME, b=SAME)
    with gradebook(course) as formgrader:
        grade = formgrader.find_grade("why", TOY, TOY, "a")
        assert grade.manual_score is None
        assert answers(course, "why", "--group", of(course, "a"), "--score", "1") == 0
        formgrader.db.rollback()
        assert grade.manual_score == 1


def test_locked_gradebook_is_waited_for(course: Course) -> None:
    answer(course, a=SAME)
    id = of(course, "a")
    other = sqlite3.connect(course.root / "gradebook.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    other.execute("UPDATE grade SET extra_credit = 0.25")
    release = threading.Timer(1.0, lambda: other.execute("COMMIT"))
    release.start()
    assert answers(course, "why", "--group", id, "--score", "1") == 0
    release.join()
    other.close()
    assert given(course)["a"][0] == 1
    with gradebook(course) as opened:
        assert opened.find_grade("why", TOY, TOY, "a").extra_credit == 0.25


def test_attack_answers_and_names_stay_data(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    student = "=1+1; $(touch x)\x1b[2J"
    record(course, student, answer="\x1b]0;title\x07\x9b2J \u202eback\r\n=cmd() [bold]<script>alert(1)</script>[/bold]")
    assert answers(course, "why") == 0
    shown = capsys.readouterr().out
    assert not {"\x1b", "\x07", "\x9b", "\u202e", "\r"} & set(shown)
    assert "=cmd() [bold]" in shown
    comment = "=1 {student} %s \x1b[1m"
    (group,) = groups(course)
    assert answers(course, "why", "--group", group.id, "--score", "1", "--comment", comment) == 0
    assert given(course)[student] == (1, False, comment)
    assert "\x1b" not in capsys.readouterr().out


@contextmanager
def terminal(course: Course, *options: str) -> Iterator[Session]:
    """Run `lossmark answers --interactive` on a terminal."""
    parent, child = pty.openpty()
    command = [sys.executable, "-m", "lossmark.cli", "answers", TOY, *options, "--interactive"]
    process = subprocess.Popen(command, cwd=course.root, stdin=child, stdout=child, stderr=child)
    os.close(child)
    try:
        yield Session(process, parent)
    finally:
        process.kill()
        process.wait()
        os.close(parent)


class Session:
    """A person at a terminal."""

    def __init__(self, process: subprocess.Popen[bytes], descriptor: int) -> None:
        self.process, self._descriptor, self._unread = process, descriptor, b""

    def read_until(self, text: str) -> str:
        while text.encode() not in self._unread:
            assert select.select([self._descriptor], [], [], 60)[0], self._unread
            try:
                self._unread += os.read(self._descriptor, 4096)
            except OSError:  # the other end is closed
                raise AssertionError(self._unread) from None
        before, found, self._unread = self._unread.partition(text.encode())
        return (before + found).decode()

    def type(self, text: str) -> None:
        os.write(self._descriptor, text.encode())


@pytest.mark.slow
def test_interactive_asks_for_each_group_that_waits(course: Course) -> None:
    answer(course, a=SAME, b=SAME.replace("margins", "margin"), c=OTHER, d="Two.", e=UNTOUCHED, f="Three.")
    mark(course, "f", 1.0)
    with terminal(course) as session:
        shown = session.read_until("s to skip, q to stop: ")
        assert "Mark scheme, up to 2 points:" in shown
        assert "1 of 3" in shown
        assert "[-margins-] {+margin+}" in shown or "[-margin-] {+margins+}" in shown
        for wrong in ("3", "x", "-1", "nan"):
            session.type(f"{wrong}\n")
            session.read_until("q to stop: ")
        session.type("1,5\n")
        session.read_until("comment, or nothing: ")
        session.type("Good.\n")
        assert "marked with 1.5: a, b" in session.read_until("2 of 3")
        assert given(course)["a"] == given(course)["b"] == (1.5, False, "Good."), "at once, before it ends"
        session.read_until("q to stop: ")
        session.type("s\n")
        session.read_until("q to stop: ")
        session.type("q\n")
        assert session.process.wait(timeout=60) == 0
    waiting = {student for student, (_, awaits, _) in given(course).items() if awaits}
    assert waiting == {"c", "d"}


@pytest.mark.slow
def test_interactive_notices_what_changes_meanwhile_and_an_end(course: Course) -> None:
    answer(course, a=SAME, b=SAME, c=OTHER)
    with terminal(course, "why") as session:
        session.read_until("q to stop: ")
        answer(course, a=OTHER)
        session.type("1\n")
        session.read_until("comment, or nothing: ")
        session.type("\n")
        assert "why of toy has no group" in session.read_until("nothing was written")
        assert "has changed meanwhile" in session.read_until("for another time")
        assert session.process.wait(timeout=60) == 0
    assert {score for score, _, _ in given(course).values()} == {None}
    with terminal(course, "why") as session:
        session.read_until("q to stop: ")
        session.type("\x04")
        assert session.process.wait(timeout=60) == 0


@pytest.mark.sandbox
def test_on_postgresql(tmp_path: Path) -> None:
    with server() as address:
        course = write_toy(tmp_path, f"c.CourseDirectory.db_url = {address!r}", graders=GRADERS)
        for student in ("a", "b"):
            hand_in(course, student, answer=SAME)
        assert run("lossmark", "autograde", TOY, cwd=tmp_path).returncode == 0
        (course.root / "class.csv").write_text(
            "Student,ID,SIS User ID,SIS Login ID,Section\n'=Alpha,7,,a,x\nBeta,8,,b,x\nGamma,9,,c,x\n"
        )
        for words in (
            "3 students of Canvas, with ids from the column 'SIS Login ID': 1 added, 2 changed",
            "3 unchanged",
        ):
            done = run("lossmark", "roster", "import", "class.csv", cwd=tmp_path)
            assert words in done.stdout, done.stderr
        (group,) = AnswerReader(course, TOY).groups("why", ["a", "b"])
        done = run("lossmark", "answers", TOY, "why", "--group", group.id, "--score", "1.5", cwd=tmp_path)
        assert "marked with 1.5: a, b" in done.stdout, done.stderr
        with Gradebook(address, "losses") as opened:
            assert opened.find_grade("why", TOY, TOY, "b").manual_score == 1.5
        done = run("lossmark", "export", "--format", "canvas", "--to", "-", cwd=tmp_path)
        assert done.stdout.splitlines()[2:] == ["'=Alpha,7,,a,,4.5", "Beta,8,,b,,4.5", "Gamma,9,,c,,"]
        assert '"state": "current"' in run("lossmark", "explain", "a", TOY, "--json", cwd=tmp_path).stdout
