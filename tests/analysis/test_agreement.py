import numpy as np
import pytest

from paribus.analysis.agreement import judge_agreement

from .runs import random_arm, random_run, said_arm

LABELS = [0, 0, 1, 1, 2]


def test_the_four_shares_and_the_cells_are_those_of_a_plain_count():
    arm, control = random_arm(seeds=4, skill=2.0), random_arm("c", seeds=5, skill=1.0)
    found = judge_agreement(arm, control)
    assert found.seeds == (0, 1, 2, 3)
    pairs, rights = [], []
    for place in range(300):
        mine = [bool(arm.seen[s].correct[place]) for s in range(4)]
        theirs = [bool(control.seen[s].correct[place]) for s in range(4)]
        pairs += zip(theirs, mine, strict=True)
        rights.append((sum(theirs) / 4, sum(mine) / 4))
    shares = [pairs.count(kind) / 1200 for kind in [(1, 1), (1, 0), (0, 1), (0, 0)]]
    assert [found.both, found.only_control, found.only_arm, found.none] == pytest.approx(shares)
    assert {cell[:2]: cell[2] for cell in found.cells} == {kind: rights.count(kind) for kind in rights}
    assert sum(cell[2] for cell in found.cells) == found.images == 300
    assert found.runs == (4, 4)


def test_images_on_which_they_differ_come_by_how_many_seeds_do():
    arm = said_arm([[0, 0, 1, 0, 2], [0, 0, 1, 0, 2]], LABELS)
    control = said_arm([[1, 1, 1, 1, 2], [1, 0, 1, 1, 2]], LABELS, "c")
    found = judge_agreement(arm, control)
    assert [(d.position, d.control_right, d.arm_right) for d in found.gained] == [(0, 0, 1), (1, 0.5, 1)]
    [lost] = found.lost
    assert (lost.position, lost.label, lost.arm_guess, lost.control_guess, lost.runs) == (3, 1, 0, 1, 2)


def test_seeds_with_images_of_their_own_are_counted_each_by_itself():
    arm, control = random_arm(seeds=1), random_arm("c", seeds=1)
    for each, seed in ((arm, 5), (control, 6)):
        each.seen[1] = random_run(seed=seed, positions=np.arange(300) + 1000)
    found = judge_agreement(arm, control)
    assert (found.images, found.runs) == (600, (1, 1))
    assert {cell[:2] for cell in found.cells} <= {(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)}


def test_arms_that_judged_other_images_or_other_classes_are_not_compared():
    arm = random_arm(seeds=2)
    moved = random_arm("c", seeds=2, positions=np.arange(300) + 1)
    assert judge_agreement(arm, moved) is None
    assert judge_agreement(arm, random_arm("c", seeds=2, classes=5)) is None
