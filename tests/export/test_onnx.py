import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from paribus import __version__
from paribus.errors import MissingExtra, SpecError, StoreError
from paribus.export import export_run, load
from paribus.store import read_arrays
from tests.export.red_or_blue import train


@pytest.fixture(scope="module")
def exported(weights, tmp_path_factory):
    return export_run(weights, tmp_path_factory.mktemp("exported") / "model.onnx")


def answers(file: Path, images: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    return session.run(["probabilities"], {"images": images})[0]


def test_the_result_says_what_was_written_and_how_near_it_is(exported):
    assert exported.size_bytes == exported.path.stat().st_size
    assert exported.checked_images == 8
    assert exported.largest_difference is not None
    assert exported.largest_difference <= 1e-5


@pytest.mark.parametrize("count", [1, 2, 17])
def test_onnxruntime_gives_what_torch_gives_for_any_number_of_images(exported, weights, count):
    images = np.random.default_rng(count).uniform(0, 255, (count, 3, 10, 12)).astype(np.float32)
    with torch.inference_mode():
        expected = load(weights)(torch.from_numpy(images)).numpy()
    found = answers(exported.path, images)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    np.testing.assert_allclose(found.sum(1), 1, atol=1e-6)
    assert len(np.unique(found.round(6))) > 1  # not the same answer for all


def test_a_model_of_a_run_that_was_judged_with_flips_flips_too(pictures, tmp_path):
    study = train(pictures, tmp_path, test_time_flip=True)
    [weights] = (study.store / "runs").glob("*/last.safetensors")
    exported, model = export_run(weights, tmp_path / "model.onnx"), load(weights)
    seen, _ = read_arrays(weights.with_name("validation-last.safetensors"))
    images = study.data["base"].split("train").pixels[seen["positions"]].astype(np.float32)
    expected = torch.softmax(torch.from_numpy(seen["logits"]), 1).numpy()
    found = answers(exported.path, images)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    np.testing.assert_allclose(found, answers(exported.path, images[..., ::-1].copy()), atol=1e-5)
    with torch.inference_mode():
        alone = torch.softmax(model.net((torch.from_numpy(images) - model.mean) * model.scale), 1).numpy()
    assert np.abs(alone - found).max() > 1e-3


def test_the_file_says_what_it_is(exported, study):
    model = onnx.load(exported.path)
    onnx.checker.check_model(model)
    [only] = model.metadata_props
    assert only.key == "paribus"
    facts = json.loads(only.value)
    assert facts == exported.metadata
    assert facts["classes"] == ["blue", "red"]
    assert facts["input"] == {
        "channels": 3,
        "height": 10,
        "width": 12,
        "values": "0 to 255",
        "fit": "squash",
        "resize": "bilinear, antialiased",
    }
    assert facts["paribus"] == __version__
    assert facts["fingerprint"] == study.plan.runs[0].fingerprint
    assert facts["epoch"] == 2
    [arm] = study.conclude().arms
    assert facts["validation"] == {"accuracy": pytest.approx(arm.mean), "images": 4}
    assert facts["recipe"]["net"]["widths"] == [6, 8]
    [place] = model.graph.input
    assert [side.dim_param or side.dim_value for side in place.type.tensor_type.shape.dim] == [
        "batch",
        3,
        10,
        12,
    ]


def test_the_file_names_no_place_of_the_machine_that_made_it(exported, pictures):
    content = exported.path.read_bytes()
    assert b"paribus" in content
    for place in (pictures, Path(torch.__file__).parent, Path(__file__).parents[2]):
        assert str(place).encode() not in content
    assert b"stack_trace" not in content


def test_the_same_run_gives_the_same_bytes(exported, weights, tmp_path):
    again = export_run(weights, tmp_path / "again.onnx")
    assert again.path.read_bytes() == exported.path.read_bytes()


def test_exporting_says_nothing_of_its_own(weights, tmp_path, capfd, recwarn):
    export_run(weights, tmp_path / "quiet.onnx")
    assert capfd.readouterr() == ("", "")
    assert not recwarn.list


def test_weights_without_predictions_beside_them_are_exported_without_a_score(weights, tmp_path):
    for name in (weights.name, f"{weights.name}.sha256"):
        (tmp_path / name).write_bytes(weights.with_name(name).read_bytes())
    assert export_run(tmp_path / weights.name, tmp_path / "bare.onnx").metadata["validation"] is None


def test_another_ending_is_refused_and_the_file_that_has_it_is_left_alone(weights, tmp_path):
    (tmp_path / "study.toml").write_text("precious")
    with pytest.raises(StoreError, match=r"study\.toml: an exported model's name ends in \.onnx"):
        export_run(weights, tmp_path / "study.toml")
    assert (tmp_path / "study.toml").read_text() == "precious"


def test_a_file_where_a_folder_should_be_is_one_line(weights, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"cannot be written: '.*file' is no folder; name another place"):
        export_run(weights, tmp_path / "file" / "model.onnx")


FLIPPING = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.last = nn.Linear(360, classes)

    def forward(self, images):
        logits = self.last(images.flatten(1))
        {}
"""


def train_users_net(pictures, folder, monkeypatch, name, last_line):
    (folder / f"{name}.py").write_text(FLIPPING.format(last_line))
    monkeypatch.syspath_prepend(folder)
    study = train(pictures, folder, net=f"{name}:Net")
    [weights] = (study.store / "runs").glob("*/last.safetensors")
    return weights


def test_a_net_that_answers_otherwise_once_exported_is_not_written(pictures, tmp_path, monkeypatch):
    line = "return logits * 3 if torch.compiler.is_exporting() else logits"
    weights = train_users_net(pictures, tmp_path, monkeypatch, "users_net_unequal", line)
    (tmp_path / "model.onnx").write_text("the one before")
    with pytest.raises(StoreError, match=r"not written: onnxruntime's probabilities are .* from torch's"):
        export_run(weights, tmp_path / "model.onnx")
    assert (tmp_path / "model.onnx").read_text() == "the one before"
    assert not list(tmp_path.glob(".model.onnx*"))


def test_a_net_that_cannot_be_traced_is_one_line(pictures, tmp_path, monkeypatch):
    line = "return logits if logits.sum().item() > 0 else -logits"
    weights = train_users_net(pictures, tmp_path, monkeypatch, "users_net_untraceable", line)
    with pytest.raises(
        SpecError, match=r"^net 'users_net_untraceable:Net': cannot be written as ONNX: .+$"
    ) as caught:
        export_run(weights, tmp_path / "model.onnx")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("package", ["onnx", "onnxscript"])
def test_a_missing_package_is_named_with_its_extra(weights, tmp_path, monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(
        MissingExtra, match=rf"'{package}', which is not installed\. Do: pip install 'paribus\[export\]'"
    ):
        export_run(weights, tmp_path / "model.onnx")


def test_without_onnxruntime_the_file_is_written_and_said_to_be_unchecked(weights, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    result = export_run(weights, tmp_path / "model.onnx")
    assert result.path.exists()
    assert result.largest_difference is None


def test_the_exporter_complains_of_no_missing_torchvision(weights, tmp_path):
    """In a process of its own: it would say so once, at its first export."""
    code = (
        "import sys; sys.modules['torchvision'] = None; from pathlib import Path; "
        "from paribus.export import export_run; export_run(*map(Path, sys.argv[1:]))"
    )
    command = [sys.executable, "-c", code, weights, tmp_path / "model.onnx"]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    assert (told.stdout, told.stderr) == ("", "")
