"""What executors are asked to do, and what they say meanwhile: plain values that cross process borders."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from paribus.specs import RecipeSpec, canonical

# started: its training begins or goes on · epoch: one more is done · ended: its row says how ·
# taken: another process has it · tested: its scores are in the facts · died: it will be tried again
Kind = Literal["started", "epoch", "ended", "taken", "tested", "died"]


@dataclass(frozen=True)
class Event:
    kind: Kind
    fingerprint: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Job:
    """One run to be carried out, or to be tested with the weights named."""

    fingerprint: str
    recipe: RecipeSpec
    store: Path
    folder: Path  # what the recipe's paths are relative to
    device: str = "auto"
    threads: int = 1
    checkpoint_seconds: float = 10.0
    test: Literal["last", "best"] | None = None
    cached: str | None = None  # its data's folder in the image cache, if whoever planned it has opened them

    def to_plain(self) -> dict[str, Any]:
        plain = {"recipe": canonical(self.recipe), "store": str(self.store), "folder": str(self.folder)}
        return {name: getattr(self, name) for name in self.__dataclass_fields__} | plain

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> "Job":
        recipe = RecipeSpec.model_validate(plain["recipe"])
        places = {"store": Path(plain["store"]), "folder": Path(plain["folder"])}
        return cls(**(plain | places | {"recipe": recipe}))
