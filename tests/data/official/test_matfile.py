import io
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
import scipy.io
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paribus.data.official.matfile import read_matrices
from paribus.errors import DataError

RANDOM = np.random.default_rng(0)
CUBE = RANDOM.integers(0, 256, (3, 4, 2, 5), dtype=np.uint8)


def saved(arrays, compress):
    buffer = io.BytesIO()
    scipy.io.savemat(buffer, arrays, do_compression=compress)
    return buffer.getvalue()


def read(path, block=7):
    """Every matrix as an array, read a few numbers at a time."""
    found = {}
    for matrix in read_matrices(path):
        parts = []
        while matrix.left:
            parts.append(matrix.read(min(block, matrix.left)))
        flat = np.concatenate(parts) if parts else np.empty(0, matrix.dtype)
        found[matrix.name] = flat.reshape(matrix.shape, order="F")
    return found


def refusal(path):
    with pytest.raises(DataError) as caught:
        read(path)
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{path}: ")


def found_or_fault(path):
    try:
        return read(path), ""
    except DataError as error:
        return {}, str(error)


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("kind", ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"])
def test_numbers_of_every_kind_are_those_that_scipy_wrote(tmp_path, kind, compress):
    arrays = {
        "X": CUBE.astype(kind),
        "y": np.arange(5).astype(kind)[:, None],
        "one": np.array([[3]], kind),
        "none": np.empty((0, 4), kind),
        "a_name_that_is_long_for_a_name": np.arange(6, dtype=kind).reshape(2, 3),
    }
    (tmp_path / "a.mat").write_bytes(saved(arrays, compress))
    found = read(tmp_path / "a.mat")
    assert list(found) == list(arrays)
    for name, array in arrays.items():
        assert np.array_equal(found[name], array)


def element(kind, content):
    return struct.pack(">II", kind, len(content)) + content + bytes(-len(content) % 8)


def test_files_of_the_other_byte_order_are_read(tmp_path):
    numbers = np.arange(-3, 3, dtype=">i2").reshape(3, 2)
    matrix = (
        element(6, struct.pack(">II", 10, 0))  # class int16
        + element(5, struct.pack(">ii", 3, 2))
        + struct.pack(">I", 1 << 16 | 1) + b"n\0\0\0"  # a small element
        + element(3, numbers.tobytes(order="F"))
    )  # fmt: skip
    deflated = zlib.compress(element(14, matrix))
    for whole in (element(14, matrix), struct.pack(">II", 15, len(deflated)) + deflated):
        (tmp_path / "a.mat").write_bytes(b"MATLAB 5.0".ljust(124) + b"\x01\x00MI" + whole)
        assert np.array_equal(read(tmp_path / "a.mat")["n"], numbers)


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("text", "a text"),
        ({"a": 1}, "a struct"),
        (np.array([[1, "b"]], object), "a cell array"),
        (np.array([[1 + 2j]]), "complex numbers"),
        (scipy.sparse.csc_array(np.eye(3)), "a sparse matrix"),
        (scipy.io.matlab.MatlabObject(np.array([[(1,)]], [("f", object)]), "inline"), "an object"),
    ],
)
def test_all_but_plain_numbers_is_refused_by_its_name(tmp_path, value, what, compress):
    (tmp_path / "a.mat").write_bytes(saved({"X": CUBE, "other": value}, compress))
    assert refusal(tmp_path / "a.mat") == f"holds {what}; expected matrices of plain numbers"


@pytest.mark.parametrize("kind", [16, 17, 0, 99])
def test_functions_and_what_nobody_knows_are_refused(tmp_path, kind):
    content = bytearray(saved({"X": CUBE}, compress=False))
    content[128 + 8 + 8] = kind
    (tmp_path / "a.mat").write_bytes(content)
    assert refusal(tmp_path / "a.mat") in {
        "holds a function; expected matrices of plain numbers",
        f"holds a value of class {kind}; expected matrices of plain numbers",
    }


def test_other_files_are_refused_by_what_they_are(tmp_path):
    path = tmp_path / "a.mat"
    path.write_bytes(b"MATLAB 7.3 MAT-file".ljust(512))
    assert refusal(path) == "is a MATLAB file of version 7.3; expected version 5, which save -v7 writes"
    for content in (b"", b"MATLAB 5.0", bytes(128), saved({"X": CUBE}, compress=False)[:120]):
        path.write_bytes(content)
        assert refusal(path) == "is no MATLAB file of version 5"
    assert refusal(tmp_path / "nowhere.mat") == "cannot be read: No such file or directory"
    assert refusal(tmp_path) == "cannot be read: Is a directory"


@pytest.mark.parametrize("compress", [False, True])
def test_a_file_cut_anywhere_is_refused(tmp_path, compress):
    whole = saved({"X": CUBE, "y": np.arange(5, dtype=np.uint8)[:, None]}, compress)
    (tmp_path / "a.mat").write_bytes(whole)
    boundaries = {128, 128 + 8 + struct.unpack("<I", whole[132:136])[0]}
    for length in set(range(len(whole))) - boundaries:
        (tmp_path / "a.mat").write_bytes(whole[:length])
        assert refusal(tmp_path / "a.mat")


def test_a_compressed_matrix_without_its_checksum_is_refused(tmp_path):
    """All its numbers are there, but nothing vouches for them."""
    whole = saved({"X": CUBE}, compress=True)
    short = struct.pack("<II", 15, len(whole) - 136 - 4) + whole[136:-4]
    (tmp_path / "a.mat").write_bytes(whole[:128] + short)
    assert refusal(tmp_path / "a.mat") == "ends in the middle of a matrix"


@pytest.mark.parametrize("length", range(40))
def test_a_shape_of_any_length_is_refused_or_read(tmp_path, length):
    """The length of the second part of a matrix's head."""
    content = bytearray(saved({"X": CUBE}, compress=False))
    content[128 + 8 + 16 + 4] = length
    (tmp_path / "a.mat").write_bytes(content)
    found, fault = found_or_fault(tmp_path / "a.mat")
    assert "\n" not in fault
    assert ("X" in found) == (length == 16)


@settings(max_examples=400, deadline=2_000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.booleans(),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(1, 255)), min_size=1, max_size=4),
    st.integers(0, 400),
)
def test_flipped_bytes_do_no_more_than_have_the_file_refused(tmp_path, compress, flips, cut):
    arrays = {"X": CUBE, "y": np.arange(5, dtype=np.uint8)[:, None]}
    content = bytearray(saved(arrays, compress))
    for place, change in flips:
        content[place % len(content)] ^= change
    (tmp_path / "a.mat").write_bytes(content[: len(content) - cut] if cut < 200 else content)
    found, fault = found_or_fault(tmp_path / "a.mat")
    assert "\n" not in fault
    if found:
        assert sum(array.nbytes for array in found.values()) <= 1_000
        if compress:  # a checksum stands behind every matrix; only the file's own text and tags have none
            for name, array in found.items():
                assert np.array_equal(array, arrays[name])


@settings(max_examples=200, deadline=2_000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.booleans())
def test_anything_behind_a_head_is_refused_or_read(tmp_path, content, compress):
    head = saved({}, compress=False)[:128]
    deflated = zlib.compress(content)
    body = struct.pack("<II", 15, len(deflated)) + deflated if compress else content
    (tmp_path / "a.mat").write_bytes(head + body)
    assert "\n" not in found_or_fault(tmp_path / "a.mat")[1]


def test_a_bomb_is_unpacked_no_further_than_it_is_asked_for(tmp_path):
    """200 MB of zeros in 200 kB, and a shape that claims far more."""
    numbers = 200_000_000
    head = (
        struct.pack("<IIII", 6, 8, 9, 0)
        + struct.pack("<IIii", 5, 8, numbers, 1)
        + struct.pack("<I", 1 << 16 | 1) + b"X\0\0\0"
        + struct.pack("<II", 2, numbers)
    )  # fmt: skip
    packer = zlib.compressobj(9)
    deflated = packer.compress(struct.pack("<II", 14, len(head) + numbers) + head)
    deflated += b"".join(packer.compress(bytes(1_000_000)) for _ in range(200)) + packer.flush()
    start = saved({}, compress=False)[:128] + struct.pack("<II", 15, len(deflated))
    (tmp_path / "a.mat").write_bytes(start + deflated)
    tracemalloc.start()
    matrix = next(read_matrices(tmp_path / "a.mat"))
    assert matrix.read(1_000_000).sum() == 0
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000
