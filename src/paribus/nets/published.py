"""Weights that the makers of a net published: where they are, and what they were trained to see.

Knows of torchvision and timm what these say themselves; `nets.fetching` downloads.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paribus.errors import SpecError
from paribus.nets.foreign import import_torchvision
from paribus.nets.zoo import import_timm
from paribus.specs.architectures import MobileNetV2, Resnet, Vgg
from paribus.specs.base import Options
from paribus.specs.words import did_you_mean, known, quoted
from paribus.specs.zoo import ZooOptions

DEFAULT = "imagenet"  # the weights that the makers recommend
_HALF = (0.5, 0.5, 0.5)
_HALVED = {"googlenet", "inception_v3"}  # torchvision shifts what these see to this, which we need not
_CLASSES = 1000
_KINDS = (".safetensors", ".pth", ".pt", ".bin")


@dataclass(frozen=True)
class Published:
    """A file of weights, and what was done to the images that it was trained with."""

    name: str  # such as resnet18 IMAGENET1K_V1
    url: str
    file: str  # what it is called in the cache
    sha256: str  # as many of its first digits as its makers state; none is ""
    size: tuple[int, int]  # height and width of the images
    mean: tuple[float, ...]  # by channel, of values from 0 to 1, taken away first
    deviation: tuple[float, ...]  # divided by
    classes: tuple[str, ...] | None  # in the order of the outputs, where their names are known


def find_published(options: Options, name: str = DEFAULT) -> Published:
    """The weights of that name for the net, "imagenet" for the recommended ones. Raises SpecError."""
    if isinstance(options, ZooOptions) and options.library == "timm":
        return _of_timm(options.model, name)
    return _of_torchvision(_torchvisions_name(options), name)


# --- what there is


def _torchvisions_name(options: Options) -> str:
    """What torchvision calls the net that is built the same. Raises SpecError where none is."""
    if isinstance(options, ZooOptions):
        return options.model
    if isinstance(options, Resnet) and options.depth in {18, 34, 50} and options.stem == "imagenet":
        name = f"resnet{options.depth}"
    elif isinstance(options, Vgg) and options.head == "imagenet":
        name = f"vgg{options.depth}{'_bn' if options.batch_norm else ''}"
    elif isinstance(options, MobileNetV2) and options.stem == "imagenet":
        name = "mobilenet_v2"
    else:
        name = ""
    if not name or getattr(options, "width", 1) != 1:
        raise SpecError(
            f"start.weights: nobody published weights for net '{options.name}' with these options; there are "
            "some for resnet (depth 18, 34, 50) and mobilenetv2 with stem = 'imagenet', width = 1, and for "
            "vgg with head = 'imagenet'"
        )
    return name


def _of_torchvision(model: str, name: str) -> Published:
    models = import_torchvision(f"The weights of {model}").models
    kinds = models.get_model_weights(model)
    names = [kind for kind in kinds.__members__ if kind != "DEFAULT"]
    if name != DEFAULT and name not in names:
        raise _no_weights(f"torchvision's {model}", name, names)
    chosen = kinds.DEFAULT if name == DEFAULT else kinds[name]
    seen = chosen.transforms()
    halved = model in _HALVED
    [side] = set(seen.crop_size)
    file = chosen.url.rpartition("/")[2]
    return Published(
        name=f"{model} {chosen.name}",
        url=chosen.url,
        file=file,
        sha256=_stated_sum(file),
        size=(side, side),
        mean=_HALF if halved else tuple(seen.mean),
        deviation=_HALF if halved else tuple(seen.std),
        classes=tuple(chosen.meta["categories"] or ()) or None,
    )


def _of_timm(model: str, name: str) -> Published:
    timm = import_timm(f"The weights of {model}")
    base = model.partition(".")[0]
    names = [found.partition(".")[2] for found in timm.list_pretrained(base)]
    wanted = model if name == DEFAULT else f"{base}.{name}"
    tagged = wanted.partition(".")[2]
    if not names or (tagged and tagged not in names):
        raise _no_weights(f"timm's {base}", tagged or name, names)
    facts: Any = timm.get_pretrained_cfg(wanted)
    url, file = _address(facts)
    if not url:
        raise SpecError(
            f"start.weights: timm's {wanted} lies in no kind of file that is read here ({facts.url}); "
            f"known: {', '.join(_KINDS)}"
        )
    imagenet = facts.num_classes == _CLASSES and "in1k" in (facts.tag or "")
    return Published(
        name=f"{base}.{facts.tag}",
        url=url,
        file=file,
        sha256=_stated_sum(file),
        size=tuple(facts.input_size[1:]),
        mean=tuple(facts.mean),
        deviation=tuple(facts.std),
        classes=_of_torchvision("resnet18", DEFAULT).classes if imagenet else None,
    )


def _address(facts: Any) -> tuple[str, str]:
    """The hub first: its files have timm's own names for tensors, which others need not have."""
    if facts.hf_hub_id:
        inside = facts.hf_hub_filename or "model.safetensors"
        file = f"{facts.hf_hub_id.replace('/', '--')}{Path(inside).suffix}"
        return f"https://huggingface.co/{facts.hf_hub_id}/resolve/main/{inside}", file
    url = facts.url or ""
    return (url, url.rpartition("/")[2]) if url.endswith(_KINDS) else ("", "")


def _no_weights(whose: str, name: str, names: list[str]) -> SpecError:
    return SpecError(
        f"start.weights: {whose} has no weights {quoted(name)}; {known(names)}.{did_you_mean(name, names)}"
    )


def _stated_sum(file: str) -> str:
    """The first digits of its SHA-256, with which torchvision and timm end the name of a file."""
    found = re.search(r"-([0-9a-f]{8,64})\.\w+$", file)
    return found[1] if found else ""
