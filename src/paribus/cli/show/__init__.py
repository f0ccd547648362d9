"""`paribus show`: what there is to look at before and beside training. One file for each thing to show."""

from importlib import import_module

import click

SHOWN = {
    "data": "The passport of a data set: counts, samples, duplicates, leakage, suspicious labels.",
    "net": "The layers of a net: shapes, parameters, FLOPs, memory.",
    "augment": "Images as they are and as training sees them, side by side.",
    "filters": "The first layer of trained nets, before and after training.",
    "run": "One run: recipe, epochs, what it trained, why it ended, where its files lie.",
    "schedule": "The learning rate over the steps of each arm that has another one.",
}


class _Things(click.Group):
    """Finds a thing to show in the file of its name."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(SHOWN)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in SHOWN:
            return None
        command: click.Command = import_module(f"paribus.cli.show.{name}").command
        return command

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("What can be shown"):
            formatter.write_dl(list(SHOWN.items()))


@click.group("show", cls=_Things)
def command() -> None:
    """Look at data and at what training makes of them. Trains nothing."""
