"""`paribus show`: what there is to look at before and beside training. One file for each thing to show."""

import click

from paribus.cli.groups import group_of

SHOWN = {
    "data": "The passport of a data set: counts, samples, duplicates, leakage, suspicious labels.",
    "net": "The layers of a net: shapes, parameters, FLOPs, memory.",
    "augment": "Images as they are and as training sees them, side by side.",
    "filters": "The first layer of trained nets, before and after training.",
    "run": "One run: recipe, epochs, what it trained, why it ended, where its files lie.",
    "schedule": "The learning rate over the steps of each arm that has another one.",
}


@click.group("show", cls=group_of(__name__, "What can be shown", SHOWN))
def command() -> None:
    """Look at data and at what training makes of them. Trains nothing."""
