import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn, optim

from paribus.specs.optimizers import Constant, Cosine, OneCycle
from paribus.training.schedules import rate_factor

LR = 0.3


def factors(options, steps):
    return [rate_factor(options, step, steps) for step in range(steps)]


def torchs(make, steps):
    """The rates of a scheduler of torch's, step by step, as factors."""
    optimizer = optim.SGD([nn.Parameter(torch.zeros(1))], lr=LR)
    scheduler, rates = make(optimizer), []
    for step in range(steps):
        rates.append(optimizer.param_groups[0]["lr"] / LR)
        optimizer.step()
        if step < steps - 1:
            scheduler.step()
    return rates


@pytest.mark.parametrize("steps", [2, 10, 97])
@pytest.mark.parametrize("final", [0.0, 0.1, 1.0])
def test_cosine_is_torchs_cosine_annealing(steps, final):
    expected = torchs(
        lambda o: optim.lr_scheduler.CosineAnnealingLR(o, T_max=steps - 1, eta_min=final * LR), steps
    )
    assert factors(Cosine(final=final), steps) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("steps", [10, 97, 400])
@pytest.mark.parametrize("peak", [0.25, 0.3, 0.7])
@pytest.mark.parametrize(("start_divisor", "final_divisor"), [(25.0, 1e4), (4.0, 10.0)])
def test_one_cycle_is_torchs_one_cycle(steps, peak, start_divisor, final_divisor):
    """Torch puts the peak at pct_start * steps - 1, we at peak * (steps - 1)."""
    expected = torchs(
        lambda o: optim.lr_scheduler.OneCycleLR(
            o, LR, total_steps=steps, pct_start=(peak * (steps - 1) + 1) / steps,
            div_factor=start_divisor, final_div_factor=final_divisor, cycle_momentum=False,
        ),
        steps,
    )  # fmt: skip
    options = OneCycle(peak=peak, start_divisor=start_divisor, final_divisor=final_divisor)
    assert factors(options, steps) == pytest.approx(expected, abs=1e-9)


def test_constant_is_constant():
    assert factors(Constant(), 5) == [1.0] * 5


def test_warm_up_rises_evenly_to_the_rate_and_the_rest_follows():
    assert factors(Constant(warmup=0.4), 10) == [0.25, 0.5, 0.75, 1, 1, 1, 1, 1, 1, 1]
    after = [(1 + math.cos(math.pi * step / 5)) / 2 for step in range(6)]
    assert factors(Cosine(warmup=0.4), 10) == pytest.approx([0.25, 0.5, 0.75, 1, *after])


OPTIONS = st.one_of(
    st.builds(Constant, warmup=st.floats(0, 0.99)),
    st.builds(Cosine, warmup=st.floats(0, 0.99), final=st.floats(0, 1)),
    st.builds(OneCycle, peak=st.floats(0.01, 0.99), start_divisor=st.floats(1, 100)),
)


@given(OPTIONS, st.integers(1, 300))
def test_every_factor_is_a_pure_function_between_0_and_1(options, steps):
    found = factors(options, steps)
    assert all(0 <= factor <= 1 + 1e-12 for factor in found)
    assert found[::-1] == [rate_factor(options, step, steps) for step in reversed(range(steps))]
