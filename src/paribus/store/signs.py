"""What of runs changes while they go on, for those who look again and again: few columns, and no steps."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from sqlalchemy import Row, select

from paribus.store.ledger import Ledger
from paribus.store.records import EpochRecord, RunSigns
from paribus.store.runs import GONE, chunks, epoch_record, is_gone
from paribus.store.schema import epochs, runs

_NO_STEPS = np.empty(0, dtype="<f4")
_STEPS = ("step_losses", "step_accuracies")
_SIGNS = [column for column in runs.c if column.name in RunSigns.__dataclass_fields__]
_MEANS = [column for column in epochs.c if column.name not in _STEPS]


def read_signs(ledger: Ledger, fingerprints: Iterable[str]) -> dict[str, RunSigns]:
    """Of the runs that have a row."""
    found: dict[str, RunSigns] = {}
    with ledger.reading() as connection:
        for chunk in chunks(fingerprints):
            assert chunk is not None
            for row in connection.execute(select(*_SIGNS).where(runs.c.fingerprint.in_(chunk))):
                found[row.fingerprint] = _signs(row)
    return found


def read_epoch_means(ledger: Ledger, fingerprint: str) -> list[EpochRecord]:
    """A run's history without its single steps."""
    query = select(*_MEANS).where(epochs.c.fingerprint == fingerprint).order_by(epochs.c.epoch)
    with ledger.reading() as connection:
        return [epoch_record(row, **dict.fromkeys(_STEPS, _NO_STEPS)) for row in connection.execute(query)]


def _signs(row: Row[Any]) -> RunSigns:
    gone = {"state": "stopped", "reason": GONE} if is_gone(row) else {}
    return RunSigns(**(dict(row._mapping) | gone))
