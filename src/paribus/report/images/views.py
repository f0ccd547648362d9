"""What the sections on images show, gathered and concluded; they only write it down."""

from dataclasses import dataclass
from typing import Literal

from paribus.analysis.calibration import CalibrationResult
from paribus.analysis.classes import ClassesResult
from paribus.analysis.confusions import ConfusionsResult


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


@dataclass(frozen=True)
class ImagesSection:
    split: Literal["validation", "test"]
    control: str
    groups: tuple[Group, ...]  # the control's first
    calibrations: tuple[CalibrationResult, ...]  # control, best, then as the study lists them
