"""Files that are whole or absent, tested by cutting them off, flipping their bits, and full disks."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paribus.errors import ArtifactDamaged, StoreError
from paribus.store import read_arrays, write_arrays
from paribus.store.files import read_bytes, remove, write_bytes

ARRAYS = {
    "weights": np.arange(24, dtype=np.float32).reshape(2, 3, 4) / 7,
    "labels": np.array([3, -1], dtype=np.int64),
    "mask": np.array([True, False]),
    "none": np.zeros((0, 5), dtype=np.uint8),
    "one": np.array(2.5),
}
FACTS = {"step": 7, "loss": 1 / 3, "name": "Größe", "list": [1, None, True]}


@pytest.fixture
def path(tmp_path):
    """A file that was written."""
    path = tmp_path / "run" / "last.safetensors"
    write_arrays(path, ARRAYS, FACTS)
    return path


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def sum_of(path):
    return path.with_name(path.name + ".sha256")


def is_damaged(path):
    with pytest.raises(ArtifactDamaged) as caught:
        read_arrays(path)
    assert "\n" not in str(caught.value)
    return str(caught.value).startswith(f"{path}: ")


def test_arrays_and_facts_read_back_bit_by_bit(path):
    arrays, facts = read_arrays(path)
    assert facts == FACTS
    assert arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype
        assert arrays[name].shape == array.shape
        assert arrays[name].tobytes() == array.tobytes()


def test_an_array_that_is_a_view_is_written_as_it_looks(tmp_path):
    array = np.arange(12, dtype=np.float32).reshape(3, 4)
    write_arrays(tmp_path / "a", {"turned": array.T, "every_second": array[:, ::2]})
    arrays, facts = read_arrays(tmp_path / "a")
    assert np.array_equal(arrays["turned"], array.T)
    assert np.array_equal(arrays["every_second"], array[:, ::2])
    assert facts is None


def test_the_same_arrays_give_the_same_bytes(path, tmp_path):
    assert write_arrays(tmp_path / "again", dict(ARRAYS), FACTS) == sum_of(path).read_text().strip()
    assert (tmp_path / "again").read_bytes() == path.read_bytes()


def test_the_sum_beside_a_file_is_its_sha256_and_nothing_else_is_left(path):
    assert sum_of(path).read_text() == hashlib.sha256(path.read_bytes()).hexdigest() + "\n"
    assert names_in(path.parent) == [path.name, sum_of(path).name]


def test_a_file_that_is_cut_off_anywhere_is_refused(path):
    content = path.read_bytes()
    lengths = [*range(0, len(content), 7), len(content) - 1]
    for length in lengths:
        path.write_bytes(content[:length])
        assert is_damaged(path)
    assert len(lengths) > 50


def test_a_file_with_one_bit_flipped_anywhere_is_refused(path):
    content = path.read_bytes()
    flips = [(position, (3 * position) % 8) for position in range(len(content))]
    for position, bit in flips:
        damaged = bytearray(content)
        damaged[position] ^= 1 << bit
        path.write_bytes(damaged)
        assert is_damaged(path)
    assert len(flips) > 400


def test_a_sum_with_one_bit_flipped_in_any_digit_is_refused(path):
    digits = sum_of(path).read_bytes()
    for position in range(64):
        for bit in range(8):
            damaged = bytearray(digits)
            damaged[position] ^= 1 << bit
            sum_of(path).write_bytes(damaged)
            assert is_damaged(path)


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_a_file_that_others_wrote_is_refused_even_if_its_sum_is_right(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("foreign") / "f"
    write_bytes(path, content)
    assert read_bytes(path) == content
    assert is_damaged(path)


@pytest.mark.parametrize(
    "header", [b"[]", b"{}", b'{"__metadata__": {}}', b'{"__metadata__": {"facts": "{"}}']
)
def test_a_header_without_our_facts_is_refused(tmp_path, header):
    write_bytes(tmp_path / "f", len(header).to_bytes(8, "little") + header)
    assert is_damaged(tmp_path / "f")


def test_a_missing_file_and_a_missing_sum_say_so(path):
    sum_of(path).unlink()
    assert is_damaged(path)
    path.unlink()
    assert is_damaged(path)


def test_a_file_whose_content_is_another_says_so(path):
    path.write_bytes(b"other")
    with pytest.raises(ArtifactDamaged) as caught:
        read_bytes(path)
    assert str(caught.value) == (
        f"{path}: its content does not match {path.name}.sha256; "
        "once it is removed, running the study again makes it"
    )


def test_a_file_is_replaced_whole(path):
    write_arrays(path, {"other": np.zeros(3)}, "new")
    arrays, facts = read_arrays(path)
    assert (list(arrays), facts) == (["other"], "new")
    assert names_in(path.parent) == [path.name, sum_of(path).name]


def test_a_removed_file_takes_its_sum_along_and_may_be_gone_already(path):
    remove(path)
    assert names_in(path.parent) == []
    remove(path)


def test_a_place_that_cannot_be_written_says_so(path):
    with pytest.raises(StoreError) as caught:
        write_bytes(path / "inside", b"x")
    assert str(caught.value) == (
        f"{path / 'inside'}: cannot be written: File exists; make room or make it writable and run the same "
        "command again; nothing is lost"
    )


# A process that may write no file beyond a size tries to replace a small file by a large one.
WRITER = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from paribus.errors import StoreError
from paribus.store import write_arrays
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
try:
    write_arrays(Path(sys.argv[1]), {"large": np.ones(100_000)})
except StoreError as error:
    print(error)
"""


def test_a_full_disk_is_said_and_leaves_what_was_there_before(path):
    """The limit on a file's size stands in for the disk: the system's own calls fail."""
    done = subprocess.run(
        [sys.executable, "-c", WRITER, str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout == (
        f"{path}: cannot be written: File too large; make room or make it writable and run the same command "
        "again; nothing is lost\n"
    )
    assert names_in(path.parent) == [path.name, sum_of(path).name]
    assert read_arrays(path)[1] == FACTS


def test_a_full_disk_leaves_nothing_where_nothing_was(tmp_path):
    path = tmp_path / "new"
    subprocess.run([sys.executable, "-c", WRITER, str(path)], capture_output=True, check=True)
    assert names_in(tmp_path) == []


@pytest.fixture
def small_disk(tmp_path):
    """A real file system of one megabyte, where this user may mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("no file system may be mounted here; the limit on a file's size is tested all the same")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_disk_that_is_full_leaves_no_truncated_file(small_disk):
    kept = small_disk / "kept"
    write_arrays(kept, ARRAYS, FACTS)
    with pytest.raises(StoreError, match="No space left on device"):
        write_arrays(small_disk / "large", {"large": np.ones(1_000_000)})
    assert names_in(small_disk) == ["kept", "kept.sha256"]
    assert read_arrays(kept)[1] == FACTS
