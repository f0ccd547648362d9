import shutil
from importlib import import_module

import numpy as np
import pytest
import torch
from PIL import Image

import paribus
from paribus.errors import ArtifactDamaged, SpecError, StoreError
from paribus.export import load
from paribus.store import read_arrays
from tests.export.red_or_blue import train


def test_one_call_gives_a_model_that_says_what_its_run_said(study, weights):
    model = paribus.load(weights)
    seen, _ = read_arrays(weights.with_name("validation-last.safetensors"))
    images = study.data["base"].split("train").pixels[seen["positions"]]
    expected = torch.softmax(torch.from_numpy(seen["logits"]), 1)
    with torch.inference_mode():
        found = model(torch.from_numpy(images))  # whole numbers, as they are kept
    assert len(images) >= 4
    torch.testing.assert_close(found, expected, atol=1e-6, rtol=0)


def test_a_model_knows_its_classes_its_images_and_its_run(study, weights):
    model = load(str(weights))
    assert model.classes == ("blue", "red")
    assert model.shape == (3, 10, 12)
    assert model.fingerprint == study.plan.runs[0].fingerprint
    assert model.recipe == study.plan.runs[0].recipe
    assert model.epoch == 2
    assert not model.training


def test_a_recipe_without_normalising_gets_plain_shares_of_255(pictures, tmp_path):
    study = train(pictures, tmp_path, normalise=False, net="linear")
    [weights] = (study.store / "runs").glob("*/last.safetensors")
    model = load(weights)
    image = torch.from_numpy(np.array(Image.open(pictures / "red" / "00.png"))).permute(2, 0, 1)[None]
    with torch.inference_mode():
        torch.testing.assert_close(model(image), torch.softmax(model.net(image / 255), 1))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(StoreError, match=r"gone\.safetensors: no such file; expected the last\.safetensors"):
        load(tmp_path / "gone.safetensors")


def test_predictions_are_no_weights(weights):
    with pytest.raises(StoreError, match="not the weights of a run"):
        load(weights.with_name("validation-last.safetensors"))


def test_a_flipped_bit_is_found(weights, tmp_path):
    for name in (weights.name, f"{weights.name}.sha256"):
        shutil.copy(weights.with_name(name), tmp_path)
    content = bytearray((tmp_path / weights.name).read_bytes())
    content[-3] ^= 1
    (tmp_path / weights.name).write_bytes(content)
    with pytest.raises(ArtifactDamaged, match="does not match"):
        load(tmp_path / weights.name)


USERS_NET = """
from torch import nn

class Net(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.last = nn.Linear(360, classes)

    def forward(self, images):
        return self.last(images.flatten(1))
"""


def test_a_net_of_ones_own_comes_back_and_is_refused_once_its_code_has_changed(
    pictures, tmp_path, monkeypatch
):
    (tmp_path / "users_net_changing.py").write_text(USERS_NET)
    monkeypatch.syspath_prepend(tmp_path)
    study = train(pictures, tmp_path, net="users_net_changing:Net")
    [weights] = (study.store / "runs").glob("*/last.safetensors")
    assert load(weights).classes == ("blue", "red")

    module = import_module("users_net_changing")

    class Wider(module.Net):
        def __init__(self, classes):
            super().__init__(classes + 1)

    monkeypatch.setattr(module, "Net", Wider)
    with pytest.raises(StoreError, match="do not fit its net, whose code has changed"):
        load(weights)
    monkeypatch.delattr(module, "Net")
    with pytest.raises(SpecError, match=r"last\.safetensors: its net cannot be made here: cannot import"):
        load(weights)
