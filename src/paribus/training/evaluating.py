"""What a net says of images, and how well it does."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from paribus import chance
from paribus.training.batches import EVALUATED_AT_ONCE, Feed, Resident
from paribus.training.generators import seed_generators
from paribus.training.memory import is_out_of_memory, release_memory

_SEED = chance.integer(0, "evaluation")


Forward = Callable[[Tensor], Tensor]  # images, or features, to logits


@dataclass(frozen=True)
class Evaluation:
    logits: Tensor  # [images, classes]
    loss: float  # means over images, not over batches
    accuracy: float


@torch.inference_mode()
def evaluate(
    net: nn.Module, feed: Feed, images: Resident, head: Callable[[Tensor], Tensor] | None = None
) -> Evaluation:
    """Runs the net in evaluation mode over all the images, and leaves its mode as it was.

    `head` is the part of the net that features go through, where the feed gives these.
    """
    was_training = net.training
    net.eval()
    device = images.labels.device
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        seed_generators(device, _SEED)  # for a net that draws even when it is evaluated
        logits = _judge_all(head or net, feed, images, EVALUATED_AT_ONCE)
    net.train(was_training)
    loss = functional.cross_entropy(logits.double(), images.labels)
    accuracy = (logits.argmax(1) == images.labels).double().mean()
    return Evaluation(logits, float(loss), float(accuracy))


def _judge_all(net: Forward, feed: Feed, images: Resident, at_once: int) -> Tensor:
    """Half as many at once, from the first on, where memory runs out."""
    while True:
        try:
            return _judge(net, feed, images, at_once)
        except (RuntimeError, MemoryError) as error:
            if at_once == 1 or not is_out_of_memory(error):
                raise
        at_once //= 2
        release_memory()


def _judge(net: Forward, feed: Feed, images: Resident, at_once: int) -> Tensor:
    """Into one tensor made beforehand: small ones kept between large ones that go make the heap grow."""
    logits, start = torch.empty(0), 0
    for batch in feed.evaluated(images, at_once):
        with feed.computing:
            found = judge(net, batch, flip=feed.flips)
        if not start:
            logits = found.new_empty((len(images), *found.shape[1:]))
        logits[start : start + len(found)] = found
        start += len(found)
    return logits


def judge(net: Forward, batch: Tensor, *, flip: bool) -> Tensor:
    """The net's logits; with `flip`, the mean over each image and its mirror image."""
    logits: Tensor = net(batch).float()
    return (logits + net(batch.flip(3)).float()) / 2 if flip else logits
