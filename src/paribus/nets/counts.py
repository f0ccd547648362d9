"""How many parameters a net has, remembered: torch is imported only for a net that was never counted."""

import json
from contextlib import suppress
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from paribus.nets.shapes import Shape
from paribus.specs import NETS, digest
from paribus.specs.base import Options
from paribus.specs.identity import source_digest
from paribus.specs.tables import UserOptions


def counted_parameters(options: Options, shape: Shape, memory: Path) -> int:
    """The count; `memory` is the file where counts are kept."""
    key = _key(options, shape)
    known = _read(memory)
    if key not in known:
        from paribus.nets.building import count_parameters  # noqa: PLC0415  imports torch, which takes seconds

        known[key] = count_parameters(options, shape)
        _write(memory, known)
    return known[key]


def _key(options: Options, shape: Shape) -> str:
    if isinstance(options, UserOptions):
        known_by = source_digest(options.name)
    else:
        known_by = f"{NETS[options.name].version}/{_our_version()}"
    return digest([options.model_dump(mode="json"), asdict(shape), known_by])


def _our_version() -> str:
    try:
        return version("paribus")
    except PackageNotFoundError:
        return "unpackaged"


def _read(memory: Path) -> dict[str, int]:
    try:
        return dict(json.loads(memory.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def _write(memory: Path, known: dict[str, int]) -> None:
    """A convenience only: where it cannot be written, the next one counts again."""
    aside = memory.with_suffix(".part")
    try:
        memory.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(json.dumps(known), encoding="utf-8")
        aside.replace(memory)
    except OSError:
        with suppress(OSError):
            aside.unlink()
