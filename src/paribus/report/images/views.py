"""What the sections on images show, gathered and concluded; they only write it down."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from paribus.analysis.agreement import AgreementResult
from paribus.analysis.calibration import CalibrationResult
from paribus.analysis.classes import ClassesResult
from paribus.analysis.confusions import ConfusionsResult
from paribus.analysis.mistakes import MistakesResult

Bytes = NDArray[np.uint8]
Values = NDArray[np.float32]


@dataclass(frozen=True)
class Group:
    """Arms that know the same classes; the others are compared with the first."""

    classes: tuple[str, ...]
    first: str  # the control where it is of the group, else the best
    best: str | None  # of the others; None where there are none
    arms: tuple[ClassesResult, ...]  # first, best, then as the study lists them
    confusions: tuple[ConfusionsResult, ...]  # of first and best

    def of(self, arm: str) -> ClassesResult:
        return next(found for found in self.arms if found.arm == arm)


@dataclass(frozen=True, eq=False)
class Pictures:
    """Images of one arm's data by their position in its split; empty where they are not shown."""

    split: str  # such as train, of which validation images may be a part
    pixels: Mapping[int, Bytes] = field(default_factory=dict)  # [channels, height, width]
    names: Mapping[int, str] = field(default_factory=dict)  # such as files
    why_none: str = ""  # a sentence


@dataclass(frozen=True, eq=False)
class Looks:
    """Where runs of an arm looked, by position; see `executors.looking`."""

    maps: Mapping[int, Bytes] = field(default_factory=dict)  # [height, width]; all 0 says nothing
    way: str = ""  # grad-cam or gradient
    layer: str = ""
    why_none: str = ""  # a sentence


@dataclass(frozen=True, eq=False)
class MistakesView:
    """Of the arm that the report leads with."""

    result: MistakesResult
    classes: tuple[str, ...]
    pictures: Pictures
    looks: Looks


@dataclass(frozen=True, eq=False)
class AgreementView:
    """The control and the best of the other arms."""

    result: AgreementResult | None  # None where they judged other images, or have other classes
    control: str
    arm: str
    classes: tuple[str, ...]
    pictures: Pictures


@dataclass(frozen=True, eq=False)
class FilterPair:
    """The first layer of one run; see `nets.filters`."""

    arm: str
    seed: int
    layer: str
    kind: str  # such as Conv2d
    total: int  # filters that the layer has
    before: Values  # [filters, channels, height, width]
    after: Values

    @property
    def is_same(self) -> bool:
        return np.array_equal(self.before, self.after)


@dataclass(frozen=True, eq=False)
class ImagesSection:
    split: Literal["validation", "test"]
    control: str
    groups: tuple[Group, ...]  # the control's first
    calibrations: tuple[CalibrationResult, ...]  # control, best, then as the study lists them
    mistakes: MistakesView | None = None
    agreement: AgreementView | None = None  # None where there is no other arm
    filters: tuple[FilterPair, ...] = ()  # of control and best, where their runs kept them
    why_no_filters: str = ""  # a sentence
