"""Models made by hand, so that what they must answer is known: softmax of fixed sums of pixels."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

CLASSES = ("ant", "bee", "<b>cat</b> & co", "Dörte")


def factors(values: int, classes: int) -> NDArray[np.float32]:
    drawn = np.random.default_rng(values).normal(0, 2, (values, classes))
    return (drawn / (255 * np.sqrt(values))).astype(np.float32)


def expected_answer(pixels: NDArray[Any], classes: tuple[str, ...] = CLASSES) -> dict[str, float]:
    """What the model made below says of [channels, height, width]."""
    logits = pixels.reshape(-1).astype(np.float64) @ factors(pixels.size, len(classes))
    powers = np.exp(logits - logits.max())
    return dict(zip(classes, powers / powers.sum(), strict=True))


def facts_of(channels: int, height: int, width: int, classes: tuple[str, ...] = CLASSES) -> dict[str, Any]:
    return {
        "format": 1,
        "paribus": "0.1.0",
        "fingerprint": "0123456789abcdef" * 4,
        "epoch": 3,
        "classes": list(classes),
        "input": {"channels": channels, "height": height, "width": width},
        "validation": {"accuracy": 0.875, "images": 1234},
        "recipe": {},
    }


def write_model(
    path: Path,
    *,
    channels: int = 3,
    height: int = 10,
    width: int = 12,
    classes: tuple[str, ...] = CLASSES,
    metadata: str | None = "",
) -> Path:
    """`metadata` is written as it stands; "" means what belongs there, None means none."""
    values = channels * height * width
    images = helper.make_tensor_value_info("images", TensorProto.FLOAT, ["batch", channels, height, width])
    out = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", len(classes)])
    nodes = [
        helper.make_node("Flatten", ["images"], ["flat"], axis=1),
        helper.make_node("MatMul", ["flat", "factors"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
    ]
    weights = numpy_helper.from_array(factors(values, len(classes)), "factors")
    graph = helper.make_graph(nodes, "made", [images], [out], [weights])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    if metadata is not None:
        text = metadata or json.dumps(facts_of(channels, height, width, classes))
        helper.set_model_props(model, {"paribus": text})
    onnx.save(model, path)
    return path


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def noise(width: int = 12, height: int = 10, mode: str = "RGB", seed: int = 0) -> Image.Image:
    bands = {"L": 1, "RGB": 3, "RGBA": 4, "CMYK": 4, "LA": 2}[mode]
    shape = (height, width) if bands == 1 else (height, width, bands)
    drawn = np.random.default_rng(seed).integers(0, 256, shape, np.uint8)
    return Image.frombytes(mode, (width, height), drawn.tobytes())
