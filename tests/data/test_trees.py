import io
import random
import tarfile
import zipfile

import numpy as np
import pytest

from paribus.data import trees
from paribus.data.trees import FolderTree, open_tree
from paribus.errors import DataError

from .archives import KINDS, pack, pack_files
from .made import make_classes, make_old, picture, put, read

pytestmark = pytest.mark.usefixtures("cache")


def contents(tree):
    found = dict(tree.contents(tree.names()))
    return {name: c if isinstance(c, bytes | DataError) else c.read_bytes() for name, c in found.items()}


def looked_into(archive):
    """Its contents, or the one line that tells why there are none."""
    try:
        return contents(open_tree(archive))
    except DataError as error:
        told = str(error)
    assert "\n" not in told
    assert str(archive) in told
    return told


def shuffled(paths):
    every = sorted(paths)
    random.Random(1).shuffle(every)
    return every


@pytest.mark.parametrize("kind", KINDS)
def test_an_archive_holds_what_its_folder_holds(tmp_path, kind):
    make_classes(tmp_path / "photos", images=4)
    folder = FolderTree(tmp_path / "photos")
    tree = open_tree(pack(tmp_path / "photos", tmp_path / f"photos{kind}", order=shuffled))
    assert sorted(tree.names()) == sorted(folder.names()) != []
    assert tree.sums(tree.names()) == folder.sums(folder.names())
    assert contents(tree) == contents(folder)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("under", ["", "photos of 2024/"])
def test_an_archive_is_the_same_data_as_its_folder_whatever_the_order_within(tmp_path, kind, under):
    root = make_classes(tmp_path / "photos", images=6, names=("a", "a b", "b"))
    archive = pack(root, tmp_path / f"photos{kind}", under=under, order=shuffled)
    one, other = read(root), read(archive)
    assert one.names == other.names
    for split in ("train", "test"):
        assert np.array_equal(one.splits[split].pixels, other.splits[split].pixels)
        assert np.array_equal(one.splits[split].labels, other.splits[split].labels)


@pytest.mark.parametrize("kind", KINDS)
def test_what_an_archive_is_called_does_not_matter(tmp_path, kind):
    root = make_classes(tmp_path / "photos")
    archive = pack(root, tmp_path / f"photos{kind}").rename(tmp_path / "download")
    assert len(contents(open_tree(archive))) == 6


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["../cat/1.png", "cat/../../1.png", "/etc/1.png", "..\\cat\\1.png"])
def test_a_member_that_points_outside_is_refused(tmp_path, kind, name):
    archive = pack_files(tmp_path / f"x{kind}", {"cat/0.png": b"x", name: b"x"})
    with pytest.raises(DataError, match=r"which points outside the archive$"):
        open_tree(archive).names()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [archive.name, "cache"][: 1 + (tmp_path / "cache").exists()]
    )


def test_links_and_devices_in_an_archive_are_files_that_cannot_be_read(tmp_path):
    with tarfile.open(tmp_path / "x.tar", "w") as archive:
        for name, kind in [
            ("a/link.png", tarfile.SYMTYPE),
            ("a/hard.png", tarfile.LNKTYPE),
            ("a/fifo.png", tarfile.FIFOTYPE),
        ]:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
    found = contents(open_tree(tmp_path / "x.tar"))
    assert {str(error) for error in found.values()} == {"is a link or a device inside its archive"}
    assert len(found) == 3


@pytest.mark.parametrize("kind", [".tar.gz", ".zip"])
def test_an_archive_that_grows_beyond_measure_is_refused_early(tmp_path, kind, monkeypatch):
    monkeypatch.setattr(trees, "_FREE_BYTES", 1_000_000)
    archive = pack_files(tmp_path / f"bomb{kind}", {f"a/{n}.png": bytes(1_000_000) for n in range(30)})
    assert archive.stat().st_size < 100_000
    with pytest.raises(DataError) as caught:
        open_tree(archive).names()
    assert str(caught.value) == f"{archive}: unpacks to more than 50 times its size; not read further"


@pytest.mark.parametrize("kind", [".tar.gz", ".zip"])
def test_a_file_too_large_to_be_a_picture_is_passed_over(tmp_path, kind, monkeypatch):
    monkeypatch.setattr(trees, "MOST_FILE_BYTES", 1000)
    archive = pack_files(tmp_path / f"x{kind}", {"a/0.png": bytes(1001), "a/1.png": b"small"})
    found = contents(open_tree(archive))
    assert str(found["a/0.png"]) == "has more than 1,000 bytes, which are allowed"
    assert found["a/1.png"] == b"small"


def test_a_zip_that_lies_about_a_size_does_not_get_more(tmp_path):
    archive = pack_files(tmp_path / "x.zip", {"a/0.png": bytes(100_000)})
    content = archive.read_bytes().replace((100_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    archive.write_bytes(content)
    found = contents(open_tree(archive))["a/0.png"]
    assert isinstance(found, DataError) or len(found) <= 11


def test_an_encrypted_member_is_told(tmp_path):
    archive = pack_files(tmp_path / "x.zip", {"a/0.png": b"x" * 100})
    content = bytearray(archive.read_bytes())
    for start in (content.find(b"PK\3\4") + 6, content.find(b"PK\1\2") + 8):
        content[start] |= 1
    archive.write_bytes(bytes(content))
    assert "cannot be read from its archive" in str(contents(open_tree(archive))["a/0.png"])


def test_a_name_twice_is_refused(tmp_path):
    with tarfile.open(tmp_path / "x.tar", "w") as archive:
        for _ in range(2):
            archive.addfile(tarfile.TarInfo("a/0.png"), io.BytesIO())
    with pytest.raises(DataError, match=r"holds 'a/0.png' twice$"):
        open_tree(tmp_path / "x.tar").names()


@pytest.mark.parametrize("kind", KINDS)
def test_what_systems_leave_beside_pictures_is_not_seen(tmp_path, kind):
    junk = dict.fromkeys(["__MACOSX/cat/._0.png", "cat/.DS_Store", ".git/cat/1.png"], b"x")
    archive = pack_files(tmp_path / f"x{kind}", junk | {"cat/0.png": b"x"})
    assert open_tree(archive).names() == ["cat/0.png"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_truncated_archive_is_one_line_or_all_there_is(tmp_path, kind):
    archive = pack(make_classes(tmp_path / "photos", images=5), tmp_path / f"x{kind}")
    whole, everything = archive.read_bytes(), contents(open_tree(archive))
    refused = 0
    for share in np.linspace(0, 0.99, 40):
        archive.write_bytes(whole[: int(share * len(whole))])
        found = looked_into(archive)
        refused += isinstance(found, str)
        assert isinstance(found, str) or found.items() <= everything.items()
    assert refused > (8 if kind == ".tar" else 25)  # a tar ends in thousands of zeros


@pytest.mark.parametrize("kind", KINDS)
def test_flipped_bytes_never_do_more_than_spoil_members_or_raise_one_line(tmp_path, kind):
    archive = pack(make_classes(tmp_path / "photos", images=3), tmp_path / f"x{kind}")
    whole, draw = archive.read_bytes(), random.Random(0)
    for _ in range(150):
        content = bytearray(whole)
        for _ in range(draw.choice([1, 1, 3, 20])):
            content[draw.randrange(len(content))] = draw.randrange(256)
        archive.write_bytes(bytes(content))
        looked_into(archive)


def test_a_folder_is_seen_through_links_and_without_what_is_hidden(tmp_path):
    make_classes(tmp_path / "elsewhere")
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "all").symlink_to(tmp_path / "elsewhere")
    put(tmp_path / "photos" / ".thumbnails" / "0.png", picture(0))
    assert min(FolderTree(tmp_path / "photos").names()) == "all/cat/0.png"
    assert len(FolderTree(tmp_path / "photos").names()) == 6


def test_the_second_look_into_an_archive_does_not_read_it(tmp_path, monkeypatch):
    archive = pack(make_classes(tmp_path / "photos"), tmp_path / "x.zip")
    make_old(tmp_path)
    first = open_tree(archive).names()
    monkeypatch.setattr(zipfile, "ZipFile", None)
    assert open_tree(archive).names() == first


def test_a_link_back_up_is_not_followed_round_and_round(tmp_path):
    make_classes(tmp_path / "photos")
    (tmp_path / "photos" / "cat" / "up").symlink_to("..")
    (tmp_path / "photos" / "dog" / "up").symlink_to("..")
    assert len(FolderTree(tmp_path / "photos").names()) == 6


def test_a_tar_that_ends_in_a_zip_is_a_tar(tmp_path):
    inner = pack_files(tmp_path / "inner.zip", {"x/0.png": b"x"}).read_bytes()
    outer = pack_files(tmp_path / "outer.tar", {"cat/0.png": b"cat", "z.zip": inner})
    assert sorted(open_tree(outer).names()) == ["cat/0.png", "z.zip"]


def test_a_zip_that_does_not_say_that_its_names_are_utf8_is_understood(tmp_path):
    archive = pack_files(tmp_path / "x.zip", {"naïve ☃/0.png": b"x"})
    content = bytearray(archive.read_bytes())
    for start, offset in ((content.find(b"PK\3\4"), 6), (content.find(b"PK\1\2"), 8)):
        flags = int.from_bytes(content[start + offset : start + offset + 2], "little")
        assert flags & 0x800
        content[start + offset : start + offset + 2] = (flags & ~0x800).to_bytes(2, "little")
    archive.write_bytes(bytes(content))
    assert open_tree(archive).names() == ["naïve ☃/0.png"]


def test_a_backslash_is_a_letter_in_a_tar(tmp_path):
    archive = pack_files(tmp_path / "x.tar", {"AC\\DC/0.png": b"x"})
    assert open_tree(archive).names() == ["AC\\DC/0.png"]


@pytest.mark.parametrize("kind", [*KINDS, ""])
def test_the_first_look_says_how_far_it_is(tmp_path, kind):
    root = make_classes(tmp_path / "photos", images=300)
    told = []
    tree = open_tree(pack(root, tmp_path / f"photos{kind}") if kind else root, told.append)
    tree.sums(tree.names())
    assert {progress.what for progress in told} == {f"Looking through photos{kind}"}
    assert len(told) == 3
    done = [progress.done / progress.total for progress in told]
    assert done == sorted(done)
    assert 0 < done[-1] <= 1  # of a packed archive as small as this, all is read at once
