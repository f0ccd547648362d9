import pytest

from paribus.errors import SpecError
from paribus.specs import AUGMENTS, parse_study
from paribus.specs.ranges import both_ends

from .strategies import AUGMENT_TABLES


def parsed(**operation):
    run = {"data": "digits", "net": "linear", "augment": [operation]}
    return parse_study({"study": {"title": "t"}, "run": run}, where="s.toml").run.augment[0]


def refused(**operation):
    with pytest.raises(SpecError) as caught:
        parsed(**operation)
    return str(caught.value)


def test_every_augmentation_is_tried_with_all_its_options():
    assert set(AUGMENT_TABLES) == set(AUGMENTS)
    for name, entry in AUGMENTS.items():
        assert set(AUGMENT_TABLES[name]) | {"name", "probability"} == set(entry.options.model_fields)


def test_one_number_is_how_far_either_way_and_a_pair_is_both_ends():
    assert both_ends(parsed(name="rotate", degrees=20).degrees) == (-20, 20)
    assert both_ends(parsed(name="rotate", degrees=[0, 20]).degrees) == (0, 20)
    jitter = parsed(name="colour-jitter", brightness=0.4, contrast=3, saturation=[0.5, 2])
    assert both_ends(jitter.brightness, around=1) == (0.6, 1.4)
    assert both_ends(jitter.contrast, around=1) == (0, 4)
    assert both_ends(jitter.saturation, around=1) == (0.5, 2)


def turned_by(degrees):
    return {"name": "rotate", "degrees": degrees}


@pytest.mark.parametrize(
    ("operation", "what"),
    [
        (turned_by([20, 0]), "degrees: given [20, 0]; expected the low end first"),
        (turned_by(181), "degrees: given 181; expected a number from 0 to 180"),
        (turned_by(-1), "degrees: given -1; expected a number from 0 to 180"),
        (turned_by([0, 200]), "degrees: given [0, 200]; expected both ends from -180 to 180"),
        (turned_by(True), "degrees: given true; expected a number or [low, high]"),
        (turned_by([1, 2, 3]), "degrees: given [1, 2, 3]; expected a number or [low, high]"),
        (turned_by(["a", "b"]), 'degrees: given ["a", "b"]; expected a number or [low, high]'),
        ({"name": "blur", "sigma": [2, 1]}, "sigma: given [2, 1]; expected the low end first"),
        ({"name": "blur", "sigma": 2}, "sigma: given 2; expected [low, high]"),
        ({"name": "scale", "factor": [0, 1]}, "factor: given [0, 1]; expected both ends from 0.1 to 10"),
        ({"name": "colour-jitter", "hue": 0.6}, "hue: given 0.6; expected a number from 0 to 0.5"),
        ({"name": "erase", "area": [0.5, 1.5]}, "area: given [0.5, 1.5]; expected both ends from 0.001 to 1"),
    ],
)  # fmt: skip
def test_what_is_no_range_is_refused_in_one_line(operation, what):
    assert refused(**operation) == f"s.toml: run.augment.0.{what}"
