"""What of a picture is its own: small differences in brightness, weighed alike in bright and dull places."""

import numpy as np

from paribus.data.passport.thumbnails import SIDE, Floats

_NEAR = 3.0  # pixels: how far around it a detail is weighed against others


def blur_weights(width: float) -> Floats:
    """[SIDE, SIDE]: a Gaussian of that deviation in pixels, mirrored at the edges; rows add up to one."""
    here, there = np.arange(SIDE)[:, None], np.arange(SIDE)[None]
    distances = (here - there, here + there + 1, here + there + 1 - 2 * SIDE)
    weights = sum(np.exp(-(distance**2) / (2 * width**2)) for distance in distances)
    return np.asarray(weights / np.sum(weights, axis=1, keepdims=True), np.float32)


def blur(pictures: Floats, width: float) -> Floats:
    weights = blur_weights(width)
    return np.asarray(weights @ (pictures @ weights.T))


def weigh(differences: Floats, faint: float) -> Floats:
    """Differences over their strength nearby; under `faint` gray levels they are noise, and fade."""
    nearby = np.maximum(blur(differences**2, _NEAR), 0)
    return np.asarray(differences / np.sqrt(nearby + faint**2))


def without_lines(pictures: Floats) -> Floats:
    """Rows and columns with mean zero: a horizon agrees with every horizon."""
    pictures = pictures - pictures.mean(1, keepdims=True)
    return np.asarray(pictures - pictures.mean(2, keepdims=True))
