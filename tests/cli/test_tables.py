import io
import sys
from contextlib import redirect_stdout

import numpy as np
import pytest
from rich.console import Console

from paribus import Study
from paribus.cli.tables import console, duration, percent, plain_table, tell_data


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


def told_of(tmp_path, place, values):
    """What a console says of the data of a study with one factor."""
    images, labels = np.random.default_rng(0).integers(0, 256, (40, 8, 8), np.uint8), np.arange(40) % 2
    np.savez(tmp_path / "set.npz", train_images=images, train_labels=labels)
    run = {"data": {"name": "npz", "path": "set.npz"}, "net": "linear"}
    factors = {place: values}
    asked = Study("Which?", control=f"{place}={values[0]}", run=run, factors=factors, folder=tmp_path)
    out = io.StringIO()
    tell_data(Console(file=out, width=200), asked)
    return out.getvalue().splitlines()


def test_data_of_several_sizes_have_a_line_each_with_its_arms(tmp_path):
    images, validate = "32 train, 8 test images", "4 images validate: one of them is 25.0 points."
    assert told_of(tmp_path, "data.resize", [16, 8, False]) == [
        f"Data of data.resize=16: {images}; 2 classes, 1 x 16 x 16. {validate}",
        f"Data of data.resize=8, data.resize=false: {images}; 2 classes, 1 x 8 x 8. {validate}",
    ]


def test_data_of_one_size_have_one_line_that_names_no_arm(tmp_path):
    (line,) = told_of(tmp_path, "optimizer.lr", [0.1, 0.01])
    assert line.startswith("Data: 32 train")
