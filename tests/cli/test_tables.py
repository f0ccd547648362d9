import io
import sys
from contextlib import redirect_stdout

import pytest
from rich.console import Console

from paribus.cli.tables import console, duration, percent, plain_table


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "-"), (0.04, "0.0 s"), (12.4, "12 s"), (59.4, "59 s"), (59.6, "1 min 00 s"),
        (200, "3 min 20 s"),
        (3599.7, "1 h 00 min"), (7500, "2 h 05 min"),
    ],
)  # fmt: skip
def test_a_duration_is_read_at_a_glance(seconds, text):
    assert duration(seconds) == text


def test_a_share_is_a_percentage():
    assert (percent(0.8616), percent(None)) == ("86.2 %", "-")


def test_markup_in_a_cell_means_nothing():
    out = io.StringIO()
    Console(file=out, width=60).print(plain_table(("arm",), [("[bold]not bold[/bold]",)]))
    assert "[bold]not bold[/bold]" in out.getvalue()


def test_a_console_stays_where_it_is_while_others_print_elsewhere(capsys):
    for stderr in (False, True):
        out = console(stderr=stderr)
        with redirect_stdout(sys.stderr):
            out.print("bar")
        assert capsys.readouterr()[stderr] == "bar\n"
