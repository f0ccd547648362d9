"""What a net is built for: the images that go in and the classes that come out."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    channels: int
    height: int
    width: int
    classes: int

    @property
    def values(self) -> int:
        """Numbers in one image."""
        return self.channels * self.height * self.width
