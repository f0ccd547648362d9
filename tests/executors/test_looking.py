"""What runs keep for their reports, beside what they are."""

import numpy as np
from scipy.special import softmax

from paribus import Execution, Study
from paribus.executors.preparing import prepare, settled
from paribus.store import open_ledger, read_arrays, read_runs

RUN = {
    "data": {"name": "digits", "per_class": 20},
    "net": {"name": "plain", "widths": [8, 8]},
    "epochs": 3,
    "batch_size": 64,
}
HERE = Execution(executor="inline", device="cpu")


def carry_out(folder, run=RUN, execution=HERE, **more):
    """The study, and the folder of its last run."""
    folder.mkdir(exist_ok=True)
    study = Study("t", run=run, seeds=[5], folder=folder, **more)
    study.run(execution)
    with open_ledger(study.store) as ledger:
        record = list(read_runs(ledger).values())[-1]
        return study, record, ledger.run_folder(record.fingerprint)


def chosen_plainly(folder, split, most=48):
    """Positions that must have a map, by sorting whole lists."""
    arrays, _ = read_arrays(folder / f"{split}.safetensors")
    shares = softmax(arrays["logits"].astype(float), axis=1)
    ranked = np.sort(shares, axis=1)
    wrong = np.flatnonzero(shares.argmax(1) != arrays["labels"])
    worst = sorted(wrong, key=lambda k: -shares[k].max())[:most]
    doubtful = sorted(range(len(shares)), key=lambda k: ranked[k, -1] - ranked[k, -2])[:most]
    return sorted(arrays["positions"][[*worst, *doubtful]].tolist())


def test_a_run_keeps_where_it_looked_in_its_worst_and_most_doubtful_images(tmp_path):
    _, record, folder = carry_out(tmp_path / "one")
    for epoch in ("last", "best"):
        arrays, facts = read_arrays(folder / f"validation-saliency-{epoch}.safetensors")
        assert set(arrays["positions"].tolist()) == set(chosen_plainly(folder, f"validation-{epoch}"))
        assert arrays["maps"].shape == (len(arrays["positions"]), 4, 4)
        assert arrays["maps"].dtype == np.uint8
        assert facts == {"way": "grad-cam", "layer": "conv2_relu"}
    assert {"filters.safetensors", "validation-saliency-last.safetensors"} <= set(record.artifacts)


def test_the_same_run_keeps_the_same_bytes(tmp_path):
    _, one, _ = carry_out(tmp_path / "one")
    _, two, _ = carry_out(tmp_path / "two")
    assert one.artifacts == two.artifacts
    assert len(one.artifacts) == 8


def test_filters_are_the_first_weights_and_those_of_the_last_epoch(tmp_path):
    study, _, folder = carry_out(tmp_path / "one")
    arrays, facts = read_arrays(folder / "filters.safetensors")
    weights, _ = read_arrays(folder / "last.safetensors")
    assert facts == {"layer": "conv1", "kind": "Conv2d", "total": 8}
    assert (arrays["after"] == weights["conv1.weight"].astype(np.float16)).all()
    assert not (arrays["before"] == arrays["after"]).any()
    first = prepare(settled(study.job_of(None, 5, HERE))).state.net.conv1.weight.detach().numpy()
    assert (arrays["before"] == first.astype(np.float16)).all()


def test_the_test_job_does_the_same_for_test_images(tmp_path):
    study, record, folder = carry_out(tmp_path / "one")
    assert not (folder / "test-saliency-last.safetensors").exists()
    assert [event.kind for event in study.open_test(HERE)] == ["tested"]
    arrays, facts = read_arrays(folder / "test-saliency-last.safetensors")
    assert set(arrays["positions"].tolist()) == set(chosen_plainly(folder, "test-last"))
    assert facts["way"] == "grad-cam"
    with open_ledger(study.store) as ledger:
        assert "test-saliency-last.safetensors" in read_runs(ledger)[record.fingerprint].artifacts


def test_a_run_on_features_looks_at_images(tmp_path):
    run = RUN | {"epochs": 4, "start": {"stage": "first", "head": "new", "train": "head"}}
    study, record, folder = carry_out(tmp_path / "one", run, stages={"first": RUN})
    assert record.facts["start"]["features"]
    arrays, facts = read_arrays(folder / "validation-saliency-last.safetensors")
    assert facts["way"] == "grad-cam"
    assert arrays["maps"].any()
    filters, _ = read_arrays(folder / "filters.safetensors")
    assert (filters["before"] == filters["after"]).all()  # the body is frozen
    assert [event.kind for event in study.open_test(HERE)] == ["tested"]


BLIND = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.last = nn.Linear(64, classes)

    def forward(self, images):
        with torch.set_grad_enabled(self.training):
            return self.last(images.flatten(1))
"""
COUNTING = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.conv, self.last = nn.Conv2d(1, 4, 3), nn.Linear(144, classes)
        self.register_buffer("calls", torch.zeros(()))

    def forward(self, images):
        self.calls += 1
        drawn = 1 + 0.01 * torch.rand(len(images), 1)
        return self.last(self.conv(images).relu().flatten(1)) * drawn
"""


def test_a_net_that_cannot_be_asked_trains_all_the_same_and_it_is_said_why(tmp_path):
    (tmp_path / "blind_net.py").write_text(BLIND, encoding="utf-8")
    _, record, folder = carry_out(tmp_path, RUN | {"net": "blind_net:Net"})
    assert record.state == "finished"
    arrays, facts = read_arrays(folder / "validation-saliency-last.safetensors")
    assert arrays["positions"].shape == (0,)
    assert facts["why"].startswith("RuntimeError: ")


def test_nobody_calls_a_net_for_its_pictures_before_its_weights_are_kept(tmp_path):
    """Each step calls it, each epoch's validation does, and what judges the weights that are kept."""
    (tmp_path / "counting_net.py").write_text(COUNTING, encoding="utf-8")
    _, _, folder = carry_out(tmp_path, RUN | {"net": "counting_net:Net"})
    last, _ = read_arrays(folder / "last.safetensors")
    best, facts = read_arrays(folder / "best.safetensors")
    steps = 4  # of an epoch: 200 images in batches of 64
    assert last["calls"] == 3 * (steps + 1)
    assert best["calls"] == facts["epoch"] * (steps + 1)
    _, facts = read_arrays(folder / "validation-saliency-last.safetensors")
    assert facts["way"] == "grad-cam"
