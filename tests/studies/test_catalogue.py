"""Shipped studies by their names: short, whole, misspelt, or hidden behind a file."""

import pytest

from paribus.errors import SpecError
from paribus.studies import find_shipped, list_shipped
from paribus.studies.catalogue import is_study


def test_the_short_name_and_the_whole_one_are_the_same_study():
    assert find_shipped("r0/learning-rate") == find_shipped("r0-svhn/learning-rate")
    assert find_shipped("r0/learning-rate").path.is_file()


def test_names_are_distinct():
    names = [one.name for one in list_shipped()]
    assert len(names) == len(set(names)) > 14


def test_a_file_of_that_path_wins(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "r0").mkdir()
    (tmp_path / "r0" / "baseline").write_text("")
    assert find_shipped("r0/baseline") is None
    assert not is_study("r0/baseline")


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("r0/learning-rat", "r0/learning-rate"),
        ("R0/batch_size", "r0/batch-size"),
        ("r0/baseline.toml", "r0/baseline"),
        ("r1-cifar100/width", "r1/widths"),
        ("resnet18", "r1/resnet18"),
    ],
)
def test_a_misspelt_name_is_answered_with_the_nearest(given, meant, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SpecError) as told:
        find_shipped(given)
    assert str(told.value) == (
        f"{given}: no such file, and no study of that name came with paribus. Did you mean '{meant}'? "
        "'paribus study list' names those that did, 'paribus new' writes one to start from"
    )


def test_a_missing_file_that_is_like_no_name_is_a_matter_for_who_reads_files(tmp_path):
    assert find_shipped(tmp_path / "study.toml") is None
    with pytest.raises(
        SpecError, match=r"study: no such file, and no study of that name came with paribus\. '"
    ):
        find_shipped("study")


@pytest.mark.parametrize(
    ("word", "names_one"),
    [("a.toml", True), ("r0/x", True), ("r1-cifar100/x", True), ("plain", False), ("timm:a/b", False)],
)
def test_a_word_that_may_name_many_things_is_known_for_a_study(word, names_one):
    assert is_study(word) == names_one
