"""The page on nets of others: its study runs, its figures are those of the installed libraries."""

import re
import tomllib
from pathlib import Path

import pytest

from paribus.nets.zoo import list_classifiers
from paribus.specs import RecipeSpec
from tests.docs.blocks import find_block
from tests.functional.commands import paribus

PAGE = (Path(__file__).parents[2] / "docs" / "zoo.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_study_of_the_page_passes_its_check_and_trains(tmp_path):
    (tmp_path / "study.toml").write_text(find_block(PAGE, "toml", "[study]"), encoding="utf-8")
    quick = ("--set", "epochs=1", "--seeds", "1")
    assert "3 to train" in " ".join(paribus(tmp_path, "check", "study.toml", *quick).stdout.split())
    printed = paribus(tmp_path, "run", "study.toml", *quick).stdout
    for arm in ("torchvision:resnet18 (control)", "shuffled", "with dropout"):
        assert re.search(rf"^net={re.escape(arm)} .* 1 of 1 ", printed, re.MULTILINE), printed


def test_the_libraries_have_as_many_nets_as_it_says():
    said = {library: int(count.replace(",", "")) for library, count in
            re.findall(r"(torchvision|timm) \(([\d,]+) in ", PAGE)}  # fmt: skip
    assert said == {library: len(list_classifiers(library)) for library in ("torchvision", "timm")}


def test_the_start_that_it_shows_is_valid():
    start = tomllib.loads(find_block(PAGE, "toml", "start ="))["start"]
    recipe = RecipeSpec.model_validate({"data": "digits", "net": "mobilenetv2", "start": start})
    assert recipe.start.parent[0] == "weights"
