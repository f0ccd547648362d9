"""Options of training, through the command line: what is judged, kept and told."""

import json

import pytest
import torch

import paribus
from paribus.store import open_ledger, read_arrays, read_runs

from .commands import paribus as run_paribus
from .commands import write_study

STUDY = """
[study]
title = "Training with everything"
control = "plain"
seeds = 1

[run]
data = {{ name = "digits", per_class = 20 }}
net = {{ name = "mlp", hidden = [16] }}
batch_size = 32
epochs = 4

[arms]
plain = {{}}
full = {full}
"""
FULL = (
    '{ average = { decay = 0.8 }, precision = "bf16", pieces = 2, loss = { smoothing = 0.1, balanced = true }, '  # noqa: E501
    'schedule = { name = "step", every = 2, warmup = 1 }, optimizer = { name = "adamw", lr = 0.01, '
    'decay = "weights", clip = 1.0, rates = { "last.*" = 2.0 } } }'
)


def test_a_run_with_everything_is_kept_as_it_was_judged_and_exports(tmp_path):
    """Of an average, the average is in both files: they give the accuracy that the run told."""
    write_study(tmp_path, STUDY.format(full=FULL))
    run_paribus(tmp_path, "run")
    run = next(
        run for run in json.loads(run_paribus(tmp_path, "runs", "--json").stdout) if run["arm"] == "full"
    )
    assert run["facts"]["pieces"] == 2
    with open_ledger(tmp_path / ".paribus", create=False) as ledger:
        record = next(r for r in read_runs(ledger).values() if r.recipe["average"])
        folder = ledger.run_folder(record.fingerprint)
    judged, _ = read_arrays(folder / "validation-last.safetensors")
    hits = (judged["logits"].argmax(1) == judged["labels"]).mean()
    assert hits == pytest.approx(record.last_score)
    model = paribus.load(folder / "last.safetensors")
    assert next(model.net.parameters()).dtype == torch.float32
    run_paribus(tmp_path, "test", "--yes")
    run_paribus(tmp_path, "export", "--arm", "full")


def test_a_weight_of_a_class_that_is_not_there_is_refused_before_anything_runs(tmp_path):
    write_study(tmp_path, STUDY.format(full='{ loss = { class_weights = { "12" = 2.0 } } }'))
    refused = run_paribus(tmp_path, "run", code=2).stderr
    assert refused.count("\n") == 1
    assert "arm 'full': loss.class_weights: no class '12'; known: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9." in refused
    assert not (tmp_path / ".paribus").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ('optimizer = { rates = { "lst.*" = 2.0 } }',
         "optimizer.rates: 'lst.*' matches no trained parameter; there are: "),
        ('net = "linear", optimizer = "muon"',
         "optimizer 'muon' moves the weights between the first and the last layer"),
    ],
)  # fmt: skip
def test_an_optimizer_of_weights_that_are_not_there_is_refused_before_anything_runs(
    change, message, tmp_path
):
    write_study(tmp_path, STUDY.format(full=f"{{ {change} }}"))
    said = run_paribus(tmp_path, "run", code=2).stderr
    assert said.startswith(f"paribus: study.toml: arm 'full': {message}")
    assert said.count("\n") == 1
    assert not (tmp_path / ".paribus").exists()


NETS = """
from torch import OutOfMemoryError, nn

class Greedy(nn.Sequential):
    def __init__(self, classes):
        super().__init__(nn.Flatten(), nn.Linear(64, classes))

    def forward(self, images):
        if self.training and len(images) > 8:
            raise OutOfMemoryError("CUDA out of memory.")
        return super().forward(images)
"""


def test_memory_that_ran_out_is_told_and_recorded(tmp_path):
    (tmp_path / "greedy_nets.py").write_text(NETS)
    write_study(tmp_path, STUDY.format(full='{ net = "greedy_nets:Greedy" }'))
    told = run_paribus(tmp_path, "run")
    assert (
        "full, seed 0: memory ran out at step 1, in a batch of 32: from there on, batches go in 4 pieces"
        in (" ".join((told.stdout + told.stderr).split()))
    )
    runs = {run["arm"]: run for run in json.loads(run_paribus(tmp_path, "runs", "--json").stdout)}
    assert runs["full"]["facts"] == {"pieces": 4}
    assert runs["plain"]["facts"] == {}
