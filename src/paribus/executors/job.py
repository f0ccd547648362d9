"""One run, from claim to result. Every executor calls this same function, wherever it works.

claim -> prepare -> go on from the last checkpoint -> train -> keep weights and predictions -> close
"""

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from paribus.errors import ClaimLost, ParibusError, StoreError
from paribus.executors.events import Event, Job
from paribus.executors.keeping import keep_results
from paribus.executors.parents import find_divergence_before
from paribus.executors.preparing import Prepared, describe_machine, prepare
from paribus.executors.scribe import Scribe
from paribus.store import (
    ENDED,
    Claim,
    Ledger,
    beat,
    claim_run,
    finish_run,
    note_facts,
    read_checkpoint,
    read_states,
    release_run,
    remove_checkpoints,
)
from paribus.training import train

Tell = Callable[[Event], None]


def run_job(job: Job, ledger: Ledger, *, tell: Tell, stopping: Callable[[], bool] = lambda: False) -> None:
    """Carries one run out, as far as `stopping` lets it; what became of it is in the ledger afterwards."""
    claim = claim_run(ledger, job.fingerprint, describe_machine(job))
    if claim is None:
        state = read_states(ledger, [job.fingerprint])[job.fingerprint]
        tell(Event("ended" if state in ENDED else "taken", job.fingerprint, {"state": state}))
        return
    try:
        if diverged := find_divergence_before(job, ledger):
            finish_run(ledger, claim, state="diverged", reason=diverged, epochs_kept=0, files={})
            tell(Event("ended", job.fingerprint, {"state": "diverged", "reason": diverged}))
            return
        run = prepare(job)
        note_facts(ledger, claim, parameters=run.parameters, facts=run.facts)
        with Scribe(ledger, claim, ledger.run_folder(job.fingerprint), job.checkpoint_seconds) as scribe:
            _resume(job, ledger, run, scribe, tell)
            ending = _train(job, run, scribe, tell, stopping)
        _close(job, ledger, claim, run, ending)
        facts = {"state": ending, "reason": run.diverged} | told_of(run)
    except ClaimLost:
        facts = {"state": "taken"}
    except StoreError:
        _release_if_possible(ledger, claim)
        raise
    except KeyboardInterrupt:
        release_run(ledger, claim, "stopped", reason="interrupted; goes on from its checkpoint")
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001  a run's failure is its own, and is recorded
        facts = _fail(ledger, claim, error)
    tell(Event("taken" if facts["state"] == "taken" else "ended", job.fingerprint, facts))


def _resume(job: Job, ledger: Ledger, run: Prepared, scribe: Scribe, tell: Tell) -> None:
    """Goes to where the run's newest whole checkpoint stands, if it has one."""
    complaints: list[str] = []
    if saved := read_checkpoint(ledger.run_folder(job.fingerprint)):
        arrays, facts, complaints = saved
        run.state.restore(arrays, facts)
        scribe.note_epochs(run.state.history)
        scribe.note_facts(run.parameters, run.facts)
    tell(Event("started", job.fingerprint, {"complaints": complaints} | told_of(run)))


def _train(job: Job, run: Prepared, scribe: Scribe, tell: Tell, stopping: Callable[[], bool]) -> str:
    """Trains, hands to the scribe what must be kept, and returns how it ended."""
    for moment in train(job.recipe, run.seen, run.state):
        if moment.record:
            scribe.note_epochs([moment.record])
            tell(Event("epoch", job.fingerprint, told_of(run)))
        while run.state.told:
            tell(Event("noted", job.fingerprint, {"line": run.state.told.pop(0)}))
            scribe.note_facts(run.parameters, run.facts)
        if moment.diverged:
            run.diverged = moment.diverged
            return "diverged"
        if stopping():
            scribe.checkpoint(run.state.step, run.state.capture())
            return "stopped"
        if scribe.checkpoint_is_due:
            scribe.checkpoint(run.state.step, run.state.capture())
    return "finished"


def _close(job: Job, ledger: Ledger, claim: Claim, run: Prepared, ending: str) -> None:
    """Keeps what outlives the run, closes its row, and only then drops the checkpoints."""
    if ending == "stopped":
        release_run(ledger, claim, "stopped", reason="goes on from its checkpoint")
        return
    beat(ledger, claim)  # a sleeper that wakes finds out here, before it writes files
    folder, history = ledger.run_folder(job.fingerprint), run.state.history
    scores = {record.epoch: record.validation_accuracy for record in history}
    finish_run(
        ledger,
        claim,
        state="diverged" if run.diverged else "finished",
        reason=run.diverged,
        epochs_kept=len(history),
        files={} if run.diverged else keep_results(job, folder, run),
        last_epoch=len(history) or None,
        last_score=scores.get(len(history)),
        best_epoch=run.state.best_epoch or None,
        best_score=scores.get(run.state.best_epoch),
        seconds=run.state.seconds,
    )
    remove_checkpoints(folder)


def _fail(ledger: Ledger, claim: Claim, error: BaseException) -> dict[str, Any]:
    """What the user can mend is not tried again by itself; what came from elsewhere may be."""
    users = isinstance(error, ParibusError)
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f" ({Path(frame.filename).name}, line {frame.lineno})"
    reason = str(error) if users else f"{type(error).__name__}: {error}{place}"
    release_run(ledger, claim, "failed", reason=reason, traceback=traceback.format_exc())
    return {"state": "failed", "reason": reason, "try_again": not users}


def _release_if_possible(ledger: Ledger, claim: Claim) -> None:
    """On a full disk even this may not be written; then the run is free when this process ends."""
    try:
        release_run(ledger, claim, "stopped", reason="could not write; goes on from its checkpoint")
    except StoreError:
        return


def told_of(run: Prepared) -> dict[str, Any]:
    """What a progress display shows of a run."""
    history = run.state.history
    return {
        "epoch": len(history),
        "loss": history[-1].train_loss if history else None,
        "accuracy": history[-1].validation_accuracy if history else None,
        "seconds": run.state.seconds,
    }
