import numpy as np
import pytest
import torch

from paribus.training.targets import Target

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
