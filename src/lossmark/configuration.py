"""The settings of a course: read as nbgrader's own commands read them, and as plain data.

They are programs, executed with the rights of the person who grades; `location` says where.
"""

from __future__ import annotations

import contextlib
import json
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any

from jupyter_core.paths import jupyter_config_dir, jupyter_config_path
from traitlets.config import Config
from traitlets.config.loader import (
    ConfigFileNotFound,
    FileConfigLoader,
    JSONFileConfigLoader,
    LazyConfigValue,
    PyFileConfigLoader,
)

from lossmark.errors import UsageError
from lossmark.settings import CONFIG_FILE

_PLACES = {("CourseDirectory", "root"), ("CourseDirectory", "db_url"), ("CourseDirectory", "course_id")}
_OUTDATED = {
    "NbGraderConfig",
    "BasicConfig",
    "BaseNbGraderApp",
    "BaseApp",
    "TransferApp",
    "BaseNbConvertApp",
    "NbGrader",
}
"""Sections that nbgrader still reads and takes for others."""


def read_config(root: Path) -> Config:
    """Read the settings that nbgrader's commands have when they are called in a course's folder.

    From the least important: the machine's, the Python environment's and the account's (``jupyter_config`` and
    ``nbgrader_config`` in the folders of ``jupyter --paths``), the course's own; of each ``.py``, then ``.json``.

    Parameters
    ----------
    root : Path
        The course's folder.

    Returns
    -------
    Config

    Raises
    ------
    UsageError
        If a file cannot be executed or read, or if the settings are about another course: nbgrader would go on with
        others than the instructor wrote.
    """
    shared = jupyter_config_path()
    shared = shared if jupyter_config_dir() in shared else [jupyter_config_dir(), *shared]
    config = Config()
    with importing_from(root):
        for name, folders in (("jupyter_config", shared), (CONFIG_FILE.removesuffix(".py"), [str(root), *shared])):
            for folder in reversed(folders):
                for loader in (PyFileConfigLoader(f"{name}.py", folder), JSONFileConfigLoader(f"{name}.json", folder)):
                    config.merge(_load(loader))
    if _OUTDATED & set(config) or "course_id" in config.get("Exchange", {}):
        from nbgrader.apps.baseapp import NbGrader  # half a second, for names that nbgrader itself gives others

        config = NbGrader(config=config).config
    elsewhere = config.get("CourseDirectory", {}).get("root")
    if elsewhere and Path(elsewhere).resolve() != root.resolve():
        raise UsageError(
            f"the settings of {root} are about another course: c.CourseDirectory.root is {elsewhere}, and nbgrader's "
            "commands would write there; call from there, or take the setting out of its file (see jupyter --paths)"
        )
    return config


@contextlib.contextmanager
def importing_from(root: Path) -> Iterator[None]:
    """Let settings and their functions import modules beside them, as in nbgrader's commands.

    Parameters
    ----------
    root : Path
        The course's folder.
    """
    sys.path.insert(0, str(root))
    try:
        yield
    finally:
        with contextlib.suppress(ValueError):  # settings may have taken it out
            sys.path.remove(str(root))


def _load(loader: FileConfigLoader) -> Config:
    """Read one file, if it is there."""
    try:
        config: Config = loader.load_config()
    except ConfigFileNotFound:
        return Config()
    except Exception as error:  # it is a program, and may raise anything
        lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == loader.full_filename]
        place = f", line {lines[-1]}" if lines else ""
        reason = f"{type(error).__name__}: {error}"
        raise UsageError(f"the settings in {loader.full_filename}{place} cannot be read: {reason}") from error
    return config


def portable(config: Config) -> Config:
    """Copy settings as plain data, which can be sent to another process and compared with others.

    Classes are replaced by their names, which nbgrader takes as well. Functions are left out: those in a file of
    settings are hooks, which act before and after grading.

    Parameters
    ----------
    config : Config
        Settings.

    Returns
    -------
    Config
    """
    kept = Config()
    for section, values in config.items():
        for name, value in values.items() if isinstance(values, Config) else ():
            with contextlib.suppress(_NotPlain):
                kept[section][name] = _plain(value)
    return kept


def text_of(config: Config) -> str:
    """Write settings as a text that is the same wherever they mean the same for a result.

    The places of things (the gradebook, the exchange, the course itself) are left out: no result depends on them, and
    they differ between a hub and a terminal.

    Parameters
    ----------
    config : Config
        Settings.

    Returns
    -------
    str
        JSON.
    """
    sections = {
        section: {name: value for name, value in values.items() if (section, name) not in _PLACES}
        for section, values in portable(config).items()
        if not section.startswith("Exchange")
    }
    return json.dumps(_told({name: values for name, values in sections.items() if values}), sort_keys=True)


class _NotPlain(Exception):
    """A value that is not plain data."""


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str | bytes):
        return value
    if isinstance(value, LazyConfigValue):  # a default that is to be extended
        return _lazy(value)
    if isinstance(value, dict):
        return {_plain(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return type(value)(map(_plain, value))
    if isinstance(value, type):
        return f"{value.__module__}.{value.__qualname__}"
    if isinstance(value, PurePath):
        return str(value)
    raise _NotPlain


def _lazy(value: LazyConfigValue) -> LazyConfigValue:
    parts, copied = value.to_dict(), LazyConfigValue()
    copied.extend(_plain(parts.get("extend", [])))
    copied.prepend(_plain(parts.get("prepend", [])))
    for index, item in parts.get("inserts", []):
        copied.insert(index, _plain(item))
    if "update" in parts:
        copied.update(_plain(parts["update"]))
    return copied


def _told(value: Any) -> Any:
    """Turn plain data into JSON's types, in a fixed order."""
    if isinstance(value, LazyConfigValue):
        return _told(value.to_dict())
    if isinstance(value, dict):
        return {key if isinstance(key, str) else repr(key): _told(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return list(map(_told, value))
    if isinstance(value, set | frozenset):
        return sorted(map(repr, value))
    return repr(value) if isinstance(value, bytes) else value
