import time

import numpy as np
import pytest

from paribus.errors import ClaimLost, StoreError
from paribus.executors.scribe import Scribe
from paribus.store import (
    EpochRecord,
    RecipeEntry,
    StudyEntry,
    claim_run,
    open_ledger,
    read_checkpoint,
    read_epochs,
)
from paribus.store import register_study as register
from paribus.store.claims import Claim


@pytest.fixture
def ledger(tmp_path):
    with open_ledger(tmp_path) as opened:
        entry = StudyEntry(
            "s", "r", "t", {}, "a", {"a": {}}, {"a": {0: "run"}}, {"run": RecipeEntry({}, "data")}
        )
        register(opened, entry)
        yield opened


def record(epoch):
    return EpochRecord(epoch, 1.0, 0.5, 1.0, 0.5, 0.1, np.ones(3, np.float32), np.ones(3, np.float32))


def test_what_is_handed_over_is_written_when_the_context_ends(ledger, tmp_path):
    claim = claim_run(ledger, "run", {})
    with Scribe(ledger, claim, tmp_path / "run", 10.0) as scribe:
        scribe.note_epochs([record(1), record(2)])
        scribe.checkpoint(7, ({"weights": np.arange(3)}, {"step": 7}))
    assert [kept.epoch for kept in read_epochs(ledger, "run")] == [1, 2]
    arrays, facts, complaints = read_checkpoint(tmp_path / "run")
    assert (arrays["weights"].tolist(), facts, complaints) == ([0, 1, 2], {"step": 7}, [])


def test_a_checkpoint_is_due_after_its_time_and_not_before(ledger, tmp_path):
    claim = claim_run(ledger, "run", {})
    with Scribe(ledger, claim, tmp_path / "run", 0.2) as scribe:
        assert not scribe.checkpoint_is_due
        time.sleep(0.25)
        assert scribe.checkpoint_is_due
        scribe.checkpoint(1, ({"weights": np.arange(3)}, {}))
        assert not scribe.checkpoint_is_due


def test_a_fault_is_raised_where_something_is_next_handed_over(ledger, tmp_path):
    def write_for_a_lost_claim():
        with Scribe(ledger, Claim("run", 99), tmp_path / "run", 0.0) as scribe:
            scribe.note_epochs([record(1)])
            time.sleep(0.2)
            scribe.note_epochs([record(2)])
            pytest.fail("it went on")

    with pytest.raises(ClaimLost):
        write_for_a_lost_claim()
    assert read_epochs(ledger, "run") == []


def test_a_fault_in_the_last_writing_is_raised_too(ledger, tmp_path):
    claim = claim_run(ledger, "run", {})
    (tmp_path / "run").write_text("a file where the run's folder should be")
    with pytest.raises(StoreError), Scribe(ledger, claim, tmp_path / "run", 0.0) as scribe:
        scribe.checkpoint(1, ({"weights": np.arange(3)}, {}))


def test_an_error_of_the_run_itself_is_not_hidden(ledger, tmp_path):
    claim = claim_run(ledger, "run", {})
    with pytest.raises(ZeroDivisionError), Scribe(ledger, claim, tmp_path / "run", 0.0):
        raise ZeroDivisionError
