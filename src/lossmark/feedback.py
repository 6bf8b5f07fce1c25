"""The page that a student gets: the score at the top, then the notebook with its checks, marks and comments.

``nbgrader generate_feedback`` makes it. It is self-contained: it fetches nothing and contains no script.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nh3
from jinja2 import Environment, PackageLoader, Template
from markupsafe import Markup
from nbconvert.exporters import Exporter
from nbconvert.filters import ansi2html
from nbformat import NotebookNode
from nbgrader.preprocessors import GetGrades
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from traitlets import default

from lossmark.course import MANUAL, SOLUTION, TESTS, kind_of
from lossmark.errors import NotGraded
from lossmark.execution.outputs import PICTURES
from lossmark.gradebook.standing import coursedir_of, standing_of
from lossmark.grading.overdue import bounded_reading
from lossmark.grading.report import lost_checks
from lossmark.pages import Room, asset, safe_html
from lossmark.terminal import as_read

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
LIGHT, DARK = "a11y-high-contrast-light", "a11y-high-contrast-dark"
"""Colours of code, with the contrast that WCAG AA asks for."""
LABELS = {TESTS: "Tests", MANUAL: "Your answer, marked by a person", SOLUTION: "Your answer"}

_TABLE = "table caption thead tbody tr th td div p pre code strong"
_DRAWING = "svg path line circle text tspan"
_DRAWN = """
class role aria-label viewBox width height x y x1 x2 y1 y2 cx cy r d dx fill stroke stroke-width stroke-opacity
stroke-dasharray fill-opacity text-anchor font-family font-size
"""
_TAGS = {*_TABLE.split(), *_DRAWING.split()}
_ATTRIBUTES = {tag: {"class", "scope"} for tag in _TABLE.split()} | {tag: {*_DRAWN.split()} for tag in _DRAWING.split()}


@dataclass(frozen=True)
class Shown:
    """A cell as the page shows it.

    Attributes
    ----------
    anchor, kind, label : str
        Target of links; kind of the cell by nbgrader's metadata; text above it.
    section : str
        The last heading of the assignment before it.
    body : Markup
        Its content.
    outputs : tuple of Markup
        Its prints, its plots, and the results of its checks.
    score, points : float or None
        Of a graded cell.
    lost : int
        How many checks did not pass.
    waits : bool
        Whether a person has still to mark it.
    comment : Markup
        A person's comment.
    """

    anchor: str
    kind: str
    label: str
    section: str
    body: Markup
    outputs: tuple[Markup, ...]
    score: float | None
    points: float | None
    lost: int
    waits: bool
    comment: Markup


class ReadGrades(GetGrades):  # type: ignore[misc]
    """Takes scores and comments from the gradebook as nbgrader does, and notes remarks on the result for the page.

    These are the cells that wait for a person, remarks on the submission, and whether a newer one exists.
    """

    def _get_score(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        super()._get_score(cell, resources)
        ids = cell.metadata.nbgrader["grade_id"], self.notebook_id, self.assignment_id, self.student_id
        cell.metadata.nbgrader["waits"] = bool(self.gradebook.find_grade(*ids).needs_manual_grade)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Copy the gradebook's data, and find the origin of the result."""
        nb, resources = super().preprocess(nb, resources)
        ids, folders = resources["nbgrader"], coursedir_of(self)
        if folders is not None:
            submitted, autograded = (
                Path(folders.format_path(step, ids["student"], ids["assignment"]))
                for step in (folders.submitted_directory, folders.autograded_directory)
            )
            ids["standing"] = standing_of(autograded, submitted / f"{ids['notebook']}.ipynb")
        return nb, resources


class FeedbackExporter(Exporter):
    """Makes the page of one student; set as ``c.GenerateFeedback.exporter_class``."""

    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    @bounded_reading(NotGraded, "its page takes")
    def from_notebook_node(  # type: ignore[override]  # nbconvert's own exporters return text, too
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Make the page.

        Parameters
        ----------
        nb : NotebookNode
            An autograded notebook.
        resources : dict
            nbgrader's; ``resources["nbgrader"]`` holds names and scores.
        **kw
            As nbconvert passes them.

        Returns
        -------
        str, dict
            The page and the resources.

        Raises
        ------
        NotGraded
            If the page takes too much memory.
        """
        notebook, made = super().from_notebook_node(nb, resources, **kw)
        cells = list(_shown(notebook))
        page = _template().render(
            facts=made["nbgrader"],
            cells=cells,
            graded=[cell for cell in cells if cell.points is not None],
            policy=POLICY,
            styles=_styles(),
        )
        return page, made


def _shown(notebook: NotebookNode) -> Iterator[Shown]:
    room = Room()
    for number, cell in enumerate(notebook.cells):
        facts, kind = cell.metadata.get("nbgrader", {}), kind_of(cell) or ""
        is_graded = kind in (TESTS, MANUAL)
        outputs = tuple(_outputs(cell)) if cell.cell_type == "code" else ()
        yield Shown(
            anchor=f"cell-{number}",
            kind=kind,
            label=LABELS.get(kind, ""),
            section=cell.metadata.get("lossmark", {}).get("section", ""),
            body=_body(cell, room),
            outputs=outputs,
            score=float(facts.get("score") or 0.0) if is_graded else None,
            points=float(facts.get("points") or 0.0) if is_graded else None,
            lost=sum(map(lost_checks, outputs)),
            waits=bool(facts.get("waits")),
            comment=Markup(safe_html(facts["comment"], {}) if facts.get("comment") else ""),
        )


def _body(cell: NotebookNode, room: Room) -> Markup:
    if not cell.source.strip():
        return Markup()
    if cell.cell_type == "raw" or not room.admits(cell.source):
        return Markup("<pre>{}</pre>").format(as_read(cell.source))
    if cell.cell_type == "markdown":
        return Markup(safe_html(cell.source, cell.get("attachments", {})))
    return Markup(highlight(as_read(cell.source), _LEXER, _FORMATTER))


def _outputs(cell: NotebookNode) -> Iterator[Markup]:
    for output in cell.outputs:
        if output.output_type == "stream":
            yield _preformatted(output.text)
        elif output.output_type == "error":
            yield _preformatted("\n".join(output.traceback))
        else:
            yield _best(output.data)


def _preformatted(text: str) -> Markup:
    return Markup('<pre class="output">{}</pre>').format(Markup(ansi2html(as_read(text))))


def _best(data: dict[str, Any]) -> Markup:
    """The table of checks, which alone is HTML when a submission has been graded; else a picture, else text."""
    if "text/html" in data:
        html = "".join(data["text/html"])
        return Markup(nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES))
    for kind in PICTURES:
        if kind in data:
            encoded = "".join("".join(data[kind]).split())
            return Markup('<img src="data:{};base64,{}" alt="A figure that the cell above draws"/>').format(
                kind, encoded
            )
    return _preformatted("".join(data.get("text/plain", "")))


_LEXER, _FORMATTER = PythonLexer(), HtmlFormatter(cssclass="code", wrapcode=True)


@functools.cache
def _styles() -> Markup:
    """The page's style sheet, with the colours of code; trusted, and so not escaped."""
    light, dark = (HtmlFormatter(style=style, nobackground=True).get_style_defs(".code") for style in (LIGHT, DARK))
    return Markup(f"{asset('feedback.css')}\n{light}\n@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}")


@functools.cache
def _template() -> Template:
    environment = Environment(loader=PackageLoader("lossmark"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["read"] = as_read
    environment.filters["points"] = lambda number: f"{round(number, 2):g}"
    return environment.get_template("feedback.html.j2")
