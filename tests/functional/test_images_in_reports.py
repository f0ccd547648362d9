"""What a report says of images, from runs that the commands made."""

import shutil
import sqlite3

import pytest

from paribus import Study
from paribus.store import open_ledger, read_runs
from paribus.store.files import read_arrays
from tests.report.reading import Page

from .commands import paribus, write_study

STUDY = """
[study]
title = "Which net?"
control = "base"
seeds = 2

[run]
data = "digits"
net = { name = "mlp", hidden = [32] }
batch_size = 128
epochs = 2
optimizer = { name = "adam", lr = 0.01 }

[arms.base]
[arms.plain]
net = { name = "plain", widths = [8, 8] }
"""
INLINE = "--executor", "inline", "--device", "cpu"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("images")
    write_study(place, STUDY)
    paribus(place, "run", *INLINE)
    return place


@pytest.fixture
def copy(folder, tmp_path):
    """The study and its ledger, to be damaged."""
    shutil.copy(folder / "study.toml", tmp_path)
    shutil.copytree(folder / ".paribus", tmp_path / ".paribus")
    return tmp_path


def report(folder, *words):
    paribus(folder, "report", *words)
    return (folder / "study.html").read_text(encoding="utf-8")


def test_every_section_is_there_with_what_the_runs_left(folder):
    html = report(folder)
    page = Page(html)
    for title in ("By class", "What is taken for what", "How sure, and how often right", "Image by image",
                  "Mistakes and doubts", "The first layer"):  # fmt: skip
        assert title in page.text, title
    section = Study.load(folder / "study.toml").report_input().images
    assert section.groups[0].classes == tuple("0123456789")
    assert [one.layer for one in section.filters] == ["linear1", "conv1"]
    shown = section.mistakes.pictures
    assert shown.split == "train"  # of which validation images are a part
    assert {one.position for one in section.mistakes.result.doubtful} <= set(shown.pixels)
    assert section.mistakes.looks.maps.keys() <= set(shown.pixels)
    assert len(section.mistakes.looks.maps) >= 12
    assert len(html) < 3_000_000


def test_maps_are_those_that_a_run_which_guesses_so_kept(folder):
    study = Study.load(folder / "study.toml")
    section = study.report_input().images
    arm, wanted = section.mistakes.result.arm, section.mistakes.result.worst[0]
    with study.revisions.reading() as ledger:
        kept = [
            read_arrays(ledger.run_folder(name) / "validation-saliency-last.safetensors")[0]
            for name in study.revisions.speaking(ledger).cells[arm].values()
        ]
    found = [
        arrays["maps"][arrays["positions"].tolist().index(wanted.position)].tolist()
        for arrays in kept
        if wanted.position in arrays["positions"]
    ]
    assert section.mistakes.looks.maps[wanted.position].tolist() in found


def test_runs_of_an_earlier_version_are_reported_without_and_it_is_said_what_brings_it_back(copy):
    for run in (copy / ".paribus" / "runs").iterdir():
        for file in (*run.glob("*saliency*"), *run.glob("filters*")):
            file.unlink()
    with sqlite3.connect(copy / ".paribus" / "ledger.sqlite") as ledger:
        ledger.execute("delete from artifacts where name like '%saliency%' or name like 'filters%'")
    ledger.close()
    text = Page(report(copy)).text
    assert "These runs did not keep where they looked: an earlier version judged these images." in text
    assert "These runs kept no filters: an earlier version trained them, or the files are gone." in text
    assert "'paribus run' trains it anew, with the same bits" in text


def test_what_is_damaged_is_left_out(copy):
    for file in (copy / ".paribus").glob("runs/*/*saliency*.safetensors"):
        file.write_bytes(b"no file of ours")
    assert "These runs did not keep where they looked" in Page(report(copy)).text


def test_a_run_whose_folder_is_gone_is_made_again_with_the_same_bits(copy):
    store = copy / ".paribus"
    with open_ledger(store) as ledger:
        before = {name: run.artifacts for name, run in read_runs(ledger).items()}
    shutil.rmtree(store / "runs")
    paribus(copy, "run", *INLINE)
    with open_ledger(store) as ledger:
        assert {name: run.artifacts for name, run in read_runs(ledger).items()} == before


def test_without_images_there_are_words_alone(folder):
    html = report(folder, "--without-images")
    assert "data:image/webp" not in html
    assert html.count("Pictures were left out of this report.") == 2
    assert "The surest mistakes" in html


def test_test_images_are_shown_once_the_test_set_is_open(copy):
    paribus(copy, "test", "--yes", *INLINE)
    section = Study.load(copy / "study.toml").report_input().images
    assert (section.split, section.mistakes.pictures.split) == ("test", "test")
    assert len(section.mistakes.looks.maps) >= 12
    assert all(image.runs == 2 for image in section.mistakes.result.worst)
