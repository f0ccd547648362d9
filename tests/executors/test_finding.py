"""The finders on real data: what they suggest is worth following, and they leave nothing behind."""

import numpy as np
import pytest

from paribus import Study
from paribus.errors import ExecutionError
from paribus.executors import Execution
from paribus.executors.finding import BatchFinding, _sizes, _why_stop, find_batch, find_rate
from paribus.store import STORE_NAME
from paribus.training.batch_sizes import BatchSpeed

FREE = 2**40
QUIET = {"tell": lambda _done, _total: None}


def make_study(folder, **run):
    recipe = {"data": "digits", "net": {"name": "mlp", "hidden": [32]}, "batch_size": 64, "epochs": 4} | run
    return Study("Found?", run=recipe, folder=folder, seeds=3)


def suggest(study, **given):
    jobs = [study.job_of(None, seed, Execution()) for seed in range(given.pop("repeat", 1))]
    return find_rate(jobs, **({"first": 1e-6, "last": 10.0, "steps": None} | QUIET | given))


def accuracy_at(study, rate):
    """Mean and deviation over three seeds, on validation."""
    varied = Study("At?", run=study.arms[0].recipe.model_copy(
        update={"optimizer": study.arms[0].recipe.optimizer.model_copy(update={"lr": rate})}
    ), folder=study.file.folder, seeds=3)  # fmt: skip
    (arm,) = varied.run(Execution(executor="inline")).conclusion.arms
    scores = [score if score is not None else 0.0 for score in arm.scores.values()]
    return float(np.mean(scores)), float(np.std(scores, ddof=1))


@pytest.mark.parametrize(
    "run",
    [
        {},
        {"optimizer": "sgd"},
        {"net": "linear"},
        pytest.param(
            {"data": {"name": "streetnumbers", "train": 3000, "test": 100}, "net": "lenet5",
             "batch_size": 32, "epochs": 3},
            marks=[pytest.mark.slow, pytest.mark.timeout(900)],
        ),
    ],
    ids=["mlp, adam", "mlp, sgd", "linear, adam", "lenet5 on streetnumbers"],
)  # fmt: skip
def test_training_at_the_suggested_rate_is_as_good_as_at_the_best_rate_around_it(run, tmp_path):
    """Of a tenth, a third and three times of it none is better by more than seeds scatter."""
    study = make_study(tmp_path, **run)
    rate = suggest(study).together.rate
    found = {factor: accuracy_at(study, factor * rate) for factor in (0.1, 0.3, 1.0, 3.0)}
    best, scatter = max(found.values())
    told = {f"{factor * rate:.2g}": f"{mean:.3f}" for factor, (mean, _) in found.items()}
    assert found[1.0][0] >= best - 2 * max(scatter, found[1.0][1], 0.01), told
    assert found[1.0][0] > found[0.1][0], told


def test_a_finder_leaves_nothing_behind_and_says_the_same_again(tmp_path):
    study = make_study(tmp_path)
    first, again = suggest(study), suggest(make_study(tmp_path))
    assert first == again
    assert not (tmp_path / STORE_NAME).exists()
    assert list(tmp_path.iterdir()) == []


def test_a_net_that_learns_too_little_in_a_hundred_steps_gets_more(tmp_path):
    slow = make_study(tmp_path, data={"name": "streetnumbers", "train": 600, "test": 100}, net="lenet5",
                      batch_size=16)  # fmt: skip
    asked = suggest(slow, steps=100)
    assert (asked.steps, asked.together.verdict) == (100, "learns too little")
    assert suggest(slow).steps > 100


def test_several_seeds_are_tested_each_with_its_own_images_and_weights(tmp_path):
    found = suggest(make_study(tmp_path), repeat=2, steps=50)
    assert found.seeds == (0, 1)
    assert found.sweeps[0][0].loss != found.sweeps[1][0].loss
    assert found.alone[0] == suggest(make_study(tmp_path), steps=50).together


def test_batches_double_until_the_images_run_out_and_leave_nothing_behind(tmp_path):
    study = make_study(tmp_path, data={"name": "digits", "per_class": 8}, batch_size=24)
    job = study.job_of(None, 0, Execution())
    found = find_batch(job, first=16, last=None, **QUIET)
    assert [speed.size for speed in found.speeds] in ([16, 24, 32, 64], [16, 24, 32])
    if len(found.speeds) == 4:
        assert found.ended == "the training split has 80 images"
    assert found.suggested in found.speeds
    assert list(tmp_path.iterdir()) == []


def speeds(*figures, memory=10**6):
    return [BatchSpeed(16 << k, 1, figure, figure and memory) for k, figure in enumerate(figures)]


def test_the_smallest_size_within_five_percent_of_the_fastest_is_suggested():
    finding = BatchFinding(tuple(speeds(100.0, 180.0, 239.0, 250.0, 245.0)), 16, "")
    assert finding.suggested.size == 64
    assert BatchFinding(tuple(speeds(100.0, 180.0, 200.0, 250.0)), 16, "").suggested.size == 128
    assert BatchFinding(tuple(speeds(None, None)), 16, "").suggested is None


@pytest.mark.parametrize(
    ("figures", "memory", "asked", "why"),
    [
        ((100.0, 180.0, 250.0), 10**6, 16, None),
        ((100.0, 102.0, 103.0), 10**6, 16, "larger ones are not faster"),
        ((100.0, 102.0, 103.0), 10**6, 128, None),  # not before the recipe's own size
        ((100.0, 180.0, 250.0), 2**39, 16, "128 would not fit the memory"),
        ((100.0, None), 10**6, 16, "32 could not be trained"),
        ((None,), 10**6, 16, None),  # batch norm with one image: larger ones may do
    ],
)
def test_it_stops_where_memory_would_end_or_speed_no_longer_grows(figures, memory, asked, why):
    assert _why_stop(speeds(*figures, memory=memory), asked, 0, FREE) == why


def test_the_sizes_are_doublings_and_the_recipes_own():
    assert _sizes(16, 100, 24) == [16, 24, 32, 64]
    assert _sizes(1, 65_536, 128) == [1 << k for k in range(17)]
    assert _sizes(16, 50, 128) == [16, 32, 50]


OVERFLOWING = """
from torch import nn

class Net(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.layer = nn.Linear(64, classes)

    def forward(self, images):
        logits = self.layer(images.flatten(1))
        return logits * 1e30 * 1e30 if self.training else logits
"""


def test_a_loss_that_is_no_number_before_any_step_is_said(tmp_path):
    (tmp_path / "overflowing.py").write_text(OVERFLOWING)
    study = make_study(tmp_path, net="overflowing:Net")
    with pytest.raises(ExecutionError, match="seed 0: the loss is nan before any step"):
        suggest(study)
