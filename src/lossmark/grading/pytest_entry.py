"""Switches the plugin on where pytest is called on a course, and nowhere else.

Every pytest of the environment loads an installed plugin.
"""

from __future__ import annotations

from pathlib import Path

import pytest

PLUGIN = "lossmark.grading.pytest_plugin"


def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Load the plugin, with its options and fixtures, if a path that pytest was given lies in a course.

    It is also loaded for graders outside of a course, to report this.
    """
    given = early_config.known_args_namespace.file_or_dir
    working_folder = early_config.invocation_params.dir
    paths = [working_folder, *(working_folder / str(argument).partition("::")[0] for argument in given)]
    if any("graders" in path.parts or _is_in_course(path) for path in paths):
        early_config.pluginmanager.import_plugin(PLUGIN)


def _is_in_course(path: Path) -> bool:
    """Look for a course's usual files before importing the search for one, which takes long."""
    if not any((folder / "nbgrader_config.py").is_file() for folder in (path, *path.parents)):
        return False
    from lossmark.errors import UsageError
    from lossmark.location import find_root

    try:
        return bool(find_root(path))
    except UsageError:
        return False
