"""On a GPU the same happens, to within its arithmetic, and again the same bits."""

import numpy as np
import pytest
import torch

from paribus.augment import Chain, Normalisation
from paribus.specs import AUGMENTS

from .small import images, operations, size_of

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device"),
]


@pytest.fixture
def _deterministic(monkeypatch):
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(mode=True)
    yield
    torch.use_deterministic_algorithms(mode=False)


def varied(name, device):
    pixels = images(31, 40, 3, 64)
    asked = operations({"name": name, "probability": 0.8})
    variations = Chain(asked).draw(np.arange(64), size_of(pixels), 0, 0, device)
    norm = Normalisation.by([0.0] * 3, [1.0] * 3, device)
    found, shares = variations.mix(variations.vary(pixels.to(device), norm))
    assert found.device.type == device
    return found.cpu(), shares


@pytest.mark.parametrize("name", AUGMENTS)
@pytest.mark.usefixtures("_deterministic")
def test_every_operation_on_a_gpu_is_that_on_the_processor(name):
    here, there, again = varied(name, "cpu"), varied(name, "cuda"), varied(name, "cuda")
    assert torch.equal(there[0], again[0])
    off = (here[0] - there[0]).abs() > 0.1
    assert off.float().mean() < 0.001  # a step, as of posterize, may be taken one way or the other
    assert (here[1] is None) == (there[1] is None)
