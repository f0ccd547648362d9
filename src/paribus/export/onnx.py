"""A trained run as ONE self-describing ONNX file.

Input `images`: float32 [batch, channels, height, width], plain pixel values from 0 to 255; normalising is
part of the graph. Output `probabilities`: float32 [batch, classes]. What the classes are called, how large
images must be and where the model comes from stands in the file's metadata, as JSON under the key `paribus`.
"""

import json
import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import torch

from paribus import __version__
from paribus.errors import MissingExtra, SpecError, StoreError
from paribus.export.loading import TrainedModel, load
from paribus.specs import canonical
from paribus.specs.datasets import PLACES
from paribus.store import make_folder, read_arrays, refuse_unwritable

FORMAT = 1  # of the metadata; grows when a reader must know better
_OPSET = 18  # what torch's exporter speaks natively; onnxruntime reads it since 1.14
_CHECKED_IMAGES = 8
_TOLERANCE = 1e-5
_SAYS_WHERE_IT_WAS_MADE = {"doc_string", "metadata_props"}  # stack traces with paths of this machine


@dataclass(frozen=True)
class ExportResult:
    """What was written, and how far onnxruntime's probabilities on random images are from torch's."""

    path: Path
    size_bytes: int
    metadata: dict[str, Any]
    checked_images: int
    largest_difference: float | None  # None: onnxruntime is not installed, nothing was checked


def export_run(weights: Path, target: Path) -> ExportResult:
    """Writes a kept weights file as ONNX. `target` is replaced only by a file that gives what torch gives."""
    if target.suffix != ".onnx":
        raise StoreError(f"{target}: an exported model's name ends in .onnx")
    refuse_unwritable(target)
    for package in ("onnx", "onnxscript"):
        _require(package)
    model = load(weights)
    metadata = _metadata(model, weights)
    content = _encode(model, metadata)
    make_folder(target.parent)
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        aside.write_bytes(content)
        difference = _largest_difference(model, aside)
        if difference is not None and not difference <= _TOLERANCE:
            raise StoreError(
                f"{target}: not written: onnxruntime's probabilities are {difference:.1e} from torch's; "
                f"at most {_TOLERANCE:.0e} is allowed"
            )
        aside.replace(target)
    except OSError as error:
        raise StoreError(f"{target}: cannot be written: {error.strerror}; name another place") from error
    finally:
        aside.unlink(missing_ok=True)
    return ExportResult(target, len(content), metadata, _CHECKED_IMAGES, difference)


def _require(package: str) -> None:
    try:
        import_module(package)
    except ModuleNotFoundError as error:
        raise MissingExtra(package, "export", "Exporting to ONNX") from error


def _metadata(model: TrainedModel, weights: Path) -> dict[str, Any]:
    channels, height, width = model.shape
    recipe = canonical(model.recipe)
    recipe["data"] = {key: value for key, value in recipe["data"].items() if key not in PLACES}
    return {
        "format": FORMAT,
        "paribus": __version__,
        "fingerprint": model.fingerprint,
        "epoch": model.epoch,
        "classes": list(model.classes),
        "input": {
            "channels": channels,
            "height": height,
            "width": width,
            "values": "0 to 255",
            "fit": model.recipe.data.fit,  # how pictures of another size become this one
            "resize": "bilinear, antialiased",
        },
        "validation": _validation(weights),
        "recipe": recipe,
    }


def _validation(weights: Path) -> dict[str, Any] | None:
    """How well these weights did, from the predictions that the run has kept beside them."""
    predictions = weights.with_name(f"validation-{weights.name}")
    if not predictions.exists():
        return None
    seen, _ = read_arrays(predictions)
    correct = seen["logits"].argmax(1) == seen["labels"]
    return {"accuracy": float(correct.mean()), "images": len(correct)}


def _encode(model: TrainedModel, metadata: dict[str, Any]) -> bytes:
    import onnx  # noqa: PLC0415  an extra

    example = torch.zeros(2, *model.shape)
    try:
        with _quiet():
            program = torch.onnx.export(
                model,
                (example,),
                dynamo=True,
                verbose=False,
                input_names=["images"],
                output_names=["probabilities"],
                dynamic_shapes=({0: torch.export.Dim("batch")},),
                opset_version=_OPSET,
            )
            assert program is not None
            proto = program.model_proto
    except Exception as error:  # the exporter raises nearly anything
        first = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise SpecError(f"net '{model.recipe.net.name}': cannot be written as ONNX: {first}") from error
    _strip(proto)
    proto.producer_name, proto.producer_version = "paribus", __version__
    onnx.helper.set_model_props(proto, {"paribus": json.dumps(metadata, sort_keys=True)})
    onnx.checker.check_model(proto)
    return bytes(proto.SerializeToString(deterministic=True))


def _strip(message: Any) -> None:
    """Removes the exporter's notes everywhere: with them the same run would not give the same bytes."""
    for field, value in message.ListFields():
        if field.name in _SAYS_WHERE_IT_WAS_MADE:
            message.ClearField(field.name)
        elif field.message_type is not None:
            for part in [value] if hasattr(value, "ListFields") else value:
                _strip(part)


@contextmanager
def _quiet() -> Iterator[None]:
    """The exporter's warnings are about its own inside."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def _largest_difference(model: TrainedModel, file: Path) -> float | None:
    """Over another batch size than the export was traced with."""
    try:
        import onnxruntime  # noqa: PLC0415  an extra
    except ModuleNotFoundError:
        return None
    shape = (_CHECKED_IMAGES, *model.shape)
    images = np.random.default_rng(0).integers(0, 256, shape).astype(np.float32)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    [found] = session.run(["probabilities"], {"images": images})
    with torch.inference_mode():
        expected = model(torch.from_numpy(images)).numpy()
    return float(np.abs(found - expected).max())
