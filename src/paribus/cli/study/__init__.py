"""`paribus study`: the studies that ship. One file for each thing to do with them."""

import click

from paribus.cli.groups import group_of

DONE = {
    "list": "Each with its blocks, data, arms, seeds, published figure and cost.",
    "show": "One study's file, as it is.",
}


@click.group("study", cls=group_of(__name__, "What can be done with them", DONE))
def command() -> None:
    """The studies that came with paribus: what five published reports asked, asked again with seeds.

    Every verb that takes a STUDY takes the name of one of them, and so does 'paribus new --from'. Their
    ledger is .paribus in the folder where you are. --profile says how much of it: full, as published; cpu,
    an evening on two processors; smoke, seconds, on drawn images, to see that all works.
    """
