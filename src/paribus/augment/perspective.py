"""The view from the side: four corners move, and everything between them follows."""

import torch
from torch import Tensor

from paribus.augment.operations import Geometric, Operation, Parameters, Size, pick, single
from paribus.specs.augments import Perspective

_SIGNS = torch.tensor([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])  # from the top left, clockwise


def perspective(options: Perspective) -> Operation:
    """Each corner moves inward by whole pixels, at most by `distortion` of half the side."""

    def parameters(draws: Tensor, size: Size) -> Parameters:
        sides = torch.tensor([size.width, size.height])
        most = torch.minimum((options.distortion * (sides // 2)).floor(), (sides - 2) // 2)  # none meet
        inward = pick(draws[:, :8].reshape(-1, 4, 2), most.clamp(min=0) + 1)
        corners = torch.tensor([size.width - 1, size.height - 1]) / 2 * _SIGNS  # [4, 2]
        return {"starts": corners.expand(len(draws), 4, 2), "ends": corners - inward * _SIGNS}

    return single(options, 8, PERSPECTIVE, parameters)


def _perspective_maps(parameters: Parameters) -> Tensor:
    """starts, ends: [images, 4, 2], where the corners are and where they go; three on a line move nothing."""
    starts, ends = (_square_to(parameters[name].double()) for name in ("starts", "ends"))
    maps = starts @ torch.linalg.inv_ex(ends).inverse
    maps = maps / maps[:, 2:, 2:]
    possible = maps.isfinite().flatten(1).all(1)[:, None, None]
    return torch.where(possible, maps, torch.eye(3, dtype=maps.dtype)).float()


def _square_to(corners: Tensor) -> Tensor:
    """The map that takes the unit square to four corners, [images, 4, 2], from the top left, clockwise.

    Closed form after Heckbert, Fundamentals of Texture Mapping and Image Warping, 1989, section 2.2.3.
    """
    first, second, third, fourth = corners.unbind(1)
    beside, below = second - third, fourth - third
    bend = first - second + third - fourth
    cross = _cross(beside, below)
    lean_x, lean_y = (_cross(bend, below) / cross)[:, None], (_cross(beside, bend) / cross)[:, None]
    columns = [
        torch.cat([second - first + lean_x * second, lean_x], 1),
        torch.cat([fourth - first + lean_y * fourth, lean_y], 1),
        torch.cat([first, torch.ones_like(lean_x)], 1),
    ]
    return torch.stack(columns, 2)


def _cross(one: Tensor, other: Tensor) -> Tensor:
    return one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]


PERSPECTIVE = Geometric(_perspective_maps, affine=False)
