"""The names that other libraries gave to the tensors of nets that are built the same. Reads no file."""

import re
from collections.abc import Collection, Mapping

from torch import Tensor

# Where timm's stages of MobileNetV2 begin among torchvision's blocks.
_FIRST_OF_STAGE = (1, 2, 4, 7, 11, 14, 17)
_WITHOUT_EXPANSION = {"conv_dw": "0.0", "bn1": "0.1", "conv_pw": "1", "bn2": "2"}
_WITH_EXPANSION = {
    "conv_pw": "0.0", "bn1": "0.1", "conv_dw": "1.0", "bn2": "1.1", "conv_pwl": "2", "bn3": "3",
}  # fmt: skip
_OUTSIDE = {
    "conv_stem": "features.0.0", "bn1": "features.0.1", "conv_head": "features.18.0", "bn2": "features.18.1",
    "classifier": "classifier.1",
}  # fmt: skip
_SECOND_HEADS = ("AuxLogits.", "aux1.", "aux2.")  # of googlenet and inception_v3, in torchvision's files


def translate_names(weights: Mapping[str, Tensor], wanted: Collection[str]) -> dict[str, Tensor]:
    """The weights under the names of the net that wants them, where both are known to be the same."""
    if "conv_stem.weight" in weights and "features.0.0.weight" in wanted:
        weights = from_timm_mobilenetv2(weights)
    second = tuple(prefix for prefix in _SECOND_HEADS if not any(name.startswith(prefix) for name in wanted))
    return {name: value for name, value in weights.items() if not name.startswith(second)}


def from_timm_mobilenetv2(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The names of timm's `mobilenetv2_100` as torchvision's, which are ours; others are left as they are."""
    return {_from_timm_mobilenetv2(name): value for name, value in weights.items()}


def _from_timm_mobilenetv2(name: str) -> str:
    layer, _, kind = name.rpartition(".")
    if found := re.fullmatch(r"blocks\.([0-6])\.(\d)\.(\w+)", layer):
        stage, block = int(found[1]), int(found[2])
        places = _WITH_EXPANSION if stage else _WITHOUT_EXPANSION
        if found[3] in places:
            return f"features.{_FIRST_OF_STAGE[stage] + block}.conv.{places[found[3]]}.{kind}"
    return f"{_OUTSIDE[layer]}.{kind}" if layer in _OUTSIDE else name
