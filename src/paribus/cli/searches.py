"""What `check` and `run` say of a study's search before it is paid for."""

from typing import TYPE_CHECKING

from rich.table import Table

from paribus.cli.tables import plain_table
from paribus.specs.files import value_toml
from paribus.specs.search import RangeSpec

if TYPE_CHECKING:
    from paribus.analysis.search_foresight import SearchForesight
    from paribus.specs.search import SearchSpec

_METHODS = {"random": "drawn at random", "tpe": "learned by TPE", "halving": "halved again and again"}


def say_plan(search: "SearchForesight") -> str:
    """One sentence: how many trials, with what, and how many points they are chosen from."""
    of = "" if search.points is None else f" of {search.points:,} points"
    seeds = ", ".join(map(str, search.seeds))
    with_ = f"seed{'s' * (len(search.seeds) != 1)} {seeds}"
    rungs = ", then ".join(f"{count} for {epochs} epochs" for count, epochs in search.rungs)
    lengths = f": {rungs}, each with its whole schedule" if rungs else ""
    return f"Search: {search.trials} trials{of}, {_METHODS[search.method]}, with {with_}{lengths}."


def say_known(search: "SearchForesight") -> str:
    """How far it is, and how much of the space fits."""
    if search.winner is not None:
        return f"The search is over: the arm {search.winner} has what it found."
    known = f"{search.known} trials are known by now"
    if search.smallest is not None:
        one = search.smallest == search.largest
        nets = f"{search.smallest:,}" if one else f"{search.smallest:,} to {search.largest:,}"
        known += f", with nets of {nets} parameters"
    if search.refused:
        such = f"such as: {search.refused_such_as}"
        known += f"; refused: {search.refused} of {search.asked} points, {such}"

    return f"{known}."


def list_space(spec: "SearchSpec") -> Table:
    rows = [(name, _say_dimension(dimension)) for name, dimension in spec.space.items()]
    return plain_table(("searched", "tried"), rows)


def _say_dimension(dimension: object) -> str:
    if not isinstance(dimension, RangeSpec):
        assert isinstance(dimension, tuple), "choices, or a range"
        labels = [c["label"] if isinstance(c, dict) and "label" in c else value_toml(c) for c in dimension]
        return ", ".join(map(str, labels))
    how = ", log" if dimension.log else f", every {dimension.step:g}" if dimension.step else ""
    return f"{dimension.low:g} to {dimension.high:g}{how}"
