"""The checks of an assignment: loaded once, verified, and run on any number of submissions.

pytest collects them and runs them; each check's exception holds its finding.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib
import inspect
import logging
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from types import CodeType, MappingProxyType, ModuleType
from typing import Any, Literal

import pytest
from _pytest.config import _prepareconfig
from _pytest.runner import runtestprotocol

from lossmark.boundary.submission import Call, Raised, Submission
from lossmark.boundary.transport import LocalTransport
from lossmark.checks import Climb
from lossmark.course import Assignment
from lossmark.errors import NotGraded
from lossmark.execution.run import NotebookRun
from lossmark.grading.description import Difference
from lossmark.grading.diagnosis import matching
from lossmark.grading.earning import Ran, earned, is_recognised
from lossmark.grading.overdue import Overdue, deadline
from lossmark.grading.pytest_plugin import SEED, SUBMISSION, cell_of, check_of, lecture_of
from lossmark.grading.verdicts import is_students, place_of, refused, result_of
from lossmark.results import FAILED, CellResult, CheckResult
from lossmark.room import is_machine_short, limited_memory
from lossmark.settings import CHECK_TIMEOUT_S
from lossmark.variants import FILES, Variant, variants_in

_LOG = logging.getLogger(__name__)
_OPTIONS = [
    "--disable-plugin-autoload",
    f"--config-file={os.devnull}",  # what pytest is told for other tests is not for the checks
    "--capture=no",
    "--import-mode=importlib",  # by path: the name of an assignment need not be one of Python's
    "-oconsider_namespace_packages=true",  # graders/ may lack its __init__.py
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
        The assignment.
    seed : int
        The course's seed, for the inputs of submissions that have no seed of their own.
    timeout_s : float
        Processor time that a check may take, in seconds, the time of the submission's answers apart.

    Attributes
    ----------
    reference : module
        The right functions, under their own names.
    misconceptions, alternatives : list of Variant
        The named wrong and right versions.
    texts : mapping
        Texts to run in place of tests cells: empty, because the checks stay on this side.

    Raises
    ------
    GraderError
        If the files cannot be loaded, or their points do not add up to the cells'.
    """

    is_protected = True
    texts: Mapping[str, str] = MappingProxyType({})

    def __init__(self, assignment: Assignment, seed: int, timeout_s: float = CHECK_TIMEOUT_S) -> None:
        self.assignment, self._seed, self._timeout_s = assignment, seed, timeout_s
        self._exceptions = _Exceptions()
        self._path_before = list(sys.path)
        self._modules_before = _set_aside_modules(assignment.graders.parent.name)
        _open.append(self)
        try:
            self._config, self._items = self._collect()
            self.reference = self._module("reference")
            versions = list(chain.from_iterable(map(self._variants, FILES)))
            self.misconceptions = [variant for variant in versions if variant.loses]
            self.alternatives = [variant for variant in versions if not variant.loses]
            self._verify()
        except BaseException:
            self._restore_modules()
            raise

    def grade(self, cell: str, run: NotebookRun, seed: int | None = None) -> CellResult:
        """Run a student's notebook up to a tests cell, and then the checks of that.

        Parameters
        ----------
        cell : str
            The tests cell's grade id.
        run : NotebookRun
            The student's notebook.
        seed : int, optional
            For the inputs, instead of the course's.

        Returns
        -------
        CellResult
        """
        return self.run(cell, run.submission_at(cell), seed)

    def run(self, cell: str, submission: Submission, seed: int | None = None, *, explain: bool = True) -> CellResult:
        """Run the checks of a tests cell.

        Parameters
        ----------
        cell : str
            The tests cell's grade id.
        submission : Submission
            The student's work, as it is when this cell has run.
        seed : int, optional
            For the inputs, instead of the course's.
        explain : bool
            Whether to explain lost checks; without it the points are the same, and come
            several times faster.

        Returns
        -------
        CellResult

        Raises
        ------
        GraderError
            If a check fails by itself, also with the right answers.
        """
        self._config.stash[SEED] = self._seed if seed is None else seed
        items = [item for item in self._items if cell_of(item) == cell]
        if not items:  # it is worth nothing
            return CellResult(cell, ())
        ran = []
        try:
            for item, after in zip(items, [*items[1:], None], strict=True):
                ran.append(self._run_check(item, after, submission))
        except BaseException:
            items[0].session._setupstate.teardown_exact(None)  # else the next submission meets what this one has left
            raise
        results = earned(ran, functools.partial(self._is_recognised, self._versions_of(cell)))
        try:
            if explain:
                with limited_memory(), deadline(self._timeout_s, lambda: False):
                    results = list(self._diagnosed(cell, results, [one.calls for one in ran]))
        except (Exception, Overdue) as error:  # an answer may be odd in ways that no description foresees
            _give_up_on(f"the answers to {cell} are not explained", error)  # the points are known
        return CellResult(cell, tuple(results), lecture_of(items[0]))

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
        """Release pytest's objects, and restore the modules that were loaded before; graders close in any order."""
        self._config._ensure_unconfigure()
        self._restore_modules()

    def _restore_modules(self) -> None:
        if self not in _open:
            return  # closed before
        at = _open.index(self)
        del _open[at]
        if at < len(_open):  # the next ones put back what was before these
            _open[at]._path_before, _open[at]._modules_before = self._path_before, self._modules_before
            return
        _set_aside_modules(self.assignment.graders.parent.name)
        sys.modules.update(self._modules_before)
        sys.path[:] = self._path_before

    def _collect(self) -> tuple[pytest.Config, list[pytest.Item]]:
        """Start a pytest session that stays open, and let it collect the checks."""
        folder = self.assignment.graders
        root = str(folder.parent.parent)
        sys.path.insert(0, root)  # graders of several assignments may share modules
        config = _prepareconfig(
            [*_OPTIONS, f"--rootdir={root}", f"--confcutdir={root}", str(folder)], [self._exceptions]
        )
        config.stash[SEED] = self._seed
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
                raise GraderError(f"{item.nodeid} is not a check: decorate it with @check(points=...)")
            if cell not in points:
                raise GraderError(f"{item.nodeid} is for the cell {cell!r}, which the notebook does not have")
            points[cell] += check.points
        for cell, expected in self.assignment.points.items():
            if abs(points[cell] - expected) > 1e-9:
                raise GraderError(
                    f"the checks of {cell} in {folder} add up to {points[cell]:g} points, not {expected:g}"
                )

    def _run_check(
        self, item: pytest.Item, after: pytest.Item | None, submission: Submission, *, is_second: bool = False
    ) -> Ran:
        """Run one check, and decide whose fault an error is that is neither a failed assertion nor the student's.

        If the check passes with the right answers in place of the student's, the student's answers have caused the
        error; if not, the check is at fault. A lack of memory may be the machine's, or due to a size that the student
        has chosen: it is the student's if it is met a second time, and the check passes with the right answers after
        either.
        """
        check, asked_before = check_of(item), len(submission.calls)
        assert check is not None
        raised = self._raised_by(item, after, submission)
        calls = submission.calls[asked_before:]
        if raised is None or is_students(raised, item):
            climb = raised.__cause__ if raised is not None and isinstance(raised.__cause__, Climb) else None
            return Ran(check, result_of(item, raised), calls, climb)
        if isinstance(raised, NotGraded):
            raise raised
        if isinstance(raised, OSError) or self._raised_by(item, after, self._right_submission()) is not None:
            if isinstance(raised, MemoryError):
                raise raised
            what = self._late if isinstance(raised, Overdue) else f"{type(raised).__name__}: {raised}"
            raise GraderError(f"{item.nodeid} failed by itself: {what}") from raised
        if isinstance(raised, MemoryError) and not is_second:
            return self._run_check(item, after, submission, is_second=True)
        return Ran(check, refused(item, raised, calls), calls)

    def _raised_by(self, item: pytest.Item, after: pytest.Item | None, submission: Submission) -> BaseException | None:
        self._config.stash[SUBMISSION] = submission
        self._exceptions.raised = None
        try:
            with limited_memory(), deadline(self._timeout_s, lambda: submission.is_waiting) as watch:
                runtestprotocol(item, log=False, nextitem=after)
        except Overdue as late:  # between two steps of pytest's
            raise GraderError(f"{item.nodeid} failed by itself: {self._late}") from late
        except MemoryError as error:  # in a step of pytest's
            self._exceptions.raised = error
            item.session._setupstate.teardown_exact(None)
        raised = self._exceptions.raised
        _clear_frames(raised)
        # A function in this process may have ended by the interruption, which its caller takes for an error of its own.
        return Overdue().with_traceback(raised.__traceback__) if raised is not None and watch.has_struck else raised

    @property
    def _late(self) -> str:
        return f"it was not finished after {self._timeout_s:g} seconds of processor time (c.Lossmark.check_timeout_s)"

    def _right_submission(self) -> Submission:
        """The reference in the place of a student's work."""
        code = [cell.source for cell in self.assignment.source.cells if cell.cell_type == "code"]
        return Submission(LocalTransport(self._right_names()), code)

    def _versions_of(self, cell: str) -> dict[str, Variant]:
        """Return the misconceptions of the solution cell that a tests cell is about, by their names."""
        graded = cell.removesuffix("_tests")
        return {variant.name: variant for variant in self.misconceptions if variant.cell == graded}

    def _is_recognised(self, candidates: Mapping[str, Variant], values: Ran) -> bool:
        """Whether wrong values are those of a slip that the check has named, or that explains the answers."""
        if values.result.misconception in candidates:
            return True
        try:
            with limited_memory(), deadline(self._timeout_s, lambda: False):
                return is_recognised(values.calls, list(candidates.values()), self._right_names)
        except (Exception, Overdue) as error:  # an answer that is too odd to be compared is not a slip
            _give_up_on(f"the answers to {values.result.name} are not compared", error)
            return False

    def _diagnosed(
        self, cell: str, results: Sequence[CheckResult], calls: Sequence[Sequence[Call]]
    ) -> Iterator[CheckResult]:
        """Add to the failed checks the one misconception that loses them, or the differences of the answers.

        The cell is one piece of work: the questions of all of its checks count.
        """
        candidates = self._versions_of(cell)
        asked = list(chain.from_iterable(calls))
        wrong = [result.outcome in (FAILED, Raised.outcome) for result in results]
        unnamed = [is_wrong and r.misconception not in candidates for is_wrong, r in zip(wrong, results, strict=True)]
        found = matching(asked, list(candidates.values()), self._right_names) if any(unnamed) else []
        difference = None
        for result, own, is_wrong, is_unnamed in zip(results, calls, wrong, unnamed, strict=True):
            explaining = [candidate for candidate in found if is_wrong and result.name in candidate.loses]
            # What explains all answers says more than what a check has seen in its own.
            variant = explaining[0] if len(explaining) == 1 else candidates.get(result.misconception or "")
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

    def _variants(self, name: str) -> list[Variant]:
        """The versions in one of the graders' files; an assignment may have none, and then needs no file of them."""
        exists = any((self.assignment.graders / file).is_file() for file in (f"{name}.py", f"{name}/__init__.py"))
        return list(self._module(name, variants_in)) if exists else []

    def _module(self, name: str, look: Callable[[ModuleType], Any] = lambda module: module) -> Any:
        """Import one of the graders' files, under the package that pytest has made when it collected the checks."""
        folder = self.assignment.graders
        package = f"{folder.parent.name}.{folder.name.replace('.', '_')}"
        try:
            return look(importlib.import_module(f"{package}.{name}"))
        except Exception as error:
            raise GraderError(f"{package}.{name} cannot be loaded: {type(error).__name__}: {error}") from error


def _clear_frames(raised: BaseException | None) -> None:
    """Release a check's variables, which may fill the memory until the exception is collected with its frames."""
    while raised is not None:
        traceback.clear_frames(raised.__traceback__)
        raised = raised.__cause__ or raised.__context__


def _give_up_on(what: str, error: BaseException) -> None:
    """Note the step that an error has prevented, unless the machine has no memory."""
    if isinstance(error, MemoryError):
        traceback.clear_frames(error.__traceback__)
        if is_machine_short():
            raise error
    _LOG.warning("%s: %s in %s", what, type(error).__name__, place_of(error))


_open = list[Graders]()
"""Those that are loaded, in this order: the modules of the last one are those that an import finds."""


class _Exceptions:
    """A pytest plugin that keeps the exceptions of checks."""

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


def _set_aside_modules(package: str) -> dict[str, ModuleType]:
    """Take out the graders loaded before: of another course, or of this one before it was edited."""
    names = [name for name in sys.modules if name == package or name.startswith(f"{package}.")]
    return {name: sys.modules.pop(name) for name in names}
