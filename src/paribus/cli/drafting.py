"""A study to start from, fitted to its data. Knows what fits; prints and writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from paribus.data.naming import legible
from paribus.data.passport import LEAKING, find_twins, say_leak
from paribus.data.passport.counting import FEW, UNEVEN
from paribus.data.splitting import select_training
from paribus.errors import DataError
from paribus.specs import value_toml

if TYPE_CHECKING:
    from paribus.data import DataSet
    from paribus.specs import DataOptions

_IMAGES_SEEN = 60_000  # by one run: a minute or so of a small net on one processor
_CLASSES_NAMED = 20
_NAMED = 5  # classes that a sentence names

_TEMPLATE = """\
# A study: one question about an image classifier, answered with error bars.
#   paribus check {file}    what it costs and what it will be able to show
#   paribus run {file}      train, conclude, write the report
{findings}
[study]
title   = "Which learning rate?"
control = "optimizer.lr=0.001"   # the arm that the others are compared with
seeds   = 5                      # runs of each arm; under 5 there are no verdicts
{metric}# margin = 0.005                 # differences under half a point do not matter: allows "equivalent"

[run]                            # the base recipe: what all arms share
data       = {data}
net        = {net}
augment    = {augment}
optimizer  = {{ name = "adam", lr = 1e-3 }}
batch_size = {batch_size}
epochs     = {epochs}

[factors]                        # what varies: a grid, every other setting equal
"optimizer.lr" = [1e-2, 1e-3, 1e-4]

# [arms.no-augmentation]         # arms of their own, beside the grid
# augment = []

# [claims]                       # what you expect: it holds, is contradicted, or stays undecided
# "0.001 is the best rate" = {{ best = "optimizer.lr=0.001" }}

[profiles.smoke]                 # paribus run {file} --profile smoke
epochs = 1
"study.seeds" = 2
"""


@dataclass(frozen=True)
class Draft:
    """What a study says of its data."""

    options: dict[str, Any]  # of the data, without what is default
    counts: np.ndarray[Any, np.dtype[np.int64]]  # training images of each class
    classes: Sequence[str]
    shape: tuple[int, int, int]
    findings: Sequence[str] = ()  # sentences for the head of the file


def draft_study(file: str, draft: Draft) -> str:
    """The text of a study file that runs as it is; `file` is its name as a shell reads it."""
    images, side = int(draft.counts.sum()), min(draft.shape[1:])
    findings = "".join(f"# {line}\n" for line in draft.findings)
    metric = (
        'metric  = "balanced_accuracy"    # the classes differ in size\n' if _is_unbalanced(draft) else ""
    )
    return _TEMPLATE.format(
        file=file,
        findings=f"#\n{findings}" if findings else "",
        metric=metric,
        data=_data_toml(draft.options),
        net=_net_toml(side),
        augment=value_toml(_augment(draft)),
        batch_size=32 if images < 2_000 else 64 if images < 20_000 else 128,
        epochs=min(max(round(_IMAGES_SEEN / images), 3), 30),
    )


def draft_from(options: "DataOptions", data: "DataSet", unused: Sequence[str] = ()) -> Draft:
    """What there is to say of an opened set; `unused` lies beside its images and is not read."""
    counts = np.bincount(data.split("train").labels, minlength=len(data.classes))
    plain = options.model_dump(exclude_defaults=True) | {"name": options.name}
    if not data.skipped:
        plain.pop("on_bad", None)
    kept = _large_enough(data, counts)
    classes = [data.classes[number] for number in kept]
    if len(kept) < len(data.classes):
        plain["classes"] = classes
    # what a study would be refused for is told now
    select_training(options.model_copy(update={"classes": tuple(classes)}), data, seed=0)
    first = {name: plain.pop(name) for name in ("name", "path", "root") if name in plain}
    draft = Draft(first | plain, counts[kept], classes, data.shape)
    notes = [f"Not used: {', '.join(unused)}."] if unused else []
    return replace(draft, findings=[*_findings(draft, data), *notes])


def _needed_by(data: "DataSet") -> int:
    """Training images of a class: to train on, and to validate where validation is carved from them."""
    return 1 if "validation" in data.counts else 2


def _large_enough(data: "DataSet", counts: np.ndarray[Any, np.dtype[np.int64]]) -> list[int]:
    """The classes that a study can use; refused where that leaves nothing to tell apart."""
    kept: list[int] = np.flatnonzero(counts >= _needed_by(data)).tolist()
    if len(kept) < 2:
        raise DataError(
            f"{len(data.classes)} classes, of which {len(kept)} with at least {_needed_by(data)} training "
            "images; expected two or more such. Add images"
        )
    for split in data.counts:
        if split != "unlabeled" and not np.isin(data.split(split).labels, kept).any():
            raise DataError(
                f"the split '{split}' holds no image of a class that can be trained on; expected the same "
                "classes in each split"
            )
    return kept


def _findings(draft: Draft, data: "DataSet") -> list[str]:
    """What was found, in comments of one line each."""
    sizes = ", ".join(f"{count:,} {split}" for split, count in data.counts.items())
    channels, height, width = data.shape
    lines = [
        f"Found: {sizes} images of {len(data.classes)} classes, used at {width} x {height}"
        + (" in gray." if channels == 1 else "."),
        f"Classes: {_some(draft.classes, _CLASSES_NAMED)}.",
    ]
    if left_out := [name for name in data.classes if name not in set(draft.classes)]:
        lines.append(
            f"Left out, with fewer than {_needed_by(data)} training images: {_some(left_out, _NAMED)}."
        )
    met = data.met.get("size", {})
    if met.keys() - {f"{width} x {height}"}:
        most = max(met, key=lambda size: met[size])
        lines.append(
            f"The originals have {len(met):,} sizes, most often {most} pixels."
            if len(met) > 1
            else f"The originals have {most} pixels."
        )
    if data.skipped:
        lines.append(
            f"{_count(len(data.skipped), 'file')} cannot be read, passed over: paribus show data lists them."
        )
    few = [name for name, count in zip(draft.classes, draft.counts.tolist(), strict=True) if count < FEW]
    if few:
        lines.append(f"Fewer than {FEW} training images: {_some(few, _NAMED)}.")
    twins = find_twins(data, near=False)
    return lines + [said for split in LEAKING if (said := say_leak(twins, split))]


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"


def _some(names: Sequence[str], most: int) -> str:
    """Names in one line: TOML has no control characters in comments."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(legible(name) for name in names[:most]) + more


def _is_unbalanced(draft: Draft) -> bool:
    return bool(draft.counts.max() > UNEVEN * max(draft.counts.min(), 1))


def _augment(draft: Draft) -> list[str]:
    """Mirror images of letters and digits are other letters or none."""
    signs = all(len(name.strip()) <= 1 or name.strip().isdigit() for name in draft.classes)
    return ["shift-crop"] if signs else ["shift-crop", "flip"]


def _net_toml(side: int) -> str:
    if side < 16:
        return '{ name = "plain", widths = [16, 32] }'
    if side <= 40:
        return '"plain"'
    return '{ name = "plain", widths = [32, 64, 128, 128] }'


def _data_toml(options: dict[str, Any]) -> str:
    if set(options) == {"name"}:
        return value_toml(options["name"])
    return value_toml(options)


def place_options(options: "DataOptions", folder: Path, here: Path) -> "DataOptions":
    """The options with paths as a study in `folder` spells them, given as they are spelt `here`."""
    given = getattr(options, "path", None)
    if given is None:
        return options
    paths = [given] if isinstance(given, str) else given
    placed = tuple(_spelt((here / Path(path).expanduser()).resolve(), folder) for path in paths)
    for path in placed:
        _refuse_unspellable(path)
    return options.model_copy(update={"path": placed[0] if isinstance(given, str) else placed})


def _spelt(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder) if path.is_relative_to(folder) else path)


def _refuse_unspellable(path: str) -> None:
    try:
        path.encode()
    except UnicodeEncodeError:
        raise DataError(
            f"{legible(path)}: has a name that is no UTF-8, which no study file can spell; rename it"
        ) from None
