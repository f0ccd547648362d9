"""What searches have asked for. Each batch is written as a whole, before the first of its runs."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, delete, insert, select

from paribus.store.ledger import Ledger
from paribus.store.records import RecipeEntry, TrialRecord
from paribus.store.schema import trials
from paribus.store.studies import note_recipes


def note_trials(
    ledger: Ledger, search: str, records: Sequence[TrialRecord], recipes: Mapping[str, RecipeEntry]
) -> None:
    """Writes what is asked for together, all or nothing, with a planned row for each run.

    What stands there already stays, so two processes may write the same; what stands there otherwise, since
    code or data have changed, goes with all that followed from it.
    """
    with ledger.writing() as connection:
        note_recipes(connection, recipes)
        query = select(trials).where(trials.c.search == search).order_by(trials.c.place)
        known = {row.place: _record(row) for row in connection.execute(query)}
        fresh = [record for record in records if known.get(record.place) != record]
        if fresh:
            beyond = (trials.c.search == search) & (trials.c.place >= fresh[0].place)
            connection.execute(delete(trials).where(beyond))
            rows = [_row(search, record) for record in records if record.place >= fresh[0].place]
            connection.execute(insert(trials), rows)


def read_trials(ledger: Ledger, search: str) -> list[TrialRecord]:
    """In their order."""
    query = select(trials).where(trials.c.search == search).order_by(trials.c.place)
    with ledger.reading() as connection:
        return [_record(row) for row in connection.execute(query)]


def _row(search: str, record: TrialRecord) -> dict[str, Any]:
    return {"search": search} | {name: getattr(record, name) for name in TrialRecord.__dataclass_fields__}


def _record(row: Row[Any]) -> TrialRecord:
    values = {name: row._mapping[name] for name in TrialRecord.__dataclass_fields__}
    cells = {int(seed): name for seed, name in row.cells.items()}
    return TrialRecord(**values | {"point": tuple(row.point), "cells": cells})
