import gzip
import io
import shutil
import tarfile

import numpy as np
import pytest

from paribus.data.official.cifar import read_cifar10, read_cifar100
from paribus.data.opening import open_data
from paribus.data.progress import tell_nobody
from paribus.errors import DataError
from paribus.specs.datasets import Cifar10, Cifar100
from tests.data.made import read_source

from .python2 import pickle_of

NAMES = [b"airplane", b"automobile", b"bird", b"cat"]
FINE, COARSE = [b"apple", b"bee", b"cloud", b"dog", b"elm"], [b"living", b"not living"]
ARCHIVE_ORDER = ["batches.meta", "data_batch_4", "test_batch", "data_batch_3", "data_batch_2", "data_batch_5",
                 "data_batch_1"]  # fmt: skip


def pixels(seed, count):
    return np.random.default_rng(seed).integers(0, 256, (count, 3072), dtype=np.uint8)


def batch(seed, count):
    return {
        b"batch_label": f"batch {seed}".encode(),
        b"labels": [(seed + number) % 4 for number in range(count)],
        b"data": pixels(seed, count),
        b"filenames": [f"image_{seed}_{number}.png".encode() for number in range(count)],
    }


BATCHES = {f"data_batch_{number}": batch(number, 3 + number) for number in range(1, 6)} | {
    "test_batch": batch(9, 5),
    "batches.meta": {b"num_cases_per_batch": 3, b"label_names": NAMES, b"num_vis": 3072},
}
HUNDRED = {
    "train": {b"fine_labels": [0, 1, 2, 3, 4], b"coarse_labels": [0, 0, 1, 0, 0], b"data": pixels(0, 5)},
    "test": {b"fine_labels": [4, 2], b"coarse_labels": [0, 1], b"data": pixels(1, 2)},
    "meta": {b"fine_label_names": FINE, b"coarse_label_names": COARSE},
}


def put(folder, files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in files.items():
        (folder / name).write_bytes(value if isinstance(value, bytes) else pickle_of(value))
    return folder


def pack(path, files, root="cifar-10-batches-py/", order=None, mode="w:gz"):
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, mode) as archive:
        for name in order or files:
            content = files[name] if isinstance(files[name], bytes) else pickle_of(files[name])
            member = tarfile.TarInfo(root + name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def read10(path, **options):
    asked = Cifar10(path=str(path), **options)
    return read_source(read_cifar10(asked, tell_nobody), asked)


def read100(path, **options):
    asked = Cifar100(path=str(path), **options)
    return read_source(read_cifar100(asked, tell_nobody), asked)


def refusal(path):
    with pytest.raises(DataError) as caught:
        read10(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def places(tmp_path):
    """The same files in every way that they may lie."""
    yield put(tmp_path / "unpacked" / "cifar-10-batches-py", BATCHES)
    yield tmp_path / "unpacked"
    yield pack(tmp_path / "packed" / "cifar-10-python.tar.gz", BATCHES, order=ARCHIVE_ORDER)
    yield tmp_path / "packed"
    yield pack(tmp_path / "renamed" / "mine.tgz", BATCHES)
    yield pack(tmp_path / "plain.tar", BATCHES, root="", mode="w")


def test_batches_are_read_in_their_order_wherever_and_however_they_lie(tmp_path):
    train = np.concatenate([BATCHES[f"data_batch_{number}"][b"data"] for number in range(1, 6)])
    seen = 0
    for place in places(tmp_path):
        found = read10(place)
        assert found.classes == ("airplane", "automobile", "bird", "cat")
        assert np.array_equal(found.splits["train"].pixels, train.reshape(-1, 3, 32, 32))
        assert found.splits["test"].labels.tolist() == BATCHES["test_batch"][b"labels"]
        assert found.names["train"][:5] == [
            *(f"image_1_{number}.png" for number in range(4)),
            "image_2_0.png",
        ]
        seen += 1
    assert seen == 6


@pytest.mark.usefixtures("cache")
def test_packed_or_not_it_is_the_same_set(tmp_path):
    prints = {open_data(Cifar10(path=str(place)), tmp_path).fingerprint for place in places(tmp_path)}
    assert len(prints) == 1
    other = BATCHES | {"test_batch": batch(8, 5)}
    put(tmp_path / "unpacked" / "cifar-10-batches-py", other)
    assert open_data(Cifar10(path=str(tmp_path / "unpacked")), tmp_path).fingerprint not in prints


@pytest.mark.parametrize(
    ("kind", "classes", "train", "test"),
    [
        ("fine", ("apple", "bee", "cloud", "dog", "elm"), [0, 1, 2, 3, 4], [4, 2]),
        ("coarse", ("living", "not living"), [0, 0, 1, 0, 0], [0, 1]),
    ],
)
def test_cifar100_has_fine_and_coarse_labels(tmp_path, kind, classes, train, test):
    put(tmp_path / "cifar-100-python", HUNDRED)
    pack(tmp_path / "b" / "cifar-100-python.tar.gz", HUNDRED, "cifar-100-python/")
    for place in (tmp_path, tmp_path / "cifar-100-python", tmp_path / "b"):
        found = read100(place, labels=kind)
        assert found.classes == classes
        assert found.splits["train"].labels.tolist() == train
        assert found.splits["test"].labels.tolist() == test
        assert np.array_equal(found.splits["test"].pixels.reshape(2, 3072), HUNDRED["test"][b"data"])
        assert not found.names


@pytest.mark.usefixtures("cache")
def test_fine_and_coarse_are_different_sets(tmp_path):
    put(tmp_path / "cifar-100-python", HUNDRED)
    fine, coarse = (
        open_data(Cifar100(path=str(tmp_path), labels=kind), tmp_path) for kind in ("fine", "coarse")
    )
    assert fine.fingerprint != coarse.fingerprint
    assert len(fine.classes) == 5
    assert len(coarse.classes) == 2


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("data_batch_2", [1, 2], "data_batch_2: holds no dict; expected one, as every batch is"),
        ("data_batch_2", {b"labels": [0]}, "data_batch_2: holds no 'data'; it holds: 'labels'"),
        ("data_batch_2", batch(2, 3) | {b"data": np.zeros((3, 100), np.uint8)},
         "data_batch_2: data: expected an array of uint8 with 3,072 values for each image"),
        ("data_batch_2", batch(2, 3) | {b"data": pixels(2, 3).astype(float)},
         "data_batch_2: data: expected an array of uint8 with 3,072 values for each image"),
        ("data_batch_2", batch(2, 3) | {b"labels": [0, 1]},
         "data_batch_2: labels: expected 3 whole numbers from 0 to 3"),
        ("test_batch", batch(2, 3) | {b"labels": [0, 1, 4]},
         "test_batch: labels: expected 3 whole numbers from 0 to 3"),
        ("test_batch", batch(2, 3) | {b"labels": [0, 1, 2.0]},
         "test_batch: labels: expected 3 whole numbers from 0 to 3"),
        ("batches.meta", {b"label_names": [b"a", b"b", b"a"]},
         "batches.meta: label_names: expected a list of names, each once"),
    ],
)  # fmt: skip
def test_every_refusal_names_the_batch_and_what_is_expected(tmp_path, name, value, message):
    put(tmp_path / "cifar-10-batches-py", BATCHES | {name: value})
    assert refusal(tmp_path).endswith(message)
    assert refusal(pack(tmp_path / "a.tar.gz", BATCHES | {name: value})).endswith(message)


def test_a_batch_that_is_not_there_is_named(tmp_path):
    put(tmp_path / "cifar-10-batches-py", BATCHES)
    (tmp_path / "cifar-10-batches-py" / "data_batch_3").unlink()
    assert "holds no 'data_batch_3'; expected data_batch_1, data_batch_2," in refusal(tmp_path)
    shutil.rmtree(tmp_path / "cifar-10-batches-py")
    assert "holds no 'cifar-10-python.tar.gz' or 'cifar-10-batches-py'." in refusal(tmp_path)


def test_hostile_batches_are_refused_and_nothing_runs(tmp_path):
    trace = tmp_path / "called"
    put(
        tmp_path / "cifar-10-batches-py",
        BATCHES | {"test_batch": f"cos\nsystem\n(S'touch {trace}'\ntR.".encode()},
    )
    assert "test_batch: is no pickle of plain values: it refers to 'os.system'" in refusal(tmp_path)
    assert not trace.exists()


def test_a_member_that_is_there_twice_is_refused(tmp_path):
    path = pack(tmp_path / "a.tar.gz", BATCHES, order=[*BATCHES, "test_batch"])
    assert refusal(path) == f"{path}: holds 'test_batch' twice"


def test_links_and_members_of_other_folders_are_passed_over(tmp_path):
    path = pack(tmp_path / "a.tar", BATCHES, mode="w")
    with tarfile.open(path, "a") as archive:
        link = tarfile.TarInfo("cifar-10-batches-py/data_batch_6")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
        for name in ("../../data_batch_1", "/a/b/data_batch_1"):
            archive.addfile(tarfile.TarInfo(name))
    assert len(read10(path).splits["train"].labels) == 30


def test_an_archive_that_is_cut_or_changed_is_refused(tmp_path):
    """Its checksum stands at the end; the head of the gzip file alone may change unseen."""
    whole = pack(tmp_path / "a.tar.gz", BATCHES).read_bytes()
    path, random, refused = tmp_path / "b.tar.gz", np.random.default_rng(0), 0
    for _ in range(150):
        damaged = bytearray(whole)
        if random.random() < 0.5:
            del damaged[int(random.integers(len(whole))) :]
        else:
            damaged[int(random.integers(10, len(whole)))] ^= 1 << int(random.integers(8))
        path.write_bytes(damaged)
        assert refusal(path)
        refused += 1
    assert refused == 150


def test_a_member_that_claims_less_than_nothing_is_refused(tmp_path):
    head = tarfile.TarInfo("cifar-10-batches-py/test_batch")
    head.size = -2000
    (tmp_path / "a.tar").write_bytes(head.tobuf(tarfile.GNU_FORMAT) + bytes(10_000))
    assert refusal(tmp_path / "a.tar").endswith("'cifar-10-batches-py/test_batch' claims -2,000 bytes")


def test_the_checksum_at_the_very_end_is_looked_at(tmp_path):
    """Behind more filling than is read with the last member."""
    plain = pack(tmp_path / "a.tar", BATCHES, mode="w").read_bytes() + bytes(1_500_000)
    packed = bytearray(gzip.compress(plain))
    (tmp_path / "a.tar.gz").write_bytes(packed)
    assert len(read10(tmp_path / "a.tar.gz").splits["train"]) == 30
    packed[-8] ^= 1
    (tmp_path / "a.tar.gz").write_bytes(packed)
    assert "CRC check failed" in refusal(tmp_path / "a.tar.gz")


def test_no_image_of_a_large_batch_is_lost(tmp_path):
    put(tmp_path / "cifar-10-batches-py", BATCHES | {"data_batch_1": batch(1, 5_003)})
    found = read10(tmp_path)
    assert np.array_equal(found.splits["train"].pixels[:5_003].reshape(-1, 3072), pixels(1, 5_003))
    assert len(found.names["train"]) == len(found.splits["train"]) == 5_003 + 26


def test_an_archive_that_unpacks_to_far_more_is_not_read_on(tmp_path):
    """A head that claims to be 100 MB long, of zeros, in 100 kB."""
    head = tarfile.TarInfo("x")
    head.type, head.size = tarfile.XHDTYPE, 100_000_000
    with gzip.open(tmp_path / "a.tar.gz", "wb") as file:
        file.write(head.tobuf())
        for _ in range(100):
            file.write(bytes(1_000_000))
    assert "unpacks to more than such an archive should hold" in refusal(tmp_path / "a.tar.gz")
