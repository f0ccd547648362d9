import hashlib

from PIL import Image

from paribus import Execution, Study
from paribus.store import open_ledger, read_runs

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
