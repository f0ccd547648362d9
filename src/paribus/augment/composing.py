"""The parts of a chain become one map of places, one map of colours, and the deeds that neither can say.

A table has a row for each image: 36 bytes of places and, in colour, 84 of colours, and a few for each of the
other deeds. What lies between is made for some ten thousand images at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from paribus.augment.colour_maps import ColourMap, identity_map
from paribus.augment.operations import Colour, Geometric, Parameters, Part, Pointwise, Size


@dataclass(frozen=True)
class Tables:
    """What is done to each image."""

    moves: list[Geometric]  # what `maps` are composed of
    maps: Tensor  # [images, 3, 3]
    colours: ColourMap | None
    others: list[Part]


def compose(parts: Sequence[Part], images: int, size: Size) -> Tables:
    """Each kind in the order listed."""
    maps = torch.eye(3).repeat(images, 1, 1)
    colours = identity_map(images, size.channels)
    for part in parts:
        rows = part.touched.nonzero()[:, 0]
        parameters = {name: values[rows] for name, values in part.parameters.items()}
        if isinstance(part.deed, Geometric):
            maps[rows] = maps[rows] @ part.deed.maps(parameters)
        elif isinstance(part.deed, Colour):
            colours.replace_rows(rows, part.deed.maps(parameters, size.channels).after(colours.rows(rows)))
    return Tables(
        [part.deed for part in parts if isinstance(part.deed, Geometric)],
        maps,
        colours if any(isinstance(part.deed, Colour) for part in parts) else None,
        [part for part in parts if isinstance(part.deed, Pointwise)],
    )


def join(portions: Sequence[Tables]) -> Tables:
    """Tables of the same chain for other images, one after another."""
    if len(portions) == 1:
        return portions[0]
    first = portions[0]
    colours = [portion.colours for portion in portions if portion.colours is not None]
    return Tables(
        first.moves,
        torch.cat([portion.maps for portion in portions]),
        ColourMap(
            torch.cat([each.matrix for each in colours]),
            torch.cat([each.by_mean for each in colours]),
            torch.cat([each.offset for each in colours]),
        )
        if colours
        else None,
        [_joined(parts) for parts in zip(*(portion.others for portion in portions), strict=True)],
    )


def _joined(parts: Sequence[Part]) -> Part:
    parameters: Parameters = {
        name: torch.cat([part.parameters[name] for part in parts]) for name in parts[0].parameters
    }
    return replace(parts[0], touched=torch.cat([part.touched for part in parts]), parameters=parameters)
