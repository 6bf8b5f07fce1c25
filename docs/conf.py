"""Settings of the site that Sphinx makes of the pages in this folder: ``make docs``."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

import lossmark

project = "Lossmark"
author = "the Lossmark developers"
version = release = lossmark.__version__
html_title = "Lossmark"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "sphinx_design",
    "commands",
    "mathml",
    "settings",
    "siblings",
]
exclude_patterns = ["_build"]
highlight_language = "none"  # of blocks that name no language

myst_enable_extensions = ["colon_fence", "html_image"]
myst_heading_anchors = 3  # as links to headings work where the pages are read in the repository

autodoc_typehints = "none"  # the docstrings say it in words
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
autodoc_preserve_defaults = True

copybutton_prompt_text = "$ "
copybutton_only_copy_prompt_lines = True

html_theme = "pydata_sphinx_theme"
html_theme_options = {
    "navbar_center": [],
    "show_toc_level": 2,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": ["sphinx-version", "theme-version"],
}
html_sidebars = {"**": ["all-pages"]}
templates_path = ["_templates"]
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
