import hashlib
import json

from PIL import Image

from paribus import Execution, Study
from paribus.nets.layer_table import read_table
from paribus.store import open_ledger, read_runs

UNCOPIED = """
from torch import nn

class Net(nn.Sequential):
    def __init__(self, classes):
        super().__init__(nn.Flatten(), nn.Linear(64, classes))

    def __deepcopy__(self, memo):
        raise RuntimeError("there is only one of me")
"""

RUN = {"data": {"name": "digits", "per_class": 20}, "net": "linear", "epochs": 3, "batch_size": 64}


def kept(folder, **settings):
    """The run's artifacts, and its `seen.png` where it has one."""
    folder.mkdir()
    study = Study("t", run=RUN | settings, seeds=[5], folder=folder)
    study.run(Execution(executor="inline", device="cpu"))
    with open_ledger(study.store) as ledger:
        (record,) = read_runs(ledger).values()
        path = ledger.run_folder(record.fingerprint) / "seen.png"
    return record.artifacts, path


def test_a_run_that_varies_its_images_keeps_a_picture_of_what_it_saw(tmp_path):
    artifacts, path = kept(tmp_path / "one", augment=["shift-crop", "noise", "mixup"])
    content = path.read_bytes()
    assert artifacts["seen.png"] == hashlib.sha256(content).hexdigest()
    assert len(content) <= 150_000
    with Image.open(path) as picture:
        picture.load()
        assert picture.info == {}
        narrow = picture.width
    again, other = kept(tmp_path / "two", augment=["shift-crop", "noise", "mixup"])
    assert other.read_bytes() == content
    assert again["seen.png"] == artifacts["seen.png"]
    _, longer = kept(tmp_path / "three", augment=["shift-crop", "noise", "mixup"], epochs=5)
    with Image.open(longer) as picture:  # a column for each of the first epochs
        assert picture.width == narrow + 2 * (96 + 6)


def test_a_run_that_varies_nothing_keeps_none(tmp_path):
    artifacts, path = kept(tmp_path / "one")
    assert "last.safetensors" in artifacts
    assert "seen.png" not in artifacts
    assert not path.exists()


def test_a_run_keeps_the_layers_of_its_net(tmp_path):
    artifacts, path = kept(tmp_path / "one")
    content = (path.parent / "layers.json").read_bytes()
    assert artifacts["layers.json"] == hashlib.sha256(content).hexdigest()
    table = read_table(json.loads(content))
    assert (table.image, table.parameters, table.flops) == ((1, 8, 8), 650, 2 * 640)
    assert [layer.name for layer in table.layers] == ["flatten", "last"]
    _, other = kept(tmp_path / "two", net={"name": "mlp", "hidden": [3]})
    assert read_table(json.loads((other.parent / "layers.json").read_text())).parameters == 64 * 3 + 3 + 40


def test_a_net_whose_layers_cannot_be_followed_is_trained_all_the_same(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "uncopied_net.py").write_text(UNCOPIED)
    artifacts, _ = kept(tmp_path / "one", net="uncopied_net:Net", epochs=1)
    assert "last.safetensors" in artifacts
    assert "layers.json" not in artifacts
