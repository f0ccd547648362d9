"""Where in an image a net finds its answer: a coarse map for each image. Knows neither training nor files.

Grad-CAM (Selvaraju et al. 2017) on the last maps of more than one pixel, before they are pooled: each
weighted by how much the guessed class gains by it, added up, and what speaks against it left out. A net
without such maps, and one that goes on with tokens after them, gets how much each pixel adds to that class:
its value times its gradient.
"""

from dataclasses import dataclass
from typing import Any, Literal, Self

import torch
from torch import Tensor, nn
from torch.nn import functional

from paribus.nets.anatomy import modes_kept

SIDE = 16  # cells a side, at most

Way = Literal["grad-cam", "gradient"]


@dataclass(frozen=True)
class Saliency:
    way: Way
    layer: str  # whose maps they are; "" where they are the pixels'
    maps: Tensor  # uint8 [images, height, width]; 255 is the most of each image, and all 0 says nothing


def find_saliency(net: nn.Module, images: Tensor) -> Saliency:
    """For the class that each image is taken for, in evaluation mode; gradients of weights stay."""
    with modes_kept(net), torch.enable_grad():
        net.eval()
        found = _by_maps(net, images)
        return _by_pixels(net, images) if found is None else found


def _by_maps(net: nn.Module, images: Tensor) -> Saliency | None:
    with _LastMaps(net, images) as last:
        logits = net(images).float()
    if last.maps is None or last.tokens_follow:
        return None
    slope: Tensor | None = torch.autograd.grad(_guessed(logits), [last.maps], allow_unused=True)[0]
    if slope is None:  # nothing follows from them
        return None
    maps, slope = last.maps.detach().float(), slope.float()
    if last.channels_last:
        maps, slope = maps.permute(0, 3, 1, 2), slope.permute(0, 3, 1, 2)
    weighted = (maps * slope.mean((2, 3), keepdim=True)).sum(1)
    return Saliency("grad-cam", last.layer, _as_bytes(weighted.clamp(min=0)))


def _by_pixels(net: nn.Module, images: Tensor) -> Saliency:
    seen = images.detach().clone().requires_grad_()
    [slope] = torch.autograd.grad(_guessed(net(seen).float()), [seen])
    return Saliency("gradient", "", _as_bytes((images * slope).float().sum(1).abs()))


def _guessed(logits: Tensor) -> Tensor:
    """The sum of each image's highest logit; images do not touch each other in evaluation mode."""
    return logits.gather(1, logits.argmax(1, keepdim=True)).sum()


@torch.no_grad()
def _as_bytes(maps: Tensor) -> Tensor:
    height, width = maps.shape[1:]
    if max(height, width) > SIDE:
        part = SIDE / max(height, width)
        sides = (max(round(height * part), 1), max(round(width * part), 1))
        maps = functional.adaptive_avg_pool2d(maps[:, None], sides)[:, 0]
    most = maps.amax((1, 2), keepdim=True)
    shares = torch.where(
        most > 0, maps / most.clamp(min=torch.finfo(maps.dtype).tiny), torch.zeros_like(maps)
    )
    return torch.round(255 * shares.nan_to_num()).to(torch.uint8)


class _LastMaps:
    """Within it, each module that gives maps goes on with a copy of them that stands by itself.

    So the gradient ends at the last maps, whatever lies before them, frozen or not.
    """

    def __init__(self, net: nn.Module, images: Tensor) -> None:
        self.maps: Tensor | None = None
        self.layer = ""
        self.channels_last = False
        self.tokens_follow = False
        self._net, self._images = net, images
        self._weighed_since = False  # whether a layer with weights came after the maps at hand
        self._hooks: list[Any] = []

    def __enter__(self) -> Self:
        for name, module in self._net.named_modules():
            self._hooks.append(module.register_forward_hook(self._note(name)))
        return self

    def __exit__(self, *_: object) -> None:
        for hook in self._hooks:
            hook.remove()

    def _note(self, name: str) -> Any:
        def leave(module: nn.Module, _given: object, made: Any) -> Any:
            if next(module.parameters(recurse=False), None) is not None:
                self._weighed_since = True
            if not isinstance(made, Tensor) or len(made) != len(self._images) or not made.is_floating_point():
                return None
            if made.dim() == 3 and made.shape[1] > 1:
                self.tokens_follow = True
            axes = _axes(made, self._images)
            return None if axes is None or self._is_pooled(made) else self._take(name, made, axes)

        return leave

    def _is_pooled(self, made: Tensor) -> bool:
        """Whether these are the maps at hand, only smaller."""
        return self.maps is not None and not self._weighed_since and made.numel() < self.maps.numel()

    def _take(self, name: str, made: Tensor, axes: tuple[int, int]) -> Tensor:
        self.maps, self.layer = made.detach().requires_grad_(), name
        self.channels_last, self.tokens_follow, self._weighed_since = axes == (1, 2), False, False
        return self.maps.clone()


def _axes(made: Tensor, images: Tensor) -> tuple[int, int] | None:
    """Which axes of what a module made are places: those with the images' proportions."""
    if made.dim() != 4:
        return None
    height, width = images.shape[2:]
    for first, second in ((2, 3), (1, 2)):
        rows, columns = made.shape[first], made.shape[second]
        alike = abs(rows * width - columns * height) <= max(height, width)
        if alike and rows * columns > 1 and rows <= height and columns <= width:
            return first, second
    return None
