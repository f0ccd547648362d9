"""Whose run it is. Claims are transactional and numbered: of any number of processes one gets a run, a dead
one's runs can be taken over, and a sleeper that wakes after that can write nothing more.
"""

import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from paribus.errors import ClaimLost
from paribus.store.ledger import Ledger
from paribus.store.processes import find_process, host_name, this_process
from paribus.store.records import ENDED
from paribus.store.schema import runs

SILENT_SECONDS = 90.0  # after so long without a heartbeat a process of another host counts as dead


@dataclass(frozen=True)
class Claim:
    """The right to write for one run."""

    fingerprint: str
    number: int


def claim_run(ledger: Ledger, fingerprint: str, machine: dict[str, Any]) -> Claim | None:
    """Takes the run, unless it has ended or somebody who lives has it."""
    with ledger.writing() as connection:
        row = connection.execute(
            select(runs).where(runs.c.fingerprint == fingerprint).with_for_update()
        ).one()
        if row.state in ENDED or (row.state == "running" and owner_lives(row)):
            return None
        claim = Claim(fingerprint, row.claim + 1)
        now = time.time()
        connection.execute(
            update(runs)
            .where(runs.c.fingerprint == fingerprint)
            .values(
                **this_process(),
                state="running",
                reason=None,
                traceback=None,
                claim=claim.number,
                heartbeat=now,
                started=row.started or now,
                attempts=row.attempts + 1,
                machine=machine,
            )
        )
        return claim


def beat(ledger: Ledger, claim: Claim, *, progressed: bool = False) -> None:
    """Says that the owner lives, and perhaps got on; raises ClaimLost where it is the owner no more."""
    progress = {"attempts": 1} if progressed else {}
    with ledger.writing() as connection:
        write_for(connection, claim, heartbeat=time.time(), **progress)


def write_for(connection: Connection, claim: Claim, **values: Any) -> None:
    """Changes the run's row in the name of `claim`, or raises ClaimLost."""
    changed = connection.execute(
        update(runs)
        .where(runs.c.fingerprint == claim.fingerprint, runs.c.claim == claim.number)
        .where(runs.c.state == "running")
        .values(**values)
    )
    if changed.rowcount != 1:
        raise ClaimLost(f"run {claim.fingerprint[:12]} was taken over by another process")


def plan_rows(connection: Connection, fingerprints: list[str]) -> None:
    """A row for each run that has none, before its first step."""
    known = set(connection.scalars(select(runs.c.fingerprint)))
    fresh = [name for name in dict.fromkeys(fingerprints) if name not in known]
    if fresh:
        values = {"state": "planned", "claim": 0, "attempts": 0, "created": time.time()}
        connection.execute(insert(runs), [{"fingerprint": name, **values} for name in fresh])


def owner_lives(row: Any) -> bool:
    """Whether the process that a row names is still there."""
    if row.host != host_name():
        return bool(time.time() - row.heartbeat < SILENT_SECONDS)
    return find_process(row.host, row.pid, row.pid_started) is not None
