"""Nets of other libraries by their names: `net = "torchvision:resnet18"`. Imports none of them."""

import re
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from pydantic import field_validator, model_validator
from pydantic_core import PydanticCustomError

from paribus.errors import MissingExtra
from paribus.specs.tables import FreeOptions
from paribus.specs.words import quoted

LIBRARIES = ("timm", "torchvision")
_GIVEN = {  # by us: from the data, or by start
    "num_classes": "the number of classes follows from the data",
    "in_chans": "the number of channels follows from the data",
    "pretrained": "say start = { weights = 'imagenet' }",
    "weights": "say start = { weights = 'imagenet' }",
    "weights_backbone": "say start = { weights = 'imagenet' }",
    "checkpoint_path": "say start = { weights = 'the file' }",
}


class ZooOptions(FreeOptions):
    """A net of torchvision or timm; its options are that library's keyword arguments."""

    name: str

    @field_validator("name")
    @classmethod
    def _names_a_model(cls, given: str) -> str:
        if not re.fullmatch(rf"({'|'.join(LIBRARIES)}):[A-Za-z0-9][A-Za-z0-9_.\-]*", given):
            raise PydanticCustomError(
                "zoo_name",
                "given {given}; expected a library and what it calls the net, as in 'torchvision:resnet18'",
                {"given": quoted(given)},
            )
        return given

    @model_validator(mode="before")
    @classmethod
    def _refuse_what_is_given(cls, given: Any) -> Any:
        for key in given if isinstance(given, dict) else ():
            if key in _GIVEN:
                raise PydanticCustomError("given", "not set here: {why}", {"key": key, "why": _GIVEN[key]})
        return given

    @property
    def library(self) -> str:
        return self.name.partition(":")[0]

    @property
    def model(self) -> str:
        """What the library calls it."""
        return self.name.partition(":")[2]


def library_version(options: ZooOptions) -> str:
    """The installed version, without what it was built for: 0.28.0 of 0.28.0+cpu. Raises MissingExtra."""
    try:
        return version(options.library).partition("+")[0]
    except PackageNotFoundError as error:
        raise MissingExtra(options.library, "zoo", f"net '{options.name}'") from error
