"""Weights that were trained before, put into a net: what is kept, what is new, what trains, and how fast.

Knows neither files nor classes of images beyond their names.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from torch import Tensor, nn

from paribus.errors import SpecError
from paribus.nets.anatomy import Anatomy, dissect, is_within, modules_before
from paribus.nets.fitting import fit_weights
from paribus.nets.shapes import Shape
from paribus.nets.translating import translate_names
from paribus.specs.start import StartSpec
from paribus.specs.words import did_you_mean, quoted

Classes = tuple[str, ...]


@dataclass(frozen=True)
class Started:
    """What training does with a net that holds weights from before. Names are those of parameters."""

    trained: tuple[str, ...]
    frozen: tuple[str, ...]
    new: tuple[str, ...]  # of those that train: what starts from drawn weights
    scales: dict[str, float]  # of those that train: factor on the learning rate
    still: tuple[str, ...]  # modules that stay in evaluation mode while the net is trained
    layers: tuple[int, int]  # that train, of all
    numbers: tuple[int, int]  # parameters that train, of all

    def describe(self) -> str:
        shown = ", ".join(self.trained[:3]) + (", ..." if len(self.trained) > 3 else "")
        return (
            f"trains {self.layers[0]} of {self.layers[1]} layers, {self.numbers[0]:,} of {self.numbers[1]:,} "
            f"parameters: {shown}"
        )


def start_net(
    net: nn.Module,
    weights: Mapping[str, Tensor],
    start: StartSpec,
    shape: Shape,
    *,
    classes: Classes,
    known_classes: Classes | None,
) -> Started:
    """Puts `weights` into the net as `start` asks, and says what trains. Raises SpecError.

    The net holds the first weights of its run, with the head that the run wants: `build_net(..., hidden=
    start.hidden)`. `known_classes` are those that the weights were trained for, where anybody knows.
    """
    weights = translate_names(weights, net.state_dict().keys())
    anatomy = dissect(net, shape)
    alike = known_hidden(weights, anatomy.head) == known_hidden(net.state_dict(), anatomy.head)
    rule = _head_rule(start, classes, known_classes, alike=alike)
    new = fit_weights(net, weights, anatomy.head, rule, classes=classes, known_classes=known_classes or ())
    trained = _choose_trained(net, anatomy, start) | new
    for name, parameter in net.named_parameters():
        parameter.requires_grad_(name in trained and parameter.requires_grad)
    return _describe(net, anatomy, start, new)


class _Stillness:
    """A hook before each forward pass. A copy of the net holds a copy of this, with its own modules."""

    def __init__(self, modules: list[nn.Module]) -> None:
        self._modules = modules

    def __call__(self, _net: nn.Module, _images: object) -> None:
        for module in self._modules:
            module.training = False


def hold_norms(net: nn.Module, started: Started) -> None:
    """Keeps what must not move in evaluation mode from here on, whatever `net.train()` says.

    That is: each batch norm of a layer that does not train, unless start.norms = "updated"; and dropout that
    is done before the first layer that trains.
    """
    if started.still:
        hold = _Stillness([net.get_submodule(name) for name in started.still])
        net.register_forward_pre_hook(hold)
        hold(net, None)


# --- the head


def _head_rule(start: StartSpec, classes: Classes, known: Classes | None, *, alike: bool) -> str:
    """new, keep or map; `alike` are heads that have hidden layers of the same widths, or none."""
    if start.head == "auto":
        return "keep" if known == classes and alike and not start.hidden else "new"
    if start.head == "keep" and known is not None and known != classes:
        raise SpecError(
            f"start.head: 'keep' wants the same classes in the same order; the weights know {_few(known)}, "
            f"the data {_few(classes)}. Set start.head = 'new' or 'map'"
        )
    if start.head == "map":
        if known is None:
            raise SpecError(
                "start.head: 'map' wants to know which classes the weights were trained for, and nothing "
                "says so; set start.head = 'new'"
            )
        if not set(known) & set(classes):
            raise SpecError(
                f"start.head: 'map' finds no class of the data among those of the weights: {_few(known)} "
                f"and {_few(classes)}. Set start.head = 'new'"
            )
    return start.head


def _few(names: Classes) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(map(quoted, names[:3])) + more


# --- what trains


def _choose_trained(net: nn.Module, anatomy: Anatomy, start: StartSpec) -> set[str]:
    names = [name for name, _ in net.named_parameters()]
    [word, *_] = start.train
    if word == "all":
        return set(names)
    if word == "head":
        return {name for name in names if is_within(name, anatomy.head)}
    if word.startswith("last:"):
        count = int(word.removeprefix("last:"))
        if count > len(anatomy.layers):
            raise SpecError(
                f"start.train: 'last:{count}' names more layers than the {len(anatomy.layers)} of this net; "
                "set start.train = 'all', or fewer"
            )
        modules = {module for layer in anatomy.layers[-count:] for module in layer.modules}
        return {name for name in names if name.rpartition(".")[0] in modules}
    return {name for pattern in start.train for name in _matching(pattern, names, "start.train")}


def _matching(pattern: str, names: list[str], where: str) -> list[str]:
    found = [name for name in names if fnmatchcase(name, pattern)]
    if not found:
        raise SpecError(
            f"{where}: {quoted(pattern)} matches no parameter of this net; it has {names[0]} to {names[-1]}."
            + (did_you_mean(pattern, names) or " A * stands for any characters")
        )
    return found


def _choose_scales(start: StartSpec, names: list[str], new: set[str]) -> dict[str, float]:
    if not isinstance(start.lr_scale, dict):
        return {name: 1.0 if name in new else float(start.lr_scale) for name in names}
    scales: dict[str, float] = {}
    for pattern, factor in start.lr_scale.items():
        for name in _matching(pattern, names, "start.lr_scale"):
            if scales.setdefault(name, factor) != factor:
                raise SpecError(
                    f"start.lr_scale: {name} matches several patterns that give {scales[name]:g} and "
                    f"{factor:g}; make one of them narrower"
                )
    return {name: float(scales.get(name, 1.0)) for name in names}


def _describe(net: nn.Module, anatomy: Anatomy, start: StartSpec, new: set[str]) -> Started:
    parameters = dict(net.named_parameters())
    trained = [name for name, parameter in parameters.items() if parameter.requires_grad]
    if not trained:
        raise SpecError(f"start.train: {', '.join(start.train)} leaves nothing to train")
    scales = _choose_scales(start, list(parameters), new)
    moving = {name.rpartition(".")[0] for name in trained}
    layers = [layer for layer in anatomy.layers if moving & set(layer.modules)]
    return Started(
        trained=tuple(trained),
        frozen=tuple(name for name in parameters if name not in set(trained)),
        new=tuple(name for name in trained if name in new),
        scales={name: scales[name] for name in trained},
        still=tuple(_still_modules(net, anatomy, start, moving)),
        layers=(len(layers), len(anatomy.layers)),
        numbers=(
            sum(parameters[name].numel() for name in trained),
            sum(parameter.numel() for parameter in parameters.values()),
        ),
    )


def _still_modules(net: nn.Module, anatomy: Anatomy, start: StartSpec, moving: set[str]) -> list[str]:
    """Norms whose layer does not train, and all that is done before the first layer that does."""
    first = next((i for i, layer in enumerate(anatomy.layers) if moving & set(layer.modules)), 0)
    before = set(modules_before(net, anatomy, anatomy.layers[:first]))
    alive = moving.union(*(layer.modules for layer in anatomy.layers if moving & set(layer.modules)))
    still = []
    for name, module in net.named_modules():
        if getattr(module, "running_mean", None) is None:
            is_still = module in before
        else:
            is_still = start.norms == "frozen" and name not in alive
        still += [name] if is_still else []
    return still


def known_hidden(weights: Mapping[str, Tensor], head: str) -> tuple[int, ...]:
    """The widths of hidden layers that the head of these weights has."""
    widths: list[int] = []
    while (layer := weights.get(f"{head}.linear{len(widths) + 1}.weight")) is not None:
        widths.append(int(layer.shape[0]))
    return tuple(widths)
