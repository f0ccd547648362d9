"""What a net should say of a batch, and what it costs to say something else.

One label an image, or two where images are mixed; smoothed, and weighed by class, where that is asked for.
"""

from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional

from paribus.specs.training import LossSpec


@dataclass(frozen=True)
class Target:
    """Labels, and what their images' partners are where these are mixed in."""

    labels: Tensor  # int64 [images]
    partners: Tensor | None = None  # int64 [images]: the labels of the images mixed in
    shares: Tensor | None = None  # [images]: how much each image keeps of its own label
    smoothing: float = 0.0  # share of each label that all classes get alike
    weights: Tensor | None = None  # [classes]: how much an image of each class counts
    whole: "Target | None" = None  # the batch that this is a piece of

    @classmethod
    def of(
        cls, labels: Tensor, shares: Tensor | None, smoothing: float = 0.0, weights: Tensor | None = None
    ) -> "Target":
        """The partner is the image before in the batch, as mixing has it."""
        partners = None if shares is None else labels.roll(1)
        return cls(labels, partners, shares, smoothing, weights)

    def __len__(self) -> int:
        return len(self.labels)

    def piece(self, start: int, end: int) -> "Target":
        """Some of the images; the losses of all the pieces add up to the loss of the whole."""
        partners = None if self.partners is None else self.partners[start:end]
        shares = None if self.shares is None else self.shares[start:end]
        return replace(self, labels=self.labels[start:end], partners=partners, shares=shares, whole=self)

    def loss(self, logits: Tensor) -> Tensor:
        """Mean cross-entropy; of mixed images with both labels, by their shares; a piece's part of it."""
        if self.partners is None and self.weights is None:
            mean = self._costs(logits, self.labels, "mean")
        else:
            own = self._weighed_costs(logits, self.labels)
            each = (
                own if self.partners is None else self._mix(own, self._weighed_costs(logits, self.partners))
            )
            mean = each.sum() / self._weight()
        return mean if self.whole is None else mean * (self._weight() / self.whole._weight())  # noqa: SLF001

    def _weighed_costs(self, logits: Tensor, labels: Tensor) -> Tensor:
        """By each image's own label: torch's own would weigh what smoothing gives other classes too."""
        costs = self._costs(logits, labels, "none")
        return costs if self.weights is None else costs * self.weights[labels]

    def _costs(self, logits: Tensor, labels: Tensor, reduction: str) -> Tensor:
        return functional.cross_entropy(logits, labels, reduction=reduction, label_smoothing=self.smoothing)

    def _weight(self) -> Tensor | int:
        """What the images count together."""
        if self.weights is None:
            return len(self.labels)
        own = self.weights[self.labels]
        return (own if self.partners is None else self._mix(own, self.weights[self.partners])).sum()

    def _mix(self, own: Tensor, partners: Tensor) -> Tensor:
        return own if self.shares is None else torch.lerp(partners, own, self.shares)

    def correct(self, logits: Tensor) -> Tensor:
        """How many images get the label of which they hold more."""
        wanted = self.labels
        if self.partners is not None and self.shares is not None:
            wanted = torch.where(self.shares < 0.5, self.partners, self.labels)
        return (logits.argmax(1) == wanted).sum()


def class_weights(spec: LossSpec, labels: Tensor, classes: tuple[str, ...]) -> Tensor | None:
    """How much an image of each class counts; `labels` are those of the training images."""
    if spec.balanced:
        counts = torch.bincount(labels, minlength=len(classes)).clamp(min=1)
        return len(labels) / (len(classes) * counts).float()
    if spec.class_weights is None:
        return None
    spec.refuse_unknown(classes)
    return torch.tensor([spec.class_weights.get(name, 1.0) for name in classes], device=labels.device)
