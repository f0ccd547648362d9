"""`paribus show filters`: the first layer of trained nets, before and after training."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from paribus.cli.options import study_options

if TYPE_CHECKING:
    from paribus.report.images.views import FilterPair
    from paribus.workbench import Study


@click.command("filters")
@study_options
@click.option("--arm", metavar="NAME", help="Only this arm.  [default: each arm]")
@click.option(
    "--seed", type=int, metavar="N", help="Of the run with this seed.  [default: the first that has them]"
)
@click.option(
    "--save",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where to write, ending in .png.  [default: filters.png beside the study]",
)
def command(asked: "Study", arm: str | None, seed: int | None, save: Path | None) -> None:
    """Write a picture of the first layer's filters before and after training, side by side.

    A square for each filter, a pixel for each weight, on one scale for before and after: gray is nothing. At
    most 64 filters of a run are kept, fewer of large ones. Nothing is trained: only finished runs have them.
    """
    from paribus.errors import SpecError
    from paribus.report.images.filter_sheets import encode_sheet, say_filters
    from paribus.report.saving import write_bytes
    from paribus.store import refuse_unwritable

    target = save or asked.file.folder / "filters.png"
    if target.suffix.lower() != ".png":
        raise SpecError(f"--save {target}: expected a name that ends in .png")
    refuse_unwritable(target)
    pairs = _read(asked, arm, seed)
    write_bytes(target, encode_sheet(pairs))
    for pair in pairs:
        click.echo(f"{pair.arm}: {say_filters(pair)}")
    click.echo(f"Filters: {target}")


def _read(asked: "Study", arm: str | None, seed: int | None) -> list["FilterPair"]:
    from paribus.errors import SpecError, StoreError
    from paribus.report.images.kept import read_filters
    from paribus.specs.study import unknown_arm
    from paribus.store import read_runs

    where = asked.file.where
    with asked.revisions.reading() as ledger:
        study = asked.revisions.speaking(ledger)
        if arm is not None and arm not in study.cells:
            raise SpecError(f"{where}: --arm: {unknown_arm(arm, list(study.arms))}")
        arms = [arm] if arm is not None else [study.control, *(a for a in study.arms if a != study.control)]
        seeds = sorted({one for name in arms for one in study.cells[name]})
        if seed is not None and seed not in seeds:
            raise SpecError(f"{where}: --seed {seed}: no such run; seeds: {', '.join(map(str, seeds))}")
        runs = read_runs(ledger, study.cell_runs)
        found = [read_filters(ledger, study, runs, name, seed) for name in arms]
    pairs = [pair for pair in found if pair is not None]
    if not pairs:
        raise StoreError(
            f"{where}: no run kept filters: none has finished, an earlier version trained them, or the first "
            f"layer sees no whole images; 'paribus run {asked.file.in_command}' trains what is missing"
        )
    return pairs
