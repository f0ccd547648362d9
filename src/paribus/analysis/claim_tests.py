"""Claims of a study file become tests of what its runs have come to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from paribus.analysis.paired import PairedArms
from paribus.analysis.results import ArmResult
from paribus.specs.claims import BeatsClaim, BestClaim, ClaimSpec, DivergesClaim, EqualsClaim, ReachesClaim
from paribus.stats import Beats, Best, ClaimTest, Diverges, Equals, Pair, Reaches, estimate_mean


@dataclass(frozen=True)
class PreparedClaim:
    """A claim with the arms that it speaks of, before it is judged."""

    sentence: str
    spec: ClaimSpec
    arm: ArmResult
    others: Sequence[ArmResult]
    test: ClaimTest

    @property
    def every_arm(self) -> list[ArmResult]:
        return [self.arm, *self.others]

    @property
    def is_between(self) -> bool:
        """Whether its figure is a difference, not a share of its own arm."""
        return bool(self.others)


def prepare_claims(
    claims: Mapping[str, ClaimSpec], arms: Mapping[str, ArmResult], seeds: Sequence[int], margin: float | None
) -> list[PreparedClaim]:
    """In the file's order."""
    named = [name for spec in claims.values() for name in spec.arms]
    every = {**arms, **{name: _to_come(name, seeds) for name in named if name not in arms}}
    return [_prepare(sentence, spec, every, margin) for sentence, spec in claims.items()]


def _prepare(
    sentence: str, spec: ClaimSpec, arms: Mapping[str, ArmResult], margin: float | None
) -> PreparedClaim:
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
    return PreparedClaim(sentence, spec, arm, others, test)


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
