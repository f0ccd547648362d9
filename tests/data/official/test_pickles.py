import os
import pickle
import struct

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from paribus.data.official.pickles import read_pickle
from paribus.errors import DataError

from .python2 import pickle_of

RANDOM = np.random.default_rng(0)
BATCH = {
    b"batch_label": b"training batch 1 of 5",
    b"labels": [6, 9, 9, 4, 300, -1],
    b"data": RANDOM.integers(0, 256, (6, 3072), dtype=np.uint8),
    b"filenames": [f"image_{number}.png".encode() for number in range(400)],
}
KINDS = ["bool", "u1", "i1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8", "<f4", "<f8", ">i4", ">f8"]


def same(ours, theirs):
    """Equal in type and content, containers and arrays too."""
    if isinstance(theirs, np.ndarray):
        return (ours.dtype, ours.shape, ours.tobytes()) == (theirs.dtype, theirs.shape, theirs.tobytes())
    if isinstance(theirs, dict):
        return list(ours) == list(theirs) and all(same(ours[key], theirs[key]) for key in theirs)
    if isinstance(theirs, list | tuple):
        return type(ours) is type(theirs) and len(ours) == len(theirs) and all(map(same, ours, theirs))
    return type(ours) is type(theirs) and ours == theirs


def refusal(content):
    with pytest.raises(DataError) as caught:
        read_pickle(content, "batch")
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix("batch: is no pickle ")


def test_what_python_2_wrote_is_read_as_pickle_itself_reads_it():
    content = pickle_of(BATCH)
    assert same(pickle.loads(content, encoding="bytes"), BATCH)  # our writer is a true one
    assert same(read_pickle(content, "batch"), BATCH)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("kind", KINDS)
def test_arrays_written_by_this_python_are_read_at_every_protocol(kind, protocol):
    array = RANDOM.integers(0, 2, (3, 4)).astype(kind)
    value = {"data": array, "turned": array.T, "labels": [1, 2.5, None, True, ("a", "b", "c", "d"), "ä"]}
    assert same(read_pickle(pickle.dumps(value, protocol), "batch"), value)


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text()
    | st_numpy.arrays(st.sampled_from(KINDS), st_numpy.array_shapes(max_dims=3, max_side=4)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner) | st.tuples(inner),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(PLAIN, st.integers(2, pickle.HIGHEST_PROTOCOL))
def test_any_plain_value_comes_back(value, protocol):
    assert same(read_pickle(pickle.dumps(value, protocol), "batch"), value)


class Calls:
    """Whatever a pickle would have Python call."""

    def __init__(self, function, *arguments, state=None):
        self.reduced = (function, arguments) if state is None else (function, arguments, state)

    def __reduce__(self):
        return self.reduced


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("function", [os.system, os.popen, eval, exec, getattr, __import__, np.load])
def test_nothing_is_ever_called(tmp_path, function, protocol):
    """The file that each call would make is not there; with pickle itself it would be."""
    trace = tmp_path / "called"
    arguments = {
        os.system: (f"touch {trace}",),
        os.popen: (f"touch {trace}",),
        eval: (f"open({str(trace)!r}, 'w')",),
        exec: (f"open({str(trace)!r}, 'w')",),
    }.get(function, ("os", "system"))
    for value in (Calls(function, *arguments), {"data": [Calls(function, *arguments)]}):
        assert "it refers to" in refusal(pickle.dumps(value, protocol))
    assert not trace.exists()


def test_the_trace_would_be_there_if_anything_were_called(tmp_path):
    pickle.loads(pickle.dumps(Calls(exec, f"open({str(tmp_path / 'called')!r}, 'w').close()")))
    assert (tmp_path / "called").exists()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"cos\nsystem\n(S'true'\ntR.", "'os.system'"),
        (b"(S'true'\nios\nsystem\n.", "the step INST"),
        (b"(cos\nsystem\nS'true'\no.", "'os.system'"),
        (b"\x80\x02cnumpy\nndarray\n)\x81.", "the step NEWOBJ"),
        (b"\x80\x04\x8c\x05numpy\x8c\x0ccore.numeric\x93.", "'numpy.core.numeric'"),
        (b"\x80\x04\x8c\x0bnumpy.core \x8c\x03foo\x93.", "'numpy.core..foo'"),
        (b"\x80\x02\x82\x01.", "the step EXT1"),
        (b"Psomewhere\n.", "the step PERSID"),
        (b"\x80\x02cnumpy\ndtype\n(X\x01\0\0\0OK\x00K\x01tR.", "an array of type 'O'"),
        (b"\x80\x02cnumpy\ndtype\n(X\x03\0\0\0V10K\x00K\x01tR.", "an array of type 'V10'"),
        (b"\x80\x02c_codecs\nencode\n(X\x01\0\0\0aX\x06\0\0\0rot_13tR.", "arguments that are not NumPy's"),
        (b"\x80\x02cnumpy\nndarray\n(K\x05tR.", "arguments that are not NumPy's"),
        (b"\x80\x02}K\x01b.", "sets the state of what is no plain array"),
        (b"\x80\x02cnumpy\ndtype\n.", "does not end with one value"),
        (b"\x80\x02]K\x01K\x02s.", "sets items of what is no dict"),
        (b"\x80\x02}K\x01a.", "appends to what is no list"),
        (b"\x80\x02})K\x01s.", "a key that is neither text nor number"),
        (b"\x80\x02(K\x01\x86.", "takes more than there is"),
        (b"\x80\x02K\x01\x86.", "takes more than there is"),
    ],
)
def test_every_trick_is_refused_by_what_it_does(content, why):
    assert why in refusal(content)


def test_shapes_must_fit_the_bytes():
    good = pickle_of(np.arange(12, dtype=np.uint8).reshape(3, 4))
    assert read_pickle(good, "batch").shape == (3, 4)
    for other in (b"K\x03K\xff", b"J\xff\xff\xff\x7fJ\xff\xff\xff\x7f", b"K\x03J\xff\xff\xff\xff"):
        assert "shape does not fit its 12 bytes" in refusal(good.replace(b"K\x03K\x04", other))


@pytest.mark.timeout(60)  # in seconds: it must not hang
def test_bombs_cost_neither_time_nor_memory():
    """A memo entry of number four billion; keys that take forever to hash; lists in lists in lists."""
    assert read_pickle(b"\x80\x02K\x01r\xff\xff\xff\xff.", "batch") == 1
    doubled = b"\x80\x02K\x01" + b"".join(b"q\x00h\x00\x86" for _ in range(60))
    assert "neither text nor number" in refusal(b"\x80\x02}" + doubled[2:] + b"K\x01s.")
    read_pickle(doubled + b".", "batch")
    read_pickle(b"\x80\x02" + b"]" * 200_000 + b"a" * 199_999 + b".", "batch")
    assert "whole" in refusal(b"\x80\x02T\xff\xff\xff\x7fshort.")
    assert "whole" in refusal(b"\x80\x04\x8e" + struct.pack("<Q", 2**62) + b"short.")
    assert "whole" in refusal(b"I" + b"9" * 100_000 + b"\n.")
    assert "more than 5,000,000 steps" in refusal(b"\x80\x02" + b"N" * 5_000_001 + b".")


def test_a_pickle_cut_anywhere_is_refused():
    content = pickle_of({b"labels": [1, 2, 3], b"data": np.zeros((2, 2), np.uint8)})
    for length in range(len(content)):
        refusal(content[:length])


@settings(max_examples=300, deadline=2_000, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 255)), min_size=1, max_size=5))
def test_flipped_bytes_do_no_more_than_have_it_refused(flips):
    content = bytearray(pickle_of({b"labels": [1, 2, 300], b"data": np.zeros((2, 2), np.uint8), b"n": None}))
    for place, change in flips:
        content[place % len(content)] ^= change
    unharmed(bytes(content))


@settings(max_examples=300, deadline=2_000)
@given(st.binary(max_size=200))
def test_any_bytes_are_refused_or_read(content):
    unharmed(content)
    unharmed(b"\x80\x02" + content + b".")


def unharmed(content):
    try:
        read_pickle(content, "batch")
    except DataError as error:
        fault = str(error)
        if "\n" in fault:
            raise
