import itertools
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import softmax

from paribus.analysis import Predictions, judge_ensembles
from paribus.analysis.ensembles import _subsets

from .small import evidence


def given(members, *, images=300, positions=None, metric="accuracy", split="test"):
    """Evidence of one arm whose runs said `members`: logits [images, classes] by seed."""
    labels = np.arange(images) % 2
    base = evidence({"a": [0.9] * len(members)}, split=split, metric=metric)
    seen = {}
    for seed, logits in enumerate(members):
        at = np.arange(images) if positions is None else positions[seed]
        seen[f"a/{seed}"] = Predictions(at, labels[at], np.asarray(logits, np.float32)[at])
    return replace(base, predictions=seen)


def random_members(count, images=300, seed=0, skill=1.0):
    """Members that err together on hard images, and each in its own way on all."""
    random = np.random.default_rng(seed)
    hard = random.normal(size=(images, 1))
    right = np.where(np.arange(images) % 2, 1.0, -1.0)[:, None]
    margins = [skill * right + 0.8 * hard + random.normal(size=(images, 1)) for _ in range(count)]
    return [np.hstack([-margin, margin]) for margin in margins]


def test_members_that_err_on_different_images_correct_each_other():
    images, labels = 300, np.arange(300) % 2
    members = []
    for k in range(3):
        wrong = np.arange(images) % 3 == k
        guessed = np.where(wrong, 1 - labels, labels)
        members.append(np.where(np.eye(2)[guessed] > 0, 2.0, 0.0))
    (result,) = judge_ensembles(given(members))
    assert (result.alone, result.together) == (pytest.approx(2 / 3), 1.0)
    assert result.gain == pytest.approx(1 / 3)
    assert (result.images, result.seeds, result.split) == (300, (0, 1, 2), "test")


def test_growth_is_the_mean_over_all_groups_of_a_size():
    members = random_members(4)
    (result,) = judge_ensembles(given(members))
    labels, shares = np.arange(300) % 2, [softmax(logits, axis=1) for logits in members]
    for size in (1, 2, 3, 4):
        groups = itertools.combinations(shares, size)
        scores = [float((np.mean(group, axis=0).argmax(1) == labels).mean()) for group in groups]
        assert result.growth[size] == pytest.approx(np.mean(scores)), size
    assert result.growth[1] == result.alone
    assert result.growth[4] == result.together > result.alone


def test_probabilities_are_averaged_and_not_logits():
    """One member shouts: its logits would outweigh the two others, its probabilities do not."""
    quiet, loud = np.tile([1.0, -1.0], (300, 1)), np.tile([-50.0, 50.0], (300, 1))
    (result,) = judge_ensembles(given([quiet, quiet, loud]))
    assert result.together == 0.5  # as the quiet ones have it: always the first class
    assert result.growth[3] == np.mean(np.arange(300) % 2 == 0)
    mean = (2 * softmax([1.0, -1.0]) + softmax([-50.0, 50.0])) / 3
    assert mean[0] > 0.5


def test_the_order_in_which_a_run_lists_its_images_does_not_matter():
    members = random_members(3)
    shuffled = [np.random.default_rng(seed).permutation(300) for seed in range(3)]
    assert judge_ensembles(given(members, positions=shuffled)) == judge_ensembles(given(members))


def test_seeds_that_validate_on_other_images_cannot_be_averaged():
    members = random_members(3)
    apart = [np.arange(100) + 100 * seed for seed in range(3)]
    (result,) = judge_ensembles(given(members, positions=apart, split="validation"))
    assert (result.images, result.together, result.gain, result.growth) == (0, None, None, None)


@pytest.mark.parametrize(("common", "told"), [(29, False), (30, True)])
def test_images_common_to_all_members_are_enough_if_they_are_thirty(common, told):
    members = random_members(2)
    positions = [np.arange(100), np.arange(100 - common, 200 - common)]
    (result,) = judge_ensembles(given(members, positions=positions, split="validation"))
    assert result.images == common
    assert (result.together is not None) == told


def test_images_on_whose_label_members_disagree_are_left_out():
    found = given(random_members(2))
    other = found.predictions["a/1"]
    labels = other.labels.copy()
    labels[:40] = 1 - labels[:40]
    mixed = dict(found.predictions) | {"a/1": replace(other, labels=labels)}
    (result,) = judge_ensembles(replace(found, predictions=mixed))
    assert result.images == 260


def test_one_finished_run_is_no_ensemble():
    assert judge_ensembles(evidence({"a": [0.9, None], "b": [0.8, 0.7]}, split="test"))[0].arm == "b"
    assert judge_ensembles(evidence({"a": [0.9, None]}, split="test")) == ()


def test_members_that_agree_on_every_image_have_a_gain_of_zero_and_no_interval():
    (one, *_) = random_members(1)
    (result,) = judge_ensembles(given([one, one, one]))
    assert (result.gain, result.low, result.high) == (0.0, None, None)


def test_another_metric_is_scored_too_but_has_no_interval():
    (result,) = judge_ensembles(given(random_members(3), metric="macro_f1"))
    assert result.together > result.alone
    assert (result.low, result.high) == (None, None)


def test_many_members_are_asked_in_few_groups_in_which_each_stands_equally_often():
    sizes = dict(_subsets(25))
    assert sorted(sizes) == [*range(1, 11), 25]
    for size, groups in sizes.items():
        assert len(groups) <= 30
        assert all(len(set(group)) == size for group in groups)
        counts = np.bincount([member for group in groups for member in group], minlength=25)
        assert len(set(counts.tolist())) == 1


def test_the_interval_covers_the_gain_that_the_same_members_have_on_new_images():
    """Members are rules that stay; images are drawn anew: 95 % within three standard errors of 400 tries."""
    random = np.random.default_rng(3)

    def draw(images):
        """What four fixed rules, each blind in its own direction, say of images that are drawn."""
        labels = np.arange(images) % 2
        x = random.normal(size=(images, 4)) + 0.7 * (2 * labels - 1)[:, None]
        rules = np.ones((4, 4)) - 0.8 * np.eye(4)
        return [np.stack([-(x @ rule), x @ rule], axis=1) / 2 for rule in rules]

    (truth,) = judge_ensembles(given(draw(100_000), images=100_000))
    assert truth.gain > 0.005
    hits = 0
    for _ in range(400):
        (found,) = judge_ensembles(given(draw(500), images=500))
        hits += found.low <= truth.gain <= found.high
    assert abs(hits / 400 - 0.95) < 3 * np.sqrt(0.95 * 0.05 / 400)
