"""Moving whole pixels: shifts, and mirroring along either axis, by copying rows. No value is computed."""

from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor
from torch.nn import functional

from paribus.augment.operations import Geometric, Size


@dataclass(frozen=True)
class Shifts:
    """From where each image's rows are copied."""

    mirrored: Tensor  # bool [images], on the CPU: left and right are swapped
    starts: Tensor  # int64 [images]: where each row starts in the image, or in its mirror image
    down: Tensor  # [images, 2]: the factor, 1 or -1, and the shift that make places in it of places down
    reach: int  # how far rows go beyond the image's sides
    reflects: bool

    @classmethod
    def of(cls, maps: Tensor, deeds: list[Geometric], size: Size, device: str | torch.device) -> Self:
        """`maps` in pixels from the centre; each is 1 or -1 along its axes, and moves whole pixels."""
        reflects = any(deed.reflects for deed in deeds)
        reach = maps[:, 0, 2].round().long()
        if not reflects:
            reach = reach.clamp(-size.width, size.width)  # farther away all is black as well
        mirrored = maps[:, 0, 0] < 0
        return cls(
            mirrored,
            torch.where(mirrored, -reach, reach).to(device),
            maps[:, 1, 1:].to(device),
            int(reach.abs().max()) if len(reach) else 0,
            reflects,
        )

    def carry_out(self, pixels: Tensor, rows: slice) -> Tensor:
        """Of [images, channels, height, width]; the result has the same type."""
        images, channels, height, width = pixels.shape
        chosen = self.mirrored[rows].nonzero()[:, 0]
        which = torch.arange(images)
        which[chosen] = torch.arange(images, images + len(chosen))
        if len(chosen):
            mirrors = pixels.index_select(0, chosen.to(pixels.device)).flip(3)
            pixels = torch.cat([pixels, mirrors])
        padded = self._padded(pixels)
        planes = which.to(pixels.device)[:, None] * channels + torch.arange(channels, device=pixels.device)
        lines = planes[:, :, None] * (height + 1) + self._lines(rows, height)[:, None]
        places = lines * padded.shape[3] + (self.starts[rows] + self.reach)[:, None, None]
        windows = padded.view(-1).unfold(0, width, 1)  # every place at which a row might start
        return windows.index_select(0, places.view(-1)).view(images, channels, height, width)

    def _padded(self, pixels: Tensor) -> Tensor:
        """Rows that go on to both sides, and below each plane a black one."""
        if not self.reflects:
            return functional.pad(pixels, (self.reach, self.reach, 0, 1))
        missing = self.reach
        while missing and pixels.shape[3] > 1:
            step = min(missing, pixels.shape[3] - 1)
            pixels = functional.pad(pixels, (step, step, 0, 0), mode="reflect")
            missing -= step
        if missing:  # an only pixel mirrors into itself
            pixels = pixels.expand(-1, -1, -1, 2 * missing + 1)
        return functional.pad(pixels, (0, 0, 0, 1))

    def _lines(self, rows: slice, height: int) -> Tensor:
        """[images, height]: which row of the image each row of the result is; `height` is the black one."""
        centre = (height - 1) / 2
        places = torch.arange(height, device=self.down.device) - centre
        lines = (self.down[rows, :1] * places + self.down[rows, 1:] + centre).round().long()
        if self.reflects:  # about the outermost rows, as often as needed
            period = max(2 * (height - 1), 1)
            lines = lines.remainder(period)
            return torch.minimum(lines, period - lines)
        return lines.clamp(-1, height).remainder(height + 1)
