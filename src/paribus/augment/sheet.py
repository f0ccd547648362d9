"""Drawing a sheet of strips: titles, originals beside their variants, labels. Knows no operation.

Small images are enlarged by whole factors, so that pixels stay pixels; large ones are shrunk. The same strips
give the same bytes: no clock, fixed settings.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from paribus.augment.preview import Picture, Strip

_PAPER, _INK, _GRAY, _LINE = (255, 255, 255), (34, 34, 34), (118, 118, 118), (221, 221, 221)
_MARGIN, _GAP, _APART = 28, 6, 22  # pixels: around all, between images, between an original and its variants
_LEAST_WIDTH = 420  # so that a title has room
_CELL = 96  # pixels a side that an image may take
_QUALITIES = ((_CELL, 0), (64, 0), (_CELL, 256), (64, 256), (48, 256))  # pixels a side, and colours; 0: all


@dataclass(frozen=True)
class Section:
    """Strips under a title."""

    title: str
    caption: str
    strips: tuple[Strip, ...]


def draw_sheet(sections: Sequence[Section], cell: int = _CELL) -> Image.Image:
    """One below another."""
    names = max(_names_width(section, cell) for section in sections)
    drawn = [_draw_section(section, cell, names) for section in sections]
    width = max(part.width for part in drawn) + 2 * _MARGIN
    height = sum(part.height + _MARGIN for part in drawn) + _MARGIN
    sheet = Image.new("RGB", (width, height), _PAPER)
    top = _MARGIN
    for part in drawn:
        sheet.paste(part, (_MARGIN, top))
        top += part.height + _MARGIN
    return sheet


def encode_sheet(sections: Sequence[Section], most_bytes: int | None = None) -> bytes:
    """As PNG. Where it must be small: smaller, then with fewer colours, until it is, or cannot be smaller."""
    content = b""
    for cell, colours in _QUALITIES:
        sheet = draw_sheet(sections, cell)
        content = _png(sheet.quantize(colours, dither=Image.Dither.NONE) if colours else sheet)
        if most_bytes is None or len(content) <= most_bytes:
            break
    return content


def _png(sheet: Image.Image) -> bytes:
    content = io.BytesIO()
    sheet.save(content, "PNG", optimize=True)
    return content.getvalue()


def _labels(section: Section, cell: int) -> list[list[str]]:
    return [_wrapped(strip.label, _font(14), max(cell * 2, 150)) for strip in section.strips]


def _names_width(section: Section, cell: int) -> int:
    return max(_width(line, _font(14)) for lines in _labels(section, cell) for line in lines) + 16


def _draw_section(section: Section, cell: int, names: int) -> Image.Image:
    """Title and caption, a row that names the columns, and the strips; their labels are `names` wide."""
    title, text = _font(20), _font(14)
    pictures = [[strip.original, *strip.variants] for strip in section.strips]
    side_x, side_y = _sides(pictures[0][0], cell)
    labels = _labels(section, cell)
    columns = [names + at * (side_x + _GAP) + (_APART if at else 0) for at in range(len(pictures[0]))]
    width = max(columns[-1] + side_x, _LEAST_WIDTH)
    head = _wrapped(section.title, title, width)
    caption = _wrapped(section.caption, text, width)
    top = 27 * len(head) + 20 * len(caption) + 14
    pitch = max(side_y, 18 * max(map(len, labels))) + _GAP
    part = Image.new("RGB", (width, top + 24 + len(pictures) * pitch), _PAPER)
    pen = ImageDraw.Draw(part)
    _write(pen, head, (0, 0), title, colour=_INK, pitch=27)
    _write(pen, caption, (0, 27 * len(head)), text, colour=_GRAY, pitch=20)
    for column, name in zip(columns, _column_names(len(columns), side_x), strict=True):
        pen.text((column + side_x / 2, top + 8), name, _GRAY, text, anchor="mm")
    pen.line(
        [(columns[1] - _APART / 2 - _GAP / 2, top), (columns[1] - _APART / 2 - _GAP / 2, part.height)], _LINE
    )
    for row, (lines, cells) in enumerate(zip(labels, pictures, strict=True)):
        y = top + 24 + row * pitch
        _write(pen, lines, (0, y + (side_y - 18 * len(lines)) // 2), text, colour=_INK, pitch=18)
        for column, picture in zip(columns, cells, strict=True):
            part.paste(_fitted(picture, cell), (column, y))
    return part


def _column_names(count: int, side: int) -> list[str]:
    epoch = "epoch " if side >= _width("epoch 1", _font(14)) else ""
    return ["original" if epoch else "", *(f"{epoch}{number}" for number in range(1, count))]


def _sides(picture: Picture, cell: int) -> tuple[int, int]:
    """Width and height of an image on the sheet."""
    height, width = picture.shape[1:]
    longest = max(height, width)
    if longest <= cell:
        factor = cell // longest
        return width * factor, height * factor
    return max(round(width * cell / longest), 1), max(round(height * cell / longest), 1)


def _fitted(picture: Picture, cell: int) -> Image.Image:
    """In colour; one channel or two are shown as gray, of more than three the first three."""
    shown = picture[:3] if len(picture) >= 3 else np.repeat(picture[:1], 3, 0)
    image = Image.fromarray(np.ascontiguousarray(shown.transpose(1, 2, 0)))
    small = max(picture.shape[1:]) <= cell
    return image.resize(
        _sides(picture, cell), Image.Resampling.NEAREST if small else Image.Resampling.LANCZOS
    )


def _font(size: int) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    return ImageFont.load_default(size)


def _width(text: str, font: ImageFont.ImageFont | ImageFont.FreeTypeFont) -> int:
    return int(font.getlength(text) + 0.999)


def _wrapped(text: str, font: ImageFont.ImageFont | ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Lines no wider than that, broken between words."""
    lines: list[str] = []
    for word in text.split():
        if lines and _width(f"{lines[-1]} {word}", font) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _write(
    pen: ImageDraw.ImageDraw,
    lines: Sequence[str],
    place: tuple[int, int],
    font: ImageFont.ImageFont | ImageFont.FreeTypeFont,
    *,
    colour: tuple[int, int, int],
    pitch: int,
) -> None:
    for number, line in enumerate(lines):
        pen.text((place[0], place[1] + number * pitch), line, colour, font)
