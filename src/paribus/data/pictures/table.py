"""A CSV table of picture paths and labels, perhaps with a split and a group for each."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from paribus.data.images import Source
from paribus.data.pictures.layout import SPLIT_FOLDERS, Placed
from paribus.data.pictures.reading import picture_source
from paribus.data.progress import Tell
from paribus.data.trees import open_tree
from paribus.errors import DataError
from paribus.specs.datasets import Csv
from paribus.specs.words import did_you_mean, known, quoted

_IMAGE = ("image", "path", "file", "filename", "filepath", "image_path")
_LABEL = ("label", "class", "target", "category")
_SPLIT = ("split",)
_GROUP = ("group",)
_WANTED = "expected rows of at least two labels to train on"
_MOST_FIELD = 100_000  # characters


def read_csv(options: Csv, tell: Tell) -> Source:
    path = Path(options.path)
    tree = open_tree(Path(options.root) if options.root else path.parent, tell)
    return picture_source([tree], place_rows(options), options, where=path, wanted=_WANTED)


def place_rows(options: Csv) -> list[Placed]:
    """Each row's picture, where the table says that it belongs."""
    path = Path(options.path)
    columns, rows = _read_table(path)
    image = _column(path, columns, options.image, _IMAGE, "image")
    label = _column(path, columns, options.label, _LABEL, "label")
    split = _optional_column(path, columns, options.split, _SPLIT, "split")
    group = _optional_column(path, columns, options.group, _GROUP, "group")
    for line, row in rows:
        if any(cell.strip() for cell in row[len(columns) :]):
            raise DataError(f"{path}: line {line}: has {len(row)} columns; the head has {len(columns)}")
    return [_place(path, line, _cells(path, line, row, (image, label, split, group))) for line, row in rows]


def _read_table(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The head, and each row that holds something with the number of its line."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            start = file.read(_MOST_FIELD)
            file.seek(0)
            reader = csv.reader(file, _dialect(start), strict=True)
            rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: is no text in UTF-8: {error.reason} at byte {error.start}") from error
    except csv.Error as error:
        raise DataError(f"{path}: no table that can be read: {error}") from error
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from error
    if len(rows) < 2:
        raise DataError(
            f"{path}: holds no rows; expected a head such as 'path,label' and a row for each image"
        )
    (_, head), *body = rows
    return [cell.strip() for cell in head], body


def _dialect(start: str) -> type[csv.Dialect]:
    """Commas, semicolons or tabs: whichever the head has most of."""
    head = start.splitlines()[0] if start.strip() else ""

    class Dialect(csv.excel):
        delimiter = max(",;\t", key=head.count)

    return Dialect


def _column(path: Path, columns: Sequence[str], asked: str | None, usual: Iterable[str], what: str) -> int:
    found = _optional_column(path, columns, asked, usual, what)
    if found is None:
        raise DataError(
            f"{path}: no column is called {' or '.join(usual)}; it has: {', '.join(columns)}. "
            f"Name the one that holds the {what} in data.{what}"
        )
    return found


def _optional_column(
    path: Path, columns: Sequence[str], asked: str | None, usual: Iterable[str], what: str
) -> int | None:
    if asked is not None:
        if asked not in columns:
            hint = did_you_mean(asked, columns)
            raise DataError(
                f"{path}: data.{what}: no column is called {quoted(asked)}; {known(columns)}.{hint}"
            )
        return columns.index(asked)
    folded = [column.lower() for column in columns]
    return next((folded.index(name) for name in usual if name in folded), None)


def _cells(path: Path, line: int, row: Sequence[str], wanted: Sequence[int | None]) -> list[str | None]:
    try:
        return [None if position is None else row[position].strip() for position in wanted]
    except IndexError:
        raise DataError(f"{path}: line {line}: has {len(row)} columns; the head has more") from None


def _place(path: Path, line: int, cells: Sequence[str | None]) -> Placed:
    image, label, split, group = cells
    if not image or not label:
        raise DataError(f"{path}: line {line}: {'the label' if image else 'the path'} is empty")
    name = PurePosixPath(image.replace("\\", "/"))
    if name.is_absolute() or ".." in name.parts:
        raise DataError(
            f"{path}: line {line}: given {quoted(image)}; expected a path relative to the table's folder, "
            "or to data.root"
        )
    if split is not None and split.lower() not in SPLIT_FOLDERS:
        raise DataError(f"{path}: line {line}: unknown split {quoted(split)}; {known(SPLIT_FOLDERS)}")
    which = SPLIT_FOLDERS[split.lower()] if split is not None else "train"
    return Placed(0, name.as_posix(), name.as_posix(), which, label, group or None)
