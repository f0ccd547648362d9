import subprocess
import sys

import pytest
import torch

from paribus.errors import MissingExtra
from paribus.nets.foreign import import_torchvision


def test_torchvision_can_be_used_whatever_it_was_built_for():
    torchvision = import_torchvision("Testing")
    assert import_torchvision("Testing") is torchvision
    assert sys.modules["torchvision"] is torchvision
    from torchvision.transforms import v2  # noqa: PLC0415  it can be imported only now

    turned = v2.functional.rotate(torch.arange(9.0).view(1, 3, 3), 90)
    assert torch.allclose(turned[0], torch.arange(9.0).view(3, 3).rot90())
    net = torchvision.models.resnet18(num_classes=3).eval()
    assert net(torch.zeros(1, 3, 32, 32)).shape == (1, 3)


def test_where_torchvision_is_missing_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "torchvision", None)
    with pytest.raises(MissingExtra, match=r"Testing needs the package 'torchvision'.*paribus\[zoo\]"):
        import_torchvision("Testing")


def test_nothing_is_declared_before_it_is_asked_for():
    found = subprocess.run(
        [sys.executable, "-c", "import paribus.nets.foreign, sys; print('torchvision' in sys.modules)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert found.stdout.strip() == "False"
