"""A whole sweep, start-up included: 8 runs of LeNet-5, 2 epochs of 2,560 images of 32x32, flip + shift-crop.

Against the same 8 runs as scripts in a row (benchmarks/torchvision_loop.py), and two slots against one.

    python benchmarks/sweep.py [--rounds 1]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from paribus.executors import Job
from paribus.executors.local import LocalExecutor
from paribus.store import open_ledger
from paribus.workbench import Study

RUNS, TRAINED = 8, 2_560
HERE = Path(__file__).parent


def write_images(folder: Path) -> Path:
    """As many training images as are left when a tenth validates."""
    rng = np.random.default_rng(0)
    path = folder / "images.npz"
    count = round(TRAINED / 0.9)
    arrays = {
        "train_images": rng.integers(0, 256, (count, 32, 32, 3), dtype=np.uint8),
        "train_labels": rng.integers(0, 10, count),
        "test_images": rng.integers(0, 256, (100, 32, 32, 3), dtype=np.uint8),
        "test_labels": np.arange(100) % 10,
    }
    np.savez(path, **arrays)  # type: ignore[arg-type]
    return path


def write_study(folder: Path) -> Path:
    path = folder / "sweep.toml"
    path.write_text(f"""
[study]
title = "sweep"
seeds = {RUNS}
[run]
data = {{ name = "npz", path = "images.npz" }}
net = "lenet5"
augment = ["flip", "shift-crop"]
batch_size = 256
epochs = 2
""")
    return path


def sweep_seconds(study: Path, slots: int) -> float:
    """The command as a user gives it, from nothing to the report."""
    with tempfile.TemporaryDirectory() as store:
        command = [
            sys.executable,
            "-m",
            "paribus",
            "run",
            str(study),
            "--slots",
            str(slots),
            "--store",
            store,
        ]
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        return time.perf_counter() - started


def scripts_seconds(archive: Path) -> float:
    started = time.perf_counter()
    for seed in range(RUNS):
        command = [sys.executable, str(HERE / "torchvision_loop.py"), str(archive), str(seed)]
        subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started


def warm_seconds(study: Path, slots: int) -> float:
    """The same runs once the processes are warm."""
    asked = Study.load(study, settings={"study.seeds": 3 * RUNS, "epochs": 6})
    with tempfile.TemporaryDirectory() as store, LocalExecutor(slots=slots) as executor:
        asked.store = Path(store)
        with open_ledger(asked.store) as ledger:
            asked.register(ledger)
        jobs = [Job(run.fingerprint, run.recipe, asked.store, asked.file.folder) for run in asked.plan.runs]
        list(executor.carry_out(jobs[: 2 * slots]))
        started = time.perf_counter()
        list(executor.carry_out(jobs[2 * slots : 2 * slots + RUNS]))
        return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        os.environ["PARIBUS_CACHE"] = str(folder / "cache")
        archive, study = write_images(folder), write_study(folder)
        sweep_seconds(study, 2)  # the first look at the data and the files on disk belong to nobody
        rows: dict[str, list[float]] = {"ours": [], "scripts": [], "warm 1": [], "warm 2": []}
        for _ in range(asked.rounds):
            rows["ours"].append(sweep_seconds(study, 2))
            rows["scripts"].append(scripts_seconds(archive))
            rows["warm 1"].append(warm_seconds(study, 1))
            rows["warm 2"].append(warm_seconds(study, 2))
    seconds = {name: statistics.median(values) for name, values in rows.items()}
    ratio, slots = seconds["ours"] / seconds["scripts"], seconds["warm 2"] / seconds["warm 1"]
    print(f"{RUNS} runs of lenet5, 2 epochs of {TRAINED} images, flip + shift-crop, {asked.rounds} rounds")
    print(f"whole sweep, start-up included   {seconds['ours']:6.1f} s   goal 12 s")
    print(f"the same as scripts in a row     {seconds['scripts']:6.1f} s")
    print(f"ratio                            {ratio:6.2f}     goal 0.30")
    print(f"warm: 2 slots against 1          {slots:6.2f}     goal 0.62")
    print(json.dumps({"ratio": round(ratio, 3), "slots": round(slots, 3)}))


if __name__ == "__main__":
    main()
