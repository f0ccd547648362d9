"""What the nets say of images, out of the predictions that their runs left and what these kept beside."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from paribus.analysis import Conclusion, Evidence
from paribus.analysis.agreement import judge_agreement
from paribus.analysis.calibration import judge_calibration
from paribus.analysis.classes import judge_classes
from paribus.analysis.confusions import judge_confusions
from paribus.analysis.judged import JudgedArm, judged_arms
from paribus.analysis.mistakes import judge_mistakes
from paribus.data import DataSet, Split
from paribus.errors import ParibusError
from paribus.report.images.kept import read_filters, read_looks, say_why_no_filters
from paribus.report.images.views import (
    AgreementView,
    Group,
    ImagesSection,
    Looks,
    MistakesView,
    Pictures,
)
from paribus.report.passport.gathering import made_from
from paribus.store import Ledger, read_facts


def gather_images(
    ledger: Ledger,
    evidence: Evidence,
    conclusion: Conclusion,
    data: Mapping[str, DataSet],
    *,
    images: bool,
) -> ImagesSection | None:
    """`data`: by arm, where they are there; `images`: pictures too. None where no run has finished."""
    arms = judged_arms(evidence)
    if not arms:
        return None
    ranked = _ranked(conclusion, arms)
    classes = {arm.arm: _classes_of(ledger, evidence, arm) for arm in ranked}
    by_classes: dict[tuple[str, ...], list[JudgedArm]] = {}
    for arm in ranked:
        by_classes.setdefault(classes[arm.arm], []).append(arm)
    sources = _Sources(ledger, evidence, data, images)
    filters = [
        found for arm in ranked[:2] if (found := read_filters(ledger, evidence.study, evidence.runs, arm.arm))
    ]
    lead = max(ranked, key=lambda arm: _means(conclusion)[arm.arm])
    return ImagesSection(
        split=evidence.split,
        control=evidence.study.control,
        groups=tuple(group_arms(names, found) for names, found in by_classes.items()),
        calibrations=tuple(judge_calibration(arm) for arm in ranked),
        mistakes=_view_mistakes(sources, lead, classes[lead.arm]),
        agreement=_view_agreement(sources, ranked, classes) if len(ranked) > 1 else None,
        filters=tuple(filters),
        why_no_filters="" if filters else say_why_no_filters(evidence, ranked[0].arm),
    )


def _means(conclusion: Conclusion) -> dict[str, float]:
    return {arm.name: arm.mean or 0.0 for arm in conclusion.arms}


def _ranked(conclusion: Conclusion, arms: Sequence[JudgedArm]) -> list[JudgedArm]:
    """The control, of the others the best by mean score, then as the study lists them."""
    means = _means(conclusion)
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
    return Group(
        classes=classes,
        first=first.arm,
        best=arms[1].arm if len(arms) > 1 else None,
        arms=tuple(judge_classes(arm, None if arm is first else first) for arm in arms),
        confusions=tuple(judge_confusions(arm) for arm in arms[:2]),
    )


class _Sources:
    """Where pictures come from."""

    def __init__(self, ledger: Ledger, evidence: Evidence, data: Mapping[str, DataSet], images: bool) -> None:
        self.ledger, self.evidence, self._data, self._images = ledger, evidence, data, images

    def pictures(self, arm: str, positions: Iterable[int]) -> Pictures:
        """Of an arm's own data, which may be gone or others by now."""
        data = self._data.get(arm)
        if not self._images:
            return Pictures(self._split(data), why_none="Pictures were left out of this report.")
        if data is None or not made_from(self.evidence, arm, data):
            return Pictures(
                self._split(data), why_none="The images that the runs judged are not there any more."
            )
        split = self._split(data)
        wanted = sorted(set(positions))
        try:
            pixels, names = data.split(split).pixels, data.names(split)
            shown = {place: np.array(pixels[place]) for place in wanted}
        except ParibusError as error:
            return Pictures(split, why_none=f"The images cannot be read: {error}.")
        return Pictures(split, shown, {place: names[place] for place in wanted} if names else {})

    def _split(self, data: DataSet | None) -> Split:
        if self.evidence.split == "test":
            return "test"
        return "train" if data is not None and "validation" not in data.counts else "validation"


def _view_mistakes(sources: _Sources, lead: JudgedArm, classes: tuple[str, ...]) -> MistakesView:
    found = judge_mistakes(lead)
    shown = [image.position for image in (*found.worst, *found.doubtful)]
    pictures = sources.pictures(lead.arm, shown)
    looks = read_looks(sources.ledger, sources.evidence, found) if pictures.pixels else Looks()
    return MistakesView(found, classes, pictures, looks)


def _view_agreement(
    sources: _Sources, ranked: Sequence[JudgedArm], classes: Mapping[str, tuple[str, ...]]
) -> AgreementView:
    """The first two: where the first is no control, the control has no finished run."""
    control, best = ranked[:2]
    alike = classes[control.arm] == classes[best.arm]
    found = judge_agreement(best, control) if alike else None
    shown = [one.position for one in (*found.gained, *found.lost)] if found else []
    return AgreementView(found, control.arm, best.arm, classes[best.arm], sources.pictures(best.arm, shown))
