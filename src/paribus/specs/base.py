"""What every spec is: frozen, strict, and clear about keys that it does not know."""

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from paribus.specs.words import did_you_mean, known

T = TypeVar("T")

# TOML and JSON have lists; a frozen spec holds tuples. Only the container is lax, its members stay strict.
Sequence = Annotated[tuple[T, ...], Field(strict=False)]


class Spec(BaseModel):
    """A group of settings. Strict: 1 is no true, "3" is no 3; an int is accepted as a float."""

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


class Options(Spec):
    """The options of one named thing: a net, a data set, an operation. Its name says which."""

    name: str
