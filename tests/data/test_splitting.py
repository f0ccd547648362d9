import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paribus.data.cache import open_cached
from paribus.data.images import Reading, Source
from paribus.data.splitting import chosen_classes, select_test, select_training, stratified
from paribus.errors import DataError
from paribus.specs.datasets import StreetNumbers

NAMES = ("ant", "bee", "cat", "dog")


def data(tmp_path, monkeypatch, counts, validation=None):
    """A cached set with so many train images of each class; test has half as many."""
    monkeypatch.setenv("PARIBUS_CACHE", str(tmp_path))

    def read(album):
        splits = {"train": counts, "test": [count // 2 for count in counts], "validation": validation}
        for split, numbers in splits.items():
            if numbers is not None:
                labels = np.random.default_rng(0).permutation(np.repeat(np.arange(len(numbers)), numbers))
                album.add(split, np.zeros((len(labels), 1, 1, 1), np.uint8), labels)
                album.label(split, labels, [f"{split}/{split}-{k % 7}_{k}.png" for k in range(len(labels))])
        return Reading(NAMES[: len(counts)])

    return open_cached(Source("set", read))


@pytest.fixture
def animals(tmp_path, monkeypatch):
    return data(tmp_path, monkeypatch, [40, 30, 20, 10])


def options(**given):
    return StreetNumbers(**given)


# --- stratified

LABELS = st.lists(st.integers(0, 4), min_size=2, max_size=80).map(np.array)
SHARES = st.floats(0.01, 0.99)


@given(LABELS, SHARES, st.integers(0, 2**31 - 1))
def test_every_image_is_on_one_side_and_each_class_gives_its_share(labels, share, seed):
    rest, taken = stratified(labels, share, seed, "check")
    assert sorted([*rest, *taken]) == list(range(len(labels)))
    assert np.array_equal(rest, np.sort(rest))
    assert np.array_equal(taken, np.sort(taken))
    for label in np.unique(labels):
        members, gave = int((labels == label).sum()), int((labels[taken] == label).sum())
        if members == 1:
            assert gave == 0
        else:
            assert 1 <= gave < members
            assert abs(gave - share * members) <= 1


@given(LABELS, SHARES, st.integers(0, 2**31 - 1))
def test_the_same_seed_and_purpose_split_alike(labels, share, seed):
    for one, other in zip(
        stratified(labels, share, seed, "a"), stratified(labels, share, seed, "a"), strict=True
    ):
        assert np.array_equal(one, other)


def test_seeds_and_purposes_split_differently():
    labels = np.arange(200) % 2
    sides = {tuple(stratified(labels, 0.5, seed, purpose)[1]) for seed in range(20) for purpose in "ab"}
    assert len(sides) == 40


def test_every_image_is_taken_equally_often():
    labels = np.arange(20) % 2
    taken = np.zeros(20)
    for seed in range(2000):
        taken[stratified(labels, 0.3, seed, "check")[1]] += 1
    assert taken.sum() == 2000 * 6
    spread = np.sqrt(2000 * 0.3 * 0.7)
    assert np.abs(taken - 600).max() < 4 * spread


# --- selections


def test_validation_is_a_share_of_train_drawn_anew_for_each_seed(animals):
    labels = animals.split("train").labels
    held = set()
    for seed in range(5):
        chosen = select_training(options(validation=0.2), animals, seed)
        assert np.bincount(chosen.validation.labels).tolist() == [8, 6, 4, 2]
        assert np.bincount(chosen.train.labels).tolist() == [32, 24, 16, 8]
        for portion in (chosen.train, chosen.validation):
            assert portion.split == "train"
            assert labels[portion.positions].tolist() == portion.labels.tolist()
        assert sorted([*chosen.train.positions, *chosen.validation.positions]) == list(range(100))
        held.add(tuple(chosen.validation.positions))
    assert len(held) == 5


def test_a_validation_set_of_its_own_is_used_as_it_is(tmp_path, monkeypatch):
    own = data(tmp_path, monkeypatch, [10, 10], validation=[3, 4])
    chosen = select_training(options(), own, 0)
    assert (chosen.train.split, len(chosen.train.labels)) == ("train", 20)
    assert (chosen.validation.split, np.bincount(chosen.validation.labels).tolist()) == ("validation", [3, 4])


def test_classes_are_chosen_by_name_or_position_and_numbered_as_listed(animals):
    chosen = select_training(options(classes=["dog", 0]), animals, 0)
    assert chosen.classes == ("dog", "ant")
    labels = animals.split("train").labels
    for portion in (chosen.train, chosen.validation):
        assert [{3: 0, 0: 1}[int(old)] for old in labels[portion.positions]] == portion.labels.tolist()
    test = select_test(options(classes=["dog", 0]), animals)
    assert test.split == "test"
    assert np.bincount(test.labels).tolist() == [5, 20]


def test_all_test_images_are_used_whatever_train_is_cut_to(animals):
    assert np.bincount(select_test(options(per_class=2), animals).labels).tolist() == [20, 15, 10, 5]


def test_few_of_each_class_are_kept_and_others_for_another_seed(animals):
    kept = set()
    for seed in range(4):
        chosen, whole = (
            select_training(options(per_class=few, validation=0.2), animals, seed) for few in (12, None)
        )
        assert np.bincount(chosen.train.labels).tolist() == [12, 12, 12, 8]
        assert chosen.validation.positions.tolist() == whole.validation.positions.tolist()
        assert set(chosen.train.positions) < set(whole.train.positions)
        kept.add(tuple(chosen.train.positions))
    assert len(kept) == 4


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (["ant", "baa"], "unknown class 'baa'; known: ant, bee, cat, dog."),
        (["ant", "Beee"], "unknown class 'Beee'; known: ant, bee, cat, dog. Did you mean 'bee'?"),
        ([0, 4], "no class at position 4; expected 0 to 3, or names in quotes; known: ant, bee, cat, dog"),
        ([-1, 0], "no class at position -1; expected 0 to 3, or names in quotes; known: ant, bee, cat, dog"),
        (["ant", "bee", 0], "a class is listed twice: ['ant', 'bee', 0]"),
        (["ant"], "given ['ant']; expected at least two classes"),
        ([], "given []; expected at least two classes"),
    ],
)
def test_classes_that_cannot_be_chosen_are_refused(wanted, message):
    with pytest.raises(DataError) as caught:
        chosen_classes(wanted, NAMES)
    assert str(caught.value) == f"data.classes: {message}"


def test_a_number_in_quotes_is_a_name():
    assert chosen_classes(["3", 0], ["7", "3"]) == [1, 0]


@pytest.mark.parametrize(("count", "images"), [(0, "0 training images"), (1, "1 training image")])
def test_a_class_too_small_to_train_and_validate_is_named(tmp_path, monkeypatch, count, images):
    small = data(tmp_path, monkeypatch, [5, count])
    with pytest.raises(DataError) as caught:
        select_training(options(), small, 0)
    assert str(caught.value) == (
        f"class 'bee' has {images}; expected at least 2, one to train and one to validate. "
        "Add images, or leave it out with data.classes"
    )
    with pytest.raises(DataError, match="class 'bee' has"):
        select_training(options(classes=["bee", "ant"]), small, 0)


def test_a_validation_set_without_any_image_of_the_classes_is_refused(tmp_path, monkeypatch):
    own = data(tmp_path, monkeypatch, [10, 10, 10], validation=[3, 0, 0])
    with pytest.raises(DataError) as caught:
        select_training(options(classes=[1, 2]), own, 0)
    assert str(caught.value) == (
        "the split 'validation' holds no image of the classes used; add some or use others"
    )


# --- what training lacks


def chosen(data, seed=0, **given):
    return select_training(options(**given), data, seed)


def test_a_share_of_train_leaves_validation_as_it_was(animals):
    whole, half, less = (chosen(animals, share=share) for share in (None, 0.5, 0.25))
    assert half.validation.positions.tolist() == whole.validation.positions.tolist()
    assert np.bincount(half.train.labels).tolist() == [
        round(0.5 * count) for count in np.bincount(whole.train.labels).tolist()
    ]
    assert set(less.train.positions) < set(half.train.positions) < set(whole.train.positions)
    assert set(chosen(animals, seed=1, share=0.5).train.positions) != set(half.train.positions)


def test_label_noise_makes_about_that_share_wrong_and_only_in_train(tmp_path, monkeypatch):
    many = data(tmp_path, monkeypatch, [2000, 2000, 2000])
    clean, noisy, noisier = (chosen(many, label_noise=share) for share in (0.0, 0.2, 0.6))
    assert np.array_equal(clean.validation.labels, noisy.validation.labels)
    wrong, more = noisy.train.labels != clean.train.labels, noisier.train.labels != clean.train.labels
    assert abs(wrong.mean() - 0.2) < 0.02
    assert abs(more.mean() - 0.6) < 0.02
    assert not (wrong & ~more).any()
    assert np.array_equal(noisy.train.labels[wrong], noisier.train.labels[wrong])
    shares = np.bincount((noisy.train.labels - clean.train.labels)[wrong] % 3) / wrong.sum()
    assert np.abs(shares[1:] - 0.5).max() < 0.05
    assert not np.array_equal(chosen(many, seed=1, label_noise=0.2).train.labels, noisy.train.labels)


def test_groups_keep_images_on_one_side(animals):
    found = chosen(animals, groups=r"/(\w+-\d+)_", validation=0.3)
    names = animals.names("train")
    sides = [
        {names[position].split("/")[1].split("_")[0] for position in portion.positions}
        for portion in (found.train, found.validation)
    ]
    assert sides[0].isdisjoint(sides[1])
    assert 0.1 < len(found.validation.positions) / 100 < 0.5


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        (
            "person(\\d+)",
            "data.groups: 'person(\\d+)' matches none of 100 names; the first is 'train/train-0_0.png'",
        ),
        (
            r"^(\w+)/",
            (
                "data.groups: no group can be held out without leaving a class nothing to train on; "
                "expected each class in several groups"
            ),
        ),
        (
            r"-(\d)_",
            "data.groups: 7 groups stand in train and in test, such as '0'; expected each on one side",
        ),
    ],
)
def test_a_pattern_that_does_not_group_is_told(animals, pattern, told):
    with pytest.raises(DataError) as caught:
        chosen(animals, groups=pattern)
    assert str(caught.value) == told


def test_no_class_is_left_without_an_image_to_train_on():
    """A rare class that is wholly in one group of many, and two classes of one group each."""
    labels = np.array([0] * 60 + [1] * 4)
    groups = [f"person {number % 12}" for number in range(60)] + ["person 3"] * 4
    for seed in range(40):
        rest, held = stratified(labels, 0.2, seed, "validation split", groups)
        assert set(labels[rest].tolist()) == {0, 1}
        assert len(held)
    _, held = stratified(np.array([0, 0, 1, 1]), 0.5, 0, "validation split", ["one", "one", "two", "two"])
    assert not len(held)


@pytest.mark.parametrize("classes", [("ant", "dog"), ("dog", "bee"), ("bee", "cat", "ant")])
def test_a_class_has_the_same_images_to_validate_it_whichever_others_are_used(classes, animals):
    """So a run that starts from one on other classes is judged by images that neither was trained on."""
    every = select_training(options(), animals, 3)
    some = select_training(options(classes=classes), animals, 3)
    wanted = [NAMES[label] in classes for label in every.validation.labels]
    assert set(some.validation.positions) == set(every.validation.positions[wanted])
    assert not set(some.validation.positions) & set(every.train.positions)
