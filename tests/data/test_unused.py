import pytest

from paribus.data.pictures.layout import lay_out
from paribus.data.unused import list_unused


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["cat/1.png", "dog/1.png", "readme.txt", "labels.csv"], []),
        (["cat/1.png", "dog/1.HEIC", "dog/2.heic", "x.svg"], ["2 files .heic", "1 file .svg"]),
        (["cat/1.png", "dog/1.png", "1.png"], ["1 loose picture"]),
        (["train/cat/1.png", "test/cat/1.png", "train/1.png", "2.png"], ["2 loose pictures"]),
        (
            ["test/cat/1.png", "train/cat/1.png", "new/cat/1.png", "old/1.png"],
            ["the folders 'new', 'old' beside train and test (2 pictures)"],
        ),
        (
            ["in/train/cat/1.png", "in/test/cat/1.png", "in/a\nb/cat/1.png"],
            [r"the folder 'a\nb' beside train and test (1 picture)"],
        ),
        (
            ["train/a/1.png", *(f"{n}/a/1.png" for n in range(7))],
            ["the folders '0', '1', '2', '3', '4' and 2 more beside train (7 pictures)"],
        ),
        (["1.heic"], ["1 file .heic"]),
        ([], []),
    ],
)
def test_what_is_not_read_is_counted_by_its_kind(names, told):
    assert list_unused(names, lay_out(0, names)) == told
