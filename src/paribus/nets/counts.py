"""What a net costs, remembered: torch is imported only for a net that was never measured."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from paribus.nets.layer_table import NetSize
from paribus.nets.memory import code_behind, note, recall
from paribus.nets.shapes import Shape
from paribus.specs import digest
from paribus.specs.base import Options


def measure_net(options: Options, shape: Shape, memory: Path, hidden: tuple[int, ...] = ()) -> NetSize:
    """Parameters, FLOPs, bytes; `memory` is the file where they are kept, `hidden` are as in `build_net`."""
    key = digest([options.model_dump(mode="json"), asdict(shape), hidden, code_behind(options)])
    if found := _remembered(recall(memory, key)):
        return found
    from paribus.nets.building import outline_net  # noqa: PLC0415  imports torch, which takes seconds
    from paribus.nets.layers import size_of  # noqa: PLC0415

    size = size_of(outline_net(options, shape, hidden), shape)
    note(memory, key, asdict(size))
    return size


def _remembered(plain: Any) -> NetSize | None:
    try:
        biggest = tuple((str(name), int(count)) for name, count in plain["biggest"])
        return NetSize(**{**plain, "biggest": biggest})
    except (TypeError, KeyError, ValueError):
        return None  # never measured, or a damaged memory
