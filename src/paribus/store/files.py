"""Files that are whole or absent: written aside, fsynced, renamed, with a SHA-256 beside them.

Tensors are safetensors with a JSON of facts in the header; never pickle. safetensors accepts most single
flipped bits, so the sum beside each file is checked whenever it is read.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from paribus.errors import ArtifactDamaged, StoreError

_LONGEST_HEADER_BYTES = 100 << 20  # as safetensors has it

Arrays = dict[str, NDArray[Any]]


def write_bytes(path: Path, content: bytes) -> str:
    """Writes the file and its sum; returns the SHA-256. What a crash leaves is whole, or is not used."""
    sha256 = hashlib.sha256(content).hexdigest()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _aside(path, content) as whole, _aside(_sum_path(path), f"{sha256}\n".encode()) as its_sum:
            its_sum.replace(_sum_path(path))  # only now: a full disk leaves what was there before
            whole.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise StoreError(
            f"{path}: cannot be written: {error.strerror}; "
            "make room or make it writable and run the same command again; nothing is lost"
        ) from error
    return sha256


def read_bytes(path: Path) -> bytes:
    """The content, checked against its sum; raises ArtifactDamaged with the file's name."""
    try:
        content = path.read_bytes()
        expected = _sum_path(path).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or str(error)
        gone = isinstance(error, FileNotFoundError)
        raise ArtifactDamaged(f"{path}: cannot be read: {why}{_advice(path, gone=gone)}") from error
    if hashlib.sha256(content).hexdigest() != expected:
        raise ArtifactDamaged(f"{path}: its content does not match {_sum_path(path).name}{_advice(path)}")
    return content


def is_whole(path: Path) -> bool:
    """Whether the file is there, as it was written."""
    try:
        read_bytes(path)
    except ArtifactDamaged:
        return False
    return True


def _advice(path: Path, *, gone: bool = False) -> str:
    kind = path.name.partition("-")[0]
    if kind == "checkpoint":
        return ""
    if kind == "test":
        return "; 'paribus test' makes it again"
    return f"; {'' if gone else 'once it is removed, '}running the study again makes it"


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]], facts: Any = None) -> str:
    """Writes arrays and plain facts as one safetensors file; returns its SHA-256."""
    whole = {name: np.asarray(array, order="C") for name, array in arrays.items()}
    return write_bytes(path, save_tensors(whole, {"facts": json.dumps(facts, sort_keys=True)}))


def read_arrays(path: Path) -> tuple[Arrays, Any]:
    """What `write_arrays` wrote, as (arrays, facts)."""
    content = read_bytes(path)
    try:
        header_bytes = int.from_bytes(content[:8], "little")
        return load_tensors(content), _facts(content[8 : 8 + header_bytes])
    except (SafetensorError, ValueError, KeyError) as error:
        raise ArtifactDamaged(f"{path}: no file of ours: {error}") from error


def read_facts(path: Path) -> Any:
    """What a file of ours tells beside its tensors, without a look at its sum; None of anybody else's."""
    try:
        with path.open("rb") as file:
            header_bytes = int.from_bytes(file.read(8), "little")
            return _facts(file.read(min(header_bytes, _LONGEST_HEADER_BYTES)))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _facts(header: bytes) -> Any:
    return json.loads(json.loads(header)["__metadata__"]["facts"])


def remove(path: Path) -> None:
    """Removes the file, then its sum."""
    path.unlink(missing_ok=True)
    _sum_path(path).unlink(missing_ok=True)


def _sum_path(path: Path) -> Path:
    return path.with_name(path.name + ".sha256")


@contextmanager
def _aside(path: Path, content: bytes) -> Iterator[Path]:
    """A whole file beside `path`, to be renamed; gone afterwards if it was not."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield aside
    finally:
        aside.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
