import pytest

from paribus.plan import expand_arms, find_grid
from paribus.specs import parse_study


def study(factors, arms=None, **question):
    return parse_study(
        {
            "study": {"title": "t"} | question,
            "run": {"data": "digits", "net": "mlp"},
            "factors": factors,
            "arms": arms or {},
        }
    )


FACTORS = {
    "batch_size, optimizer.lr": [[32, 0.1], [64, 0.2]],
    "net": [{"label": "small", "name": "mlp", "hidden": [8]}, "linear"],
    "epochs": [3],
    "augment": [False, ["flip"], [{"name": "shift-crop", "pixels": 1}]],
}


def test_the_cells_of_a_grid_are_its_arms_by_name_and_the_named_arms_are_not():
    spec = study(FACTORS, {"beside": {"epochs": 9}})
    grid = find_grid(spec)
    arms = [arm.name for arm in expand_arms(spec)]
    assert [*grid.cells] == [name for name in arms if name not in {"base", "beside"}]
    assert len(grid.cells) == 12


def test_levels_are_named_as_the_arms_are():
    factors = find_grid(study(FACTORS)).factors
    assert [factor.name for factor in factors] == ["batch_size, optimizer.lr", "net", "augment"]
    zipped, net, augment = factors
    assert zipped.labels == ("32, 0.1", "64, 0.2")
    assert net.labels == ("small", "linear")
    assert augment.labels == ("false", '["flip"]', '[{ name = "shift-crop", pixels = 1 }]')
    assert find_grid(study(FACTORS)).cells[
        'batch_size=64,optimizer.lr=0.2,net=small,epochs=3,augment=["flip"]'
    ] == (1, 0, 1)


@pytest.mark.parametrize(
    ("values", "numbers"),
    [([1, 0.5], (1.0, 0.5)), ([True, 1], None), ([False, True], None), (["a", 1], None)],
)
def test_only_levels_that_are_all_numbers_have_numbers(values, numbers):
    spec = study({"optimizer.lr": [0.1, 0.2]})
    spec = spec.model_copy(update={"factors": {"some.place": tuple(values)}})
    assert find_grid(spec).factors[0].numbers == numbers


@pytest.mark.parametrize("factors", [{}, {"epochs": [3]}])
def test_where_nothing_varies_there_is_no_grid(factors):
    assert find_grid(study(factors)) is None
