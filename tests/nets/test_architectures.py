"""Our resnet, vgg and mobilenetv2 against torchvision's and timm's: the same names, the same numbers."""

import itertools

import pytest
import torch
from torch.nn import functional

from paribus.errors import SpecError
from paribus.nets import Shape
from paribus.nets.building import build_net
from paribus.nets.foreign import import_torchvision
from paribus.nets.translating import from_timm_mobilenetv2
from paribus.specs import RecipeSpec
from paribus.specs.architectures import MobileNetV2, Resnet, Vgg

from .counting import count_parameters

SMALL = [
    Resnet(depth=18, width=0.125),
    Resnet(depth=20, dropout=0.2),
    Resnet(depth=50, width=0.125, stem="imagenet"),
    Vgg(depth=11),
    Vgg(depth=13, batch_norm=False, dropout=0),
    MobileNetV2(width=0.25),
    MobileNetV2(width=0.25, stem="imagenet", padding="after", dropout=0),
]
OURS_AND_THEIRS = [
    (Resnet(depth=18, stem="imagenet"), "resnet18"),
    (Resnet(depth=34, stem="imagenet"), "resnet34"),
    (Resnet(depth=50, stem="imagenet"), "resnet50"),
    (Vgg(depth=11, head="imagenet"), "vgg11_bn"),
    (Vgg(depth=16, head="imagenet", batch_norm=False), "vgg16"),
    (MobileNetV2(stem="imagenet"), "mobilenet_v2"),
]


@pytest.fixture(scope="module")
def torchvision():
    return import_torchvision("Testing")


def images(count, side, channels=3):
    return torch.rand(count, channels, side, side, generator=torch.Generator().manual_seed(0))


def unsettled(net):
    """The net with norms that have seen something, so that they matter."""
    generator = torch.Generator().manual_seed(1)
    for name, value in net.state_dict().items():
        if name.endswith("running_mean"):
            value.copy_(torch.rand(value.shape, generator=generator) - 0.5)
        if name.endswith("running_var"):
            value.copy_(torch.rand(value.shape, generator=generator) + 0.5)
    return net.eval()


@pytest.mark.parametrize(
    ("options", "name"), OURS_AND_THEIRS, ids=lambda value: getattr(value, "name", value)
)
def test_torchvisions_weights_fit_strictly_and_give_the_same_numbers(torchvision, options, name):
    theirs = unsettled(torchvision.models.get_model(name, num_classes=7))
    ours = build_net(options, Shape(3, 96, 96, 7), 0).eval()
    ours.load_state_dict(theirs.state_dict())
    with torch.no_grad():
        assert torch.equal(ours(images(2, 96)), theirs(images(2, 96)))


def test_timms_mobilenetv2_fits_through_the_map_of_its_names(torchvision):
    timm = pytest.importorskip("timm")
    theirs = unsettled(timm.create_model("mobilenetv2_100", num_classes=7))
    ours = build_net(MobileNetV2(stem="imagenet"), Shape(3, 96, 96, 7), 0).eval()
    ours.load_state_dict(from_timm_mobilenetv2(theirs.state_dict()))
    with torch.no_grad():
        assert torch.equal(ours(images(2, 96)), theirs(images(2, 96)))


def test_timms_resnet_has_the_same_names_as_ours(torchvision):
    timm = pytest.importorskip("timm")
    theirs = unsettled(timm.create_model("resnet18", num_classes=7))
    ours = build_net(Resnet(stem="imagenet"), Shape(3, 64, 64, 7), 0).eval()
    ours.load_state_dict(theirs.state_dict())
    with torch.no_grad():
        assert torch.equal(ours(images(2, 64)), theirs(images(2, 64)))


@pytest.mark.parametrize(
    ("options", "parameters"),
    [
        (Resnet(depth=18, stem="imagenet"), 11_689_512),
        (Resnet(depth=34, stem="imagenet"), 21_797_672),
        (Resnet(depth=50, stem="imagenet"), 25_557_032),
        (Vgg(depth=11, head="imagenet", batch_norm=False), 132_863_336),
        (Vgg(depth=13, head="imagenet", batch_norm=False), 133_047_848),
        (Vgg(depth=16, head="imagenet", batch_norm=False), 138_357_544),
        (Vgg(depth=19, head="imagenet", batch_norm=False), 143_667_240),
        (MobileNetV2(stem="imagenet"), 3_504_872),
    ],
    ids=repr,
)
def test_they_are_as_large_as_torchvision_says(options, parameters):
    assert count_parameters(options, Shape(3, 224, 224, 1000)) == parameters


@pytest.mark.parametrize(
    ("depth", "parameters"), [(20, 272_474), (32, 466_906), (44, 661_338), (56, 855_770)]
)
def test_the_cifar_family_is_as_large_as_projections_make_it(depth, parameters):
    """He et al. (2015), table 6: 0.27, 0.46, 0.66 and 0.85 million, where shortcuts are padded with zeros."""
    assert count_parameters(Resnet(depth=depth), Shape(3, 32, 32, 10)) == parameters


@pytest.mark.parametrize("options", SMALL, ids=repr)
def test_each_goes_forward_and_backward_at_several_sizes(options):
    for channels, (height, width), classes in itertools.product((1, 3), [(32, 32), (33, 47)], (2, 5)):
        net = build_net(options, Shape(channels, height, width, classes), 0)
        batch = torch.rand(4, channels, height, width, generator=torch.Generator().manual_seed(0))
        logits = net(batch)
        assert logits.shape == (4, classes)
        functional.cross_entropy(logits, torch.tensor([0, 1, 1, 0])).backward()
        for name, parameter in net.named_parameters():
            assert parameter.grad is not None, name
            assert torch.isfinite(parameter.grad).all(), name


@pytest.mark.parametrize("options", SMALL, ids=repr)
def test_counting_agrees_with_the_built_net(options):
    shape = Shape(3, 32, 32, 7)
    net = build_net(options, shape, 0)
    assert count_parameters(options, shape) == sum(parameter.numel() for parameter in net.parameters())


@pytest.mark.parametrize(
    ("options", "sides"),
    [
        (Resnet(), (32, 4)), (Resnet(depth=20), (32, 8)), (Resnet(stem="imagenet"), (32, 1)),
        (Vgg(), (32, 1)), (MobileNetV2(), (32, 4)), (MobileNetV2(stem="imagenet"), (32, 1)),
    ],
    ids=repr,
)  # fmt: skip
def test_what_is_left_of_small_images(options, sides):
    """The small stem leaves enough pixels to look at; the large ones were made for 224."""
    before, after = sides
    net, seen = build_net(options, Shape(3, before, before, 5), 0), []
    pooling = net.get_submodule("mean" if isinstance(options, MobileNetV2) else "avgpool")
    pooling.register_forward_pre_hook(lambda _module, given: seen.append(given[0].shape[-2:]))
    net(images(2, before))
    assert seen == [(after, after)]


def test_dropout_renames_nothing_and_draws_while_training_only():
    for options in (Resnet(depth=20), Vgg(), MobileNetV2(width=0.25)):
        shape = Shape(3, 32, 32, 5)
        with_, without = (
            build_net(options.model_copy(update={"dropout": rate}), shape, 0) for rate in (0.5, 0.0)
        )
        assert with_.state_dict().keys() == without.state_dict().keys()
        with_.load_state_dict(without.state_dict())
        batch = images(2, 32)
        assert torch.equal(with_.eval()(batch), without.eval()(batch))
        with_.train()
        assert not torch.equal(with_(batch), with_(batch))


def test_padding_after_looks_where_tensorflow_does():
    """An identity filter of stride 2 takes the pixels 1, 3, 5 of an even side, and 0, 2, 4 of an odd one."""
    net = build_net(MobileNetV2(stem="imagenet", padding="after"), Shape(1, 8, 9, 2), 0)
    convolution = net.features[0][0]
    assert convolution.stride == (2, 2)
    with torch.no_grad():
        convolution.weight.zero_()
        convolution.weight[0, 0, 1, 1] = 1
    rows, columns = torch.meshgrid(torch.arange(8.0), torch.arange(9.0), indexing="ij")
    taken = convolution(torch.stack([rows, columns])[:, None])[:, 0]
    assert taken[0, :, 0].tolist() == [1, 3, 5, 7]
    assert taken[1, 0].tolist() == [0, 2, 4, 6, 8]


def test_padding_matters_to_mobilenetv2_at_even_sizes_only():
    for side, same in ((32, False), (33, True)):
        nets = [
            build_net(MobileNetV2(stem="imagenet", width=0.25, padding=padding), Shape(3, side, side, 5), 0)
            for padding in ("both", "after")
        ]
        with torch.no_grad():
            found = [net.eval().features[0](images(2, side)) for net in nets]
        assert torch.equal(*found) is same


@pytest.mark.parametrize(("height", "width"), [(31, 64), (64, 31), (8, 8)])
def test_vgg_refuses_images_that_it_would_halve_to_nothing(height, width):
    with pytest.raises(SpecError) as caught:
        build_net(Vgg(), Shape(3, height, width, 10), 0)
    assert str(caught.value) == (
        f"net 'vgg' takes images from 32 pixels a side; these have {width} x {height}. "
        "Set data.resize = 32, or choose another net"
    )


@pytest.mark.parametrize(
    ("net", "message"),
    [
        ({"name": "resnet", "depth": 19}, "depth"),
        ({"name": "resnet", "depth": 18.0}, "depth"),
        ({"name": "resnet", "depth": True}, "depth"),
        ({"name": "resnet", "width": 0}, "width"),
        ({"name": "resnet", "stem": "big"}, "stem"),
        ({"name": "vgg", "depth": 12}, "depth"),
        ({"name": "vgg", "dropout": 1}, "dropout"),
        ({"name": "vgg", "stem": "small"}, "stem"),
        ({"name": "mobilenetv2", "padding": "same"}, "padding"),
        ({"name": "mobilenetv2", "width": 17}, "width"),
    ],
)
def test_options_that_cannot_be_are_refused(net, message):
    with pytest.raises(ValueError, match=rf"net.*{message}|{message}"):
        RecipeSpec.model_validate({"data": "digits", "net": net})


def test_width_scales_every_layer_by_the_rule_of_each_net():
    half = build_net(Resnet(depth=18, width=0.5), Shape(3, 32, 32, 5), 0)
    assert [half.conv1.out_channels, half.fc.in_features] == [32, 256]
    torchvisions = import_torchvision("Testing").models.mobilenet_v2(width_mult=0.35, num_classes=5)
    ours = build_net(MobileNetV2(width=0.35), Shape(3, 32, 32, 5), 0)
    shapes = [{name: tuple(p.shape) for name, p in net.named_parameters()} for net in (ours, torchvisions)]
    assert shapes[0] == shapes[1]
