"""How a ledger of an older version becomes one of this version: ordered functions, each run once."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Column, Connection, insert, inspect, select, text, update

from paribus.errors import LedgerTooNew
from paribus.store import schema
from paribus.store.records import ENDED


def _first_tables(connection: Connection) -> None:
    schema.metadata.create_all(connection)


def _runs_start_from_others(connection: Connection) -> None:
    """And tell facts of themselves."""
    _add_column(connection, schema.recipes.c.parent, "VARCHAR(64)")
    _add_column(connection, schema.runs.c.facts, "JSON")


def _add_column(connection: Connection, column: Column[Any], kind: str) -> None:
    """Unless the ledger was made just now, and has it already."""
    there = {found["name"] for found in inspect(connection).get_columns(column.table.name)}
    if column.name not in there:
        connection.execute(text(f"ALTER TABLE {column.table.name} ADD COLUMN {column.name} {kind}"))


def _sittings_are_known(connection: Connection) -> None:
    schema.sittings.create(connection, checkfirst=True)


def _searches_have_trials(connection: Connection) -> None:
    schema.trials.create(connection, checkfirst=True)


def _results_stay_known(connection: Connection) -> None:
    _add_column(connection, schema.runs.c.known, "FLOAT")
    runs = schema.runs
    connection.execute(update(runs).where(runs.c.state.in_(ENDED)).values(known=runs.c.ended))


MIGRATIONS: tuple[Callable[[Connection], None], ...] = (
    _first_tables,
    _runs_start_from_others,
    _sittings_are_known,
    _searches_have_trials,
    _results_stay_known,
)
VERSION = len(MIGRATIONS)


def version_of(connection: Connection) -> int:
    """0 for an empty database."""
    if not inspect(connection).has_table(schema.ledger_version.name):
        return 0
    return int(connection.execute(select(schema.ledger_version.c.version)).scalar_one())


def migrate(connection: Connection, where: str) -> None:
    """Brings the ledger to this version; refuses one that is newer, untouched."""
    version = version_of(connection)
    if version > VERSION:
        raise LedgerTooNew(
            f"{where}: this ledger has version {version}, this paribus knows versions up to "
            f"{VERSION}. Upgrade paribus, or name another place with --store"
        )
    if version == VERSION:
        return
    for step in MIGRATIONS[version:]:
        step(connection)
    if version == 0:
        connection.execute(insert(schema.ledger_version).values(version=VERSION))
    else:
        connection.execute(update(schema.ledger_version).values(version=VERSION))
