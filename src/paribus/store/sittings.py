"""Who is at work on a study: a row for each command that trains its runs, from its first run to its last.

A stop that somebody asks for stands in that row. So it reaches the command that it was meant for, whatever
process that has become, and none that is begun afterwards.
"""

import time
from typing import Any

from sqlalchemy import Row, Select, insert, select, update

from paribus.store.claims import owner_lives
from paribus.store.ledger import Ledger
from paribus.store.processes import this_process
from paribus.store.records import SittingRecord, StudyRecord
from paribus.store.schema import sittings, studies

_MOST = 64  # looked at


def begin_sitting(ledger: Ledger, study: StudyRecord, slots: int) -> int:
    """Says that this process sets to work; returns the number by which the sitting is known."""
    now = time.time()
    values = {"study": study.id, "slots": slots, "started": now, "heartbeat": now}
    with ledger.writing() as connection:
        key = connection.execute(insert(sittings).values(**this_process(), **values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def beat_sitting(ledger: Ledger, number: int) -> None:
    """Says that it lives, for whoever looks from another host."""
    with ledger.writing() as connection:
        connection.execute(update(sittings).where(sittings.c.id == number).values(heartbeat=time.time()))


def end_sitting(ledger: Ledger, number: int) -> None:
    with ledger.writing() as connection:
        connection.execute(update(sittings).where(sittings.c.id == number).values(ended=time.time()))


def is_asked_to_stop(ledger: Ledger, number: int) -> bool:
    with ledger.reading() as connection:
        asked = connection.scalar(select(sittings.c.stop_asked).where(sittings.c.id == number))
    return asked is not None


def ask_to_stop(ledger: Ledger, study_name: str) -> int:
    """Asks every command that is at work on the study, whichever revision; returns how many those are."""
    with ledger.writing() as connection:
        rows = connection.execute(_of_study(study_name).where(sittings.c.ended.is_(None)))
        living = [row.id for row in rows if owner_lives(row)]
        this = sittings.c.id.in_(living) & sittings.c.stop_asked.is_(None)
        connection.execute(update(sittings).where(this).values(stop_asked=time.time()))
    return len(living)


def read_sittings(ledger: Ledger, study_name: str) -> list[SittingRecord]:
    """Those that live, and the last of those that do not; the latest first."""
    with ledger.reading() as connection:
        rows = connection.execute(_of_study(study_name).order_by(sittings.c.id.desc()).limit(_MOST))
        records = [_record(row) for row in rows]
    over = [record for record in records if not record.lives]
    return [record for record in records if record.lives or record is over[0]]


def _of_study(name: str) -> Select[Any]:
    return select(sittings).join(studies).where(studies.c.name == name)


def _record(row: Row[Any]) -> SittingRecord:
    fields = SittingRecord.__dataclass_fields__
    values = {name: value for name, value in row._mapping.items() if name in fields}
    return SittingRecord(**values, lives=row.ended is None and owner_lives(row))
