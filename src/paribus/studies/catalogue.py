"""The files that ship, by their names: `r4/dropout` is `r4-cifar10/dropout.toml` in this folder."""

import re
from dataclasses import dataclass
from pathlib import Path

from paribus.errors import SpecError
from paribus.specs.words import did_you_mean

_HERE = Path(__file__).parent
_ENDING = ".toml"
_LIKE_SHIPPED = re.compile(r"r\d+(-[^/]*)?/")


@dataclass(frozen=True)
class Shipped:
    """A study that came with paribus."""

    folder: str  # of its report, such as r4-cifar10
    title: str  # of its question, such as dropout

    @property
    def name(self) -> str:
        """What people say."""
        return f"{self.report.lower()}/{self.title}"

    @property
    def full_name(self) -> str:
        return f"{self.folder}/{self.title}"

    @property
    def report(self) -> str:
        """Such as R4."""
        return self.folder.partition("-")[0].upper()

    @property
    def path(self) -> Path:
        return _HERE / self.folder / f"{self.title}{_ENDING}"


def list_shipped() -> list[Shipped]:
    """In the order of their folders and titles; no file is opened."""
    return [Shipped(path.parent.name, path.stem) for path in sorted(_HERE.glob(f"*/*{_ENDING}"))]


def find_shipped(given: Path | str) -> Shipped | None:
    """The study of that name; None where a file has it, or where only a file can be meant.

    Raises SpecError for what looks like the name of a study and is none.
    """
    path = Path(given)
    if path.exists():
        return None
    named = path.as_posix()
    shipped = {name: one for one in list_shipped() for name in (one.name, one.full_name)}
    if named in shipped:
        return shipped[named]
    short = re.sub(r"^(r\d+)-[^/]*/", r"\1/", named.removesuffix(_ENDING))
    hint = did_you_mean(short, [one.name for one in list_shipped()])
    if path.suffix == _ENDING and not hint:
        return None
    raise SpecError(
        f"{named}: no such file, and no study of that name came with paribus.{hint} "
        "'paribus study list' names those that did, 'paribus new' writes one to start from"
    )


def is_study(given: str) -> bool:
    """Whether a word that may name many things names a study: a file of that ending, or one that ships."""
    return given.endswith(_ENDING) or bool(_LIKE_SHIPPED.match(given) and not Path(given).exists())
