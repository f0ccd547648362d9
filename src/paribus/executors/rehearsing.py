"""Whether a run can start as it is meant to: tried without training and, for our nets, without numbers."""

from torch import nn

from paribus.executors.parents import Parent, read_file
from paribus.executors.starts import Made, Origin
from paribus.nets.building import outline_net
from paribus.nets.starting import Started, start_net
from paribus.specs import OPTIMIZERS, RecipeSpec, StartSpec, builder_of
from paribus.training.groups import parameter_groups


def rehearse(child: Made, start: StartSpec, before: Made | Origin) -> str:
    """What would be trained, in a sentence. Raises SpecError where the weights do not fit."""
    return _start(child, start, before)[1].describe()


def rehearse_optimizer(child: Made, recipe: RecipeSpec, before: Made | Origin | None) -> None:
    """Raises SpecError where the optimizer has nothing to move, or is told of weights that it does not."""
    if recipe.start is not None and before is not None:
        net, started = _start(child, recipe.start, before)
        scales = started.scales
    else:
        net, scales = outline_net(child.net, child.shape, child.hidden), {}
    groups = parameter_groups(net, recipe, child.shape, scales)
    builder_of(OPTIMIZERS, recipe.optimizer)(recipe.optimizer, groups)


def _start(child: Made, start: StartSpec, before: Made | Origin) -> tuple[nn.Module, Started]:
    parent = read_file(before.file, start) if isinstance(before, Origin) else _outlined(before)
    net = outline_net(child.net, child.shape, child.hidden)
    started = start_net(
        net, parent.weights, start, child.shape, classes=child.classes, known_classes=parent.classes
    )
    return net, started


def _outlined(before: Made) -> Parent:
    net = outline_net(before.net, before.shape, before.hidden)
    return Parent(dict(net.state_dict()), before.classes)
