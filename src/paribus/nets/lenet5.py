"""LeNet-5 with ReLU and max pooling, as courses teach it: 6 and 16 filters of 5x5, then 120 and 84."""

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
    return nn.Sequential(
        nn.Conv2d(shape.channels, 6, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(16 * rows * columns, 120),
        nn.ReLU(),
        *_dropout(options.dropout),
        nn.Linear(120, 84),
        nn.ReLU(),
        *_dropout(options.dropout),
        nn.Linear(84, shape.classes),
    )


def _dropout(share: float) -> list[nn.Module]:
    return [nn.Dropout(share)] if share else []
