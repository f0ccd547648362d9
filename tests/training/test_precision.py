import pytest
import torch
from torch import nn

from paribus.specs.nets import Lenet5, Mlp, Plain
from paribus.training import train

from .small import bits, make_data, make_recipe, make_state, run

CNN = Plain(widths=(6, 4), batch_norm=True)


class Watched(nn.Module):
    """Notes in which type each of its layers computes."""

    def __init__(self):
        super().__init__()
        self.conv, self.norm, self.last = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Linear(4 * 14 * 14, 4)
        self.seen = []

    def forward(self, images):
        convolved = self.conv(images)
        found = self.last(self.norm(convolved).relu().flatten(1))
        self.seen.append((self.training, images.dtype, convolved.dtype, found.dtype))
        return found


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_the_net_computes_in_it_both_in_training_and_in_evaluation(precision):
    recipe, data, net = make_recipe(precision=precision, epochs=1), make_data(), Watched()
    state = run(recipe, data, make_state(recipe, data, net))
    inside = torch.bfloat16 if precision == "bf16" else torch.float32
    assert {seen[1:] for seen in net.seen} == {(torch.float32, inside, inside)}
    assert [seen[0] for seen in net.seen] == [True, True, True, False]
    kept = [*state.net.state_dict().values(), *(p.grad for p in net.parameters())]
    kept += [value for held in state.optimizer.state.values() for value in held.values()]
    assert {value.dtype for value in kept if value.is_floating_point()} == {torch.float32}


@pytest.mark.parametrize("net", [CNN, Lenet5(), Mlp(hidden=(12,), batch_norm=True)], ids=lambda net: net.name)
@pytest.mark.parametrize("layout", ["channels-last", "contiguous"])
def test_it_learns_what_fp32_learns_but_for_rounding(net, layout):
    settings, data = {"net": net, "epochs": 6, "layout": layout}, make_data(120, 100)
    exact, rough = (run(make_recipe(precision=name, **settings), data).history for name in ("fp32", "bf16"))
    for one, other in zip(exact, rough, strict=True):
        assert other.train_loss == pytest.approx(one.train_loss, rel=0.03, abs=0.02)
        assert other.validation_loss == pytest.approx(one.validation_loss, rel=0.03, abs=0.02)
        assert other.train_loss != one.train_loss


def test_weights_that_moved_are_cast_anew_for_each_step_and_each_evaluation():
    """A cast that outlived its step would make the losses stand still."""
    recipe, data = make_recipe(net=CNN, precision="bf16", epochs=4), make_data()
    state = make_state(recipe, data)
    losses = []
    for moment in train(recipe, data, state):
        if moment.record:
            with torch.no_grad():
                for weight in state.net.parameters():
                    weight.mul_(0.5)
            losses.append(moment.record.validation_loss)
    assert len(set(losses)) == 4


def test_the_same_bits_each_time():
    recipe, data = make_recipe(net=Plain(widths=(6, 4), dropout=0.3), precision="bf16"), make_data()
    assert bits(run(recipe, data)) == bits(run(recipe, data))
