"""The study: a question. A base recipe, what varies, the control, the seeds, the metric, the limits."""

import itertools
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from paribus.specs.base import Plain, Sequence, Spec, is_new
from paribus.specs.claims import ClaimSpec, EqualsClaim, Sentence
from paribus.specs.merging import flat_places
from paribus.specs.published import ReferenceSpec
from paribus.specs.recipe import RecipeSpec, scored_epoch
from paribus.specs.search import WINNER, SearchSpec
from paribus.specs.words import did_you_mean, is_line, known, quoted

BASE_ARM = "base"  # the recipe of [run] itself, as an arm

Seed = Annotated[int, Field(ge=0, lt=2**31)]
StageName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=100)]
_Off = Literal[False]
LEAST_ALPHA = 1e-6
Levels = Annotated[Sequence[Plain], Field(min_length=1)]  # the values of a factor


class QuestionSpec(Spec):
    """The table [study]: what is asked, and how the answer will be judged."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    about: Annotated[str, Field(min_length=1, max_length=2000)] | None = (
        None  # some sentences below the title
    )
    note: Annotated[str, Field(min_length=1, max_length=2000)] | None = (
        None  # what else to know, below about: how a profile was cut
    )
    control: str = BASE_ARM
    seeds: Annotated[Sequence[Seed], Field(min_length=1, max_length=10_000)] = tuple(range(5))
    metric: Literal["accuracy", "balanced_accuracy", "macro_f1"] = "accuracy"
    margin: Annotated[float, Field(gt=0, lt=1)] | None = None  # differences below it do not matter
    alpha: Annotated[float, Field(gt=0, lt=0.5)] = 0.05  # wrong verdicts allowed, over all contrasts
    score: Literal["auto", "last", "best"] = "auto"  # auto: best epoch where stopping early, else last

    @field_validator(
        "seeds",
        mode="before",
        json_schema_input_type=Annotated[int, Field(ge=1, le=10_000)]
        | Annotated[Sequence[Seed], Field(min_length=1, max_length=10_000)],
    )
    @classmethod
    def _a_number_means_the_first_so_many(cls, given: Any) -> Any:
        if isinstance(given, int) and not isinstance(given, bool) and 1 <= given <= 10_000:
            return tuple(range(given))
        if not isinstance(given, list | tuple):
            raise PydanticCustomError(
                "seeds",
                "given {given}; expected a number from 1 to 10000 (8 means 0 to 7) or a list of seeds",
                {"given": quoted(given)},
            )
        return given

    @field_validator("title")
    @classmethod
    def _a_title_is_a_line(cls, given: str, info: ValidationInfo) -> str:
        if is_new(info) and not is_line(given):
            raise PydanticCustomError(
                "line", "given {given}; expected one line of text", {"given": quoted(given)}
            )
        return given

    @field_validator("alpha")
    @classmethod
    def _arithmetic_can_carry_it(cls, given: float, info: ValidationInfo) -> float:
        if is_new(info) and given < LEAST_ALPHA:
            raise PydanticCustomError(
                "alpha", "given {given}; must be at least {least}", {"given": given, "least": LEAST_ALPHA}
            )
        return given

    @field_validator("seeds")
    @classmethod
    def _no_seed_twice(cls, given: tuple[int, ...]) -> tuple[int, ...]:
        in_order = sorted(given)
        for one, next_one in itertools.pairwise(in_order):
            if one == next_one:
                raise PydanticCustomError("twice", "seed {seed} is listed twice", {"seed": one})
        return given


_SIZE = re.compile(r"(\d+(?:\.\d+)?) ?(k|M|G|)B")
_SIZE_EXPECTED = "a number of bytes, or a text such as '600 kB', '2.5 MB' or '1 GB'"


def _parse_size(given: Any) -> Any:
    """`600 kB`, of 1,000 bytes each, as a number of bytes."""
    if isinstance(given, int) and not isinstance(given, bool) and given >= 1:
        return given
    found = _SIZE.fullmatch(given) if isinstance(given, str) else None
    count = round(float(found[1]) * {"": 1, "k": 10**3, "M": 10**6, "G": 10**9}[found[2]]) if found else 0
    if count < 1:
        raise PydanticCustomError(
            "size",
            "given {given}; expected {expected}",
            {"given": quoted(given), "expected": _SIZE_EXPECTED},
        )
    return count


_SIZE_AS_JSON = Annotated[int, Field(ge=1)] | Annotated[str, Field(pattern=f"^{_SIZE.pattern}$")]
Bytes = Annotated[int, BeforeValidator(_parse_size, json_schema_input_type=_SIZE_AS_JSON)]


class LimitsSpec(Spec):
    """The table [limits]: what no arm may exceed. Checked before anything is trained."""

    parameters: Annotated[int, Field(ge=1)] | None = None
    flops: Annotated[int, Field(ge=1)] | None = None  # of one image's forward pass, two a multiply-add
    size: Bytes | None = None  # of the weights on disk


class StudySpec(Spec):
    """A whole study file, after its profile was merged."""

    study: QuestionSpec
    run: RecipeSpec
    stages: dict[StageName, dict[str, Plain]] = {}  # runs that others start from: what each changes of [run]
    factors: dict[str, Levels] = {}
    arms: dict[str, dict[str, Plain]] = {}
    limits: LimitsSpec = LimitsSpec()
    reference: dict[str, ReferenceSpec] = {}  # by arm
    claims: dict[Sentence, ClaimSpec] = {}  # what is expected, by its sentence
    search: SearchSpec | None = None  # settings that are looked for before arms are compared

    @field_validator("run")
    @classmethod
    def _seeds_belong_to_the_study(cls, run: RecipeSpec) -> RecipeSpec:
        if run.seed:
            raise PydanticCustomError(
                "seed", "a study sets its seeds in study.seeds, not here", {"key": "seed"}
            )
        return run

    @field_validator("factors", mode="before", json_schema_input_type=dict[str, Levels | dict[str, Any]])
    @classmethod
    def _places_may_go_without_quotes(cls, given: Any) -> Any:
        return dict(flat_places(given)) if isinstance(given, dict) else given

    @field_validator("factors", mode="after")
    @classmethod
    def _zipped_values_fit_their_places(cls, factors: dict[str, Any]) -> dict[str, Any]:
        for name, values in factors.items():
            count = len(places_of(name))
            for value in values:
                if count > 1 and not (isinstance(value, list | tuple) and len(value) == count):
                    raise PydanticCustomError(
                        "zip",
                        "names {count} settings, so each of its values is a list of {count}; given {given}",
                        {"key": name, "count": count, "given": quoted(value)},
                    )
        return factors

    @field_validator("factors", mode="after")
    @classmethod
    def _no_setting_varied_twice(cls, factors: dict[str, Any]) -> dict[str, Any]:
        varied: set[str] = set()
        for name in factors:
            for place in places_of(name):
                if place in varied:
                    raise PydanticCustomError(
                        "twice", "'{place}' is varied twice", {"key": name, "place": place}
                    )
                varied.add(place)
        return factors

    @field_validator(
        "reference", mode="before", json_schema_input_type=dict[str, ReferenceSpec | _Off] | _Off
    )
    @classmethod
    def _false_takes_figures_away(cls, given: Any) -> Any:
        return _without_false(given)

    @field_validator("claims", mode="before", json_schema_input_type=dict[Sentence, ClaimSpec | _Off] | _Off)
    @classmethod
    def _false_takes_claims_away(cls, given: Any) -> Any:
        return _without_false(given)

    @field_validator("claims")
    @classmethod
    def _nothing_claimed_twice(cls, claims: dict[str, ClaimSpec]) -> dict[str, ClaimSpec]:
        said: dict[tuple[Any, ...], str] = {}
        for sentence, claim in claims.items():
            other = said.setdefault(claim.meaning, sentence)
            if other != sentence:
                raise PydanticCustomError(
                    "twice", "claims the same as {other}", {"key": sentence, "other": quoted(other)}
                )
        return claims

    @field_validator("arms")
    @classmethod
    def _an_arm_has_a_name(
        cls, arms: dict[str, dict[str, Any]], info: ValidationInfo
    ) -> dict[str, dict[str, Any]]:
        for name in arms:
            if is_new(info) and not is_line(name):
                raise PydanticCustomError(
                    "line", "given {given} as a name; expected one line of text", {"given": quoted(name)}
                )
        return arms

    @field_validator("stages")
    @classmethod
    def _a_stage_is_one_run_a_seed(cls, stages: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        for name, changes in stages.items():
            seed = changes.get("seed", 0)
            if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**31:
                raise PydanticCustomError(
                    "seed",
                    "given {given}; expected one seed for all, such as 0, or none: it is trained with each",
                    {"key": f"{name}.seed", "given": quoted(seed)},
                )
        return stages

    @model_validator(mode="after")
    def _seeds_are_no_factor(self) -> "StudySpec":
        places = {f"factors.{name}": places_of(name) for name in self.factors}
        places |= {f"arms.{name}": list(changes) for name, changes in self.arms.items()}
        for name, changed in places.items():
            if "seed" in changed:
                raise PydanticCustomError("seed", "a study sets its seeds in study.seeds", {"key": name})
        return self

    @model_validator(mode="after")
    def _equal_needs_a_margin(self) -> "StudySpec":
        for sentence, claim in self.claims.items():
            if isinstance(claim, EqualsClaim) and self.study.margin is None:
                raise PydanticCustomError(
                    "margin",
                    "whether arms are equal needs a margin below which differences do not matter; "
                    "set study.margin, such as 0.005",
                    {"key": f"claims.{sentence}.equals"},
                )
        return self

    @model_validator(mode="after")
    def _a_search_keeps_to_itself(self) -> "StudySpec":
        if self.search is None:
            return self
        if WINNER in self.arms:
            raise PydanticCustomError(
                "winner",
                "with a [search] the arm 'winner' is what it finds; give this one another name",
                {"key": f"arms.{WINNER}"},
            )
        if self.study.control == WINNER:
            raise PydanticCustomError(
                "winner",
                "the winner of a search is what is compared; expected another arm, such as 'base'",
                {"key": "study.control"},
            )
        if seen := sorted({*self.search.seeds} & {*self.study.seeds}):
            raise PydanticCustomError(
                "seen",
                "seed {seed} is one of study.seeds; the winner is confirmed on seeds that the search "
                "never saw, so give others",
                {"key": "search.seeds", "seed": seen[0]},
            )
        if self.search.method == "halving" and len(self.search.rungs(self.run.epochs)) < 2:
            raise PydanticCustomError(
                "rungs",
                "there is nothing to halve: {trials} trials of {epochs} epochs make one rung; give more of "
                "either, a smaller 'eta', or method = 'random'",
                {"key": "search.trials", "trials": self.search.trials, "epochs": self.run.epochs},
            )
        return self

    def scored_epoch(self, recipe: Mapping[str, Any] | RecipeSpec) -> Literal["last", "best"]:
        """Which epoch's weights speak for a run of this recipe."""
        return scored_epoch(recipe) if self.study.score == "auto" else self.study.score


def _without_false(given: Any) -> Any:
    """A profile has no other way to say that there is none of them, or not this one."""
    if isinstance(given, dict):
        return {name: one for name, one in given.items() if one is not False}
    return {} if given is False else given


def places_of(factor: str) -> list[str]:
    """The settings that a factor varies together: "a.b, c" is a.b and c."""
    return [place.strip() for place in factor.split(",")]


def unknown_arm(name: str, arms: list[str]) -> str:
    """What to say when no arm is called so."""
    return f"no arm is called {quoted(name)}; {known(arms)}.{did_you_mean(name, arms)}"
