"""An exported model that answers: a picture in, its classes with their probabilities out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from paribus.data.fitting import Fit
from paribus.errors import DataError, MissingExtra, StoreError
from paribus.serving.pictures import decode_picture

_FORMAT = 1  # the newest metadata that this version reads


@dataclass(frozen=True)
class InputShape:
    channels: int
    height: int
    width: int


class Classifier:
    """One model file, opened; may be asked by many threads at once."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._session = _open_session(self.path)
        self.metadata: Mapping[str, Any] = _read_metadata(self._session, self.path)
        self.classes: tuple[str, ...] = tuple(self.metadata["classes"])
        sides = self.metadata["input"]
        self.shape = InputShape(sides["channels"], sides["height"], sides["width"])
        rule = sides.get("fit", "squash")
        self._fit = Fit((self.shape.width, self.shape.height), rule, gray=self.shape.channels == 1)
        _refuse_another_graph(self._session, self.shape, len(self.classes), self.path)

    def classify(self, picture: bytes) -> list[tuple[str, float]]:
        """Every class with its probability, the likeliest first. Raises DataError about the picture."""
        pixels = decode_picture(picture, self._fit)
        [[probabilities]] = self._session.run(["probabilities"], {"images": pixels[None]})
        if not np.isfinite(probabilities).all():
            raise DataError(f"{self.path} gives no number for it")
        likeliest = np.argsort(-probabilities, kind="stable")
        return [(self.classes[k], float(probabilities[k])) for k in likeliest]


def _open_session(path: Path) -> Any:
    try:
        import onnxruntime  # noqa: PLC0415  an extra
    except ModuleNotFoundError as error:
        raise MissingExtra("onnxruntime", "serve", "Using an exported model") from error
    try:
        content = path.read_bytes()
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror}") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # small nets: a second thread costs more than it gives
    options.log_severity_level = 4  # what goes wrong is raised
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the runtime has a tree of exceptions for each fault of a file
        raise StoreError(f"{path}: no ONNX model that can be opened; 'paribus export' writes one") from error


def _read_metadata(session: Any, path: Path) -> dict[str, Any]:
    """What `paribus export` wrote into the file."""
    stranger = f"{path}: not exported by paribus: its metadata do not say what the classes and images are"
    text = session.get_modelmeta().custom_metadata_map.get("paribus")
    if text is None:
        raise StoreError(f"{stranger}; 'paribus export' writes such a file")
    try:
        metadata = json.loads(text)
        newer = int(metadata["format"]) > _FORMAT
        classes, sides = metadata["classes"], metadata["input"]
        whole = all(isinstance(name, str) for name in classes) and len(set(classes)) == len(classes) > 0
        whole &= all(
            isinstance(sides[name], int) and sides[name] > 0 for name in ("channels", "height", "width")
        )
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise StoreError(f"{stranger}, or are damaged; export it again") from error
    if newer:
        raise StoreError(f"{path}: exported by a newer paribus ({metadata.get('paribus')}); install that one")
    if not whole:
        raise StoreError(f"{stranger}, or are damaged; export it again")
    return dict(metadata)


def _refuse_another_graph(session: Any, shape: InputShape, classes: int, path: Path) -> None:
    """The graph must be the one that the metadata describe."""
    expected = {"images": [shape.channels, shape.height, shape.width], "probabilities": [classes]}
    found = {place.name: place.shape[1:] for place in [*session.get_inputs(), *session.get_outputs()]}
    if found != expected or shape.channels not in {1, 3}:
        raise StoreError(f"{path}: its graph takes and gives {found}; its metadata say {expected}")
