"""Files of weights that others made, read without running what may be hidden in them.

`.safetensors` holds tensors only. `.pth`, `.pt` and `.bin` are pickles, read by torch's reader that builds
nothing but tensors, of a torch in which the known ways around it are closed. Knows no net.
"""

import hashlib
import textwrap
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor

from paribus.errors import SpecError

_PICKLES = (".pth", ".pt", ".bin")
_SAFE_SINCE = (2, 10)  # CVE-2025-32434 and CVE-2026-24747 went around weights_only before
_MOST_BYTES = 8 << 30
_NESTS = (
    "state_dict", "model_state_dict", "model_state", "model", "net", "module", "state_dict_ema", "model_ema",
    "ema",
)  # fmt: skip
_DEEPEST = 8  # a table may hold itself
_PREFIXES = ("module.", "_orig_mod.")  # of nets that were trained in parallel, or compiled


def read_weights(path: Path) -> dict[str, Tensor]:
    """The tensors of a file, by name, on the CPU. Raises SpecError, in one line."""
    _refuse_unreadable(path)
    try:
        held = load_file(path) if path.suffix == ".safetensors" else _unpickle(path)
    except SpecError:
        raise
    except Exception as error:  # torch and safetensors raise nearly anything
        raise SpecError(
            f"{path}: cannot be read as weights: damaged, or not only tensors ({_why(error)})"
        ) from error
    weights = _without_prefixes(_unnested(held, path))
    for name, value in weights.items():
        if value.layout != torch.strided or value.is_quantized or value.is_meta:
            raise SpecError(
                f"{path}: '{name}' is no plain tensor of numbers; save the weights unquantised, dense"
            )
    return {name: value.detach().contiguous() for name, value in weights.items()}


def _refuse_unreadable(path: Path) -> None:
    known = (".safetensors", *_PICKLES)
    if not path.is_file():
        raise SpecError(f"{path}: no such file; expected weights ({', '.join(known)})")
    if path.suffix not in known:
        raise SpecError(f"{path}: unknown kind of weights '{path.suffix}'; known: {', '.join(known)}")
    if path.stat().st_size > _MOST_BYTES:
        raise SpecError(f"{path}: {path.stat().st_size:,} bytes; weights of up to {_MOST_BYTES:,} are read")
    beside = path.with_name(path.name + ".sha256")
    if beside.is_file() and beside.read_text(encoding="utf-8", errors="replace").split()[:1] != [
        _digest(path)
    ]:
        raise SpecError(
            f"{path}: does not have the SHA-256 that stands in {beside.name}; fetch or copy it again"
        )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, hashlib.sha256).hexdigest()


def _why(error: Exception) -> str:
    """One short line; of torch's advice, which is to read the file unsafely, nothing but its reason."""
    told = str(error).rpartition("WeightsUnpickler error:")[2].strip().split("\n")[0]
    return textwrap.shorten(f"{type(error).__name__}: {told}", 160, placeholder=" ...")


def _unpickle(path: Path) -> Any:
    version = tuple(int(part) for part in torch.__version__.split(".")[:2])
    if version < _SAFE_SINCE:
        raise SpecError(
            f"{path}: torch {torch.__version__} can be made to run code by such a file; "
            "install torch 2.10 or later, or convert the file to .safetensors elsewhere"
        )
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:  # torch packs nothing; a packed file may grow beyond bounds
            if any(entry.compress_type != zipfile.ZIP_STORED for entry in archive.infolist()):
                raise SpecError(f"{path}: its parts are compressed, as torch.save never writes them")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of how old the file is
        return torch.load(path, map_location="cpu", weights_only=True)


def _unnested(held: Any, path: Path) -> dict[str, Tensor]:
    """The innermost table of tensors; what stands beside it, such as an optimizer's state, is left."""
    for _ in range(_DEEPEST):
        within = held if isinstance(held, Mapping) else {}
        held = next((within[name] for name in _NESTS if isinstance(within.get(name), Mapping)), held)
    if not isinstance(held, Mapping) or not held:
        raise SpecError(f"{path}: holds {type(held).__name__}; expected a table of tensors by name")
    for name, value in held.items():
        if not isinstance(value, Tensor) or not isinstance(name, str):
            raise SpecError(
                f"{path}: '{name}' is a {type(value).__name__}; expected tensors only, perhaps within one of "
                f"{', '.join(_NESTS)}"
            )
    return dict(held)


def _without_prefixes(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    for prefix in _PREFIXES * 2:  # either may stand around the other
        if all(name.startswith(prefix) for name in weights):
            weights = {name.removeprefix(prefix): value for name, value in weights.items()}
    return weights
