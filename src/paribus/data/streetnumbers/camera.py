"""From the wall to the file: where the camera stands, how light falls, what lens, sensor and compression do.

This module does not know what is on the wall.
"""

import functools
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paribus.data.streetnumbers.draws import BLOCK, F32, Draws, Flaw, Int
from paribus.data.streetnumbers.sampling import TILES, look_up_noise

F64 = NDArray[np.float64]

# ------------------------------------------------------------------------------------------------ geometry


class View(NamedTuple):
    """Where each pixel looks."""

    x: F32  # [images, size, size], on the wall in digit heights, 0 at the digit's middle
    y: F32  # the same downwards
    u: F32  # [1, 1, size], in the picture from -1/2 to 1/2
    v: F32  # [1, size, 1]
    pixels: F32  # [images, 1, 1], in a digit's height


def look_at_wall(draws: Draws, size: int) -> View:
    """A homography for each image: scale, aspect, turn, tilt, and a target missed by a little."""
    at = (np.arange(size, dtype=np.float32) + np.float32(0.5)) / np.float32(size) - np.float32(0.5)
    u, v = at[None, None, :], at[None, :, None]
    trouble = draws.trouble
    height = draws.between("digit height", 0.46, 0.88)  # of the picture
    height = np.maximum(height, np.where(draws.has(Flaw.SOFT), np.float32(0.6), np.float32(0)))
    aspect = 1 + draws.around_zero("aspect", 0.13)
    turn = draws.around_zero("turn", 0.13 * trouble)  # the tangent of the angle, near enough
    shear = draws.around_zero("shear", 0.13 * trouble)
    tilt_u = draws.around_zero("tilt right", 0.26 * trouble)
    tilt_v = draws.around_zero("tilt down", 0.22 * trouble)
    off_u = draws.around_zero("off right", 0.05 * trouble)
    off_v = draws.around_zero("off down", 0.045 * trouble)
    far = (1 + tilt_u * u + tilt_v * v) * height
    right, down = u - off_u, v - off_v
    x = (right + (turn + shear) * down) / (far * aspect)
    y = (down - turn * right) / far
    return View(x, y, u, v, height * np.float32(size))


# --------------------------------------------------------------------------------------------------- light


def light_on(draws: Draws, view: View) -> F32:
    """A factor for every pixel: a slope of brightness and sometimes the edge of a cast shadow."""
    slope_u = draws.around_zero("slope right", 0.22)
    slope_v = draws.around_zero("slope down", 0.22)
    light = 1 + slope_u * view.u + slope_v * view.v  # [images, size, size]
    shaded = np.flatnonzero(draws.troubled("shadow edge", 0.2))
    across, down = draws.around_zero("edge right", 1.0), draws.around_zero("edge down", 1.0)
    length = np.sqrt(across * across + down * down) + np.float32(1e-3)
    place = (across * view.u + down * view.v)[shaded] / length[shaded]
    place -= draws.between("edge place", -0.35, 0.35)[shaded]
    softness = draws.between("edge softness", 0.02, 0.12)[shaded]
    depth = draws.between("edge depth", 0.25, 0.55)[shaded]
    light[shaded] *= 1 - depth * np.clip(place / softness + 0.5, 0.0, 1.0)
    return light


def occlude(draws: Draws, view: View, picture: F32) -> None:
    """Put things before the wall in some images, in place: a bar, or leaves at the rim."""
    covered, leafy = draws.has(Flaw.COVERED), draws.happens("leafy", 0.6)
    _put_bar(draws, view, picture, np.flatnonzero(covered & ~leafy))
    _put_leaves(draws, view, picture, np.flatnonzero(covered & leafy))


def _put_bar(draws: Draws, view: View, picture: F32, images: Int) -> None:
    lean = draws.around_zero("bar lean", 0.25)[images]
    place = draws.between("bar place", -0.45, 0.45)[images]
    half = draws.between("bar width", 0.012, 0.04)[images]
    lying = draws.happens("bar lies", 0.35)[images]
    across = np.where(lying, view.v - lean * view.u, view.u - lean * view.v) - place
    cover = np.clip((half - np.abs(across)) * np.float32(40) + 0.5, 0.0, 1.0)[:, None]
    round_shade = 1 + across[:, None] / half[:, None] * np.float32(0.3)
    colour = draws.between("bar colour", 0.05, 0.5, (1, 1, 1))[images] * round_shade
    picture[images] += cover * (colour - picture[images])


def _put_leaves(draws: Draws, view: View, picture: F32, images: Int) -> None:
    """Foliage that grows in from one side: where cloudy noise exceeds a limit that rises inwards."""
    tile = draws.pick("leaf tile", [1.0] * TILES)[images]
    zoom = draws.between("leaf zoom", 0.5, 0.9)[images]
    noise = look_up_noise(tile, view.u * zoom + draws.uniform("leaf right")[images], view.v * zoom)
    side = draws.pick("leaf side", [1, 1, 1, 1])[images]
    inwards = np.choose(side, [0.5 + view.u, 0.5 - view.u, 0.5 + view.v, 0.5 - view.v])
    reach = draws.between("leaf reach", 0.08, 0.30)[images]
    cover = np.clip((noise * np.float32(0.16) + reach - inwards) * 25 + 0.5, 0.0, 1.0)[:, None]
    green = np.array([0.22, 0.36, 0.14], dtype=np.float32)[:, None, None]
    colour = green * draws.between("leaf colour", 0.4, 1.5, (1, 1, 1))[images]
    picture[images] += cover * (colour * (1 + noise[:, None] * np.float32(0.7)) - picture[images])


# ---------------------------------------------------------------------------------------------------- lens

# Pictures count to 2**10 and the rows of a blur sum to 2**12, so that all products and sums in the matrix
# products below are whole numbers that float32 holds exactly: no BLAS, threads or processor can change a bit.
GREYS = 1023
WEIGHTS = 4096

BLURS = (0.0, 0.35, 0.55, 0.8, 1.1, 1.5)  # standard deviation in 32nds of the picture
GRIDS = (20, 16, 13)  # rows and columns of the original of an enlarged image
SHARP = (0.5, 1.0, 1.2, 1.0, 0.3, 0.0, 0.6, 0.3, 0.0)  # how often each of these is used
SOFT = (0.0, 0.0, 0.0, 0.0, 1.0, 0.7, 0.0, 0.7, 0.6)


@functools.cache
def _lenses(size: int) -> F32:
    """One operator per blur and per coarse grid, for brightness and for colour: [lenses, 2, size, size]."""
    at = (np.arange(size) + 0.5) / size
    sharp = [_gaussian(at, sigma / 32) for sigma in BLURS] + [_regrid(at, grid) for grid in GRIDS]
    colour = _gaussian(at, 0.9 / 32)  # compression keeps colour at half the resolution
    lenses = np.array([[lens, colour @ lens] for lens in sharp])
    lenses /= lenses.sum(axis=-1, keepdims=True)
    whole = np.rint(lenses * WEIGHTS)
    middle = np.arange(size)
    whole[..., middle, middle] += WEIGHTS - whole.sum(axis=-1)
    return np.asarray(whole, dtype=np.float32)


def _gaussian(at: F64, sigma: float) -> F64:
    apart = at[:, None] - at
    kernel = np.exp(-0.5 * (apart / max(sigma, 1e-3)) ** 2)
    return np.asarray(kernel / kernel.sum(axis=1, keepdims=True))


def _regrid(at: F64, grid: int) -> F64:
    """Averaged down to `grid` points and drawn out again between them."""
    grid = min(grid, len(at))
    coarse = (np.arange(grid) + 0.5) / grid
    apart = np.abs(coarse[:, None] - at) * grid
    shrink = np.clip(1 - apart, 0, None)
    shrink /= shrink.sum(axis=1, keepdims=True)
    position = np.clip(at * grid - 0.5, 0, grid - 1)
    enlarge = np.clip(1 - np.abs(position[:, None] - np.arange(grid)), 0, None)
    return np.asarray(enlarge @ shrink)


def through_lens(draws: Draws, picture: F32) -> F32:
    """Defocus, motion and low resolution, colour softer than brightness; whole numbers up to GREYS."""
    lenses = _lenses(picture.shape[-1])
    soft = draws.has(Flaw.SOFT)[:, 0, 0]
    down = np.where(soft, draws.pick("soft lens", SOFT, ()), draws.pick("lens", SHARP, ()))
    moved = soft & draws.happens("moved", 0.25, ())
    down, right = np.where(moved, 1, down), np.where(moved, len(BLURS) - 1, down)
    channel = np.array([0, 1, 1])
    layers = _to_luma(np.rint(np.clip(picture, 0, 1) * np.float32(GREYS)))
    layers = np.rint(lenses[down[:, None], channel] @ layers / np.float32(WEIGHTS))
    layers = layers @ lenses[right[:, None], channel].swapaxes(-1, -2)
    return _from_luma(np.rint(layers / np.float32(WEIGHTS)))


def _to_luma(picture: F32) -> F32:
    red, green, blue = picture[:, 0], picture[:, 1], picture[:, 2]
    luma = np.rint((red + 2 * green + blue) * np.float32(0.25))
    return np.stack([luma, red - luma, blue - luma], axis=1)


def _from_luma(layers: F32) -> F32:
    luma, red, blue = layers[:, 0], layers[:, 1], layers[:, 2]
    return np.stack([luma + red, luma - (red + blue) * np.float32(0.5), luma + blue], axis=1)


# -------------------------------------------------------------------------------------------------- sensor


def expose(draws: Draws, picture: F32) -> NDArray[np.uint8]:
    """Contrast, brightness, white balance and grain, rounded to bytes."""
    shape = (1, 1, 1)
    hazy, grainy = draws.has(Flaw.HAZY)[..., None], draws.has(Flaw.GRAINY)[..., None]
    haze, gain = draws.between("haze", 0.35, 0.7, shape), draws.between("gain", 0.8, 1.1, shape)
    gain = np.where(hazy, haze, gain)
    balance = 1 + draws.around_zero("white balance", 0.035, (3, 1, 1))
    level = 0.48 + draws.around_zero("level", 0.09, shape)
    # sums of whole and half numbers: exact in float64, whatever their order
    mean = picture.mean(axis=(1, 2, 3), keepdims=True, dtype=np.float64).astype(np.float32)
    metered = np.float32(0.75 / GREYS) / (np.float32(0.25) + mean / np.float32(GREYS))
    scaled = (picture * metered - np.float32(0.5)) * gain
    scaled = (scaled + level) * balance
    grain = draws.between("grain", 0.004, 0.02, shape)
    coarse = draws.between("coarse grain", 0.02, 0.06, shape)
    grain = np.where(grainy, coarse, grain) * np.float32(draws.trouble)
    scaled += grain * _noise(draws, picture.shape)
    return np.asarray(np.rint(np.clip(scaled, 0.0, 1.0) * np.float32(255)), dtype=np.uint8)


def _noise(draws: Draws, shape: tuple[int, ...]) -> F32:
    """Bell-shaped with deviation 1: brightness shared by the channels, colour of their own."""
    size = shape[-1]
    throws = draws.noise_bytes("grain throws", (BLOCK, 8, size, size)).astype(np.int16)
    shared = throws[:, 0:1] + throws[:, 1:2]
    own = throws[:, 2:5] + throws[:, 5:8]
    return (shared * np.float32(0.9) + own * np.float32(0.45) - np.float32(1.35 * 255)) * np.float32(1 / 105)
