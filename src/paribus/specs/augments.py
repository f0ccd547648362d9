"""How training images are varied. Every operation draws its parameters for each image."""

from typing import Annotated, Literal

from pydantic import Field

from paribus.specs.base import Options
from paribus.specs.ranges import Pair, Range, Within
from paribus.specs.tables import Entry, OneOf

Probability = Annotated[float, Field(ge=0, le=1)]
Strength = Annotated[float, Field(ge=0, le=1)]
Angles = Annotated[Range, Within(-180, 180, around=0)]
Slants = Annotated[Range, Within(-80, 80, around=0)]
Factors = Annotated[Range, Within(0, 10, around=1)]
Turns = Annotated[Range, Within(-0.5, 0.5, around=0)]
Zooms = Annotated[Pair, Within(0.1, 10)]
Shares = Annotated[Pair, Within(0.001, 1)]
Ratios = Annotated[Pair, Within(0.01, 100)]
Blurs = Annotated[Pair, Within(0.01, 10)]
Alpha = Annotated[float, Field(ge=0.01, le=100)]


class AugmentOptions(Options):
    """What every operation can be asked for."""

    probability: Probability = 1.0  # how many of the images it touches


# --- where pixels go


class Flip(AugmentOptions):
    """Mirrors left and right."""

    name: Literal["flip"] = "flip"
    probability: Probability = 0.5


class FlipVertical(AugmentOptions):
    """Mirrors top and bottom."""

    name: Literal["flip-vertical"] = "flip-vertical"
    probability: Probability = 0.5


class ShiftCrop(AugmentOptions):
    """Pads all around, then cuts the old size out at a random place: a shift by whole pixels."""

    name: Literal["shift-crop"] = "shift-crop"
    pixels: Annotated[int, Field(ge=1, le=128)] = 4  # how far at most, either way
    padding: Literal["zero", "reflect"] = "zero"  # what comes in at the edge: black, or the image mirrored


class ResizedCrop(AugmentOptions):
    """Cuts out a rectangle of random size and shape, and enlarges it to the old size."""

    name: Literal["resized-crop"] = "resized-crop"
    scale: Shares = (0.08, 1.0)  # the rectangle's share of the area
    ratio: Ratios = (0.75, 1.3333)  # the rectangle's width / height


class Rotate(AugmentOptions):
    """Turns about the centre, positive angles against the clock; corners become black."""

    name: Literal["rotate"] = "rotate"
    degrees: Angles = 15.0  # the largest angle either way, or `[low, high]`, such as `[0, 20]`


class Affine(AugmentOptions):
    """Turns, scales, slants and shifts in one."""

    name: Literal["affine"] = "affine"
    degrees: Angles = 15.0  # the largest angle either way, or `[low, high]`
    translate: Probability = 0.1  # how far at most, as a share of the side; whole pixels
    scale: Zooms = (0.9, 1.1)  # from which factors; below 1 the picture becomes smaller
    shear: Slants = 10.0  # the largest slant either way in degrees, or `[low, high]`


class Translate(AugmentOptions):
    """Shifts by whole pixels; what comes in is black."""

    name: Literal["translate"] = "translate"
    share: Probability = 0.1  # how far at most, as a share of the side


class Scale(AugmentOptions):
    """Makes the picture smaller or larger about the centre."""

    name: Literal["scale"] = "scale"
    factor: Zooms = (0.8, 1.2)  # from which factors; below 1 the picture becomes smaller


class Shear(AugmentOptions):
    """Slants the picture."""

    name: Literal["shear"] = "shear"
    degrees: Slants = 10.0  # sideways, either way, or `[low, high]`
    vertical: Slants = 0.0  # the same up and down


class Perspective(AugmentOptions):
    """As if seen from the side: each corner moves inward."""

    name: Literal["perspective"] = "perspective"
    probability: Probability = 0.5
    distortion: Probability = 0.5  # how far at most, as a share of the way to the centre


# --- colours


class Brightness(AugmentOptions):
    """Multiplies all values by a factor in [1 - strength, 1 + strength]."""

    name: Literal["brightness"] = "brightness"
    strength: Strength = 0.2  # how far the factor may lie from 1


class Contrast(AugmentOptions):
    """Scales values about the image's mean gray by a factor in [1 - strength, 1 + strength]."""

    name: Literal["contrast"] = "contrast"
    strength: Strength = 0.2  # how far the factor may lie from 1


class Saturation(AugmentOptions):
    """Scales colours about their own gray by a factor in [1 - strength, 1 + strength]."""

    name: Literal["saturation"] = "saturation"
    strength: Strength = 0.2  # how far the factor may lie from 1


class Hue(AugmentOptions):
    """Turns all colours around the colour circle; what is gray stays gray."""

    name: Literal["hue"] = "hue"
    strength: Annotated[float, Field(ge=0, le=0.5)] = 0.05  # how far at most either way; 1 is all around


class ColourJitter(AugmentOptions):
    """Brightness, contrast, saturation and hue in one; in which order makes no difference."""

    name: Literal["colour-jitter"] = "colour-jitter"
    brightness: Factors = 0.2  # how far the factor may lie from 1, or `[low, high]`
    contrast: Factors = 0.2  # how far the factor may lie from 1, or `[low, high]`
    saturation: Factors = 0.2  # how far the factor may lie from 1, or `[low, high]`
    hue: Turns = 0.05  # how far either way, or `[low, high]`; 1 is all around


class Grayscale(AugmentOptions):
    """Takes the colour away."""

    name: Literal["grayscale"] = "grayscale"
    probability: Probability = 0.1


class ChannelDrop(AugmentOptions):
    """Makes one channel black, each as likely as the others."""

    name: Literal["channel-drop"] = "channel-drop"
    probability: Probability = 0.5


class Invert(AugmentOptions):
    """Makes bright dark and dark bright."""

    name: Literal["invert"] = "invert"
    probability: Probability = 0.5


# --- pixel by pixel, and between neighbours


class Solarize(AugmentOptions):
    """Inverts the bright pixels."""

    name: Literal["solarize"] = "solarize"
    probability: Probability = 0.5
    threshold: Annotated[float, Field(ge=0, le=255)] = 128.0  # from which value on, of 0 to 255


class Posterize(AugmentOptions):
    """Leaves few steps between black and white."""

    name: Literal["posterize"] = "posterize"
    probability: Probability = 0.5
    bits: Annotated[int, Field(ge=1, le=8)] = 4  # 2 to this power steps


class Autocontrast(AugmentOptions):
    """Stretches each channel until its darkest pixel is 0 and its brightest 255."""

    name: Literal["autocontrast"] = "autocontrast"
    probability: Probability = 0.5


class Equalize(AugmentOptions):
    """Makes all values about equally frequent in each channel."""

    name: Literal["equalize"] = "equalize"
    probability: Probability = 0.5


class Sharpen(AugmentOptions):
    """Sharpens or softens edges."""

    name: Literal["sharpen"] = "sharpen"
    probability: Probability = 0.5
    factor: Annotated[float, Field(ge=0, le=10)] = 2.0  # above 1 sharper, 1 as it is, 0 soft


class Blur(AugmentOptions):
    """Blurs with a Gaussian."""

    name: Literal["blur"] = "blur"
    sigma: Blurs = (0.1, 2.0)  # from which widths, in pixels


class Noise(AugmentOptions):
    """Adds Gaussian noise to every value."""

    name: Literal["noise"] = "noise"
    sigma: Annotated[float, Field(gt=0, le=1)] = 0.1  # its deviation, as a share of black to white


class Erase(AugmentOptions):
    """Covers a rectangle of random size, shape and place: random erasing, cutout."""

    name: Literal["erase"] = "erase"
    probability: Probability = 0.5
    area: Shares = (0.02, 0.33)  # the rectangle's share of the area
    ratio: Ratios = (0.3, 3.3)  # the rectangle's height / width
    fill: Literal["zero", "mean", "noise"] = "zero"  # black, the image's mean colour, or noise


# --- operations that choose operations


class RandAugment(AugmentOptions):
    """Some of fourteen operations, chosen for each image, all equally strong."""

    name: Literal["rand-augment"] = "rand-augment"
    operations: Annotated[int, Field(ge=1, le=8)] = 2  # how many for each image
    magnitude: Annotated[int, Field(ge=0, le=30)] = 9  # how strong


class TrivialAugment(AugmentOptions):
    """One of fourteen operations, chosen for each image, in any strength."""

    name: Literal["trivial-augment"] = "trivial-augment"


# --- two images in one


class Mixup(AugmentOptions):
    """Blends each image with another one of its batch, and their labels alike."""

    name: Literal["mixup"] = "mixup"
    alpha: Alpha = 1.0  # shares are drawn from Beta(alpha, alpha): the smaller, the less is blended


class Cutmix(AugmentOptions):
    """Pastes a rectangle of another image of the batch, and mixes labels by the area."""

    name: Literal["cutmix"] = "cutmix"
    alpha: Alpha = 1.0  # areas are drawn from Beta(alpha, alpha)


AUGMENTS = {
    "affine": Entry(Affine, "paribus.augment.geometry:affine"),
    "autocontrast": Entry(Autocontrast, "paribus.augment.pointwise:autocontrast"),
    "blur": Entry(Blur, "paribus.augment.pointwise:blur"),
    "brightness": Entry(Brightness, "paribus.augment.colour:brightness"),
    "channel-drop": Entry(ChannelDrop, "paribus.augment.colour:channel_drop"),
    "colour-jitter": Entry(ColourJitter, "paribus.augment.colour:colour_jitter"),
    "contrast": Entry(Contrast, "paribus.augment.colour:contrast"),
    "cutmix": Entry(Cutmix, "paribus.augment.mixing:cutmix"),
    "equalize": Entry(Equalize, "paribus.augment.pointwise:equalize"),
    "erase": Entry(Erase, "paribus.augment.erasing:erase"),
    "flip": Entry(Flip, "paribus.augment.geometry:flip"),
    "flip-vertical": Entry(FlipVertical, "paribus.augment.geometry:flip_vertical"),
    "grayscale": Entry(Grayscale, "paribus.augment.colour:grayscale"),
    "hue": Entry(Hue, "paribus.augment.colour:hue"),
    "invert": Entry(Invert, "paribus.augment.colour:invert"),
    "mixup": Entry(Mixup, "paribus.augment.mixing:mixup"),
    "noise": Entry(Noise, "paribus.augment.grain:noise"),
    "perspective": Entry(Perspective, "paribus.augment.perspective:perspective"),
    "posterize": Entry(Posterize, "paribus.augment.pointwise:posterize"),
    "rand-augment": Entry(RandAugment, "paribus.augment.policies:rand_augment"),
    "resized-crop": Entry(ResizedCrop, "paribus.augment.rectangles:resized_crop"),
    "rotate": Entry(Rotate, "paribus.augment.geometry:rotate"),
    "saturation": Entry(Saturation, "paribus.augment.colour:saturation"),
    "scale": Entry(Scale, "paribus.augment.geometry:scale"),
    "sharpen": Entry(Sharpen, "paribus.augment.pointwise:sharpen"),
    "shear": Entry(Shear, "paribus.augment.geometry:shear"),
    "shift-crop": Entry(ShiftCrop, "paribus.augment.geometry:shift_crop"),
    "solarize": Entry(Solarize, "paribus.augment.pointwise:solarize"),
    "translate": Entry(Translate, "paribus.augment.geometry:translate"),
    "trivial-augment": Entry(TrivialAugment, "paribus.augment.policies:trivial_augment"),
}

AugmentSpec = Annotated[AugmentOptions, OneOf("augmentation", AUGMENTS)]
