import pytest
import torch
from torch import nn, optim

from paribus.errors import SpecError
from paribus.nets import Shape
from paribus.specs import OPTIMIZERS, builder_of
from paribus.specs.nets import Plain
from paribus.specs.optimizers import Adam, Muon, Sgd
from paribus.training.groups import parameter_groups, set_rate, shorten_gradient

from .small import bits, make_data, make_recipe, make_state, run

SHAPE = Shape(3, 16, 16, 4)
NET = Plain(widths=(6, 4), batch_norm=True, fully_connected=(9,))


def net():
    return make_state(make_recipe(net=NET), make_data()).net


def grouped(optimizer, scales=None, model=None):
    """(factor, decay) -> names."""
    groups = parameter_groups(model or net(), make_recipe(optimizer=optimizer), SHAPE, scales or {})
    return {
        (group["factor"], group["weight_decay"]): [name for name, _ in group["params"]] for group in groups
    }


def test_without_further_options_there_is_one_group_of_all_parameters():
    assert grouped(Adam(weight_decay=0.1)) == {(1.0, 0.1): [name for name, _ in net().named_parameters()]}


def test_norms_and_biases_are_not_decayed_where_only_weights_are():
    found = grouped(Sgd(weight_decay=0.1, decay="weights"))
    assert found[1.0, 0.1] == ["conv1.weight", "conv2.weight", "linear1.weight", "last.weight"]
    assert set(found) == {(1.0, 0.1), (1.0, 0.0)}
    assert {"conv1.bias", "conv1_norm.weight", "conv1_norm.bias", "last.bias"} <= set(found[1.0, 0.0])


def test_a_pattern_gives_what_it_matches_another_rate_and_of_several_the_product():
    found = grouped(Sgd(rates={"conv*": 0.5, "*.bias": 4, "last.bias": 1.5}))
    assert found[1.0, 0.0] == ["linear1.weight", "last.weight"]
    assert found[0.5, 0.0] == ["conv1.weight", "conv1_norm.weight", "conv2.weight", "conv2_norm.weight"]
    assert found[4.0, 0.0] == ["linear1.bias"]
    assert found[2.0, 0.0] == ["conv1.bias", "conv1_norm.bias", "conv2.bias", "conv2_norm.bias"]
    assert found[6.0, 0.0] == ["last.bias"]
    one, other = ({"conv*": 0.5, "*.bias": 2.0}, {"*.bias": 2.0, "conv*": 0.5})
    assert grouped(Sgd(rates=one)) == grouped(Sgd(rates=other))


def test_scales_multiply_and_what_has_no_gradient_is_left_out():
    model = net()
    model.conv1.weight.requires_grad_(requires_grad=False)
    found = grouped(Sgd(rates={"conv2.*": 0.5}), {"conv2.weight": 0.2, "last.weight": 3.0}, model)
    names = [name for group in found.values() for name in group]
    assert "conv1.weight" not in names
    assert len(names) == len(list(model.parameters())) - 1
    assert found[0.1, 0.0] == ["conv2.weight"]
    assert found[3.0, 0.0] == ["last.weight"]


def test_a_pattern_that_matches_nothing_is_refused_with_the_nearest_name():
    with pytest.raises(SpecError) as caught:
        grouped(Sgd(rates={"lst.weight": 2.0}))
    assert str(caught.value) == (
        "optimizer.rates: 'lst.weight' matches no trained parameter; there are: conv1.weight, conv1.bias, "
        "conv1_norm.weight, conv1_norm.bias, conv2.weight, conv2.bias and 6 more. Did you mean 'last.weight'?"
    )


def test_the_rate_of_a_group_is_the_schedules_rate_by_its_factor():
    options = Sgd(rates={"last.*": 10.0})
    groups = parameter_groups(net(), make_recipe(optimizer=options), SHAPE, {})
    optimizer = builder_of(OPTIMIZERS, options)(options, groups)
    set_rate(optimizer, 0.25)
    assert [group["lr"] for group in optimizer.param_groups] == [0.25, 2.5]


@pytest.mark.parametrize("optimizer", [Sgd(momentum=0.0), Sgd(weight_decay=0.1), Muon(rest="sgd")])
def test_a_pattern_over_everything_is_another_rate_and_nothing_else(optimizer):
    """For a power of two, to the bit."""
    data, name = make_data(), optimizer.name
    half = {"lr": optimizer.lr / 2} | ({"rest_lr": optimizer.rest_lr / 2} if name == "muon" else {})
    scaled = run(make_recipe(net=NET, optimizer=optimizer.model_copy(update={"rates": {"*": 0.5}})), data)
    halved = run(make_recipe(net=NET, optimizer=optimizer.model_copy(update=half)), data)
    assert bits(scaled)[0]["net/last.weight"] == bits(halved)[0]["net/last.weight"]


def test_hidden_weights_are_those_between_the_first_and_the_last():
    assert hidden_in(net()) == ["conv2.weight", "linear1.weight"]
    assert not any(group["hidden"] for group in parameter_groups(net(), make_recipe(), SHAPE, {}))


def test_of_hidden_weights_those_that_train_are_moved_by_muon():
    model = net()
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name.startswith(("linear1", "last")))
    assert hidden_in(model) == ["linear1.weight"]


class MadeBackwards(nn.Module):
    """Its last layer is made first, what it gives is no logits, and a table in it belongs to no layer."""

    def __init__(self):
        super().__init__()
        self.last = nn.Linear(6, 4)
        self.table = nn.Parameter(torch.ones(6, 6))
        self.attention = nn.MultiheadAttention(6, 2)
        self.inner = nn.Linear(6, 6)
        self.first = nn.Conv2d(3, 6, 3)

    def forward(self, images):
        found = self.inner(self.first(images).mean((2, 3))) @ self.table
        found = found + self.attention(found, found, found, need_weights=False)[0]
        return self.last(found) + self.last(-found) * 2


def test_first_and_last_are_those_that_compute_first_and_last_in_whatever_order_they_were_made():
    assert hidden_in(MadeBackwards()) == ["attention.out_proj.weight", "inner.weight"]


def hidden_in(model):
    groups = parameter_groups(model, make_recipe(optimizer=Muon()), SHAPE, {})
    return [name for group in groups if group["hidden"] for name, _ in group["params"]]


@pytest.mark.parametrize("longest", [0.5, 4.9, 5.1])
def test_a_gradient_is_shortened_over_all_weights_to_its_bound_and_keeps_its_direction(longest):
    """3, 4 and 0: five long."""
    weights = [nn.Parameter(torch.zeros(1)) for _ in range(3)]
    optimizer = optim.SGD([{"params": weights[:1]}, {"params": weights[1:]}], lr=0.1)
    for weight, gradient in zip(weights, (3.0, 4.0, 0.0), strict=True):
        weight.grad = torch.tensor([gradient])
    shorten_gradient(optimizer, longest)
    share = min(longest / 5, 1.0)
    assert [float(weight.grad) for weight in weights] == pytest.approx([3 * share, 4 * share, 0], rel=1e-5)


def test_a_run_with_a_bound_moves_no_farther_than_rate_by_bound():
    recipe, data = (
        make_recipe(optimizer=Sgd(lr=0.5, momentum=0.0, clip=0.01), epochs=1, batch_size=64),
        make_data(),
    )
    before = make_state(recipe, data).net.state_dict()
    after = run(recipe, data).net.state_dict()
    moved = sum(float(((after[name] - value) ** 2).sum()) for name, value in before.items()) ** 0.5
    assert moved == pytest.approx(0.005, rel=1e-3)
