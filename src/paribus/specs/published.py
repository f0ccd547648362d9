"""What others published of an arm, to stand beside what is measured."""

from typing import Annotated, Any, Literal, get_args

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from paribus.specs.base import Spec

Split = Literal["train", "validation", "test"]
Share = Annotated[float, Field(ge=0, le=1)]


class ReferenceSpec(Spec):
    """Published figures of one arm, by split; shares, such as 0.8616."""

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [{"required": [split]} for split in get_args(Split)]}
    )

    train: Share | None = None
    validation: Share | None = None
    test: Share | None = None
    loss: Annotated[float, Field(ge=0)] | None = None  # cross-entropy on test
    source: str = ""

    @model_validator(mode="before")
    @classmethod
    def _a_value_has_a_split(cls, given: Any) -> Any:
        if isinstance(given, dict) and "value" in given:
            raise PydanticCustomError(
                "value",
                "a published figure belongs to a split; write test = {value}, or validation or train",
                {"key": "value", "value": str(given["value"])},
            )
        return given

    @model_validator(mode="after")
    def _says_something(self) -> "ReferenceSpec":
        if not self.by_split:
            raise PydanticCustomError(
                "empty", "no figure; expected train, validation or test, a share such as 0.8616", {}
            )
        return self

    @property
    def by_split(self) -> dict[Split, float]:
        """The shares that were published."""
        found = {split: getattr(self, split) for split in get_args(Split)}
        return {split: share for split, share in found.items() if share is not None}
