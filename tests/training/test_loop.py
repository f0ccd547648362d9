import math
import re

import numpy as np
import pytest
import torch
from torch import nn, optim
from torch.nn import functional

from paribus.data import open_data
from paribus.executors.events import Job
from paribus.executors.preparing import prepare
from paribus.schedules import Course, rate_factors
from paribus.specs import RecipeSpec, fingerprint
from paribus.specs.augments import Cutmix, Flip, Mixup, Noise, Rotate
from paribus.specs.datasets import StreetNumbers
from paribus.specs.nets import Linear, Mlp, Plain
from paribus.specs.optimizers import Adam, Sgd
from paribus.specs.recipe import STREAMS, StopSpec
from paribus.specs.schedules import Cosine
from paribus.store import EpochRecord
from paribus.training import Feed, train
from paribus.training.loop import best_epoch, is_better, is_over

from .small import bits, make_data, make_recipe, make_state, restored, run, saved

CNN = Plain(widths=(6, 4), batch_norm=True)


def by_hand(recipe, data):
    """The same training as anyone would write it in PyTorch."""
    net = make_state(recipe, data).net
    optimizer = optim.SGD(net.parameters(), lr=1.0, momentum=0.9, fused=True)
    feed, epochs = Feed(recipe, data), []
    factor = rate_factors(recipe.schedule, Course(3 * recipe.epochs, recipe.epochs))
    for epoch in range(1, recipe.epochs + 1):
        net.train()
        losses, hits, seen = [], [], 0
        for images, target in feed.epoch(epoch):
            labels = target.labels
            rate = 0.1 * factor(3 * (epoch - 1) + len(losses))
            optimizer.param_groups[0]["lr"] = rate
            optimizer.zero_grad()
            logits = net(images)
            loss = functional.cross_entropy(logits, labels)
            loss.backward()
            optimizer.step()
            losses.append((loss.item(), len(labels)))
            hits.append(int((logits.argmax(1) == labels).sum()))
            seen += len(labels)
        net.eval()
        with torch.no_grad():
            logits = torch.cat([net(images) for images in feed.evaluated(data.validation)])
        labels = data.validation.labels
        epochs.append({
            "train_loss": sum(loss * count for loss, count in losses) / seen,
            "train_accuracy": sum(hits) / seen,
            "validation_loss": float(functional.cross_entropy(logits.double(), labels)),
            "validation_accuracy": int((logits.argmax(1) == labels).sum()) / len(labels),
            "learning_rate": rate,
            "step_losses": [loss for loss, _ in losses],
            "step_accuracies": [hit / count for hit, (_, count) in zip(hits, losses, strict=True)],
        })  # fmt: skip
    return net, epochs


@pytest.mark.parametrize("layout", ["channels-last", "contiguous"])
def test_the_loop_is_the_one_that_anyone_would_write(layout):
    recipe = make_recipe(
        net=CNN, optimizer=Sgd(), schedule=Cosine(), augment=[Flip(), Rotate()], layout=layout
    )
    data = make_data()
    state, (net, epochs) = run(recipe, data), by_hand(recipe, data)
    for name, value in net.state_dict().items():
        assert torch.equal(state.net.state_dict()[name], value)
    assert len(state.history) == len(epochs) == 3
    for number, (record, expected) in enumerate(zip(state.history, epochs, strict=True), start=1):
        assert record.epoch == number
        for name, value in expected.items():
            assert getattr(record, name) == pytest.approx(value, rel=1e-6), name


def test_mixed_images_are_learned_by_both_labels():
    """One step, by hand: the net that it leaves, and the loss and the accuracy that it tells."""
    recipe, data = (
        make_recipe(augment=[Mixup()], optimizer=Sgd(momentum=0.0), epochs=1, batch_size=64),
        make_data(),
    )
    net = make_state(recipe, data).net
    ((images, target),) = Feed(recipe, data).epoch(1)
    logits = net(images)
    each = [
        functional.cross_entropy(logits, labels, reduction="none")
        for labels in (target.labels, target.partners)
    ]
    loss = (target.shares * each[0] + (1 - target.shares) * each[1]).mean()
    loss.backward()
    wanted = torch.where(target.shares >= 0.5, target.labels, target.partners)
    state = run(recipe, data)
    for name, parameter in net.named_parameters():
        assert torch.allclose(state.net.state_dict()[name], parameter - 0.1 * parameter.grad, atol=1e-6)
    assert state.history[0].train_loss == pytest.approx(loss.item(), rel=1e-5)
    assert state.history[0].train_accuracy == pytest.approx(
        float((logits.argmax(1) == wanted).float().mean())
    )


def test_one_moment_is_told_after_every_step_and_records_where_epochs_end():
    recipe, data = make_recipe(), make_data()
    state = make_state(recipe, data)
    told = [(state.step, m.record.epoch if m.record else None) for m in train(recipe, data, state)]
    assert told == [(1, None), (2, None), (3, 1), (4, None), (5, None), (6, 2), (7, None), (8, None), (9, 3)]
    assert list(train(recipe, data, state)) == []


def test_something_is_learned():
    recipe, data = make_recipe(net=CNN, epochs=15, optimizer=Adam(lr=0.01)), make_data(200)
    history = run(recipe, data).history
    assert history[0].step_losses[0] > 1
    assert history[-1].validation_accuracy > 0.9
    assert history[-1].validation_loss < 0.1


@pytest.mark.parametrize(("count", "sizes"), [(40, [16, 16, 8]), (33, [16, 17]), (32, [16, 16])])
def test_losses_and_accuracies_are_means_over_images_not_over_batches(count, sizes):
    record = run(make_recipe(epochs=1), make_data(count)).history[0]
    assert record.step_losses.shape == record.step_accuracies.shape == (len(sizes),)
    weights = np.array(sizes) / count
    assert record.train_loss == pytest.approx((record.step_losses * weights).sum(), rel=1e-6)
    assert record.train_accuracy == pytest.approx((record.step_accuracies * weights).sum(), rel=1e-6)
    assert (record.train_accuracy * count) % 1 == pytest.approx(0, abs=1e-9)


def test_the_bits_do_not_depend_on_the_global_generators():
    recipe = make_recipe(
        net=Plain(widths=(4,), dropout=0.5), augment=[Flip(), Rotate(), Noise(), Mixup(), Cutmix()]
    )
    ends = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        np.random.seed(seed)  # noqa: NPY002  the global one is what must not matter
        ends.append(bits(run(recipe, make_data())))
    assert ends[0] == ends[1]
    assert bits(run(recipe.model_copy(update={"seed": 1}), make_data())) != ends[0]


def test_the_time_of_all_attempts_adds_up():
    recipe, data = make_recipe(epochs=4), make_data()
    state = make_state(recipe, data)
    moments = train(recipe, data, state)
    for _ in range(4):
        next(moments)
    capture = saved(state)
    capture[1]["seconds"] += 100
    again = run(recipe, data, restored(recipe, data, capture))
    assert 100 < again.seconds < 110
    assert sum(record.seconds for record in again.history) == pytest.approx(again.seconds, abs=0.5)
    assert all(record.seconds > 0 for record in again.history)


# --- early stopping


def records(*values):
    """Epochs with these (accuracy, loss)."""
    none = np.zeros(0, np.float32)
    return [
        EpochRecord(n, 0, 0, loss, accuracy, 0, none, none) for n, (accuracy, loss) in enumerate(values, 1)
    ]


@pytest.mark.parametrize(
    ("watch", "values", "best"),
    [
        ("accuracy", [], 0),
        ("accuracy", [(0.5, 9)], 1),
        ("accuracy", [(0.5, 9), (0.7, 8), (0.7, 1), (0.6, 2)], 2),
        ("loss", [(0.5, 9), (0.7, 8), (0.7, 1), (0.6, 1)], 3),
        ("loss", [(0.5, 2), (0.7, math.nan), (0.7, math.inf)], 1),
        ("accuracy", [(0.5, 2), (0.7, math.nan), (0.6, 2)], 3),
        ("loss", [(0.5, math.nan), (0.7, 3)], 2),
    ],
)
def test_the_best_epoch_is_the_first_of_equals_and_never_one_without_a_loss(watch, values, best):
    recipe = make_recipe(stop=StopSpec(watch=watch))
    assert best_epoch(recipe, records(*values)) == best
    kept = 0
    for record in records(*values):
        if is_better(recipe, record, records(*values)[: record.epoch - 1]):
            kept = record.epoch
    assert kept == best


def test_a_run_stops_when_its_patience_is_over_and_not_before():
    recipe = make_recipe(epochs=9, stop=StopSpec(patience=2))
    values = [(0.5, 1), (0.6, 1), (0.6, 1), (0.7, 1), (0.1, 1), (0.7, 1)]
    over = [is_over(recipe, records(*values[:count])) for count in range(7)]
    assert over == [False] * 6 + [True]
    endless = make_recipe(epochs=9)
    assert [is_over(endless, records(*[(0.5, 1)] * count)) for count in (8, 9)] == [False, True]


@pytest.mark.parametrize("watch", ["accuracy", "loss"])
@pytest.mark.parametrize("patience", [1, 3])
def test_a_net_that_stands_still_stops_after_its_patience(watch, patience):
    recipe = make_recipe(epochs=8, optimizer=Sgd(lr=1e-30), stop=StopSpec(patience=patience, watch=watch))
    state = run(recipe, make_data())
    assert (len(state.history), state.best_epoch) == (1 + patience, 1)


def test_without_stopping_the_best_epoch_is_kept_all_the_same():
    recipe, data = make_recipe(net=CNN, epochs=6, optimizer=Sgd(lr=0.3)), make_data()
    state, weights = make_state(recipe, data), {}
    for moment in train(recipe, data, state):
        if moment.record:
            weights[moment.record.epoch] = {k: v.clone() for k, v in state.net.state_dict().items()}
    accuracies = [record.validation_accuracy for record in state.history]
    assert state.best_epoch == 1 + int(np.argmax(accuracies))
    assert all(torch.equal(v, weights[state.best_epoch][k]) for k, v in state.best_weights.items())


# --- divergence


def diverging(recipe, data, state):
    """(steps taken, reason) of the moment that ends a run."""
    *before, last = train(recipe, data, state)
    assert not any(moment.diverged for moment in before)
    return state.step, last.diverged


@pytest.mark.parametrize(
    "settings",
    [
        {"net": CNN, "optimizer": Sgd(lr=1e18)},
        {"net": Linear(), "optimizer": Sgd(lr=1.0, weight_decay=4.0), "divergence_loss": 20.0},
        {"net": Mlp(hidden=(20,)), "optimizer": Sgd(lr=30.0), "divergence_loss": 1e30, "epochs": 9},
    ],
)
def test_a_diverging_run_ends_with_its_step_named_the_same_after_a_resume(settings):
    recipe, data = make_recipe(**settings), make_data()
    step, reason = diverging(recipe, data, make_state(recipe, data))
    state = make_state(recipe, data)
    named = re.fullmatch(r"loss (\S+) at step (\d+) \(epoch (\d+)\); bound (\S+)", reason)
    assert (int(named[2]), int(named[3])) == (step, (step - 1) // 3 + 1)
    assert not float(named[1]) <= recipe.divergence_loss
    assert float(named[4]) == recipe.divergence_loss
    captures = [saved(state), *(saved(state) for moment in train(recipe, data, state) if not moment.diverged)]
    assert len(captures) == step > 1
    for capture in captures:
        assert diverging(recipe, data, restored(recipe, data, capture)) == (step, reason)


def test_a_loss_that_is_no_number_is_a_divergence_though_it_is_beyond_no_bound():
    recipe, data = make_recipe(optimizer=Sgd(lr=1e38), divergence_loss=1e300), make_data()
    step, reason = diverging(recipe, data, make_state(recipe, data))
    assert (step, reason) == (2, "loss nan at step 2 (epoch 1); bound 1e+300")


def test_a_loss_at_the_bound_is_none_beyond_it():
    data = make_data()
    first = run(make_recipe(epochs=1, optimizer=Sgd(lr=1e-30)), data).history[0].step_losses.astype(float)
    within = make_recipe(epochs=1, optimizer=Sgd(lr=1e-30), divergence_loss=float(first.max()))
    assert len(run(within, data).history) == 1
    beyond = make_recipe(
        epochs=1, optimizer=Sgd(lr=1e-30), divergence_loss=float(np.nextafter(first.max(), 0))
    )
    step, reason = diverging(beyond, data, make_state(beyond, data))
    assert step == 1 + int(first.argmax())
    assert reason.startswith(f"loss {first.max():.6g} at step {step} (epoch 1)")


def test_weights_ruined_by_the_very_last_step_are_a_divergence_too():
    recipe, data = make_recipe(epochs=1, batch_size=40, optimizer=Sgd(lr=1e38)), make_data()
    state = make_state(recipe, data)
    (moment,) = train(recipe, data, state)
    assert moment.diverged == "validation loss nan after step 1 (epoch 1)"
    assert moment.record.epoch == 1
    assert math.isnan(moment.record.validation_loss)


def test_a_net_that_is_ruined_only_where_it_is_evaluated_goes_no_further():
    class RuinedInEvaluation(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = nn.Sequential(nn.Flatten(), nn.Linear(768, 4))

        def forward(self, images):
            return self.inner(images) * (1.0 if self.training else math.nan)

    recipe, data = make_recipe(), make_data()
    state = make_state(recipe, data, RuinedInEvaluation())
    assert diverging(recipe, data, state) == (3, "validation loss nan after step 3 (epoch 1)")


# --- randomness of the net itself


class Masked(nn.Module):
    """Remembers which inputs its dropout let through, step by step."""

    def __init__(self):
        super().__init__()
        self.dropout, self.last = nn.Dropout(0.5), nn.Linear(768, 4)
        self.masks = []

    def forward(self, images):
        if self.training:
            self.masks.append(self.dropout(torch.ones(768)) > 0)
        return self.last(self.dropout(images.flatten(1)))


def masks(recipe, capture=None):
    data, net = make_data(), Masked()
    state = make_state(recipe, data, net) if capture is None else restored(recipe, data, capture, net)
    run(recipe, data, state)
    return [tuple(mask.tolist()) for mask in net.masks]


def test_dropout_is_looked_up_by_step_and_the_same_after_a_resume():
    recipe, data = make_recipe(), make_data()
    whole = masks(recipe)
    assert len(set(whole)) == len(whole) == 9
    state = make_state(recipe, data, Masked())
    for taken, _ in enumerate(train(recipe, data, state), start=1):
        torch.manual_seed(99)
        torch.rand(taken)
        assert masks(recipe, saved(state)) == whole[taken:]


def test_dropout_varies_with_the_seed_only_where_it_is_asked_to():
    held = [masks(make_recipe(seed=seed, randomise=["weights", "order"])) for seed in (0, 1)]
    varied = [masks(make_recipe(seed=seed, randomise=["dropout"])) for seed in (0, 1)]
    assert held[0] == held[1] == varied[0] != varied[1]


@pytest.mark.parametrize("stream", STREAMS)
def test_each_stream_varies_alone(stream, tmp_path):
    def seen(seed):
        recipe = RecipeSpec(
            data=StreetNumbers(train=60, test=20, size=16), net=Linear(), augment=[Flip()], seed=seed,
            randomise=[stream], batch_size=100, normalise=False,
        )  # fmt: skip
        known = fingerprint(recipe, open_data(recipe.data, tmp_path).fingerprint)
        run = prepare(Job(known, recipe, tmp_path, tmp_path, device="cpu"))
        data = run.seen
        if stream in {"order", "augment"}:
            ((images, target),) = Feed(recipe, data).epoch(1)
            labels = target.labels
            ordered = sorted(image.numpy().tobytes() for image in images)
        else:
            labels, ordered = torch.zeros(0), []
        return {
            "split": data.validation.positions.tolist(),
            "weights": run.state.net.state_dict()["last.weight"].tolist(),
            "order": labels.tolist(),
            "augment": ordered,
            "dropout": masks(make_recipe(seed=seed, randomise=[stream])),
        }

    one, other = seen(0), seen(1)
    assert [name for name in STREAMS if one[name] != other[name]] == [stream]
