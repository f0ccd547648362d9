import numpy as np
import pytest
import torch

from paribus.specs.nets import Mlp
from paribus.specs.optimizers import Sgd
from paribus.training.range_test import SMOOTHING, sweep_rates

from .small import bits, make_data, make_recipe, make_state, run

RECIPE = make_recipe(net=Mlp(hidden=(16,), dropout=0.3), stop={"patience": 1})
DATA = make_data()


def sweep(recipe=RECIPE, *, first=1e-5, last=1.0, steps=20, state=None):
    state = state or make_state(recipe, DATA)
    return list(sweep_rates(recipe, DATA, state, first=first, last=last, steps=steps))


def test_rates_grow_by_the_same_factor_from_the_first_to_the_last():
    rates = np.array([step.rate for step in sweep()])
    assert (rates[0], rates[-1], len(rates)) == (1e-5, pytest.approx(1.0), 20)
    assert np.allclose(rates[1:] / rates[:-1], rates[1] / rates[0])


def test_where_the_rate_stays_it_is_the_recipes_own_training():
    """Nine steps over three epochs: batches, dropout and optimizer are those of a run."""
    recipe = RECIPE.model_copy(update={"stop": None})
    seen = sweep(recipe, first=1e-3, last=1e-3 * (1 + 1e-12), steps=9)
    trained = run(recipe, DATA).history
    losses = np.concatenate([record.step_losses for record in trained])
    assert len(losses) == 9
    assert np.allclose([step.loss for step in seen], losses, rtol=1e-6)


def test_each_step_is_taken_at_its_rate():
    """At the second step, the loss is that after one step of plain descent at the first rate."""
    recipe = make_recipe(optimizer=Sgd(momentum=0.0))
    fast, slow = sweep(recipe, first=0.5, last=1.0, steps=3), sweep(recipe, first=1e-9, last=2e-9, steps=3)
    by_hand = run(recipe.model_copy(update={"optimizer": Sgd(lr=0.5, momentum=0.0)}), DATA).history[0]
    assert [step.loss for step in fast[:2]] == pytest.approx(by_hand.step_losses[:2].tolist())
    assert slow[1].loss != pytest.approx(fast[1].loss)


def test_net_optimizer_and_generators_are_as_before():
    state = make_state(RECIPE, DATA)
    before, generator = bits(state), torch.random.get_rng_state()
    sweep(state=state)
    assert bits(state) == before
    assert torch.equal(torch.random.get_rng_state(), generator)


def test_the_same_test_gives_the_same_numbers():
    state = make_state(RECIPE, DATA)
    assert sweep(state=state) == sweep(state=state) == sweep()


def test_it_ends_soon_after_the_loss_explodes():
    found = sweep(first=0.1, last=1e6, steps=60)
    assert 5 <= len(found) < 60
    assert found[-1].smoothed > 2 * np.log(4)  # four classes
    assert all(step.smoothed < 2 * 1.5 * found[0].loss for step in found[5:-1])


def test_the_smoothed_loss_is_a_running_mean_without_the_bias_of_its_start():
    found = sweep(steps=12)
    for number in (0, 1, 11):
        weights = SMOOTHING ** np.arange(number, -1, -1)
        losses = [step.loss for step in found[: number + 1]]
        assert found[number].smoothed == pytest.approx(np.average(losses, weights=weights))
