"""A folder of small pictures, neither square nor gray, and a study that was run on it."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from paribus import Study
from tests.export.red_or_blue import train


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Red ones and blue ones, 12 wide and 10 high, with noise."""
    folder = tmp_path_factory.mktemp("pictures")
    draw = np.random.default_rng(3)
    for channel, name in [(0, "red"), (2, "blue")]:
        (folder / name).mkdir()
        for number in range(20):
            pixels = draw.integers(0, 150, (10, 12, 3), np.uint8)
            pixels[..., channel] += 100
            Image.fromarray(pixels).save(folder / name / f"{number:02}.png")
    return folder


@pytest.fixture(scope="session")
def study(pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Study:
    return train(pictures, tmp_path_factory.mktemp("study"))


@pytest.fixture(scope="session")
def weights(study: Study) -> Path:
    [found] = (study.store / "runs").glob("*/last.safetensors")
    return found
