"""Weights in files that others made: what is in them, under the names of our nets."""

import re
from collections.abc import Mapping

from torch import Tensor

_FIRST_OF_STAGE = (
    1,
    2,
    4,
    7,
    11,
    14,
    17,
)  # where timm's stages of MobileNetV2 begin among torchvision's blocks
_WITHOUT_EXPANSION = {"conv_dw": "0.0", "bn1": "0.1", "conv_pw": "1", "bn2": "2"}
_WITH_EXPANSION = {
    "conv_pw": "0.0", "bn1": "0.1", "conv_dw": "1.0", "bn2": "1.1", "conv_pwl": "2", "bn3": "3",
}  # fmt: skip
_OUTSIDE = {
    "conv_stem": "features.0.0", "bn1": "features.0.1", "conv_head": "features.18.0", "bn2": "features.18.1",
    "classifier": "classifier.1",
}  # fmt: skip


def from_timm_mobilenetv2(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The names of timm's `mobilenetv2_…` under those of torchvision, which are ours."""
    return {_from_timm_mobilenetv2(name): value for name, value in weights.items()}


def _from_timm_mobilenetv2(name: str) -> str:
    layer, _, kind = name.rpartition(".")
    if found := re.fullmatch(r"blocks\.(\d+)\.(\d+)\.(\w+)", layer):
        stage, block = int(found[1]), int(found[2])
        places = _WITH_EXPANSION if stage else _WITHOUT_EXPANSION
        return f"features.{_FIRST_OF_STAGE[stage] + block}.conv.{places[found[3]]}.{kind}"
    return f"{_OUTSIDE[layer]}.{kind}"
