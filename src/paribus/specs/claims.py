"""Claims: what somebody expects of the arms before they are run.

A claim's name is its sentence, for people; its table says the same for the machine, in one of five kinds.
Whether there are arms of those names is known to who makes the arms.
"""

from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from paribus.specs.base import Spec
from paribus.specs.words import did_you_mean, known, quoted

Kind = Literal["beats", "equals", "best", "reaches", "diverges"]
Sentence = Annotated[str, Field(min_length=1, max_length=200)]


def _another(arm: str, info: ValidationInfo) -> str:
    if arm == info.data.get("arm"):
        raise PydanticCustomError(
            "itself", "given {given}, the arm itself; expected another", {"given": quoted(arm)}
        )
    return arm


AnotherArm = Annotated[str, AfterValidator(_another)]  # than the one that the claim is about


class _Claim(Spec):
    kind: ClassVar[Kind]
    arms_named: ClassVar[tuple[str, ...]] = ("arm",)  # the keys that name one

    @property
    def arms(self) -> tuple[str, ...]:
        """The arms that it names."""
        return tuple(getattr(self, key) for key in self.arms_named)

    @property
    def meaning(self) -> tuple[Any, ...]:
        """Equal for claims that say the same."""
        return (self.kind, *self.arms)


class BeatsClaim(_Claim):
    """`arm` is better than the arm `beats`."""

    kind = "beats"
    arms_named = ("arm", "beats")
    arm: str
    beats: AnotherArm


class EqualsClaim(_Claim):
    """The two differ by less than the study's margin."""

    kind = "equals"
    arms_named = ("arm", "equals")
    arm: str
    equals: AnotherArm

    @property
    def meaning(self) -> tuple[Any, ...]:
        return (self.kind, *sorted(self.arms))


class BestClaim(_Claim):
    """The arm is better than each other arm."""

    kind = "best"
    arms_named = ("best",)
    best: str


class ReachesClaim(_Claim):
    """The arm's mean is this share at least."""

    kind = "reaches"
    arm: str
    reaches: Annotated[float, Field(ge=0, le=1)]

    @property
    def meaning(self) -> tuple[Any, ...]:
        return (*super().meaning, self.reaches)


class DivergesClaim(_Claim):
    """More of the arm's runs diverge than not."""

    kind = "diverges"
    arm: str
    diverges: Literal[True]

    @field_validator("diverges", mode="before")
    @classmethod
    def _only_true(cls, given: Any) -> Any:
        """What is claimed to end well is better claimed to reach something."""
        if given is not True:
            raise PydanticCustomError("true", "given {given}; expected true", {"given": quoted(given)})
        return given


_KINDS = get_args(Kind)  # the key that only one kind has
_KEYS = ("arm", *_KINDS)
_EXPECTED = (
    '{ arm = "A", beats = "B" }, { arm = "A", equals = "B" }, { best = "A" }, '
    '{ arm = "A", reaches = 0.88 } or { arm = "A", diverges = true }'
)


def _with_known_keys(given: Any) -> Any:
    """Refuses what says nothing, or two things; `_kind_of` relies on it."""
    if isinstance(given, Spec):
        return given
    if not isinstance(given, dict):
        raise PydanticCustomError(
            "claim", "given {given}; expected {expected}", {"given": quoted(given), "expected": _EXPECTED}
        )
    for key in given:
        if key not in _KEYS:
            raise PydanticCustomError(
                "unknown_key",
                "unknown key; {known}.{hint}",
                {"key": str(key), "known": known(_KEYS), "hint": did_you_mean(str(key), _KEYS)},
            )
    kinds = [key for key in _KINDS if key in given]
    if len(kinds) != 1:
        what = f"says both '{kinds[0]}' and '{kinds[1]}'" if kinds else "claims nothing"
        raise PydanticCustomError(
            "claim", "{what}; expected {expected}", {"what": what, "expected": _EXPECTED}
        )
    return given


def _kind_of(given: Any) -> str:
    """Its tag; in pointed brackets, so that messages leave it out of the place."""
    keys = given if isinstance(given, dict) else type(given).model_fields
    return f"<{next(key for key in _KINDS if key in keys)}>"


ClaimSpec = Annotated[
    Annotated[BeatsClaim, Tag("<beats>")]
    | Annotated[EqualsClaim, Tag("<equals>")]
    | Annotated[BestClaim, Tag("<best>")]
    | Annotated[ReachesClaim, Tag("<reaches>")]
    | Annotated[DivergesClaim, Tag("<diverges>")],
    Discriminator(_kind_of),
    BeforeValidator(_with_known_keys),
]
