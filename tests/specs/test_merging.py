import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paribus.errors import SpecError
from paribus.specs.merging import merged, without_outdone

KEYS = st.sampled_from(["name", "a", "b", "net", "plain"])
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(0, 3), st.sampled_from(["plain", "mlp", "a"])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=8,
)
TABLES = st.dictionaries(KEYS, VALUES, max_size=4)
PLACES = st.lists(KEYS, min_size=1, max_size=3).map(".".join)
CHANGES = st.dictionaries(PLACES, VALUES, max_size=4)


def scribbled(value):
    """Alters everything inside that can be altered."""
    if isinstance(value, dict):
        for inner in [*value.values()]:
            scribbled(inner)
        value["scribble"] = 1
    if isinstance(value, list):
        for inner in value:
            scribbled(inner)
        value.append("scribble")


@given(TABLES, CHANGES)
@settings(max_examples=300, deadline=None)
def test_neither_argument_is_altered_not_even_through_the_result(base, changes):
    before = copy.deepcopy((base, changes))
    try:
        result = merged(base, changes)
    except SpecError:
        result = {}
    scribbled(result)
    assert (base, changes) == before


@given(TABLES, st.dictionaries(PLACES, VALUES, max_size=1))
@settings(max_examples=200, deadline=None)
def test_a_change_made_twice_is_made_once(base, changes):
    try:
        once = merged(base, changes)
    except SpecError:
        return
    assert merged(once, changes) == once


@given(TABLES, CHANGES, st.randoms())
@settings(max_examples=200, deadline=None)
def test_places_of_different_depth_may_come_in_any_order(base, changes, random):
    by_depth = {place.count("."): place for place in changes}
    places = list(by_depth.values())
    shuffled = random.sample(places, len(places))
    try:
        expected = merged(base, {place: changes[place] for place in places})
    except SpecError:
        return
    assert merged(base, {place: changes[place] for place in shuffled}) == expected


@pytest.mark.parametrize(
    ("base", "changes", "result"),
    [
        # a dotted place reaches inside, and makes the tables on its way
        ({"a": {"b": 1, "c": 2}}, {"a.b": 3}, {"a": {"b": 3, "c": 2}}),
        ({}, {"a.b.c": 3}, {"a": {"b": {"c": 3}}}),
        ({"stop": None}, {"stop.patience": 3}, {"stop": {"patience": 3}}),
        ({"stop": False}, {"stop.patience": 3}, {"stop": {"patience": 3}}),
        # a table merges key by key
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 3}}, {"a": {"b": 3, "c": 2}}),
        ({"a": {"b": {"c": 1, "d": 2}}}, {"a": {"b": {"c": 3}}}, {"a": {"b": {"c": 3, "d": 2}}}),
        ({"net": {"name": "mlp", "x": 1}}, {"net": {"name": "mlp", "y": 2}},
         {"net": {"name": "mlp", "x": 1, "y": 2}}),
        # unless it has another name
        ({"net": {"name": "mlp", "x": 1}}, {"net": {"name": "plain", "y": 2}},
         {"net": {"name": "plain", "y": 2}}),
        ({"net": {"name": "mlp", "x": 1}}, {"net": "plain"}, {"net": "plain"}),
        ({"net": {"name": "mlp", "x": 1}}, {"net": "mlp"}, {"net": {"name": "mlp", "x": 1}}),
        # a bare name is a table that has only a name
        ({"net": "mlp"}, {"net.x": 1}, {"net": {"name": "mlp", "x": 1}}),
        ({"net": "mlp"}, {"net": {"x": 1}}, {"net": {"name": "mlp", "x": 1}}),
        ({"net": "mlp"}, {"net": {"name": "plain"}}, {"net": {"name": "plain"}}),
        # and so does a name that is reached by its place, whatever is given before it
        ({"net": {"name": "mlp", "x": 1}}, {"net.name": "plain"}, {"net": {"name": "plain"}}),
        ({"net": {"name": "mlp", "x": 1}}, {"net.name": "mlp"}, {"net": {"name": "mlp", "x": 1}}),
        ({"net": {"name": "mlp", "x": 1}}, {"net.y": 2, "net.name": "plain"},
         {"net": {"name": "plain", "y": 2}}),
        # a list is replaced as a whole, or reached by name
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        ({"a": ["flip", {"name": "rotate", "x": 1}]}, {"a.rotate.x": 2},
         {"a": [{"name": "flip"}, {"name": "rotate", "x": 2}]}),
        ({"a": ["flip"]}, {"a.flip.x": 2}, {"a": [{"name": "flip", "x": 2}]}),
        # false and none replace
        ({"stop": {"patience": 3}}, {"stop": False}, {"stop": False}),
        ({"a": {"b": 1}}, {"a": None}, {"a": None}),
        # a wide place comes before those inside it
        ({"o": "adam"}, {"o.lr": 0.1, "o": "sgd"}, {"o": {"name": "sgd", "lr": 0.1}}),
        # the keys of a table inside are names, dots and all
        ({"factors": {"o.lr": [1]}}, {"factors": {"o.lr": [2]}}, {"factors": {"o.lr": [2]}}),
        ({}, {"factors": {"o.lr": [2]}}, {"factors": {"o.lr": [2]}}),
    ],
)  # fmt: skip
def test_how_one_setting_replaces_another(base, changes, result):
    assert merged(base, changes) == result


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"epochs.x": 1}, "epochs.x: no such setting; 'epochs' is no table"),
        ({"net.widths.x": 1}, "net.widths.x: no such setting; the list holds: empty"),
        ({"augment.flop.x": 1}, "augment.flop.x: no such setting; the list holds: flip, rotate"),
        ({"augment.flip": 1}, "augment.flip: no such setting; the list holds: flip, rotate"),
    ],
)
def test_a_place_that_cannot_be_reached_is_refused(changes, message):
    base = {"epochs": 3, "net": {"widths": [1]}, "augment": ["flip", {"name": "rotate"}]}
    with pytest.raises(SpecError) as caught:
        merged(base, changes)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ({"fast.optimizer.lr": 0.5}, {"optimizer.beta": 0.8, "epochs": 3}),
        ({"fast.optimizer": {"lr": 0.5}}, {"optimizer.beta": 0.8, "epochs": 3}),
        ({"fast": {"optimizer.lr": 0.5}}, {"optimizer.beta": 0.8, "epochs": 3}),
        ({"fast.optimizer": {"name": "sgd"}}, {"epochs": 3}),
        ({"fast.optimizer": "sgd"}, {"epochs": 3}),
        ({"fast.epochs": 5}, {"optimizer.lr": 0.1, "optimizer.beta": 0.8, "epochs": 3}),
        ({"fast.optimizer.l": 5}, {"optimizer.lr": 0.1, "optimizer.beta": 0.8, "epochs": 3}),
        ({"other.optimizer.lr": 5}, {"optimizer.lr": 0.1, "optimizer.beta": 0.8, "epochs": 3}),
        ({"fast.optimizer": {}}, {"optimizer.lr": 0.1, "optimizer.beta": 0.8, "epochs": 3}),
        ({"fast": False}, {"optimizer.lr": 0.1, "optimizer.beta": 0.8, "epochs": 3}),
    ],
)
def test_what_is_said_anew_outdoes_a_narrower_place_that_stood_before(changes, left):
    arms = {"fast": {"optimizer.lr": 0.1, "optimizer.beta": 0.8, "epochs": 3}}
    assert without_outdone(arms, changes) == {"fast": left}
