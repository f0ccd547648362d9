import pytest
import torch
from torch import nn
from torch.nn import functional

from paribus.nets import Shape
from paribus.nets.building import build_net
from paribus.nets.saliency import find_saliency
from paribus.specs.files import parse_net
from paribus.specs.nets import Linear, Mlp, Plain
from paribus.specs.zoo import ZooOptions

SHAPE = Shape(3, 16, 16, 5)
PLAIN = Plain(name="plain", widths=[8, 12], batch_norm=True, dropout=0.5)


def images(count=6, side=16, channels=3):
    return torch.randn(count, channels, side, side, generator=torch.Generator().manual_seed(0))


def as_bytes(maps):
    return torch.stack([torch.round(255 * one / one.max()) for one in maps]).to(torch.uint8)


def watch(net, x, layer):
    """What the layer made, and the logits."""
    kept = []
    hook = net.get_submodule(layer).register_forward_hook(lambda _m, _g, made: kept.append(made))
    logits = net(x)
    hook.remove()
    return kept[0], logits


def plain_cam(net, x, layer):
    """The paper's own way, an image at a time, by a hook that keeps the gradient."""
    maps = []
    for one in x:
        (made, logits) = watch(net, one[None], layer)
        made.retain_grad()
        logits[0, logits[0].argmax()].backward()
        weights = made.grad[0].mean((1, 2))
        maps.append(torch.relu((weights[:, None, None] * made[0]).sum(0)).detach())
    return as_bytes(torch.stack(maps))


def test_it_is_grad_cam_as_the_paper_has_it():
    net = build_net(PLAIN, SHAPE, 0).eval()
    found = find_saliency(net, images())
    assert (found.way, found.layer) == ("grad-cam", "conv2_relu")
    expected = plain_cam(net, images(), "conv2_relu")
    assert found.maps.shape == (6, 8, 8)  # before they are pooled
    assert (found.maps.int() - expected.int()).abs().max() <= 1
    assert (found.maps.amax((1, 2)) == 255).all()


class Residual(nn.Module):
    """Its last maps come out of no layer that holds weights, and what makes them is used twice."""

    def __init__(self):
        super().__init__()
        self.one, self.two, self.relu = (
            nn.Conv2d(3, 6, 3, 2, 1),
            nn.Conv2d(6, 6, 3, 1, 1),
            nn.ReLU(inplace=True),
        )
        self.last = nn.Linear(6, 5)

    def forward(self, x):
        x = self.relu(self.one(x))
        x = self.relu(x + self.two(x))
        return self.last(self.relu(x.mean((2, 3))))


def test_a_module_that_is_called_often_is_looked_at_where_it_gives_the_last_maps():
    net = Residual().eval()
    found = find_saliency(net, images())
    assert (found.layer, found.maps.shape) == ("relu", (6, 8, 8))
    x = images()
    with torch.no_grad():
        maps = functional.relu(net.one(x))
        maps = functional.relu(maps + net.two(maps))
        logits = net.last(maps.mean((2, 3)))
    weights = net.last.weight[logits.argmax(1)] / 64  # of a mean over 64 pixels each gives a 64th
    expected = as_bytes(functional.relu((weights[:, :, None, None] * maps).sum(1)).detach())
    assert (found.maps.int() - expected.int()).abs().max() <= 1


def test_frozen_weights_are_no_hindrance_and_nothing_of_the_net_moves():
    net = build_net(PLAIN, SHAPE, 0).train()
    expected = find_saliency(net, images()).maps
    for parameter in net.parameters():
        parameter.requires_grad_(False)
    before = {name: value.clone() for name, value in net.state_dict().items()}
    assert torch.equal(find_saliency(net, images()).maps, expected)
    assert net.training
    assert net.conv1_norm.training
    assert all(torch.equal(before[name], value) for name, value in net.state_dict().items())
    assert all(parameter.grad is None for parameter in net.parameters())
    assert not any(module._forward_hooks for module in net.modules())


@pytest.mark.parametrize("options", [Linear(name="linear"), Mlp(name="mlp", hidden=[8])])
def test_a_net_without_maps_gets_what_each_pixel_adds(options):
    net, x = build_net(options, SHAPE, 0).eval(), images()
    found = find_saliency(net, x)
    assert (found.way, found.layer, found.maps.shape) == ("gradient", "", (6, 16, 16))
    one = x[:1].clone().requires_grad_()
    logits = net(one)
    logits[0, logits.argmax()].backward()
    expected = as_bytes((one.grad * one).sum(1).abs().detach())
    assert (found.maps[0].int() - expected[0].int()).abs().max() <= 1


def test_large_maps_are_made_coarse():
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 5))
    assert find_saliency(net, images(2, side=64)).maps.shape == (2, 16, 16)


def test_an_image_in_which_nothing_speaks_for_its_class_has_an_empty_map():
    net = nn.Sequential(nn.Conv2d(3, 4, 1), nn.ReLU(), nn.AvgPool2d(16), nn.Flatten(), nn.Linear(4, 5))
    with torch.no_grad():
        net[4].weight.fill_(-1)
    assert find_saliency(net, images()).maps.sum() == 0


class Tokens(nn.Module):
    def __init__(self):
        super().__init__()
        self.patches, self.mix, self.last = nn.Conv2d(3, 6, 4, 4), nn.Linear(6, 6), nn.Linear(6, 5)

    def forward(self, x):
        return self.last(self.mix(self.patches(x).flatten(2).transpose(1, 2)).mean(1))


def test_a_net_that_goes_on_with_tokens_is_not_judged_by_its_patches():
    assert find_saliency(Tokens(), images()).way == "gradient"


class ColoursLast(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem, self.norm, self.last = nn.Conv2d(3, 9, 4, 4), nn.LayerNorm(9), nn.Linear(9, 5)

    def forward(self, x):
        return self.last(self.norm(self.stem(x).permute(0, 2, 3, 1)).mean((1, 2)))


def test_maps_whose_channels_come_last_are_known_by_their_proportions():
    found = find_saliency(ColoursLast(), images())
    assert (found.way, found.layer, found.maps.shape) == ("grad-cam", "norm", (6, 4, 4))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("torchvision:resnet18", "grad-cam"),
        ("torchvision:mobilenet_v3_small", "grad-cam"),
        ("torchvision:squeezenet1_1", "grad-cam"),
        ("torchvision:swin_t", "grad-cam"),
        ("torchvision:vit_b_32", "gradient"),
        ("timm:convnext_atto", "grad-cam"),
        ("timm:vit_tiny_patch16_224", "gradient"),
    ],
)
def test_nets_of_the_zoo_show_where_they_look(name, way):
    shape = Shape(1, 64, 64, 5)
    net = build_net(ZooOptions(name=name), shape, 0)
    found = find_saliency(net, images(2, 64, channels=1))
    assert found.way == way
    assert found.maps.shape[0] == 2
    assert 1 < found.maps[0].numel() <= 256


@pytest.mark.parametrize("name", ["lenet5", "resnet", "vgg", "mobilenetv2", "separable", "compact", "fast"])
def test_our_own_nets_have_maps(name):
    options = parse_net(name, where="net")
    found = find_saliency(build_net(options, Shape(3, 32, 32, 5), 0), images(2, 32))
    assert found.way == "grad-cam"
    assert found.maps.shape[1] > 1
