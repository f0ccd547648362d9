"""What became of the claims that were registered with the study, all of them as one family."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from paribus.analysis.evidence import Evidence
from paribus.analysis.paired import PairedArms, count_waiting, read_correct
from paribus.analysis.results import ArmResult, ClaimResult
from paribus.specs.claims import BeatsClaim, BestClaim, ClaimSpec, DivergesClaim, EqualsClaim, ReachesClaim
from paribus.stats import (
    Beats,
    Best,
    ClaimTest,
    CrossedResult,
    Diverges,
    Equals,
    IntervalResult,
    MeanResult,
    Pair,
    Reaches,
    detectable_difference,
    estimate_crossed,
    estimate_mean,
    judge_claims,
    seeds_needed,
)
from paribus.stats import ClaimResult as Judgement

_EQUAL_POWER = 0.9  # of each of the two tests that equality takes: both succeed in 80 % at least


@dataclass(frozen=True)
class _Claim:
    """A claim with the arms that it speaks of, before it is judged."""

    sentence: str
    spec: ClaimSpec
    arm: ArmResult
    others: Sequence[ArmResult]
    test: ClaimTest


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


def conclude_claims(evidence: Evidence, arms: Mapping[str, ArmResult]) -> list[ClaimResult]:
    """In the file's order, without their sentences. What one is worth depends on how many there are."""
    question = evidence.spec.study
    named = [name for spec in evidence.spec.claims.values() for name in spec.arms]
    arms = {**arms, **{name: _to_come(name, question.seeds) for name in named if name not in arms}}
    claims = [_prepare(said, spec, arms, question.margin) for said, spec in evidence.spec.claims.items()]
    judged = judge_claims([claim.test for claim in claims], alpha=question.alpha)
    return [_result(evidence, claim, found, len(claims)) for claim, found in zip(claims, judged, strict=True)]


def _prepare(sentence: str, spec: ClaimSpec, arms: Mapping[str, ArmResult], margin: float | None) -> _Claim:
    arm, others = arms[spec.arms[0]], [arms[name] for name in spec.arms[1:]]
    test: ClaimTest
    match spec:
        case BeatsClaim():
            test = Beats(_pair(arm, others[0]), margin)
        case EqualsClaim():
            assert margin is not None, "a study without a margin cannot claim that arms are equal"
            test = Equals(_pair(arm, others[0]), margin)
        case BestClaim():
            others = [other for other in arms.values() if other is not arm]
            test = Best([_pair(arm, other) for other in others])
        case ReachesClaim():
            test = Reaches(_own(arm), spec.reaches, _lost(arm) if arm.diverged else None)
        case DivergesClaim():
            test = _lost(arm)
    return _Claim(sentence, spec, arm, others, test)


def _to_come(name: str, seeds: Sequence[int]) -> ArmResult:
    """An arm that the study will have and has not yet."""
    return ArmResult(
        name=name,
        is_control=False,
        changes={},
        scores=dict.fromkeys(seeds),
        states=dict.fromkeys(seeds, "planned"),
        mean=None,
        low=None,
        high=None,
        parameters=None,
        seconds=None,
    )


def _pair(arm: ArmResult, other: ArmResult) -> Pair:
    both = PairedArms(arm, other)
    return Pair(both.mean(), both.divergence_counts() if both.diverges else None)


def _own(arm: ArmResult) -> Pair:
    scores = [score for score in arm.scores.values() if score is not None]
    return Pair(estimate_mean(scores) if scores else None)


def _lost(arm: ArmResult) -> Diverges:
    return Diverges(arm.diverged, arm.diverged + arm.finished)


def _result(evidence: Evidence, claim: _Claim, judged: Judgement, family: int) -> ClaimResult:
    reading, question = judged.reading, evidence.spec.study
    shown = _shown(claim, reading.rival)
    waiting = count_waiting([claim.arm, *claim.others])
    word = "undecided" if waiting else reading.word
    interval, mean, spread = reading.interval, shown.mean, shown.spread
    between = bool(claim.others)  # a difference, not a share of its own
    every = [claim.arm, *claim.others]
    lost = {arm.name: (arm.diverged, arm.diverged + arm.finished) for arm in every}
    conditional = reading.interval is None and any(arm.diverged for arm in every)
    estimate = mean.mean if mean else None
    if isinstance(claim.test, Diverges):
        estimate = claim.test.diverged / claim.test.runs if claim.test.runs else None
    published_split = _published_split(claim, evidence.split)
    return ClaimResult(
        claim=claim.sentence,
        kind=claim.spec.kind,
        arm=claim.arm.name,
        other=shown.other.name if shown.other else None,
        number=claim.spec.reaches if isinstance(claim.spec, ReachesClaim) else None,
        word=word,
        seeds=mean.n if mean and not conditional else min(runs for _, runs in lost.values()),
        estimate=None if conditional else estimate,
        low=max(interval.low, -1.0 if between else 0.0) if interval else None,
        high=min(interval.high, 1.0) if interval else None,
        level=interval.level if interval else None,
        p_holm=judged.p_holm,
        within_margin=bool(
            interval and between and question.margin and interval.lies_within(question.margin)
        ),
        unbeaten=tuple(claim.others[k].name for k in reading.open),
        waiting=waiting,
        known_before=_count_known(evidence, claim.sentence, every),
        these_images_only=None if word == "undecided" else _on_these_images_only(evidence, claim, judged),
        detectable=None if spread is None else _detectable(spread, family, question.alpha),
        seeds_needed=None if spread is None else _seeds_needed(evidence, claim, spread, family),
        diverged=lost if any(arm.diverged for arm in every) else {},
        published={a.name: a.published[published_split] for a in every if published_split in a.published}
        if published_split
        else {},
        published_split=published_split,
        sentence="",
    )


def _count_known(evidence: Evidence, sentence: str, arms: Sequence[ArmResult]) -> int:
    """Runs of the arms whose end lies before the claim: whoever made it may have seen them."""
    claimed = evidence.claimed.get(sentence, 0.0)
    runs = [evidence.runs[run] for arm in arms for run in evidence.study.cells.get(arm.name, {}).values()]
    return sum(run.ended is not None and run.ended < claimed for run in runs)


def _published_split(claim: _Claim, ours: str) -> str | None:
    """The split whose figures stand beside the claim: ours where its arms have one there, else another."""
    needed = [claim.arm] if isinstance(claim.test, Best) else [claim.arm, *claim.others]
    splits = [ours, *(split for split in ("test", "validation", "train") if split != ours)]
    return next((split for split in splits if all(split in arm.published for arm in needed)), None)


def _shown(claim: _Claim, rival: int | None) -> _Shown:
    match claim.test:
        case Best(pairs=pairs):
            return _Shown(None, None) if rival is None else _Shown(claim.others[rival], pairs[rival])
        case Beats(pair=pair) | Equals(pair=pair):
            return _Shown(claim.others[0], pair)
        case Reaches(scores=scores):
            return _Shown(None, scores)
    return _Shown(None, None)


def _detectable(mean: MeanResult, family: int, alpha: float) -> float | None:
    assert mean.sd is not None
    return detectable_difference(mean.n, sd=mean.sd, contrasts=family, alpha=alpha)


def _seeds_needed(
    evidence: Evidence, claim: _Claim, mean: MeanResult, family: int
) -> tuple[int | None, int | None] | None:
    """At the margin, never at the difference that was seen."""
    question = evidence.spec.study
    assert mean.sd is not None
    if question.margin is None:
        return None
    power = _EQUAL_POWER if isinstance(claim.test, Equals) else 0.8
    degrees, alpha = mean.degrees, question.alpha
    found = seeds_needed(
        question.margin, mean.sd, sd_degrees=degrees, contrasts=family, alpha=alpha, power=power
    )
    return found.low, found.high


def _on_these_images_only(evidence: Evidence, claim: _Claim, judged: Judgement) -> bool | None:
    """Whether the word would not stand on other images; None where it cannot be asked.

    As for contrasts it is asked of differences that were shown, not of their absence.
    """
    reading, test, interval = judged.reading, claim.test, judged.reading.interval
    if evidence.spec.study.metric != "accuracy" or interval is None:
        return None
    match test:
        case Beats() if interval.excludes_zero:
            crossed = [_crossed_pair(evidence, claim, claim.others[0])]
        case Equals() if reading.word == "contradicted":
            crossed = [_crossed_pair(evidence, claim, claim.others[0])]
        case Best() if reading.word == "holds":
            pairs = zip(claim.others, test.pairs, strict=True)
            crossed = [_crossed_pair(evidence, claim, other) for other, pair in pairs if pair.testable]
        case Best():
            assert reading.rival is not None
            crossed = [_crossed_pair(evidence, claim, claim.others[reading.rival])]
        case Reaches():
            crossed = [_crossed_own(evidence, claim.arm)]
        case _:
            return None
    found = [each.interval(interval.level) for each in crossed if each is not None]
    if len(found) < len(crossed) or not found:
        return None
    return any(_word_on(test, each) != reading.word for each in found)


def _word_on(test: ClaimTest, interval: IntervalResult) -> str:
    if isinstance(test, Equals | Reaches):
        return test.word_of(interval)
    return "holds" if interval.low > 0 else "contradicted" if interval.high < 0 else "undecided"


def _crossed_pair(evidence: Evidence, claim: _Claim, other: ArmResult) -> CrossedResult | None:
    table = PairedArms(claim.arm, other).image_differences(evidence)
    return None if table is None else estimate_crossed(table)


def _crossed_own(evidence: Evidence, arm: ArmResult) -> CrossedResult | None:
    seeds = [seed for seed, score in arm.scores.items() if score is not None]
    found = read_correct(evidence, arm.name, seeds)
    return None if found is None else estimate_crossed(found[1])
