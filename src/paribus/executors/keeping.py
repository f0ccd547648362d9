"""What of a run outlives it: weights, what they say of each image, its layers, pictures of what it saw.

No clock: same run, same bytes.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from torch import Tensor

from paribus.augment.preview import EPOCHS, Sample, describe_chain, pick_images, vary_sample
from paribus.augment.sheet import Section, encode_sheet
from paribus.data import Split
from paribus.errors import SpecError
from paribus.executors.events import Job
from paribus.executors.looking import Judged, find_filters, look_again
from paribus.executors.preparing import Prepared
from paribus.nets import Shape
from paribus.nets.layers import tabulate_net
from paribus.specs import canonical, digest
from paribus.store import write_arrays
from paribus.store.files import write_bytes
from paribus.training import Feed, evaluate

_PREVIEW_BYTES = 150_000  # a report carries one for each arm

_LAYERS: dict[str, bytes] = {}  # of nets that this process followed: a run of a second takes a tenth for it

Files = dict[str, tuple[str, int]]  # name -> (SHA-256, bytes)


def keep_results(job: Job, folder: Path, run: Prepared) -> Files:
    """Weights of the last and the best epoch, and their predictions for every validation image."""
    state, validation = run.state, run.seen.validation
    feed = Feed(job.recipe, run.seen)
    last = {name: value.clone() for name, value in state.weights.items()}
    said: dict[str, Tensor] = {}
    files: Files = {}
    both = {"last": (last, len(state.history)), "best": (state.best_weights, state.best_epoch)}
    for name, (weights, epoch) in both.items():
        state.net.load_state_dict(weights)
        said[name] = evaluate(state.net, feed, validation, state.head).logits
        files |= _keep(folder, f"{name}.safetensors", weights, _model_facts(job, run) | {"epoch": epoch})
        files |= keep_predictions(
            folder, f"validation-{name}", validation.origins, validation.labels, said[name]
        )
    files |= _keep_layers(job, folder, run) | _keep_preview(job, folder, run)
    # From here on the net is only asked: what it said and its weights are kept.
    state.net.load_state_dict(last)
    files |= _keep_filters(folder, run)
    return files | _keep_saliency(job, folder, run, {name: (both[name][0], said[name]) for name in both})


def _keep_filters(folder: Path, run: Prepared) -> Files:
    """`filters.safetensors`: the first layer before training and after the last epoch."""
    found = find_filters(run, run.born)
    return {} if found is None else keep_found(folder, "filters", *found)


def _keep_saliency(
    job: Job, folder: Path, run: Prepared, said: Mapping[str, tuple[Mapping[str, Tensor], Tensor]]
) -> Files:
    """`validation-saliency-last.safetensors` and `-best`: where the net looked, in a few images."""
    split: Split = "validation" if "validation" in run.data.counts else "train"
    images, net = run.seen.validation, run.state.net
    files: Files = {}
    for name, (weights, logits) in said.items():
        net.load_state_dict(weights)
        judged = Judged(split, images.origins, images.labels, logits)
        found = look_again(job, run.data, run.seen, net, judged)
        files |= keep_found(folder, f"validation-saliency-{name}", *found)
    return files


def keep_found(
    folder: Path, name: str, arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]
) -> Files:
    file = folder / f"{name}.safetensors"
    return {file.name: (write_arrays(file, arrays, dict(facts)), file.stat().st_size)}


def keep_predictions(folder: Path, name: str, positions: Tensor, labels: Tensor, logits: Tensor) -> Files:
    """`positions` are those of the images in their split, so that runs can be compared image by image."""
    tensors = {"positions": positions, "labels": labels, "logits": logits}
    return _keep(folder, f"{name}.safetensors", tensors, None)


def _keep_layers(job: Job, folder: Path, run: Prepared) -> Files:
    """`layers.json`: the net's layers and what it costs; none where they cannot be followed."""
    recipe, shape = canonical(job.recipe), Shape(*run.data.shape, classes=len(run.seen.classes))
    alike = digest([recipe["net"], recipe["start"], asdict(shape)])
    if alike not in _LAYERS:
        try:
            table = tabulate_net(run.state.net, shape, numbers=True)
        except SpecError:
            return {}
        _LAYERS[alike] = json.dumps(table.as_plain(), sort_keys=True).encode()
    content = _LAYERS[alike]
    return {"layers.json": (write_bytes(folder / "layers.json", content), len(content))}


def _keep_preview(job: Job, folder: Path, run: Prepared) -> Files:
    """`seen.png`: a few images as they are and as the run's first epochs saw them; none where none vary."""
    recipe, train = job.recipe, run.seen.train
    if not recipe.augment:
        return {}
    at = pick_images(train.labels.cpu().numpy())
    sample = Sample(
        train.pixels[train.positions[at]].cpu().numpy(),
        train.origins.cpu().numpy()[at],
        tuple(run.seen.classes[label] for label in train.labels[at].tolist()),
    )
    epochs = min(EPOCHS, len(run.state.history))
    strips = vary_sample(recipe.augment, sample, recipe.seed_of("augment"), epochs)
    content = encode_sheet([Section("", describe_chain(recipe.augment), tuple(strips))], _PREVIEW_BYTES)
    return {"seen.png": (write_bytes(folder / "seen.png", content), len(content))}


def _keep(folder: Path, name: str, tensors: dict[str, Tensor], facts: Any) -> Files:
    arrays = {key: tensor.cpu().numpy() for key, tensor in tensors.items()}
    sha256 = write_arrays(folder / name, arrays, facts)
    return {name: (sha256, (folder / name).stat().st_size)}


def _model_facts(job: Job, run: Prepared) -> dict[str, Any]:
    """All that somebody needs who has only the weights."""
    return {
        "fingerprint": job.fingerprint,
        "recipe": canonical(job.recipe),
        "classes": run.seen.classes,
        "shape": run.data.shape,
        "mean": run.seen.mean,
        "deviation": run.seen.deviation,
    }
