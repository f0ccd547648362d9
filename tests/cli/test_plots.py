import pytest

from paribus.cli.plots import HEIGHT, WIDTH, Axis, draw_plot

LEFT = 10  # letters before the canvas


def canvas(text):
    """[row][column] of dots, from the top."""
    rows = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
    lines = [line[LEFT:].ljust(WIDTH, "\u2800") for line in text.splitlines()[:HEIGHT]]
    return [
        [bool((ord(letter) - 0x2800) & bit) for letter in line for bit in bits]
        for line in lines
        for bits in rows
    ]


def test_a_rising_line_goes_from_the_lower_left_to_the_upper_right():
    text = draw_plot([[(0.0, 0.0), (1.0, 1.0)]], Axis(0.0, 1.0), Axis(0.0, 1.0))
    dots = canvas(text)
    assert dots[-1][0]
    assert dots[0][-1]
    assert not dots[0][0]
    assert not dots[-1][-1]
    assert all(any(row[column] for row in dots) for column in range(2 * WIDTH))


def test_it_fits_eighty_columns_and_shows_the_ends_of_both_axes():
    lines = draw_plot([[(1e-6, 2.0), (10.0, 0.5)]], Axis(1e-6, 10.0, log=True), Axis(0.5, 2.0)).splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0].split()[0] == "2"
    assert lines[HEIGHT - 1].split()[0] == "0.5"
    assert lines[-1].split() == ["1e-06", "10"]


def test_decades_are_equally_wide_on_a_logarithmic_axis():
    axis = Axis(1e-4, 1.0, log=True)
    assert [axis.share(10.0**k) for k in (-4, -3, -2, 0)] == pytest.approx([0, 0.25, 0.5, 1])


def test_what_lies_outside_is_left_out_and_a_mark_stands_upright():
    dots = canvas(draw_plot([[(0.0, 5.0), (1.0, 5.0)]], Axis(0.0, 1.0), Axis(0.0, 1.0), marks=[0.5, 7.0]))
    columns = {column for row in dots for column, dot in enumerate(row) if dot}
    assert columns == {WIDTH}
    assert sum(row[WIDTH] for row in dots) == 2 * HEIGHT


def test_a_line_that_never_changes_is_drawn_in_the_middle():
    axis = Axis.over([0.1, 0.1])
    dots = canvas(draw_plot([[(0.0, 0.1), (1.0, 0.1)]], Axis(0.0, 1.0), axis))
    assert [any(row) for row in dots].index(True) == pytest.approx(2 * HEIGHT, abs=1)
