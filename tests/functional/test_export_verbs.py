"""From a folder of pictures to a model that answers: export, predict and serve, as a user types them."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import httpx
import numpy as np
import pytest
from PIL import Image

import paribus
from paribus.serving import Classifier
from paribus.store import read_arrays

STUDY = """
[study]
title = "Which rate tells red from blue?"
control = "optimizer.lr=0.01"
seeds = 3

[run]
data = { name = "folder", path = "pictures", validation = 0.25 }
net = "linear"
epochs = 2
batch_size = 8

[factors]
"optimizer.lr" = [0.01, 1e-9]
"""
BEST = "optimizer.lr=0.01"
OTHER = "optimizer.lr=1e-09"


def ask(*words, folder):
    command = [sys.executable, "-m", "paribus", *map(str, words)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A study that was run, and exported as it stands."""
    folder = tmp_path_factory.mktemp("place")
    draw = np.random.default_rng(5)
    for channel, name in [(0, "red"), (2, "blue")]:
        (folder / "pictures" / name).mkdir(parents=True)
        for number in range(60):
            pixels = draw.integers(0, 200, (10, 12, 3), np.uint8)
            pixels[..., channel] += 12
            Image.fromarray(pixels).save(folder / "pictures" / name / f"{number:02}.png")
    (folder / "study.toml").write_text(STUDY)
    told = ask("run", "--executor", "inline", folder=folder)
    assert told.returncode == 0, told.stderr
    return folder


@pytest.fixture(scope="module")
def exported(place):
    return ask("export", folder=place)


@pytest.fixture(scope="module")
def model(place, exported):
    assert exported.returncode == 0, exported.stderr
    return place / "study.onnx"


def runs(place):
    return json.loads(ask("runs", "study.toml", "--json", folder=place).stdout)


def test_export_says_what_it_chose_and_what_it_checked(exported, place):
    assert exported.stderr == ""
    chosen, written = exported.stdout.splitlines()
    scores = {(run["arm"], run["seed"]): run["last_score"] for run in runs(place)}
    mean = {arm: sum(scores[arm, seed] for seed in range(3)) / 3 for arm in (BEST, OTHER)}
    assert mean[BEST] > mean[OTHER]
    assert len({scores[BEST, seed] for seed in range(3)}) > 1
    seed = max(range(3), key=lambda seed: scores[BEST, seed])
    assert chosen == (
        f"Arm {BEST}: mean accuracy {100 * mean[BEST]:.1f} % on validation, 3 of 3 seeds. "
        f"Seed {seed}: {100 * scores[BEST, seed]:.1f} %."
    )
    assert re.fullmatch(
        rf"Model: {place}/study\.onnx \([\d,]+ bytes; "
        r"onnxruntime gives what torch gives, to \de-\d\d, on 8 random images\)",
        written,
    )


def test_export_takes_the_arm_and_seed_that_are_named(place, tmp_path):
    told = ask("export", "--arm", OTHER, "--seed", 1, "-o", tmp_path / "other.onnx", folder=place)
    assert told.returncode == 0, told.stderr
    [named] = [run for run in runs(place) if (run["arm"], run["seed"]) == (OTHER, 1)]
    facts = Classifier(tmp_path / "other.onnx").metadata
    assert facts["fingerprint"] == named["fingerprint"]
    assert facts["validation"]["accuracy"] == pytest.approx(named["last_score"])


def test_opening_the_test_set_does_not_change_what_is_chosen(place, exported, tmp_path):
    assert ask("test", "--yes", "--executor", "inline", folder=place).returncode == 0
    again = ask("export", "-o", tmp_path / "again.onnx", folder=place)
    assert again.stdout.splitlines()[0] == exported.stdout.splitlines()[0]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ["--arm", "optimizer.lr=0.02"],
            "--arm: no arm is called 'optimizer.lr=0.02'; known: optimizer.lr=0.01,",
        ),
        (["--seed", "7"], "study: no finished run with seed 7; 'paribus status' shows what there is"),
        (["-o", "study.toml"], "study.toml: an exported model's name ends in .onnx"),
        (["nowhere.toml"], "nowhere.toml: "),
    ],
)
def test_what_cannot_be_exported_is_one_line_and_exit_code_2(place, words, told):
    answer = ask("export", *words, folder=place)
    assert answer.returncode == 2
    assert answer.stdout == ""
    [line] = answer.stderr.splitlines()
    assert line.startswith(f"paribus: {told}")
    assert (place / "study.toml").read_text() == STUDY


def test_a_study_that_was_never_run_says_so(place, tmp_path):
    answer = ask("export", "--store", tmp_path, folder=place)
    assert answer.returncode == 2
    assert "study.toml: has not been run; 'paribus run" in answer.stderr


def test_predict_says_of_each_validation_picture_what_training_said(place, model):
    chosen = Classifier(model).metadata["fingerprint"]
    seen, _ = read_arrays(place / ".paribus" / "runs" / chosen[:16] / "validation-last.safetensors")
    powers = np.exp(seen["logits"].astype(np.float64))
    expected = powers / powers.sum(1, keepdims=True)
    study = paribus.Study.load(place / "study.toml")
    trained_on = study.data[BEST].split("train").pixels
    files = sorted((place / "pictures").rglob("*.png"))
    pixels = {np.asarray(Image.open(file)).transpose(2, 0, 1).tobytes(): file for file in files}
    asked = [pixels[trained_on[position].tobytes()] for position in seen["positions"]]
    told = ask("predict", model, *asked, "--json", "--top", 2, folder=place)
    assert (told.returncode, told.stderr) == (0, "")
    answers = json.loads(told.stdout)
    assert len(answers) == len(asked) >= 4
    for answer, file, probabilities in zip(answers, asked, expected, strict=True):
        assert answer["image"] == str(file)
        found = {one["name"]: one["probability"] for one in answer["classes"]}
        assert found == pytest.approx(dict(zip(["blue", "red"], probabilities, strict=True)), abs=1e-5)


def test_predict_goes_on_after_a_file_that_is_no_picture(place, model):
    told = ask("predict", model, "study.toml", "gone.png", "pictures/red/00.png", "--top", 1, folder=place)
    assert told.returncode == 1
    assert re.fullmatch(r"pictures/red/00\.png: (red|blue) \d+\.\d %\n", told.stdout)
    assert told.stderr.splitlines() == [
        "paribus: study.toml: is no picture that can be read; known: JPEG, PNG, WEBP, BMP, GIF, TIFF",
        "paribus: gone.png: cannot be read: No such file or directory",
    ]


@pytest.mark.parametrize("verb", [["predict", "study.toml", "study.toml"], ["serve", "study.toml"]])
def test_a_file_that_is_no_model_is_one_line_and_exit_code_2(place, verb):
    answer = ask(*verb, folder=place)
    told = "paribus: study.toml: no ONNX model that can be opened; 'paribus export' writes one\n"
    assert (answer.returncode, answer.stdout, answer.stderr) == (2, "", told)


@contextmanager
def serving(place, *words):
    """A server on a free port, ended by its own process id."""
    command = [sys.executable, "-m", "paribus", "serve", "study.onnx", "--port", "0", *words]
    env = os.environ | {"PYTHONUNBUFFERED": "1"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=place, text=True, env=env, **pipes) as process:
        try:
            line = process.stdout.readline()
            yield process, re.search(r"http://\S+/", line)[0] if line else process.stderr.read()
        finally:
            process.kill()


def test_a_served_model_answers_and_ctrl_c_ends_it_at_once(place, model):
    picture = (place / "pictures" / "blue" / "03.png").read_bytes()
    with serving(place) as (process, address):
        assert address.startswith("http://127.0.0.1:")
        reply = httpx.post(f"{address}classify", content=picture, headers={"content-type": "image/png"})
        assert [one["name"] for one in reply.json()["classes"]] in (["blue", "red"], ["red", "blue"])
        assert "server" not in reply.headers
        assert "What is in the picture?" in httpx.get(address).text
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        assert time.monotonic() - began < 5
        assert process.stderr.read() == ""


def test_a_served_model_refuses_a_flood_and_goes_on(place, model):
    """Chunk after chunk with no end: the answer comes, and the connection is closed, long before."""
    with serving(place) as (_, address):
        port = int(address.rsplit(":", 1)[1].strip("/"))
        chunk = b"10000\r\n" + bytes(65_536) + b"\r\n"
        lines = [
            "POST /classify HTTP/1.1",
            "Host: here",
            "Content-Type: image/png",
            "Transfer-Encoding: chunked",
        ]
        head = "\r\n".join([*lines, "", ""]).encode()
        sent = 0
        with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
            line.sendall(head)
            try:
                for _ in range(1600):  # 100 MB
                    line.sendall(chunk)
                    sent += len(chunk)
            except OSError:
                pass
            try:
                answer = line.recv(65_536)
            except ConnectionError:
                answer = b""  # closed on us while we were still sending
        assert sent < 50_000_000
        assert answer == b"" or answer.startswith(b"HTTP/1.1 413 ")
        assert httpx.get(f"{address}model").status_code == 200


def test_a_port_that_is_taken_is_one_line(place, model):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = ask("serve", "study.onnx", "--port", port, folder=place)
    assert answer.returncode == 2
    assert answer.stderr == (
        f"paribus: 127.0.0.1:{port}: cannot be listened on: Address already in use; "
        "name another --port (0 is any free one) or --host\n"
    )


def test_listening_beyond_this_machine_is_warned_about(place, model):
    with serving(place, "--host", "0.0.0.0") as (process, address):
        assert address.startswith("http://0.0.0.0:")
        process.kill()
        assert process.stderr.read().startswith("warning: listening on 0.0.0.0: whoever reaches this machine")


def test_serving_and_predicting_never_import_torch(place, model):
    code = (
        "import sys; from paribus.serving import Classifier; from paribus.serving.app import build_app; "
        "import paribus.serving.listening, paribus.cli.predict, paribus.cli.serve; "
        "build_app(Classifier('study.onnx')); "
        "print(sorted({'torch', 'scipy', 'paribus.training', 'paribus.store'} & {*sys.modules}))"
    )
    command = [sys.executable, "-c", code]
    told = subprocess.run(command, cwd=place, capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout == "[]\n"
