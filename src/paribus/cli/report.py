"""`paribus report`: the report of a study that was run, or of several side by side."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from paribus.cli.options import several_studies_options
from paribus.cli.otherwise import tell_otherwise

if TYPE_CHECKING:
    from paribus.workbench import Study


@click.command("report")
@several_studies_options
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
    asked: list["Study"],
    *,
    outputs: tuple[Path, ...],
    figures: Path | None,
    formats: str | None,
    without_images: bool,
    markdown: bool,
) -> None:
    """Write the report of a study that was run: one HTML file that needs no network, to read, send or print.

    Speaks of the study as it is given, finished or not; where it was not run so, of the revision that was
    last run, and says so. Once the test set was opened by 'paribus test', it leads with the test verdicts.

    With several studies it sets them side by side: what differs in their settings, their arms with the same
    metric on the same split, and the runs that they share.
    """
    if formats is not None and figures is None:
        raise click.UsageError("--format is of the charts that --figures FOLDER writes; name a folder too")
    if len(asked) > 1:
        if figures is not None:
            raise click.UsageError("--figures writes the charts of one study; name one")
        _report_several(asked, outputs, markdown=markdown)
        return
    study = asked[0]
    _refuse_unwritable(outputs, figures)
    tell_otherwise(study)
    if figures is not None:
        _write_figures(study, figures, formats or "svg")
        if not outputs:
            return
    if markdown:
        from paribus.report import build_markdown

        click.echo(build_markdown(study.report_input(images=False)))
        return
    paths = outputs or (study.file.folder / f"{study.file.stem}.html",)
    study.write_report(*paths, images=not without_images)
    _tell_claims(study)
    _tell(paths)


def _report_several(studies: list["Study"], outputs: tuple[Path, ...], *, markdown: bool) -> None:
    from paribus.report import build_comparison_markdown, refuse_other_comparisons, write_comparison
    from paribus.workbench import compare_studies

    refuse_other_comparisons(*outputs)
    _refuse_unwritable(outputs, None)
    result = compare_studies(studies)
    if markdown:
        click.echo(build_comparison_markdown(result))
        return
    named = "-and-".join(study.file.stem for study in studies[:3])
    paths = outputs or (studies[0].file.folder / f"{named}.html",)
    write_comparison(result, *paths)
    _tell(paths)


def _refuse_unwritable(outputs: tuple[Path, ...], figures: Path | None) -> None:
    from paribus.store import refuse_unwritable, refuse_unwritable_folder

    refuse_unwritable(*outputs)
    if figures is not None:
        refuse_unwritable_folder(figures)


def _tell_claims(asked: "Study") -> None:
    if asked.file.spec.claims:
        from paribus.cli.tables import console
        from paribus.cli.verdicts import print_claims

        print_claims(asked.conclude(), console())


def _tell(paths: tuple[Path, ...]) -> None:
    for path in paths:
        click.echo(f"Report: {path}")


def _write_figures(asked: "Study", folder: Path, formats: str) -> None:
    from paribus.report import parse_formats

    written = asked.write_figures(folder, parse_formats(formats))
    click.echo(f"Figures and tables: {len(written)} files in {folder}")
