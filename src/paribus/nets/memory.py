"""A small JSON of what was found out once and takes torch to find out again; it may be lost at any time."""

import json
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from paribus.specs import NETS
from paribus.specs.base import Options
from paribus.specs.identity import source_digest
from paribus.specs.tables import UserOptions
from paribus.specs.zoo import ZooOptions, library_version


def recall(memory: Path, key: str) -> Any:
    """What was noted under the key; None where nothing was, or nothing can be read."""
    return _read(memory).get(key)


def note(memory: Path, key: str, value: Any) -> None:
    """Where it cannot be written, the next one finds it out again."""
    aside = memory.with_suffix(".part")
    try:
        memory.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(json.dumps(_read(memory) | {key: value}), encoding="utf-8")
        aside.replace(memory)
    except OSError:
        with suppress(OSError):
            aside.unlink()


def code_behind(options: Options) -> str:
    """What the code of a net is known by: what was found out with other code is not believed."""
    if isinstance(options, UserOptions):
        return source_digest(options.name)
    if isinstance(options, ZooOptions):
        return f"{library_version(options)}/{_our_version()}"
    return f"{NETS[options.name].version}/{_our_version()}"


def _read(memory: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(memory.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def _our_version() -> str:
    try:
        return version("paribus")
    except PackageNotFoundError:
        return "unpackaged"
