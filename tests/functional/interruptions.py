"""Kills a study at random moments, starts it again each time, and compares the outcome with a calm one.

    python tests/functional/interruptions.py --kills 30 --slots 2

Kills hit a worker, the main process alone, or the whole group, by SIGKILL. All that a run leaves must be
the same to the bit: history (clock columns aside), weights and predictions.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import psutil

from paribus.store import open_ledger, read_epochs, read_runs

STUDY = """
[study]
title = "Does shifting help?"
control = "augment=[]"
seeds = 2

[run]
data = { name = "streetnumbers", train = 1000, test = 100 }
net = { name = "lenet5", dropout = 0.2 }
optimizer = { name = "adam", lr = 2e-3 }
schedule = "one-cycle"
batch_size = 16
epochs = 4
stop = { patience = 3 }

[factors]
augment = [[], ["shift-crop", "rotate", "brightness"]]
"""

VICTIMS = ("worker", "main", "group")


def write_study(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "study.toml"
    path.write_text(STUDY, encoding="utf-8")
    return path


def start(study: Path, slots: int, *more: str) -> "subprocess.Popen[str]":
    """`paribus run` in a process group of its own, saving often."""
    command = [sys.executable, "-m", "paribus", "run", study.name, "--slots", str(slots)]
    return subprocess.Popen(
        [*command, "--checkpoint-seconds", "0.1", *more],
        cwd=study.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def finish(process: "subprocess.Popen[str]") -> str:
    """Waits for the end; what it printed."""
    printed, _ = process.communicate(timeout=280)
    assert process.returncode == 0, printed
    return printed


def wait_for_workers(process: "subprocess.Popen[str]") -> None:
    """Until there is somebody to kill, or nothing left to do."""
    while process.poll() is None and not psutil.Process(process.pid).children():
        time.sleep(0.05)


def kill_one(process: "subprocess.Popen[str]", victim: str, chance: random.Random) -> bool:
    """True where somebody was killed."""
    if process.poll() is not None:
        return False
    if victim == "main":
        process.kill()
    elif victim == "group":
        for everyone in [*psutil.Process(process.pid).children(), psutil.Process(process.pid)]:
            everyone.kill()
    else:
        workers = psutil.Process(process.pid).children()
        if not workers:
            return False
        chance.choice(workers).kill()
    return True


def interrupt(study: Path, kills: int, slots: int, seed: int, victims: tuple[str, ...] = VICTIMS) -> int:
    """Runs the study to its end in spite of `kills` kills; returns how many hit before it was done."""
    chance = random.Random(seed)
    hit = 0
    process = start(study, slots)
    for number in range(kills):
        wait_for_workers(process)
        time.sleep(chance.uniform(0.0, 3.0))
        victim = victims[number % len(victims)]
        hit += kill_one(process, victim, chance)
        if process.poll() is not None or victim != "worker":
            process.communicate()
            if process.returncode == 0:
                break
            process = start(study, slots)  # at once: the orphans may still be at it
    finish(process)
    return hit


def remains(store: Path) -> dict[str, object]:
    """All that the runs in a ledger left, clocks aside: comparable with ==."""
    with open_ledger(store, create=False) as ledger:
        left: dict[str, object] = {}
        for name, run in read_runs(ledger).items():
            history = [replace(record, seconds=0.0) for record in read_epochs(ledger, name)]
            rows = [
                [value.tobytes() if hasattr(value, "tobytes") else value for value in vars(record).values()]
                for record in history
            ]
            scores = (run.last_epoch, run.last_score, run.best_epoch, run.best_score)
            left[name] = (run.state, scores, rows, sorted(run.artifacts.items()))
    return left


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--slots", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        calm, rough = write_study(Path(place) / "calm"), write_study(Path(place) / "rough")
        finish(start(calm, 1))
        expected = remains(calm.parent / ".paribus")
        hit, rounds = 0, 0
        while hit < asked.kills:  # a study may end before all its kills: then it is begun anew
            for file in sorted((rough.parent / ".paribus").rglob("*"), reverse=True):
                file.rmdir() if file.is_dir() else file.unlink()
            hit += interrupt(rough, asked.kills - hit, asked.slots, asked.seed + rounds)
            rounds += 1
            assert remains(rough.parent / ".paribus") == expected, f"differs after {hit} kills"
            print(f"{hit} of {asked.kills} kills, {rounds} studies, all bits equal", flush=True)


if __name__ == "__main__":
    main()
