"""What is known of a net without running it: each layer's shape, parameters and work, and the totals.

Values only: who shows or remembers them needs no torch. `layers` makes them.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

BIGGEST = 3  # layers that a message names
_PREFIXES = ("", "k", "M", "G", "T")


@dataclass(frozen=True)
class Layer:
    """One module of a net that computes something, in the order of computation. Figures are for one image."""

    name: str  # as torch has it, such as "group1_1.conv2"; "" is the net itself
    kind: str
    output: tuple[int, ...]  # without the batch; empty where it is never called by itself
    parameters: int  # those that no layer before it shares
    arithmetic: str  # how they come about: "3 x 256 x 3 x 3 + 256"
    flops: int  # two for each multiplication that is added up; norms, pooling and the like count as none
    output_bytes: int
    calls: int = 1


@dataclass(frozen=True)
class NetSize:
    """What a net costs, in the few figures by which it may be refused."""

    parameters: int
    flops: int | None  # of one image's forward pass; None where the net's layers cannot be followed
    weights_bytes: int
    biggest: tuple[tuple[str, int], ...]  # names and parameters of the largest layers


@dataclass(frozen=True)
class LayerTable:
    """A net's layers and totals; bytes and FLOPs are for one image."""

    image: tuple[int, ...]  # channels, height, width
    layers: tuple[Layer, ...]
    trained: int  # parameters
    frozen: int
    flops: int  # of one forward pass
    kept_bytes: int  # what training holds for the backward pass: the layers' inputs and what they note
    weights_bytes: int  # parameters and buffers as they lie on disk, without the few kB of their names

    @property
    def parameters(self) -> int:
        return self.trained + self.frozen

    @property
    def size(self) -> NetSize:
        largest = sorted(self.layers, key=lambda layer: -layer.parameters)[:BIGGEST]
        biggest = tuple((layer.name, layer.parameters) for layer in largest if layer.parameters)
        return NetSize(self.parameters, self.flops, self.weights_bytes, biggest)

    def as_plain(self) -> dict[str, Any]:
        return asdict(self)


def read_table(plain: Mapping[str, Any]) -> LayerTable:
    """What `as_plain` gave, perhaps by way of JSON. TypeError or KeyError where it is another thing."""
    layers = tuple(Layer(**{**layer, "output": tuple(layer["output"])}) for layer in plain["layers"])
    return LayerTable(**{**plain, "layers": layers, "image": tuple(plain["image"])})


def say_amount(number: float, unit: str) -> str:
    """Three figures with a prefix: `12.3 MFLOP`, `890 kB`. A kB has 1,000 bytes."""
    power = 0
    while power < len(_PREFIXES) - 1 and number >= 999.5 * 1000**power:
        power += 1
    scaled = number / 1000**power
    decimals = 0 if power == 0 or scaled >= 99.95 else 1 if scaled >= 9.995 else 2
    return f"{scaled:.{decimals}f} {_PREFIXES[power]}{unit}"


def say_shape(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape)) or "-"
