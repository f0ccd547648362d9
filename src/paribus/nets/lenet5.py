"""LeNet-5 with ReLU and max pooling, as courses teach it: 6 and 16 filters of 5x5, then 120 and 84."""

from collections import OrderedDict

from torch import nn

from paribus.errors import SpecError
from paribus.nets.shapes import Shape
from paribus.specs.nets import Lenet5

_SMALLEST = 16  # pixels a side: below it nothing is left after the second pooling


def build_lenet5(options: Lenet5, shape: Shape) -> nn.Module:
    if min(shape.height, shape.width) < _SMALLEST:
        raise SpecError(
            f"net 'lenet5' takes images from {_SMALLEST} pixels a side; these have {shape.width} x "
            f"{shape.height}. Set data.resize = 32, or choose another net"
        )
    rows, columns = (((side - 4) // 2 - 4) // 2 for side in (shape.height, shape.width))
    layers: OrderedDict[str, nn.Module] = OrderedDict(
        conv1=nn.Conv2d(shape.channels, 6, 5),
        conv1_relu=nn.ReLU(),
        conv1_pool=nn.MaxPool2d(2),
        conv2=nn.Conv2d(6, 16, 5),
        conv2_relu=nn.ReLU(),
        conv2_pool=nn.MaxPool2d(2),
        flatten=nn.Flatten(),
        linear1=nn.Linear(16 * rows * columns, 120),
        linear1_relu=nn.ReLU(),
        linear1_dropout=nn.Dropout(options.dropout),
        linear2=nn.Linear(120, 84),
        linear2_relu=nn.ReLU(),
        linear2_dropout=nn.Dropout(options.dropout),
        last=nn.Linear(84, shape.classes),
    )
    if not options.dropout:
        del layers["linear1_dropout"], layers["linear2_dropout"]
    return nn.Sequential(layers)
