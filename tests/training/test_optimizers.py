import pytest
import torch
from torch import nn, optim

from paribus.specs import OPTIMIZERS, builder_of
from paribus.specs.optimizers import Adam, AdamW, Sgd


def net(layout):
    torch.manual_seed(0)
    made = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Conv2d(8, 4, 3), nn.Flatten(), nn.Linear(64, 3))
    return made.to(memory_format=layout)


def moved(model, optimizer, steps=25):
    """The weights after some steps on the same random images."""
    random = torch.Generator().manual_seed(1)
    for _ in range(steps):
        images, labels = torch.randn(6, 3, 8, 8, generator=random), torch.tensor([0, 1, 2, 0, 1, 2])
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
    return [parameter.detach().clone() for parameter in model.parameters()]


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last], ids=["contiguous", "last"])
@pytest.mark.parametrize(
    ("options", "plain"),
    [
        (Sgd(lr=0.05, momentum=0.0), lambda p: optim.SGD(p, lr=0.05)),
        (Sgd(lr=0.05), lambda p: optim.SGD(p, lr=0.05, momentum=0.9)),
        (
            Sgd(lr=0.05, momentum=0.8, nesterov=True, weight_decay=0.01),
            lambda p: optim.SGD(p, lr=0.05, momentum=0.8, nesterov=True, weight_decay=0.01),
        ),
        (Adam(), lambda p: optim.Adam(p, lr=1e-3)),
        (
            Adam(lr=0.01, beta1=0.8, beta2=0.95, epsilon=1e-3, weight_decay=0.1),
            lambda p: optim.Adam(p, lr=0.01, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.1),
        ),
        (AdamW(), lambda p: optim.AdamW(p, lr=1e-3, weight_decay=0.01)),
        (
            AdamW(lr=0.01, beta1=0.8, beta2=0.95, epsilon=1e-3, weight_decay=0.1),
            lambda p: optim.AdamW(p, lr=0.01, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.1),
        ),
    ],
    ids=lambda value: "torch's" if callable(value) else repr(value),
)
def test_the_fused_optimizer_moves_as_torchs_plain_one(options, plain, layout):
    ours, theirs = net(layout), net(torch.contiguous_format)
    found = moved(ours, builder_of(OPTIMIZERS, options)(options, ours.parameters()))
    expected = moved(theirs, plain(theirs.parameters()))
    start = list(net(layout).parameters())
    for one, other, first in zip(found, expected, start, strict=True):
        assert torch.allclose(one, other, rtol=1e-3, atol=2e-5)
        assert not torch.allclose(one, first, rtol=1e-3, atol=2e-5)


@pytest.mark.parametrize("options", [Sgd(nesterov=True), Adam(), AdamW()])
def test_it_is_the_fused_one(options):
    made = builder_of(OPTIMIZERS, options)(options, net(torch.channels_last).parameters())
    assert [group["fused"] for group in made.param_groups] == [True]
