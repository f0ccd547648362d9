import pytest
from rich.cells import cell_len

from paribus.cli.picture import draw_arms, draw_study
from tests.watching.made import make_arm, make_sitting, make_view

LONG = "optimizer.lr=0.0001,augment=[shift-crop, rotate, brightness],net.widths=[32, 64, 128]"


def small(**facts):
    return make_view(
        make_arm("good", ("finished", 0.2, 0.9), ("running", 0.3), "planned", is_control=True),
        make_arm(LONG, ("diverged", 0.1), "failed", "stopped"),
        sittings=(make_sitting(),),
        **facts,
    )


def lines_of(text):
    return text.plain.split("\n")


def test_it_shows_arms_seeds_means_courses_epochs_and_the_time_left():
    head, good, other, _, progress, *_ = lines_of(draw_study(small(), 120, 40))
    assert head.split() == ["arm", "seeds", "mean", "course", "epoch"]
    assert good.split() == ["good", "(control)", "●◐·", "90.0", "%", "▁█", "1/4"]
    assert other.split("  ")[-1] == "✕!○"
    assert progress.endswith("3 of 6 runs, about 11 s left, 2 slots")


@pytest.mark.parametrize("width", [20, 40, 60, 79, 80, 120, 200])
@pytest.mark.parametrize("name", [LONG, "学習率" * 30, "a"])
def test_no_line_is_ever_wider_than_the_terminal(width, name):
    many = [make_arm(f"{name}{k}", *[("running", 0.5)] * (3 * k + 1)) for k in range(30)]
    drawn = draw_study(make_view(*many, sittings=(make_sitting(),)), width, 24, ["x" * 500])
    assert max(cell_len(line) for line in lines_of(drawn)) <= width


@pytest.mark.parametrize("height", [16, 24, 50])
def test_hundreds_of_arms_fit_the_height_and_those_left_out_are_counted(height):
    arms = [make_arm(f"arm {k:03}", "finished", "planned") for k in range(300)]
    arms[217] = make_arm("arm 217", ("running", 0.5), "planned")
    lines = lines_of(draw_study(make_view(*arms), 80, height))
    assert len(lines) < height
    assert any(line.startswith("arm 217") for line in lines)
    shown = sum(line.startswith("arm ") for line in lines) - 1  # the head
    assert f"and {300 - shown} more arms: {300 - shown} finished, {300 - shown} planned" in lines


def test_without_a_height_every_arm_is_there():
    arms = [make_arm(f"arm {k:03}", "finished") for k in range(300)]
    assert len(lines_of(draw_arms(make_view(*arms), 80))) == 301


def test_a_narrow_terminal_keeps_arms_seeds_and_means():
    head, good, *_ = lines_of(draw_study(small(), 40, 40))
    assert head.split() == ["arm", "seeds", "mean"]
    assert good.split() == ["good", "(control)", "●◐·", "90.0", "%"]


def test_too_many_seeds_for_marks_are_counted():
    arm = make_arm("a", *[("finished", 0.5)] * 30, *["planned"] * 20)
    assert "30/50" in draw_arms(make_view(arm), 80).plain
    assert "●" * 30 + "·" * 20 in draw_arms(make_view(arm), 200).plain


def test_failures_are_told_with_their_reasons():
    view = make_view(make_arm("a", "planned"), sittings=())
    broken = make_arm("b\x1b[2J", "failed")
    drawn = draw_study(make_view(*view.arms, broken), 80, 40, ["c, seed 1: killed; tried again"])
    assert "c, seed 1: killed; tried again" in drawn.plain
    assert "seed 0: failed: " in drawn.plain
    assert "\x1b" not in drawn.plain
