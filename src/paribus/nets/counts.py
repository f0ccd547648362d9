"""What a net costs, remembered: torch is imported only for a net that was never measured."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from paribus.nets.layer_table import NetSize
from paribus.nets.shapes import Shape
from paribus.specs import NETS, digest
from paribus.specs.base import Options
from paribus.specs.identity import source_digest
from paribus.specs.tables import UserOptions
from paribus.specs.zoo import ZooOptions, library_version


def measure_net(options: Options, shape: Shape, memory: Path, hidden: tuple[int, ...] = ()) -> NetSize:
    """Parameters, FLOPs, bytes; `memory` is the file where they are kept, `hidden` are as in `build_net`."""
    key = _key(options, shape, hidden)
    known = _read(memory)
    if found := _remembered(known.get(key)):
        return found
    from paribus.nets.building import outline_net  # noqa: PLC0415  imports torch, which takes seconds
    from paribus.nets.layers import size_of  # noqa: PLC0415

    size = size_of(outline_net(options, shape, hidden), shape)
    _write(memory, known | {key: asdict(size)})
    return size


def _remembered(plain: Any) -> NetSize | None:
    try:
        biggest = tuple((str(name), int(count)) for name, count in plain["biggest"])
        return NetSize(**{**plain, "biggest": biggest})
    except (TypeError, KeyError, ValueError):
        return None  # never measured, or a damaged memory


def _key(options: Options, shape: Shape, hidden: tuple[int, ...]) -> str:
    if isinstance(options, UserOptions):
        known_by = source_digest(options.name)
    elif isinstance(options, ZooOptions):
        known_by = f"{library_version(options)}/{_our_version()}"
    else:
        known_by = f"{NETS[options.name].version}/{_our_version()}"
    return digest([options.model_dump(mode="json"), asdict(shape), hidden, known_by])


def _our_version() -> str:
    try:
        return version("paribus")
    except PackageNotFoundError:
        return "unpackaged"


def _read(memory: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(memory.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def _write(memory: Path, known: Mapping[str, Any]) -> None:
    """A convenience only: where it cannot be written, the next one counts again."""
    aside = memory.with_suffix(".part")
    try:
        memory.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(json.dumps(known), encoding="utf-8")
        aside.replace(memory)
    except OSError:
        with suppress(OSError):
            aside.unlink()
