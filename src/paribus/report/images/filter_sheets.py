"""Filters as a sheet: a square for each, a pixel for each weight, gray where a weight is nothing."""

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from paribus.report.images.views import FilterPair, Values

COLUMNS = 8
_PERCENTILE = 99.5  # of absolute weights: few outliers would make the rest gray
_PAPER, _INK, _QUIET = (255, 255, 255), (29, 31, 33), (99, 103, 107)
_MARGIN, _TITLE, _LINE = 24, 17, 13  # pixels; of letters
_LONGEST = 90  # letters of a name


def scale_of(pair: FilterPair) -> float:
    """The weight that is shown as full: the same before and after."""
    both = np.abs(np.concatenate([pair.before.ravel(), pair.after.ravel()]))
    return float(np.percentile(both, _PERCENTILE)) or 1.0


def draw_filters(values: Values, scale: float) -> Image.Image:
    """Beside each other, eight a row, on nothing. Three channels are colours, of others the mean is gray."""
    shown = values if values.shape[1] == 3 else values.mean(1, keepdims=True).repeat(3, 1)
    pixels = np.round(127.5 + 127.5 * np.clip(shown / scale, -1, 1)).astype(np.uint8)
    count, _, height, width = pixels.shape
    gap = 1 if max(height, width) <= 16 else 2
    columns = min(count, COLUMNS)
    rows = -(-count // columns)
    sheet = np.zeros((rows * (height + gap) - gap, columns * (width + gap) - gap, 4), np.uint8)
    for number, one in enumerate(pixels):
        y, x = (number // columns) * (height + gap), (number % columns) * (width + gap)
        sheet[y : y + height, x : x + width, :3] = one.transpose(1, 2, 0)
        sheet[y : y + height, x : x + width, 3] = 255
    return Image.fromarray(sheet)


def say_filters(pair: FilterPair) -> str:
    """Which they are."""
    count, channels, height, width = pair.before.shape
    which = f"{count} filters" if count == pair.total else f"the first {count} of {pair.total:,} filters"
    colours = (
        "in colour" if channels == 3 else "in gray" if channels == 1 else f"the mean of {channels} channels"
    )
    return f"{pair.layer or 'the net'}, {which} of {width} x {height}, {colours}, seed {pair.seed}"


def encode_sheet(pairs: Sequence[FilterPair]) -> bytes:
    """As PNG: a row for each arm, before and after side by side, with words."""
    rows = [_draw_row(pair) for pair in pairs]
    width = max(row.width for row in rows) + 2 * _MARGIN
    sheet = Image.new("RGB", (width, sum(row.height + _MARGIN for row in rows) + _MARGIN), _PAPER)
    top = _MARGIN
    for row in rows:
        sheet.paste(row, (_MARGIN, top))
        top += row.height + _MARGIN
    content = io.BytesIO()
    sheet.save(content, "PNG", optimize=True)
    return content.getvalue()


def _draw_row(pair: FilterPair) -> Image.Image:
    title, text = ImageFont.load_default(_TITLE), ImageFont.load_default(_LINE)
    pictures = [draw_filters(values, scale_of(pair)) for values in (pair.before, pair.after)]
    times = max(round(280 / pictures[0].width), 1)
    large = [
        picture.resize((picture.width * times, picture.height * times), Image.Resampling.NEAREST)
        for picture in pictures
    ]
    side, height = large[0].size
    name = pair.arm if len(pair.arm) <= _LONGEST else f"{pair.arm[:_LONGEST]}..."
    said = say_filters(pair)
    width = max(2 * side + 2 * _MARGIN, int(title.getlength(name)) + 1, int(text.getlength(said)) + 1)
    row = Image.new("RGB", (width, height + 74), _PAPER)
    pen = ImageDraw.Draw(row)
    pen.text((0, 0), name, _INK, title)
    pen.text((0, 24), said, _QUIET, text)
    for place, (picture, word) in enumerate(zip(large, ("before training", "after training"), strict=True)):
        left = place * (side + 2 * _MARGIN)
        pen.text((left, 50), word, _QUIET, text)
        row.paste(picture, (left, 74), picture)
    return row
