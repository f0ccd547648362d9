"""`paribus export`: a trained run as one file."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from paribus.cli.options import study_options
from paribus.cli.otherwise import tell_otherwise

if TYPE_CHECKING:
    from paribus.workbench import Study


@click.command("export")
@study_options
@click.option("--arm", metavar="NAME", help="Which arm.  [default: the best by mean validation score]")
@click.option("--seed", type=int, metavar="N", help="Which of its seeds.  [default: the arm's best]")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where to write, ending in .onnx.  [default: .onnx beside the study]",
)
def command(asked: "Study", arm: str | None, seed: int | None, output: Path | None) -> None:
    """Write a trained run of a study as one ONNX file that says itself what it is, and needs no paribus.

    Chosen is by the study's metric on validation images, never on test images. The file takes plain pixel
    values and gives probabilities; 'paribus predict' and 'paribus serve' use it.
    """
    from paribus.cli.tables import percent

    tell_otherwise(asked)
    chosen, result = asked.export(output or asked.file.folder / f"{asked.file.stem}.onnx", arm=arm, seed=seed)
    metric = chosen.metric.replace("_", " ")
    click.echo(
        f"Arm {chosen.arm}: mean {metric} {percent(chosen.mean)} on validation, "
        f"{chosen.finished} of {chosen.planned} seeds. Seed {chosen.seed}: {percent(chosen.score)}."
    )
    if result.largest_difference is None:
        checked = "not checked, for onnxruntime is not installed"
    else:
        checked = (
            f"onnxruntime gives what torch gives, to {result.largest_difference:.0e}, "
            f"on {result.checked_images} random images"
        )
    click.echo(f"Model: {result.path} ({result.size_bytes:,} bytes; {checked})")
