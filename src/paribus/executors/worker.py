"""A warm worker process: jobs come in on standard input, events go out on standard output, a line each.

It ends when its input closes, which happens however its parent ends: a run under way is checkpointed first.
What anyone prints goes to standard error, so that nothing disturbs the events.
"""

import faulthandler
import gc
import json
import os
import queue
import signal
import sys
import threading
from typing import Any, TextIO

from paribus.errors import ParibusError
from paribus.executors.events import Event, Job
from paribus.executors.heap import keep_freed_memory
from paribus.executors.job import run_job
from paribus.executors.preparing import settled
from paribus.executors.testing import test_job
from paribus.store import Ledger, open_ledger

_LONGEST_STOP_SECONDS = 8.0


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    faulthandler.enable(all_threads=False)  # whoever crashes below Python says where
    keep_freed_memory()
    gc.freeze()  # what is loaded stays, and need not be looked at again
    gc.enable()
    events = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    orders = os.fdopen(os.dup(0), encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # who asks for input is told at once that there is none
    jobs: queue.Queue[dict[str, Any] | None] = queue.Queue()
    stopping = threading.Event()
    threading.Thread(target=_listen, args=(orders, jobs, stopping), daemon=True).start()
    ledgers: dict[str, Ledger] = {}
    while (plain := jobs.get()) is not None and not stopping.is_set():
        _say(events, _carry_out(plain, ledgers, events, stopping))


def _listen(orders: TextIO, jobs: "queue.Queue[dict[str, Any] | None]", stopping: threading.Event) -> None:
    for line in orders:
        jobs.put(json.loads(line))
    stopping.set()
    jobs.put(None)
    threading.Event().wait(_LONGEST_STOP_SECONDS)
    os._exit(1)  # stuck in somebody's code: the last checkpoint stands


def _carry_out(
    plain: dict[str, Any], ledgers: dict[str, Ledger], events: TextIO, stopping: threading.Event
) -> dict[str, Any]:
    """One job; returns what is said at its end: the worker is free, or why the study cannot go on."""
    if plain["folder"] not in sys.path:
        sys.path.append(plain["folder"])  # the user's own modules lie beside the study
    try:
        job = settled(Job.from_plain(plain))
        if plain["store"] not in ledgers:
            ledgers[plain["store"]] = open_ledger(job.store)
        ledger = ledgers[plain["store"]]

        def tell(event: Event) -> None:
            _say(events, {"kind": event.kind, "fingerprint": event.fingerprint, "facts": event.facts})

        if job.test is None:
            run_job(job, ledger, tell=tell, stopping=stopping.is_set)
        else:
            test_job(job, ledger, tell=tell)
    except ParibusError as error:
        return {"kind": "free", "fault": str(error)}
    return {"kind": "free", "fault": None}


def _say(events: TextIO, plain: dict[str, Any]) -> None:
    try:
        events.write(json.dumps(plain) + "\n")
        events.flush()
    except BrokenPipeError:
        return  # nobody listens any more; standard input says so too
