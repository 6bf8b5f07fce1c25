"""What the project claims to do, the command that shows it, and what must come of it: the list of `make verify`.

A claim is judged by what its command printed or wrote, never by hand. One command may show several: all tests run once,
and each claim looks at its own.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from factors import AGAINST_LIMIT, AGAINST_PARALLEL, AGAINST_STOCK, SECOND_WORKER
from judges import (
    MINUTE_S,
    Judge,
    all_passed,
    alternatives,
    demonstrated,
    drawn,
    growing,
    kernel_starts,
    misconceptions,
    mutants_noticed,
    reaches,
    report_opens,
    scores_agree,
    slowest_checks,
    succeeds,
    suite,
    walls_cost,
)

JUNIT = "--junitxml={} -o junit_duration_report=call"
UNREACHED = "performance.md#a-class-of-each-assignment"
"""Where it is explained why a class is not graded as fast as it is aimed at."""


@dataclass(frozen=True)
class Run:
    """A command that shows something.

    Attributes
    ----------
    name : str
        Of its log.
    command : str
        As it is typed in the repository, with the programs of ``.venv`` on the PATH.
    minutes : float
        That it takes on two cores that have nothing else to do, roughly.
    report : str
        What makes the command leave a report, with ``{}`` for the file.
    benchmark : str
        Of which benchmark the report is what ``benchmarks/results`` shall hold, if it is that.
    """

    name: str
    command: str
    minutes: float
    report: str = ""
    benchmark: str = ""


@dataclass(frozen=True)
class Claim:
    """Something that the project claims.

    Attributes
    ----------
    name : str
        A short one, for ``--only``.
    text : str
        What is claimed.
    run : Run
        What shows it.
    judge : callable
        Reads it from the outcome of the run.
    alone : Run, optional
        What shows this claim and no other, where the run shows many.
    unreached : str
        Where in ``docs/`` it is explained that this is aimed at and not reached yet, if it is so.
    """

    name: str
    text: str
    run: Run
    judge: Judge
    alone: Run | None = None
    unreached: str = ""

    @property
    def own_run(self) -> Run:
        """What shows this claim alone."""
        return self.alone or self.run


# In the order in which they run: what fails soonest first. Benchmarks have the machine for themselves.
CHECK = Run("check", "make check", 1)
FRESH_CLONE = "rm -rf build/clone && git clone -q . build/clone && make -C build/clone demo && rm -rf build/clone"
DEMO = Run("demo", FRESH_CLONE, 3)
KERNELS = Run("kernels", "python benchmarks/kernel_start.py", 0.5, "--json {}", "kernel_start")
REPORT = Run("report", "python benchmarks/class_report.py", 1, "--json {}", "class_report")
CHECKS = Run("checks", "python -m pytest graders", 0.5, JUNIT)
WALLS = Run("walls", "python benchmarks/sandbox_cost.py", 3, "--json {}", "sandbox_cost")
SUITE = Run("tests", "LOSSMARK_FUZZ=25 LOSSMARK_KILLS=20 make test", 18, f"OPTIONS='--timeout=1800 {JUNIT}'")
MUTANTS = Run("mutants", "lossmark mutants", 3)
SCORECARD = Run("scorecard", "lossmark scorecard --json", 11, "> {}")
GROWTH = Run("growth", "python benchmarks/growing_class.py --postgres", 8, "--json {}", "growing_class")
THROUGHPUT = Run("throughput", "python benchmarks/class_throughput.py", 13, "--json {}", "class_throughput")
RUNS = (CHECK, DEMO, KERNELS, REPORT, CHECKS, WALLS, SUITE, MUTANTS, SCORECARD, GROWTH, THROUGHPUT)


def by_tests(
    name: str,
    text: str,
    *selections: str,
    at_least: int = 1,
    judge: Judge | None = None,
    variables: str = "",
    options: str = "",
    alone: Run | None = None,
) -> Claim:
    """Make a claim that some of all tests show; on its own, they run with these variables and options."""
    nodes = list(dict.fromkeys(selection.partition("[")[0] for selection in selections))
    command = " ".join(filter(None, [variables, "python -m pytest", shlex.join(nodes), options]))
    own = alone or Run(name, command, 2, JUNIT)
    return Claim(name, text, SUITE, judge or all_passed(*selections, at_least=at_least), own)


MAKE_FUZZ = Run("fuzz", "make fuzz", 20, f"OPTIONS='{JUNIT}'")
ALL_GRADED, MEMORY_IS_FLAT = growing(1000, 0.20)
CLI, ATTACKS, BROWSER = "tests/test_cli.py", "tests/test_attacks.py", "tests/test_browser.py"
GRADING = "tests/test_assignments.py::TestGrading"
RIDGE, GRADIENTS = "tests/graders/test_regularization_graders.py", "tests/graders/test_gradients_graders.py"

ONE_ASSIGNMENT = [
    Claim(
        "demo",
        "In a fresh clone, `make demo` ends with exit 0 in under 6 minutes, installation included, and every score is "
        "as expected",
        DEMO,
        demonstrated(6 * MINUTE_S),
    ),
    Claim("tests", "`make test` passes", SUITE, suite),
    by_tests(
        "grade",
        "`lossmark grade` on the release gives one JSON object with score 0 and status graded; the source notebook "
        "earns `max_score`; with `abs` replaced in front, it earns what it earned without",
        f"{CLI}::test_release_earns_nothing_in_one_json_object",
        f"{CLI}::test_source_earns_everything_and_waits_for_a_person",
        f"{CLI}::test_replaced_abs_changes_no_score",
    ),
    by_tests(
        "secrets",
        "A hostile cell that prints every file it can open shows nothing of graders, source, gradebook, other "
        "submissions, the grader's home or environment",
        f"{ATTACKS}::test_attack_reaches_nothing[secrets-",
        at_least=5,
        options="-k secrets",
    ),
    Claim(
        "kernels",
        "A student kernel replies in at most a quarter of the time of a fresh ipykernel (medians)",
        KERNELS,
        kernel_starts(0.25),
    ),
    Claim("check", "ruff, `mypy --strict`, `make check` are clean", CHECK, succeeds),
]

COURSE = [
    by_tests(
        "notebooks",
        "Each source notebook earns full marks and each release nothing; all twelve run without an error of ours",
        f"{GRADING}::test_the_source_notebook_earns_full_marks",
        f"{GRADING}::test_the_release_earns_nothing_and_runs_without_a_fault_of_ours",
        at_least=12,
    ),
    by_tests(
        "release",
        "`release/` is what `source/` compiles to",
        "tests/test_release.py::test_release_is_compiled_from_source",
        at_least=6,
    ),
    Claim(
        "misconceptions",
        "Of each function at least 6 misconceptions, all caught, at least 95 % named",
        SCORECARD,
        misconceptions(6, 0.95),
    ),
    Claim("alternatives", "Of each function at least 4 alternatives, all passed", SCORECARD, alternatives(4)),
    Claim(
        "mutants",
        "At least 400 mutants over the six assignments, none surviving without a reason",
        MUTANTS,
        mutants_noticed(400),
    ),
    by_tests(
        "conventions",
        "The one-half convention loses only the checks of the regularisation, and is told so; a gradient that lacks "
        "only the factor 2 loses only the checks of that gradient and of its own loss, and is named",
        f"{RIDGE}::TestFollowThrough::test_the_half_convention_costs_the_values_alone_and_is_named",
        f"{GRADIENTS}::TestVersions::test_the_two_commonest_conventions_cost_what_the_curriculum_says",
    ),
    Claim(
        "seconds",
        "The checks of one notebook take under 5 seconds together on the reference solution",
        CHECKS,
        slowest_checks(5.0),
    ),
]

CLASS = [
    Claim(
        "same-scores", "Honest submissions get the scores of stock nbgrader, in every mode", THROUGHPUT, scores_agree
    ),
    Claim(
        "stock",
        "At least 8 times as fast as stock nbgrader as shipped",
        THROUGHPUT,
        reaches(AGAINST_STOCK),
        unreached=UNREACHED,
    ),
    Claim(
        "stock-parallel",
        "At least 4 times as fast as stock nbgrader on all cores",
        THROUGHPUT,
        reaches(AGAINST_PARALLEL),
        unreached=UNREACHED,
    ),
    Claim(
        "limit",
        "Within 2 times of the limit: one process without isolation, imports not counted",
        THROUGHPUT,
        reaches(AGAINST_LIMIT),
    ),
    Claim(
        "second-worker",
        "Two workers are at least 1.8 times as fast as one",
        THROUGHPUT,
        reaches(SECOND_WORKER),
        unreached=UNREACHED,
    ),
    Claim("thousand", "1,000 submissions in one run, on SQLite and on PostgreSQL: all graded", GROWTH, ALL_GRADED),
    Claim(
        "memory",
        "From the 100th to the 1,000th, the memory of the driver grows by less than 20 %",
        GROWTH,
        MEMORY_IS_FLAT,
    ),
    by_tests(
        "kills",
        "Killed at 20 moments (driver, worker, student kernel, Dask worker): after the same command again, each "
        "submission is graded once, with the right score, and no process or folder is left",
        "tests/test_kills.py",
        at_least=20,
        variables="LOSSMARK_KILLS=20",
    ),
]

HOSTILE = [
    by_tests(
        "attacks",
        "At least 60 attacks fail, alone, and as neighbours of an honest submission",
        f"{ATTACKS}::test_attack_reaches_nothing",
        at_least=60,
    ),
    by_tests(
        "pages",
        "What attacks the people who look fails in a real browser, on feedback pages and in formgrader",
        f"{BROWSER}::test_feedback_runs_nothing",
        f"{BROWSER}::test_formgrader_runs_nothing",
    ),
    by_tests(
        "oracles",
        "In each family, the oracle notices an attack where the wall is taken away",
        f"{ATTACKS}::test_attack_is_noticed_where_there_are_no_walls",
        f"{ATTACKS}::test_attack_earns_points_where_tests_share_its_process",
        f"{ATTACKS}::test_attack_is_noticed_where_there_is_no_limit",
        f"{ATTACKS}::test_oracle_notices",
        f"{BROWSER}::test_the_browser_notices_where_there_are_no_walls",
    ),
    by_tests(
        "malformed",
        "At least 40 kinds of malformed files: each graded for what is there, or refused with the reason",
        "tests/test_malformed.py",
        at_least=40,
    ),
    by_tests(
        "fuzzed-notebooks",
        "At least 2,000 fuzzed notebooks: no crash of ours, no score above what was earned, no hang",
        "tests/test_fuzz.py",
        judge=drawn("notebooks", 2_000),
        alone=MAKE_FUZZ,
    ),
    by_tests(
        "fuzzed-replies",
        "At least 20,000 fuzzed replies: no crash of ours, no check passed, no hang",
        "tests/test_fuzz.py",
        judge=drawn("replies", 20_000),
        alone=MAKE_FUZZ,
    ),
    Claim("walls", "The sandbox costs at most 15 % of a class's grading time", WALLS, walls_cost(0.15)),
]

PEOPLE = [
    by_tests(
        "hub",
        "A course from release to feedback on a real JupyterHub, in Chromium",
        "tests/test_hub.py::test_a_course_from_release_to_feedback",
    ),
    by_tests(
        "accessible",
        "axe-core finds no violation on feedback and report pages, in light and dark, wide and narrow",
        "tests/test_feedback.py::test_everyone_can_read_the_page",
        "tests/test_class_report_page.py::test_everybody_can_read_it",
        at_least=8,
    ),
    Claim(
        "report",
        "The report on a hundred students opens in under 2 seconds and is under 5 MB",
        REPORT,
        report_opens(100, 2.0, 5e6),
    ),
    by_tests(
        "guide",
        "The worked example of the authoring guide is executed exactly as printed",
        "tests/test_authoring_guide.py::test_the_guide_works_as_printed",
    ),
]

CLAIMS = {
    "One assignment, from end to end": ONE_ASSIGNMENT,
    "The course and its graders": COURSE,
    "A whole class at once": CLASS,
    "Hostile and broken submissions": HOSTILE,
    "What people see": PEOPLE,
}
