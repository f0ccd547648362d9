"""Each arm against the control, and all contrasts as one family."""

import numpy as np
from numpy.typing import NDArray

from paribus.analysis.evidence import Evidence
from paribus.analysis.paired import PairedArms
from paribus.analysis.results import ArmResult, ContrastResult, DivergenceResult
from paribus.stats import ContrastResult as Judgement
from paribus.stats import (
    MeanResult,
    compare_single_seeds,
    detectable_difference,
    estimate_crossed,
    flip_signs,
    judge_family,
    seeds_needed,
)


def judge_contrasts(evidence: Evidence, arms: dict[str, ArmResult]) -> list[ContrastResult]:
    """What one contrast is worth depends on how many there are, so they are judged together."""
    control = arms[evidence.study.control]
    contrasts = [PairedArms(arm, control) for arm in arms.values() if not arm.is_control]
    tested = [(contrast, test) for contrast in contrasts if (test := contrast.test()) is not None]
    question = evidence.spec.study
    judgements = judge_family(
        [test for _, test in tested], alpha=question.alpha, margin=question.margin, size=len(contrasts)
    )
    by_arm = {contrast.arm.name: judged for (contrast, _), judged in zip(tested, judgements, strict=True)}
    return [_result(evidence, c, by_arm.get(c.arm.name), len(contrasts)) for c in contrasts]


def _result(
    evidence: Evidence, contrast: PairedArms, judged: Judgement | None, family: int
) -> ContrastResult:
    mean = contrast.mean()
    interval = judged.interval if judged else None
    pointwise = mean.error_bar() if mean else None
    single = compare_single_seeds(*contrast.paired()) if mean else None
    differences = np.subtract(*contrast.paired())
    return ContrastResult(
        arm=contrast.arm.name,
        pairs=len(contrast.seeds),
        difference=mean.mean if mean else None,
        low=_bounded(interval.low) if interval else None,
        high=_bounded(interval.high) if interval else None,
        level=interval.level if interval else None,
        pointwise_low=_bounded(pointwise.low) if pointwise else None,
        pointwise_high=_bounded(pointwise.high) if pointwise else None,
        p=mean.p if mean and mean.sd and not contrast.diverges else None,
        p_holm=judged.p_holm if judged else None,
        rule=judged.rule if judged else None,
        p_signflip=flip_signs(differences) if mean and mean.n > 1 else None,
        word=judged.word if judged and not contrast.waiting else None,
        within_margin=bool(judged and judged.within_margin),
        waiting=contrast.waiting,
        these_images_only=_holds_for_these_images_only(evidence, contrast, judged),
        detectable=_detectable(evidence, mean, family),
        seeds_needed=_seeds_needed(evidence, mean, family),
        other_way=_other_way(contrast.seeds, differences),
        correlation=single.correlation if single else None,
        divergence=_divergence(contrast, judged),
        sentence="",
    )


def _bounded(difference: float) -> float:
    """Two shares cannot differ by more than everything."""
    return min(max(difference, -1.0), 1.0)


def _other_way(seeds: list[int], differences: NDArray[np.float64]) -> dict[int, float]:
    """By seed: 1 where its own difference points against the mean, a half for a tie, else 0."""
    direction = np.sign(differences.mean()) if len(differences) else 0.0
    against = (1 - direction * np.sign(differences)) / 2
    return {seed: float(share) for seed, share in zip(seeds, against, strict=True)}


def _detectable(evidence: Evidence, mean: MeanResult | None, family: int) -> float | None:
    if mean is None or not mean.sd:
        return None
    return detectable_difference(mean.n, sd=mean.sd, contrasts=family, alpha=evidence.spec.study.alpha)


def _seeds_needed(
    evidence: Evidence, mean: MeanResult | None, family: int
) -> tuple[int | None, int | None] | None:
    """At the margin, never at the difference that was seen."""
    question = evidence.spec.study
    if question.margin is None or mean is None or not mean.sd:
        return None
    needed = seeds_needed(
        question.margin, mean.sd, sd_degrees=mean.degrees, contrasts=family, alpha=question.alpha
    )
    return needed.low, needed.high


def _divergence(contrast: PairedArms, judged: Judgement | None) -> DivergenceResult | None:
    if not contrast.diverges or judged is None or judged.p is None:
        return None
    differs = judged.rejected and not contrast.waiting
    return DivergenceResult(*contrast.divergence_counts(), p=judged.p, differs=differs)


def _holds_for_these_images_only(
    evidence: Evidence, contrast: PairedArms, judged: Judgement | None
) -> bool | None:
    """Whether the verdict would not stand on other images; None where it cannot be asked."""
    if judged is None or judged.interval is None or judged.word not in {"better", "worse"}:
        return None
    if evidence.spec.study.metric != "accuracy":
        return None
    table = contrast.image_differences(evidence)
    crossed = None if table is None else estimate_crossed(table)
    return None if crossed is None else not crossed.interval(judged.interval.level).excludes_zero
