import numpy as np

from paribus.data.passport.doubts import HeldOut, doubt_labels


def net(positions, says, *, classes=3, sure=4.0):
    logits = np.zeros((len(positions), classes), np.float32)
    logits[np.arange(len(positions)), says] = sure
    return HeldOut("train", np.array(positions), logits, np.arange(classes))


LABELS = np.array([0, 1, 2, 0, 1, 2])


def test_the_most_doubtful_label_comes_first_with_what_the_nets_say_instead():
    views = [net([0, 1, 2], [0, 2, 2]), net([1, 2, 3], [2, 2, 1], sure=2.0), net([1, 3, 4], [0, 0, 1])]
    first, *others = doubt_labels(views, LABELS, "train")
    assert (first.position, first.label, first.said, first.said_by, first.nets) == (1, 1, 2, 2, 3)
    strong, weak = np.exp(4) + 2, np.exp(2) + 2
    assert np.isclose(first.probability, (1 / strong + 1 / weak + 1 / strong) / 3)
    assert others == []  # image 3: one net of two names another class, and the label is not under a half


def test_images_that_no_net_held_out_and_labels_that_nets_share_are_left_alone():
    assert doubt_labels([net([0, 1], [0, 1])], LABELS, "train") == []
    assert doubt_labels([], LABELS, "train") == []
    assert doubt_labels([net([0], [2])], LABELS, "validation") == []


def test_nets_of_some_classes_speak_in_the_classes_of_the_set():
    view = HeldOut("train", np.array([1, 4]), np.array([[5, 0], [0, 5]], np.float32), np.array([2, 1]))
    (doubt,) = doubt_labels([view], LABELS, "train")
    assert (doubt.position, doubt.label, doubt.said) == (1, 1, 2)


def test_logits_beyond_all_measure_are_no_trouble():
    view = HeldOut("train", np.array([0]), np.array([[-1e30, 1e30, 0]], np.float32), np.arange(3))
    (doubt,) = doubt_labels([view], LABELS, "train")
    assert doubt.probability == 0


def test_nets_that_each_say_something_else_doubt_nothing():
    views = [net([0], [said], classes=4) for said in (1, 2, 3)]
    assert doubt_labels(views, LABELS, "train") == []
    assert (
        len(doubt_labels([*views, net([0], [1], classes=4), net([0], [1], classes=4)], LABELS, "train")) == 1
    )
