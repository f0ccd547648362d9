import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from paribus.store import read_checkpoint, remove_checkpoints, write_arrays, write_checkpoint


def write(folder, step):
    write_checkpoint(folder, step, {"weights": np.full(5, step, dtype=np.float32)}, {"step": step})


def newest(folder):
    """(step, complaints) of the checkpoint that would be used."""
    arrays, facts, complaints = read_checkpoint(folder)
    assert arrays["weights"].tolist() == [facts["step"]] * 5
    return facts["step"], complaints


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def file_of(folder, step):
    return folder / f"checkpoint-{step:010d}.safetensors"


def test_without_a_checkpoint_there_is_none(tmp_path):
    assert read_checkpoint(tmp_path) is None
    assert read_checkpoint(tmp_path / "nowhere") is None


def test_the_newest_is_read_and_the_last_two_are_kept(tmp_path):
    for step in (5, 90, 100, 1_000_000):
        write(tmp_path, step)
    assert newest(tmp_path) == (1_000_000, [])
    assert sorted(tmp_path.glob("*.safetensors")) == [file_of(tmp_path, 100), file_of(tmp_path, 1_000_000)]
    assert len(names_in(tmp_path)) == 4


def test_a_damaged_one_is_passed_over_with_its_name(tmp_path):
    write(tmp_path, 1)
    write(tmp_path, 2)
    content = file_of(tmp_path, 2).read_bytes()
    file_of(tmp_path, 2).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    name = file_of(tmp_path, 2)
    assert newest(tmp_path) == (
        1, [f"{name}: its content does not match {name.name}.sha256; the one before is used"]
    )  # fmt: skip


def test_where_all_are_damaged_there_is_none(tmp_path):
    write(tmp_path, 1)
    write(tmp_path, 2)
    for step in (1, 2):
        file_of(tmp_path, step).write_bytes(b"")
    assert read_checkpoint(tmp_path) is None


@pytest.mark.parametrize("there_before", [True, False])
def test_a_crash_between_the_two_renames_is_survived(tmp_path, there_before):
    """The sum has its name already, the file has not: what such a crash leaves, made by hand."""
    write(tmp_path, 1)
    write(tmp_path, 2)
    if not there_before:
        file_of(tmp_path, 2).unlink()
    file_of(tmp_path, 2).with_suffix(".safetensors.sha256").write_text("0" * 64 + "\n")
    step, complaints = newest(tmp_path)
    assert step == 1
    assert len(complaints) == there_before
    write(tmp_path, 2)
    assert newest(tmp_path) == (2, [])


def test_removing_them_leaves_nothing_not_even_what_a_crash_left(tmp_path):
    write(tmp_path, 1)
    write(tmp_path, 2)
    (tmp_path / ".checkpoint-0000000003.safetensors.4711").write_bytes(b"half")
    (tmp_path / "checkpoint-0000000003.safetensors.sha256").write_text("0" * 64)
    write_arrays(tmp_path / "last.safetensors", {})
    remove_checkpoints(tmp_path)
    assert names_in(tmp_path) == ["last.safetensors", "last.safetensors.sha256"]


# Writes checkpoint after checkpoint until it is killed; says the step of each that is whole.
WRITER = """
import sys
from pathlib import Path
import numpy as np
from paribus.store import write_checkpoint
for step in range(1, 1_000_000):
    arrays = {"weights": np.full(5, step, dtype=np.float32), "bulk": np.zeros(100_000)}
    write_checkpoint(Path(sys.argv[1]), step, arrays, {"step": step})
    print(step, flush=True)
"""


def test_a_process_that_is_killed_at_any_moment_leaves_its_last_whole_checkpoint(tmp_path):
    for attempt in range(6):
        folder = tmp_path / str(attempt)
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True
        ) as process:
            process.stdout.readline()
            time.sleep(0.01 + 0.0037 * attempt)
            process.send_signal(signal.SIGKILL)
            said = process.stdout.read().split()
        step, _ = newest(folder)
        assert step >= int(said[-1] if said else 1)
