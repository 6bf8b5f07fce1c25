"""A line of plain text, in which backquotes mark code, as nodes of a page."""

from __future__ import annotations

import re

from docutils import nodes


def with_code(text: str) -> nodes.paragraph:
    """Make a paragraph of a text; what stands between single or double backquotes is code."""
    pieces = re.split(r"`+([^`]+)`+", text)
    return nodes.paragraph("", "", *(nodes.literal("", p) if i % 2 else nodes.Text(p) for i, p in enumerate(pieces)))
