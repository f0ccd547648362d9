import pytest

from paribus.analysis.searches import _value_at

RECIPE = {
    "net": {"name": "separable", "widths": [8, 16], "batch_norm": False, "dropout": 0.05},
    "augment": [{"name": "shift-crop", "pixels": 2}],
}


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("net.batch_norm", "false"),
        ("net.widths", "[8, 16]"),
        ("net.dropout", "0.05"),
        ("net", "separable"),
        ("augment.shift-crop.pixels", "2"),
        ("schedule.warmup", "\N{EN DASH}"),
    ],
)
def test_a_setting_is_said_as_a_study_file_spells_it(place, said):
    assert _value_at(RECIPE, place) == said
