import pytest

from .made import make_arm, make_run, make_sitting, make_view


def test_a_run_is_judged_by_the_epoch_that_speaks_for_it():
    assert make_run("finished", 0.5, 0.9, 0.7).score == 0.7
    assert make_run("finished", 0.5, 0.9, 0.7, speaks="best").score == 0.9
    assert make_run("running", 0.5, 0.9, 0.7, speaks="best").score == 0.7  # as it stands
    assert make_run("planned").score is None


def test_an_arms_mean_is_of_its_finished_runs():
    arm = make_arm("a", ("finished", 0.2, 0.8), ("finished", 0.4, 0.6), ("running", 0.1), "planned")
    assert arm.mean == pytest.approx(0.7)
    assert arm.course == pytest.approx([0.3, 0.7])
    assert arm.is_settled


def test_before_one_has_finished_it_is_of_those_under_way_as_far_as_all_of_them_went():
    arm = make_arm("a", ("running", 0.2, 0.4), ("stopped", 0.6), ("diverged", 0.1), "planned")
    assert arm.mean == pytest.approx(0.5)
    assert arm.course == pytest.approx([0.4])
    assert not arm.is_settled


def test_the_time_left_is_that_of_the_epochs_to_come_shared_out_among_the_slots():
    """Two seconds an epoch: 3 + 4 of a, 4 of b, which is taken to be as dear; one diverged, one failed."""
    a = make_arm("a", ("finished", 0.1, 0.2, 0.3, 0.4), ("running", 0.1), "planned")
    b = make_arm("b", "planned", ("diverged", 0.1), "failed")
    assert make_view(a, b, sittings=(make_sitting(slots=2),)).seconds_left == pytest.approx(2 * 11 / 2)
    assert make_view(a, b, sittings=(make_sitting(slots=20),)).seconds_left == pytest.approx(2 * 4)


def test_before_the_first_epoch_nobody_knows_how_long_it_takes():
    assert make_view(make_arm("a", "running")).seconds_left is None


def test_a_quick_arms_first_run_is_no_measure_while_others_have_not_told_of_an_epoch():
    quick, slow, slower = (
        make_arm("quick", ("finished", 0.9)),
        make_arm("slow", "running"),
        make_arm("b", "planned"),
    )
    assert make_view(quick, slow, slower).seconds_left is None
    assert make_view(quick, make_arm("slow", ("running", 0.1)), slower).seconds_left is not None
    assert make_view(quick, slow).seconds_left is not None  # half of the arms are known


ALIVE, ASKED = make_sitting(), make_sitting(stop_asked=1.0)
OVER, GONE = make_sitting(lives=False, ended=1.0), make_sitting(lives=False)


@pytest.mark.parametrize(
    ("states", "sittings", "pace"),
    [
        (["planned"], [ALIVE], "running"),
        (["running"], [ALIVE, ASKED], "running"),
        (["running"], [ASKED], "stopping"),
        (["finished", "diverged"], [OVER], "complete"),
        (["finished", "failed"], [OVER], "resting"),
        (["finished", "stopped"], [GONE], "gone"),
        (["running"], [], "running"),
        (["planned"], [], "resting"),
    ],
)
def test_its_pace_says_whether_anything_goes_on(states, sittings, pace):
    assert make_view(make_arm("a", *states), sittings=tuple(sittings)).pace == pace


def test_a_run_that_two_arms_share_counts_once():
    shared = make_run("running", 0.5)
    view = make_view(*(type(make_arm("a"))(name, (shared,)) for name in "ab"))
    assert len(view.runs) == len(view.running) == 1
