"""A course that knows nothing of Lossmark: graded in the sandbox, and scored as stock nbgrader scores it."""

from __future__ import annotations

import html
import json
import re
import shutil
import socket
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import CompletedProcess

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output
from nbgrader.api import Gradebook
from nbgrader.utils import determine_grade

from courses import copy_course, run
from lossmark.course import Course
from lossmark.errors import NotGraded, UsageError
from lossmark.execution.hidden import WITHHELD, HiddenTests
from lossmark.grading.pipeline import Grader
from lossmark.grading.stock import StockTests
from lossmark.instant.checking import Checking
from lossmark.instant.ledger import Ledger
from lossmark.provenance import digests_of_course
from lossmark.results import UNPROTECTED, GradedNotebook
from strangers import SECRETS, STRINGS, TIMEOUT_S, answering, behind_lossmark, hand_in, stranger_course

FORGETS_CAPITALS = "def count_vowels(text):\n    return sum(letter in 'aeiou' for letter in text)"
FIRST_LETTER = "def commonest(text):\n    return text[0]"
LOOPS = "def is_palindrome(text):\n    while text != 'Never odd or even':\n        pass\n    return True"
WARNS = """
import warnings
def count_vowels(text):
    warnings.warn("slow")
    return sum(letter in VOWELS for letter in text.lower())
"""
BOASTS = """
class Boast(str):
    def __eq__(self, other):
        return 99
def commonest(text):
    return Boast(text)
"""
RAISES = "def commonest(text):\n    return {}[text]"
UNFINISHED = "def is_palindrome(text):\n    return text ="
MUTED = f"get_ipython().showtraceback = lambda *args, **kwargs: None\n{FORGETS_CAPITALS}"

CLASS: dict[str, dict[str, str]] = {
    "right": {},
    "wrong": {
        "count_vowels": FORGETS_CAPITALS,
        "commonest": FIRST_LETTER,
        "count_vowels_tests": "assert True",
        "visible_tests": "1 / 0",
    },
    "slow": {"count_vowels": WARNS, "is_palindrome": LOOPS},
    "mute": {"count_vowels": MUTED, "commonest": RAISES, "is_palindrome": UNFINISHED, "why": "I do not know."},
}


def recorded(course: Course) -> dict[str, dict[str, float | None]]:
    """The automatic scores that a gradebook holds, by student and cell."""
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "writing") as gradebook:
        submissions = gradebook.assignment_submissions(STRINGS)
        return {
            one.student_id: {grade.name: grade.auto_score for grade in one.notebooks[0].grades} for one in submissions
        }


def graded(course: Course, notebook: NotebookNode) -> GradedNotebook:
    with Grader(course, STRINGS) as grader:
        return grader.grade(nbformat.writes(notebook))


def texts_of(graded: GradedNotebook) -> str:
    """All that the graded notebook holds, as it is stored."""
    return nbformat.writes(graded.notebook)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return stranger_course(tmp_path, behind_lossmark())


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, float | None]]:
    """The scores that nbgrader itself gives, without Lossmark."""
    course = stranger_course(tmp_path_factory.mktemp("stock"))
    for student, answers in CLASS.items():
        hand_in(course, student, answering(course, **answers))
    for command in ("generate_assignment", "autograde"):
        done = run("nbgrader", command, STRINGS, cwd=course.root)
        assert done.returncode == 0, done.stderr
    return recorded(course)


@pytest.fixture(scope="module")
def classroom(tmp_path_factory: pytest.TempPathFactory) -> tuple[Course, CompletedProcess[str]]:
    """The same class behind Lossmark, and what the command said."""
    course = stranger_course(tmp_path_factory.mktemp("lossmark"), behind_lossmark())
    for student, answers in CLASS.items():
        hand_in(course, student, answering(course, **answers))
    done = run("lossmark", "autograde", STRINGS, "--jobs", "2", cwd=course.root)
    assert done.returncode == 0, done.stderr
    return course, done


@pytest.mark.sandbox
@pytest.mark.timeout(900)  # stock nbgrader starts a kernel for each notebook
class TestScores:
    def test_are_those_of_stock_nbgrader(self, classroom, stock):
        assert recorded(classroom[0]) == stock

    def test_are_what_they_should_be(self, stock):
        names = ("count_vowels_tests", "commonest_tests", "is_palindrome_tests", "visible_tests")
        found = {student: tuple(scores[name] for name in names) for student, scores in stock.items()}
        assert found == {
            "right": (3, 2, 2, 1),
            "wrong": (0, 1, 2, 1),
            "slow": (0, 2, 0, 0),
            "mute": (0, 0, 0, 0),
        }

    def test_nbgraders_own_command_gives_the_same_behind_lossmark(self, classroom, stock):
        course, _ = classroom
        done = run("nbgrader", "autograde", STRINGS, "--student", "wrong", "--force", cwd=course.root)
        assert done.returncode == 0, done.stderr
        assert UNPROTECTED in done.stderr
        assert recorded(course) == stock


@pytest.mark.sandbox
class TestSaysThatTheTestsAreNotProtected:
    def test_at_the_end_of_a_run_once(self, classroom):
        _, done = classroom
        assert done.stderr.count(UNPROTECTED) == 1

    def test_in_the_results(self, classroom):
        results = classroom[0].root / "autograded" / "right" / STRINGS / "results.json"
        assert json.loads(results.read_text())["protected"] is False

    def test_of_one_notebook(self, course):
        file = course.root / "source" / STRINGS / f"{STRINGS}.ipynb"
        done = run("lossmark", "grade", file, "--assignment", STRINGS, cwd=course.root)
        assert f"{STRINGS}: 8 of 8 points" in done.stdout
        assert UNPROTECTED in done.stdout
        again = run("lossmark", "grade", file, "--assignment", STRINGS, "--json", cwd=course.root)
        told = json.loads(again.stdout)
        assert (told["score"], told["protected"]) == (8.0, False)

    def test_in_an_explanation(self, classroom):
        course, _ = classroom
        done = run("lossmark", "explain", "wrong", STRINGS, cwd=course.root)
        assert UNPROTECTED in done.stdout
        assert "AssertionError: capitals count, too" in done.stdout
        told = json.loads(run("lossmark", "explain", "wrong", STRINGS, "--json", cwd=course.root).stdout)
        assert (told["protected"], told["state"]) == (False, "current")

    def test_at_the_top_of_the_class_report(self, classroom):
        course, _ = classroom
        done = run("lossmark", "report", STRINGS, cwd=course.root)
        assert done.returncode == 0, done.stderr
        page = html.unescape((course.root / "reports" / f"{STRINGS}.html").read_text())
        assert 0 < page.index(UNPROTECTED) < page.index("<nav")

    def test_and_not_of_checks_that_are(self, tmp_path):
        course = copy_course(tmp_path)
        file = course.root / "source" / "hinge_loss" / "hinge_loss.ipynb"
        done = run("lossmark", "grade", file, "--assignment", "hinge_loss", "--json", cwd=course.root)
        told = json.loads(done.stdout)
        assert told["protected"] is True


@pytest.mark.sandbox
class TestWhatStudentsSee:
    def test_is_the_error_without_the_hidden_lines(self, classroom):
        course, _ = classroom
        done = run("nbgrader", "generate_feedback", STRINGS, cwd=course.root)
        assert done.returncode == 0, done.stderr
        for student in CLASS:
            page = html.unescape((course.root / "feedback" / student / STRINGS / f"{STRINGS}.html").read_text())
            assert not [secret for secret in SECRETS if secret in page]
        wrong = html.unescape((course.root / "feedback" / "wrong" / STRINGS / f"{STRINGS}.html").read_text())
        assert "AssertionError: capitals count, too" in wrong
        assert "The tests give 1 of 2 points." in wrong

    def test_is_what_visible_tests_put_out(self, course):
        result = graded(course, answering(course, is_palindrome="def is_palindrome(text):\n    return text[0]"))
        text = texts_of(result)
        assert "IndexError" in text
        assert "assert count_vowels('') == 0 and is_palindrome('')" in text

    def test_are_no_hidden_lines_that_their_own_cells_show(self, course):
        readings = ["print(In)", "print(*In, sep='\\n')", "In[-5:]", "raise ValueError(In)"]
        notebook = answering(course)
        notebook.cells += map(new_code_cell, [*readings, "print('the end')"])
        result = graded(course, notebook)
        assert not [secret for secret in SECRETS if secret in texts_of(result)]
        *told, last = [cell.outputs[0].text for cell in result.notebook.cells[-1 - len(readings) :]]
        assert told == [f"{WITHHELD}\n"] * len(readings)
        assert last == "the end\n"

    def test_are_no_hidden_lines_in_the_message_of_an_error(self, course):
        telling = "import inspect\ndef commonest(text):\n    raise ValueError(In[-1])"
        result = graded(course, answering(course, commonest=telling))
        assert "The message holds parts of the hidden tests" in json.dumps(result.to_dict())
        assert not [secret for secret in SECRETS if secret in json.dumps(result.to_dict()) + texts_of(result)]


@pytest.mark.sandbox
class TestTheMachine:
    def test_is_out_of_reach(self, course):
        hand_in(course, "right", answering(course))
        with socket.create_server(("127.0.0.1", 0)) as server:
            address = server.getsockname()
            socket.create_connection(address, timeout=1).close()
            look = (
                "import glob, os, socket\n"
                f"found = [path for path in ({str(course.root)!r}, '/root', '/home') if glob.glob(path + '/*')]\n"
                f"try:\n    socket.create_connection({address}, timeout=1)\n    net = 'a network'\n"
                "except OSError:\n    net = 'no network'\n"
                "print('sees', found, net, os.getuid(), os.environ['NBGRADER_EXECUTION'])"
            )
            notebook = answering(course)
            notebook.cells.append(new_code_cell(look))
            result = graded(course, notebook)
        assert result.notebook.cells[-1].outputs[0].text == "sees [] no network 65534 autograde\n"
        assert result.score == 8.0

    def test_is_given_back_after_tests_that_never_end(self, course):
        """The student's code decides what the tests of its process say, and not how long they run."""
        result = graded(
            course, answering(course, count_vowels="def count_vowels(text):\n    while True:\n        pass")
        )
        scores = {cell.grade_id: (cell.score, cell.checks[0].outcome) for cell in result.cells}
        assert scores == {
            "count_vowels_tests": (0.0, "timeout"),
            "commonest_tests": (2.0, "passed"),
            "is_palindrome_tests": (2.0, "passed"),
            "visible_tests": (0.0, "timeout"),
        }
        assert f"not finished after {TIMEOUT_S} seconds" in result.cells[0].checks[0].message

    def test_ends_no_run_with_a_killed_kernel(self, course):
        result = graded(course, answering(course, commonest="def commonest(text):\n    import os\n    os._exit(0)"))
        assert [cell.checks[0].outcome for cell in result.cells] == ["passed", "killed", "passed", "passed"]


@pytest.mark.sandbox
def test_a_value_that_is_no_score_is_reported_and_never_a_zero(course):
    with pytest.raises(
        NotGraded, match=r"the tests of commonest_tests end with a value that is not a score: .*maximum"
    ):
        graded(course, answering(course, commonest=BOASTS))


@pytest.mark.sandbox
def test_a_mended_hidden_test_is_noticed_and_regraded(course):
    hand_in(course, "wrong", answering(course, **CLASS["wrong"]))
    assert run("lossmark", "autograde", STRINGS, cwd=course.root).returncode == 0
    assert "1 unchanged" in run("lossmark", "autograde", STRINGS, cwd=course.root).stdout
    file = course.root / "source" / STRINGS / f"{STRINGS}.ipynb"
    file.write_text(file.read_text().replace('AEIOU\\") == 5', 'aeiou\\") == 5'))
    done = run("lossmark", "regrade", STRINGS, "--diff", cwd=course.root)
    assert "1 of 1 results would change" in done.stdout
    assert UNPROTECTED in done.stderr
    assert run("lossmark", "regrade", STRINGS, "--apply", cwd=course.root).returncode == 0
    assert recorded(course)["wrong"]["count_vowels_tests"] == 3.0


def test_what_lies_beside_the_notebook_counts_for_whether_a_result_holds(course):
    before = digests_of_course(course, STRINGS)
    (course.root / "source" / STRINGS / "poems" / "rain.txt").write_text("Nothing rhymes")
    after = digests_of_course(course, STRINGS)
    assert [name for name in before if before[name] != after[name]] == ["assignment"]


@pytest.mark.sandbox
def test_grades_are_exported(classroom, tmp_path):
    course, _ = classroom
    done = run("lossmark", "export", "--format", "canvas", "--to", tmp_path / "grades.csv", cwd=course.root)
    assert (tmp_path / "grades.csv").is_file(), done.stderr
    assert "right" in (tmp_path / "grades.csv").read_text()


class TestWhatIsRefused:
    def test_checks_that_are_named_and_have_no_folder(self, tmp_path):
        course = copy_course(tmp_path)
        (course.root / "graders" / "hinge_loss").rename(course.root / "graders" / "hinge_los")
        file = course.root / "source" / "hinge_loss" / "hinge_loss.ipynb"
        done = run("lossmark", "grade", file, "--assignment", "hinge_loss", cwd=course.root)
        assert (done.returncode, done.stdout) == (1, "")
        assert "names checks of Lossmark, but there is no folder" in done.stderr

    def test_a_folder_of_graders_without_graders(self, course):
        (course.root / "graders" / STRINGS).mkdir(parents=True)
        with pytest.raises(UsageError, match=f"there is no assignment '{STRINGS}'"):
            course.assignment(STRINGS)

    def test_several_notebooks(self, course):
        folder = course.root / "source" / STRINGS
        shutil.copy(folder / f"{STRINGS}.ipynb", folder / "second.ipynb")
        with pytest.raises(UsageError, match=r"has 2 notebooks.*: second\.ipynb, strings\.ipynb"):
            course.assignment(STRINGS)
        (folder / f"{STRINGS}.ipynb").unlink()
        with pytest.raises(UsageError, match=r"has no notebook of its name: there is no file .*strings\.ipynb"):
            course.assignment(STRINGS)

    @pytest.mark.parametrize(
        ("metadata", "language"),
        [
            ({"kernelspec": {"name": "ir", "language": "R"}}, "R"),
            ({"kernelspec": {"name": "ir"}, "language_info": {"name": "R"}}, "R"),
            ({"kernelspec": {"name": "ir"}}, "R"),
            ({"kernelspec": {"name": "julia-1.11"}, "language_info": {"name": "julia"}}, "julia"),
            ({"language_info": {"name": "bash"}}, "bash"),
        ],
    )
    def test_another_language(self, course, metadata, language):
        file = course.root / "source" / STRINGS / f"{STRINGS}.ipynb"
        file.write_text(json.dumps({**json.loads(file.read_text()), "metadata": metadata}))
        with pytest.raises(UsageError, match=rf"is in {language}, and Lossmark grades Python"):
            course.assignment(STRINGS)

    @pytest.mark.parametrize(
        "metadata",
        [
            {},
            {"kernelspec": {"name": "python3", "display_name": "Python"}},
            {"kernelspec": {"name": "own", "display_name": "Own"}, "language_info": {"name": "python"}},
        ],
        ids=str,
    )
    def test_and_no_python_by_another_name(self, course, metadata):
        file = course.root / "source" / STRINGS / f"{STRINGS}.ipynb"
        file.write_text(json.dumps({**json.loads(file.read_text()), "metadata": metadata}))
        assert course.assignment(STRINGS).name == STRINGS

    def test_files_that_fill_a_kernel(self, course):
        (course.root / "source" / STRINGS / "poems" / "epic.txt").write_bytes(bytes(13 * 2**20))
        with pytest.raises(UsageError, match=r"larger than 12 MiB together"):
            course.assignment(STRINGS)

    @pytest.mark.parametrize("command", ["scorecard", "mutants", "demo", f"scorecard {STRINGS}", f"mutants {STRINGS}"])
    def test_what_is_about_graders(self, course, command):
        done = run("lossmark", *command.split(), cwd=course.root)
        assert (done.returncode, done.stdout) == (2, "")
        assert re.fullmatch(r"lossmark: .* graders, which this is about.*\n", done.stderr)

    def test_the_instant_check(self, course, tmp_path, caplog):
        with closing(Ledger(tmp_path / "ledger.sqlite")) as ledger:
            Checking(course.root, ledger).warm_up()
        assert "there is no instant check: no assignment of" in caplog.text


@dataclass
class Ran:
    """A run whose tests cells have put out the same."""

    outputs: list[NotebookNode]
    hidden: HiddenTests = field(default_factory=lambda: HiddenTests([], {}))

    def outputs_at(self, grade_id: str) -> list[NotebookNode]:
        return self.outputs


def said(text: str, name: str = "stdout") -> NotebookNode:
    return new_output("stream", name=name, text=text)


def value(text: str) -> NotebookNode:
    return new_output("execute_result", {"text/plain": text})


ERROR = new_output("error", ename="ValueError", evalue="no", traceback=["no"])
PUT_OUT = {
    "nothing": ([], 2.0, "passed", ""),
    "what was printed": ([said("0.5")], 2.0, "passed", ""),
    "an error after a text": ([said("hm"), ERROR], 0.0, "raised", "ValueError: no"),
    "an error that pretends": (
        [new_output("error", ename="E", evalue="no\nNote: 2 of 2 points\u2028All passed")],
        *(0.0, "raised", "The tests raised E: no\n| Note: 2 of 2 points\n| All passed"),
    ),
    "a warning that pretends": (
        [said("no\nAll passed\u2028Note: fine", "stderr")],
        *(0.0, "failed", "no\n| All passed\n| Note: fine"),
    ),
    "a failed assertion": ([new_output("error", ename="AssertionError")], 0.0, "failed", "AssertionError"),
    "a warning": ([said("mind ", "stderr"), said("the gap", "stderr")], 0.0, "failed", "failure: mind the gap"),
    "an empty warning": ([said("\\r", "stderr")], 0.0, "failed", "counts as a failure"),
    "a warning to be ignored": ([said("IGNORE this", "stderr")], 2.0, "passed", ""),
    "a number": ([value("0.5")], 0.5, "failed", "The tests give 0.5 of 2 points."),
    "a number before a warning": ([value("0.5"), said("late", "stderr")], 0.5, "failed", "The tests give 0.5"),
    "a number displayed": ([new_output("display_data", {"text/plain": "0.5"})], 2.0, "passed", ""),
    "all points": ([value("2")], 2.0, "passed", ""),
    "no number": ([value("nan"), value("0.5")], 2.0, "passed", ""),
    "less than nothing": ([value("-1")], 2.0, "passed", ""),
}


class TestStockTests:
    @pytest.mark.parametrize(("outputs", "score", "outcome", "message"), PUT_OUT.values(), ids=PUT_OUT)
    def test_score_as_nbgrader_does_and_say_why(self, tmp_path, outputs, score, outcome, message):
        course = stranger_course(tmp_path, 'c.IgnorePattern.pattern = "^IGNORE"\nc.IgnorePattern.enabled = True')
        assignment = course.assignment(STRINGS)
        (check,) = StockTests(assignment, course.config).grade("commonest_tests", Ran(outputs)).checks
        assert (check.points, check.outcome) == (score, outcome)
        assert message in check.message
        assert bool(message) == bool(check.message)
        if "IGNORE" not in str(outputs):
            cell = new_code_cell(outputs=outputs, metadata=assignment.cells["commonest_tests"].metadata)
            assert determine_grade(cell)[0] == score

    @pytest.mark.parametrize(
        ("settings", "score"),
        {
            'c.IgnorePattern.pattern = "slow"': 0.0,
            'c.IgnorePattern.pattern = "slow"\nc.IgnorePattern.enabled = False': 0.0,
            'c.IgnorePattern.pattern = "fast"\nc.IgnorePattern.enabled = True': 0.0,
            'c.IgnorePattern.pattern = "sl.w"\nc.IgnorePattern.enabled = True': 2.0,
        }.items(),
    )
    def test_ignore_a_pattern_where_the_course_has_switched_that_on(self, tmp_path, settings, score):
        course = stranger_course(tmp_path, settings)
        tests = StockTests(course.assignment(STRINGS), course.config)
        assert tests.grade("commonest_tests", Ran([said("this is slow", "stderr")])).score == score

    @pytest.mark.parametrize("text", ["2.5", "inf", ""])
    def test_take_no_other_value_for_a_score(self, course, text):
        tests = StockTests(course.assignment(STRINGS), course.config)
        with pytest.raises(NotGraded, match="end with a value that is not a score"):
            tests.grade("commonest_tests", Ran([value(text)]))


def test_hidden_tests_stand_between_the_delimiters_that_the_course_has_set(tmp_path):
    course = stranger_course(tmp_path, 'c.ClearHiddenTests.begin_test_delimeter = "BEGIN SECRET"')
    file = course.root / "source" / STRINGS / f"{STRINGS}.ipynb"
    file.write_text(file.read_text().replace("BEGIN HIDDEN TESTS", "BEGIN SECRET"))
    assignment = course.assignment(STRINGS)
    assert not [secret for secret in SECRETS if secret in nbformat.writes(assignment.released)]
    assert SECRETS[0] in StockTests(assignment, course.config).texts["count_vowels_tests"]
