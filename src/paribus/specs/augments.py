"""How training images are varied. Every operation draws its parameters for each image."""

from typing import Annotated, Literal

from pydantic import Field

from paribus.specs.base import Options
from paribus.specs.tables import Entry, OneOf

Probability = Annotated[float, Field(ge=0, le=1)]
Strength = Annotated[float, Field(ge=0, le=1)]


class AugmentOptions(Options):
    """What every operation can be asked for."""

    probability: Probability = 1.0  # how many of the images it touches


class Flip(AugmentOptions):
    """Mirrors left and right."""

    name: Literal["flip"] = "flip"
    probability: Probability = 0.5


class ShiftCrop(AugmentOptions):
    """Pads all around, then cuts the old size out at a random place: a shift by whole pixels."""

    name: Literal["shift-crop"] = "shift-crop"
    pixels: Annotated[int, Field(ge=1, le=128)] = 4  # how far at most, either way
    padding: Literal["zero", "reflect"] = "zero"  # what comes in at the edge: black, or the image mirrored


class Rotate(AugmentOptions):
    """Turns about the centre by an angle up to `degrees` either way; corners become black."""

    name: Literal["rotate"] = "rotate"
    degrees: Annotated[float, Field(gt=0, le=180)] = 15.0  # the largest angle


class Brightness(AugmentOptions):
    """Multiplies all values by a factor in [1 - strength, 1 + strength]."""

    name: Literal["brightness"] = "brightness"
    strength: Strength = 0.2  # how far the factor may lie from 1


class Contrast(AugmentOptions):
    """Scales values about the image's mean gray by a factor in [1 - strength, 1 + strength]."""

    name: Literal["contrast"] = "contrast"
    strength: Strength = 0.2  # how far the factor may lie from 1


AUGMENTS = {
    "brightness": Entry(Brightness, "paribus.augment.colour:brightness"),
    "contrast": Entry(Contrast, "paribus.augment.colour:contrast"),
    "flip": Entry(Flip, "paribus.augment.geometry:flip"),
    "rotate": Entry(Rotate, "paribus.augment.geometry:rotate"),
    "shift-crop": Entry(ShiftCrop, "paribus.augment.geometry:shift_crop"),
}

AugmentSpec = Annotated[AugmentOptions, OneOf("augmentation", AUGMENTS)]
