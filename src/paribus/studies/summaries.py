"""What each study that ships is and costs, read from `summaries.json`: neither files nor torch are needed."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from paribus.studies.blocks import BLOCKS
from paribus.studies.catalogue import Shipped, list_shipped

SUMMARIES_PATH = Path(__file__).with_name("summaries.json")
PROFILES = ("full", "cpu", "smoke")
FLOPS_A_SECOND = 50e9  # about what one thread of a processor does in fp32
VALUES_A_SECOND = 100e6  # about what one thread varies, of pixels that rotate and change colour
RUN_SECONDS = 0.2  # that a run takes beside its arithmetic
STUDY_SECONDS = 10.0  # to start workers, draw conclusions and write the report


@dataclass(frozen=True)
class Published:
    """The best figure that a report has of one of the study's arms."""

    arm: str
    split: str
    value: float  # a share


@dataclass(frozen=True)
class Cost:
    """A study under one of its profiles."""

    data: tuple[str, ...]
    arms: dict[str, int]  # parameters of each arm's net
    seeds: int
    runs: int  # those of stages too
    flops: int  # of all its runs, each to its last epoch
    varied: int  # values of pixels that augmentation makes in them

    @property
    def seconds(self) -> float:
        """On one thread of a processor, at most; an estimate of its order, no measurement."""
        return self.run_seconds + STUDY_SECONDS

    @property
    def run_seconds(self) -> float:
        """What slots share."""
        arithmetic = self.flops / FLOPS_A_SECOND + self.varied / VALUES_A_SECOND
        return arithmetic + self.runs * RUN_SECONDS


@dataclass(frozen=True)
class Summary:
    shipped: Shipped
    title: str
    published: Published | None
    profiles: dict[str, Cost]

    @cached_property
    def blocks(self) -> list[str]:
        """Of the reports, that the study itself answers."""
        return [
            name
            for name, block in BLOCKS.items()
            if block.study == self.shipped.full_name and not block.command
        ]


def read_summaries() -> list[Summary]:
    """Of every study that ships, in the order of the reports' blocks."""
    known = json.loads(SUMMARIES_PATH.read_text(encoding="utf-8"))
    found = []
    for shipped in list_shipped():
        plain = known[shipped.full_name]
        published = Published(**plain["published"]) if plain["published"] else None
        profiles = {name: _read_cost(plain["profiles"][name]) for name in PROFILES}
        found.append(Summary(shipped, plain["title"], published, profiles))
    order = [block.study for block in BLOCKS.values() if not block.command]
    order += [one.shipped.full_name for one in found]  # what is no block's stands last in its report
    return sorted(found, key=lambda one: (one.shipped.report, order.index(one.shipped.full_name)))


def _read_cost(plain: dict[str, object]) -> Cost:
    return Cost(**{**plain, "data": tuple(plain["data"])})  # type: ignore[arg-type]
