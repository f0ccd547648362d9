"""Finding a learning rate and a batch size, as a user does."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest

from .commands import files_in, paribus, write_study


@pytest.fixture
def folder(tmp_path):
    write_study(tmp_path)
    return tmp_path


def test_find_lr_draws_the_losses_and_suggests_a_rate_with_its_reason(folder):
    lines = paribus(folder, "find-lr").stdout.splitlines()
    assert lines[0] == "optimizer.lr=0.01: loss by learning rate, 100 steps, seed 0, smoothed"
    assert max(map(len, lines[:-1])) <= 80
    assert re.fullmatch(
        r"Suggested: optimizer.lr = 0.0\d+, a fifth of \d.\de-02, where the loss is lowest "
        r"\(from 2.\d\d to \d.\d\d\); it falls fastest at \S+ and rises from \S+ on\.",
        lines[-1],
    )
    assert files_in(folder) == ["study.toml"]


def test_find_lr_says_the_same_again_and_in_json(folder):
    one, two = (paribus(folder, "find-lr", "--repeat", "2", "--json").stdout for _ in range(2))
    assert one == two
    found = json.loads(one)
    assert (found["arm"], found["seeds"], found["steps"]) == ("optimizer.lr=0.01", [0, 1], 100)
    assert len(found["sweeps"]) == len(found["alone"]) == 2
    assert found["suggestion"]["verdict"] == "found"
    assert 1e-3 < found["suggestion"]["rate"] < 0.1
    told = paribus(folder, "find-lr", "--repeat", "2").stdout.splitlines()
    assert told[-1].startswith("Each seed alone: 0.0")


@pytest.mark.parametrize(
    ("ending", "starts"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("html", b"<!doctype")]
)
def test_the_picture_is_saved_as_its_name_says(folder, ending, starts):
    told = paribus(folder, "find-lr", "--arm", "optimizer.lr=0.001", "--save", f"rates.{ending}").stdout
    assert told.splitlines()[-1] == f"Picture: rates.{ending}"
    content = (folder / f"rates.{ending}").read_bytes()
    assert content.startswith(starts)
    assert b"http://" not in content.replace(b"http://www.w3.org", b"") or ending != "svg"


def test_where_there_is_no_rate_it_says_so_and_leaves_with_0(folder):
    told = paribus(folder, "find-lr", "--to", "1e-5", "--steps", "50").stdout.splitlines()[-1]
    assert told.startswith("No suggestion: up to 1.0e-05 the loss hardly falls")
    assert told.endswith("go higher, with --to 1e-03, or take more steps, with --steps 200.")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["find-lr", "--from", "1", "--to", "0.1"], "--from 1 --to 0.1: expected two rates above 0"),
        (["find-lr", "--from", "nan"], "--from nan --to 10: expected two rates above 0"),
        (["find-lr", "--arm", "optimizer.lr=0.01x"], "no arm is called 'optimizer.lr=0.01x'; known: "),
        (
            ["find-lr", "--save", "rates.jpg"],
            "--save rates.jpg: expected a name that ends in .svg, .png, .pdf, .html",
        ),
        (["find-batch", "--from", "64", "--to", "32"], "--from 64 --to 32: expected the first size"),
        (["find-batch", "--arm", "no"], "no arm is called 'no'; known: "),
        (["find-lr", "--device", "cuda"], "--device cuda: this torch sees no CUDA device"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_is_said_in_one_line(folder, words, message):
    if "cuda" in words:
        torch = pytest.importorskip("torch")
        if torch.cuda.is_available():
            pytest.skip("this machine has CUDA")
    told = paribus(folder, *words, code=2).stderr
    assert message in told
    assert told.count("\n") == 1
    assert files_in(folder) == ["study.toml"]


def test_find_batch_shows_speed_and_memory_and_suggests_a_size(folder):
    told = paribus(folder, "find-batch", "--to", "256").stdout
    rows = re.findall(r"^ *(\d+)(?: \(now\))? +([\d,]+) +([\d,]+) MiB +(\d+)", told, re.MULTILINE)
    assert [int(row[0]) for row in rows] == [16, 32, 64, 128, 256][: len(rows)]
    assert len(rows) >= 4
    assert "128 (now)" in told
    assert re.search(r"^Suggested: batch_size = (\d+), the ", told, re.MULTILINE)
    assert files_in(folder) == ["study.toml"]


def test_find_batch_in_json_holds_what_was_measured(folder):
    found = json.loads(paribus(folder, "find-batch", "--from", "32", "--to", "64", "--json").stdout)
    assert (found["arm"], found["batch_size"], found["ended"]) == (
        "optimizer.lr=0.01",
        128,
        "64 was the last",
    )
    assert [size["size"] for size in found["sizes"]] == [32, 64]
    assert found["suggested"] in {32, 64}
    assert all(size["images_per_second"] > 0 and size["memory_bytes"] > 0 for size in found["sizes"])


def test_ctrl_c_ends_it_without_a_word_of_python(folder):
    process = subprocess.Popen(
        [sys.executable, "-m", "paribus", "find-lr", "--steps", "100000"],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"}, start_new_session=True,
    )  # fmt: skip
    try:
        time.sleep(8)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == 130
    assert "Traceback" not in out + err
    assert files_in(folder) == ["study.toml"]
