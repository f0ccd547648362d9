"""Claims of a study file become tests of what its runs have come to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from paribus.analysis.paired import PairedArms
from paribus.analysis.results import ArmResult
from paribus.specs import StudySpec
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
    spec: StudySpec, arms: Mapping[str, ArmResult], also_called: Mapping[str, str]
) -> list[PreparedClaim]:
    """In the file's order. `also_called`: arms by other names, such as the one that a search ended with."""
    question = spec.study
    every = {**arms, **{name: arms[arm] for name, arm in also_called.items()}}
    named = [name for claim in spec.claims.values() for name in claim.arms]
    every |= {name: _to_come(name, question.seeds) for name in named if name not in every}
    return [_prepare(sentence, claim, every, question.margin) for sentence, claim in spec.claims.items()]


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
            others = list({each.name: each for each in arms.values() if each.name != arm.name}.values())
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
