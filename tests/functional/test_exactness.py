"""Same recipe, same bits: interrupted or not, alone or among others, one slot or two."""

import random
import signal
import sqlite3
import subprocess
import time

import pytest

from paribus.store import open_ledger, read_runs

from . import interruptions as rough
from .commands import paribus


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """What the study leaves when nothing disturbs it."""
    study = rough.write_study(tmp_path_factory.mktemp("calm"))
    rough.finish(rough.start(study, 1))
    return rough.remains(study.parent / ".paribus")


def test_two_slots_give_the_bits_of_one(expected, tmp_path):
    study = rough.write_study(tmp_path)
    rough.finish(rough.start(study, 2))
    assert rough.remains(tmp_path / ".paribus") == expected


def test_this_process_gives_the_bits_of_a_worker(expected, tmp_path):
    study = rough.write_study(tmp_path)
    rough.finish(rough.start(study, 1, "--executor", "inline"))
    assert rough.remains(tmp_path / ".paribus") == expected


@pytest.mark.slow
@pytest.mark.parametrize("slots", [1, 2])
def test_a_study_killed_three_times_ends_with_the_same_bits(slots, expected, tmp_path):
    study = rough.write_study(tmp_path)
    assert rough.interrupt(study, kills=3, slots=slots, seed=slots) >= 1
    assert rough.remains(tmp_path / ".paribus") == expected


@pytest.mark.slow
def test_a_run_killed_within_an_epoch_goes_on_from_there(expected, tmp_path):
    """The checkpoint is of a step inside an epoch, and the epochs before are not trained again."""
    study = rough.write_study(tmp_path)
    process = rough.start(study, 1)
    deadline = time.monotonic() + 60
    while not list((tmp_path / ".paribus").glob("runs/*/checkpoint-*.safetensors")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    rough.kill_one(process, "group", random.Random(0))
    process.communicate()
    steps = [
        int(path.stem.removeprefix("checkpoint-"))
        for path in (tmp_path / ".paribus").glob("runs/*/checkpoint-*.safetensors")
    ]
    assert any(step % 57 for step in steps)  # 900 images in batches of 16: 57 steps an epoch
    rough.finish(rough.start(study, 1))
    assert rough.remains(tmp_path / ".paribus") == expected


@pytest.mark.slow
def test_a_damaged_checkpoint_is_named_and_the_one_before_is_used(expected, tmp_path):
    study = rough.write_study(tmp_path)
    process = rough.start(study, 1)
    folder = tmp_path / ".paribus"
    deadline = time.monotonic() + 60
    while len(found := sorted(folder.glob("runs/*/checkpoint-*.safetensors"))) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    rough.kill_one(process, "group", random.Random(0))
    process.communicate()
    newest = max(folder.glob("runs/*/checkpoint-*.safetensors"))
    newest.write_bytes(newest.read_bytes()[:-100])
    assert len(found) >= 2
    printed = rough.finish(rough.start(study, 1))
    assert newest.name in printed
    assert "the one before is used" in printed
    assert rough.remains(folder) == expected


@pytest.mark.slow
def test_four_processes_at_once_lose_nothing_and_double_nothing(expected, tmp_path):
    study = rough.write_study(tmp_path)
    processes = [rough.start(study, 1) for _ in range(4)]
    for process in processes:
        rough.finish(process)
    assert rough.remains(tmp_path / ".paribus") == expected
    with sqlite3.connect(tmp_path / ".paribus" / "ledger.sqlite") as connection:
        claims = [row[0] for row in connection.execute("select claim from runs")]
        epochs = connection.execute("select count(*), count(distinct fingerprint || epoch) from epochs")
        rows, distinct = epochs.fetchone()
    connection.close()
    assert claims == [1] * 4  # each was trained by one process, once
    assert rows == distinct


@pytest.mark.slow
def test_ctrl_c_stops_within_seconds_and_the_same_command_goes_on(expected, tmp_path):
    study = rough.write_study(tmp_path)
    process = rough.start(study, 2)
    deadline = time.monotonic() + 60
    while not list((tmp_path / ".paribus").glob("runs/*/checkpoint-*.safetensors")):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    printed, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "the same command goes on from here" in printed
    left = subprocess.run(["pgrep", "-g", str(process.pid)], capture_output=True, text=True, check=False)
    assert left.stdout == ""  # nothing is left running
    with open_ledger(tmp_path / ".paribus", create=False) as ledger:
        assert {run.state for run in read_runs(ledger).values()} <= {"planned", "stopped", "finished"}
    paribus(tmp_path, "run")
    assert rough.remains(tmp_path / ".paribus") == expected
