"""How soon images are ready, and what they take: an archive of 32x32 JPEGs, read once and shared.

    python benchmarks/data.py TRAIN.tar.gz [TEST.tar.gz]

Where none is named, PARIBUS_REALDATA names a folder with `cifar10-train.tar.gz` and `cifar10-test-a.tar.gz`.
Prints seconds from a process's start until its first training step could be taken (torch imported, images
mapped, split drawn), for the first use and later ones; what two processes that train on it at once hold of
the pixels (resident and proportional set size); and the memory of a process of its own that trains on a set
much larger than what it may hold.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

GOALS = {"first": 20.0, "second": 1.0}
_LARGE_IMAGES = 200_000  # of 3 x 64 x 64: 2.5 GB

# What a worker does before its first step; it says how long opening took.
READY = """
import sys, time
from pathlib import Path
started = time.perf_counter()
from paribus.data import open_data, select_training
from paribus.specs.datasets import Folder
options = Folder(path=tuple(sys.argv[1:]))
data = open_data(options, Path("."))
chosen = select_training(options, data, 0)
print(len(chosen.train.positions), time.perf_counter() - started)
"""

# Trains, then waits with everything mapped.
TRAINS = """
import sys
from pathlib import Path
from paribus.data import open_data, select_training
from paribus.nets import Shape
from paribus.nets.building import build_net
from paribus.specs import RecipeSpec
from paribus.schedules import steps_per_epoch
from paribus.training import TrainingData, first_state, resident, train
recipe = RecipeSpec.model_validate({
    "data": {"name": "folder", "path": sys.argv[1:]}, "net": "linear", "epochs": 2, "batch_size": 256,
})
data = open_data(recipe.data, Path("."))
chosen = select_training(recipe.data, data, 0)
pixels = data.split("train").pixels
parts = [resident(pixels, part.positions, part.labels, "cpu") for part in (chosen.train, chosen.validation)]
seen = TrainingData(*parts, data.mean, data.deviation, chosen.classes)
shape = Shape(*data.shape, classes=len(chosen.classes))
net = build_net(recipe.net, shape, 0)
state = first_state(recipe, net, shape, steps_per_epoch(len(seen.train), recipe.batch_size), "cpu")
for moment in train(recipe, seen, state):
    pass
print(data.folder, flush=True)
sys.stdin.read()
"""

# Writes a large set block by block and trains on it; says what it held.
LARGE = """
import sys, threading
from pathlib import Path
import numpy as np
from paribus.data.cache import open_cached
from paribus.data.images import Reading, Source

images, block = int(sys.argv[1]), 2_000

def read(album):
    for start in range(0, images, block):
        draw = np.random.default_rng(start)
        album.add("train", draw.integers(0, 256, (block, 3, 64, 64), dtype=np.uint8), np.arange(block) % 10)
    album.add("test", draw.integers(0, 256, (100, 3, 64, 64), dtype=np.uint8), np.arange(100) % 10)
    return Reading(tuple("0123456789"))

def anonymous():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1e3

class Watch(threading.Thread):
    most = 0.0
    def run(self):
        while not self.done.wait(0.02):
            self.most = max(self.most, anonymous())
    def __enter__(self):
        self.done = threading.Event()
        self.start()
        return self
    def __exit__(self, *_):
        self.done.set()
        self.join()

with Watch() as writing:
    data = open_cached(Source(f"large {images}", read))
from paribus.data import select_training
from paribus.nets import Shape
from paribus.nets.building import build_net
from paribus.specs import RecipeSpec
from paribus.schedules import steps_per_epoch
from paribus.training import TrainingData, first_state, resident, train
recipe = RecipeSpec.model_validate({
    "data": "digits", "net": "linear", "augment": ["flip", "shift-crop"], "epochs": 1, "batch_size": 256,
})
pixels = data.split("train").pixels
chosen = select_training(recipe.data, data, 0)
parts = [resident(pixels, part.positions, part.labels, "cpu") for part in (chosen.train, chosen.validation)]
seen = TrainingData(*parts, data.mean, data.deviation, chosen.classes)
shape = Shape(*data.shape, classes=10)
net = build_net(recipe.net, shape, 0)
state = first_state(recipe, net, shape, steps_per_epoch(len(seen.train), recipe.batch_size), "cpu")
before = anonymous()
with Watch() as training:
    for moment in train(recipe, seen, state):
        pass
print(pixels.nbytes / 1e6, writing.most, before, training.most)
"""


def run(program: str, *words: str, cache: Path) -> str:
    environment = os.environ | {"PARIBUS_CACHE": str(cache)}
    command = [sys.executable, "-c", program, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout


def time_uses(archives: list[str], cache: Path) -> None:
    print("seconds until images are ready to train (a process of its own each time)")
    for use, goal in {"first": GOALS["first"], "second": GOALS["second"]}.items():
        images, seconds = run(READY, *archives, cache=cache).split()
        print(f"  {use} use   {float(seconds):6.2f}   goal {goal:g}   ({int(images):,} images)")


def show_sharing(archives: list[str], cache: Path) -> None:
    environment = os.environ | {"PARIBUS_CACHE": str(cache)}
    trainings = [
        subprocess.Popen(
            [sys.executable, "-c", TRAINS, *archives],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
        )
        for _ in range(2)
    ]  # fmt: skip
    folders = [Path(training.stdout.readline().strip()) for training in trainings if training.stdout]
    print("two processes that trained on it at once: megabytes of the mapped pixels")
    for training in trainings:
        shared = _mapped(training.pid, folders[0] / "train-pixels.npy")
        size = (folders[0] / "train-pixels.npy").stat().st_size / 1e6
        print(
            f"  process {training.pid}: file {size:.0f}, resident {shared['Rss']:.0f}, proportional "
            f"{shared['Pss']:.0f}, private {shared['Private_Dirty'] + shared['Private_Clean']:.0f}"
        )
    for training in trainings:
        training.communicate("")


def _mapped(process: int, file: Path) -> dict[str, float]:
    """Megabytes of one mapped file, as the kernel counts them."""
    counts: dict[str, float] = {}
    here = False
    for line in Path(f"/proc/{process}/smaps").read_text(encoding="utf-8").splitlines():
        if "-" in line.split()[0] and ":" not in line.split()[0]:
            here = line.endswith(str(file))
        elif here and line.endswith("kB"):
            name, value = line.split(":")
            counts[name] = counts.get(name, 0.0) + int(value.split()[0]) / 1e3
    return counts


def show_ceiling(cache: Path) -> None:
    size, written, before, peak = map(float, run(LARGE, str(_LARGE_IMAGES), cache=cache).split())
    print(f"a set of {size:,.0f} MB that is never held: megabytes of a process, without what is mapped")
    print(f"  at most, while it was written  {written:7.0f}")
    print(f"  before training                {before:7.0f}")
    print(f"  at most, training              {peak:7.0f}   ({peak - before:+.0f})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("archives", nargs="*")
    asked = parser.parse_args()
    real = os.environ.get("PARIBUS_REALDATA")
    archives = asked.archives
    if not archives and real:
        archives = [str(Path(real) / f"cifar10-{part}.tar.gz") for part in ("train", "test-a")]
    with tempfile.TemporaryDirectory() as place:
        if archives:
            time_uses(archives, Path(place))
            show_sharing(archives, Path(place))
        else:
            print("no archive named and PARIBUS_REALDATA not set: nothing to read")
        show_ceiling(Path(place))


if __name__ == "__main__":
    main()
