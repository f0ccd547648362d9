"""What became of a claim, in words: no more than its figures carry."""

from collections.abc import Sequence
from dataclasses import replace

from paribus.analysis.results import ClaimResult
from paribus.analysis.sentences import count_seeds, points, say_to_decide
from paribus.stats import FEWEST_SEEDS, ClaimWord, runs_to_decide

_WORDS: dict[ClaimWord, str] = {"holds": "Holds", "contradicted": "Contradicted", "undecided": "Undecided"}
_MOST_NAMED = 3  # arms; of more, how many they are


def write_claim_sentences(claims: Sequence[ClaimResult], split: str, alpha: float) -> list[ClaimResult]:
    """All claims of a study, each with its sentence."""
    share_of_alpha = alpha / max(len(claims), 1)
    return [replace(claim, sentence=_say_all(claim, split, share_of_alpha)) for claim in claims]


def _say_all(claim: ClaimResult, split: str, alpha: float) -> str:
    text = _say_divergence(claim, alpha) if claim.kind == "diverges" else _say(claim, split)
    known = claim.known_before
    late = f" Claimed after {known} of its runs had ended." if known > 1 else ""
    return text + (" Claimed after one of its runs had ended." if known == 1 else late)


def count_words(claims: tuple[ClaimResult, ...]) -> str:
    """`Of 4 claims 2 hold, 1 is contradicted, 1 is undecided.`"""
    found = {word: sum(claim.word == word for claim in claims) for word in _WORDS}
    if len(claims) == 1:
        only = claims[0].word
        return f"The one claim {only}." if only == "holds" else f"The one claim is {only}."
    said: dict[ClaimWord, str] = {
        "holds": f"{found['holds']} hold{'s' * (found['holds'] == 1)}",
        "contradicted": f"{found['contradicted']} {_are(found['contradicted'])} contradicted",
        "undecided": f"{found['undecided']} {_are(found['undecided'])} undecided",
    }
    return f"Of {len(claims)} claims {', '.join(text for word, text in said.items() if found[word])}."


def say_published(claim: ClaimResult) -> str:
    """`81.9 against 79.9 on test`; of the best, against the best of the others. Empty without figures."""
    others = {arm: figure for arm, figure in claim.published.items() if arm != claim.arm}
    if claim.published_split is None:
        return ""
    mine, where = share(claim.published[claim.arm]), f"on {claim.published_split}"
    if not others:
        return f"{mine} {where}"
    rival = max(others, key=others.__getitem__)
    named = f" of {rival}" if claim.kind == "best" else ""
    return f"{mine} against {share(others[rival])}{named} {where}"


def say_other_splits(claims: Sequence[ClaimResult], split: str) -> str:
    """What a reader must know where figures were published of other images than ours."""
    others = sorted({c.published_split for c in claims if c.published_split} - {split})
    if not others:
        return ""
    return f"Published on {' and '.join(others)}, judged here on {split}: these are not the same images."


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _say(claim: ClaimResult, split: str) -> str:
    if claim.word == "undecided":
        return _say_undecided(claim)
    where = f" on these {split} images" if claim.these_images_only else ""
    seen = f"{_say_figures(claim)} over {count_seeds(claim.seeds)}"
    figures = seen if claim.low is not None else _say_lost(claim)
    return f"{_WORDS[claim.word]}{where}: {_say_what(claim)}: {figures}{_say_margin(claim)}."


def _say_margin(claim: ClaimResult) -> str:
    return ", all within the margin" if _is_equivalent(claim) else ""


def _is_equivalent(claim: ClaimResult) -> bool:
    """Whether it is contradicted by how little there is between the two, not by the other's lead."""
    against = claim.kind == "beats" and claim.word == "contradicted"
    return against and claim.high is not None and claim.high >= 0


def _say_what(claim: ClaimResult) -> str:
    """What was shown, before its figures."""
    arm, other, holds = claim.arm, claim.other, claim.word == "holds"
    if claim.kind == "reaches":
        return f"{arm} {'reaches' if holds else 'stays below'} {share(claim.number)}"
    if claim.kind == "equals" and claim.low is None:
        return f"{arm} and {other} are not alike"
    if claim.kind == "equals":
        return f"{arm} and {other} are {'less' if holds else 'more'} apart than the margin"
    if claim.kind == "best" and holds:
        return f"{arm} is better than each other arm{f'; nearest is {other}' if other else ''}"
    if _is_equivalent(claim):
        return f"{arm} is equivalent to {other}"
    but = ", but by less than the margin" if claim.within_margin else ""
    return f"{arm} is {'better' if holds else 'worse'} than {other}{but}"


def _say_undecided(claim: ClaimResult) -> str:
    start = f"Undecided with {count_seeds(claim.seeds)}"
    figures = _say_figures(claim)
    if claim.waiting:
        return f"{start} so far: no word before all runs of its arms have ended{_after(figures)}."
    if claim.diverged and claim.low is None:
        return f"{start}: {_say_lost(claim)}."
    if claim.seeds < FEWEST_SEEDS:
        return f"{start}; words need five{_after(figures)}."
    if claim.low is None and claim.estimate is not None:
        return f"{start}{_after(figures)}, the same for each: no spread, so no error bar."
    return f"{start}: {_say_rivals(claim)}{figures}.{say_to_decide(claim.detectable, claim.seeds_needed)}"


def _after(figures: str) -> str:
    return f": {figures}" if figures else ""


def _say_rivals(claim: ClaimResult) -> str:
    """Of a claim to be the best: whom it cannot be told apart from."""
    if claim.kind != "best":
        return ""
    names = list(claim.unbeaten)
    more = len(names) - _MOST_NAMED
    if more > 1:
        names = [*names[:_MOST_NAMED], f"{more} more"]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{claim.arm} is not shown to beat {listed}; against {claim.other} "


def _say_figures(claim: ClaimResult) -> str:
    if claim.estimate is None:
        return ""
    if claim.kind == "reaches":
        text = share(claim.estimate)
        if claim.low is not None and claim.high is not None:
            text += f" [{100 * claim.low:.2f}, {100 * claim.high:.2f}]"
    else:
        text = f"{points(claim.estimate)} points"
        if claim.low is not None and claim.high is not None:
            text += f" [{points(claim.low)}, {points(claim.high)}]"
    return text


def share(value: float | None) -> str:
    """A share in per cent, with no more digits than four decimals of it have: `88 %`, `94.37 %`."""
    return "-" if value is None else f"{round(100 * value, 2):g} %"


def _say_lost(claim: ClaimResult) -> str:
    """Who diverged how often; an arm that does so more often is the worse one."""
    told = [f"{k} of {n} runs of {arm} diverged" for arm, (k, n) in claim.diverged.items() if k]
    return "; ".join(told)


def _say_divergence(claim: ClaimResult, alpha: float) -> str:
    lost, runs = claim.diverged.get(claim.arm, (0, claim.seeds))
    counts = f"{lost} of {runs} runs diverged"
    if claim.word != "undecided":
        return f"{_WORDS[claim.word]}: {counts}."
    if claim.waiting:
        return f"Undecided so far: no word before all runs have ended; {counts}."
    needed = runs_to_decide(alpha)
    more = f" {needed} runs that all end alike would decide." if lost in {0, runs} and runs < needed else ""
    return f"Undecided with {count_seeds(runs)}: {counts}.{more}"
