"""Nets of torchvision and timm by their names, as image classifiers of our shapes. Knows no weights.

Their first weights are drawn by the library, from a generator seeded for the run. Images of one channel are
repeated over three, so that published weights fit gray images too.
"""

import warnings
from collections.abc import Collection
from types import ModuleType
from typing import Any

import torch
from torch import Tensor, nn

from paribus import chance
from paribus.errors import MissingExtra, SpecError
from paribus.nets.foreign import import_torchvision
from paribus.nets.shapes import Shape
from paribus.specs.words import did_you_mean
from paribus.specs.zoo import ZooOptions, library_version

_AUXILIARY = {"googlenet", "inception_v3"}  # of torchvision: with second heads that only their training knows
_COLOURS = 3


def build_zoo_net(options: ZooOptions, shape: Shape, seed: int) -> nn.Module:
    """The library's net with first weights of `seed`; ours and the default generator stay as they were."""
    make = _make_torchvision if options.library == "torchvision" else _make_timm
    with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the library would rather be asked for tomorrow
        torch.manual_seed(chance.integer(seed, "weights", options.name))
        net = make(options, shape)
    if shape.channels == 1:
        net.register_forward_pre_hook(_repeat_gray)
    return net


def import_timm(purpose: str) -> ModuleType:
    import_torchvision(purpose)  # timm wants it, and says so less clearly
    try:
        import timm  # noqa: PLC0415  an extra, and seconds
    except ModuleNotFoundError as error:
        raise MissingExtra("timm", "zoo", purpose) from error
    found: ModuleType = timm
    return found


def list_classifiers(library: str) -> list[str]:
    """What the library calls its nets that classify images."""
    purpose = f"The nets of {library}"
    if library == "timm":
        return list(import_timm(purpose).list_models())
    models = import_torchvision(purpose).models
    return list(models.list_models(module=models))  # those for other tasks lie in modules of their own


def _repeat_gray(_net: nn.Module, images: tuple[Tensor]) -> tuple[Tensor]:
    return (images[0].expand(-1, _COLOURS, -1, -1),)


def _make_torchvision(options: ZooOptions, shape: Shape) -> nn.Module:
    models = import_torchvision(f"net '{options.name}'").models
    if options.model not in list_classifiers("torchvision"):
        raise _unknown(options, also=models.list_models())
    if shape.channels not in {1, _COLOURS}:
        raise SpecError(
            f"net '{options.name}' takes images of 1 or 3 channels; these have {shape.channels}. "
            "Choose another net, or one of timm"
        )
    told = _size_wanted(options.model, shape) | {"num_classes": shape.classes}
    if options.model in _AUXILIARY:
        told |= {"aux_logits": False, "init_weights": True}
    return _made(models.get_model, options, told | options.arguments())


def _size_wanted(model: str, shape: Shape) -> dict[str, Any]:
    """The transformers of torchvision are made for one size of images."""
    if model.startswith("vit_"):
        return {"image_size": shape.height}
    return {"input_size": (shape.height, shape.width)} if model.startswith("maxvit_") else {}


def _make_timm(options: ZooOptions, shape: Shape) -> nn.Module:
    timm = import_timm(f"net '{options.name}'")
    if not timm.is_model(options.model.partition(".")[0]):
        raise _unknown(options)
    told: dict[str, Any] = {"num_classes": shape.classes, "pretrained": False}
    told["in_chans"] = _COLOURS if shape.channels == 1 else shape.channels
    wanted = timm.get_pretrained_cfg(options.model)
    if wanted is not None and wanted.fixed_input_size:
        told["img_size"] = (shape.height, shape.width)
    return _made(timm.create_model, options, told | options.arguments())


def _made(make: Any, options: ZooOptions, told: dict[str, Any]) -> nn.Module:
    try:
        net: nn.Module = make(options.model, **told)
    except Exception as error:
        called = ", ".join(f"{name}={value!r}" for name, value in told.items())
        why = " ".join(f"{type(error).__name__}: {error}".split())
        raise SpecError(f"net '{options.name}': {why}. It was called with {called}") from error
    return net


def _unknown(options: ZooOptions, also: Collection[str] = ()) -> SpecError:
    library = f"{options.library} {library_version(options)}"
    if options.model in also:
        return SpecError(f"net '{options.name}': {library} has it for another task; it classifies no images")
    names = list_classifiers(options.library)
    hint = did_you_mean(options.model, names)  # the library's own name would make all names alike
    return SpecError(
        f"net '{options.name}': {library} has no image classifier of this name, of {len(names)}."
        + hint.replace("mean '", f"mean '{options.library}:")
    )
