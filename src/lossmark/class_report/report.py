"""The report of a class, from reading to the page and the table beside it.

The page works from a file and without a network: style and scripts are in it, known to its policy by their digests, and
it fetches nothing. The templates escape all data of students and gradebooks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from lossmark.class_report.figures import ClassReport, check_figures, mistake_figures
from lossmark.class_report.page import as_csv, as_page
from lossmark.class_report.similarity import Likenesses
from lossmark.class_report.state import NOT_HANDED_IN, ClassReader, StudentState
from lossmark.course import Assignment, Course
from lossmark.errors import NotGraded, UsageError, naming
from lossmark.files import write_whole
from lossmark.grading.graders import Graders

REPORTS = "reports"

Watch = Callable[[Iterator[StudentState], int], Iterator[StudentState]]


def _unwatched(states: Iterator[StudentState], number: int) -> Iterator[StudentState]:
    return states


def write_report(
    course: Course, assignment: str, output: Path | None = None, watch: Watch = _unwatched
) -> tuple[Path, Path]:
    """Write the page of an assignment, and its table of students as CSV beside it.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        The assignment's name.
    output : Path, optional
        The page; by default in the course's folder ``reports``.
    watch : callable
        Receives and passes on each student's data, with the number of students: to show progress.

    Returns
    -------
    Path, Path
        The page and the table.

    Raises
    ------
    UsageError
        If there is nothing to report on, or the page cannot be called so.
    GradebookUnusable
        If there is a gradebook that cannot be read.
    """
    page = (course.root / REPORTS / f"{assignment}.html" if output is None else output).absolute()
    if page.is_dir():
        raise UsageError(f"{page} is a folder; name a file in it: --output {page / f'{assignment}.html'}")
    table = page.with_suffix(".csv")
    if table == page:
        raise UsageError(f"{page} is where the table goes that is written beside the page; name a file ending in .html")
    found = read_class(course, assignment, watch)
    page_text, table_text = as_page(found, page.parent), as_csv(found)
    with naming(page.parent):
        page.parent.mkdir(parents=True, exist_ok=True)
    for file, text in ((page, page_text), (table, table_text)):
        write_whole(file, text)
    return page, table


def read_class(course: Course, name: str, watch: Watch = _unwatched) -> ClassReport:
    """Collect the data of the report.

    Parameters
    ----------
    course : Course
        The course.
    name : str
        The assignment's name.
    watch : callable
        Receives and passes on each student's data, with the number of students: to show progress.

    Returns
    -------
    ClassReport
    """
    assignment = course.assignment(name)
    reader = ClassReader(course, assignment)
    number = len(reader.students)
    if not number:
        folder = reader.folders.submitted_folder("<student>")
        raise UsageError(f"nobody has submitted {name}: there is no folder {folder}, and no student in a gradebook")
    states = sorted(watch(reader.read(), number), key=lambda state: state.status == NOT_HANDED_IN)
    explanations, unexplained = _explanations(course, assignment)
    manual = (assignment.cells[cell].metadata.nbgrader.get("points", 0.0) for cell in assignment.manual)
    return ClassReport(
        course_id=reader.folders.settings.course_id,
        assignment=name,
        manual=assignment.manual,
        max_auto=sum(assignment.points.values()),
        max_manual=float(sum(manual)),
        has_gradebook=reader.has_gradebook,
        due=reader.due,
        students=states,
        by_other_graders=sum(state.is_by_other_graders for state in states),
        checks=check_figures(states),
        mistakes=mistake_figures(states, explanations),
        unexplained=unexplained,
        likenesses=Likenesses({state.student: state.work for state in states}, reader.reader),
        made=datetime.now(UTC).astimezone(),
        is_protected=assignment.has_graders,
    )


def _explanations(course: Course, assignment: Assignment) -> tuple[dict[tuple[str, str], str], str]:
    """Return the graders' explanations of mistakes; if they cannot be loaded, the reason."""
    if not assignment.has_graders:
        return {}, ""
    try:
        graders = Graders(assignment, course.settings.seed)
    except NotGraded as error:
        return {}, str(error)
    try:
        return {(variant.cell, variant.name): variant.explanation for variant in graders.misconceptions}, ""
    finally:
        graders.close()
