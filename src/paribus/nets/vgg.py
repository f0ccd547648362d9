"""VGG (Simonyan and Zisserman 2014), named and shaped as torchvision's, so that its weights fit."""

from torch import Tensor, nn

from paribus.errors import SpecError
from paribus.nets.shapes import Shape
from paribus.specs.architectures import Vgg

_FILTERS = (64, 128, 256, 512, 512)  # of each group
_CONVOLUTIONS = {11: (1, 1, 2, 2, 2), 13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}
_SMALLEST = 2 ** len(_FILTERS)  # pixels a side
_MAP = 7  # pixels a side that the large head looks at
_HIDDEN = 4096


def build_vgg(options: Vgg, shape: Shape) -> nn.Module:
    if min(shape.height, shape.width) < _SMALLEST:
        raise SpecError(
            f"net 'vgg' takes images from {_SMALLEST} pixels a side; these have {shape.width} x "
            f"{shape.height}. Set data.resize = {_SMALLEST}, or choose another net"
        )
    return _Vgg(options, shape)


class _Vgg(nn.Module):
    def __init__(self, options: Vgg, shape: Shape) -> None:
        super().__init__()
        self.features = nn.Sequential(*_features(options, shape.channels))
        if options.head == "small":
            self.avgpool = nn.AdaptiveAvgPool2d(1)
            layers = [_dropout(options), nn.Linear(_FILTERS[-1], shape.classes)]
        else:
            self.avgpool = nn.AdaptiveAvgPool2d(_MAP)
            layers = [
                nn.Linear(_FILTERS[-1] * _MAP**2, _HIDDEN), nn.ReLU(inplace=True), _dropout(options),
                nn.Linear(_HIDDEN, _HIDDEN), nn.ReLU(inplace=True), _dropout(options),
                nn.Linear(_HIDDEN, shape.classes),
            ]  # fmt: skip
        self.flatten = nn.Flatten()
        self.classifier = nn.Sequential(*layers)

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.classifier(self.flatten(self.avgpool(self.features(images))))
        return logits


def _features(options: Vgg, channels: int) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for filters, convolutions in zip(_FILTERS, _CONVOLUTIONS[options.depth], strict=True):
        for _ in range(convolutions):
            layers.append(nn.Conv2d(channels, filters, 3, padding=1))
            if options.batch_norm:
                layers.append(nn.BatchNorm2d(filters))
            layers.append(nn.ReLU(inplace=True))
            channels = filters
        layers.append(nn.MaxPool2d(2))
    return layers


def _dropout(options: Vgg) -> nn.Module:
    """Nothing holds its place where there is none: the numbers of the layers are their names."""
    return nn.Dropout(options.dropout) if options.dropout else nn.Identity()
