import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from paribus.data import open_data
from paribus.data.passport import (
    as_plain,
    choose_samples,
    count_leaked,
    count_pairs,
    make_passport,
    say_leak,
    write_findings,
)
from paribus.data.passport.samples import spread
from paribus.specs.datasets import Folder
from tests.data.made import put

from .planted import brighter, pictures, saved, shifted

pytestmark = pytest.mark.usefixtures("cache")


def test_every_fact_of_a_folder_is_as_counted_by_hand(tmp_path):
    root = tmp_path / "photos"
    for number, image in enumerate(pictures(24)):
        put(root / f"train/cat/{number:02}.png", image)
    for number, image in enumerate(pictures(3, seed=1, size=48)):
        put(root / f"train/dog/{number}.jpg", image)
    put(root / "test/cat/0.png", pictures(1, seed=2)[0].mean(-1).astype(np.uint8))
    put(root / "test/cat/1.png", pictures(1, seed=3, size=20)[0])
    (root / "train/dog/broken.png").write_bytes(b"no picture")
    data = open_data(Folder(path=str(root), on_bad="skip", resize=32), Path())
    counts = make_passport(data, "photos").counts
    assert counts.classes == ("cat", "dog")
    assert counts.shape == (3, 32, 32)
    assert counts.images == {"train": 27, "test": 2}
    assert counts.by_class == {"train": [24, 3], "test": [2, 0]}
    assert (counts.sizes.smallest, counts.sizes.median, counts.sizes.largest, counts.sizes.kinds) == (
        "20 x 20",
        "32 x 32",
        "48 x 48",
        3,
    )
    assert counts.formats == {"PNG": 26, "JPEG": 3}
    assert counts.modes == {"RGB": 28, "L": 1}
    assert counts.few == ("dog",)
    assert counts.missing == {"test": ["dog"]}
    assert counts.imbalance == 8.0
    assert counts.gray == 1
    assert len(counts.skipped) == 1
    pixels = data.split("train").pixels.astype(float)
    assert np.allclose(counts.mean, pixels.mean((0, 2, 3)))
    assert np.allclose(counts.deviation, pixels.std((0, 2, 3)))


def test_twins_are_counted_by_split_and_label_and_told_in_sentences(tmp_path):
    images = pictures(40)
    train = np.concatenate([images, images[:3], shifted(images[10])[None]])
    labels = np.arange(len(train)) % 4  # 40 + k has the label of k: no contradiction but the last, 3 and 2
    test = np.stack([images[20], brighter(images[21]), *pictures(8, seed=5)])
    data = saved(
        tmp_path, train_images=train, train_labels=labels, test_images=test, test_labels=np.arange(10) % 4
    )
    passport = make_passport(data, "planted")
    assert count_pairs(passport.pairs) == {("train", "train"): (3, 1), ("train", "test"): (1, 1)}
    assert passport.two_labels == 1
    assert (passport.pairs[0].first, passport.pairs[0].second) == (("train", 10), ("train", 43))
    told = write_findings(passport)
    assert count_leaked(passport.twins, "test") == (2, 1)
    expected = [
        say_leak(passport.twins, "test"),
        "1 pair stands under two labels: the same picture, called two things.",
    ]
    assert told[:2] == expected
    assert told[2].startswith("4 pairs of twins inside train, 3 of them exact: where validation is carved")
    assert told[3].startswith("Fewer than 20 training images: 0, 1, 2, 3.")


def test_plain_values_can_be_printed_and_read_back(tmp_path):
    images = pictures(30)
    data = saved(tmp_path, train_images=np.concatenate([images, images[:1]]), test_images=images[5:7])
    passport = make_passport(data, "planted")
    names = {"train": None, "test": ["a.png", "b.png"]}
    plain = json.loads(json.dumps(as_plain(passport, names)))
    assert plain["images"] == {"train": 31, "test": 2}
    assert plain["twins"]["with_twin_in_train"] == {"train": 2, "test": 2}
    assert [pair["exact"] for pair in plain["twins"]["list"]] == [True] * 3
    named = [pair["names"] for pair in plain["twins"]["list"]]
    assert sorted(map(str, named)) == ["[None, 'a.png']", "[None, 'b.png']", "[None, None]"]
    assert plain["doubts"] == {"nets": 0, "nets_right": 0.0, "list": []}
    assert plain["findings"] == write_findings(passport)


def test_a_set_without_findings_has_none(tmp_path):
    data = saved(tmp_path, train_images=pictures(400), test_images=pictures(100, seed=1))
    assert write_findings(make_passport(data, "clean")) == []


def test_uneven_gray_and_skipped_are_told(tmp_path):
    gray = pictures(100).mean(-1, keepdims=True).astype(np.uint8).repeat(3, -1)
    labels = np.array([0] * 75 + [1] * 25)
    data = saved(
        tmp_path,
        train_images=gray,
        train_labels=labels,
        test_images=gray[:2, ::-1],
        test_labels=labels[74:76],
    )
    passport = make_passport(data, "gray", near=False)
    passport = replace(passport, counts=replace(passport.counts, skipped=("a.png: broken", "b.png: broken")))
    told = write_findings(passport)
    assert any(sentence.startswith("The largest class has 3.0 times as many") for sentence in told)
    assert "All images are gray, in three equal channels: data.gray = true makes them one." in told
    assert told[-1] == "2 files could not be read."


def test_samples_are_spread_over_each_class_and_never_more_than_there_are(tmp_path):
    labels = np.array([0, 1] * 20 + [0] * 20)
    data = saved(tmp_path, train_images=pictures(60), train_labels=labels, test_images=pictures(4, seed=1))
    chosen = choose_samples(data)
    assert [labels[found].tolist() for found in chosen[:2]] == [[0] * 4, [1] * 4]
    assert chosen[0].tolist() == [0, 20, 40, 50]
    assert len(choose_samples(data, count=100)[1]) == 20
    assert spread(np.arange(3), 4).tolist() == [0, 1, 2]
