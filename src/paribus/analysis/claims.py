"""What became of the claims that were registered with the study, all of them as one family."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from paribus.analysis.claim_images import say_these_images_only
from paribus.analysis.claim_tests import PreparedClaim, prepare_claims
from paribus.analysis.evidence import Evidence
from paribus.analysis.paired import count_waiting
from paribus.analysis.results import ArmResult, ClaimResult
from paribus.specs.claims import ReachesClaim
from paribus.stats import (
    Beats,
    Best,
    ClaimWord,
    Diverges,
    Equals,
    MeanResult,
    Pair,
    Reaches,
    detectable_difference,
    judge_claims,
    seeds_needed,
)
from paribus.stats import ClaimResult as Judgement

_EQUAL_POWER = 0.9  # of each of the two tests that equality takes: both succeed in 80 % at least


@dataclass(frozen=True)
class _Shown:
    """What the interval shown is about."""

    other: ArmResult | None
    pair: Pair | None

    @property
    def mean(self) -> MeanResult | None:
        return self.pair.mean if self.pair else None

    @property
    def spread(self) -> MeanResult | None:
        """The mean where more seeds would make its interval narrower."""
        fit = self.pair is not None and self.pair.diverged is None and self.mean is not None and self.mean.sd
        return self.mean if fit else None


def conclude_claims(
    evidence: Evidence, arms: Mapping[str, ArmResult], also_called: Mapping[str, str] | None = None
) -> list[ClaimResult]:
    """In the file's order, without their sentences. What one is worth depends on how many there are."""
    question = evidence.spec.study
    claims = prepare_claims(evidence.spec, arms, also_called or {})
    judged = judge_claims([claim.test for claim in claims], alpha=question.alpha)
    found = []
    for claim, judgement in zip(claims, judged, strict=True):
        shown = _shown(claim, judgement.reading.rival)
        result = _add_power(evidence, claim, shown, _state(evidence, claim, judgement, shown), len(claims))
        found.append(_add_published(result, claim, evidence.split))
    return found


def _state(evidence: Evidence, claim: PreparedClaim, judged: Judgement, shown: _Shown) -> ClaimResult:
    """The word and what it is read off."""
    reading, interval, mean = judged.reading, judged.reading.interval, shown.mean
    waiting = count_waiting(claim.every_arm)
    word: ClaimWord = "undecided" if waiting else reading.word
    ended = {arm.name: (arm.diverged, arm.diverged + arm.finished) for arm in claim.every_arm}
    lost = any(arm.diverged for arm in claim.every_arm)
    if lost and interval is None:
        mean = None  # of the runs that are left, which says nothing of the rest
    margin = evidence.spec.study.margin if claim.is_between else None
    return ClaimResult(
        claim=claim.sentence,
        kind=claim.spec.kind,
        arm=claim.arm.name,
        other=shown.other.name if shown.other else None,
        number=claim.spec.reaches if isinstance(claim.spec, ReachesClaim) else None,
        word=word,
        seeds=mean.n if mean else min(runs for _, runs in ended.values()),
        estimate=_estimate(claim, mean),
        low=max(interval.low, -1.0 if claim.is_between else 0.0) if interval else None,
        high=min(interval.high, 1.0) if interval else None,
        level=interval.level if interval else None,
        p_holm=judged.p_holm,
        within_margin=bool(interval and margin and interval.lies_within(margin)),
        unbeaten=tuple(claim.others[k].name for k in reading.open),
        waiting=waiting,
        known_before=_count_known(evidence, claim),
        these_images_only=None if word == "undecided" else say_these_images_only(evidence, claim, reading),
        diverged=ended if lost else {},
    )


def _estimate(claim: PreparedClaim, mean: MeanResult | None) -> float | None:
    if isinstance(claim.test, Diverges):
        return claim.test.diverged / claim.test.runs if claim.test.runs else None
    return mean.mean if mean else None


def _count_known(evidence: Evidence, claim: PreparedClaim) -> int:
    """Runs of its arms whose result was there before the claim: whoever made it may have seen them."""
    claimed, cells = evidence.claimed.get(claim.sentence, 0.0), evidence.study.cells
    runs = [evidence.runs[run] for arm in claim.every_arm for run in cells.get(arm.name, {}).values()]
    return sum(run.known is not None and run.known < claimed for run in runs)


def _add_published(result: ClaimResult, claim: PreparedClaim, ours: str) -> ClaimResult:
    """Figures of our split where its arms have some there, else of another."""
    needed = [claim.arm] if isinstance(claim.test, Best) else claim.every_arm
    splits = [ours, *(split for split in ("test", "validation", "train") if split != ours)]
    split = next((split for split in splits if all(split in arm.published for arm in needed)), None)
    if split is None:
        return result
    figures = {arm.name: arm.published[split] for arm in claim.every_arm if split in arm.published}
    return replace(result, published=figures, published_split=split)


def _shown(claim: PreparedClaim, rival: int | None) -> _Shown:
    match claim.test:
        case Best(pairs=pairs):
            return _Shown(None, None) if rival is None else _Shown(claim.others[rival], pairs[rival])
        case Beats(pair=pair) | Equals(pair=pair):
            return _Shown(claim.others[0], pair)
        case Reaches(scores=scores):
            return _Shown(None, scores)
    return _Shown(None, None)


def _add_power(
    evidence: Evidence, claim: PreparedClaim, shown: _Shown, result: ClaimResult, family: int
) -> ClaimResult:
    """What these seeds could have found, and how many it takes at the margin, never at what was seen."""
    mean, question = shown.spread, evidence.spec.study
    if mean is None or mean.sd is None:
        return result
    alpha, sd = question.alpha, mean.sd
    result = replace(result, detectable=detectable_difference(mean.n, sd=sd, contrasts=family, alpha=alpha))
    if question.margin is None:
        return result
    power = _EQUAL_POWER if isinstance(claim.test, Equals) else 0.8
    needed = seeds_needed(
        question.margin, sd, sd_degrees=mean.degrees, contrasts=family, alpha=alpha, power=power
    )
    return replace(result, seeds_needed=(needed.low, needed.high))
