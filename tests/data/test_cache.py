import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from paribus.data.cache import cache_folder, open_cached
from paribus.data.fitting import Fit
from paribus.data.images import Reading, Source
from paribus.errors import DataError

# What a process of its own does: opens a set whose reading takes a while, and leaves a line in a file for it.
OPENER = """
import os, sys, time
from pathlib import Path
import numpy as np
from paribus.data.cache import open_cached
from paribus.data.images import Reading, Source

def read(album):
    with open(sys.argv[1], "a") as journal:
        journal.write("read\\n")
    time.sleep(float(sys.argv[2]))
    pixels = np.arange(60 * 3 * 8 * 8).astype(np.uint8).reshape(60, 3, 8, 8)
    for split in ("train", "test"):
        album.add(split, pixels, np.arange(60) % 2)
    return Reading(("a", "b"))

print("ready", flush=True)
sys.stdin.readline()
data = open_cached(Source("slow", read))
print(data.folder, data.fingerprint, int(data.split("train").pixels.sum()), flush=True)
"""


def made(seed=0, images=40, channels=3, height=8, width=6):
    """split -> (pixels, labels)"""
    random = np.random.default_rng(seed)
    return {
        name: (
            random.integers(0, 256, (count, channels, height, width), dtype=np.uint8),
            random.integers(0, 2, count),
        )
        for name, count in {"train": images, "test": images // 2}.items()
    }


def source(key="key", fingerprint=None, classes=("cat", "dog"), splits=None, **kind):
    def read(album):
        for split, (pixels, labels) in (made(**kind) if splits is None else splits).items():
            album.add(split, pixels, labels)
        return Reading(classes, ("a.jpg: is no image that can be read",))

    return Source(key, read, fingerprint)


def never(_album):
    raise AssertionError("read a second time")


def opener(journal, pause, env=None):
    process = subprocess.Popen(
        [sys.executable, "-c", OPENER, str(journal), str(pause)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=env,
    )
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.usefixtures("cache")
def test_the_second_open_reads_nothing_and_gives_the_same():
    first = open_cached(source())
    second = open_cached(Source("key", never))
    assert second == first
    for split in ("train", "test"):
        pixels, labels = made()[split]
        assert np.array_equal(second.split(split).pixels, pixels)
        assert second.split(split).labels.tolist() == labels.tolist()
    assert second.classes == ("cat", "dog")
    assert second.shape == (3, 8, 6)
    assert second.counts == {"train": 40, "test": 20}
    assert second.skipped == ("a.jpg: is no image that can be read",)


@pytest.mark.usefixtures("cache")
def test_another_key_or_size_is_another_reading():
    folders = {
        open_cached(source()).folder,
        open_cached(source("other")).folder,
        open_cached(source(), Fit((4, 4))).folder,
        open_cached(source(), Fit((4, 4), "pad")).folder,
    }
    assert len(folders) == 4


@pytest.mark.usefixtures("cache")
def test_pixels_are_mapped_and_what_is_written_into_them_stays_in_this_process():
    data = open_cached(source())
    pixels = data.split("train").pixels
    assert isinstance(pixels, np.memmap)
    before = int(pixels[0, 0, 0, 0])
    pixels[0, 0, 0, 0] = 255 - before
    assert data.split("train").pixels[0, 0, 0, 0] == before


@pytest.mark.usefixtures("cache")
def test_means_and_deviations_are_those_of_the_train_split_by_channel():
    data = open_cached(source(images=300))
    pixels = made(images=300)["train"][0].astype(np.float64)
    assert data.mean == pytest.approx(pixels.mean((0, 2, 3)), rel=1e-12)
    assert data.deviation == pytest.approx(pixels.std((0, 2, 3)), rel=1e-12)


@pytest.mark.usefixtures("cache")
def test_a_flat_channel_has_the_deviation_one():
    flat = np.full((4, 1, 5, 5), 7, np.uint8), np.array([0, 1, 0, 1])
    data = open_cached(source("flat", splits={"train": flat, "test": flat}))
    assert (data.mean, data.deviation) == ((7.0,), (1.0,))


@pytest.mark.usefixtures("cache")
def test_a_set_without_a_fingerprint_is_known_by_pixels_labels_and_classes():
    changed = {name: made() for name in ("same", "again", "pixel", "label", "class")}
    changed["pixel"]["test"][0][0, 0, 0, 0] ^= 1
    changed["label"]["test"][1][0] = 5
    prints = {
        name: open_cached(
            source(name, splits=splits, classes=("cat", "cow" if name == "class" else "dog"))
        ).fingerprint
        for name, splits in changed.items()
    }
    assert prints["same"] == prints.pop("again")
    assert len(set(prints.values())) == 4
    assert open_cached(source("given", fingerprint="its own")).fingerprint == "its own"


@pytest.mark.usefixtures("cache")
def test_resizing_happens_on_the_way_into_the_cache():
    data = open_cached(source(), Fit((5, 5)))
    assert data.shape == (3, 5, 5)
    assert data.split("test").pixels.shape == (20, 3, 5, 5)


def test_the_cache_lies_where_the_environment_says(monkeypatch, tmp_path):
    monkeypatch.setenv("PARIBUS_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.setenv("PARIBUS_CACHE", "")
    assert cache_folder().name == "paribus"


def test_two_processes_that_open_a_set_at_once_make_one_copy(cache, tmp_path):
    journal = tmp_path / "journal"
    openers = [opener(journal, 0.5) for _ in range(2)]
    told = []
    for process in openers:
        process.stdin.write("\n")
        process.stdin.flush()
    for process in openers:
        told.append(process.communicate(timeout=60)[0])
        assert process.returncode == 0
    assert journal.read_text() == "read\n"
    assert told[0] == told[1] != ""
    assert [path.name for path in (cache / "images").iterdir() if path.is_dir()] == [
        told[0].split()[0].rpartition("/")[2]
    ]


def test_after_kill_9_in_the_middle_nothing_half_is_opened(cache, tmp_path):
    journal = tmp_path / "journal"
    process = opener(journal, 60)
    process.stdin.write("\n")
    process.stdin.flush()
    deadline = time.monotonic() + 30
    while not journal.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not list((cache / "images").glob("*/manifest.json"))
    assert {path.suffix for path in (cache / "images").iterdir()} == {".lock", ".part"}
    again = opener(journal, 0)
    assert again.communicate("\n", timeout=60)[0]
    assert journal.read_text() == "read\nread\n"


def test_what_a_killed_process_left_aside_is_cleared_by_the_next(cache):
    folder = open_cached(source("other")).folder
    aside = folder.with_suffix(".part")
    folder.rename(aside)
    (aside / "validation-pixels.npy").write_bytes(b"half")
    (aside / "manifest.json").unlink()
    data = open_cached(source("other"))
    assert sorted(path.name for path in data.folder.iterdir()) == [
        "manifest.json", "test-digests.npy", "test-labels.npy", "test-pixels.npy",
        "train-digests.npy", "train-labels.npy", "train-pixels.npy",
    ]  # fmt: skip
    assert not list((cache / "images").glob("*.part"))


def test_a_reading_that_fails_leaves_nothing(cache):
    def fail(album):
        album.add("train", *made()["train"])
        raise DataError("no such images")

    with pytest.raises(DataError, match=r"^no such images$"):
        open_cached(Source("key", fail))
    with pytest.raises(DataError, match=r"^the data hold no image to train on$"):
        open_cached(source(splits={"test": made()["test"]}))
    assert [path.suffix for path in (cache / "images").iterdir()] == [".lock"]


@pytest.mark.parametrize("left", [0, 1, 60, 128, 2000])
@pytest.mark.parametrize("name", ["train-pixels.npy", "train-labels.npy"])
@pytest.mark.usefixtures("cache")
def test_a_truncated_file_is_refused_with_its_folder(name, left):
    data = open_cached(source())
    content = (data.folder / name).read_bytes()
    (data.folder / name).write_bytes(content[: min(left, len(content) - 1)])
    with pytest.raises(DataError) as caught:
        data.split("train")
    assert str(caught.value).startswith(f"{data.folder}: damaged: ")
    assert str(caught.value).endswith("; remove this folder and run again")
    assert len(data.split("test")) == 20


@pytest.mark.usefixtures("cache")
def test_a_header_that_tells_of_another_array_is_refused():
    data = open_cached(source())
    np.save(data.folder / "train-pixels.npy", made(images=39)["train"][0])
    with pytest.raises(DataError, match="the split 'train' is not as its manifest says"):
        data.split("train")


@pytest.mark.usefixtures("cache")
def test_a_flipped_bit_in_a_header_gives_images_as_many_and_as_large_or_a_refusal():
    data = open_cached(source())
    path = data.folder / "train-pixels.npy"
    content = path.read_bytes()
    refused = 0
    for position in range(128):
        for bit in range(8):
            path.write_bytes(
                content[:position] + bytes([content[position] ^ 1 << bit]) + content[position + 1 :]
            )
            try:
                found = data.split("train").pixels
            except DataError:
                refused += 1
            else:
                assert found.shape == (40, 3, 8, 6)
                assert found.dtype == np.uint8
    assert refused > 500


@pytest.mark.parametrize("damage", ["", "{", "5", "null", "{}", '{"classes": 3}'])
@pytest.mark.usefixtures("cache")
def test_a_damaged_manifest_is_made_anew(damage):
    data = open_cached(source())
    (data.folder / "manifest.json").write_text(damage)
    assert open_cached(source()) == data


# Stands in for a full disk: the system refuses every byte of a file beyond the limit.
LIMITED = """
import resource, signal, sys
import numpy as np
from paribus.data.cache import open_cached
from paribus.data.images import Reading, Source
from paribus.errors import DataError

pixels = np.zeros((1000, 3, 8, 8), np.uint8)
def read(album):
    for split in ("train", "test"):
        album.add(split, pixels, np.arange(1000) % 2)
    return Reading(("a", "b"))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
try:
    open_cached(Source("large", read))
except DataError as error:
    print(error)
"""


@pytest.mark.parametrize("limit", [50, 4096, 192_100])
def test_on_a_full_disk_one_line_says_so_and_nothing_half_is_left(cache, limit):
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(limit)], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    folder = next((cache / "images").glob("*.lock")).with_suffix("")
    assert done.stdout.startswith(f"{folder}: cannot be written: ")
    assert done.stdout.endswith("; make room or make it writable, or name another place in PARIBUS_CACHE\n")
    assert done.stdout.count("\n") == 1
    assert [path.suffix for path in (cache / "images").iterdir()] == [".lock"]


def test_a_cache_that_cannot_be_made_is_one_line(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PARIBUS_CACHE", str(tmp_path / "file"))
    with pytest.raises(DataError, match=r"cannot be written: Not a directory; make room or make it writable"):
        open_cached(source())
