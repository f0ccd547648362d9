"""Whether a claim's word is about these images only: as for contrasts, asked of accuracy on shared images."""

from paribus.analysis.claim_tests import PreparedClaim
from paribus.analysis.evidence import Evidence
from paribus.analysis.paired import PairedArms, read_correct
from paribus.analysis.results import ArmResult
from paribus.stats import (
    Beats,
    Best,
    ClaimTest,
    CrossedResult,
    Equals,
    IntervalResult,
    Reaches,
    Reading,
    estimate_crossed,
)


def say_these_images_only(evidence: Evidence, claim: PreparedClaim, reading: Reading) -> bool | None:
    """Whether the word would not stand on other images; None where it cannot be asked.

    It is asked of differences that were shown, not of their absence.
    """
    if evidence.spec.study.metric != "accuracy" or reading.interval is None:
        return None
    crossed = _cross(evidence, claim, reading)
    found = [each.interval(reading.interval.level) for each in crossed if each is not None]
    if len(found) < len(crossed) or not found:
        return None
    return any(_word_on(claim.test, each) != reading.word for each in found)


def _cross(evidence: Evidence, claim: PreparedClaim, reading: Reading) -> list[CrossedResult | None]:
    """Estimates over seeds and images of all that the word rests on; none where it rests on an absence."""
    match claim.test:
        case Best(pairs=pairs) if reading.word == "holds":
            others = [other for other, pair in zip(claim.others, pairs, strict=True) if pair.testable]
            return [_cross_pair(evidence, claim, other) for other in others]
        case Best():
            assert reading.rival is not None
            return [_cross_pair(evidence, claim, claim.others[reading.rival])]
        case Beats() if reading.interval is not None and reading.interval.excludes_zero:
            return [_cross_pair(evidence, claim, claim.others[0])]
        case Equals() if reading.word == "contradicted":
            return [_cross_pair(evidence, claim, claim.others[0])]
        case Reaches():
            return [_cross_own(evidence, claim.arm)]
    return []


def _word_on(test: ClaimTest, interval: IntervalResult) -> str:
    if isinstance(test, Equals | Reaches):
        return test.word_of(interval)
    return "holds" if interval.low > 0 else "contradicted" if interval.high < 0 else "undecided"


def _cross_pair(evidence: Evidence, claim: PreparedClaim, other: ArmResult) -> CrossedResult | None:
    table = PairedArms(claim.arm, other).image_differences(evidence)
    return None if table is None else estimate_crossed(table)


def _cross_own(evidence: Evidence, arm: ArmResult) -> CrossedResult | None:
    seeds = [seed for seed, score in arm.scores.items() if score is not None]
    found = read_correct(evidence, arm.name, seeds)
    return None if found is None else estimate_crossed(found[1])
