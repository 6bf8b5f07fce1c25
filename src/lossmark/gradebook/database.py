"""nbgrader's gradebook as a database: opened to write, in transactions, or to read and to leave it as it is."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import nbgrader
from nbgrader.api import Base, Gradebook
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.pool import ConnectionPoolEntry

from lossmark.course import Course
from lossmark.errors import UsageError
from lossmark.gradebook import patience
from lossmark.gradebook.folders import settings_of
from lossmark.gradebook.patience import GradebookMoved, patiently
from lossmark.scratch import Scratch

_FILE = "file"
"""The key under which a connection stores its address."""
_READING_TIMEOUT_MS = 5_000
"""How long a reader waits for a file that is locked; a commit takes less."""
# nbgrader logs, with a traceback, each error of the database that it raises; here it is waited for, or told.
logging.getLogger("tornado.application").addHandler(logging.NullHandler())


def has_gradebook(folders: CourseDirectory) -> bool:
    """Tell whether a course has a gradebook, as far as that shows without opening it.

    Parameters
    ----------
    folders : CourseDirectory
        nbgrader's settings of the course.

    Returns
    -------
    bool
    """
    url = make_url(folders.db_url)
    return url.get_backend_name() != "sqlite" or bool(url.database and Path(url.database).exists())


@contextmanager
def gradebook_of(course: Course, *, is_new: bool = False) -> Iterator[Gradebook]:
    """Open the gradebook of a course.

    Parameters
    ----------
    course : Course
        The course.
    is_new : bool
        Whether to make one where there is none.

    Yields
    ------
    Gradebook

    Raises
    ------
    UsageError
        If there is none.
    """
    folders = settings_of(course)
    if not is_new and not has_gradebook(folders):
        raise UsageError(f"{course.root} has no gradebook yet; grade first: lossmark autograde A")
    gradebook = open_gradebook(folders)
    try:
        yield gradebook
    finally:
        gradebook.close()


def open_gradebook(folders: CourseDirectory) -> Gradebook:
    """Open the gradebook of a course so that it waits for others who write, and does not keep them from reading.

    Parameters
    ----------
    folders : CourseDirectory
        nbgrader's settings of the course.

    Returns
    -------
    Gradebook
    """
    _create_if_missing(folders)
    with tools_on_path():
        gradebook = patiently(folders.db_url, lambda: Gradebook(folders.db_url, folders.course_id))
    if gradebook.engine.dialect.name == "sqlite":
        _tune_sqlite(gradebook.engine)
        gradebook.db.remove()
        gradebook.engine.dispose()
    return gradebook


def address_of(gradebook: Gradebook) -> str:
    """Return where a gradebook is, for :func:`lossmark.gradebook.patience.patiently`.

    Parameters
    ----------
    gradebook : Gradebook
        An open one.

    Returns
    -------
    str
    """
    return str(gradebook.engine.url.render_as_string(hide_password=False))


def _create_if_missing(folders: CourseDirectory) -> None:
    """Make a gradebook under another name first: nbgrader would take a half-made one for whole."""
    url = make_url(folders.db_url)
    if url.get_backend_name() != "sqlite" or not url.database or Path(url.database).exists():
        return
    file = Path(url.database)
    new = file.with_name(f".{file.name}.new")
    with Scratch() as scratch, _locked(file.parent):
        if file.exists():  # somebody else has made it, and may have written to it
            return
        engine = create_engine(f"sqlite:///{scratch / file.name}")
        _create(engine)
        engine.dispose()
        try:
            shutil.copyfile(scratch / file.name, new)
            new.rename(file)
        finally:
            new.unlink(missing_ok=True)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep other processes that ask for the same out, where the file system offers it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _create(engine: Engine) -> None:
    """Make nbgrader's tables and note their version; nbgrader starts another program for that, which takes seconds."""
    from alembic.script import ScriptDirectory  # only a new gradebook needs it

    version = ScriptDirectory(str(Path(nbgrader.__file__).parent / "alembic")).get_current_head()
    with engine.begin() as connection:
        Base.metadata.create_all(connection)
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("INSERT INTO alembic_version (version_num) VALUES (:version)"), {"version": version})


@contextmanager
def tools_on_path() -> Iterator[None]:
    """Let nbgrader find its database tool, which is installed beside the Python that runs."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{before}"
    try:
        yield
    finally:
        os.environ["PATH"] = before


def _tune_sqlite(engine: Engine) -> None:
    """Let readers read while we write, wait for other writers, and let SQLAlchemy say where a transaction begins."""

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        record.info[_FILE] = _identity(engine)
        connection.execute(f"PRAGMA busy_timeout = {int(1000 * min(patience.NOTICE_S, patience.PATIENCE_S))}")
        with contextlib.suppress(Exception):  # a folder of the network may not offer it
            connection.execute("PRAGMA journal_mode = WAL")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        # A transaction that reads first and then writes would not wait, but fail, where another has written meanwhile.
        connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def transaction(gradebook: Gradebook) -> Iterator[None]:
    """Run nbgrader's functions, each of which commits by itself, in one transaction.

    Parameters
    ----------
    gradebook : Gradebook
        From :func:`open_gradebook`.
    """
    gradebook.db.remove()
    with gradebook.engine.connect() as connection, connection.begin():
        if connection.info.get(_FILE) != _identity(gradebook.engine):
            raise GradebookMoved(
                "it is not the file that it was when this run began; put that one back or, where another one is meant, "
                "keep the old one's files whose names end with -wal and -shm together with it, in another folder"
            )
        # Nothing changes in between: what nbgrader's functions have read need not be read again after each commit.
        gradebook.db(bind=connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
        try:
            yield
            gradebook.db.commit()
        finally:
            gradebook.db.remove()


def _identity(engine: Engine) -> tuple[int, int] | None:
    """Identity of a gradebook's file; None for a server."""
    if engine.dialect.name != "sqlite" or not engine.url.database:
        return None
    try:
        status = Path(engine.url.database).stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def reading_engine(db_url: str) -> Engine:
    """Connect to a gradebook so that it stays as it is.

    nbgrader's own ``Gradebook`` makes tables, a course and a version where they are missing. These connections may only
    read, and see the gradebook as it was at one moment, even during writes.

    Parameters
    ----------
    db_url : str
        Where the gradebook is.

    Returns
    -------
    Engine
    """
    url = make_url(db_url)
    if url.get_backend_name() != "sqlite":
        options = {"postgresql_readonly": True} if url.get_backend_name() == "postgresql" else {}
        return create_engine(url, isolation_level="REPEATABLE READ", execution_options=options)
    place = f"file:{quote(str(Path(url.database or '').absolute()))}"
    engine = create_engine(URL.create("sqlite", database=place, query={"mode": "rw", "uri": "true"}))

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _: object) -> None:
        connection.isolation_level = None  # SQLAlchemy says where a transaction begins
        connection.execute(f"PRAGMA busy_timeout = {_READING_TIMEOUT_MS}")
        connection.execute("PRAGMA query_only = ON")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine
