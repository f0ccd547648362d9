from paribus.watching.curves import MOST_LINES, MOST_PANELS, draw_overviews, draw_panels

from .made import make_arm, make_view


def names_of(chart, data="means"):
    return [line["name"] for line in chart["datasets"][data]]


def test_the_lines_are_the_scores_and_the_axis_is_as_long_as_training_will_be():
    view = make_view(
        make_arm("a", ("running", 0.25, 0.5), is_control=True), make_arm("b", ("finished", 0.5, 0.75))
    )
    chart = draw_overviews(view)["accuracy"]
    assert [line["y"] for line in chart["datasets"]["means"]] == [[25.0, 50.0], [50.0, 75.0]]
    scale = chart["layer"][0]["encoding"]["x"]["scale"]
    assert scale["domain"] == [0.0, 4.0]
    low, high = chart["layer"][0]["encoding"]["y"]["scale"]["domain"]
    assert low < 25.0
    assert high > 75.0
    assert draw_overviews(view)["loss"]["datasets"]["means"][0]["y"] == [0.75, 0.5]


def test_the_first_epoch_is_a_dot():
    chart = draw_overviews(make_view(make_arm("a", ("running", 0.25), is_control=True)))["accuracy"]
    [means] = [layer for layer in chart["layer"] if layer["data"]["name"] == "means"]
    assert means["mark"]["point"]["filled"]


def test_before_the_first_epoch_there_is_none():
    view = make_view(make_arm("a", "running"))
    assert draw_overviews(view) == draw_panels(view) == {}


def test_of_many_arms_those_are_drawn_that_run_and_the_best_and_the_control():
    arms = [make_arm(f"arm {k}", ("finished", k / 200)) for k in range(100)]
    arms[3] = make_arm("control", ("finished", 0.001), is_control=True)
    arms[7] = make_arm("at it", ("running", 0.001))
    view = make_view(*arms)
    lines, panels = names_of(draw_overviews(view)["accuracy"]), list(draw_panels(view))
    assert (len(lines), len(panels)) == (MOST_LINES, MOST_PANELS)
    assert panels[:2] == ["control", "at it"]
    assert panels[-1] == lines[-1] == "arm 99"


def test_stages_have_no_lines():
    view = make_view(
        make_arm("pre", ("running", 0.5), is_stage=True), make_arm("a", ("running", 0.4), is_control=True)
    )
    assert names_of(draw_overviews(view)["accuracy"]) == ["a"]
