"""What a range test suggests: one rate with its reason, or the reason why there is none.

The rate is a fifth of the one at which the smoothed loss is lowest. The rule of thumb, a tenth, was too
timid where the test is long and too bold where the loss hardly fell; docs/finding.md has the figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from paribus.training.range_test import EXPLODED, FIRST_STEPS, RateStep, loss_before

LEFT_OF_LOWEST = 5.0  # times: how far the suggestion lies from the lowest loss
LEAST_FALL = 0.1  # of the loss at the beginning: with less, the net has learned next to nothing
SURE = 4.0  # standard errors of the smoothed loss: a smaller fall may be noise
_AT_ONCE = 0.2  # of the steps: a loss that rises later was not there too early, it had too few steps to fall
_RISE = 0.05  # of the loss at the beginning, above the lowest
LEAST_WINDOW, WINDOW_SHARE = 4.0, 0.02  # of the window that smooths: its deviation in steps, or their share

Values = NDArray[np.float64]
Verdict = Literal[
    "found", "explodes at once", "flat", "learns too little", "noise", "still falls", "falls at once"
]


@dataclass(frozen=True)
class RateSuggestion:
    """`rate` is None unless the verdict is `found`; `reason` is one sentence."""

    verdict: Verdict
    rate: float | None
    reason: str
    began: float  # loss
    lowest: float  # loss
    lowest_at: float  # rate
    steepest_at: float  # rate
    rises_from: float | None  # rate; None where the loss does not rise again
    rates: tuple[float, ...]
    smoothed: tuple[float, ...]  # loss by rate, the mean over repeats


def suggest_rate(sweeps: Sequence[Sequence[RateStep]], steps: int) -> RateSuggestion:
    """From one range test of so many steps, or from the mean of several over the same rates."""
    length = min(len(sweep) for sweep in sweeps)
    rates = np.array([step.rate for step in sweeps[0][:length]])
    raw = np.mean([_bounded([step.loss for step in sweep[:length]]) for sweep in sweeps], axis=0)
    smoothed, error = _smooth(raw, steps)
    at = int(smoothed.argmin())
    began, lowest = loss_before(raw.tolist()), float(smoothed[at])
    slopes = np.gradient(smoothed, np.log(rates)) if length > 1 else np.zeros(1)
    risen = np.flatnonzero(smoothed[at:] > lowest + _RISE * began)
    rises_from = float(rates[at + risen[0]]) if len(risen) else None
    seen = RateSuggestion(
        verdict="found",
        rate=float(f"{rates[at] / LEFT_OF_LOWEST:.2g}"),
        reason="",
        began=began,
        lowest=lowest,
        lowest_at=float(rates[at]),
        steepest_at=float(rates[slopes[: at + 1].argmin()]),
        rises_from=rises_from,
        rates=tuple(rates.tolist()),
        smoothed=tuple(smoothed.tolist()),
    )
    at_once = at < FIRST_STEPS and len(risen) > 0 and at + risen[0] <= max(FIRST_STEPS, steps * _AT_ONCE)
    verdict = _judge(seen, error, rises_at_once=bool(at_once))
    seen = replace(seen, verdict=verdict, rate=seen.rate if verdict == "found" else None)
    return replace(seen, reason=_say(seen, steps))


def _judge(seen: RateSuggestion, error: float, *, rises_at_once: bool) -> Verdict:
    """`error` is that of the smoothed loss."""
    fall = seen.began - seen.lowest
    if fall < LEAST_FALL * seen.began:
        if seen.rises_from is None:
            return "flat"
        return "explodes at once" if rises_at_once else "learns too little"
    if fall < SURE * error:
        return "noise"
    if seen.rises_from is None:
        return "still falls"
    return "falls at once" if seen.lowest_at / LEFT_OF_LOWEST < seen.rates[0] else "found"


def _say(found: RateSuggestion, steps: int) -> str:
    """One sentence: what was seen, and where there is no rate what to change."""
    first, last = found.rates[0], found.rates[-1]
    fell = f"from {found.began:.2f} to {found.lowest:.2f}"
    rises = "" if found.rises_from is None else f"{found.rises_from:.1e}"
    lower, higher = f"begin lower, with --from {first / 100:.0e}", f"go higher, with --to {100 * last:.0e}"
    longer = f"take more steps, with --steps {4 * steps}"
    return {
        "found": f"a fifth of {found.lowest_at:.1e}, where the loss is lowest ({fell}); "
        f"it falls fastest at {found.steepest_at:.1e} and rises from {rises} on",
        "explodes at once": f"the loss only rises, from {rises} on: {lower}",
        "flat": f"up to {last:.1e} the loss hardly falls ({fell}) and does not rise: {higher}, or {longer}",
        "learns too little": f"before the loss rises, from {rises} on, it hardly falls ({fell}): {longer}",
        "noise": f"batches scatter so much that the fall ({fell}) may be noise: "
        "average over seeds, with --repeat 5, or take larger batches",
        "still falls": f"the loss has not risen again at the highest rate, {last:.1e}: {higher}",
        "falls at once": f"the loss is lowest at {found.lowest_at:.1e}, too near to the first rate: {lower}",
    }[found.verdict]


def _bounded(losses: Sequence[float]) -> Values:
    """What explodes counts as exploded, no more: it would pull up what is smoothed with it."""
    raw = np.array(losses, np.float64)
    most = EXPLODED * loss_before(losses)
    return np.minimum(np.nan_to_num(raw, nan=most, posinf=most), most)


def _smooth(losses: Values, steps: int) -> tuple[Values, float]:
    """The mean over a window that fades to both sides, so that nothing moves, and its standard error."""
    deviation = max(LEAST_WINDOW, steps * WINDOW_SHARE)
    half = round(4 * deviation)
    window = np.exp(-((np.arange(-half, half + 1) / deviation) ** 2) / 2)
    inside = slice(half, half + len(losses))  # of sums that reach beyond both ends
    smoothed = np.convolve(losses, window)[inside] / np.convolve(np.ones_like(losses), window)[inside]
    before = slice(0, int(smoothed.argmin()) + 1)
    spread = float(np.std(losses[before] - smoothed[before]))
    return smoothed, spread * float(np.sqrt((window**2).sum()) / window.sum())
