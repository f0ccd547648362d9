"""Images inside the page: small ones whole and enlarged by whole factors, large ones made small."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from paribus.report.embedding import embed_picture
from paribus.report.markup import Html

SIDE = 64  # pixels on the page, about
_WHOLE = 48  # up to this side, every pixel is kept as it is
_QUALITY = 82


def show_picture(pixels: NDArray[np.uint8], alt: str, side: int = SIDE) -> Html:
    """`pixels` are [channels, height, width]."""
    image = Image.fromarray(
        pixels[0] if len(pixels) == 1 else np.ascontiguousarray(pixels.transpose(1, 2, 0))
    )
    longest = max(image.size)
    if longest > side:
        image.thumbnail((side, side), Image.Resampling.LANCZOS)
    times = max(1, round(side / max(image.size)))
    return embed_picture(_encode(image), "webp", image, alt, times=times, lazy=True)


def _encode(image: Image.Image) -> bytes:
    content = io.BytesIO()
    if max(image.size) <= _WHOLE:
        image.save(content, "WEBP", lossless=True, quality=60, method=4)
    else:
        image.save(content, "WEBP", quality=_QUALITY, method=4)
    return content.getvalue()
