"""What every spec is: frozen, strict, and clear about keys that it does not know."""

import math
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from paribus.specs.words import did_you_mean, known, quoted

T = TypeVar("T")

# TOML and JSON have lists; a frozen spec holds tuples. Only the container is lax, its members stay strict.
Sequence = Annotated[tuple[T, ...], Field(strict=False)]


NEW: dict[str, Any] = {"is_new": True}


def is_new(info: ValidationInfo) -> bool:
    """Whether somebody says it now. What a ledger recorded was accepted once, and stays readable."""
    return bool(info.context)


def _plain(given: Any) -> Any:
    if isinstance(given, dict) and all(isinstance(key, str) for key in given):
        return {key: _plain(value) for key, value in given.items()}
    if isinstance(given, list | tuple):
        return [_plain(value) for value in given]
    if isinstance(given, str | int) or (isinstance(given, float) and math.isfinite(given)):
        return given
    raise PydanticCustomError(
        "plain",
        "given {given}; expected a text, a finite number, true or false, or a list or table of these",
        {"given": quoted(given)},
    )


# A value whose kind is known later, or to the user alone; whatever it is, a study file can say it.
Plain = Annotated[Any, AfterValidator(_plain)]


class Spec(BaseModel):
    """A group of settings. Strict: 1 is no true, "3" is no 3; an int is accepted as a float.

    TOML cannot say none, so `false` says it wherever a setting is none by default.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, validate_default=True
    )

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_keys(cls, given: Any) -> Any:
        if isinstance(given, dict) and cls.model_config.get("extra") == "forbid":
            for key in given:
                if key not in cls.model_fields:
                    raise PydanticCustomError(
                        "unknown_key",
                        "unknown key; {known}.{hint}",
                        {
                            "key": str(key),
                            "known": known(cls.model_fields),
                            "hint": did_you_mean(str(key), cls.model_fields),
                        },
                    )
        return given

    @model_validator(mode="before")
    @classmethod
    def _false_means_none(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        off = {key for key, field in cls.model_fields.items() if field.default is None}
        return {key: None if value is False and key in off else value for key, value in given.items()}


class Options(Spec):
    """The options of one named thing: a net, a data set, an operation. Its name says which."""

    name: str
