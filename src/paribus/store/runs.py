"""The rows of runs: what a run writes while it goes on, and what others read."""

import math
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
from sqlalchemy import Row, delete, func, insert, select, update

from paribus.store.claims import Claim, owner_lives, write_for
from paribus.store.ledger import Ledger
from paribus.store.records import ENDED, EpochRecord, RunRecord, State
from paribus.store.schema import artifacts, epochs, recipes, runs

GONE = "its process is gone; goes on from its checkpoint"
_CHUNK = 500  # SQLite takes only so many values in one statement


def append_epochs(ledger: Ledger, claim: Claim, records: Sequence[EpochRecord]) -> None:
    """Writes epochs; one that is there already is replaced, by the same values."""
    with ledger.writing() as connection:
        write_for(connection, claim, heartbeat=time.time(), attempts=1)
        for record in records:
            key = (epochs.c.fingerprint == claim.fingerprint) & (epochs.c.epoch == record.epoch)
            connection.execute(delete(epochs).where(key))
            connection.execute(insert(epochs).values(_epoch_row(claim.fingerprint, record)))


def finish_run(
    ledger: Ledger,
    claim: Claim,
    *,
    state: Literal["finished", "diverged"],
    epochs_kept: int,
    files: Mapping[str, tuple[str, int]],
    **results: Any,
) -> None:
    """Writes a run's result; `files` is name -> (SHA-256, bytes)."""
    with ledger.writing() as connection:
        now = time.time()
        known = func.coalesce(runs.c.known, now)  # making it again does not make it unseen
        write_for(connection, claim, state=state, ended=now, known=known, **results)
        mine = artifacts.c.fingerprint == claim.fingerprint
        connection.execute(delete(artifacts).where(mine))
        for name, (sha256, size) in files.items():
            values = {"name": name, "sha256": sha256, "bytes": size}
            connection.execute(insert(artifacts).values(fingerprint=claim.fingerprint, **values))
        beyond = (epochs.c.fingerprint == claim.fingerprint) & (epochs.c.epoch > epochs_kept)
        connection.execute(delete(epochs).where(beyond))


def release_run(
    ledger: Ledger,
    claim: Claim,
    state: Literal["stopped", "failed"],
    *,
    reason: str,
    traceback: str | None = None,
) -> None:
    """Gives the run back without a result; what it has done is kept for whoever goes on."""
    with ledger.writing() as connection:
        write_for(connection, claim, state=state, reason=reason, traceback=traceback, ended=time.time())


def fail_run(ledger: Ledger, fingerprint: str, reason: str, traceback: str | None = None) -> None:
    """Records that a run's own process died: nobody is left who could say so in its name.

    Unless another process has taken the run over in the meantime, and lives.
    """
    this = runs.c.fingerprint == fingerprint
    with ledger.writing() as connection:
        row = connection.execute(select(runs).where(this)).one()
        if row.state in {"planned", "stopped"} or (row.state == "running" and not owner_lives(row)):
            values = {"state": "failed", "reason": reason, "traceback": traceback, "ended": time.time()}
            connection.execute(update(runs).where(this).values(values))


def reopen_run(ledger: Ledger, fingerprint: str) -> None:
    """Makes a result planned again."""
    with ledger.writing() as connection:
        this = (runs.c.fingerprint == fingerprint) & runs.c.state.in_(ENDED)
        connection.execute(update(runs).where(this).values(state="planned", reason=None))


def note_facts(ledger: Ledger, claim: Claim, *, parameters: int, facts: Mapping[str, Any]) -> None:
    """What a run tells of itself before its first step; `facts` are plain values."""
    with ledger.writing() as connection:
        write_for(connection, claim, parameters=parameters, facts=dict(facts))


def read_runs(ledger: Ledger, fingerprints: Iterable[str] | None = None) -> dict[str, RunRecord]:
    """Runs by fingerprint: the ones asked for, or all."""
    found: dict[str, RunRecord] = {}
    columns = [*runs.c, recipes.c.recipe, recipes.c.parent, recipes.c.data_fingerprint]
    joined = select(*columns).join_from(runs, recipes).order_by(runs.c.created, runs.c.fingerprint)
    with ledger.reading() as connection:
        for chunk in chunks(fingerprints):
            wanted = joined if chunk is None else joined.where(runs.c.fingerprint.in_(chunk))
            for row in connection.execute(wanted):
                found[row.fingerprint] = _run_record(row, {})
            files = select(artifacts)
            if chunk is not None:
                files = files.where(artifacts.c.fingerprint.in_(chunk))
            for row in connection.execute(files):
                found[row.fingerprint].artifacts[row.name] = row.sha256
    return found


def find_runs(ledger: Ledger, beginning: str) -> list[str]:
    """The fingerprints that begin so."""
    query = select(runs.c.fingerprint).where(runs.c.fingerprint.startswith(beginning, autoescape=True))
    with ledger.reading() as connection:
        return list(connection.scalars(query))


def read_states(ledger: Ledger, fingerprints: Iterable[str]) -> dict[str, State]:
    """Just the states, of the runs that have a row."""
    found: dict[str, State] = {}
    with ledger.reading() as connection:
        for chunk in chunks(fingerprints):
            assert chunk is not None
            query = select(runs.c.fingerprint, runs.c.state).where(runs.c.fingerprint.in_(chunk))
            found |= {row.fingerprint: row.state for row in connection.execute(query)}
    return found


def read_epochs(ledger: Ledger, fingerprint: str) -> list[EpochRecord]:
    query = select(epochs).where(epochs.c.fingerprint == fingerprint).order_by(epochs.c.epoch)
    with ledger.reading() as connection:
        return [epoch_record(row) for row in connection.execute(query)]


def chunks(fingerprints: Iterable[str] | None) -> list[list[str] | None]:
    if fingerprints is None:
        return [None]
    names = list(dict.fromkeys(fingerprints))
    return [names[start : start + _CHUNK] for start in range(0, len(names), _CHUNK)]


def _epoch_row(fingerprint: str, record: EpochRecord) -> dict[str, Any]:
    row = {column: getattr(record, column) for column in EpochRecord.__dataclass_fields__}
    for column in ("step_losses", "step_accuracies"):
        row[column] = row[column].astype("<f4").tobytes()
    return {"fingerprint": fingerprint, **row}


def epoch_record(row: Row[Any], **steps: Any) -> EpochRecord:
    """`steps` stand for columns that were not read."""
    values: dict[str, Any] = dict(row._mapping)
    del values["fingerprint"]
    for name, value in values.items():
        if name in ("step_losses", "step_accuracies"):
            values[name] = np.frombuffer(value, dtype="<f4")
        elif value is None:
            values[name] = math.nan  # SQLite keeps a loss that is no number as NULL
    return EpochRecord(**values, **steps)


def _run_record(row: Row[Any], files: dict[str, str]) -> RunRecord:
    values = {name: row._mapping[name] for name in RunRecord.__dataclass_fields__ if name in row._mapping}
    if is_gone(row):
        values |= {"state": "stopped", "reason": GONE}
    return RunRecord(**values, artifacts=files)


def is_gone(row: Any) -> bool:
    """Whether a run's row says that it goes on, and its process is not there any more."""
    return row.state == "running" and not owner_lives(row)
