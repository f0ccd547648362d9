"""Parameters are drawn as torchvision draws them, where it has an operation of the same name."""

import numpy as np
import pytest
import torch
from scipy import stats

from paribus.nets.foreign import import_torchvision

from .small import images, parameters_of

import_torchvision("Testing distributions")
from torchvision.transforms import v2  # noqa: E402

COUNT, HEIGHT, WIDTH = 2000, 31, 40

CASES = {
    "resized-crop": (
        "resized-crop",
        lambda: v2.RandomResizedCrop((HEIGHT, WIDTH)),
        {"left": "left", "top": "top", "width": "width", "height": "height"},
    ),
    "erase": (
        {"name": "erase", "area": [0.02, 0.9], "ratio": [0.3, 1.5]},
        lambda: v2.RandomErasing(scale=(0.02, 0.9), ratio=(0.3, 1.5)),
        {"left": "j", "top": "i", "width": "w", "height": "h"},
    ),
    "rotate": ({"name": "rotate", "degrees": 20}, lambda: v2.RandomRotation(20), {"degrees": "angle"}),
    "rotate, both ends": (
        {"name": "rotate", "degrees": [0, 20]},
        lambda: v2.RandomRotation((0, 20)),
        {"degrees": "angle"},
    ),
    "affine": (
        {"name": "affine", "degrees": 30, "translate": 0.2, "scale": [0.7, 1.4], "shear": 12},
        lambda: v2.RandomAffine(30, (0.2, 0.2), (0.7, 1.4), 12),
        {"degrees": "angle", "factor": "scale", "shear": ("shear", 0),
         "x": ("translate", 0), "y": ("translate", 1)},
    ),
    "colour-jitter": (
        {"name": "colour-jitter", "brightness": 0.4, "contrast": [0.5, 2], "saturation": 1.5, "hue": 0.2},
        lambda: v2.ColorJitter(0.4, (0.5, 2), 1.5, 0.2),
        {"brightness": "brightness_factor", "contrast": "contrast_factor",
         "saturation": "saturation_factor", "turn": "hue_factor"},
    ),
    "blur": ("blur", lambda: v2.GaussianBlur(5), {"sigma": ("sigma", 0)}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_drawn_alike(case):
    asked, make, names = CASES[case]
    pixels = images(HEIGHT, WIDTH, 3, COUNT)
    _, ours = parameters_of(asked, pixels)
    torch.manual_seed(0)
    transform = make()
    theirs = [transform.make_params([pixels[0]]) for _ in range(COUNT)]
    for name, their_name in names.items():
        key, at = their_name if isinstance(their_name, tuple) else (their_name, None)
        values = [float(drawn[key] if at is None else drawn[key][at]) for drawn in theirs]
        assert stats.ks_2samp(ours[name], values).pvalue > 1e-3, name
        assert np.std(values) > 0


def test_corners_of_perspective_move_as_far():
    asked = {"name": "perspective", "distortion": 0.6}
    _, drawn = parameters_of(asked, images(HEIGHT, WIDTH, 3, COUNT))
    inward = np.abs(drawn["ends"] - drawn["starts"]).reshape(COUNT, 8)
    for axis, half in ((0, WIDTH // 2), (1, HEIGHT // 2)):
        steps = inward[:, axis::2].flatten()
        assert set(steps) == set(range(int(0.6 * half) + 1))
        assert stats.chisquare(np.bincount(steps.astype(int))).pvalue > 1e-3
