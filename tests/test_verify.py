"""`make verify`: each claim is judged by what its command left, a run goes on where it was, no failure is hidden."""

from __future__ import annotations

import io
import json
import re
import shlex
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from courses import ROOT, run

sys.path.append(str(ROOT / "benchmarks"))
import claims
import judges
import verify
from claims import Claim, Run
from factors import AGAINST_LIMIT, AGAINST_STOCK, ONE_CORE, ONE_WORKER, SECOND_WORKER, STOCK
from judges import Measured, Outcome

EVERY_CLAIM = [claim for of_step in claims.CLAIMS.values() for claim in of_step]


# Reading what commands left.

TESTS = """
import pytest


@pytest.mark.parametrize("x", [1, 2])
def test_right(x):
    pass


def test_right_too():
    pass


class TestOfAClass:
    def test_wrong(self):
        assert 1 == 2

    def test_skipped(self):
        pytest.skip("not here")


@pytest.fixture
def broken():
    raise ValueError


@pytest.fixture
def broken_at_its_end():
    yield
    raise ValueError


def test_without_its_fixture(broken):
    pass


def test_with_a_broken_end(broken_at_its_end):
    pass
"""


@pytest.fixture(scope="module")
def of_tests(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """What came of tests of every kind."""
    folder, report = tmp_path_factory.mktemp("tests"), tmp_path_factory.mktemp("report") / "junit.xml"
    (folder / "sub").mkdir()
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "sub" / "test_some.py").write_text(TESTS)
    done = run(sys.executable, "-m", "pytest", f"--junitxml={report}", "-o", "junit_duration_report=call", cwd=folder)
    return Outcome(done.returncode, 1.0, done.stdout, report.read_text())


def test_a_report_of_pytest_is_read_by_node_id(of_tests: Outcome) -> None:
    assert {node: state for node, (state, _) in judges.results_of(of_tests.report).items()} == {
        "sub/test_some.py::test_right[1]": "passed",
        "sub/test_some.py::test_right[2]": "passed",
        "sub/test_some.py::test_right_too": "passed",
        "sub/test_some.py::TestOfAClass::test_wrong": "failed",
        "sub/test_some.py::TestOfAClass::test_skipped": "skipped",
        "sub/test_some.py::test_without_its_fixture": "error",
        "sub/test_some.py::test_with_a_broken_end": "error",
    }


@pytest.mark.parametrize(
    ("selections", "at_least", "expected"),
    [
        (["sub/test_some.py::test_right"], 2, Measured("2 passed", True)),
        (["sub/test_some.py::test_right"], 3, Measured("2 passed", False)),
        (["sub/test_some.py::test_right[2"], 1, Measured("1 passed", True)),
        (["sub/test_some.py::TestOfAClass::test_wrong"], 0, Measured("1 failed", False)),
        (["sub/test_some.py::TestOfAClass::test_skipped"], 0, Measured("1 skipped", False)),
        (["sub/test_some.py::test_with_a_broken_end"], 0, Measured("1 error", False)),
        (["sub/test_some.py"], 1, Measured("1 failed, 2 error, 3 passed, 1 skipped", False)),
        (["sub/test_other.py"], 0, Measured("no test was found, none of sub/test_other.py", False)),
        (
            ["sub/test_some.py::test_right", "sub/test_some.py::test_gone"],
            1,
            Measured("2 passed, none of sub/test_some.py::test_gone", False),
        ),
    ],
)
def test_tests_that_are_chosen_must_all_pass(
    selections: list[str], at_least: int, expected: Measured, of_tests: Outcome
) -> None:
    assert judges.all_passed(*selections, at_least=at_least)(of_tests) == expected


def test_of_all_tests_some_may_be_skipped_and_none_may_fail(of_tests: Outcome) -> None:
    assert judges.suite(of_tests) == Measured("1 failed, 2 error, 3 passed, 1 skipped", False)
    fine = replace(of_tests, status=0, report=junit("tests.test_a", test_x="", test_y="<skipped/>"))
    assert judges.suite(fine) == Measured("1 passed, 1 skipped", True)


def junit(classname: str, seconds: float = 0.0, **inside: str) -> str:
    """Write a report with a test of each name."""
    cases = (f'<testcase classname="{classname}" name="{n}" time="{seconds}">{x}</testcase>' for n, x in inside.items())
    return f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>"


@pytest.mark.parametrize(
    ("log", "said", "holds"),
    [
        ("drawn: 1900 notebooks graded, 100 notebooks refused, 30000 replies", "2,000 notebooks; 1 passed", True),
        ("drawn: 1900 notebooks graded, 99 notebooks refused, 30000 replies", "1,999 notebooks; 1 passed", False),
        ("nothing of it", "0 notebooks; 1 passed", False),
    ],
)
def test_drawn_examples_are_counted(log: str, said: str, holds: bool) -> None:
    outcome = Outcome(0, 1.0, f"1 passed\n{log}\n", junit("tests.test_fuzz", test_any=""))
    assert judges.drawn("notebooks", 2000)(outcome) == Measured(said, holds)
    failed = replace(outcome, report=junit("tests.test_fuzz", test_any="<failure/>"))
    assert not judges.drawn("notebooks", 1)(failed).holds


def test_the_checks_of_the_slowest_assignment_count() -> None:
    names = ["a", "b", "c", "d", "e", "f"]
    report = "".join(junit(f"graders.{n}.test_{n}.TestF", 1.2 * i, test_x="", test_y="") for i, n in enumerate(names))
    outcome = Outcome(0, 1.0, "", f"<all>{report}</all>")
    assert judges.slowest_checks(12.5)(outcome) == Measured("6 assignments, at most 12.0 s (f)", True)
    assert not judges.slowest_checks(11.9)(outcome).holds
    fewer = replace(outcome, report=junit("graders.a.test_a.TestF", 1.0, test_x=""))
    assert not judges.slowest_checks(12.5)(fewer).holds


def mutants_log(**survived: int) -> str:
    """Print a table as `lossmark mutants` does, with a line of its log before."""
    out = io.StringIO()
    table = Table("assignment", "mutants", "killed", "equivalent", "survived")
    for name, number in survived.items():
        table.add_row(name, "250", str(250 - number), "0", str(number))
    Console(file=out, width=200).print("grading the mutants of a: 250 of 250", table)
    return out.getvalue()


def test_mutants_are_added_up_and_none_may_survive() -> None:
    said = "500 mutants of 2 assignments, 0 surviving without a reason"
    assert judges.mutants_noticed(400)(Outcome(0, 1.0, mutants_log(a=0, b=0))) == Measured(said, True)
    assert not judges.mutants_noticed(501)(Outcome(0, 1.0, mutants_log(a=0, b=0))).holds
    assert not judges.mutants_noticed(400)(Outcome(0, 1.0, mutants_log(a=0, b=1))).holds
    assert not judges.mutants_noticed(400)(Outcome(1, 1.0, mutants_log(a=0, b=0))).holds  # a reason that is stale


def scorecard(**changed: int) -> Outcome:
    fine = {"misconceptions": 20, "caught": 20, "named": 19, "alternatives": 4, "passed": 4}
    return Outcome(0, 1.0, "", json.dumps({"a": {"f": fine, "g": fine | changed}}))


@pytest.mark.parametrize(
    ("changed", "holds"),
    [
        ({}, (True, True)),
        ({"caught": 19}, (False, True)),
        ({"named": 18}, (False, True)),
        ({"misconceptions": 5, "caught": 5, "named": 5}, (False, True)),
        ({"passed": 3}, (True, False)),
        ({"alternatives": 3, "passed": 3}, (True, False)),
    ],
)
def test_each_function_of_the_scorecard_counts(changed: dict[str, int], holds: tuple[bool, bool]) -> None:
    outcome = scorecard(**changed)
    found = judges.misconceptions(6, 0.95)(outcome), judges.alternatives(4)(outcome)
    assert tuple(measured.holds for measured in found) == holds


def test_what_is_said_of_the_scorecard() -> None:
    said = judges.misconceptions(6, 0.95)(scorecard()).value, judges.alternatives(4)(scorecard()).value
    assert said == (
        "2 functions, 20 or more each; 40 of 40 caught, 38 named",
        "2 functions, 4 or more each; 8 of 8 passed",
    )


def throughput(**seconds: float) -> Outcome:
    ways = {STOCK: 80.0, f"{STOCK}, 2 processes": 40.0, ONE_WORKER: 18.0, "Lossmark, 2 workers": 10.0}
    costs = {way: {"a": {"seconds": s}} for way, s in (ways | seconds).items()}
    figures = {"size": 10, "workers": 2, "costs": costs, "limit_s": {"a": 5.0}, "scores_agree": True}
    return Outcome(0, 1.0, "", json.dumps({"figures": figures}))


def test_factors_are_said_with_what_they_are() -> None:
    assert judges.reaches(AGAINST_STOCK)(throughput()) == Measured("8.00 times", True)
    assert judges.reaches(AGAINST_LIMIT)(throughput()) == Measured("2.00 times", True)
    with_core = throughput(**{ONE_CORE: 20.0, ONE_WORKER: 17.0})
    assert judges.reaches(SECOND_WORKER)(with_core) == Measured(
        "1.70 times (2.00 times one whose processes share one core)", False
    )
    assert judges.scores_agree(throughput()) == Measured("10 submissions, 5 ways, the same scores", True)


def growth(**sizes: int) -> Outcome:
    rows = [
        {"gradebook": gradebook, "size": 1000, "graded": graded, "early_bytes": 100, "late_bytes": 119}
        for gradebook, graded in sizes.items()
    ]
    return Outcome(0, 1.0, "", json.dumps({"figures": {"rows": rows}}))


def test_a_large_class_must_be_graded_on_both() -> None:
    graded, is_flat = judges.growing(1000, 0.20)
    both = growth(SQLite=1000, PostgreSQL=1000)
    assert graded(both) == Measured("1,000 of 1,000 on SQLite, 1,000 of 1,000 on PostgreSQL", True)
    assert is_flat(both) == Measured("+19.0% on SQLite, +19.0% on PostgreSQL", True)
    assert not graded(growth(SQLite=1000)).holds
    assert not graded(growth(SQLite=1000, PostgreSQL=999)).holds
    assert not judges.growing(1000, 0.18)[1](both).holds


def test_the_demo_is_judged_by_its_scores_and_its_time() -> None:
    judge = judges.demonstrated(360.0)
    fine = Outcome(0, 300.0, "Every score is as expected.\n")
    assert judge(fine) == Measured("exit 0 after 5.0 min, every score as expected", True)
    assert not judge(replace(fine, seconds=361.0)).holds
    assert not judge(replace(fine, log="")).holds
    assert not judge(replace(fine, status=1)).holds


def test_other_benchmarks_have_their_bounds() -> None:
    def of(**figures: object) -> Outcome:
        return Outcome(0, 1.0, "", json.dumps({"figures": figures}))

    walls = of(seconds={"a": {"bubblewrap": 10.0, "none": 10.0}, "b": {"bubblewrap": 13.0, "none": 10.0}})
    assert judges.walls_cost(0.15)(walls) == Measured("23.0 s with walls, 20.0 s without: +15%", True)
    assert not judges.walls_cost(0.14)(walls).holds
    kernels = of(seconds={"own": [0.1, 0.2, 9.0], "fresh": [0.1, 0.8, 0.9], "with handshake": [2.0, 2.0, 2.0]})
    assert judges.kernel_starts(0.25)(kernels) == Measured("0.200 s to 0.800 s, a ratio of 0.25", True)
    assert not judges.kernel_starts(0.24)(kernels).holds
    report = of(rows=[{"size": 100, "opening_s": 1.9, "page_bytes": 4_900_000}])
    assert judges.report_opens(100, 2.0, 5e6)(report).holds
    assert not judges.report_opens(100, 1.9, 5e6)(report).holds
    assert not judges.report_opens(100, 2.0, 4.9e6)(report).holds


# Verdicts.

STATUS_0 = Claim("fine", "It | is <fine>", Run("fine", "echo of fine", 1), judges.succeeds)


@pytest.mark.parametrize(
    ("status", "unreached", "verdict"),
    [(0, "", "pass"), (0, "x.md", "pass"), (1, "", "fail"), (1, "x.md", "fail")],
)
def test_a_claim_holds_or_fails(status: int, unreached: str, verdict: str) -> None:
    row = verify.judged(replace(STATUS_0, unreached=unreached), Outcome(status, 1.0))
    assert (row.value, row.verdict) == (f"exit {status}", verdict)


def test_what_is_known_not_to_be_reached_is_no_pass() -> None:
    claim = Claim("fast", "", Run("fast", "true", 1), judges.reaches(AGAINST_STOCK), unreached="performance.md#why")
    slow = throughput(**{STOCK: 46.0})
    row = verify.judged(claim, slow)
    assert (row.value, row.verdict) == ("4.60 times", "not reached")
    assert verify.sign(row) == "◐ **not reached** ([why](performance.md#why))"
    assert verify.judged(replace(claim, unreached=""), slow).verdict == "fail"
    assert verify.judged(claim, throughput()).verdict == "pass"
    assert verify.judged(claim, replace(slow, status=1)).verdict == "fail"  # the scores differ


def test_a_command_that_leaves_nothing_shows_nothing() -> None:
    row = verify.judged(replace(STATUS_0, judge=judges.scores_agree), Outcome(3, 1.0))
    assert row.verdict == "fail"
    assert "exit 3" in row.value
    assert verify.judged(STATUS_0, None).verdict == "not run"


# The program.


def counting(name: str, folder: Path, status: int = 0) -> Claim:
    """Make a claim whose command counts how often it has run."""
    command = f"echo run >>{shlex.quote(str(folder / name))}; exit {status}"
    return Claim(name, f"{name} is so", Run(name, command, 1), judges.succeeds)


def times(folder: Path, name: str) -> int:
    return len((folder / name).read_text().splitlines()) if (folder / name).exists() else 0


def test_what_has_run_is_kept_until_it_shall_run_again(tmp_path: Path) -> None:
    steps = {"a step": [counting("one", tmp_path), counting("two", tmp_path)]}
    to = ["--to", str(tmp_path / "page.md")]
    assert verify.main(["--only", "one", *to], steps, tmp_path / "kept") == 0
    assert (times(tmp_path, "one"), times(tmp_path, "two")) == (1, 0)
    assert verify.main(to, steps, tmp_path / "kept") == 0
    assert (times(tmp_path, "one"), times(tmp_path, "two")) == (1, 1)
    assert verify.main(["--fresh", *to], steps, tmp_path / "kept") == 0
    assert (times(tmp_path, "one"), times(tmp_path, "two")) == (2, 2)
    other = {"a step": [replace(claim, run=replace(claim.run, command="true")) for claim in steps["a step"]]}
    assert verify.main(["--table"], other, tmp_path / "kept") == 1  # the commands are others, and have not run


def test_a_row_that_fails_stays_failed_and_ends_with_status_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = {"a step": [counting("wrong", tmp_path, 3)], "another": [counting("right", tmp_path)]}
    page = tmp_path / "page.md"
    for _ in range(2):
        assert verify.main(["--to", str(page)], steps, tmp_path / "kept") == 1
        out = capsys.readouterr().out
        assert "FAIL         wrong " in out
        assert "PASS         right " in out
        assert out.endswith("1 pass, 1 fail\n")
    assert times(tmp_path, "wrong") == 1
    assert "| wrong | wrong is so |" in page.read_text()
    assert "| exit 3 | ✗ **fail** |" in page.read_text()


def test_a_table_runs_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify.main(["--table"], {"a step": [counting("one", tmp_path)]}, tmp_path / "kept") == 1
    assert times(tmp_path, "one") == 0
    assert "NOT RUN      one" in capsys.readouterr().out


def test_a_claim_is_shown_by_what_shows_many_or_else_by_its_own(tmp_path: Path) -> None:
    """What it was shown by alone does not speak for it once the other has run."""
    alone, many = counting("alone", tmp_path), counting("many", tmp_path, 1)
    claim = replace(many, name="a-claim", alone=alone.run)
    assert verify.main(["--only", "a-claim"], {"a step": [claim]}, tmp_path / "kept") == 0
    assert verify.main(["--table"], {"a step": [claim]}, tmp_path / "kept") == 0
    assert times(tmp_path, "many") == 0
    to = ["--to", str(tmp_path / "page.md")]
    assert verify.main(to, {"a step": [claim]}, tmp_path / "kept") == 1
    assert (times(tmp_path, "alone"), times(tmp_path, "many")) == (1, 1)
    assert verify.main(["--only", "a-claim"], {"a step": [claim]}, tmp_path / "kept") == 0


def test_figures_of_benchmarks_are_kept_unless_they_failed(tmp_path: Path) -> None:
    kept, folder = verify.Kept(tmp_path), tmp_path / "figures"
    folder.mkdir()
    runs = [
        Run("fine", "echo 1 >", 1, "{}", "a_benchmark"),
        Run("failing", "false >", 1, "{}", "another"),
        Run("other", "echo 2 >", 1, "{}"),
    ]
    verify.keep_figures({run: kept.carry_out(run, print) for run in runs}, kept, folder)
    assert {file.name: file.read_text() for file in folder.iterdir()} == {"a_benchmark.json": "1\n"}


def test_what_has_run_at_another_commit_is_taken_if_told_to_and_says_so(tmp_path: Path) -> None:
    here, there, runs = tmp_path / "here", tmp_path / "there", [Run(name, f"echo {name}", 1) for name in "ab"]
    for run_there in runs:
        verify.Kept(there).carry_out(run_there, print)
    kept = verify.Kept(here, there)
    of_a = replace(kept.carry_out(runs[0], print), commit="def5678")
    (here / "a.record.json").write_text(json.dumps(asdict(of_a)))
    assert [kept.record(each).commit for each in runs] == ["def5678", verify.checked_out()]
    assert [kept.file(each, "log").parent for each in runs] == [here, there]
    assert kept.outcome(runs[1]).log == "b\n"
    assert kept.record(replace(runs[1], command="another")) is None
    assert verify.Kept(here).record(runs[1]) is None


def test_an_interrupted_command_is_ended_and_runs_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(line: str) -> None:
        raise KeyboardInterrupt

    kept, slow = verify.Kept(tmp_path), Run("slow", "sleep 60 && touch ended", 1)
    monkeypatch.setattr(verify, "SAYS_SO_EVERY_S", 0.1)
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        kept.carry_out(slow, interrupt)
    assert time.monotonic() - started < 30
    assert kept.record(slow) is None
    assert kept.outcome(slow) is None
    quick = replace(slow, command="echo and now?; echo is said > ")
    kept.carry_out(replace(quick, report="{}"), print)
    assert kept.outcome(quick) == Outcome(0, kept.record(quick).seconds, "and now?\n", "is said\n")


def test_results_are_those_of_the_files_as_they_are(tmp_path: Path) -> None:
    run("git", "init", "-q", tmp_path)
    (tmp_path / ".gitignore").write_text("ignored\n")
    (tmp_path / "file").write_text("a")
    first = verify.state_of(tmp_path)
    (tmp_path / "ignored").write_text("x")
    assert verify.state_of(tmp_path) == first
    (tmp_path / "file").write_text("b")
    assert verify.state_of(tmp_path) != first
    (tmp_path / "file").write_text("a")
    assert verify.state_of(tmp_path) == first
    (tmp_path / "new").write_text("")
    assert verify.state_of(tmp_path) != first


def test_the_page_says_what_was_asked_measured_and_under_which_conditions() -> None:
    rows = {"A step": [verify.Row(STATUS_0, "a | b\n<c>", "pass")]}
    record = verify.Record("echo of fine", 0, 90.0, 0.25, "def5678")
    page = verify.page_of(rows, [(STATUS_0.run, record)], "3 February 2026, 2 cores", "abc1234")
    assert "**1 pass.** 3 February 2026, 2 cores; commit abc1234. The commands took 2 minutes" in page
    assert "\n## A step\n" in page
    assert r"| `echo of fine` | a \| b &lt;c> | ✓ pass |" in page
    assert "| `echo of fine` | 1.5 | 0 | 0.2 | def5678 |" in page


# The list of claims.


def test_names_are_unique_and_every_run_has_its_turn() -> None:
    names = [claim.name for claim in EVERY_CLAIM]
    assert len(names) == len(set(names))
    runs = {run for claim in EVERY_CLAIM for run in (claim.run, claim.own_run)}
    assert len({run.name for run in runs}) == len(runs)
    assert {claim.run for claim in EVERY_CLAIM} == set(claims.RUNS)


def test_the_makefile_says_how_long_it_takes() -> None:
    said = re.search(r"^verify:.* \(some (\d+) minutes on two cores\)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert said is not None
    assert abs(sum(each.minutes for each in claims.RUNS) - int(said[1])) <= 5


def test_the_tests_of_claims_exist() -> None:
    commands = [shlex.split(claim.own_run.command) for claim in EVERY_CLAIM if claim.run is claims.SUITE]
    nodes = {word for command in commands for word in command if word.startswith("tests/")}
    assert len(nodes) > 10
    done = run(sys.executable, "-m", "pytest", "--collect-only", "-q", *sorted(nodes))
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_page_lists_the_claims_as_they_are() -> None:
    """`make verify` renews it."""
    lines = verify.PAGE.read_text().splitlines()
    listed = [line.split(" | ")[:3] for line in lines if line.count(" | ") >= 4 and "`" in line.split(" | ")[2]]
    asked = [[f"| {claim.name}", claim.text, f"`{claim.own_run.command}`"] for claim in EVERY_CLAIM]
    assert listed == asked
