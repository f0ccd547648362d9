"""`paribus new`: a commented study file to start from."""

from pathlib import Path

import click

from paribus.errors import StoreError

_TEMPLATE = """\
# A study: one question about an image classifier, answered with error bars.
#   paribus check {name}    what it costs and what it will be able to show
#   paribus run {name}      train, conclude, write the report

[study]
title   = "Which learning rate?"
control = "optimizer.lr=0.001"   # the arm that the others are compared with
seeds   = 5                      # runs of each arm; under 5 there are no verdicts
# margin = 0.005                 # differences under half a point do not matter: allows "equivalent"

[run]                            # the base recipe: what all arms share
data       = {data}
net        = {net}
augment    = ["shift-crop"]      # also: flip, rotate, brightness, contrast
optimizer  = {{ name = "adam", lr = 1e-3 }}
batch_size = 64
epochs     = 5

[factors]                        # what varies: a grid, every other setting equal
"optimizer.lr" = [1e-2, 1e-3, 1e-4]

# [arms.no-augmentation]         # arms of their own, beside the grid
# augment = []

[profiles.smoke]                 # paribus run {name} --profile smoke
epochs = 1
"study.seeds" = 2
"""


@click.command("new")
@click.argument("path", type=click.Path(path_type=Path), default=Path("study.toml"))
@click.option("--data", default="streetnumbers", show_default=True, metavar="NAME|FOLDER|FILE",
              help="streetnumbers, digits, a folder of images, or an .npz archive.")  # fmt: skip
def command(path: Path, data: str) -> None:
    """Write a commented study file to PATH, ready to run.

    \b
    Examples:  paribus new
               paribus new photos.toml --data path/to/photos
    """
    text = _TEMPLATE.format(name=path.name, **_settings(data, path.resolve().parent))
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise StoreError(f"{path}: is there already; name another file") from error
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror}") from error
    click.echo(f"Wrote {path}. Next: paribus check {path}")


def _settings(data: str, folder: Path) -> dict[str, str]:
    """How the file spells the data, and a net that fits them."""
    from paribus.errors import SpecError
    from paribus.specs import DATASETS, value_toml
    from paribus.specs.words import did_you_mean, known

    place = Path(data)
    if data == "digits":
        return {"data": '"digits"', "net": '{ name = "plain", widths = [16, 32] }'}
    if data in DATASETS and not place.exists():
        return {"data": f'"{data}"', "net": '"lenet5"'}
    if not place.exists():
        hint = did_you_mean(data, DATASETS)
        raise SpecError(
            f"--data {data}: neither a data set nor a file or folder here; {known(DATASETS)}.{hint}"
        )
    path = value_toml(
        str(
            place.resolve().relative_to(folder) if place.resolve().is_relative_to(folder) else place.resolve()
        )
    )
    if place.is_dir():
        return {"data": f'{{ name = "folder", path = {path}, resize = 64 }}', "net": '"plain"'}
    return {"data": f'{{ name = "npz", path = {path} }}', "net": '"plain"'}
