"""The transfer experiments of the five reports, at small size, as studies."""

import json
import os
from pathlib import Path

import pytest

from paribus.store import open_ledger, read_runs

from .commands import paribus, write_study

EIGHT_THEN_TWO = """
[study]
title = "Eight digits, then 100 images of each of two others"
control = "scratch"
seeds = 3

[run]
data = { name = "streetnumbers", train = 2500, test = 100, classes = ["0", "9"], per_class = 100 }
net = { name = "plain", widths = [16, 32, 64], batch_norm = true }
optimizer = { name = "adam", lr = 0.002 }
batch_size = 20
epochs = 6
start = { stage = "eight" }

[stages.eight]
data = { classes = ["1", "2", "3", "4", "5", "6", "7", "8"], per_class = false }
batch_size = 50
epochs = 5

[arms]
scratch = { start = false }
head = { "start.train" = "head" }
last-2 = { "start.train" = "last:2" }
last-3 = { "start.train" = "last:3" }
"""

ANOTHER_SET = """
[study]
title = "Hundred classes, then five of another set"
control = "scratch"
seeds = 2

[run]
data = { name = "folder", path = "REAL/imagenette-train.tar.gz", classes = CLASSES, resize = 32 }
net = { name = "plain", widths = [32, 64, 128], batch_norm = true }
augment = ["flip"]
optimizer = { name = "sgd", lr = 0.05 }
schedule = "one-cycle"
batch_size = 32
epochs = 6
start = { stage = "hundred" }

[stages.hundred]
data = { name = "folder", path = "REAL/cifar100-test-a.tar.gz", per_class = 30, validation = 0.02 }
batch_size = 100
epochs = 4

[arms]
scratch = { start = false }
tuned = {}
"""

FROZEN_OR_TUNED = """
[study]
title = "MobileNetV2 of ImageNet: frozen, tuned, or from scratch?"
control = "scratch"
seeds = 1

[run]
data = { name = "folder", path = "REAL/imagenette-train.tar.gz", per_class = 20, resize = 96 }
net = { name = "mobilenetv2", stem = "imagenet", padding = "after" }
optimizer = { name = "adam", lr = 0.001 }
batch_size = 30
epochs = 2
start = { weights = "REAL/weights/mobilenet_v2-imagenet.safetensors" }
normalise = { mean = [0.5, 0.5, 0.5], deviation = [0.5, 0.5, 0.5] }

[arms]
scratch = { start = false, epochs = 1 }
frozen = { "start.train" = "head", "epochs" = 12 }
frozen-two-layers = { "start.train" = "head", "start.hidden" = [128, 64], "epochs" = 12 }
tuned = { "start.lr_scale" = 0.1 }
"""


def means(folder):
    """Mean validation accuracy of each arm, and the runs of the study."""
    told = json.loads(paribus(folder, "run", "study.toml", "--json", timeout=280).stdout)
    with open_ledger(folder / ".paribus", create=False) as ledger:
        runs = read_runs(ledger)
    return {arm["name"]: arm["mean"] for arm in told["arms"]}, runs


def real(text):
    return text.replace("REAL", str(Path(os.environ["PARIBUS_REALDATA"]).resolve()))


@pytest.mark.slow
def test_eight_digits_help_to_learn_two_others(tmp_path):
    write_study(tmp_path, EIGHT_THEN_TWO)
    found, runs = means(tmp_path)
    assert len(runs) == 3 + 12
    assert found["head"] > 0.8
    assert found["head"] > found["scratch"]


@pytest.mark.slow
@pytest.mark.realdata
def test_a_hundred_classes_help_to_learn_five_of_another_set(tmp_path):
    classes = json.dumps(["church", "golf_ball", "garbage_truck", "parachute", "tench"])
    write_study(tmp_path, real(ANOTHER_SET).replace("CLASSES", classes))
    found, runs = means(tmp_path)
    assert len(runs) == 2 + 4
    assert found["tuned"] > found["scratch"] > 0.2
    started = next(run for run in runs.values() if run.parent)
    assert started.facts["start"]["new"] == ["last.weight", "last.bias"]


@pytest.mark.slow
@pytest.mark.realdata
def test_weights_of_imagenet_are_frozen_tuned_or_done_without(tmp_path):
    write_study(tmp_path, real(FROZEN_OR_TUNED))
    found, runs = means(tmp_path)
    assert found["frozen"] > 0.7
    assert found["tuned"] > 0.7
    assert found["frozen"] > found["scratch"] + 0.3
    features = {run.facts["start"]["features"] is not None for run in runs.values() if run.parent}
    assert features == {True, False}
