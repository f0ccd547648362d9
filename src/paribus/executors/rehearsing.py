"""Whether a run can start as it is meant to: tried without training and, for our nets, without numbers."""

from paribus.executors.parents import Parent, read_file
from paribus.executors.starts import Made, Origin
from paribus.nets.building import outline_net
from paribus.nets.starting import start_net
from paribus.specs import StartSpec


def rehearse(child: Made, start: StartSpec, before: Made | Origin) -> str:
    """What would be trained, in a sentence. Raises SpecError where the weights do not fit."""
    parent = read_file(before.file, start) if isinstance(before, Origin) else _outlined(before)
    net = outline_net(child.net, child.shape, child.hidden)
    started = start_net(
        net, parent.weights, start, child.shape, classes=child.classes, known_classes=parent.classes
    )
    return started.describe()


def _outlined(before: Made) -> Parent:
    net = outline_net(before.net, before.shape, before.hidden)
    return Parent(dict(net.state_dict()), before.classes)
