"""Opening the ledger: one database and the folder of artifacts beside it.

SQLite by default, in `.paribus/`. Writes begin IMMEDIATE, so two processes never both believe that a run is
free; readers never wait for writers (WAL).
"""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Never, Self
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError

from paribus.errors import StoreError
from paribus.store.migrations import VERSION, migrate, version_of

STORE_NAME = ".paribus"
LEDGER_FILE = "ledger.sqlite"
_BUSY_SECONDS = 60
_LOOK_AGAIN_SECONDS = 0.02


class Ledger:
    """An open ledger. Cheap to open; safe to share among threads; close it when done."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self.folder = folder

    def run_folder(self, fingerprint: str) -> Path:
        """Where the files of one run lie."""
        return run_folder(self.folder, fingerprint)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view."""
        with _clear_errors(self.folder), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that holds the write lock from its start: all of it happens, or nothing."""
        with _clear_errors(self.folder), self._engine.connect() as plain:
            connection = plain.execution_options(paribus_writes=True)
            with connection.begin():
                yield connection

    def let_readers_pass(self) -> None:
        """Write-ahead logging: readers and the writer do not wait for each other. The file remembers it."""
        deadline = time.monotonic() + _BUSY_SECONDS
        with _clear_errors(self.folder), self._engine.connect() as connection:
            while True:
                try:
                    connection.connection.execute("PRAGMA journal_mode = WAL")
                except sqlite3.OperationalError as error:  # unlike other statements it waits for nobody
                    if "locked" not in str(error) or time.monotonic() > deadline:
                        raise
                    time.sleep(_LOOK_AGAIN_SECONDS)
                else:
                    return

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def find_store(study: Path | None, named: Path | str | None = None) -> Path:
    """Where the ledger is: as named, or `PARIBUS_STORE`, or beside the study, or here."""
    named = named or os.environ.get("PARIBUS_STORE")
    return Path(named).resolve() if named else (study or Path("study")).resolve().parent / STORE_NAME


def name_in(store: Path, name: str, folder: Path) -> str:
    """What a ledger calls a study of `folder`: where folders share it, the folder's name goes first."""
    return name if store.parent == folder else f"{folder.name}/{name}"


def run_folder(store: Path, fingerprint: str) -> Path:
    """Where the files of one run lie in a ledger's folder."""
    return store / "runs" / fingerprint[:16]


def open_ledger(folder: Path, *, create: bool = True) -> Ledger:
    """Opens the ledger in `folder` and brings it to this version; makes it when `create`."""
    file = folder / LEDGER_FILE
    if not create and not file.exists():
        raise StoreError(f"{folder}: no ledger here yet; 'paribus run' makes one")
    if create:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"{folder}: cannot be made: {error.strerror}; name another with --store"
            ) from error
    archived = not create and _is_archived(file)
    ledger = Ledger(_sqlite_engine(_archive_url(file) if archived else _url(str(file))), folder)
    try:
        with ledger.reading() as connection:
            version = version_of(connection)
        if archived and version < VERSION:
            _refuse_old_archive(file, version)
        if version == 0:
            ledger.let_readers_pass()
        if version != VERSION:
            with ledger.writing() as connection:
                migrate(connection, str(file))
    except BaseException:
        ledger.close()
        raise
    return ledger


def _refuse_old_archive(file: Path, version: int) -> Never:
    raise StoreError(
        f"{file}: has version {version}, and lies where it cannot be brought to {VERSION}; copy "
        f"{file.parent} to where it can be written, and name that with --store"
    )


def _is_archived(file: Path) -> bool:
    """Whether it lies on a medium that nobody can write, and was closed as it should be."""
    log = file.with_name(file.name + "-wal")
    read_only = hasattr(os, "statvfs") and os.statvfs(file.parent).f_flag & os.ST_RDONLY
    return bool(read_only) and not (log.exists() and log.stat().st_size)


def _url(database: str, **query: str) -> URL:
    return URL.create("sqlite", database=database, query=query)


def _archive_url(file: Path) -> URL:
    """SQLite writes a file beside the ledger even to read it, unless it knows that nobody else writes."""
    return _url(f"file:{quote(str(file))}", mode="ro", immutable="1", uri="true")


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where we say, see below
        for pragma in ("synchronous = NORMAL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("paribus_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def _clear_errors(folder: Path) -> Iterator[None]:
    """What the database says, as one line that says what to do."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        told = str(error.orig if isinstance(error, DBAPIError) else error)
        advice = "nothing is lost; mend this and run the same command again"
        if "disk is full" in told or "disk I/O" in told:
            advice = "free some space and run the same command again; nothing is lost"
        elif "readonly" in told or "unable to open" in told:
            advice = "make the folder writable, or name another with --store"
        elif "malformed" in told or "not a database" in told:
            advice = (
                "it is damaged: put a copy of it back, or move it away, and what it knew is trained again"
            )
        raise StoreError(f"{folder / LEDGER_FILE}: {told}; {advice}") from error
