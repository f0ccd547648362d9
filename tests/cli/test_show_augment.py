import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from paribus.cli.show.augment import command
from paribus.errors import SpecError

STUDY = """
[study]
title = "Which augmentation?"
control = "plain"
seeds = [3, 4]
[run]
data = { name = "digits", per_class = 20 }
net = "linear"
[arms]
plain = {}
flipped = { augment = ["flip"] }
"flipped, slower" = { augment = ["flip"], "optimizer.lr" = 1e-4 }
turned = { augment = ["shift-crop", "rotate"] }
"""


@pytest.fixture
def study(tmp_path):
    path = tmp_path / "study.toml"
    path.write_text(STUDY)
    return path


def show(*asked):
    return CliRunner().invoke(command, list(map(str, asked)), catch_exceptions=False)


def height_of(path):
    with Image.open(path) as image:
        image.load()
        return image.height


def test_one_sheet_beside_the_study_shows_each_way_of_varying_images(study):
    done = show(study)
    target = study.parent / "augment.png"
    assert done.output == f"Augmentation: {target}\n"
    whole = height_of(target)
    parts = {}
    for arm in ("flipped", "turned"):
        show(study, "--arm", arm, "--save", study.parent / "part.png")
        parts[arm] = height_of(study.parent / "part.png")
    assert whole == parts["flipped"] + parts["turned"] - 28  # one margin is shared
    assert parts["turned"] > parts["flipped"]  # each operation alone


def test_the_seed_says_which_run_is_shown(study):
    seen = []
    for seed in ("3", "4"):
        show(study, "--arm", "turned", "--seed", seed, "--save", study.parent / f"{seed}.png")
        seen.append(np.asarray(Image.open(study.parent / f"{seed}.png")))
    show(study, "--arm", "turned")
    first = np.asarray(Image.open(study.parent / "augment.png"))
    assert np.array_equal(first, seen[0])
    assert not np.array_equal(*seen)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (["--arm", "plain"], "study.toml: nothing varies its images; set run.augment, such as augment = "),
        (["--arm", "turnd"], "study.toml: no arm is called 'turnd'; known: .*Did you mean 'turned'?"),
        (["--save", "sheet.jpg"], "--save sheet.jpg: expected a name that ends in .png"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(study, asked, message):
    with pytest.raises(SpecError, match=message) as caught:
        show(study, *asked)
    assert "\n" not in str(caught.value)
