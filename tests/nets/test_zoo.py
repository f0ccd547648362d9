"""Nets of torchvision and timm by their names."""

import sys

import numpy as np
import pytest
import torch
from torch.nn import functional

from paribus.errors import MissingExtra, SpecError
from paribus.nets import Shape
from paribus.nets.building import build_net
from paribus.nets.foreign import import_torchvision
from paribus.nets.zoo import list_classifiers
from paribus.specs.zoo import ZooOptions

from .counting import count_parameters

COLOUR = Shape(3, 64, 64, 5)
NAMES = [
    "torchvision:resnet18", "torchvision:mobilenet_v3_small", "torchvision:squeezenet1_1",
    "torchvision:vit_b_32", "timm:resnet18", "timm:mobilenetv2_100", "timm:vit_tiny_patch16_224",
    "timm:convnext_atto",
]  # fmt: skip


def zoo(name, **arguments):
    return ZooOptions(name=name, **arguments)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("channels", [1, 3])
def test_each_goes_forward_and_backward(name, channels):
    shape = Shape(channels, 64, 64, 5)
    net = build_net(zoo(name), shape, 0)
    logits = net(torch.rand(4, channels, 64, 64))
    assert logits.shape == (4, 5)
    functional.cross_entropy(logits, torch.tensor([0, 1, 4, 0])).backward()
    assert all(parameter.grad is not None for parameter in net.parameters())
    assert count_parameters(zoo(name), shape) == sum(parameter.numel() for parameter in net.parameters())


@pytest.mark.parametrize("name", ["torchvision:resnet18", "timm:resnet18"])
def test_first_weights_follow_from_the_seed_alone(name):
    torch.manual_seed(1)
    first = build_net(zoo(name), COLOUR, 0).state_dict()
    torch.manual_seed(2)
    before, numpys = torch.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002  the global one
    again, other = (build_net(zoo(name), COLOUR, seed).state_dict() for seed in (0, 1))
    assert torch.equal(torch.get_rng_state(), before)
    assert np.array_equal(np.random.get_state()[1], numpys)  # noqa: NPY002
    assert all(torch.equal(value, again[key]) for key, value in first.items())
    assert not torch.equal(first["conv1.weight"], other["conv1.weight"])


def test_the_librarys_arguments_reach_it():
    net = build_net(zoo("timm:resnet18", drop_rate=0.25, act_layer="gelu"), COLOUR, 0)
    assert net.drop_rate == 0.25
    assert type(net.act1).__name__ == "GELU"
    net = build_net(zoo("torchvision:mobilenet_v2", width_mult=0.5, dropout=0.6), COLOUR, 0)
    assert (net.features[0][0].out_channels, net.classifier[0].p) == (16, 0.6)


def test_gray_images_are_seen_as_three_equal_channels():
    shape = Shape(1, 32, 32, 5)
    for name in ("torchvision:resnet18", "timm:resnet18"):
        gray, colour = (build_net(zoo(name), each, 0).eval() for each in (shape, COLOUR))
        images = torch.rand(2, 1, 32, 32)
        assert gray.state_dict().keys() == colour.state_dict().keys()
        assert torch.equal(gray(images), colour(images.repeat(1, 3, 1, 1)))


def test_timm_takes_any_number_of_channels():
    assert build_net(zoo("timm:resnet18"), Shape(4, 32, 32, 5), 0).conv1.in_channels == 4


@pytest.mark.parametrize("name", ["inception_v3", "googlenet"])
@pytest.mark.slow
def test_second_heads_are_left_out(name):
    shape = Shape(3, 96, 96, 5)
    net = build_net(zoo(f"torchvision:{name}"), shape, 0).train()
    assert net(torch.rand(2, 3, 96, 96)).shape == (2, 5)
    assert not [key for key in net.state_dict() if "aux" in key.lower()]


@pytest.mark.parametrize(
    ("options", "shape", "message"),
    [
        (zoo("torchvision:resnet19"), COLOUR, "of 80. Did you mean 'torchvision:resnet18'?"),
        (zoo("torchvision:nosuch"), COLOUR, "has no image classifier of this name, of 80."),
        (zoo("timm:mobilnetv2_100"), COLOUR, ". Did you mean 'timm:mobilenetv2_100'?"),
        (zoo("torchvision:fasterrcnn_resnet50_fpn"), COLOUR,
         "has it for another task; it classifies no images"),
        (zoo("torchvision:quantized_resnet18"), COLOUR, "has it for another task; it classifies no images"),
        (zoo("torchvision:fcn_resnet50"), COLOUR, "has it for another task; it classifies no images"),
        (zoo("torchvision:r3d_18"), COLOUR, "has it for another task; it classifies no images"),
        (zoo("torchvision:resnet18"), Shape(4, 32, 32, 5), "takes images of 1 or 3 channels; these have 4"),
        (zoo("torchvision:resnet18", depth=3), COLOUR, "unexpected keyword argument 'depth'. It was called"),
        (zoo("timm:resnet18", drop_rat=3), COLOUR, "unexpected keyword argument 'drop_rat'. It was"),
        (zoo("timm:vit_tiny_patch16_224", img_size="big"), COLOUR, "It was called with num_classes=5"),
        (zoo("torchvision:inception_v3"), COLOUR, "given 2 images of 3 x 64 x 64, its forward raised"),
    ],
    ids=lambda value: getattr(value, "name", None),
)  # fmt: skip
def test_what_cannot_be_built_is_refused_in_one_line(options, shape, message):
    with pytest.raises(SpecError) as caught:
        count_parameters(options, shape)
    assert str(caught.value).startswith(f"net '{options.name}'")
    assert message in str(caught.value)
    assert ("Did you mean" in message) == ("Did you mean" in str(caught.value))
    assert "\n" not in str(caught.value)


def test_only_classifiers_of_images_are_listed():
    assert len(list_classifiers("torchvision")) > 70
    assert len(list_classifiers("timm")) > 1000
    assert not {"fcn_resnet50", "r3d_18", "quantized_resnet18"} & set(list_classifiers("torchvision"))


def test_where_timm_is_missing_the_extra_is_named(monkeypatch):
    import_torchvision("Testing")
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(MissingExtra, match=r"net 'timm:resnet18' needs the package 'timm'.*paribus\[zoo\]"):
        build_net(zoo("timm:resnet18"), COLOUR, 0)
