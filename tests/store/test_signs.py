import math

import pytest

from paribus.store import (
    append_epochs,
    claim_run,
    open_ledger,
    read_epoch_means,
    read_epochs,
    read_runs,
    read_signs,
    register_study,
)
from tests.contracts.ledger_contract import MACHINE, entry, epoch, finish, killed_owner_of


@pytest.fixture
def ledger(tmp_path):
    with open_ledger(tmp_path) as ledger:
        register_study(ledger, entry())
        yield ledger


def test_signs_say_what_the_whole_record_says(ledger):
    claim = claim_run(ledger, "a0", MACHINE)
    append_epochs(ledger, claim, [epoch(1), epoch(2)])
    finish(ledger, claim)
    record, signs = read_runs(ledger)["a0"], read_signs(ledger, ["a0", "unknown"])
    assert signs.keys() == {"a0"}
    shared = record.__dataclass_fields__.keys() & signs["a0"].__dataclass_fields__.keys()
    assert len(shared) >= 10
    assert {name: getattr(record, name) for name in shared} == {
        name: getattr(signs["a0"], name) for name in shared
    }


def test_a_run_whose_process_is_gone_is_not_running(ledger, tmp_path):
    killed_owner_of(tmp_path, "a0")
    signs = read_signs(ledger, ["a0"])["a0"]
    assert (signs.state, signs.reason) == ("stopped", "its process is gone; goes on from its checkpoint")


def test_an_epochs_means_are_those_of_the_whole_epoch(ledger):
    claim = claim_run(ledger, "a0", MACHINE)
    append_epochs(ledger, claim, [epoch(1, math.nan), epoch(2)])
    whole, means = read_epochs(ledger, "a0"), read_epoch_means(ledger, "a0")
    assert [record.step_losses.size for record in means] == [0, 0]
    assert math.isnan(means[0].train_loss)
    for name in ("epoch", "train_loss", "validation_accuracy", "learning_rate", "seconds"):
        assert getattr(means[1], name) == getattr(whole[1], name)
