"""A study to start from, fitted to its data. Knows what fits; prints and writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from paribus.specs import value_toml

if TYPE_CHECKING:
    from paribus.data import DataSet
    from paribus.specs import DataOptions

_IMAGES_SEEN = 60_000  # by one run: a minute or so of a small net on one processor
_UNBALANCED = 3.0  # the largest class to the smallest: from here on plain accuracy flatters
_FEW = 20  # training images of a class

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
    """The text of a study file that runs as it is."""
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


def draft_from(options: "DataOptions", data: "DataSet") -> Draft:
    """What there is to say of an opened set."""
    counts = np.bincount(data.split("train").labels, minlength=len(data.classes))
    plain = options.model_dump(exclude_defaults=True) | {"name": options.name}
    if not data.skipped:
        plain.pop("on_bad", None)
    first = {name: plain.pop(name) for name in ("name", "path", "root") if name in plain}
    draft = Draft(first | plain, counts, data.classes, data.shape)
    return replace(draft, findings=_findings(draft, data))


def _findings(draft: Draft, data: "DataSet") -> list[str]:
    """What was found, in comments of one line each."""
    sizes = ", ".join(f"{count:,} {split}" for split, count in data.counts.items())
    channels, height, width = data.shape
    lines = [
        f"Found: {sizes} images of {len(data.classes)} classes, used at {width} x {height}"
        + (" in gray." if channels == 1 else ".")
    ]
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
            f"{len(data.skipped):,} files cannot be read and are passed over: paribus show data lists them."
        )
    few = [name for name, count in zip(draft.classes, draft.counts.tolist(), strict=True) if count < _FEW]
    if few:
        named = ", ".join(ascii(name)[1:-1] for name in few[:5]) + (
            f" and {len(few) - 5} more" if len(few) > 5 else ""
        )
        lines.append(f"Fewer than {_FEW} training images: {named}.")
    leaked = int(np.isin(data.digests("test"), data.digests("train")).sum()) if "test" in data.counts else 0
    if leaked:
        lines.append(f"{leaked:,} test images also stand in train: their share of the score is no test.")
    return lines


def _is_unbalanced(draft: Draft) -> bool:
    return bool(draft.counts.max() > _UNBALANCED * max(draft.counts.min(), 1))


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
    return options.model_copy(update={"path": placed[0] if isinstance(given, str) else placed})


def _spelt(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder) if path.is_relative_to(folder) else path)
