import numpy as np
import pytest

from paribus.analysis import conclude, judge_without

from .small import IMAGES, evidence

CONTROL = [0.80, 0.81, 0.79, 0.80, 0.82]
BETTER = [0.84, 0.86, 0.83, 0.85, 0.86]


def leaked(seen, which):
    return dict.fromkeys(seen.predictions, which)


def test_an_arm_that_was_better_on_leaked_images_alone_loses_its_word():
    """Right are the first so many images; most that tell the two arms apart lie between 790 and 850."""
    seen = evidence({"control": CONTROL, "arm": BETTER}, split="test")
    assert conclude(seen).contrasts[0].word == "better"
    flags = np.zeros(IMAGES, bool)
    flags[790:850] = True
    found = judge_without(seen, leaked(seen, flags))
    assert (found.images, found.leaked) == (IMAGES, 60)
    assert found.words == {"arm": ("better", "undecided")}
    assert found.changed == ["arm"]
    assert found.means["control"] == pytest.approx((np.mean(CONTROL), 790 / 940))
    assert found.means["arm"] == pytest.approx((np.mean(BETTER), (790 + 4) / 940))


def test_a_word_that_rests_on_other_images_stays():
    seen = evidence({"control": CONTROL, "arm": BETTER}, split="test")
    flags = np.arange(IMAGES) < 40
    found = judge_without(seen, leaked(seen, flags))
    assert found.changed == []
    assert found.means["control"][1] < np.mean(CONTROL)


def test_validation_images_are_known_by_their_position_in_train_for_each_seed():
    seen = evidence({"control": CONTROL, "arm": BETTER})
    flags = np.zeros(5000 * 5 + IMAGES, bool)
    flags[[3, 5004, 5007, 999_9]] = True  # seed 0 judges by the first, seed 1 by two more
    found = judge_without(seen, leaked(seen, flags))
    assert (found.images, found.leaked) == (5 * IMAGES, 3)


def test_where_nothing_is_leaked_or_all_is_there_is_nothing_to_say():
    seen = evidence({"control": CONTROL, "arm": BETTER}, split="test")
    assert judge_without(seen, leaked(seen, np.zeros(IMAGES, bool))) is None
    assert judge_without(seen, leaked(seen, np.ones(IMAGES, bool))) is None
