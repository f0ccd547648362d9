"""MobileNetV2 (Sandler et al. 2018), named and shaped as torchvision's, so that its weights fit.

Weights made with TensorFlow's way of padding want `padding = "after"`: where a convolution halves an even
side, it adds one pixel behind the last; torchvision also adds one before the first, and so looks elsewhere.
"""

from torch import Tensor, nn
from torch.nn import functional

from paribus.nets.shapes import Shape
from paribus.specs.architectures import MobileNetV2

_STEM, _LAST = 32, 1280  # filters
_STAGES = (  # expansion, filters, blocks, stride of the first
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
)  # fmt: skip
_KEPT = 1  # the stage whose stride the small stem leaves out, beside its own


def build_mobilenetv2(options: MobileNetV2, shape: Shape) -> nn.Module:
    return _MobileNetV2(options, shape)


class _MobileNetV2(nn.Module):
    def __init__(self, options: MobileNetV2, shape: Shape) -> None:
        super().__init__()
        large, after = options.stem == "imagenet", options.padding == "after"
        channels = _rounded(_STEM * options.width)
        layers: list[nn.Module] = [
            _Normed(shape.channels, channels, kernel=3, stride=2 if large else 1, after=after)
        ]
        for number, (expansion, width, blocks, stride) in enumerate(_STAGES):
            filters = _rounded(width * options.width)
            for block in range(blocks):
                halves = stride == 2 and block == 0 and (large or number != _KEPT)
                layers.append(_Inverted(channels, filters, expansion, 2 if halves else 1, after=after))
                channels = filters
        last = _rounded(_LAST * max(1.0, options.width))
        layers.append(_Normed(channels, last, kernel=1))
        self.features = nn.Sequential(*layers)
        self.mean = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        dropout = nn.Dropout(options.dropout) if options.dropout else nn.Identity()
        self.classifier = nn.Sequential(dropout, nn.Linear(last, shape.classes))

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.classifier(self.flatten(self.mean(self.features(images))))
        return logits


class _Inverted(nn.Module):
    """Widened, filtered channel by channel, narrowed; added to its input where the shapes agree."""

    def __init__(self, channels: int, filters: int, expansion: int, stride: int, *, after: bool) -> None:
        super().__init__()
        wide = channels * expansion
        layers: list[nn.Module] = [_Normed(channels, wide, kernel=1)] if expansion != 1 else []
        layers += [
            _Normed(wide, wide, kernel=3, stride=stride, groups=wide, after=after),
            nn.Conv2d(wide, filters, 1, bias=False),
            nn.BatchNorm2d(filters),
        ]
        self.conv = nn.Sequential(*layers)
        self.adds = stride == 1 and channels == filters

    def forward(self, maps: Tensor) -> Tensor:
        found: Tensor = self.conv(maps)
        return maps + found if self.adds else found


class _Normed(nn.Sequential):
    """A convolution, its norm and ReLU6."""

    def __init__(
        self,
        channels: int,
        filters: int,
        *,
        kernel: int,
        stride: int = 1,
        groups: int = 1,
        after: bool = False,
    ) -> None:
        kind = _PaddedAfter if after and stride == 2 else nn.Conv2d
        super().__init__(
            kind(channels, filters, kernel, stride=stride, padding=kernel // 2, groups=groups, bias=False),
            nn.BatchNorm2d(filters),
            nn.ReLU6(inplace=True),
        )


class _PaddedAfter(nn.Conv2d):
    """3x3 of stride 2 that pads even sides behind only, as TensorFlow does; odd ones before and behind."""

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002  torch's name
        (top, left) = (side % 2 for side in input.shape[-2:])
        padded = functional.pad(input, (left, 1, top, 1))
        return functional.conv2d(padded, self.weight, self.bias, self.stride, 0, self.dilation, self.groups)


def _rounded(filters: float) -> int:
    """The nearest multiple of 8, and the next one where that takes away more than a tenth."""
    nearest = max(8, int(filters + 4) // 8 * 8)
    return nearest if nearest >= 0.9 * filters else nearest + 8
