"""What a run keeps so that its report can show where the net looked, and what its first layer became.

Nothing here changes what a run is, and nothing fails it: where it cannot be made, the file says why.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from paribus import chance
from paribus.data import DataSet, Portion, Split
from paribus.executors.events import Job
from paribus.executors.preparing import Prepared, load_portion
from paribus.nets import Shape
from paribus.nets.filters import Filters, first_of
from paribus.nets.saliency import Saliency, find_saliency
from paribus.stats import find_doubts, find_mistakes
from paribus.training import Feed, TrainingData
from paribus.training.generators import seed_generators

KEPT = 48  # images of each kind: the worst mistakes, and the most doubtful
_AT_ONCE = 32
_SEED = chance.integer(0, "saliency")

Found = tuple[dict[str, NDArray[Any]], dict[str, Any]]  # arrays by name, and plain facts


@dataclass(frozen=True)
class Judged:
    """What a net said of images of a split."""

    split: Split
    positions: Tensor  # int64 [images]: in the split
    labels: Tensor  # int64 [images]
    logits: Tensor  # [images, classes]


def look_again(job: Job, data: DataSet, seen: TrainingData, net: nn.Module, judged: Judged) -> Found:
    """Where the net looked in the images that it is most wrong about, and in those that it doubts most.

    It holds the weights that judged them; `seen` is what they were trained on.
    """
    labels = judged.labels.cpu().numpy()
    at = _choose(labels, judged.logits.float().cpu().numpy())
    portion = Portion(judged.split, judged.positions.cpu().numpy()[at], labels[at])
    try:
        found = _find(job, replace(seen, are_features=False), net, data, portion)
    except Exception as error:  # noqa: BLE001  no picture is worth a run
        return {"positions": portion.positions[:0]}, {"why": f"{type(error).__name__}: {error}"}
    maps = torch.cat([part.maps for part in found]).cpu().numpy()
    return {"positions": portion.positions, "maps": maps}, {"way": found[0].way, "layer": found[0].layer}


def _choose(labels: NDArray[np.int64], logits: NDArray[np.float32]) -> NDArray[np.int64]:
    """Places of the images to look at, in rising order."""
    shares = np.exp(logits.astype(np.float64) - logits.max(1, keepdims=True))
    shares /= shares.sum(1, keepdims=True)
    return np.union1d(find_mistakes(shares, labels, KEPT), find_doubts(shares, KEPT))


def _find(job: Job, seen: TrainingData, net: nn.Module, data: DataSet, portion: Portion) -> list[Saliency]:
    images, feed = load_portion(data, portion, job.device), Feed(job.recipe, seen)
    device = images.labels.device
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        seed_generators(device, _SEED)
        found = []
        for batch in feed.evaluated(images, _AT_ONCE):
            with feed.computing:
                found.append(find_saliency(net, batch))
    return found


def find_filters(run: Prepared, before: Mapping[str, Filters]) -> Found | None:
    """The first layer before training and as it is in the net now; None where no layer sees pixels."""
    try:
        shape = Shape(*run.data.shape, classes=len(run.seen.classes))
        after = first_of(run.state.net, shape, before)
    except Exception:  # noqa: BLE001  a net that cannot be followed may train all the same
        return None
    if after is None:
        return None
    values = {"before": before[after.layer].values, "after": after.values}
    arrays = {name: _as_halves(tensor) for name, tensor in values.items()}
    return arrays, {"layer": after.layer, "kind": after.kind, "total": after.total}


def _as_halves(values: Tensor) -> NDArray[np.float16]:
    most = float(np.finfo(np.float16).max)
    return values.float().nan_to_num().clamp(-most, most).numpy().astype(np.float16)
