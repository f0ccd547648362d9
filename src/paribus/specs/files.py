"""Study files: reading TOML, merging a profile and `--set`, and writing TOML again."""

import re
import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import TypeAdapter, ValidationError

from paribus.errors import SpecError
from paribus.specs.base import NEW, Options
from paribus.specs.merging import flat_places, merged, take_places, without_outdone
from paribus.specs.messages import error_lines
from paribus.specs.nets import NetSpec
from paribus.specs.search import RANGE_KEYS
from paribus.specs.study import StudySpec
from paribus.specs.words import did_you_mean, known, quoted

_TABLES = tuple(StudySpec.model_fields)
_NET: TypeAdapter[Options] = TypeAdapter(NetSpec)
_PART = r"""(?:"(?:\\.|[^"\\])*"|'[^']*'|[^=."'][^=.]*)"""  # of a place; one in quotes may hold a =
_SETTING = re.compile(rf"({_PART}(?:\.{_PART})*)(=)(.*)", re.DOTALL)
_CLAIMS = "claims."  # what follows is a sentence


@dataclass(frozen=True)
class StudyFile:
    """A study and where it stands: paths inside it are relative to `folder`."""

    name: str
    spec: StudySpec
    folder: Path
    path: Path | None = None
    profile: str | None = None
    ships_as: str | None = None  # the name of a study that came with paribus, such as r4/dropout
    settings: Mapping[str, Any] = field(default_factory=dict)  # that were changed, as --set does
    store: Path | None = None  # that was named
    faults: str = ""  # of a profile that was not asked for

    @property
    def where(self) -> str:
        """How messages call it."""
        return self.ships_as or (self.path.name if self.path else self.name)

    @property
    def in_command(self) -> str:
        """The words by which a verb finds it again from here, as a shell takes them."""
        stored = ["--store", _from_here(self.store)] if self.store else []
        place = self.where if self.ships_as or not self.path else _from_here(self.path)
        return shlex.join([place, *self._options, *stored])

    @property
    def run_command(self) -> str:
        """What runs it: in a shell, or in Python where it has no file."""
        return f"paribus run {self.in_command}" if self.path else "run()"

    @property
    def anywhere(self) -> str:
        """The words by which a verb finds it where it lies."""
        return shlex.join([self.where, *self._options])

    @property
    def _options(self) -> list[str]:
        changed = [f"{place}={_setting_toml(value)}" for place, value in self.settings.items()]
        profile = ["--profile", self.profile] if self.profile else []
        return profile + [word for setting in changed for word in ("--set", setting)]

    def find_differing(self, spec: Mapping[str, Any]) -> list[str]:
        """The settings, two levels deep, in which it differs from another, given as plain values."""
        mine = self.spec.model_dump(mode="json")
        return [
            f"{table}.{key}"
            for table in spec
            for key in sorted({*(spec[table] or {}), *(mine.get(table) or {})})
            if (spec[table] or {}).get(key) != (mine.get(table) or {}).get(key)
        ]

    def say_differing(self, spec: Mapping[str, Any]) -> str:
        """Where it says otherwise than it was run."""
        settings = self.find_differing(spec)
        if not settings:
            return f"{self.where} now has other images, starts or code"
        return f"{self.where} now says otherwise in: {', '.join(settings)}"

    @property
    def stem(self) -> str:
        """How files that are made of it are called, but for their endings."""
        return self.name.replace("/", "-")


def read_study(
    path: Path,
    *,
    profile: str | None = None,
    settings: Mapping[str, Any] | None = None,
    ships_as: str | None = None,
    store: Path | str | None = None,
) -> StudyFile:
    """Reads and validates; raises SpecError with one line for each fault.

    One that ships belongs to no folder: its paths are relative to where whoever asks is.
    """
    where = ships_as or path.name
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise SpecError(f"{path}: no such file. 'paribus new' writes one to start from") from error
    except IsADirectoryError as error:
        raise SpecError(f"{path}: is a folder; expected a study file ending in .toml") from error
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError(f"{path}: cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise SpecError(f"{path}: no valid TOML: {error}") from error
    except RecursionError as error:
        raise SpecError(f"{path}: no valid TOML: nested too deeply") from error
    if "profile" in given:
        raise SpecError(
            f"{where}: profile: unknown key; a profile stands in a table such as [profiles.smoke]"
        )
    faults = _find_bad_profile(given, profile, settings or {}, where)
    given = _with_profile(given, profile, where)
    given = _changed(given, settings or {}, where)
    stem = ships_as or path.stem
    name = stem if profile is None else f"{stem}-{profile}"
    spec = parse_study(given, where=where)
    folder = Path.cwd() if ships_as else path.resolve().parent
    return StudyFile(
        name,
        spec,
        folder,
        path.resolve(),
        profile,
        ships_as,
        settings=dict(settings or {}),
        store=Path(store) if store else None,
        faults=faults,
    )


def parse_study(given: Mapping[str, Any], *, where: str = "study") -> StudySpec:
    """A validated study from plain values, as TOML, JSON or Python have them."""
    if not isinstance(given, Mapping):
        raise SpecError(f"{where}: given {quoted(given)}; expected a table")
    try:
        return StudySpec.model_validate(_with_dotted_run(dict(given), where), context=NEW)
    except ValidationError as error:
        raise SpecError("\n".join(error_lines(error, where))) from None
    except RecursionError as error:
        raise SpecError(f"{where}: nested too deeply") from error


def parse_net(text: str, *, where: str) -> Options:
    """A net by its name, or as a table in TOML: `plain`, `{ name = "plain", widths = [32, 64] }`."""
    given: Any = text
    if text.lstrip().startswith("{"):
        try:
            given = tomllib.loads(f"net = {text}")["net"]
        except tomllib.TOMLDecodeError as error:
            raise SpecError(f"{where}: {quoted(text)} is no valid TOML: {error}") from error
    try:
        return _NET.validate_python(given)
    except ValidationError as error:
        raise SpecError("\n".join(error_lines(error, where))) from None


def study_toml(spec: StudySpec) -> str:
    """The study as a file that reads back equal."""
    plain = spec.model_dump(mode="json", exclude_none=True)
    return tomli_w.dumps({table: content for table, content in plain.items() if content})


def parse_setting(text: str) -> tuple[str, Any]:
    """`--set place=value`: the value is TOML; what is no TOML is taken as a text."""
    found = _SETTING.fullmatch(text)
    place, equals, value = found.groups() if found else text.partition("=")
    if not equals or not place.strip():
        raise SpecError(f"--set {text}: expected place=value, such as optimizer.lr=0.01")
    try:
        return place.strip(), tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return place.strip(), value.strip()


def value_toml(value: Any) -> str:
    """A value as TOML spells it in one line: how an arm is named."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(value_toml(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{_key_toml(key)} = {value_toml(v)}' for key, v in value.items())} }}"
    return tomli_w.dumps({"value": value}).removeprefix("value = ").removesuffix("\n")


def _from_here(path: Path) -> str:
    here, full = Path.cwd(), path.resolve()
    return str(full.relative_to(here) if full.is_relative_to(here) else full)


def _setting_toml(value: Any) -> str:
    """As `--set` reads it; a text needs no quotes where nothing else could be meant."""
    if isinstance(value, str) and parse_setting(f"x={value}")[1] == value:
        return value
    try:
        return value_toml(False if value is None else value)
    except TypeError:  # Python may set what TOML has no word for
        return str(value)


def _key_toml(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else value_toml(key)


def _find_bad_profile(
    given: dict[str, Any], asked: str | None, settings: Mapping[str, Any], where: str
) -> str:
    """A fault in a profile is told before the evening on which it is asked for."""
    profiles = given.get("profiles")
    for name in profiles if isinstance(profiles, dict) else ():
        if name != asked:
            try:
                whole = _changed(_with_profile(dict(given), name, where), settings, where)
                parse_study(whole, where=f"{where}: profiles.{name}")
            except SpecError as error:
                return str(error)
    return ""


def _with_profile(given: dict[str, Any], profile: str | None, where: str) -> dict[str, Any]:
    profiles = given.pop("profiles", {})
    if not isinstance(profiles, dict) or not all(isinstance(p, dict) for p in profiles.values()):
        raise SpecError(f"{where}: profiles: expected tables, such as [profiles.smoke]")
    if profile is None:
        return given
    if profile not in profiles:
        hint = did_you_mean(profile, profiles)
        raise SpecError(f"{where}: unknown profile '{profile}'; {known(profiles)}.{hint}")
    return _changed(given, profiles[profile], where)


def _changed(given: dict[str, Any], settings: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The file's values with those of a profile or of `--set`."""
    changes = {_full_place(place): value for place, value in settings.items()}
    for table in ("claims", "reference"):
        _refuse_taking_nothing(given, changes, table, where)
    given = _with_claims(given, changes)
    given = _without_figures(given, changes)
    given = _with_factors(given, changes)
    given = _with_space(given, changes)
    try:
        return merged(_outdone_left_out(given, changes), changes)
    except SpecError as error:
        raise SpecError(f"{where}: {error}") from error


def _refuse_taking_nothing(
    given: Mapping[str, Any], changes: Mapping[str, Any], table: str, where: str
) -> None:
    """`claims.NAME = false` takes one away; of a name that is not there, something else was meant."""
    there, whole = given.get(table), changes.get(table)
    names = list(there) if isinstance(there, dict) else []
    said = {f"{table}.{name}": one for name, one in whole.items()} if isinstance(whole, dict) else {}
    for place, value in {**said, **changes}.items():
        name = place.removeprefix(f"{table}.")
        inside = table == "reference" and any(name.startswith(f"{one}.") for one in names)
        if value is False and name != place and name not in names and not inside:
            hint = did_you_mean(name, names)
            raise SpecError(f"{where}: {table}: nothing is called {quoted(name)}; {known(names)}.{hint}")


def _without_figures(given: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Takes out of both what is said to go: an arm's name may have dots, and so is no place."""
    figures = given.get("reference")
    gone = [name for name in figures or () if changes.get(f"reference.{name}") is False]
    for name in gone:
        del changes[f"reference.{name}"]
    if not isinstance(figures, dict) or not gone:
        return given
    return given | {"reference": {name: one for name, one in figures.items() if name not in gone}}


def _with_factors(given: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Takes the factors out of the changes: their names are places, dots and all."""
    factors = given.get("factors", {})
    said = take_places(changes, "factors")
    return (
        given | {"factors": dict(flat_places(factors)) | said}
        if said and isinstance(factors, dict)
        else given
    )


def _outdone_left_out(given: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Takes from arms and stages the dotted places that the changes say anew."""
    left = dict(given)
    for name in ("arms", "stages"):
        inside = {
            place.removeprefix(f"{name}."): value
            for place, value in changes.items()
            if place.startswith(f"{name}.")
        }
        whole = changes.get(name)
        inside |= whole if isinstance(whole, dict) else {}
        if isinstance(left.get(name), dict):
            left[name] = without_outdone(left[name], inside)
    return left


def _with_claims(given: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Takes the claims out of the changes: one replaces the whole of another, for half of it says nothing."""
    claims = given.get("claims", {})
    if "claims" in changes:
        new = changes.pop("claims")
        claims = claims | new if isinstance(claims, dict) and isinstance(new, dict) else new
    named = {place: changes.pop(place) for place in list(changes) if place.startswith(_CLAIMS)}
    if named:
        new = {place.removeprefix(_CLAIMS): value for place, value in named.items()}
        claims = claims | new if isinstance(claims, dict) else new
    return given | {"claims": claims} if claims or "claims" in given else given


def _with_space(given: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Takes what is searched out of the changes: a range replaces the whole of another, and so do choices."""
    said = take_places(changes, "search.space", RANGE_KEYS)
    search = given.get("search") or {}
    if not said or not isinstance(search, dict) or not isinstance(search.get("space", {}), dict):
        return given
    space = dict(flat_places(search.get("space", {}), RANGE_KEYS)) | said
    kept = {name: value for name, value in space.items() if value is not False}
    return given | {"search": search | {"space": kept}}


def _full_place(place: str) -> str:
    """A place in a profile or `--set` speaks of the run, unless it names a table of the file."""
    place = _without_quotes(place)
    return place if place.partition(".")[0] in _TABLES else f"run.{place}"


def _without_quotes(place: str) -> str:
    """`claims."0.3 is best"` as TOML reads it; what is no key of TOML stays as it is."""
    if '"' not in place and "'" not in place:
        return place
    try:
        inside: Any = tomllib.loads(f"{place} = 0")
    except tomllib.TOMLDecodeError:
        return place
    return next((name for name, _ in flat_places(inside)), place)


def _with_dotted_run(given: dict[str, Any], where: str) -> dict[str, Any]:
    """Python may write run={"optimizer.lr": 0.1}; TOML's dotted keys were resolved by its reader."""
    run = given.get("run")
    if isinstance(run, dict) and all(isinstance(place, str) for place in run):
        try:
            given["run"] = merged({}, run)
        except SpecError as error:
            raise SpecError(f"{where}: run.{error}") from error
    return given
