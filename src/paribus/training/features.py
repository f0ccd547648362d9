"""What the frozen body of a net makes of each image, computed once: then only the head is left to train.

The result is the same up to the rounding of the body, which sees the images in other batches.
"""

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor, nn

from paribus.nets import Shape
from paribus.nets.anatomy import head_of, is_within
from paribus.nets.cutting import cut_at_head
from paribus.nets.starting import Started
from paribus.specs import RecipeSpec
from paribus.training.batches import Feed, Resident, TrainingData

Head = Callable[[Tensor], Tensor]  # features to logits

_MOST_BYTES = 4 << 30  # of features; the images themselves stay mapped


def with_features(
    recipe: RecipeSpec, data: TrainingData, net: nn.Module, started: Started, shape: Shape
) -> tuple[TrainingData, Head | None]:
    """Features instead of images, and the head that makes logits of them; or the data as they were, and none.

    As they were: where an image gives other features in each epoch, where more than the head trains, and
    where the net cannot be cut.
    """
    if not _gives_the_same(recipe) or not _trains_its_head_only(net, started, shape):
        return data, None
    cut = cut_at_head(net, shape)
    if cut is None:
        return data, None
    body, head = cut
    feed, was_training = Feed(recipe, data), net.training
    net.eval()
    train, validation = (_compute(body, feed, images) for images in (data.train, data.validation))
    net.train(was_training)
    if train is None or validation is None:
        return data, None
    return replace(data, train=train, validation=validation, are_features=True), head


def _gives_the_same(recipe: RecipeSpec) -> bool:
    held = recipe.start is not None and recipe.start.norms == "frozen"
    return held and not recipe.augment and not recipe.test_time_flip


def _trains_its_head_only(net: nn.Module, started: Started, shape: Shape) -> bool:
    head = head_of(net, shape)
    return all(is_within(name, head) for name in started.trained)


@torch.no_grad()
def _compute(body: Callable[[Tensor], Tensor], feed: Feed, images: Resident) -> Resident | None:
    """The features of these images in the place of their pixels; None where they would be too many."""
    features, start = torch.empty(0), 0
    for batch in feed.evaluated(images):
        with feed.computing:
            found = body(batch)
        if not start:
            if found[0].nbytes * len(images) > _MOST_BYTES:
                return None
            features = found.new_empty((len(images), *found.shape[1:]))
        features[start : start + len(found)] = found
        start += len(found)
    return replace(images, pixels=features, positions=torch.arange(len(images), device=features.device))
