"""A study that was not run as it is given: what speaks for it instead."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from paribus.workbench import Study


def tell_otherwise(asked: "Study") -> None:
    """Beside the output, for whoever reads that may not ask."""
    if said := asked.revisions.say_otherwise():
        click.echo(f"paribus: {said}", err=True)
