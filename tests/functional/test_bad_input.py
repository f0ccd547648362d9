"""What a user gets wrong: one clear line, exit code 2, nothing written."""

import io
import json
import sqlite3

import numpy as np
import pytest
import torch
from PIL import Image

from .commands import SMALL, files_in, paribus, write_study

BAD = {
    "a misspelt key": (
        SMALL.replace("epochs = 2", "epoch = 2"),
        ["study.toml: run.epoch: unknown key", "Did you mean 'epochs'?"],
    ),
    "an unknown net": (
        SMALL.replace('name = "mlp", hidden = [32]', 'name = "lenet"'),
        ["study.toml: run.net.name: unknown net 'lenet'", "Did you mean 'lenet5'?"],
    ),
    "a wrong type": (
        SMALL.replace("epochs = 2", 'epochs = "two"'),
        ["study.toml: run.epochs: given 'two'; expected a whole number"],
    ),
    "a factor that names no setting": (
        SMALL.replace('"optimizer.lr" =', '"optimizer.rate" =').replace(
            "optimizer.lr=0.01", "optimizer.rate=0.01"
        ),
        ["factors", "optimizer.rate: unknown key", "known: "],
    ),
    "a control that is no arm": (
        SMALL.replace("optimizer.lr=0.01", "optimizer.lr=0.02"),
        ["study.control: no arm is called 'optimizer.lr=0.02'", "known: "],
    ),
    "a net too deep for its images": (
        SMALL.replace('name = "mlp", hidden = [32]', 'name = "plain", widths = [4, 4, 4, 4]'),
        ["study.toml: arm 'optimizer.lr=0.01'", "Name fewer widths"],
    ),
    "a limit that a net exceeds": (
        SMALL + "[limits]\nparameters = 100\n",
        ["the net has 2,410 parameters; limits.parameters allows 100. Its biggest layers by parameters: "],
    ),
    "no TOML": ("[study", ["study.toml: no valid TOML"]),
    "an unknown class": (
        SMALL.replace('data = "digits"', 'data = { name = "digits", classes = ["1", "seven"] }'),
        ["data.classes: unknown class 'seven'"],
    ),
}


@pytest.mark.parametrize("verb", ["check", "run"])
@pytest.mark.parametrize("fault", BAD)
def test_a_fault_in_a_study_is_one_line(fault, verb, tmp_path):
    text, parts = BAD[fault]
    write_study(tmp_path, text)
    refuses(tmp_path, verb, parts=parts)


def refuses(folder, *words, parts):
    before = files_in(folder)
    done = paribus(folder, *words, code=2)
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("paribus: ")
    for part in parts:
        assert part in lines[0]
    assert files_in(folder) == before


FOLDER = SMALL.replace('data = "digits"', 'data = { name = "folder", path = "photos" }')


def write_photos(folder, counts, size=(12, 12)):
    rng = np.random.default_rng(0)
    for name, count in counts.items():
        (folder / "photos" / name).mkdir(parents=True)
        for number in range(count):
            pixels = rng.integers(0, 256, (*size, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / "photos" / name / f"{number}.png")


def test_an_empty_folder_is_refused(tmp_path):
    write_study(tmp_path, FOLDER)
    (tmp_path / "photos").mkdir()
    refuses(tmp_path, "run", parts=["photos", "holds images of 0 classes"])


def test_a_missing_folder_is_refused(tmp_path):
    write_study(tmp_path, FOLDER)
    refuses(tmp_path, "run", parts=["photos: no such folder"])


def test_a_class_with_one_image_is_refused_by_its_name(tmp_path):
    write_study(tmp_path, FOLDER)
    write_photos(tmp_path, {"cat": 20, "dog": 1})
    refuses(
        tmp_path,
        "run",
        parts=["class 'dog' has 1 training image; expected at least 2", "or leave it out with data.classes"],
    )


def test_an_unreadable_image_is_named_and_can_be_skipped(tmp_path):
    write_study(tmp_path, FOLDER)
    write_photos(tmp_path, {"cat": 20, "dog": 20})
    bad = tmp_path / "photos" / "cat" / "7.png"
    bad.write_bytes(bad.read_bytes()[:60])
    refuses(tmp_path, "run", parts=["7.png", 'data.on_bad = "skip"'])
    told = paribus(tmp_path, "check", "--set", "data.on_bad=skip").stdout
    assert "4 to train" in told


def test_a_place_that_cannot_be_written_is_refused(tmp_path):
    write_study(tmp_path)
    (tmp_path / "taken").write_text("a file where the ledger's folder should be")
    refuses(tmp_path, "run", "--store", "taken", parts=["taken", "--store"])


def test_a_ledger_of_a_newer_version_is_left_alone(tmp_path):
    write_study(tmp_path)
    (tmp_path / ".paribus").mkdir()
    ledger = tmp_path / ".paribus" / "ledger.sqlite"
    with sqlite3.connect(ledger) as connection:
        connection.execute("create table ledger_version (version integer not null)")
        connection.execute("insert into ledger_version values (999)")
    connection.close()
    before = ledger.read_bytes()
    refused = paribus(tmp_path, "run", code=2).stderr
    assert "this ledger has version 999" in refused
    assert len(refused.strip().splitlines()) == 1
    assert ledger.read_bytes() == before


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["run", "nowhere.toml"], "nowhere.toml: no such file"),
        (["run", "."], "is a folder"),
        (["status"], "has not been run"),
        (["report"], "has not been run"),
        (["test", "--yes"], "has not been run"),
        (["runs"], "no ledger here yet"),
        (["run", "--profile", "smoke"], "unknown profile 'smoke'"),
        (["run", "--set", "epochs"], "expected place=value"),
        (["run", "--set", "epochz=3"], "Did you mean 'epochs'?"),
        (["run", "--seeds", "many"], "expected a number such as 8"),
        (["run", "--executor", "lokal"], "Did you mean 'local'?"),
        (["report", "-o", "report.pdf"], ""),
        (["new", "x.toml", "--data", "digit"], "Did you mean 'digits'?"),
    ],
    ids=" ".join,
)
def test_a_wrong_command_is_one_line(words, part, tmp_path):
    write_study(tmp_path)
    refuses(tmp_path, *words, parts=[part])


def test_cuda_where_there_is_none_is_refused(tmp_path):
    if torch.cuda.is_available():
        pytest.skip("this machine has CUDA")
    write_study(tmp_path)
    assert "sees no CUDA device" in paribus(tmp_path, "run", "--device", "cuda", code=2).stderr


def test_the_json_of_a_refusal_is_still_one_line_on_standard_error(tmp_path):
    write_study(tmp_path, BAD["a wrong type"][0])
    done = paribus(tmp_path, "check", "--json", code=2)
    assert done.stdout == ""
    with pytest.raises(json.JSONDecodeError):
        json.load(io.StringIO(done.stderr))
