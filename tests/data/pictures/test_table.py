import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paribus.data.pictures.layout import SPLIT_FOLDERS
from paribus.data.pictures.table import read_csv
from paribus.data.progress import tell_nobody
from paribus.errors import DataError
from paribus.specs.datasets import Csv
from tests.data.archives import pack
from tests.data.made import picture, put, read_source

pytestmark = pytest.mark.usefixtures("cache")
ROWS = [f"images/{n}.png,{'cat' if n % 2 else 'dog'}" for n in range(12)]


@pytest.fixture
def folder(tmp_path):
    for n in range(12):
        put(tmp_path / "images" / f"{n}.png", picture(n))
    return tmp_path


def write(folder, *lines, name="labels.csv", encoding="utf-8"):
    (folder / name).write_text("\n".join(lines), encoding=encoding)
    return folder / name


def read(path, **options):
    options = Csv(path=str(path), **options)
    return read_source(read_csv(options, tell_nobody), options)


def refused(path, **options):
    with pytest.raises(DataError) as caught:
        read(path, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{path}: ")


def test_paths_and_labels_make_a_data_set_with_a_carved_test(folder):
    found = read(write(folder, "path,label", *ROWS))
    assert found.classes == ("cat", "dog")
    assert {split: np.bincount(images.labels).tolist() for split, images in found.splits.items()} == {
        "train": [5, 5], "test": [1, 1],
    }  # fmt: skip
    for split, names in found.names.items():
        for name, pixels, label in zip(
            names, found.splits[split].pixels, found.splits[split].labels, strict=True
        ):
            number = int(name.removeprefix("images/").removesuffix(".png"))
            assert np.array_equal(pixels, picture(number).transpose(2, 0, 1))
            assert found.classes[label] == ("cat" if number % 2 else "dog")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_separators_and_marks_of_other_programs_are_understood(folder, separator, encoding):
    lines = ["Image,Class", *ROWS]
    path = write(folder, *(line.replace(",", separator) for line in lines), encoding=encoding)
    assert read(path).classes == ("cat", "dog")


def test_a_column_of_splits_is_used(folder):
    splits = ["train"] * 6 + ["val"] * 2 + ["Test"] * 4
    path = write(folder, "split,path,label", *(f"{s},{row}" for s, row in zip(splits, ROWS, strict=True)))
    assert {s: len(images) for s, images in read(path).splits.items()} == {
        "train": 6,
        "validation": 2,
        "test": 4,
    }


def test_columns_may_be_named(folder):
    path = write(
        folder, "id,what,where", *(",".join([str(n), *row.split(",")[::-1]]) for n, row in enumerate(ROWS))
    )
    assert read(path, image="where", label="what").classes == ("cat", "dog")
    assert refused(path) == (
        "no column is called image or path or file or filename or filepath or image_path; "
        "it has: id, what, where. Name the one that holds the image in data.image"
    )
    assert refused(path, image="were", label="what") == (
        "data.image: no column is called 'were'; known: id, what, where. Did you mean 'where'?"
    )


def test_paths_may_lie_in_another_folder_or_an_archive(folder, tmp_path):
    path = write(folder, "path,label", *(row.removeprefix("images/") for row in ROWS))
    archive = pack(folder / "images", tmp_path / "pictures.zip")
    one, other = read(path, root=str(folder / "images")), read(path, root=str(archive))
    assert np.array_equal(one.splits["train"].pixels, other.splits["train"].pixels)


def test_a_group_stays_on_one_side(folder):
    path = write(folder, "path,label,who", *(f"{row},person {n // 4}" for n, row in enumerate(ROWS)))
    found = read(path, group="who", test=0.3)
    sides = {split: {int(name[7:-4]) // 4 for name in names} for split, names in found.names.items()}
    assert sides["train"].isdisjoint(sides["test"])


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([], "holds no rows; expected a head such as 'path,label' and a row for each image"),
        (["path,label"], "holds no rows; expected a head such as 'path,label' and a row for each image"),
        (["path,label", "images/0.png"], "line 2: has 1 columns; the head has more"),
        (["path,label", "images/0.png,a,b"], "line 2: has 3 columns; the head has 2"),
        (["path,label", "", "images/0.png,"], "line 3: the label is empty"),
        (["path,label", ",cat"], "line 2: the path is empty"),
        (
            ["path,label", "/etc/passwd,cat"],
            "line 2: given '/etc/passwd'; expected a path relative to the table's folder, or to data.root",
        ),
        (
            ["path,label", "../0.png,cat"],
            "line 2: given '../0.png'; expected a path relative to the table's folder, or to data.root",
        ),
        (
            ["path,label,split", "images/0.png,cat,trian"],
            f"line 2: unknown split 'trian'; known: {', '.join(sorted(SPLIT_FOLDERS))}",
        ),
    ],
)
def test_a_fault_names_its_line(folder, lines, told):
    assert refused(write(folder, *lines)) == told


def test_a_missing_picture_is_named(folder):
    assert "images/99.png: cannot be read" in refused(write(folder, "path,label", *ROWS, "images/99.png,cat"))
    found = read(write(folder, "path,label", *ROWS, "images/99.png,cat"), on_bad="skip")
    assert len(found.skipped) == 1


def test_a_table_in_another_encoding_is_told(folder):
    path = folder / "labels.csv"
    path.write_bytes("path,label\nimages/0.png,Käse".encode("latin-1"))
    assert refused(path).startswith("is no text in UTF-8: ")


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_a_table_or_one_line(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("csv") / "labels.csv"
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        read(path)
    assert "\n" not in str(caught.value)


def test_a_column_called_group_needs_not_be_named(folder):
    path = write(folder, "path,label,group", *(f"{row},{n // 4}" for n, row in enumerate(ROWS)))
    found = read(path, test=0.3)
    sides = {split: {int(name[7:-4]) // 4 for name in names} for split, names in found.names.items()}
    assert sides["train"].isdisjoint(sides["test"])


def test_rows_without_a_group_are_groups_of_their_own(folder):
    path = write(folder, "path,label,group", *(f"{row},{'a' if n < 2 else ''}" for n, row in enumerate(ROWS)))
    found = read(path)
    assert all(set(images.labels) == {0, 1} for images in found.splits.values())


def test_a_picture_in_two_splits_is_refused(folder):
    path = write(folder, "path,label,split", *(f"{row},train" for row in ROWS), f"{ROWS[3]},test")
    assert refused(path) == "'images/3.png' is there 2 times; expected each picture once"


def test_a_path_that_is_not_in_the_archive_is_a_file_that_cannot_be_read(folder, tmp_path):
    path = write(folder, "path,label", *(row.removeprefix("images/") for row in ROWS), "nope.png,cat")
    archive = pack(folder / "images", tmp_path / "pictures.zip")
    assert "nope.png: cannot be read: is not there" in refused(path, root=str(archive))
    assert len(read(path, root=str(archive), on_bad="skip").skipped) == 1


def test_too_few_labels_are_told_in_the_words_of_tables(folder):
    path = write(folder, "path,label", *(row.replace("dog", "cat") for row in ROWS))
    assert refused(path) == "holds images of 1 class, 'cat'; expected rows of at least two labels to train on"
