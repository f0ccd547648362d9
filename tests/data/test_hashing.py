import hashlib
import json
import os
import sys

import pytest

from paribus.data.hashing import hash_file, hash_files

from .made import PAST, make_old


@pytest.fixture
def root(tmp_path, cache):
    folder = tmp_path / "files"
    for name in ("a/1", "a/2", "b/3"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"content of {name}")
    make_old(folder)
    return folder


def hashed(root):
    return hash_files(root, sorted(path for path in root.rglob("*") if not path.is_dir()))


OPENED = []


def _note_opened(event, arguments):
    if event == "open" and isinstance(arguments[0], str | bytes):
        OPENED.append(os.fsdecode(arguments[0]))


sys.addaudithook(_note_opened)


def opened_below(root, look):
    """What is opened there while `look` looks."""
    OPENED.clear()
    look()
    return {path for path in OPENED if path.startswith(f"{root}/")}


def test_sums_are_those_of_sha256_by_relative_name(root):
    assert hashed(root) == {
        name: hashlib.sha256(f"content of {name}".encode()).hexdigest() for name in ("a/1", "a/2", "b/3")
    }


def test_the_second_look_reads_no_file(root):
    assert len(opened_below(root, lambda: hashed(root))) == 3
    assert not opened_below(root, lambda: hashed(root))


def test_a_file_whose_time_was_restored_is_read_again(root):
    before = hashed(root)
    (root / "a" / "1").write_text("CONTENT of a/1")
    os.utime(root / "a" / "1", (PAST, PAST))
    assert hashed(root) == before | {"a/1": hashlib.sha256(b"CONTENT of a/1").hexdigest()}


@pytest.mark.parametrize("damage", ["", "{", "5", "null", '{"a/1": 5}', '{"a/1": [1, 2]}', '{"a/1": "x"}'])
def test_a_damaged_index_is_made_anew(root, cache, damage):
    before = hashed(root)
    [index] = (cache / "hashes").iterdir()
    index.write_text(damage)
    assert hashed(root) == before


def test_a_pipe_is_not_waited_for(root):
    os.mkfifo(root / "a" / "pipe")
    assert hashed(root)["a/pipe"] == "cannot be read: is no regular file"


def test_another_size_or_time_is_read_again(root):
    before = hashed(root)
    (root / "a" / "1").write_text("longer than it was")
    os.utime(root / "a" / "1", (PAST, PAST))
    (root / "a" / "2").write_text("CONTENT of a/2")
    os.utime(root / "a" / "2", (PAST + 1, PAST + 1))
    assert hashed(root) == before | {
        "a/1": hashlib.sha256(b"longer than it was").hexdigest(),
        "a/2": hashlib.sha256(b"CONTENT of a/2").hexdigest(),
    }


def test_a_file_just_written_is_read_again_since_its_time_may_not_show_a_change(root):
    path = root / "a" / "1"
    path.write_text("written once..")
    facts = path.stat()
    hashed(root)
    path.write_text("written again.")
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert hashed(root)["a/1"] == hashlib.sha256(b"written again.").hexdigest()


def test_a_file_that_cannot_be_read_has_the_reason_in_place_of_its_sum_until_it_can(root):
    (root / "b" / "link").symlink_to("nowhere")
    assert hashed(root)["b/link"] == "cannot be read: No such file or directory"
    (root / "b" / "nowhere").write_text("here it is")
    assert hashed(root)["b/link"] == hashlib.sha256(b"here it is").hexdigest()


def test_where_no_index_can_be_written_hashing_goes_on(root, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PARIBUS_CACHE", str(tmp_path / "file"))
    assert len(hashed(root)) == 3


def test_names_that_are_no_text_are_indexed(root):
    (root / os.fsdecode(b"\xff")).write_text("odd")
    make_old(root)
    hashed(root)
    assert not opened_below(root, lambda: hashed(root))


def test_files_of_one_folder_that_are_looked_at_one_by_one_are_all_remembered(root, cache):
    """And forgotten when they are gone."""
    one, two = root / "a" / "1", root / "a" / "2"
    assert len(opened_below(root, lambda: [hash_file(one), hash_file(two)])) == 2
    assert not opened_below(root, lambda: [hash_file(one), hash_file(two)])
    two.unlink()
    hash_file(one)
    (index,) = (cache / "hashes").iterdir()
    assert list(json.loads(index.read_text())) == ["1"]
