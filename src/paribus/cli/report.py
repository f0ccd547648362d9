"""`paribus report`: the report of a study that was run."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from paribus.cli.options import study_options

if TYPE_CHECKING:
    from paribus.workbench import Study


@click.command("report")
@study_options
@click.option(
    "-o",
    "--output",
    "outputs",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FILE",
    help="Where to write: .html, .md, .csv or .tex. Repeatable.  [default: .html beside the study]",
)
@click.option(
    "--figures",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Write each chart of the page, and each table as .csv, .md and .tex, into a folder instead.",
)
@click.option("--format", "formats", metavar="LIST", help="Of charts: some of svg, png, pdf.  [default: svg]")
@click.option("--without-images", is_flag=True, help="Leave pictures of the data out.")
@click.option(
    "--markdown", is_flag=True, help="Print the verdicts and the table of arms as Markdown instead."
)
def command(
    asked: "Study",
    *,
    outputs: tuple[Path, ...],
    figures: Path | None,
    formats: str | None,
    without_images: bool,
    markdown: bool,
) -> None:
    """Write the report of a study that was run: one HTML file that needs no network, to read, send or print.

    Speaks of the revision that was last run, finished or not. Once the test set was opened by 'paribus
    test', the report leads with the test verdicts.
    """
    if formats is not None and figures is None:
        raise click.UsageError("--format is of the charts that --figures FOLDER writes; name a folder too")
    if figures is not None:
        _write_figures(asked, figures, formats or "svg")
        if not outputs:
            return
    if markdown:
        from paribus.report import build_markdown

        click.echo(build_markdown(asked.report_input(images=False)))
        return
    paths = outputs or (asked.file.folder / f"{asked.file.name}.html",)
    asked.write_report(*paths, images=not without_images)
    for path in paths:
        click.echo(f"Report: {path}")


def _write_figures(asked: "Study", folder: Path, formats: str) -> None:
    from paribus.report import parse_formats

    written = asked.write_figures(folder, parse_formats(formats))
    click.echo(f"Figures and tables: {len(written)} files in {folder}")
