import numpy as np
import pytest

from paribus.training.range_test import RateStep
from paribus.training.suggesting import suggest_rate

RATES = np.geomspace(1e-6, 10, 100)


def steps(losses, noise=0.02, seed=0):
    scattered = losses + np.random.default_rng(seed).normal(0, noise, len(losses))
    return [RateStep(float(rate), float(loss), 0.0) for rate, loss in zip(RATES, scattered, strict=False)]


def valley(lowest_at=3e-2, began=2.3, depth=1.5, rates=RATES, decades=0.8):
    """Falls to its lowest and rises again, alike on both sides, and then without end."""
    away = np.log10(rates / lowest_at)
    return began - depth * np.exp(-((away / decades) ** 2) / 2) + np.maximum(away - 3 * decades, 0)


@pytest.mark.parametrize("lowest_at", [1e-3, 3e-2, 0.5])
def test_a_valley_suggests_a_fifth_of_its_lowest_rate(lowest_at):
    found = suggest_rate([steps(valley(lowest_at))], 100)
    assert found.verdict == "found"
    assert found.rate == pytest.approx(lowest_at / 5, rel=0.1)
    assert found.steepest_at < found.lowest_at < found.rises_from
    assert found.rate == float(f"{found.rate:.2g}")


def test_the_reason_says_what_was_seen():
    found = suggest_rate([steps(valley())], 100)
    assert found.reason.startswith(f"a fifth of {found.lowest_at:.1e}, where the loss is lowest (from 2.3")
    assert (
        f"it falls fastest at {found.steepest_at:.1e} and rises from {found.rises_from:.1e} on"
        in found.reason
    )


@pytest.mark.parametrize(
    ("losses", "noise", "verdict", "advice"),
    [
        (np.full(100, 2.3), 0.02, "flat", "go higher, with --to 1e+03, or take more steps, with --steps 400"),
        (np.where(RATES < 1, 2.3 - 0.05 * (RATES > 0.01), 5), 0.02, "learns too little", "--steps 400"),
        (valley(1e-8), 0.02, "explodes at once", "begin lower, with --from 1e-08"),
        (np.where(RATES < 0.1, 2.3, 5), 0.0, "learns too little", "take more steps, with --steps 400"),
        (valley(20), 0.02, "still falls", "go higher, with --to 1e+03"),
        (valley(4e-6, decades=0.2), 0.02, "falls at once", "--from 1e-08"),
        (valley(depth=0.3), 2.0, "noise", "average over seeds, with --repeat 5"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_where_there_is_no_rate_it_says_which_way_to_look(losses, noise, verdict, advice):
    found = suggest_rate([steps(losses, noise)], 100)
    assert (found.verdict, found.rate) == (verdict, None)
    assert advice in found.reason


def test_losses_that_are_no_numbers_count_as_exploded_and_move_nothing():
    losses = valley()
    broken = losses.copy()
    broken[RATES > 1] = np.nan
    broken[RATES > 2] = np.inf
    assert suggest_rate([steps(broken)], 100).rate == pytest.approx(
        suggest_rate([steps(losses)], 100).rate, rel=0.1
    )


def test_several_seeds_count_with_their_mean_as_far_as_all_went():
    long, short = steps(valley(), 0.3, seed=1), steps(valley(), 0.3, seed=2)[:80]
    both = suggest_rate([long, short], 100)
    assert len(both.rates) == len(both.smoothed) == 80
    assert both.rate == pytest.approx(suggest_rate([steps(valley(), 0.0)], 100).rate, rel=0.4)


def test_one_long_test_and_a_short_one_agree():
    """The window grows with the steps, so that it covers the same stretch of rates."""
    rates = np.geomspace(1e-6, 10, 1600)
    noisy = valley(rates=rates) + np.random.default_rng(5).normal(0, 0.3, 1600)
    long = [RateStep(float(rate), float(loss), 0.0) for rate, loss in zip(rates, noisy, strict=True)]
    assert suggest_rate([long], 1600).rate == pytest.approx(
        suggest_rate([steps(valley())], 100).rate, rel=0.3
    )
