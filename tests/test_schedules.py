import math
import sys
from dataclasses import dataclass
from subprocess import run

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn, optim

from paribus.schedules import Course, rate_factors
from paribus.specs.schedules import Constant, Cosine, Linear, MultiStep, OneCycle, Plateau, Step

LR = 0.3


@dataclass
class Epoch:
    validation_accuracy: float
    validation_loss: float = 1.0


def factors(options, steps, epochs=1):
    factor = rate_factors(options, Course(steps, epochs))
    return [factor(step) for step in range(steps)]


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


@pytest.mark.parametrize("steps", [2, 10, 97])
@pytest.mark.parametrize("final", [0.0, 0.1, 1.0])
def test_linear_is_torchs_linear(steps, final):
    expected = torchs(
        lambda o: optim.lr_scheduler.LinearLR(o, 1.0, end_factor=final, total_iters=steps - 1), steps
    )
    assert factors(Linear(final=final), steps) == pytest.approx(expected, abs=1e-9)


def one_cycle_of_torchs(steps, pct_start, start_divisor=25.0, final_divisor=1e4):
    return torchs(
        lambda o: optim.lr_scheduler.OneCycleLR(
            o, LR, total_steps=steps, pct_start=pct_start,
            div_factor=start_divisor, final_div_factor=final_divisor, cycle_momentum=False,
        ),
        steps,
    )  # fmt: skip


@pytest.mark.parametrize("steps", [10, 97, 400])
@pytest.mark.parametrize("peak", [0.25, 0.3, 0.7])
@pytest.mark.parametrize(("start_divisor", "final_divisor"), [(25.0, 1e4), (4.0, 10.0)])
def test_one_cycle_is_torchs_one_cycle_with_the_peak_moved(steps, peak, start_divisor, final_divisor):
    """Torch puts the peak at pct_start * steps - 1, we at peak * (steps - 1): moved so, both agree."""
    moved = (peak * (steps - 1) + 1) / steps
    expected = one_cycle_of_torchs(steps, moved, start_divisor, final_divisor)
    options = OneCycle(peak=peak, start_divisor=start_divisor, final_divisor=final_divisor)
    assert factors(options, steps) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("steps", "apart"), [(20, 0.109), (100, 0.021), (1000, 0.002)])
def test_with_the_same_share_one_cycle_differs_from_torchs_by_as_much_as_the_docs_say(steps, apart):
    ours, theirs = factors(OneCycle(peak=0.3), steps), one_cycle_of_torchs(steps, 0.3)
    assert max(abs(one - other) for one, other in zip(ours, theirs, strict=True)) == pytest.approx(
        apart, abs=0.0005
    )


@pytest.mark.parametrize("steps", [11, 21, 101])
@pytest.mark.parametrize("peak", [0.3, 0.5, 0.7])
def test_one_cycle_reaches_the_rate_at_the_stated_share_of_the_run(steps, peak):
    found = factors(OneCycle(peak=peak), steps)
    assert found.index(max(found)) == round(peak * (steps - 1))
    assert max(found) == pytest.approx(1)


@pytest.mark.parametrize(("every", "steps_between"), [(2.0, 14), (1.0, 7), (0.25, 18), (0.1, 7)])
@pytest.mark.parametrize("gamma", [0.1, 0.5])
def test_step_is_torchs_step_by_share_and_by_epochs(every, steps_between, gamma):
    """10 epochs of 7 steps."""
    expected = torchs(lambda o: optim.lr_scheduler.StepLR(o, steps_between, gamma=gamma), 70)
    assert factors(Step(every=every, gamma=gamma), 70, epochs=10) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("milestones", "steps_at"), [((0.5, 0.75), [35, 52]), ((3.0, 8.0, 9.0), [21, 56, 63]), ((1.0,), [7])]
)
def test_multi_step_is_torchs_multi_step_by_share_and_by_epochs(milestones, steps_at):
    expected = torchs(lambda o: optim.lr_scheduler.MultiStepLR(o, steps_at, gamma=0.2), 70)
    found = factors(MultiStep(milestones=milestones, gamma=0.2), 70, epochs=10)
    assert found == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("watch", ["accuracy", "loss"])
@pytest.mark.parametrize("patience", [1, 2, 4])
@pytest.mark.parametrize("least", [0.0, 0.02])
def test_plateau_is_torchs_plateau_after_every_epoch(watch, patience, least):
    """Torch falls after one epoch more than its patience."""
    values = [math.sin(7 * n) + n / 40 for n in range(60)]
    optimizer = optim.SGD([nn.Parameter(torch.zeros(1))], lr=LR)
    theirs = optim.lr_scheduler.ReduceLROnPlateau(
        optimizer, "max" if watch == "accuracy" else "min", factor=0.5, patience=patience - 1,
        threshold=0.0, min_lr=least * LR, eps=0.0,
    )  # fmt: skip
    history, seen = [], set()
    for value in values:
        history.append(Epoch(value, value))
        theirs.step(value)
        options = Plateau(patience=patience, gamma=0.5, least=least, watch=watch)
        found = rate_factors(options, Course(600, 60, history))(0)
        assert found == pytest.approx(optimizer.param_groups[0]["lr"] / LR, rel=1e-9)
        seen.add(found)
    assert len(seen) > 3


def test_constant_is_constant():
    assert factors(Constant(), 5) == [1.0] * 5


def test_warm_up_rises_evenly_to_the_rate_and_the_rest_follows():
    assert factors(Constant(warmup=0.4), 10) == [0.25, 0.5, 0.75, 1, 1, 1, 1, 1, 1, 1]
    after = [(1 + math.cos(math.pi * step / 5)) / 2 for step in range(6)]
    assert factors(Cosine(warmup=0.4), 10) == pytest.approx([0.25, 0.5, 0.75, 1, *after])


def test_warm_up_is_a_share_below_1_and_epochs_from_there_on():
    assert factors(Constant(warmup=2), 10, epochs=5) == factors(Constant(warmup=0.4), 10, epochs=5)
    assert factors(Constant(warmup=1.5), 12, epochs=3)[:7] == [1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6, 1, 1]


def test_milestones_count_from_the_first_step_the_warm_up_included():
    assert factors(Step(every=2, warmup=1), 8, epochs=4) == pytest.approx([0.5, 1, 1, 1, 0.1, 0.1, 0.1, 0.1])


SPANS = st.one_of(st.floats(0.01, 0.99), st.integers(1, 9).map(float))
OPTIONS = st.one_of(
    st.builds(Constant, warmup=st.one_of(st.floats(0, 0.99), st.integers(1, 9).map(float))),
    st.builds(Cosine, warmup=st.floats(0, 0.99), final=st.floats(0, 1)),
    st.builds(Linear, warmup=st.floats(0, 0.99), final=st.floats(0, 1)),
    st.builds(Step, warmup=st.floats(0, 0.99), every=SPANS, gamma=st.floats(0.01, 0.99)),
    st.builds(MultiStep, milestones=SPANS.map(lambda span: (span,)), gamma=st.floats(0.01, 0.99)),
    st.builds(OneCycle, peak=st.floats(0.01, 0.99), start_divisor=st.floats(1, 100)),
    st.builds(Plateau, patience=st.integers(1, 3), least=st.floats(0, 1)),
)


@given(OPTIONS, st.integers(1, 300), st.lists(st.floats(0, 1), max_size=9))
def test_every_factor_is_a_pure_function_between_0_and_1(options, steps, values):
    course = Course(steps, 10, [Epoch(value) for value in values])
    found = [rate_factors(options, course)(step) for step in range(steps)]
    assert all(0 <= factor <= 1 + 1e-12 for factor in found)
    again = rate_factors(options, course)
    assert found[::-1] == [again(step) for step in reversed(range(steps))]


def test_a_picture_of_a_schedule_needs_no_torch():
    code = (
        "import sys; from paribus.schedules import Course, rate_factors; "
        "from paribus.specs.schedules import Cosine; "
        "rate_factors(Cosine(), Course(10, 1))(3); sys.exit('torch' in sys.modules)"
    )
    assert run([sys.executable, "-c", code], check=False).returncode == 0
