"""Verdicts in words: what may be said, no more and no less."""

from dataclasses import replace

from paribus.analysis.results import ContrastResult
from paribus.stats import FEWEST_SEEDS

_MOST_DECIMALS = 4


def points(difference: float) -> str:
    """A difference of shares in percentage points, signed: +0.6. What is not zero never reads as zero."""
    for decimals in range(1, _MOST_DECIMALS + 1):
        text = f"{100 * difference:+.{decimals}f}"
        if float(text) != 0:
            return text.replace("-", "\N{MINUS SIGN}")
    return "0.0"


def write_sentence(contrast: ContrastResult, control: str, split: str) -> ContrastResult:
    """The contrast with its sentence."""
    return replace(contrast, sentence=_sentence(contrast, control, split))


def _sentence(contrast: ContrastResult, control: str, split: str) -> str:
    if contrast.divergence is not None:
        return _on_divergence(contrast, control)
    if contrast.difference is None:
        return f"{contrast.arm} cannot be compared with {control} yet: no seed has finished in both."
    facts = _difference(contrast)
    if contrast.pairs == 1:
        return f"{contrast.arm} against {control}: {facts}; one seed gives no interval."
    if contrast.low is None or contrast.high is None:
        return f"{contrast.arm} against {control}: {facts}, the same for each: no spread, so no error bar."
    if contrast.word is None and contrast.pairs >= FEWEST_SEEDS:
        return (
            f"{contrast.arm} against {control}: {facts} so far. No verdict before all their runs have ended."
        )
    if contrast.word is None:
        return f"{contrast.arm} against {control}: {facts}. Under {FEWEST_SEEDS} seeds there is no verdict."
    if contrast.word == "equivalent":
        return f"{contrast.arm} is equivalent to {control}: {facts}, all within the margin."
    if contrast.word == "undecided":
        more = say_to_decide(contrast.detectable, contrast.seeds_needed)
        return f"Undecided whether {contrast.arm} differs from {control}: {facts}.{more}"
    but = ", but by less than the margin" if contrast.within_margin else ""
    where = f" on these {split} images" if contrast.these_images_only else ""
    return f"{contrast.arm} is {contrast.word} than {control}{but}{where}: {facts}."


def _difference(contrast: ContrastResult) -> str:
    assert contrast.difference is not None
    text = f"{points(contrast.difference)} points"
    if contrast.low is not None and contrast.high is not None:
        text += f" [{points(contrast.low)}, {points(contrast.high)}]"
    return f"{text} over {count_seeds(contrast.pairs)}"


def count_seeds(count: int) -> str:
    return f"{count} seed{'s' * (count != 1)}"


def say_to_decide(detectable: float | None, needed: tuple[int | None, int | None] | None) -> str:
    """What it would take, with a blank before it."""
    text = ""
    if detectable is not None:
        found = f"a difference of {points(detectable).lstrip('+')} points"
        if detectable > 1:
            found = "no difference, however large,"
        text = f" These seeds would find {found} in four studies of five."
    if needed is None:
        return text
    low, high = needed
    if low is None:
        return f"{text} More seeds than can be run would be needed to decide at the margin."
    upto = " or many more" if high is None else f" to {high}" if high != low else ""
    return f"{text} To find one as large as the margin takes {low}{upto} seeds."


def _on_divergence(contrast: ContrastResult, control: str) -> str:
    seen = contrast.divergence
    assert seen is not None
    counts = (
        f"{seen.arm_diverged} of {seen.arm_runs} runs of {contrast.arm} diverged, "
        f"{seen.control_diverged} of {seen.control_runs} of {control}"
    )
    so_far = " so far. No verdict before all their runs have ended" if contrast.waiting else ""
    text = f"{_on_frequency(contrast, control)}{counts}{so_far}."
    if contrast.difference is not None:
        finished = f"{points(contrast.difference)} points over {count_seeds(contrast.pairs)}"
        text += f" Where both finished: {finished}, which says nothing of the rest."
    return text


def _on_frequency(contrast: ContrastResult, control: str) -> str:
    """Which of the two diverges more often, where that may be said."""
    seen = contrast.divergence
    assert seen is not None
    if contrast.waiting or min(seen.arm_runs, seen.control_runs) < FEWEST_SEEDS:
        return ""
    if not seen.differs:
        return f"Undecided whether {contrast.arm} diverges as often as {control}: "
    more = seen.arm_diverged * seen.control_runs > seen.control_diverged * seen.arm_runs
    return f"{contrast.arm} diverges {'more' if more else 'less'} often than {control}: "
