"""Sections on images, of arms whose runs said what they were made to say."""

from dataclasses import replace

from paribus.analysis.calibration import judge_calibration
from paribus.report.images import ImagesSection
from paribus.report.images.gathering import group_arms
from tests.analysis.runs import random_arm
from tests.report.example import make_report


def make_section(arms, classes, split="validation", **more):
    """`arms`: the control first, then the best."""
    return ImagesSection(
        split=split,
        control=arms[0].arm,
        groups=(group_arms(classes, arms),),
        calibrations=tuple(judge_calibration(arm) for arm in arms),
        **more,
    )


def make_arms(names, *, classes=4, seeds=5, images=240, skill=2.0):
    """Each knows more than the one before it, in its own way."""
    return [
        random_arm(name, seeds=seeds, classes=classes, images=images, skill=skill + number / 2)
        for number, name in enumerate(names)
    ]


def report_with(classes=4, *, names=None, **made):
    """The example of all reports, with a section on images; class names are letters."""
    report = make_report()
    arms = make_arms([arm.name for arm in report.conclusion.arms], classes=classes, **made)
    return replace(
        report, images=make_section(arms, names or tuple(f"kind {k}" for k in range(classes)))
    ), arms
