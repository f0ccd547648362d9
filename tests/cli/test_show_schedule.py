import json

import pytest
from click.testing import CliRunner

from paribus.cli.show.schedule import command
from paribus.errors import ParibusError

STUDY = """
[study]
title = "Which schedule?"
control = "constant"
[run]
data = { name = "digits", per_class = 20 }
net = "linear"
batch_size = 50
epochs = 3
[arms]
constant = {}
held = { layout = "channels-last" }
cosine = { schedule = "cosine" }
plateau = { schedule = "plateau" }
"""


@pytest.fixture
def study(tmp_path):
    path = tmp_path / "study.toml"
    path.write_text(STUDY)
    return path


def show(*asked):
    return CliRunner().invoke(command, list(map(str, asked)), catch_exceptions=False)


def test_arms_with_another_schedule_are_drawn_with_first_highest_and_last(study):
    lines = show(study).output.splitlines()
    assert lines[0] == "constant, held, plateau"
    assert lines[1] == "0.001 throughout; 12 steps, 4 an epoch."
    assert lines[2].startswith("It waits for a plateau")
    assert lines[4] == "cosine"
    assert "0.001 at first, highest 0.001 at step 1, 0 at last; 12 steps, 4 an epoch." in lines
    assert max(map(len, lines)) <= 80


def test_json_holds_every_step_of_a_short_run(study):
    found = json.loads(show(study, "--json").output)
    assert [entry["arms"] for entry in found] == [["constant", "held", "plateau"], ["cosine"]]
    assert found[1]["steps"] == list(range(1, 13))
    assert found[1]["rates"][0] == 1e-3
    assert found[1]["rates"][-1] == 0.0


@pytest.mark.parametrize("ending", ["svg", "png", "html"])
def test_the_picture_is_saved_as_its_name_says(study, ending):
    target = study.parent / f"rates.{ending}"
    assert show(study, "--save", target).output.splitlines()[-1] == f"Picture: {target}"
    content = target.read_bytes()
    assert len(content) > 1000
    if ending == "svg":
        assert content.count(b"<path") > 3
        assert b"cosine" in content
        assert b"currentColor" not in content


@pytest.mark.parametrize(
    ("name", "message"),
    [("rates.jpg", "--save rates.jpg: expected a name that ends in .svg, .png, .pdf, .html"),
     ("/dev/null/rates.svg", "/dev/null/rates.svg: cannot be written: '/dev/null' is no folder; name")],
)  # fmt: skip
def test_what_cannot_be_saved_is_said_in_one_line(study, name, message):
    with pytest.raises(ParibusError, match=message) as caught:
        show(study, "--save", name)
    assert "\n" not in str(caught.value)
