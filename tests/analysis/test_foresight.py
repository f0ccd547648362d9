import pytest

from paribus.analysis import Cost, foresee
from paribus.nets import NetSize
from paribus.plan import plan_study
from paribus.specs import parse_study
from paribus.stats import detectable_difference
from paribus.store import RunRecord


def make_plan(seeds=8):
    spec = parse_study(
        {
            "study": {"title": "t", "control": "epochs=1", "seeds": seeds},
            "run": {"data": "digits", "net": "linear"},
            "factors": {"epochs": [1, 2, 3]},
        }
    )
    return plan_study(spec, lambda _data: "d")


SIZE = NetSize(parameters=650, flops=1_280, weights_bytes=2_600, biggest=(("last", 650),))


def ahead(plan, runs=()):
    names = [arm.name for arm in plan.arms]
    costs = {name: Cost(SIZE, 100 * (1 + number)) for number, name in enumerate(names)}
    return foresee(plan, costs, {run.fingerprint: run for run in runs})


def finished(planned, score, seconds):
    return RunRecord(planned.fingerprint, "finished", {}, last_score=score, seconds=seconds)


def test_before_anything_has_run_the_difference_is_in_deviations():
    found = ahead(make_plan())
    assert (found.runs, found.cached, found.contrasts) == (24, 0, 2)
    assert found.images == 8 * (100 + 200 + 300)
    assert found.seconds is None
    assert found.detectable is None
    assert found.detectable_in_deviations == pytest.approx(detectable_difference(8, contrasts=2))


def test_runs_that_ended_give_the_price_and_the_points():
    plan = make_plan()
    runs = [finished(plan.run_of("epochs=1", seed), 0.8, 2.0) for seed in range(3)]
    runs += [finished(plan.run_of("epochs=2", seed), 0.8 + 0.01 * seed, 4.0) for seed in range(3)]
    found = ahead(plan, runs)
    assert found.cached == 6
    assert found.seconds == pytest.approx(5 * 2.0 + 5 * 4.0 + 8 * 6.0)  # the third arm by its images
    assert found.deviation == pytest.approx(0.01)
    assert found.detectable == pytest.approx(0.01 * found.detectable_in_deviations)


def test_one_seed_can_show_nothing():
    assert ahead(make_plan(seeds=1)).detectable_in_deviations is None
