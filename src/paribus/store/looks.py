"""The one door to test scores: they are written here, and each writing is a recorded look."""

import getpass
import math
import os
import platform
import time
from collections.abc import Mapping

from sqlalchemy import Connection, delete, insert, select

from paribus.store.ledger import Ledger
from paribus.store.records import LookRecord, StudyEntry, StudyRecord, TestScore
from paribus.store.runs import chunks
from paribus.store.schema import artifacts, studies, test_looks, test_scores


def record_test_look(
    ledger: Ledger,
    study: StudyRecord,
    scores: list[TestScore],
    files: Mapping[str, Mapping[str, tuple[str, int]]],
) -> None:
    """Writes the look and what it saw, all or nothing; `files`: run -> name -> (SHA-256, bytes)."""
    with ledger.writing() as connection:
        look = connection.execute(
            insert(test_looks).values(study=study.id, looked=time.time(), who=_whoever())
        ).inserted_primary_key
        assert look is not None
        for score in scores:
            values = {k: getattr(score, k) for k in ("fingerprint", "weights", "accuracy", "loss")}
            connection.execute(insert(test_scores).values(look=look[0], **values))
        kept = [(run, name, *file) for run, of_run in files.items() for name, file in of_run.items()]
        for fingerprint, name, sha256, size in kept:
            mine = (artifacts.c.fingerprint == fingerprint) & (artifacts.c.name == name)
            connection.execute(delete(artifacts).where(mine))
            values = {"fingerprint": fingerprint, "name": name, "sha256": sha256, "bytes": size}
            connection.execute(insert(artifacts).values(values))


def _whoever() -> str:
    """A container's user may have a number and no name."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = f"user {os.getuid()}"
    return f"{user}@{platform.node()}"


def read_test_scores(ledger: Ledger, study: StudyRecord) -> dict[str, TestScore]:
    """What this revision's last look saw, by run; empty while its test set is shut."""
    last = select(test_looks.c.id).where(test_looks.c.study == study.id)
    last = last.order_by(test_looks.c.id.desc()).limit(1)
    query = select(test_scores).where(test_scores.c.look == last.scalar_subquery())
    with ledger.reading() as connection:
        return {
            row.fingerprint: TestScore(
                row.fingerprint, row.weights, row.accuracy, math.nan if row.loss is None else row.loss
            )
            for row in connection.execute(query)
        }


def read_looks(ledger: Ledger, study: StudyRecord) -> list[LookRecord]:
    """Every look at the test set by any revision of the study, or by whichever study at these runs."""
    columns = (test_looks.c.looked, test_looks.c.who, studies.c.revision, studies.c.name)
    query = select(*columns).join_from(test_looks, studies).order_by(test_looks.c.id)
    with ledger.reading() as connection:
        ids = find_looks(connection, study)
        return [LookRecord(*row) for row in connection.execute(query.where(test_looks.c.id.in_(ids)))]


def find_looks(connection: Connection, study: StudyRecord | StudyEntry) -> set[int]:
    """Those of a study's name, and of any that saw two of its arms: what was compared stays so when renamed.

    A look at no more than a control that studies share compares nothing.
    """
    arms_of: dict[str, set[str]] = {}
    for arm, runs in study.cells.items():
        for fingerprint in runs.values():
            arms_of.setdefault(fingerprint, set()).add(arm)
    seen: dict[int, set[str]] = {}
    for chunk in chunks(arms_of):
        assert chunk is not None
        columns = select(test_scores.c.look, test_scores.c.fingerprint)
        for look, fingerprint in connection.execute(columns.where(test_scores.c.fingerprint.in_(chunk))):
            seen.setdefault(look, set()).update(arms_of[fingerprint])
    own = connection.scalars(select(test_looks.c.id).join(studies).where(studies.c.name == study.name))
    needed = 1 if len(study.cells) == 1 and not study.search else 2
    return {*own, *(look for look, arms in seen.items() if len(arms) >= needed)}
