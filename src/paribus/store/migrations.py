"""How a ledger of an older version becomes one of this version: ordered functions, each run once."""

from collections.abc import Callable

from sqlalchemy import Connection, insert, inspect, select, text, update

from paribus.errors import LedgerTooNew
from paribus.store import schema


def _first_tables(connection: Connection) -> None:
    schema.metadata.create_all(connection)


def _runs_start_from_others(connection: Connection) -> None:
    """And tell facts of themselves. A ledger made just now has both columns already."""
    for column, kind in [(schema.recipes.c.parent, "VARCHAR(64)"), (schema.runs.c.facts, "JSON")]:
        there = {found["name"] for found in inspect(connection).get_columns(column.table.name)}
        if column.name not in there:
            connection.execute(text(f"ALTER TABLE {column.table.name} ADD COLUMN {column.name} {kind}"))


def _sittings_are_known(connection: Connection) -> None:
    schema.sittings.create(connection, checkfirst=True)


def _searches_have_trials(connection: Connection) -> None:
    schema.trials.create(connection, checkfirst=True)


MIGRATIONS: tuple[Callable[[Connection], None], ...] = (
    _first_tables,
    _runs_start_from_others,
    _sittings_are_known,
    _searches_have_trials,
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
