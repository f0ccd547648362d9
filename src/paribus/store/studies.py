"""Studies as they were registered: each revision once, before its first run."""

import time
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from paribus.store.claims import plan_rows
from paribus.store.ledger import Ledger
from paribus.store.looks import find_looks
from paribus.store.records import RecipeEntry, StudyEntry, StudyRecord
from paribus.store.schema import recipes, studies


def register_study(ledger: Ledger, entry: StudyEntry) -> StudyRecord:
    """Writes the revision, its recipes and a planned row for each run; all of it or nothing.

    A revision that is there already takes on what is no part of it: the title, the limits, the paths.
    """
    this = (studies.c.name == entry.name) & (studies.c.revision == entry.revision)
    with ledger.writing() as connection:
        latest = {"title": entry.title, "spec": entry.spec, "registered": time.time()}
        if entry.winner is not None:  # it was not known when the revision was registered
            latest["plan"] = _plan(entry)
        again = connection.execute(update(studies).where(this).values(latest))
        if again.rowcount == 0:
            after_look = bool(find_looks(connection, entry))
            connection.execute(insert(studies).values(_row(entry, after_look)))
        note_recipes(connection, entry.recipes)
        return _record(connection.execute(select(studies).where(this)).one())


def note_recipes(connection: Connection, given: Mapping[str, RecipeEntry]) -> None:
    """A row for each recipe and a planned one for its run, where there is none."""
    known = set(connection.scalars(select(recipes.c.fingerprint)))
    fresh = [
        {
            "fingerprint": name,
            "recipe": made.recipe,
            "data_fingerprint": made.data_fingerprint,
            "parent": made.parent,
        }
        for name, made in given.items()
        if name not in known
    ]
    if fresh:
        connection.execute(insert(recipes), fresh)
    plan_rows(connection, list(given))


def read_study_record(ledger: Ledger, name: str, revision: str | None = None) -> StudyRecord | None:
    """The revision named, or the one that was last asked for."""
    query = select(studies).where(studies.c.name == name).order_by(studies.c.registered.desc())
    if revision is not None:
        query = query.where(studies.c.revision == revision)
    with ledger.reading() as connection:
        row = connection.execute(query.limit(1)).first()
        return _record(row) if row else None


def read_claims_made(ledger: Ledger, name: str) -> list[tuple[float, dict[str, Any]]]:
    """When each revision of a study was first registered, and what it claims."""
    with ledger.reading() as connection:
        found = connection.execute(select(studies.c.created, studies.c.spec).where(studies.c.name == name))
        return [(created, spec.get("claims", {})) for created, spec in found]


def list_studies(ledger: Ledger) -> list[StudyRecord]:
    """Every revision of every study, the latest first."""
    with ledger.reading() as connection:
        query = select(studies).order_by(studies.c.registered.desc())
        return [_record(row) for row in connection.execute(query)]


def _row(entry: StudyEntry, after_look: bool) -> dict[str, Any]:
    now = time.time()
    return {
        "name": entry.name,
        "revision": entry.revision,
        "title": entry.title,
        "spec": entry.spec,
        "plan": _plan(entry),
        "after_look": after_look,
        "created": now,
        "registered": now,
    }


def _plan(entry: StudyEntry) -> dict[str, Any]:
    search = {"search": entry.search, "winner": entry.winner} if entry.search else {}
    return {
        "control": entry.control,
        "arms": [{"name": name, "changes": changes} for name, changes in entry.changes.items()],
        "cells": entry.cells,
        "stages": entry.stages,
    } | search


def _record(row: Row[Any]) -> StudyRecord:
    plan = row.plan
    return StudyRecord(
        id=row.id,
        name=row.name,
        revision=row.revision,
        title=row.title,
        spec=row.spec,
        control=plan["control"],
        changes={arm["name"]: arm["changes"] for arm in plan["arms"]},
        cells={
            arm: {int(seed): name for seed, name in cells.items()} for arm, cells in plan["cells"].items()
        },
        after_look=row.after_look,
        created=row.created,
        stages=plan.get("stages", {}),
        search=plan.get("search"),
        winner=plan.get("winner"),
    )
