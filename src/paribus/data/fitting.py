"""How images of any size and colour become those of one data set. Training and serving fit alike."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Rule = Literal["squash", "pad", "crop"]
_GRAY = "L"


@dataclass(frozen=True)
class Fit:
    """What is asked of every image. Sizes are (width, height), as Pillow has them."""

    size: tuple[int, int] | None = None  # None: as it is
    rule: Rule = "squash"
    gray: bool = False  # one channel, as the eye weighs the three

    def picture(self, image: Image.Image) -> NDArray[np.uint8]:
        """An RGB or gray image -> [channels, height, width]."""
        fitted = self._recoloured(self._sized(image))
        pixels = np.asarray(fitted)
        return pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1)

    def arrays(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """[images, channels, height, width] -> the same, fitted."""
        channels, height, width = pixels.shape[1:]
        if self.size in {None, (width, height)} and not (self.gray and channels == 3):
            return pixels
        shown = pixels.transpose(0, 2, 3, 1) if channels == 3 else pixels[:, 0]
        return np.stack([self.picture(Image.fromarray(np.ascontiguousarray(one))) for one in shown])

    def _recoloured(self, image: Image.Image) -> Image.Image:
        return image.convert(_GRAY) if self.gray and image.mode != _GRAY else image

    def _sized(self, image: Image.Image) -> Image.Image:
        """Antialiased, in one resampling."""
        size = self.size
        if size is None or image.size == size:
            return image
        if self.rule == "squash":
            return _resized(image, size)
        if self.rule == "crop":
            return _resized(image, size, _centre_box(image.size, size))
        inside = _size_inside(image.size, size)
        canvas = Image.new(image.mode, size)  # black
        canvas.paste(_resized(image, inside), ((size[0] - inside[0]) // 2, (size[1] - inside[1]) // 2))
        return canvas


def _resized(
    image: Image.Image, size: tuple[int, int], box: tuple[float, float, float, float] | None = None
) -> Image.Image:
    return image.resize(size, Image.Resampling.BILINEAR, box=box, reducing_gap=3.0)


def _centre_box(old: tuple[int, int], new: tuple[int, int]) -> tuple[float, float, float, float]:
    """The largest part of the old size that has the new proportions."""
    scale = min(old[0] / new[0], old[1] / new[1])
    width, height = min(new[0] * scale, old[0]), min(new[1] * scale, old[1])
    left, top = (old[0] - width) / 2, (old[1] - height) / 2
    return left, top, left + width, top + height


def _size_inside(old: tuple[int, int], new: tuple[int, int]) -> tuple[int, int]:
    """The old proportions, as large as the new size holds."""
    scale = min(new[0] / old[0], new[1] / old[1])
    width, height = (max(1, min(round(side * scale), most)) for side, most in zip(old, new, strict=True))
    return width, height
