from hypothesis import given
from hypothesis import strategies as st

from paribus.analysis.fronts import find_front

POINTS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=12)


def test_the_front_is_cheapest_first_and_leaves_out_what_another_beats():
    points = [(3, 8), (1, 5), (2, 4), (4, 8), (9, 9), (3, 7)]
    assert find_front(points) == [1, 0, 4]


def test_of_two_that_are_equal_both_stay():
    assert find_front([(1, 5), (1, 5), (0, 1)]) == [2, 0, 1]


@given(POINTS)
def test_exactly_those_are_left_out_that_another_beats(points):
    front = set(find_front(points))
    for k, (cost, score) in enumerate(points):
        beaten = any(c <= cost and s >= score and (c, s) != (cost, score) for c, s in points)
        assert (k in front) != beaten
