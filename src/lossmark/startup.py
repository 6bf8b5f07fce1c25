"""What the programs of ours import first, so that they start in half the time.

jsonschema, which nbformat imports, checks IRIs if the package rfc3987_syntax is there, and that package builds its
parser when it is imported: a second, in each process. No notebook holds an IRI. Where others have imported it already,
as in a Jupyter server, all stays as it is.
"""

from __future__ import annotations

import sys

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # the documented way to make an import fail
