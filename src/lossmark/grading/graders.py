"""The checks of an assignment: loaded once, verified, and run on any number of submissions.

pytest collects them and runs them; each check's exception says what it found.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib
import inspect
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from types import CodeType, MappingProxyType, ModuleType
from typing import Any, Literal

import pytest
from _pytest.config import _prepareconfig
from _pytest.runner import runtestprotocol

from lossmark.boundary.submission import Call, Raised, StudentFault, Submission
from lossmark.checks import CALLED, TRIED, Check
from lossmark.course import Assignment
from lossmark.errors import NotGraded
from lossmark.execution.run import NotebookRun
from lossmark.grading.description import Difference
from lossmark.grading.diagnosis import matching
from lossmark.grading.pytest_plugin import SEED, SUBMISSION, cell_of, check_of, lecture_of
from lossmark.numerics import CheckFailed
from lossmark.results import FAILED, PASSED, CellResult, CheckResult
from lossmark.terminal import printable
from lossmark.variants import variants_in

_OPTIONS = [
    "--disable-plugin-autoload",
    f"--config-file={os.devnull}",  # what pytest is told for other tests is not for the checks
    "--capture=no",
    *(f"-pno:{name}" for name in ("terminal", "cacheprovider", "warnings", "junitxml", "doctest")),
    # These would put hooks into the process that the checks are only a part of; the last two also collect garbage
    # several times when a session ends, which takes longer than all else.
    *(f"-pno:{name}" for name in ("faulthandler", "unraisableexception", "threadexception")),
    "-plossmark.grading.pytest_plugin",
]


class GraderError(NotGraded):
    """The graders of an assignment are at fault: says which check, and how."""


class Graders:
    """The checks, reference, misconceptions and alternatives of an assignment.

    Parameters
    ----------
    assignment : Assignment
        What is graded.
    seed : int
        The course's seed, for the inputs.

    Attributes
    ----------
    reference : module
        The right functions, under their own names.
    misconceptions, alternatives : list of Variant
        The named wrong and right versions.
    texts : mapping
        What runs in place of tests cells, which is nothing: the checks stay on this side.

    Raises
    ------
    GraderError
        If the files cannot be loaded, or their points do not add up to the cells'.
    """

    is_protected = True
    texts: Mapping[str, str] = MappingProxyType({})

    def __init__(self, assignment: Assignment, seed: int) -> None:
        self.assignment = assignment
        self._exceptions = _Exceptions()
        self._path_before = list(sys.path)
        self._modules_before = _set_aside_modules(assignment.graders.parent.name)
        try:
            self._config, self._items = self._collect(seed)
            self.reference = self._module("reference")
            self.misconceptions = variants_in(self._module("misconceptions"))
            self.alternatives = variants_in(self._module("alternatives"))
            self._verify()
        except BaseException:
            self._restore_modules()
            raise

    def grade(self, cell: str, run: NotebookRun) -> CellResult:
        """Run a student's notebook up to a tests cell, and then the checks of that.

        Parameters
        ----------
        cell : str
            The tests cell's grade id.
        run : NotebookRun
            The student's notebook.

        Returns
        -------
        CellResult
        """
        return self.run(cell, run.submission_at(cell))

    def run(self, cell: str, submission: Submission) -> CellResult:
        """Run the checks of a tests cell.

        Parameters
        ----------
        cell : str
            The tests cell's grade id.
        submission : Submission
            The student's work, as it is when this cell has run.

        Returns
        -------
        CellResult

        Raises
        ------
        GraderError
            If a check fails in a way that is not the student's fault.
        """
        self._config.stash[SUBMISSION] = submission
        items = [item for item in self._items if cell_of(item) == cell]
        results, calls = [], []
        try:
            for item, after in zip(items, [*items[1:], None], strict=True):
                asked_before = len(submission.calls)
                results.append(self._run_check(item, after))
                calls.append(submission.calls[asked_before:])
        except BaseException:
            items[0].session._setupstate.teardown_exact(None)  # else the next submission meets what this one has left
            raise
        return CellResult(cell, tuple(self._diagnosed(cell, results, calls)), lecture_of(items[0]))

    def points_of(self, cell: str) -> dict[str, float]:
        """Return the points of each check of a tests cell.

        Parameters
        ----------
        cell : str
            The tests cell's grade id.

        Returns
        -------
        dict
            By the check's name.
        """
        items = (item for item in self._items if cell_of(item) == cell)
        return {item.name: check.points for item in items if (check := check_of(item)) is not None}

    def close(self) -> None:
        """Release what pytest holds, and put back the modules that were loaded before; the last loaded closes first."""
        self._config._ensure_unconfigure()
        self._restore_modules()

    def _restore_modules(self) -> None:
        _set_aside_modules(self.assignment.graders.parent.name)
        sys.modules.update(self._modules_before)
        sys.path[:] = self._path_before

    def _collect(self, seed: int) -> tuple[pytest.Config, list[pytest.Item]]:
        """Start a pytest session that stays open, and let it collect the checks."""
        folder = self.assignment.graders
        root = str(folder.parent.parent)
        config = _prepareconfig(
            [*_OPTIONS, f"--rootdir={root}", f"--confcutdir={root}", str(folder)], [self._exceptions]
        )
        config.stash[SEED] = seed
        config.stash[SUBMISSION] = None
        config._do_configure()
        session = pytest.Session.from_config(config)
        config.hook.pytest_sessionstart(session=session)
        try:
            items = list(session.perform_collect())
        except pytest.UsageError as error:
            raise GraderError(f"the graders in {folder} cannot be loaded: {error}") from None
        if self._exceptions.collecting:
            raise GraderError(f"the graders in {folder} cannot be loaded: {self._exceptions.collecting[0]}")
        if not items:
            raise GraderError(f"there are no checks in {folder}")
        return config, items

    def _verify(self) -> None:
        """Each test is a check, each check has its cell, and the points of each cell add up."""
        folder, points = self.assignment.graders, dict.fromkeys(self.assignment.points, 0.0)
        for item in self._items:
            check, cell = check_of(item), cell_of(item)
            if check is None:
                raise GraderError(f"{item.nodeid} is no check: decorate it with @check(points=...)")
            if cell not in points:
                raise GraderError(f"{item.nodeid} is for the cell {cell!r}, which the notebook does not have")
            points[cell] += check.points
        for cell, expected in self.assignment.points.items():
            if abs(points[cell] - expected) > 1e-9:
                raise GraderError(
                    f"the checks of {cell} in {folder} add up to {points[cell]:g} points, not {expected:g}"
                )

    def _run_check(self, item: pytest.Item, after: pytest.Item | None) -> CheckResult:
        check = check_of(item)
        assert check is not None
        self._exceptions.raised = None
        runtestprotocol(item, log=False, nextitem=after)
        return _result(item, check, self._exceptions.raised)

    def _diagnosed(
        self, cell: str, results: Sequence[CheckResult], calls: Sequence[Sequence[Call]]
    ) -> Iterator[CheckResult]:
        """Add to the failed checks what explains the answers: the one misconception that loses them, or what differs.

        The cell is one piece of work: what all of its checks have asked counts.
        """
        graded = cell.removesuffix("_tests")
        candidates = {variant.name: variant for variant in self.misconceptions if variant.cell == graded}
        asked = list(chain.from_iterable(calls))
        unnamed = [r.misconception not in candidates and r.outcome in (FAILED, Raised.outcome) for r in results]
        found = matching(asked, list(candidates.values()), self._right_names) if any(unnamed) else []
        difference = None
        for result, own, is_unnamed in zip(results, calls, unnamed, strict=True):
            variant = candidates.get(result.misconception or "")
            if is_unnamed:
                explaining = [candidate for candidate in found if result.name in candidate.loses]
                variant = explaining[0] if len(explaining) == 1 else None
            if variant is not None:
                yield dataclasses.replace(result, misconception=variant.name, explanation=variant.explanation)
            elif is_unnamed:
                difference = difference or Difference(asked, self._right_names())
                yield dataclasses.replace(result, explanation=difference.describe(own))
            else:
                yield result

    def _right_names(self) -> dict[str, Any]:
        """The reference's functions and answers, newly made."""
        names: dict[str, Any] = {"__name__": self.reference.__name__, "__package__": self.reference.__package__}
        exec(self._reference_code, names)
        return {**names, **names.get("answers", {})}

    @functools.cached_property
    def _reference_code(self) -> CodeType:
        """The reference compiled once: each misconception that is compared with a submission starts from it."""
        file = inspect.getfile(self.reference)
        return compile(Path(file).read_text(encoding="utf-8"), file, "exec")

    def _module(self, name: str) -> ModuleType:
        """Import one of the graders' files; the path to them was opened when pytest collected the checks."""
        package = f"{self.assignment.graders.parent.name}.{self.assignment.graders.name}"
        try:
            return importlib.import_module(f"{package}.{name}")
        except Exception as error:
            raise GraderError(f"{package}.{name} cannot be loaded: {type(error).__name__}: {error}") from error


class _Exceptions:
    """A pytest plugin that keeps what a check raised."""

    def __init__(self) -> None:
        self.raised: BaseException | None = None
        self.collecting: list[str] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> pytest.TestReport:
        if call.excinfo is not None and self.raised is None:
            self.raised = call.excinfo.value
        # In place of pytest's own report, with its formatted traceback: 50 ms for each failure, and nobody reads it.
        assert call.when != "collect"
        outcome: Literal["passed", "failed"] = "passed" if call.excinfo is None else "failed"
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, call.when)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.collecting.append(report.longreprtext)


def _result(item: pytest.Item, check: Check, raised: BaseException | None) -> CheckResult:
    if raised is None:
        return CheckResult(item.name, check.title, check.points, check.points, PASSED)
    lost = CheckResult(item.name, check.title, 0.0, check.points, FAILED, shows=check.shows, **_told(raised))
    if isinstance(raised, CheckFailed):
        return dataclasses.replace(lost, misconception=raised.misconception, comparison=raised.comparison)
    if isinstance(raised, AssertionError) and _is_from_check(raised, item):
        return lost
    if isinstance(raised, StudentFault):
        return dataclasses.replace(lost, outcome=raised.outcome)
    if isinstance(raised, NotGraded | MemoryError):  # a fault of the machine, not of the check
        raise raised
    raise GraderError(f"{item.nodeid} failed by itself: {type(raised).__name__}: {raised}") from raised


def _told(raised: BaseException) -> dict[str, Any]:
    """Sort what an exception says by what it is about."""
    found = [raised.message if isinstance(raised, CheckFailed) else str(raised)]
    if isinstance(raised, Raised) and raised.place:
        found.append(f"In {raised.place}")
    told = {"expected": raised.expected if isinstance(raised, CheckFailed) else ""}
    for note in getattr(raised, "__notes__", []):
        for prefix, part in ((TRIED, "tried"), (CALLED, "call")):
            if note.startswith(prefix):
                told[part] = note.removeprefix(prefix)
                break
        else:
            found.append(note)
    told["found"] = "\n".join(filter(None, found))
    told["found"] = told["found"][:1].upper() + told["found"][1:]
    # A student's text may hold codes that a terminal obeys.
    return {part: printable(text) for part, text in told.items()}


def _is_from_check(raised: AssertionError, item: pytest.Item) -> bool:
    """Whether a plain assertion is one of the check, or of a library that it uses such as numpy.testing.

    One of the engine's, or of what the checks rest on (the reference, the problems), is a fault of ours.
    """
    module = getattr(item, "module", None)
    traceback = raised.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    if module is None or traceback is None:
        return False
    name = str(traceback.tb_frame.f_globals.get("__name__", ""))
    ours = {"lossmark", module.__name__.partition(".")[0]}
    return name == module.__name__ or name.partition(".")[0] not in ours


def _set_aside_modules(package: str) -> dict[str, ModuleType]:
    """Take out the graders loaded before: of another course, or of this one before it was edited."""
    names = [name for name in sys.modules if name == package or name.startswith(f"{package}.")]
    return {name: sys.modules.pop(name) for name in names}
