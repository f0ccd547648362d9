"""Layers, head and cut of every net of ours and of many that are not."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from paribus.nets import Shape
from paribus.nets.anatomy import dissect, head_of, layers_of, modules_before
from paribus.nets.building import build_net
from paribus.nets.cutting import cut_at_head
from paribus.nets.foreign import import_torchvision
from paribus.specs import NETS
from paribus.specs.architectures import MobileNetV2, Resnet, Vgg
from paribus.specs.nets import Lenet5, Mlp, Plain

COLOUR = Shape(3, 32, 32, 7)
OURS = [
    *(entry.options() for entry in NETS.values()),
    Mlp(hidden=(9, 8), batch_norm=True, dropout=0.5), Lenet5(dropout=0.5),
    Plain(widths=(4, 4), dropout=0.5, batch_norm=True),
    Plain(widths=(4, 4), global_pooling=True, dropout=0.5),
    Plain(widths=(4,), dropout=0.5, fully_connected=(9, 8)),
    Resnet(depth=20, dropout=0.5), Resnet(depth=50, width=0.25, stem="imagenet"),
    Vgg(head="imagenet"), MobileNetV2(width=0.25, padding="after"),
]  # fmt: skip
TORCHVISION = {
    "resnet18": ("fc", 21), "alexnet": ("classifier.6", 8), "vgg11_bn": ("classifier.6", 11),
    "mobilenet_v2": ("classifier.1", 53), "mobilenet_v3_small": ("classifier.3", 54),
    "densenet121": ("classifier", 121), "efficientnet_b0": ("classifier.1", 82),
    "mnasnet0_5": ("classifier.1", 53), "shufflenet_v2_x0_5": ("fc", 57),
    "regnet_y_400mf": ("fc", 86), "convnext_tiny": ("classifier.2", 59),
    "swin_t": ("head", 41),
}  # fmt: skip
TIMM = {
    "resnet18": ("fc", 21), "mobilenetv2_100": ("classifier", 53), "efficientnet_b0": ("classifier", 82),
    "convnext_atto": ("head.fc", 41), "regnety_002": ("head.fc", 71), "mixer_s32_224": ("head", 34),
    "vit_tiny_patch16_224": ("head", 50), "dla34": ("fc", 38),
}  # fmt: skip


def seeded(make, images):
    torch.manual_seed(5)
    return make(images)


def check_cut(net, shape, count):
    """In evaluation mode, and as training holds a frozen body: the same bits; the body draws nothing."""
    anatomy = dissect(net, shape)
    cut = cut_at_head(net, shape)
    assert cut is not None
    body, head = cut
    images = torch.rand(count, shape.channels, shape.height, shape.width)
    with torch.no_grad():
        net.eval()
        assert torch.equal(head(body(images)), net(images))
        net.train()
        for module in modules_before(net, anatomy, anatomy.body):
            module.training = False
        assert torch.equal(body(images), body(images))
        assert torch.equal(seeded(lambda given: head(body(given)), images), seeded(net, images))
    return body(images), head


@pytest.mark.parametrize("options", OURS, ids=repr)
def test_every_net_of_ours_has_layers_that_own_all_of_it_and_a_head_and_can_be_cut(options):
    net = build_net(options, COLOUR, 0)
    layers, head = layers_of(net, COLOUR), head_of(net, COLOUR)
    expected = {name for name, m in net.named_modules() if isinstance(m, nn.Linear | nn.Conv2d)}
    assert set(layers) == expected
    assert len(layers) == len(expected)
    assert layers[-1] == head in {"last", "fc", "classifier.1", "classifier.6"}
    check_cut(net, COLOUR, 3)
    owned = [f"{module}." for layer in dissect(net, COLOUR).layers for module in layer.modules]
    for name, _ in net.named_parameters():
        assert owned.count(name.rpartition(".")[0] + ".") == 1, name


def test_layers_stand_in_the_order_of_computation_each_with_its_norm():
    net = build_net(Resnet(depth=20), COLOUR, 0)
    layers = dissect(net, COLOUR).layers
    assert [layer.name for layer in layers[:3]] == ["conv1", "layer1.0.conv1", "layer1.0.conv2"]
    assert [layer.modules for layer in layers[:2]] == [("conv1", "bn1"), ("layer1.0.conv1", "layer1.0.bn1")]
    assert ("layer2.0.downsample.0", "layer2.0.downsample.1") in {layer.modules for layer in layers}


def test_what_dropout_before_the_head_draws_is_behind_the_cut():
    for options in (Lenet5(dropout=0.5), Vgg(dropout=0.5), Resnet(depth=20, dropout=0.5)):
        net = build_net(options, COLOUR, 0)
        features, head = check_cut(net, COLOUR, 4)
        assert not torch.equal(head(features), head(features))


def test_looking_at_a_net_changes_nothing():
    net = build_net(Plain(batch_norm=True, dropout=0.5), COLOUR, 0).train()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    drawn = torch.get_rng_state()
    dissect(net, COLOUR)
    cut_at_head(net, COLOUR)
    assert torch.equal(torch.get_rng_state(), drawn)
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert all(module.training for module in net.modules())
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in net.modules())


def made_small(name):
    """Arguments by which a net that wants one size takes 64 pixels a side."""
    return {"img_size": 64} if "vit" in name or "mixer" in name else {}


@pytest.mark.slow
@pytest.mark.parametrize("name", TORCHVISION)
def test_nets_of_torchvision_are_understood(name):
    models = import_torchvision("Testing").models
    check_foreign(models.get_model(name, num_classes=7), TORCHVISION[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", TIMM)
def test_nets_of_timm_are_understood(name):
    import_torchvision("Testing")
    timm = pytest.importorskip("timm")
    check_foreign(timm.create_model(name, num_classes=7, **made_small(name)), TIMM[name])


def check_foreign(net, expected):
    shape = Shape(3, 64, 64, 7)
    layers, head = layers_of(net, shape), head_of(net, shape)
    assert (head, len(layers)) == expected
    assert layers[-1] == head
    check_cut(net, shape, 2)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["resnet18", "mobilenetv2_100", "convnext_atto", "vit_tiny_patch16_224"])
def test_dropout_that_timm_draws_in_its_own_forward_is_behind_the_cut(name):
    import_torchvision("Testing")
    timm = pytest.importorskip("timm")
    net = timm.create_model(name, num_classes=7, drop_rate=0.5, **made_small(name))
    features, head = check_cut(net, Shape(3, 64, 64, 7), 2)
    assert not torch.equal(head(features), head(features))


class DrawsInBetween(nn.Module):
    """Dropout as a function, between the last layer of the body and the head: no module tells of it."""

    def __init__(self, rate):
        super().__init__()
        self.body, self.last, self.rate = nn.Conv2d(3, 4, 3), nn.Linear(4, 7), rate

    def forward(self, images):
        features = self.body(images).mean((2, 3))
        return self.last(functional.dropout(features, self.rate, self.training))


class AddsAtTheEnd(DrawsInBetween):
    def forward(self, images):
        return super().forward(images) + images.mean((1, 2, 3))[:, None]


class AddsInOneMode(DrawsInBetween):
    def __init__(self, mode):
        super().__init__(0.0)
        self.mode = mode

    def forward(self, images):
        return super().forward(images) + (self.training is self.mode) * images.mean((1, 2, 3))[:, None]


def test_a_cut_that_would_not_be_exact_is_not_made():
    assert cut_at_head(DrawsInBetween(0.0), COLOUR) is not None
    assert cut_at_head(DrawsInBetween(0.5), COLOUR) is None
    assert cut_at_head(AddsAtTheEnd(0.0), COLOUR) is None
    assert cut_at_head(AddsInOneMode(mode=True), COLOUR) is None
    assert cut_at_head(AddsInOneMode(mode=False), COLOUR) is None


def test_a_head_whose_logits_are_changed_afterwards_is_found():
    assert head_of(AddsAtTheEnd(0.0), COLOUR) == "last"


class SharesAndReuses(nn.Module):
    """One module called twice, one that is never called, and attention that uses its parts by itself."""

    def __init__(self):
        super().__init__()
        self.unused = nn.Linear(3, 3)
        self.token = nn.Parameter(torch.rand(1, 1, 8))
        self.embed = nn.Conv2d(3, 8, 8, 8)
        self.twice = nn.Linear(8, 8)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.norm = nn.LayerNorm(8)
        self.last = nn.Linear(8, 7)

    def forward(self, images):
        tokens = self.embed(images).flatten(2).transpose(1, 2) + self.token
        tokens = self.twice(self.twice(tokens))
        tokens = self.norm(self.attention(tokens, tokens, tokens)[0])
        return self.last(tokens.mean(1))


def test_shared_unused_and_composed_modules_are_told_apart():
    layers = dissect(SharesAndReuses(), COLOUR).layers
    assert [layer.modules for layer in layers] == [
        ("", "embed"), ("twice",), ("attention", "attention.out_proj", "norm"), ("last",),
    ]  # fmt: skip
