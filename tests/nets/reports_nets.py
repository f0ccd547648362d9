"""The nets of the five reports as this project writes them, with what the reports print of them."""

from dataclasses import dataclass
from itertools import pairwise

from paribus.nets import Shape
from paribus.specs.base import Options
from paribus.specs.nets import Lenet5, Linear, Mlp, Plain

CIFAR10, CIFAR100 = Shape(3, 32, 32, 10), Shape(3, 32, 32, 100)
LARGE, STL10 = Shape(3, 96, 96, 100), Shape(3, 64, 64, 10)
FIVE = (128, 512, 512, 512, 512)


@dataclass(frozen=True)
class Reported:
    block: str
    options: Options
    shape: Shape
    parameters: int  # by hand where the report prints none
    printed: bool = False  # the count stands in the report


def four(*widths, fully_connected=4096, **more):
    """The second report's: four convolutions, of which 2 x 2 pixels are left, and one wide linear layer."""
    return Plain(widths=widths, fully_connected=(fully_connected,), **more)


def four_by_hand(*widths, fully_connected=4096, norms=False):
    total, channels = 0, 3
    for width in widths:
        total, channels = total + 9 * channels * width + width + 2 * width * norms, width
    return total + (4 * channels + 1) * fully_connected + (fully_connected + 1) * 100


def layers_by_hand(*widths):
    """Weights and biases between neighbours."""
    return sum((one + 1) * other for one, other in pairwise(widths))


CONVNET = {
    "widths": (64, 128, 256, 512, 1024), "kernel": (3, 5, 3, 3, 3), "stride": (3, 1, 1, 1, 1),
    "padding": ("none", "same", "same", "same", "same"), "pooling": ("none", "max", "max", "max", "none"),
    "batch_norm": True, "global_pooling": True, "fully_connected": (512, 512), "dropout": 0.5,
}  # fmt: skip
STL_CNN = Plain(
    widths=(256, 512, 512, 1000), padding="none", pooling_window=3, pooling_stride=2, batch_norm=True,
    fully_connected=(512, 256), dropout=0.2, dropout_in="linear",
)  # fmt: skip
WIDE = [(32, 32, 32, 64), (128, 128, 128, 256), (256, 256, 256, 512), (512, 512, 512, 1024)]
MIDDLE = WIDE[1]

REPORTS = [
    Reported("R1.1", Mlp(hidden=(512, 512)), CIFAR100, layers_by_hand(3072, 512, 512, 100)),
    *(Reported(f"R1.{2 + (w != WIDE[0])}", four(*w), CIFAR100, four_by_hand(*w)) for w in WIDE),
    Reported("R1.4", four(*MIDDLE, batch_norm=True), CIFAR100, four_by_hand(*MIDDLE, norms=True)),
    Reported("R1.4", four(*MIDDLE, batch_norm=True, fully_connected=8192), CIFAR100,
             four_by_hand(*MIDDLE, norms=True, fully_connected=8192)),
    Reported("R1.4", four(*MIDDLE, batch_norm=True, dropout=0.5, dropout_in="linear"), CIFAR100,
             four_by_hand(*MIDDLE, norms=True)),
    Reported("R2.1", Mlp(hidden=(512,)), LARGE, layers_by_hand(27_648, 512, 100)),
    Reported("R2.2", Lenet5(), LARGE, 456 + 2_416 + layers_by_hand(16 * 21 * 21, 120, 84, 100)),
    Reported("R2.3", Mlp(hidden=(1024, 512, 256)), LARGE, layers_by_hand(27_648, 1024, 512, 256, 100)),
    Reported("R2.4", Plain(**CONVNET, dropout_in="last"), LARGE, 7_244_388, printed=True),
    Reported("R2.4", Plain(**CONVNET, dropout_in="linear"), LARGE, 7_244_388),  # with a second dropout
    Reported("R3.3", Linear(), STL10, 122_890, printed=True),
    *(Reported("R3.4", Mlp(hidden=hidden), STL10, layers_by_hand(12_288, *hidden, 10))
      for hidden in [(512, 256, 128), (512, 512, 256, 256, 128), (1024, 1024, 512, 512, 256, 256, 128)]),
    Reported("R3.5", STL_CNN, STL10, 8_807_106, printed=True),
    Reported("R4.1", Plain(widths=FIVE), CIFAR10, 7_678_474, printed=True),
    Reported("R4.3", Plain(widths=FIVE, batch_norm=True), CIFAR10, 7_682_826, printed=True),
    Reported("R4.6", Plain(widths=FIVE, batch_norm=True, dropout=0.3), CIFAR10, 7_682_826),
]  # fmt: skip
