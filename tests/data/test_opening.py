import pytest

from paribus.data import open_data
from paribus.specs.datasets import Digits, Folder, StreetNumbers

from .made import make_classes


def test_paths_are_relative_to_the_folder_of_the_study(tmp_path, cache):
    make_classes(tmp_path / "photos")
    data = open_data(Folder(path="photos"), tmp_path)
    assert data.counts == {"train": 4, "test": 2}
    assert data == open_data(Folder(path=str(tmp_path / "photos")), tmp_path / "elsewhere")
    assert data.folder.parent == cache / "images"


def test_a_tilde_is_the_home(tmp_path, monkeypatch):
    make_classes(tmp_path / "photos")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert open_data(Folder(path="~/photos"), tmp_path / "elsewhere").classes == ("cat", "dog")


@pytest.mark.usefixtures("cache")
def test_resize_is_a_set_of_its_own(tmp_path):
    options = StreetNumbers(train=20, test=20)
    assert open_data(options, tmp_path).shape == (3, 32, 32)
    assert open_data(options.model_copy(update={"resize": 8}), tmp_path).shape == (3, 8, 8)


def test_digits_are_opened_by_name(tmp_path):
    pytest.importorskip("sklearn")
    assert open_data(Digits(), tmp_path).counts == {"train": 1438, "test": 359}
