"""What a net should say of a batch: one label an image, or two where images are mixed."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True)
class Target:
    """Labels, and what their images' partners are where these are mixed in."""

    labels: Tensor  # int64 [images]
    partners: Tensor | None = None  # int64 [images]: the labels of the images mixed in
    shares: Tensor | None = None  # [images]: how much each image keeps of its own label

    @classmethod
    def of(cls, labels: Tensor, shares: Tensor | None) -> "Target":
        """The partner is the image before in the batch, as mixing has it."""
        return cls(labels) if shares is None else cls(labels, labels.roll(1), shares)

    def loss(self, logits: Tensor) -> Tensor:
        """Mean cross-entropy; of mixed images with both labels, by their shares."""
        if self.partners is None or self.shares is None:
            return functional.cross_entropy(logits, self.labels)
        own = functional.cross_entropy(logits, self.labels, reduction="none")
        partners = functional.cross_entropy(logits, self.partners, reduction="none")
        return torch.lerp(partners, own, self.shares).mean()

    def correct(self, logits: Tensor) -> Tensor:
        """How many images get the label of which they hold more."""
        wanted = self.labels
        if self.partners is not None and self.shares is not None:
            wanted = torch.where(self.shares < 0.5, self.partners, self.labels)
        return (logits.argmax(1) == wanted).sum()
