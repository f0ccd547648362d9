"""What digits look like: their skeletons, and the fonts whose pens follow them. Tables only.

A skeleton is a path in hundredths of the digit's height, x to the right of its middle, y down from its top:

    M x y                      lift the pen and put it down there
    L x y                      straight on
    C x1 y1 x2 y2 x y          along a cubic Bezier curve
    E cx cy rx ry from to      on to and along an ellipse, degrees clockwise from the right
    A cx cy rx ry from to      the same with the pen lifted before
    O cx cy rx ry              a whole ellipse
    B cx cy r                  a ball
"""

from typing import NamedTuple

SKELETONS: dict[str, str] = {
    "0 oval": "O 0 50 30 50",
    "0 wide": "O 0 50 38 50",
    "0 straight": "M 28 72 E 0 72 28 28 0 180 L -28 28 E 0 28 28 28 180 360 L 28 72",
    "0 block": "M 0 0 L 15 0 L 28 15 L 28 85 L 15 100 L -15 100 L -28 85 L -28 15 L -15 0 L 0 0",
    "1 bar": "M 0 0 L 0 100",
    "1 flag": "M -20 21 L 3 2 M 3 0 L 3 100",
    "1 hook": "M -19 20 C -6 17 2 10 5 0 L 5 100",
    "1 foot": "M -20 19 C -10 17 -2 10 2 0 L 2 100 M -21 100 L 25 100",
    "1 long": "M -28 37 L 7 2 M 7 0 L 7 100",
    "2 round": "A 0 28 28 28 187 390 C 15 58 -25 76 -29 100 L 30 100",
    "2 diagonal": "A 0 28 28 28 187 402 L -29 100 L 30 100",
    "2 wave": "A -2 25 26 25 190 395 C 10 62 -14 82 -31 97 C -18 86 -6 90 6 96 C 18 101 26 97 31 85",
    "2 ball": "A 0 27 27 27 190 390 C 15 58 -22 76 -28 99 L 28 99 L 30 82 B -22 25 9",
    "2 block": "M -28 19 L -28 15 L -15 0 L 15 0 L 28 15 L 28 38 L -28 82 L -28 100 L 28 100",
    "3 round": "A -2 25 25 25 205 435 M -10 50 L 4 50 A -1 75 29 25 270 515",
    "3 flat": "M -26 0 L 25 0 L -3 38 C 40 38 34 100 0 100 C -14 100 -24 94 -28 82",
    "3 ball": "A -2 25 25 25 205 450 A -2 75 29 25 270 515 B -22 18 9 B -25 82 9",
    "3 block": "M -28 15 L -15 0 L 15 0 L 28 15 L 28 38 L 17 49 L -10 49 "
    "M 17 49 L 28 61 L 28 85 L 15 100 L -15 100 L -28 85",
    "4 closed": "M 15 100 L 15 0 L 13 0 L -32 70 L 34 70",
    "4 open": "M -12 0 L -31 63 L 32 63 M 14 30 L 14 100",
    "4 foot": "M 12 100 L 12 0 L -34 69 L 32 69 M -5 100 L 29 100",
    "4 crossed": "M -4 0 L -33 68 L 33 68 M 13 44 L 13 100",
    "5 round": "M 25 0 L -20 0 L -24 47 E -1 67 30 33 221 512",
    "5 flag": "M 26 -2 C 12 5 -4 3 -19 1 L -22 48 E -2 67 29 33 225 510 B -24 81 9",
    "5 block": "M 27 0 L -27 0 L -27 43 L 15 43 L 28 57 L 28 85 L 15 100 L -15 100 L -28 85",
    "5 geometric": "M 26 0 L -14 0 L -22 44 C -2 34 31 40 31 68 C 31 98 -6 108 -28 86",
    "6 tail": "O 0 68 29 32 M 25 15 C 20 4 11 0 3 0 C -19 0 -29 24 -29 68",
    "6 leg": "O 0 69 30 31 M 12 0 L -26 53",
    "6 ball": "O 0 67 28 33 M 24 14 C 20 4 12 0 5 0 C -19 0 -29 30 -28 68 B 20 14 8",
    "6 block": "M 28 15 L 15 0 L -15 0 L -28 15 L -28 85 L -15 100 L 15 100 L 28 85 L 28 59 L 15 45 L -26 45",
    "7 straight": "M -29 0 L 29 0 L -9 100",
    "7 curved": "M -29 0 L 29 0 C 12 24 -6 56 -8 100",
    "7 crossed": "M -29 0 L 28 0 L -11 100 M -19 52 L 20 52",
    "7 serif": "M -29 20 L -27 1 L 29 1 C 14 28 -4 60 -7 100",
    "8 loops": "O 0 25 24 25 O 0 75 29 25",
    "8 equal": "O 0 25 26 25 O 0 75 27 25",
    "8 block": "M 0 0 L 15 0 L 27 14 L 27 36 L 16 48 L -16 48 L -27 36 L -27 14 L -15 0 L 0 0 "
    "M 0 48 L 16 48 L 28 61 L 28 86 L 15 100 L -15 100 L -28 86 L -28 61 L -16 48 L 0 48",
}


class Font(NamedTuple):
    """How a pen follows the skeletons; lengths in digit heights."""

    name: str
    shapes: str  # the skeletons of 0 to 8; a 9 is the 6 turned by half
    upright: float  # half the width of a vertical stroke
    level: float  # half the width of a horizontal stroke
    width: float = 1.0  # how far the skeletons are stretched sideways
    slant: float = 0.0
    round_ends: bool = False


FONTS: tuple[Font, ...] = (
    Font("sans", "oval flag round round closed round tail straight loops", 0.070, 0.062),
    Font("bold", "oval flag round round closed round tail straight loops", 0.110, 0.090, 1.1),
    Font(
        "narrow",
        "straight hook diagonal round closed round tail straight equal",
        0.075,
        0.065,
        0.74,
    ),
    Font(
        "rounded",
        "oval long round round open round tail curved loops",
        0.072,
        0.072,
        round_ends=True,
    ),
    Font("serif", "oval foot ball ball foot flag ball serif loops", 0.085, 0.032),
    Font("brass", "oval hook wave ball crossed flag ball curved loops", 0.078, 0.045, 1, 0.14, True),
    Font(
        "plate",
        "straight long diagonal flat closed geometric leg crossed equal",
        0.068,
        0.060,
        0.92,
    ),
    Font("deco", "wide bar diagonal flat closed geometric leg straight equal", 0.042, 0.042, 1.05),
    Font(
        "painted",
        "oval bar wave flat open geometric leg crossed equal",
        0.060,
        0.052,
        0.95,
        0.08,
        True,
    ),
    Font("block", "block flag block block closed block block straight block", 0.085, 0.080, 0.95),
)


def skeleton_of(font: Font, digit: int) -> str:
    return SKELETONS[f"{digit} {font.shapes.split()[digit]}"]
