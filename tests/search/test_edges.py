import pytest

from paribus.search.edges import find_side, number_of
from paribus.specs.search import RangeSpec

LOG = RangeSpec(low=1e-4, high=1.0, log=True)


@pytest.mark.parametrize(
    ("dimension", "at", "number", "side"),
    [
        (LOG, 1e-4, 1e-4, "lowest"),
        (LOG, 0.85, 0.85, "highest"),  # on its scale, that is the end
        (LOG, 1e-2, 1e-2, None),
        (RangeSpec(low=0.0, high=1.0), 0.85, 0.85, None),
        (RangeSpec(low=2, high=10, step=2), 0, 2.0, "lowest"),
        (RangeSpec(low=2, high=10, step=2), 4, 10.0, "highest"),
        (RangeSpec(low=2, high=10, step=2), 3, 8.0, None),
        (RangeSpec(low=1, high=2), 1, 2.0, None),  # of two values each is an end
        ((0.1, 0.4, 0.2), 1, 0.4, "highest"),
        ((0.1, 0.4, 0.2), 2, 0.2, None),
        (("a", "b", "c"), 0, None, None),
        (([8], [16], [32]), 0, None, None),
        ((False, True, True), 0, None, None),
    ],
    ids=range(13),
)
def test_a_value_at_an_end_is_known_by_the_scale_it_was_drawn_on(dimension, at, number, side):
    assert number_of(dimension, at) == number
    assert find_side(dimension, at) == side
