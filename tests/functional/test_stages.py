"""Runs that start from others: trained once, exact, interrupted anywhere, and honest where they cannot be."""

import json
import random
import re
import shutil
import sqlite3
import time

import numpy as np
import pytest
from safetensors.numpy import save_file

from paribus.executors import Execution
from paribus.executors.parents import read_parent
from paribus.store import open_ledger, read_arrays, read_runs
from paribus.workbench import Study

from . import interruptions as rough
from .commands import paribus, write_study

WAYS = """
[study]
title = "How to start?"
control = "scratch"
seeds = 3

[run]
data = { name = "digits", classes = ["0", "9"], per_class = 100 }
net = { name = "plain", widths = [8, 16], batch_norm = true }
optimizer = { name = "adam", lr = 0.003 }
batch_size = 32
epochs = 3
start = { stage = "eight" }

[stages.eight]
data = { classes = ["1", "2", "3", "4", "5", "6", "7", "8"], per_class = false }
epochs = 2

[arms.scratch]
start = false
[arms.head]
"start.train" = "head"
[arms.two-layers]
"start.train" = "last:2"
[arms.all]
"start.lr_scale" = 0.1
[arms.two-new-layers]
start = { hidden = [16], train = "head" }
"""


def runs_of(folder):
    with open_ledger(folder / ".paribus", create=False) as ledger:
        return read_runs(ledger)


def stages_of(folder):
    """The runs that start from nothing and know eight classes."""
    return {name: run for name, run in runs_of(folder).items() if len(run.recipe["data"]["classes"]) == 8}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ways")
    write_study(folder, WAYS)
    paribus(folder, "run", "study.toml", workers=True)
    return folder


def test_a_stage_is_trained_once_a_seed_and_four_ways_start_from_it(trained):
    runs = runs_of(trained)
    assert len(runs) == 3 + 15
    assert {run.state for run in runs.values()} == {"finished"}
    stages = stages_of(trained)
    assert len(stages) == 3
    assert {run.parent for run in runs.values()} == {None, *stages}
    assert all(run.attempts == 1 for run in runs.values())


def test_the_record_says_what_was_trained(trained):
    told = {}
    for run in runs_of(trained).values():
        if run.parent:
            start = run.recipe["start"]
            key = (start["train"][0], len(start["hidden"]))
            told[key] = run.facts["start"]
    assert told["head", 0]["trained"] == ["last.weight", "last.bias"] == told["head", 0]["new"]
    assert told["head", 0]["told"] == "trains 1 of 3 layers, 130 of 1,426 parameters: last.weight, last.bias"
    assert told["head", 0]["features"] == [64]
    assert told["last:2", 0]["parameters_trained"] == 130 + 16 * 8 * 9 + 16 + 2 * 16
    first = [f"conv1{part}.{kind}" for part in ("", "_norm") for kind in ("weight", "bias")]
    assert told["last:2", 0]["frozen"] == first
    assert told["last:2", 0]["features"] is None
    assert told["all", 0]["frozen"] == []
    assert told["head", 1]["parameters_trained"] == 64 * 16 + 16 + 16 * 2 + 2


def test_what_is_frozen_keeps_the_bits_of_the_stage_and_what_is_trained_does_not(trained):
    runs = runs_of(trained)
    for name, run in runs.items():
        if not run.parent:
            continue
        mine, _ = read_arrays(trained / ".paribus" / "runs" / name[:16] / "last.safetensors")
        before, _ = read_arrays(trained / ".paribus" / "runs" / run.parent[:16] / "last.safetensors")
        frozen = set(run.facts["start"]["frozen"])
        if run.facts["start"]["features"]:  # with its norms' statistics
            frozen = {tensor for tensor in mine if not tensor.startswith("last")}
        same = {tensor for tensor in before if np.array_equal(mine.get(tensor), before[tensor])}
        assert frozen <= same
        moved = {tensor for tensor in run.facts["start"]["trained"] if tensor in before} & same
        assert not moved


def test_the_same_command_again_trains_nothing(trained):
    printed = paribus(trained, "run", "study.toml").stdout
    assert "18 runs, 18 cached, 0 to train" in printed


def test_the_report_counts_the_stages_and_says_what_trains(trained):
    page = (trained / "study.html").read_text(encoding="utf-8")
    assert "18 runs (3 of them stages that others start from), " in page
    assert page.count("stage eight") == 3
    assert "1,426 parameters, of which 1,296 are not trained" in page


def test_an_added_arm_costs_its_own_runs_and_no_stage(trained, tmp_path):
    folder = shutil.copytree(trained, tmp_path / "copy")
    write_study(folder, WAYS + '[arms.one-more]\n"start.train" = "conv2*"\n')
    assert "21 runs, 18 cached, 3 to train" in paribus(folder, "run", "study.toml").stdout


def test_a_stage_whose_files_are_gone_is_trained_again_only_for_what_still_needs_it(trained, tmp_path):
    folder = shutil.copytree(trained, tmp_path / "copy")
    name = next(iter(stages_of(folder)))
    place = folder / ".paribus" / "runs" / name[:16]
    before = read_arrays(place / "last.safetensors")[0]
    shutil.rmtree(place)
    paribus(folder, "run", "study.toml")
    assert not place.exists()
    write_study(folder, WAYS + '[arms.one-more]\n"start.train" = "conv2*"\n')
    paribus(folder, "run", "study.toml")
    after = read_arrays(place / "last.safetensors")[0]
    assert all(np.array_equal(before[tensor], after[tensor]) for tensor in before)


def test_status_runs_and_check_speak_of_stages(trained):
    told = json.loads(paribus(trained, "status", "study.toml", "--json").stdout)
    assert told["stages"] == {"eight": {"finished": 3}}
    assert "stage eight" in paribus(trained, "status", "study.toml").stdout
    runs = json.loads(paribus(trained, "runs", "--json").stdout)
    assert sorted(run["seed"] for run in runs if run["arm"] == "stage eight") == [0, 1, 2]
    assert (
        "Stage eight, which runs start from: 3 runs, 0 to train."
        in paribus(trained, "check", "study.toml").stdout
    )


def test_a_run_that_started_from_another_is_tested_and_exported_like_any(trained, tmp_path):
    folder = shutil.copytree(trained, tmp_path / "copy")
    assert "Concluded on the test set" in paribus(folder, "test", "study.toml", "--yes").stdout
    before = set(folder.glob("*.onnx"))
    paribus(folder, "export", "study.toml", "--arm", "two-new-layers", "--seed", "0")
    assert len(set(folder.glob("*.onnx")) - before) == 1


SLOW = """
[study]
title = "Killed in the stage"
control = "start.train=head"
seeds = 2

[run]
data = { name = "streetnumbers", train = 900, test = 100, classes = ["0", "1", "2"] }
net = { name = "lenet5", dropout = 0.2 }
optimizer = { name = "adam", lr = 2e-3 }
batch_size = 16
epochs = 2
start = { stage = "others" }

[stages.others]
data = { classes = ["3", "4", "5", "6", "7", "8", "9"] }
augment = ["shift-crop", "rotate"]
epochs = 6

[factors]
"start.train" = ["head", "all"]
"""


@pytest.mark.slow
def test_a_study_killed_in_its_stage_ends_with_the_same_bits(tmp_path):
    calm, disturbed = tmp_path / "calm", tmp_path / "disturbed"
    for folder in (calm, disturbed):
        folder.mkdir()
        write_study(folder, SLOW)
    rough.finish(rough.start(calm / "study.toml", 2))
    process = rough.start(disturbed / "study.toml", 2)
    for victim in ("worker", "group"):
        deadline = time.monotonic() + 60
        while not list(disturbed.glob(".paribus/runs/*/checkpoint-*.safetensors")):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        with sqlite3.connect(disturbed / ".paribus" / "ledger.sqlite") as ledger:
            done = ledger.execute("select count(*) from runs where state = 'finished'").fetchone()
        assert done == (0,)  # it is a stage that dies
        rough.kill_one(process, victim, random.Random(0))
        time.sleep(0.2)
    process.communicate()
    rough.finish(rough.start(disturbed / "study.toml", 1))
    assert rough.remains(disturbed / ".paribus") == rough.remains(calm / ".paribus")
    assert len(rough.remains(calm / ".paribus")) == 2 + 4


def test_what_starts_from_a_stage_that_diverged_has_diverged_too(tmp_path):
    write_study(tmp_path, WAYS.replace("epochs = 2", "optimizer.lr = 1e30\nepochs = 2"))
    printed = paribus(tmp_path, "run", "study.toml").stdout
    assert "the stage 'eight' that it starts from" in printed
    states = [run.state for run in runs_of(tmp_path).values()]
    assert (states.count("diverged"), states.count("finished")) == (15, 3)


def test_a_stage_that_fails_fails_what_starts_from_it_until_it_is_mended(tmp_path):
    source = (
        "import os\nimport torch\n"
        "class Net(torch.nn.Module):\n"
        "    def __init__(self, classes):\n"
        "        super().__init__()\n"
        "        self.first = torch.nn.Linear(64, 16)\n"
        "        self.last = torch.nn.Linear(16, classes)\n"
        "    def forward(self, images):\n"
        "        if self.training and self.last.out_features == 8 and os.environ.get('BROKEN'):\n"
        "            raise RuntimeError('no luck')\n"
        "        return self.last(self.first(images.flatten(1)).relu())\n"
    )
    (tmp_path / "mine.py").write_text(source)
    text = WAYS.replace('{ name = "plain", widths = [8, 16], batch_norm = true }', '"mine:Net"')
    study = text.partition("[arms.head]")[0] + "[arms.all]\n"
    write_study(tmp_path, study)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BROKEN", "yes")
        printed = paribus(tmp_path, "run", "study.toml", code=1).stdout
    assert "the stage 'eight' that it starts from" in printed
    assert "no luck" in printed
    assert [run.state for run in runs_of(tmp_path).values()].count("failed") == 6
    paribus(tmp_path, "run", "study.toml")
    assert {run.state for run in runs_of(tmp_path).values()} == {"finished"}


def test_a_run_starts_from_another_run_by_the_beginning_of_its_name(trained, tmp_path):
    folder = shutil.copytree(trained, tmp_path / "copy")
    name = next(iter(stages_of(folder)))
    text = WAYS.partition("[stages.eight]")[0].replace('stage = "eight"', f'run = "{name[:10]}"')
    write_study(folder, text.replace('control = "scratch"\n', ""), "from-run.toml")
    assert "3 runs, 0 cached, 3 to train" in paribus(folder, "run", "from-run.toml").stdout
    assert [run.parent for run in runs_of(folder).values()].count(name) == 4 + 3
    paribus(folder, "test", "from-run.toml", "--yes")


def test_weights_of_a_file_are_started_from_and_known_by_their_content(trained, tmp_path):
    name = next(iter(stages_of(trained)))
    kept = trained / ".paribus" / "runs" / name[:16] / "last.safetensors"
    text = WAYS.partition("[stages.eight]")[0].replace('stage = "eight"', 'weights = "eight.safetensors"')
    write_study(tmp_path, text.replace('control = "scratch"\n', ""))
    said = paribus(tmp_path, "check", "study.toml", code=2).stderr
    assert said.startswith("paribus: study.toml: start.weights: no such file: ")
    shutil.copy(kept, tmp_path / "eight.safetensors")
    assert "3 runs, 0 cached, 3 to train" in paribus(tmp_path, "run", "study.toml").stdout
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "eight.safetensors").rename(tmp_path / "elsewhere" / "moved.safetensors")
    write_study(tmp_path, (tmp_path / "study.toml").read_text().replace("eight.saf", "elsewhere/moved.saf"))
    assert "3 runs, 3 cached, 0 to train" in paribus(tmp_path, "run", "study.toml").stdout


def test_images_that_validate_a_run_are_none_that_its_stage_was_trained_on(tmp_path):
    both = WAYS.replace('"1", "2", "3", "4", "5", "6", "7", "8"', '"0", "9", "1", "2", "3"')
    write_study(tmp_path, both)  # the same images validate a class, whichever others are there
    assert paribus(tmp_path, "check", "study.toml")
    write_study(tmp_path, both.replace("epochs = 2", "epochs = 2\nseed = 0"))
    said = paribus(tmp_path, "check", "study.toml", code=2).stderr
    assert re.match(
        r"paribus: study.toml: arm 'head': stage 'eight' is trained on \d+ of 28 images that validate its "
        r"run of seed 1, so validation would flatter it; hold the split for all of them: randomise = ",
        said,
    )
    held = both.replace("epochs = 2", "epochs = 2\nseed = 0")
    streams = "epochs = 3\nrandomise = ['weights', 'order', 'augment', 'dropout']"
    write_study(tmp_path, held.replace("epochs = 3", streams))
    assert paribus(tmp_path, "check", "study.toml")
    write_study(tmp_path, both.replace("per_class = false", "per_class = false, validation = 0.05"))
    said = paribus(tmp_path, "check", "study.toml", code=2).stderr
    assert "give both the same data.validation" in said


def test_weights_that_change_while_a_study_runs_are_noticed(trained, tmp_path):
    kept = [trained / ".paribus" / "runs" / name[:16] / "last.safetensors" for name in stages_of(trained)]
    text = WAYS.partition("[stages.eight]")[0].replace('stage = "eight"', 'weights = "w.safetensors"')
    write_study(tmp_path, text.replace('control = "scratch"\n', ""))
    shutil.copy(kept[0], tmp_path / "w.safetensors")
    study = Study.load(tmp_path / "study.toml")
    events = study.carry_out(Execution(executor="inline"))
    first = next(events)
    assert first.kind == "started", first
    shutil.copy(kept[1], tmp_path / "w.safetensors")
    states = [event.facts for event in events if event.kind == "ended"]
    assert [facts["state"] for facts in states] == ["finished", "failed", "failed"]
    assert "changed since this run was planned" in states[1]["reason"]


def test_facts_beside_weights_that_somebody_brought_are_nobodys(trained, tmp_path):
    name = next(iter(stages_of(trained)))
    weights, _ = read_arrays(trained / ".paribus" / "runs" / name[:16] / "last.safetensors")
    save_file(weights, tmp_path / "w.safetensors")
    text = WAYS.partition("[stages.eight]")[0].replace('stage = "eight"', 'weights = "w.safetensors"')
    write_study(tmp_path, text.replace('control = "scratch"\n', ""))
    before = json.loads(paribus(tmp_path, "check", "study.toml", "--json").stdout)["revision"]
    (tmp_path / "w.safetensors.json").write_text('{"classes": null, "mean": [0], "deviation": [1]}')
    assert json.loads(paribus(tmp_path, "check", "study.toml", "--json").stdout)["revision"] == before
    job = Study.load(tmp_path / "study.toml").job_of(None, 0, Execution())
    assert read_parent(job).normalisation is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('stage = "eight"', 'run = "0123456789"'), "start.run: no run of"),
        (('"start.train" = "head"', '"start.train" = "tail*"'),
         "arm 'head': start.train: 'tail*' matches no parameter of this net"),
        (('"start.train" = "head"', '"start.head" = "keep"'),
         "arm 'head': start.head: 'keep' wants the same classes"),
        (("epochs = 3\n", "epochs = 3\nnormalise = { mean = [0.5, 0.5], deviation = [0.5, 0.5] }\n"),
         "arm 'scratch': normalise.mean: given 2 numbers; the images have 1 channel"),
        (("epochs = 2\n", "epochs = 2\nnet.widths = [16, 16]\n"),
         "arm 'head': start: the weights do not fit the net"),
    ],
)  # fmt: skip
def test_a_start_that_cannot_be_is_refused_before_anything_is_trained(change, message, tmp_path):
    text = WAYS.replace(*change)
    if "run =" in change[1]:
        text = text.partition("[stages.eight]")[0].replace('control = "scratch"\n', "")
    write_study(tmp_path, text)
    said = paribus(tmp_path, "run", "study.toml", code=2).stderr
    assert said.startswith(f"paribus: study.toml: {message}")
    assert said.count("\n") == 1
    assert not (tmp_path / ".paribus" / "runs").exists()


def test_a_fault_of_a_stage_says_which(tmp_path):
    write_study(tmp_path, WAYS.replace("epochs = 2", "epochs = 2\nloss = { class_weights = { '0' = 2.0 } }"))
    said = paribus(tmp_path, "check", "study.toml", code=2).stderr
    assert said.startswith("paribus: study.toml: stages.eight: loss.class_weights: no class '0'")
