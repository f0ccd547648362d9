import pytest
from rich.cells import cell_len

from paribus.cli.fitting import cut_end, cut_middle, plain, sparkline


@pytest.mark.parametrize("width", range(1, 30))
@pytest.mark.parametrize("text", ["optimizer.lr=0.01,batch_size=64", "学習率と正則化の比較", "a", ""])
def test_nothing_is_wider_than_it_may_be(text, width):
    assert cell_len(cut_middle(text, width)) <= width
    assert cell_len(cut_end(text, width)) <= width


def test_a_name_keeps_both_ends():
    assert cut_middle("optimizer.lr=0.01,batch_size=64", 15) == "optimiz…size=64"
    assert cut_middle("short", 15) == "short"


def test_what_would_move_the_cursor_or_turn_the_line_is_shown_as_unknown():
    assert plain("a\x1b[31mb\u202ec\nd\te") == "a\N{REPLACEMENT CHARACTER}[31mb\N{REPLACEMENT CHARACTER}c d e"
    assert plain("שלום 😀 日本") == "שלום 😀 日本"


def test_a_sparkline_goes_from_low_to_high():
    assert sparkline([0.0, 0.5, 1.0], 10, 0.0, 1.0) == "▁▅█"
    assert sparkline([0.3, 0.3], 10, 0.3, 0.3) == "▅▅"
    assert sparkline([], 10, 0.0, 1.0) == ""


def test_a_long_one_is_thinned_and_ends_with_the_last_value():
    line = sparkline([0.0] * 99 + [1.0], 8, 0.0, 1.0)
    assert line == "▁" * 7 + "█"
