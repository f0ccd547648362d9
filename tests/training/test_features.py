"""A frozen body's features, computed once: the same result up to rounding, and only where that is so."""

import pytest
import torch
from torch import nn

from paribus.nets import Shape
from paribus.nets.building import build_net
from paribus.nets.starting import hold_norms, start_net
from paribus.schedules import steps_per_epoch
from paribus.specs import RecipeSpec
from paribus.specs.augments import Flip
from paribus.specs.nets import Compact, Plain
from paribus.specs.start import StartSpec
from paribus.training import evaluate, first_state
from paribus.training.batches import Feed
from paribus.training.features import with_features

from . import small

SHAPE = Shape(3, 16, 16, 4)
NETS = {
    "plain": Plain(widths=(8, 16), batch_norm=True, dropout=0.2, dropout_in="linear", fully_connected=(12,)),
    "compact": Compact(widths=(8, 12), depth=1, dropout=0.3),
}


def started(options, train="head", norms="frozen", **settings):
    """(recipe, data, state, what started): a run that starts from weights which other runs left."""
    start = StartSpec(stage="before", train=train, norms=norms)
    recipe = small.make_recipe(net=options, start=start, epochs=3, **settings)
    before = build_net(options, SHAPE, 5)
    torch.manual_seed(0)
    for module in before.modules():  # statistics that are not those of a new net
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.uniform_(-0.2, 0.2)
            module.running_var.uniform_(0.5, 2.0)
    net = build_net(options, SHAPE, 0)
    classes = tuple("abcd")
    found = start_net(net, before.state_dict(), start, SHAPE, classes=classes, known_classes=tuple("wxyz"))
    hold_norms(net, found)
    data = small.make_data(train=60)
    steps = steps_per_epoch(len(data.train), recipe.batch_size)
    return recipe, data, first_state(recipe, net, SHAPE, steps, "cpu", scales=found.scales), found


@pytest.mark.parametrize("name", NETS)
def test_the_result_is_the_same_up_to_rounding(name):
    recipe, data, state, found = started(NETS[name])
    whole = small.run(recipe, data, state)
    recipe, data, state, found = started(NETS[name])
    features, state.head = with_features(recipe, data, state.net, found, SHAPE)
    assert features.are_features
    assert features.train.pixels.dim() == 2
    head = small.run(recipe, features, state)
    assert head.step == whole.step > 0
    for key, value in whole.net.state_dict().items():
        assert torch.allclose(head.net.state_dict()[key], value, atol=1e-5), key
    for one, other in zip(head.history, whole.history, strict=True):
        assert one.validation_loss == pytest.approx(other.validation_loss, abs=1e-5)


def test_it_resumes_to_the_bit():
    recipe, data, state, found = started(NETS["compact"])
    features, state.head = with_features(recipe, data, state.net, found, SHAPE)
    expected = small.bits(small.run(recipe, features, state))
    recipe, data, state, found = started(NETS["compact"])
    features, state.head = with_features(recipe, data, state.net, found, SHAPE)
    moments = small.train(recipe, features, state)
    for _ in range(3):
        next(moments)
    capture = small.saved(state)
    recipe, data, again, found = started(NETS["compact"])
    features, again.head = with_features(recipe, data, again.net, found, SHAPE)
    again.restore(*capture)
    assert small.bits(small.run(recipe, features, again)) == expected


def test_the_whole_net_judges_images_as_its_head_judges_features():
    recipe, data, state, found = started(NETS["plain"])
    features, state.head = with_features(recipe, data, state.net, found, SHAPE)
    judged = evaluate(state.net, Feed(recipe, features), features.validation, state.head).logits
    whole = evaluate(state.net, Feed(recipe, data), data.validation).logits
    assert torch.allclose(judged, whole, atol=1e-5)


@pytest.mark.parametrize(
    ("options", "settings"),
    [
        (NETS["plain"], {"train": "last:2"}),
        (NETS["plain"], {"train": "all"}),
        (NETS["plain"], {"norms": "updated"}),
        (NETS["plain"], {"augment": (Flip(),)}),
        (NETS["plain"], {"test_time_flip": True}),
    ],
)
def test_where_an_image_gives_other_features_each_time_images_stay_images(options, settings):
    recipe, data, state, found = started(options, **settings)
    assert with_features(recipe, data, state.net, found, SHAPE) == (data, None)


def test_what_a_net_does_to_its_images_beforehand_is_done_once():
    """A hook before the net's forward pass belongs to images, not to features."""
    recipe, data, state, found = started(NETS["plain"])
    state.net.register_forward_pre_hook(lambda _net, given: (3 * given[0] - 1,))
    whole = small.run(recipe, data, state)
    recipe, data, state, found = started(NETS["plain"])
    state.net.register_forward_pre_hook(lambda _net, given: (3 * given[0] - 1,))
    features, state.head = with_features(recipe, data, state.net, found, SHAPE)
    head = small.run(recipe, features, state)
    for key, value in whole.net.state_dict().items():
        assert torch.allclose(head.net.state_dict()[key], value, atol=1e-4), key


def test_gray_images_go_through_a_net_of_colours():
    """Its hook repeats them over three channels."""
    options = RecipeSpec.model_validate({"data": "digits", "net": "torchvision:mobilenet_v3_small"}).net
    shape = Shape(1, 32, 32, 4)
    start = StartSpec(stage="before", train=("head",))
    recipe = small.make_recipe(net=options, start=start, epochs=1)
    net = build_net(options, shape, 0)
    before = build_net(options, shape, 1).state_dict()
    classes = tuple("abcd")
    found = start_net(net, before, start, shape, classes=classes, known_classes=tuple("wxyz"))
    hold_norms(net, found)
    data = small.make_data(channels=1, side=32)
    steps = steps_per_epoch(len(data.train), recipe.batch_size)
    state = first_state(recipe, net, shape, steps, "cpu", scales=found.scales)
    features, state.head = with_features(recipe, data, net, found, shape)
    assert features.are_features
    assert small.run(recipe, features, state).step == 3
