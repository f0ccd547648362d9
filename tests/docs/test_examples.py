"""The studies under examples/ are studies: they parse, and their nets keep their own limits."""

from pathlib import Path

import pytest

from paribus.nets import Shape
from paribus.nets.building import outline_net
from paribus.nets.layers import tabulate_net
from paribus.nets.limits import refuse_beyond
from paribus.plan import expand_arms
from paribus.specs import read_study

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.toml"))


def test_there_are_examples():
    assert {"demo", "rates", "cifar10-fast", "cifar10-small"} <= {path.stem for path in EXAMPLES}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_parses_and_its_nets_keep_its_limits(path):
    spec = read_study(path).spec
    arms = expand_arms(spec, where=path.name)
    assert arms
    for arm in arms:
        shape = Shape(3, 32, 32, 10)
        table = tabulate_net(outline_net(arm.recipe.net, shape), shape)
        refuse_beyond(spec.limits, table.size)
