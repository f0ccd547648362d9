"""torchvision, also beside a torch that it was not built for. Knows none of its nets."""

import sys
from importlib import import_module
from types import ModuleType

import torch

from paribus.errors import MissingExtra

_DECLARED: list[torch.library.Library] = []  # operators are forgotten when their library is
_OPERATORS = ("nms", "qnms")


def import_torchvision(purpose: str) -> ModuleType:
    """The package, with its models and transforms. `purpose` is said where it is not installed.

    Its compiled operators exist only beside the torch that it was built with. Elsewhere importing it fails
    until the two that it describes at once are declared; they cannot be called, all that is Python can.
    """
    try:
        return import_module("torchvision")
    except ModuleNotFoundError as error:
        raise MissingExtra("torchvision", "zoo", purpose) from error
    except RuntimeError as error:
        if "torchvision::" not in str(error) or _DECLARED:
            raise
    library = torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]
    for name in _OPERATORS:
        signature = f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
        library.define(signature)  # type: ignore[no-untyped-call]
    _DECLARED.append(library)
    for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
        del sys.modules[name]  # what the failed import left behind
    return import_module("torchvision")
