"""A picture, and beside it the same in the light of where a net looked: what spoke for it is bright."""

import numpy as np
from PIL import Image

from paribus.report.images.views import Bytes
from paribus.report.markup import Html, join
from paribus.report.passport.pictures import show_picture

SIDE = 96  # pixels on the page, about
_DARK = 0.22  # of the light, where nothing spoke for it
_PARTS = ("upper", "middle", "lower"), ("left", "middle", "right")


def show_pair(pixels: Bytes, heat: Bytes | None, alt: str) -> Html:
    """`pixels` are [channels, height, width], `heat` [rows, columns]; of an empty one nothing is shown."""
    small = _shrunk(pixels)
    first = show_picture(small, alt, SIDE)
    if heat is None or not heat.any():
        return first
    return join(first, show_picture(_lit(small, heat), f"The net looked {say_place(heat)}", SIDE))


def show_one(pixels: Bytes, alt: str) -> Html:
    return show_picture(_shrunk(pixels), alt, SIDE)


def _shrunk(pixels: Bytes) -> Bytes:
    """In one colour or three, and no larger than it is shown."""
    shown = pixels[:3] if len(pixels) >= 3 else pixels[:1]
    height, width = shown.shape[1:]
    if max(height, width) <= SIDE:
        return shown
    sides = (
        max(round(width * SIDE / max(height, width)), 1),
        max(round(height * SIDE / max(height, width)), 1),
    )
    planes = [Image.fromarray(plane).resize(sides, Image.Resampling.LANCZOS) for plane in shown]
    return np.stack([np.asarray(plane) for plane in planes])


def _lit(pixels: Bytes, heat: Bytes) -> Bytes:
    height, width = pixels.shape[1:]
    smooth = np.asarray(Image.fromarray(heat).resize((width, height), Image.Resampling.BILINEAR))
    light = _DARK + (1 - _DARK) * smooth / 255
    return np.asarray(np.round(pixels * light), np.uint8)


def say_place(heat: Bytes) -> str:
    """Where its middle is, in words."""
    weights = heat.astype(np.float64)
    total = weights.sum()
    rows, columns = heat.shape
    y = float((weights.sum(1) * (np.arange(rows) + 0.5)).sum() / total / rows)
    x = float((weights.sum(0) * (np.arange(columns) + 0.5)).sum() / total / columns)
    row, column = (names[min(int(3 * place), 2)] for names, place in zip(_PARTS, (y, x), strict=True))
    if row == column == "middle":
        return "at the middle"
    return f"at the {row} {column}".replace("middle ", "").replace(" middle", " part")
