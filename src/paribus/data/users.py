"""The user's own data, `"my_module:load"`: whatever it gives, and its faults in one line.

A set is known by the module's source and the options, and its runs by its pixels. What becomes of pairs of
image and label is the affair of gathering.
"""

import json
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from paribus.data.album import Album
from paribus.data.gathering import Gathering
from paribus.data.images import Reading, Source, Split
from paribus.data.progress import Tell
from paribus.errors import DataError
from paribus.specs.datasets import UserData
from paribus.specs.identity import digest, source_digest
from paribus.specs.words import did_you_mean

_SPLITS: tuple[Split, ...] = ("train", "validation", "test")


def read_users(options: UserData, _tell: Tell) -> Source:
    """The module is not imported before its images are needed."""
    known = [options.name, source_digest(options.name), options.arguments(), options.test, options.groups]
    return Source(f"users/{digest(json.loads(json.dumps(known)))}", lambda album: _read(options, album))


def _read(options: UserData, album: Album) -> Reading:
    module, _, attribute = options.name.partition(":")
    file = _file_of(module)
    with _blaming(options.name, file):
        given = getattr(import_module(module), attribute)(**options.arguments())
    splits = _splits(options.name, given)
    pairs: dict[Split, _Guarded] = {split: _Guarded(options.name, file, one) for split, one in splits.items()}
    return Gathering(options.name, album, file.parent, options.test, options.groups).gather(pairs)


def _file_of(module: str) -> Path:
    found = find_spec(module)
    assert found is not None
    assert found.origin is not None
    return Path(found.origin)


def _splits(name: str, given: Any) -> dict[Split, Any]:
    if not isinstance(given, Mapping):
        given = {"train": given}
    for split in given:
        if split not in _SPLITS:
            raise DataError(
                f"{name}: gives a split {split!r}; known: {', '.join(_SPLITS)}."
                f"{did_you_mean(str(split), _SPLITS)}"
            )
    if "train" not in given:
        raise DataError(f"{name}: gives no 'train'; expected it, and perhaps 'validation' and 'test'")
    return {split: given[split] for split in _SPLITS if split in given}


class _Guarded:
    """The user's pairs; whatever goes wrong in yielding them is told as the user's."""

    def __init__(self, name: str, file: Path, pairs: Any) -> None:
        self._name, self._file = name, file
        with _blaming(name, file):
            self._pairs = iter(pairs)

    def __iter__(self) -> Iterator[object]:
        end = object()
        while True:
            with _blaming(self._name, self._file):
                pair = next(self._pairs, end)
            if pair is end:
                return
            yield pair


@contextmanager
def _blaming(name: str, file: Path) -> Iterator[None]:
    """Every exception in one line, with the place in the user's module that it came from.

    What the user's code prints goes beside what the command prints: that may be read by a machine.
    """
    try:
        with redirect_stdout(sys.stderr):
            yield
    except (Exception, SystemExit) as error:
        frames = traceback.extract_tb(error.__traceback__)
        own = [frame for frame in frames if Path(frame.filename) == file]
        place = f" ({file.name}, line {own[-1].lineno})" if own else ""
        said = " ".join(str(error).split())
        raise DataError(f"{name}: {type(error).__name__}: {said}{place}") from error
