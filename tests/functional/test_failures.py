"""A run's death is its own affair: it is tried again, then recorded; the others go on."""

import json
import os
import resource
import subprocess
import sys

import pytest

from .commands import SMALL, paribus, write_study
from .interruptions import remains

NETS = """
import os, signal
from pathlib import Path
from torch import nn

class Good(nn.Sequential):
    def __init__(self, classes, width=8):
        super().__init__(nn.Flatten(), nn.Linear(64, width), nn.ReLU(), nn.Linear(width, classes))

class Raises(Good):
    def forward(self, images):
        if self.training:
            raise RuntimeError("this net always fails")
        return super().forward(images)

class Dies(Good):
    def forward(self, images):
        if self.training:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().forward(images)

class Crashes(Good):
    def forward(self, images):
        if self.training:
            os.kill(os.getpid(), signal.SIGSEGV)
        return super().forward(images)

class NeverWorks(Good):
    def forward(self, images):
        raise ValueError("my bug")

class WrongShape(Good):
    def forward(self, images):
        return images

class DiesOnce(Good):
    def forward(self, images):
        mark = Path(__file__).with_name("died")
        if self.training and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().forward(images)

def not_a_net(classes):
    return 3
"""


def study_with(net):
    """The small study with two arms: a good net and the one named."""
    head = SMALL.partition("[factors]")[0].replace("optimizer.lr=0.01", "good")
    return f'{head}[arms]\ngood.net = "own_nets:Good"\nother.net = "own_nets:{net}"\n'


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "own_nets.py").write_text(NETS)
    return tmp_path


@pytest.mark.parametrize(
    ("net", "reason"),
    [
        ("Raises", "RuntimeError: this net always fails"),
        ("Dies", "was killed (signal 9)"),
    ],
)
def test_a_run_that_always_fails_is_recorded_and_the_others_finish(net, reason, folder):
    fails_always(folder, net, reason)


def test_a_crash_below_python_tells_where_python_was(folder):
    crashed = fails_always(
        folder, "Crashes", "was ended by signal 11 (SIGSEGV) at work in forward (own_nets.py, line 25)"
    )
    told = paribus(folder, "show", "run", crashed[:12]).stdout
    assert "Fatal Python error: Segmentation fault" in told
    assert "own_nets.py" in told
    assert "job.py" in told


def fails_always(folder, net, reason):
    """Runs the study of that net; returns the fingerprint of a run that failed for that reason."""
    write_study(folder, study_with(net))
    printed = paribus(folder, "run", code=1, workers=True).stdout
    assert reason in printed
    assert "2 of 4 runs are missing, 2 of them failed" in printed
    runs = json.loads(paribus(folder, "runs", "--json").stdout)
    assert sorted((run["arm"], run["state"]) for run in runs) == [
        ("good", "finished"), ("good", "finished"), ("other", "failed"), ("other", "failed"),
    ]  # fmt: skip
    failed = [run for run in runs if run["state"] == "failed"]
    assert all(reason in run["reason"] for run in failed)
    return failed[0]["fingerprint"]


def test_a_run_that_dies_once_is_tried_again_and_finishes(folder):
    write_study(folder, study_with("DiesOnce"))
    printed = paribus(folder, "run", workers=True).stdout
    assert "tried again from its checkpoint" in printed
    assert (folder / "died").exists()


def test_a_failed_run_is_trained_again_once_its_cause_is_mended(folder):
    write_study(folder, study_with("Raises"))
    paribus(folder, "run", code=1)
    (folder / "own_nets.py").write_text(NETS.replace("if self.training", "if False"))
    assert "0 cached, 4 to train" in paribus(folder, "run").stdout  # another source is another net


@pytest.mark.parametrize(
    ("net", "part"),
    [
        ("not_a_net", "made a int; expected a torch.nn.Module"),
        ("Missing", "cannot import 'own_nets:Missing'"),
        ("NeverWorks", "its forward raised ValueError: my bug (own_nets.py, line "),
        ("WrongShape", "it gave (2, 1, 8, 8); expected (2, 10), one number a class"),
    ],
)
def test_a_net_of_ones_own_that_is_none_is_refused_before_anything_runs(net, part, folder):
    write_study(folder, study_with(net))
    refused = paribus(folder, "run", code=2).stderr
    assert part in refused
    assert len(refused.strip().splitlines()) == 1
    assert not (folder / ".paribus").exists()


def test_a_diverged_run_is_a_result_with_its_step(tmp_path):
    write_study(tmp_path, SMALL.replace("[0.01, 0.001]", "[0.01, 1e6]").replace("epochs = 2", "epochs = 3"))
    printed = paribus(tmp_path, "run").stdout
    assert "diverged: loss" in printed
    assert "at step" in printed
    assert "2 of 2 runs of optimizer.lr=1000000.0 diverged" in printed
    assert "4 cached, 0 to train" in paribus(tmp_path, "check").stdout


def run_limited(folder, most_bytes):
    """`paribus run` where no file may grow beyond `most_bytes`: what a full disk does to every write."""
    return subprocess.run(
        [sys.executable, "-m", "paribus", "run", "--checkpoint-seconds", "0"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes)),
    )


def flip_a_bit(path):
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def test_what_a_run_is_judged_by_is_made_again_where_it_was_damaged(tmp_path):
    write_study(tmp_path)
    before = paribus(tmp_path, "run").stdout.partition("Which rate?")[2]
    left = remains(tmp_path / ".paribus")
    flip_a_bit(next(tmp_path.glob(".paribus/runs/*/validation-last.safetensors")))
    assert "its content does not match" in paribus(tmp_path, "report", code=2).stderr
    again = paribus(tmp_path, "run").stdout.partition("Which rate?")[2]
    assert again.splitlines()[1] == before.splitlines()[1]
    assert remains(tmp_path / ".paribus") == left


def test_test_files_that_are_gone_are_made_by_the_verb_that_the_message_names(tmp_path):
    write_study(tmp_path)
    paribus(tmp_path, "run")
    paribus(tmp_path, "test", "--yes")
    next(tmp_path.glob(".paribus/runs/*/test-last.safetensors")).unlink()
    said = paribus(tmp_path, "report", code=2).stderr
    assert said.endswith(
        "test-last.safetensors: cannot be read: No such file or directory; 'paribus test' makes it again\n"
    )
    assert "opened twice" in paribus(tmp_path, "test", "--yes").stdout
    paribus(tmp_path, "report")


WIDER = SMALL.replace("hidden = [32]", "hidden = [256]")


@pytest.fixture(scope="module")
def calm(tmp_path_factory):
    """What the wider net's study leaves where nothing is in its way."""
    place = tmp_path_factory.mktemp("calm")
    write_study(place, WIDER)
    paribus(place, "run")
    return remains(place / ".paribus")


@pytest.mark.slow
@pytest.mark.parametrize("most_bytes", [5_000, 70_000, 150_000, 250_000, 400_000])
def test_where_a_file_cannot_grow_one_line_says_so_and_nothing_is_lost(most_bytes, calm, tmp_path):
    write_study(tmp_path, WIDER)
    done = run_limited(tmp_path, most_bytes)
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert "cannot be written" in lines[0] or "ledger.sqlite" in lines[0]
    assert done.returncode == (0 if "study.html" in lines[0] else 2)
    paribus(tmp_path, "run")
    assert remains(tmp_path / ".paribus") == calm


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small file system takes root")
def test_a_disk_that_is_full_loses_nothing(calm, tmp_path):
    full = tmp_path / "full"
    full.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(full)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this system does not let root mount")
    try:
        write_study(full, WIDER)
        ballast = full / "ballast"
        for size in (900_000, 700_000, 500_000, 300_000):
            ballast.write_bytes(bytes(size))
            refused = paribus(full, "run", "--checkpoint-seconds", "0", code=2).stderr
            assert len(refused.strip().splitlines()) == 1, refused
            assert "room" in refused or "space" in refused
        ballast.unlink()
        subprocess.run(["mount", "-o", "remount,size=16m", str(full)], check=True)
        paribus(full, "run")
        assert remains(full / ".paribus") == calm
    finally:
        subprocess.run(["umount", str(full)], check=True)
