import numpy as np
import pytest
from scipy.special import softmax

from paribus.analysis.mistakes import judge_mistakes

from .runs import random_arm, random_run, said_arm


def test_probabilities_are_means_over_seeds_and_the_surest_mistake_is_the_first():
    arm = random_arm(seeds=5, images=200)
    found = judge_mistakes(arm)
    mean = np.mean([softmax(s.logits.astype(float), axis=1) for s in arm.seen.values()], axis=0)
    labels = arm.seen[0].labels
    wrong = sorted(np.flatnonzero(mean.argmax(1) != labels), key=lambda place: -mean[place].max())
    assert found.wrong == len(wrong) > 12
    assert [one.position for one in found.worst] == wrong[:12]
    for one in found.worst:
        ranked = np.argsort(-mean[one.position])
        assert (one.guessed, one.next) == tuple(ranked[:2])
        assert one.probability == pytest.approx(mean[one.position].max(), rel=1e-5)
        votes = [s.logits[one.position].argmax() for s in arm.seen.values()]
        assert (one.agree, one.runs) == (votes.count(one.guessed), 5)
        assert one.label == labels[one.position] != one.guessed


def test_the_most_doubtful_have_the_smallest_margins():
    arm = random_arm(seeds=3, images=200)
    mean = np.mean([softmax(s.logits.astype(float), axis=1) for s in arm.seen.values()], axis=0)
    ranked = np.sort(mean, axis=1)
    margins = ranked[:, -1] - ranked[:, -2]
    found = judge_mistakes(arm).doubtful
    assert [one.position for one in found] == list(np.argsort(margins)[:12])
    assert [one.margin for one in found] == pytest.approx(np.sort(margins)[:12], abs=1e-6)


def test_images_that_one_seed_alone_judged_are_among_them():
    arm = random_arm(seeds=1, images=40, skill=9.0)
    arm.seen[1] = random_run(40, skill=-9.0, seed=3, positions=np.arange(40) + 40)
    found = judge_mistakes(arm)
    assert (found.images, found.wrong) == (80, 40)
    assert all(one.position >= 40 and (one.agree, one.runs) == (1, 1) for one in found.worst)


def test_two_classes_that_are_exactly_alike_are_two():
    arm = said_arm([[0, 1], [1, 1]], [0, 1])
    one = judge_mistakes(arm).doubtful[0]
    assert (one.position, one.guessed, one.next, one.margin) == (0, 0, 1, 0.0)
    assert (one.agree, one.runs) == (1, 2)


def test_an_arm_without_mistakes_has_none():
    assert judge_mistakes(said_arm([[0, 1, 2]], [0, 1, 2])).worst == ()
