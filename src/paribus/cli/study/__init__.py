"""`paribus study`: the studies that ship. One file for each thing to do with them."""

from importlib import import_module

import click

DONE = {
    "list": "Each with its blocks, data, arms, seeds, published figure and cost.",
    "show": "One study's file, as it is.",
}


class _Things(click.Group):
    """Finds what to do in the file of its name."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(DONE)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in DONE:
            return None
        command: click.Command = import_module(f"paribus.cli.study.{name}").command
        return command

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("What can be done with them"):
            formatter.write_dl(list(DONE.items()))


@click.group("study", cls=_Things)
def command() -> None:
    """The studies that came with paribus: what five published reports asked, asked again with seeds.

    Every verb that takes a STUDY takes the name of one of them, and so does 'paribus new --from'. Their
    ledger is .paribus in the folder where you are. --profile says how much of it: full, as published; cpu,
    an evening on two processors; smoke, seconds, on drawn images, to see that all works.
    """
