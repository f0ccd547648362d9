"""A small JSON of what was found out once and takes torch to find out again; it may be lost at any time."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from paribus.nets.asides import write_aside
from paribus.specs import NETS
from paribus.specs.base import Options
from paribus.specs.identity import source_digest
from paribus.specs.tables import UserOptions
from paribus.specs.zoo import ZooOptions, library_version


def recall(memory: Path, key: str) -> Any:
    """What was noted under the key; None where nothing was, or nothing can be read."""
    return _read(memory).get(key)


def note(memory: Path, key: str, value: Any) -> None:
    """Beside what others note meanwhile. Where it cannot be written, the next one finds it out again."""
    with suppress(OSError):
        memory.parent.mkdir(parents=True, exist_ok=True)
        with _alone(memory):
            write_aside(memory, json.dumps(_read(memory) | {key: value}))


def code_behind(options: Options) -> str:
    """What the code of a net is known by: what was found out with other code is not believed."""
    if isinstance(options, UserOptions):
        return source_digest(options.name)
    if isinstance(options, ZooOptions):
        return f"{library_version(options)}/{_our_version()}"
    return f"{NETS[options.name].version}/{_our_version()}"


@contextmanager
def _alone(memory: Path) -> Iterator[None]:
    """No other process or thread notes anything in this memory meanwhile."""
    with memory.with_suffix(".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


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
