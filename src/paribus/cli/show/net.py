"""`paribus show net`: the layers of a net, and what it costs."""

import json
import re
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console

    from paribus.nets import LayerTable, Shape
    from paribus.specs.base import Options

_SIZE = re.compile(r"(\d{1,5})(?:x(\d{1,5}))?")
_IMAGE: dict[str, Any] = {"size": "32", "channels": 3, "classes": 10}  # where no data say it
_WITH_ARITHMETIC = 100  # columns


@dataclass(frozen=True)
class _Shown:
    """One net, and the arms of the study that train it; none where it was named by itself."""

    options: "Options"
    hidden: tuple[int, ...]
    shape: "Shape"
    arms: tuple[str, ...] = ()


@click.command("net")
@click.argument("spec", metavar="SPEC")
@click.option("--profile", metavar="NAME", help="Merge [profiles.NAME] of the study into it.")
@click.option("--size", metavar="N", help="Pixels a side, or WIDTHxHEIGHT, such as 64x48.  [default: 32]")
@click.option("--channels", type=click.IntRange(1, 64), metavar="N", help="3 for colour.  [default: 3]")
@click.option("--classes", type=click.IntRange(2, 1_000_000), metavar="N", help="How many.  [default: 10]")
@click.option("--batch", type=click.IntRange(1, 65_536), default=128, show_default=True, metavar="N",
              help="Images that the memory is told for.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print all of it as JSON.")
def command(
    spec: str,
    *,
    profile: str | None,
    size: str | None,
    channels: int | None,
    classes: int | None,
    batch: int,
    as_json: bool,
) -> None:
    """Show the layers of a net: shapes, parameters, FLOPs, memory. Trains nothing.

    SPEC is a study, of which each arm's net is shown once, for its data; or a net by its name or as a
    table, for images of --size. FLOPs are those of one image's forward pass, two for each multiply-add of
    convolutions and matrix products; memory is that of the outputs at --batch images.

    \b
    paribus show net study.toml
    paribus show net r4/dropout --profile smoke
    paribus show net compact
    paribus show net '{ name = "plain", widths = [32, 64] }' --size 64 --classes 100
    paribus show net my_module:MyNet
    """
    from paribus.cli.tables import console
    from paribus.errors import SpecError
    from paribus.studies.catalogue import is_study

    asked = {"size": size, "channels": channels, "classes": classes}
    out = console(stderr=as_json)
    if not is_study(spec) and profile is not None:
        raise SpecError(f"--profile {profile}: a study has profiles; {spec} is none")
    found = _of_study(spec, profile, asked, out) if is_study(spec) else [_of_name(spec, asked)]
    tables = [(one, _tabulate(one)) for one in found]
    if as_json:
        click.echo(json.dumps([_as_plain(one, table, batch) for one, table in tables], indent=1))
    else:
        for number, (one, table) in enumerate(tables):
            if number:
                out.print()
            _print(one, table, batch, console())


def _of_study(path: str, profile: str | None, asked: dict[str, Any], out: "Console") -> list[_Shown]:
    from paribus.cli.reading import telling
    from paribus.errors import SpecError
    from paribus.workbench import Study

    if named := [f"--{name}" for name, value in asked.items() if value is not None]:
        raise SpecError(f"{named[0]}: the data of {path} say it; name a net instead of a study to choose it")
    study = Study.load(path, profile=profile)
    alike: dict[tuple[Options, tuple[int, ...], Shape], list[str]] = {}
    with telling(study, out):
        for arm in study.arms:
            made = study.materials.made_by(arm.recipe)
            alike.setdefault((made.net, made.hidden, made.shape), []).append(arm.name)
    return [_Shown(net, hidden, shape, tuple(arms)) for (net, hidden, shape), arms in alike.items()]


def _of_name(text: str, asked: dict[str, Any]) -> _Shown:
    from paribus.nets import Shape
    from paribus.specs.files import parse_net

    chosen = {name: default if asked[name] is None else asked[name] for name, default in _IMAGE.items()}
    width, height = _parse_size(chosen["size"])
    sys.path.append(str(Path.cwd()))  # where the user's own nets lie
    shape = Shape(chosen["channels"], height, width, chosen["classes"])
    return _Shown(parse_net(text, where="net"), (), shape)


def _parse_size(text: str) -> tuple[int, int]:
    from paribus.errors import SpecError

    found = _SIZE.fullmatch(text)
    width = int(found[1]) if found else 0
    height = int(found[2]) if found and found[2] else width
    if not width or not height:
        raise SpecError(f"--size {text}: expected pixels a side, such as 32, or WIDTHxHEIGHT, such as 64x48")
    return width, height


def _tabulate(one: _Shown) -> "LayerTable":
    from paribus.nets.building import outline_net
    from paribus.nets.layers import tabulate_net

    return tabulate_net(outline_net(one.options, one.shape, one.hidden), one.shape)


def _as_plain(one: _Shown, table: "LayerTable", batch: int) -> dict[str, Any]:
    """Bytes as the screen tells them: at the batch; those of the layers are for one image."""
    return {
        "net": one.options.model_dump(mode="json"),
        "hidden": list(one.hidden),
        "arms": list(one.arms),
        "shape": asdict(one.shape),
        "batch": batch,
        "kept_bytes_at_batch": table.kept_bytes * batch,
        "parameters": table.parameters,
        **table.as_plain(),
    }


def _print(one: _Shown, table: "LayerTable", batch: int, out: "Console") -> None:
    from paribus.cli.tables import plain_table, say
    from paribus.nets.layer_table import say_amount, say_shape

    for line in _totals(one, table, batch):
        say(out, line)
    out.print()
    titles = ["layer", "kind", "output", "parameters", "FLOPs", "memory"]
    rows = [
        [
            layer.name or "(the net's own)",
            layer.kind if layer.calls == 1 else f"{layer.kind}, {layer.calls} calls",
            say_shape(layer.output),
            f"{layer.parameters:,}" if layer.parameters else "",
            say_amount(layer.flops, "").strip() if layer.flops else "",
            say_amount(layer.output_bytes * batch, "B"),
        ]
        for layer in table.layers
    ]
    if out.width >= _WITH_ARITHMETIC:
        titles.append("parameters as")
        rows = [[*row, layer.arithmetic] for row, layer in zip(rows, table.layers, strict=True)]
    out.print(plain_table(titles, rows, right=(3, 4, 5)))


def _totals(one: _Shown, table: "LayerTable", batch: int) -> list[str]:
    from paribus.nets.layer_table import say_amount, say_shape

    whose = f"{', '.join(one.arms)}: " if one.arms else ""
    frozen = f", {table.frozen:,} of them frozen" if table.frozen else ""
    weights = f"{table.parameters:,} parameters{frozen}, {say_amount(table.weights_bytes, 'B')} on disk"
    return [
        f"{whose}{one.options.name} on {say_shape(table.image)} images, {one.shape.classes:,} classes",
        f"{weights}; {say_amount(table.flops, 'FLOP')} an image.",
        f"Training on {batch:,} images keeps {say_amount(table.kept_bytes * batch, 'B')} of activations.",
    ]
