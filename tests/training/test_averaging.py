import pytest
import torch
from torch import nn

from paribus.specs.nets import Plain
from paribus.specs.optimizers import Sgd
from paribus.specs.recipe import StopSpec
from paribus.specs.training import AverageSpec
from paribus.training import Feed, evaluate, train
from paribus.training.averaging import Average

from .small import make_data, make_recipe, make_state, run

CNN = Plain(widths=(6, 4), batch_norm=True)


def copied(weights):
    return {name: value.clone() for name, value in weights.items()}


@pytest.mark.parametrize("every", [1, 2, 3, 5])
@pytest.mark.parametrize("decay", [0.3, 0.99])
def test_the_average_is_the_one_that_anyone_would_compute(every, decay):
    recipe = make_recipe(net=CNN, average=AverageSpec(decay=decay, every=every), optimizer=Sgd(lr=0.05))
    data = make_data()
    state = make_state(recipe, data)
    expected, updates = copied(state.net.state_dict()), 0
    for _ in train(recipe, data, state):
        if state.step < every:
            expected = copied(state.net.state_dict())
        elif state.step % every == 0:
            updates += 1
            kept = min(decay, updates / (9 + updates))
            for name, value in state.net.state_dict().items():
                if value.is_floating_point():
                    expected[name] = kept * expected[name] + (1 - kept) * value
                else:
                    expected[name] = value.clone()
        for name, value in state.average.weights.items():
            assert torch.allclose(value, expected[name], rtol=1e-4, atol=1e-6), name
    assert not torch.allclose(expected["conv1.weight"], state.net.state_dict()["conv1.weight"], atol=1e-4)


def test_the_average_is_what_is_judged_and_kept_and_training_goes_on_without_it():
    """Same steps as without an average; other validation, other best weights."""
    data = make_data()
    settings = {"net": CNN, "optimizer": Sgd(lr=0.02), "epochs": 4}
    recipe = make_recipe(average=True, **settings)
    plain, state = run(make_recipe(**settings), data), make_state(recipe, data)
    averages = {}
    for moment in train(recipe, data, state):
        if moment.record:
            averages[moment.record.epoch] = copied(state.average.weights)
    for one, other in zip(state.history, plain.history, strict=True):
        assert one.step_losses.tolist() == other.step_losses.tolist()
        assert one.validation_loss != other.validation_loss
    for name, value in plain.net.state_dict().items():
        assert torch.equal(value, state.net.state_dict()[name])
    assert all(torch.equal(v, averages[state.best_epoch][k]) for k, v in state.best_weights.items())
    assert all(torch.equal(v, averages[4][k]) for k, v in state.weights.items())
    state.net.load_state_dict(state.weights)
    seen = evaluate(state.net, Feed(recipe, data), data.validation)
    assert seen.loss == state.history[-1].validation_loss


def test_within_judged_the_net_has_the_average_and_afterwards_its_own_weights_to_the_bit():
    recipe, data = make_recipe(net=CNN, average=True), make_data()
    state = run(recipe, data)
    own, average = copied(state.net.state_dict()), copied(state.average.weights)
    with state.judged() as net:
        assert all(torch.equal(value, average[name]) for name, value in net.state_dict().items())
    assert all(torch.equal(value, own[name]) for name, value in state.net.state_dict().items())
    assert all(torch.equal(value, average[name]) for name, value in state.average.weights.items())


def test_the_first_weights_are_forgotten_before_the_decay_could_have_done_so():
    net = nn.Linear(1, 1, bias=False)
    nn.init.constant_(net.weight, 100.0)
    average = Average(net, AverageSpec(decay=0.999))
    nn.init.constant_(net.weight, 0.0)
    for step in range(1, 31):
        average.update(step)
    assert 0 < float(average.weights["weight"]) < 100 * 0.999**30 / 1e4


def test_stopping_early_goes_by_the_average():
    recipe = make_recipe(net=CNN, average=True, optimizer=Sgd(lr=1e-30), epochs=9, stop=StopSpec(patience=2))
    state = run(recipe, make_data())
    assert (len(state.history), state.best_epoch) == (3, 1)


@pytest.mark.parametrize("every", [5, 1000])
def test_an_epoch_that_ends_before_the_first_update_is_judged_by_the_net_as_it_is(every):
    """Not by its first weights, which know nothing; here an epoch has 3 steps, and the run 9."""
    data, settings = make_data(), {"net": CNN, "optimizer": Sgd(lr=0.02)}
    state = run(make_recipe(average=AverageSpec(every=every), **settings), data)
    plain = run(make_recipe(**settings), data)
    alike = [
        one.validation_loss == other.validation_loss
        for one, other in zip(state.history, plain.history, strict=True)
    ]
    assert alike == [True, every == 1000, every == 1000]


def test_a_buffer_that_a_net_puts_another_tensor_in_the_place_of_is_followed():
    class Counting(nn.Linear):
        def __init__(self):
            super().__init__(1, 1)
            self.register_buffer("seen", torch.zeros(()))
            self.register_buffer("times", torch.zeros((), dtype=torch.long))

    net = Counting()
    average = Average(net, AverageSpec(decay=0.5))
    net.seen, net.times = net.seen + 10, net.times + 3
    average.update(1)
    assert float(average.weights["seen"]) == pytest.approx(9)
    assert int(average.weights["times"]) == 3
