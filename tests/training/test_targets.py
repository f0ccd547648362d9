import numpy as np
import pytest
import torch

from paribus.errors import SpecError
from paribus.specs.training import LossSpec
from paribus.training import Feed, evaluate
from paribus.training.targets import Target, class_weights

from .small import make_data, make_recipe, run

LOGITS = torch.from_numpy(np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32))
LABELS = torch.tensor([0, 1, 2, 3, 0, 1])
SHARES = torch.tensor([1.0, 0.0, 0.3, 0.5, 0.7, 0.49])


def by_hand(logits, label):
    chances = np.exp(logits.astype(np.float64))
    return -np.log(chances[label] / chances.sum())


def test_the_loss_of_mixed_images_is_that_of_both_labels_by_their_shares():
    target = Target.of(LABELS, SHARES)
    expected = np.mean([
        share * by_hand(logits, own) + (1 - share) * by_hand(logits, other)
        for logits, own, other, share in zip(
            LOGITS.numpy(), LABELS.tolist(), LABELS.roll(1).tolist(), SHARES.tolist(), strict=True
        )
    ])  # fmt: skip
    assert float(target.loss(LOGITS)) == pytest.approx(expected, abs=1e-6)


def test_the_loss_is_that_of_the_mixed_labels_as_chances():
    """torch can be given a distribution for each image: the same by another way."""
    chances = torch.zeros(6, 4)
    chances[torch.arange(6), LABELS] += SHARES
    chances[torch.arange(6), LABELS.roll(1)] += 1 - SHARES
    expected = torch.nn.functional.cross_entropy(LOGITS, chances)
    assert torch.allclose(Target.of(LABELS, SHARES).loss(LOGITS), expected, atol=1e-6)


def test_the_label_with_the_larger_share_counts_as_correct():
    wanted = torch.tensor([0, 0, 1, 3, 0, 0])  # halves count for the image's own
    says = torch.nn.functional.one_hot(wanted, 4).float()
    assert int(Target.of(LABELS, SHARES).correct(says)) == 6
    assert int(Target.of(LABELS, None).correct(says)) == int((wanted == LABELS).sum())


def test_unmixed_images_cost_what_they_always_cost():
    plain = Target.of(LABELS, None)
    assert plain.partners is None
    assert torch.equal(plain.loss(LOGITS), torch.nn.functional.cross_entropy(LOGITS, LABELS))
    assert torch.allclose(Target.of(LABELS, torch.ones(6)).loss(LOGITS), plain.loss(LOGITS))


# --- smoothed, weighed by class, and in pieces

WEIGHTS = torch.tensor([1.0, 2.0, 0.5, 4.0])


def smoothed(logits, label, smoothing):
    own = by_hand(logits, label)
    return (1 - smoothing) * own + smoothing * np.mean([by_hand(logits, each) for each in range(4)])


def test_a_smoothed_label_gives_its_share_to_all_classes():
    expected = np.mean(
        [smoothed(logits, y, 0.2) for logits, y in zip(LOGITS.numpy(), LABELS.tolist(), strict=True)]
    )
    assert float(Target.of(LABELS, None, 0.2).loss(LOGITS)) == pytest.approx(expected, abs=1e-6)


def test_the_labels_of_mixed_images_are_smoothed_both():
    expected = np.mean([
        share * smoothed(logits, own, 0.2) + (1 - share) * smoothed(logits, other, 0.2)
        for logits, own, other, share in zip(
            LOGITS.numpy(), LABELS.tolist(), LABELS.roll(1).tolist(), SHARES.tolist(), strict=True
        )
    ])  # fmt: skip
    assert float(Target.of(LABELS, SHARES, 0.2).loss(LOGITS)) == pytest.approx(expected, abs=1e-6)


def test_images_count_by_the_weight_of_their_class():
    each = [by_hand(logits, y) for logits, y in zip(LOGITS.numpy(), LABELS.tolist(), strict=True)]
    expected = np.average(each, weights=WEIGHTS[LABELS].numpy())
    assert float(Target.of(LABELS, None, weights=WEIGHTS).loss(LOGITS)) == pytest.approx(expected, abs=1e-6)


def test_mixed_images_count_by_the_weights_of_both_their_classes():
    own, other = LABELS.tolist(), LABELS.roll(1).tolist()
    costs, counts = [], []
    for logits, one, two, share in zip(LOGITS.numpy(), own, other, SHARES.tolist(), strict=True):
        shares = (share * float(WEIGHTS[one]), (1 - share) * float(WEIGHTS[two]))
        costs.append(shares[0] * by_hand(logits, one) + shares[1] * by_hand(logits, two))
        counts.append(sum(shares))
    found = Target.of(LABELS, SHARES, weights=WEIGHTS).loss(LOGITS)
    assert float(found) == pytest.approx(sum(costs) / sum(counts), abs=1e-6)


def test_a_smoothed_label_counts_by_the_weight_of_its_own_class_alone():
    """Torch's own weighs the share of each other class too: a rare one would pull every image."""
    each = [smoothed(logits, y, 0.2) for logits, y in zip(LOGITS.numpy(), LABELS.tolist(), strict=True)]
    expected = np.average(each, weights=WEIGHTS[LABELS].numpy())
    assert float(Target.of(LABELS, None, 0.2, WEIGHTS).loss(LOGITS)) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("shares", [None, torch.linspace(0, 1, 1000)], ids=["plain", "mixed"])
def test_a_net_that_knows_nothing_pays_the_log_of_the_classes_however_rare_one_of_them_is(shares):
    labels = torch.cat([torch.arange(9).repeat(111), torch.tensor([9])])
    weights = class_weights(LossSpec(balanced=True), labels, tuple("abcdefghij"))
    cost = Target.of(labels, shares, 0.1, weights).loss(torch.zeros(1000, 10))
    assert float(cost) == pytest.approx(np.log(10), abs=1e-5)


@pytest.mark.parametrize("shares", [None, SHARES], ids=["plain", "mixed"])
@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["alike", "weighed"])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_the_losses_of_the_pieces_add_up_to_the_loss_of_the_whole(shares, weights, smoothing):
    whole = Target.of(LABELS, shares, smoothing, weights)
    pieces = [(0, 1), (1, 4), (4, 6)]
    added = sum(whole.piece(*ends).loss(LOGITS[slice(*ends)]) for ends in pieces)
    assert float(added) == pytest.approx(float(whole.loss(LOGITS)), abs=1e-6)
    assert sum(int(whole.piece(*ends).correct(LOGITS[slice(*ends)])) for ends in pieces) == int(
        whole.correct(LOGITS)
    )


def test_balanced_classes_count_alike_in_all():
    labels = torch.tensor([0, 0, 0, 1, 2, 2, 3, 3])
    weights = class_weights(LossSpec(balanced=True), labels, tuple("abcd"))
    each = [float(weights[labels][labels == label].sum()) for label in range(4)]
    assert each == pytest.approx([2.0] * 4)  # eight images in all, as without weights


def test_a_table_weighs_the_classes_that_it_names_and_refuses_one_that_nobody_knows():
    spec = LossSpec(class_weights={"b": 3.0})
    assert class_weights(spec, LABELS, tuple("abcd")).tolist() == [1.0, 3.0, 1.0, 1.0]
    assert class_weights(LossSpec(), LABELS, tuple("abcd")) is None
    with pytest.raises(SpecError) as caught:
        class_weights(LossSpec(class_weights={"cart": 3.0}), LABELS, ("cat", "dog"))
    assert str(caught.value) == ("loss.class_weights: no class 'cart'; known: cat, dog. Did you mean 'cat'?")


def test_validation_tells_plain_cross_entropy_whatever_is_trained_on():
    data = make_data()
    recipe = make_recipe(loss=LossSpec(smoothing=0.3, class_weights={"a": 9.0}), epochs=1)
    state = run(recipe, data)
    logits = evaluate(state.net, Feed(recipe, data), data.validation).logits
    expected = torch.nn.functional.cross_entropy(logits.double(), data.validation.labels)
    assert state.history[0].validation_loss == float(expected)
