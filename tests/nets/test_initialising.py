import math

import numpy as np
import pytest
import torch
from scipy import stats
from torch import nn

from paribus.nets import Shape
from paribus.nets.building import build_net
from paribus.nets.initialising import initialise
from paribus.specs.nets import Compact, Fast, Lenet5, Linear, Mlp, Plain

COLOUR = Shape(3, 32, 32, 10)


def weights(options, seed=0, shape=COLOUR):
    return dict(build_net(options, shape, seed).named_parameters())


def shared(one, other):
    """Names of the parameters that two nets hold with the same values; norms always do."""
    return {
        name for name, value in one.items()
        if name in other and "norm" not in name and torch.equal(value, other[name])
    }  # fmt: skip


def names(*layers):
    return {f"{layer}.{kind}" for layer in layers for kind in ("weight", "bias")}


@pytest.mark.parametrize(
    ("one", "other", "layers"),
    [
        (Plain(), Plain(batch_norm=True), ("conv1", "conv2", "conv3", "last")),
        (Plain(), Plain(dropout=0.4), ("conv1", "conv2", "conv3", "last")),
        (Plain(), Plain(pooling="average"), ("conv1", "conv2", "conv3", "last")),
        (Plain(), Plain(pooling="none"), ("conv1", "conv2", "conv3")),
        (Plain(), Plain(widths=(32, 64)), ("conv1", "conv2")),
        (Plain(), Plain(kernel=5), ("last",)),
        (Plain(fully_connected=(20,)), Plain(fully_connected=(20, 20)),
         ("conv1", "conv2", "conv3", "linear1", "last")),
        (Mlp(hidden=(20, 20)), Mlp(hidden=(20, 20), batch_norm=True, dropout=0.1),
         ("linear1", "linear2", "last")),
        (Mlp(hidden=(20, 20)), Mlp(hidden=(20, 30)), ("linear1",)),
        (Plain(fully_connected=(9,)), Plain(fully_connected=(9,), dropout=0.2, dropout_in="last"),
         ("conv1", "conv2", "conv3", "linear1", "last")),
        (Lenet5(), Lenet5(dropout=0.5), ("conv1", "conv2", "linear1", "linear2", "last")),
    ],
)  # fmt: skip
def test_two_nets_that_share_a_layer_share_its_first_weights(one, other, layers):
    assert shared(weights(one), weights(other)) == names(*layers)


def test_no_two_layers_and_no_two_seeds_begin_alike():
    drawn = [
        tuple(value.flatten()[:10].tolist())
        for options in (Plain(fully_connected=(128, 128)), Plain(widths=(32, 32, 32)))
        for seed in range(3)
        for value in weights(options, seed).values()
    ]
    assert len(set(drawn)) == 3 * (12 + 8) - 3 * 2  # conv1 is the same layer in both


def test_the_global_generator_neither_matters_nor_moves():
    torch.manual_seed(1)
    first = weights(Plain(batch_norm=True))
    torch.manual_seed(2)
    before = torch.get_rng_state()
    again = weights(Plain(batch_norm=True))
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(value, again[name]) for name, value in first.items())


@pytest.mark.parametrize(
    "layer",
    [nn.Linear(300, 70), nn.Linear(3, 5000), nn.Conv2d(16, 64, 3), nn.Conv2d(8, 500, 5, groups=4)],
    ids=str,
)
def test_the_distribution_is_torchs_own(layer):
    theirs = {name: value.detach().clone().flatten() for name, value in layer.named_parameters()}
    bound = 1 / math.sqrt(layer.weight[0].numel())
    initialise(nn.Sequential(layer), 0)
    for name, value in layer.named_parameters():
        ours = value.detach().flatten().numpy()
        assert np.abs(ours).max() <= bound
        assert stats.kstest(ours, stats.uniform(-bound, 2 * bound).cdf).pvalue > 1e-4
        assert stats.ks_2samp(ours, theirs[name].numpy()).pvalue > 1e-4
        assert not np.array_equal(ours, theirs[name].numpy())
    assert np.abs(layer.weight.detach().numpy()).max() > 0.99 * bound


def test_norms_start_at_one_and_zero_and_layers_without_bias_have_none():
    state = build_net(Plain(batch_norm=True), COLOUR, 0).state_dict()
    assert (state["conv2_norm.weight"] == 1).all()
    assert not state["conv2_norm.bias"].any()
    net = nn.Sequential(nn.Conv2d(3, 4, 3, bias=False))
    initialise(net, 0)
    assert [name for name, _ in net.named_parameters()] == ["0.weight"]


def test_the_first_weights_are_these_on_every_machine():
    first = weights(Linear(), shape=Shape(1, 2, 2, 2))["last.weight"]
    assert first.flatten()[:4].tolist() == [
        -0.4520640969276428, 0.13418257236480713, -0.0799298882484436, -0.042250871658325195,
    ]  # fmt: skip


def weights_of_layers(options):
    return {name for name in weights(options) if name.endswith("weight") and "norm" not in name}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Fast(widths=(8, 8)), Fast(widths=(8, 8), residual=True, norm_scale=True, activation="relu")),
        (Compact(widths=(4, 6)), Compact(widths=(4, 6), dropout=0.3)),
    ],
    ids=["fast", "compact"],
)
def test_blocks_share_first_weights_whatever_else_differs(one, other):
    assert shared(weights(one), weights(other)) >= weights_of_layers(one)
    assert len(weights_of_layers(one)) > 5


def test_filters_that_pass_on_their_maps_do_and_the_others_are_those_of_the_uniform_net():
    passing = weights(Fast(widths=(40, 8)))
    uniform = weights(Fast(widths=(40, 8), first_weights="uniform"))
    for name, maps in [
        ("group1_conv.weight", 24),
        ("group2_conv.weight", 8),
        ("group1_second.conv.weight", 40),
    ]:
        found = passing[name]
        images = torch.rand(2, found.shape[1], 5, 5, generator=torch.Generator().manual_seed(0))
        assert torch.equal(nn.functional.conv2d(images, found, padding=1)[:, :maps], images[:, :maps])
        assert torch.equal(found[maps:], uniform[name][maps:])
    assert torch.equal(passing["stem.weight"], uniform["stem.weight"])
