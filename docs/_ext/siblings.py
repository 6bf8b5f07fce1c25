"""Links to the pages above this folder: CONTRIBUTING.md and SECURITY.md are pages of the site, too."""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx

LINK = re.compile(r"\]\((?:\.\./)+(CONTRIBUTING|SECURITY)\.md")


def _redirect(app: Sphinx, page: str, source: list[str]) -> None:
    source[0] = LINK.sub(lambda link: f"](/{link[1].lower()}.md", source[0])


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("source-read", _redirect)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
