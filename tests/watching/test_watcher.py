"""A watcher reads a real ledger, which real runs wrote."""

import shutil
import sqlite3

import pytest

from paribus import Study
from paribus.executors import Execution
from paribus.store import LEDGER_FILE, open_ledger
from paribus.watching import Watcher
from tests.contracts.ledger_contract import killed_owner_of

HERE = Execution(executor="inline")


def small_study(folder, *, seeds=2, store=None, **run):
    settings = {"data": "digits", "net": "linear", "epochs": 2, "batch_size": 512} | run
    return Study("t", seeds=seeds, run=settings, arms={"a": {}}, control="a", folder=folder, store=store)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    study = small_study(tmp_path_factory.mktemp("trained"))
    study.run(HERE)
    return study


@pytest.fixture
def study(trained, tmp_path):
    """A copy of the trained one, to spoil."""
    shutil.copytree(trained.store, tmp_path / ".paribus")
    return small_study(tmp_path)


@pytest.fixture
def watcher(study):
    watcher = Watcher(study.store, study.known_as)
    yield watcher
    watcher.close()


def test_it_sees_arms_runs_epochs_and_scores_as_the_ledger_has_them(study, watcher):
    view = watcher.look()
    with study.revisions.reading() as ledger:
        record = study.revisions.speaking(ledger)
    assert [arm.name for arm in view.arms] == ["a"]
    assert (view.pace, view.revision, view.control) == ("complete", record.revision, "a")
    assert [(run.seed, run.epoch, run.epochs, run.state) for run in view.runs] == [
        (0, 2, 2, "finished"), (1, 2, 2, "finished"),
    ]  # fmt: skip
    conclusion = study.conclude()
    assert view.arms[0].mean == pytest.approx(conclusion.arms[0].mean)


def test_where_nothing_has_changed_it_gives_the_same_view(watcher):
    first = watcher.look()
    watcher._looked = 0.0  # so that it reads
    assert watcher.look() is first


def test_before_the_first_run_there_is_nothing_and_afterwards_there_is(tmp_path):
    study = small_study(tmp_path, seeds=1)
    watcher = Watcher(study.store, study.known_as)
    assert watcher.look() is None
    study.run(HERE)
    assert watcher.look().ended == 1
    watcher.close()


def test_a_ledger_may_go_and_another_come(study, watcher, tmp_path):
    assert watcher.look().pace == "complete"
    shutil.rmtree(study.store)
    assert watcher.look() is None
    small_study(tmp_path, seeds=1).run(HERE)
    assert len(watcher.look().runs) == 1


def test_a_ledger_may_be_replaced_behind_its_back(study, watcher, tmp_path):
    assert len(watcher.look().runs) == 2
    other = small_study(tmp_path, seeds=1, store=tmp_path / "other")
    other.run(HERE)
    with sqlite3.connect(other.store / LEDGER_FILE) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    for name in (f"{LEDGER_FILE}-wal", f"{LEDGER_FILE}-shm"):
        (study.store / name).unlink(missing_ok=True)
    (other.store / LEDGER_FILE).replace(study.store / LEDGER_FILE)
    assert len(watcher.look().runs) == 1


def test_another_revision_is_seen(watcher, tmp_path):
    before = watcher.look()
    small_study(tmp_path, seeds=3).run(HERE)
    view = watcher.look()
    assert view.revision != before.revision
    assert [run.seed for run in view.runs] == [0, 1, 2]


def test_a_run_whose_process_was_killed_is_seen_without_a_word_in_the_ledger(tmp_path):
    study = small_study(tmp_path)
    with open_ledger(study.store) as ledger:
        study.register(ledger)
    name = study.plan.runs[0].fingerprint
    killed_owner_of(study.store, name)
    watcher = Watcher(study.store, study.known_as)
    [(arm, run)] = watcher.look().troubled
    assert (arm.name, run.fingerprint, run.state) == ("a", name, "stopped")
    assert run.signs.reason == "its process is gone; goes on from its checkpoint"
    watcher.close()


def test_of_a_history_only_what_changed_is_read_again(study, watcher):
    first = watcher.look()
    with sqlite3.connect(study.store / LEDGER_FILE) as connection:
        connection.execute("UPDATE runs SET heartbeat = heartbeat + 1 WHERE rowid = 1")
        connection.execute("UPDATE epochs SET validation_accuracy = 0.125")  # of both runs
    connection.close()
    scores = [run.history[0].validation_accuracy for run in watcher.look().runs]
    before = [run.history[0].validation_accuracy for run in first.runs]
    assert sorted(scores, key=lambda score: score != 0.125) != before
    assert sum(score == 0.125 for score in scores) == 1
