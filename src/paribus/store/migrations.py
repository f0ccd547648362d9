"""How a ledger of an older version becomes one of this version: ordered functions, each run once."""

from collections.abc import Callable

from sqlalchemy import Connection, insert, inspect, select, update

from paribus.errors import LedgerTooNew
from paribus.store import schema


def _first_tables(connection: Connection) -> None:
    schema.metadata.create_all(connection)


MIGRATIONS: tuple[Callable[[Connection], None], ...] = (_first_tables,)
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
