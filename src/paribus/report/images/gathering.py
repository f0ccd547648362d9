"""What the nets say of images, out of the predictions that their runs left."""

from collections.abc import Sequence

from paribus.analysis import Conclusion, Evidence
from paribus.analysis.calibration import judge_calibration
from paribus.analysis.classes import judge_classes
from paribus.analysis.confusions import judge_confusions
from paribus.analysis.judged import JudgedArm, judged_arms
from paribus.report.images.views import Group, ImagesSection
from paribus.store import Ledger, read_facts


def gather_images(ledger: Ledger, evidence: Evidence, conclusion: Conclusion) -> ImagesSection | None:
    """None where no run has finished."""
    arms = judged_arms(evidence)
    if not arms:
        return None
    ranked = _ranked(conclusion, arms)
    by_classes: dict[tuple[str, ...], list[JudgedArm]] = {}
    for arm in ranked:
        by_classes.setdefault(_classes_of(ledger, evidence, arm), []).append(arm)
    return ImagesSection(
        split=evidence.split,
        control=evidence.study.control,
        groups=tuple(group_arms(classes, found) for classes, found in by_classes.items()),
        calibrations=tuple(judge_calibration(arm) for arm in ranked),
    )


def _ranked(conclusion: Conclusion, arms: Sequence[JudgedArm]) -> list[JudgedArm]:
    """The control, of the others the best by mean score, then as the study lists them."""
    means = {arm.name: arm.mean or 0.0 for arm in conclusion.arms}
    others = [arm for arm in arms if arm.arm != conclusion.control]
    best = max(others, key=lambda arm: means[arm.arm], default=None)
    return sorted(arms, key=lambda arm: (arm.arm != conclusion.control, arm is not best))


def _classes_of(ledger: Ledger, evidence: Evidence, arm: JudgedArm) -> tuple[str, ...]:
    """By name, as the arm's weights tell; by number where these are gone."""
    count = next(iter(arm.seen.values())).logits.shape[1]
    for seed in arm.seeds:
        folder = ledger.run_folder(evidence.study.cells[arm.arm][seed])
        facts = read_facts(folder / "last.safetensors")
        if isinstance(facts, dict) and len(facts.get("classes") or ()) == count:
            return tuple(str(name) for name in facts["classes"])
    return tuple(f"class {number}" for number in range(count))


def group_arms(classes: tuple[str, ...], arms: Sequence[JudgedArm]) -> Group:
    """The first two are shown at length."""
    first = arms[0]
    leading = arms[:2]
    return Group(
        classes=classes,
        first=first.arm,
        best=arms[1].arm if len(arms) > 1 else None,
        arms=tuple(judge_classes(arm, None if arm is first else first) for arm in arms),
        confusions=tuple(judge_confusions(arm) for arm in leading),
    )
