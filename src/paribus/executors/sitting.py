"""A command at work on a study says so in the ledger, and hears there when somebody asks it to stop.

A thread of its own looks, so that nothing that trains ever waits for the disk.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from paribus.errors import StoreError
from paribus.store import (
    Ledger,
    StudyRecord,
    beat_sitting,
    begin_sitting,
    end_sitting,
    is_asked_to_stop,
    open_ledger,
)

_LOOK_SECONDS = 0.5
_HEARTBEAT_SECONDS = 15.0


@contextmanager
def sitting(store: Path, study: StudyRecord, slots: int) -> Iterator[Callable[[], bool]]:
    """While inside, the ledger shows this process at work; gives what tells whether it shall stop."""
    over, stopping = threading.Event(), threading.Event()
    with open_ledger(store) as ledger:
        number = begin_sitting(ledger, study, slots)
        listener = threading.Thread(
            target=_listen, args=(ledger, number, over, stopping), name="sitting", daemon=True
        )
        listener.start()
        try:
            yield stopping.is_set
        finally:
            over.set()
            listener.join()
            with contextlib.suppress(StoreError):  # on a full disk the process' own end says it
                end_sitting(ledger, number)


def _listen(ledger: Ledger, number: int, over: threading.Event, stopping: threading.Event) -> None:
    beaten = time.monotonic()
    while not over.wait(_LOOK_SECONDS):
        with contextlib.suppress(StoreError):  # whoever trains meets the same trouble, and tells it
            if is_asked_to_stop(ledger, number):
                stopping.set()
            if time.monotonic() - beaten >= _HEARTBEAT_SECONDS:
                beaten = time.monotonic()
                beat_sitting(ledger, number)
