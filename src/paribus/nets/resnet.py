"""Residual nets (He et al. 2015), named and shaped as torchvision's, so that its weights fit.

Blocks that halve project their input, where theirs for CIFAR padded it with zeros: 2,752 parameters more at
depth 20. The stride of a bottleneck is that of its 3x3 convolution.
"""

from torch import Tensor, nn

from paribus.nets.shapes import Shape
from paribus.specs.architectures import Resnet

# Blocks of each stage, and the filters of the first one, which each further stage doubles.
_STAGES = {
    18: ((2, 2, 2, 2), 64), 34: ((3, 4, 6, 3), 64), 50: ((3, 4, 6, 3), 64),
    20: ((3, 3, 3), 16), 32: ((5, 5, 5), 16), 44: ((7, 7, 7), 16), 56: ((9, 9, 9), 16),
}  # fmt: skip
_EXPANSION = 4  # a bottleneck gives this many times the filters of its 3x3 convolution


def build_resnet(options: Resnet, shape: Shape) -> nn.Module:
    return _ResNet(options, shape)


class _ResNet(nn.Module):
    def __init__(self, options: Resnet, shape: Shape) -> None:
        super().__init__()
        counts, first = _STAGES[options.depth]
        filters = [max(1, round(first * 2**stage * options.width)) for stage in range(len(counts))]
        large = options.stem == "imagenet"
        self.conv1 = _convolution(
            shape.channels, filters[0], kernel=7 if large else 3, stride=2 if large else 1
        )
        self.bn1 = nn.BatchNorm2d(filters[0])
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1) if large else nn.Identity()
        self.stages = [f"layer{number}" for number in range(1, len(counts) + 1)]
        channels = filters[0]
        for number, (name, blocks) in enumerate(zip(self.stages, counts, strict=True)):
            stage = _Stage(options.depth, channels, filters[number], blocks, stride=2 if number else 1)
            self.add_module(name, stage)
            channels = stage.channels
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.dropout = nn.Dropout(options.dropout) if options.dropout else nn.Identity()
        self.fc = nn.Linear(channels, shape.classes)

    def forward(self, images: Tensor) -> Tensor:
        maps = self.maxpool(self.relu(self.bn1(self.conv1(images))))
        for name in self.stages:
            maps = self.get_submodule(name)(maps)
        logits: Tensor = self.fc(self.dropout(self.flatten(self.avgpool(maps))))
        return logits


class _Stage(nn.Sequential):
    """Blocks in a row, the first of which changes size and filters."""

    def __init__(self, depth: int, channels: int, filters: int, blocks: int, stride: int) -> None:
        kind = _Bottleneck if depth == 50 else _Basic
        self_made = [kind(channels, filters, stride)]
        self.channels = self_made[0].channels
        self_made += [kind(self.channels, filters, 1) for _ in range(blocks - 1)]
        super().__init__(*self_made)


class _Block(nn.Module):
    """What it computes is added to its input, projected where the shapes differ."""

    channels: int
    downsample: nn.Module | None
    relu: nn.Module

    def _project(self, channels: int, stride: int) -> None:
        self.downsample = None
        if stride != 1 or channels != self.channels:
            self.downsample = nn.Sequential(
                _convolution(channels, self.channels, kernel=1, stride=stride), nn.BatchNorm2d(self.channels)
            )

    def _residue(self, maps: Tensor) -> Tensor:
        raise NotImplementedError

    def forward(self, maps: Tensor) -> Tensor:
        residue = self._residue(maps)
        residue += maps if self.downsample is None else self.downsample(maps)
        added: Tensor = self.relu(residue)
        return added


class _Basic(_Block):
    def __init__(self, channels: int, filters: int, stride: int) -> None:
        super().__init__()
        self.channels = filters
        self.conv1 = _convolution(channels, filters, kernel=3, stride=stride)
        self.bn1 = nn.BatchNorm2d(filters)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = _convolution(filters, filters, kernel=3)
        self.bn2 = nn.BatchNorm2d(filters)
        self._project(channels, stride)

    def _residue(self, maps: Tensor) -> Tensor:
        residue: Tensor = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(maps)))))
        return residue


class _Bottleneck(_Block):
    def __init__(self, channels: int, filters: int, stride: int) -> None:
        super().__init__()
        self.channels = filters * _EXPANSION
        self.conv1 = _convolution(channels, filters, kernel=1)
        self.bn1 = nn.BatchNorm2d(filters)
        self.conv2 = _convolution(filters, filters, kernel=3, stride=stride)
        self.bn2 = nn.BatchNorm2d(filters)
        self.conv3 = _convolution(filters, self.channels, kernel=1)
        self.bn3 = nn.BatchNorm2d(self.channels)
        self.relu = nn.ReLU(inplace=True)
        self._project(channels, stride)

    def _residue(self, maps: Tensor) -> Tensor:
        maps = self.relu(self.bn1(self.conv1(maps)))
        residue: Tensor = self.bn3(self.conv3(self.relu(self.bn2(self.conv2(maps)))))
        return residue


def _convolution(channels: int, filters: int, *, kernel: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(channels, filters, kernel, stride=stride, padding=kernel // 2, bias=False)
