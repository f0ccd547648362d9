import pytest

from paribus.data.pictures.layout import lay_out, split_called


def placed(*names):
    return {one.shown: (one.split, one.label) for one in lay_out(0, names)}


def test_a_folder_a_class_is_all_train():
    assert placed("cat/0.jpg", "dog/old/1.PNG", "readme.txt", "cover.png") == {
        "cat/0.jpg": ("train", "cat"),
        "dog/old/1.PNG": ("train", "dog"),
    }


def test_split_folders_are_known_by_their_names():
    assert placed("Train/cat/0.jpg", "val/cat/0.jpg", "TEST/dog/0.jpg", "notes/cat/0.jpg", "train/x.jpg") == {
        "Train/cat/0.jpg": ("train", "cat"),
        "val/cat/0.jpg": ("validation", "cat"),
        "TEST/dog/0.jpg": ("test", "dog"),
    }


@pytest.mark.parametrize("root", ["photos", "2024", "Käse"])
def test_one_folder_around_all_is_looked_through(root):
    inside = ["cat/0.jpg", "dog/0.jpg"]
    assert placed(*(f"{root}/{name}" for name in inside)) == placed(*inside)
    inside = ["train/cat/0.jpg", "test/dog/0.jpg"]
    assert placed(*(f"{root}/{name}" for name in inside)) == placed(*inside)


def test_a_class_called_like_a_split_is_a_class_where_it_holds_the_pictures_itself():
    assert placed("test/0.jpg", "other/0.jpg") == {
        "test/0.jpg": ("train", "test"),
        "other/0.jpg": ("train", "other"),
    }


def test_nothing_is_nothing():
    assert placed() == placed("readme.md") == {}


def test_without_a_folder_train_names_like_valid_may_be_classes():
    assert placed("valid/2020/0.jpg", "invalid/2020/0.jpg") == {
        "valid/2020/0.jpg": ("train", "valid"),
        "invalid/2020/0.jpg": ("train", "invalid"),
    }


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("train.zip", "train"),
        ("cifar10-train.tar.gz", "train"),
        ("the_test", "test"),
        ("imagenette-val.tgz", "validation"),
        ("photos.zip", None),
        ("train-and-test.zip", None),
        ("contest.zip", None),
    ],
)
def test_a_path_may_be_called_after_its_split(name, split):
    assert split_called(name) == split
