import pytest
from hypothesis import given, settings

from paribus.specs import RecipeSpec, parse_study
from paribus.specs.recipe import STREAMS, StopSpec

from .strategies import RECIPES


def recipe(**run):
    return RecipeSpec.model_validate({"data": "digits", "net": "plain"} | run)


@pytest.mark.parametrize(
    ("given", "meant"),
    [(False, None), (True, StopSpec()), ({}, StopSpec()), ({"patience": 3}, StopSpec(patience=3))],
)
def test_stop_is_a_table_or_yes_or_no(given, meant):
    assert recipe(stop=given).stop == meant


def test_false_means_no_augmentation():
    assert recipe(augment=False) == recipe(augment=[]) == recipe()


def test_a_bare_name_is_a_table_with_every_default():
    assert recipe(optimizer="sgd") == recipe(optimizer={"name": "sgd", "lr": 0.1, "momentum": 0.9})


def test_a_table_without_a_name_means_the_default():
    assert recipe(optimizer={"lr": 0.5}).optimizer.name == "adam"
    assert recipe(data={"train": 100}).data.name == "streetnumbers"
    assert recipe(schedule={"warmup": 0.5}).schedule.name == "constant"


def test_a_whole_number_is_a_number():
    assert recipe(optimizer={"lr": 1}) == recipe(optimizer={"lr": 1.0})


def test_streams_stand_in_one_order_however_they_are_listed():
    assert recipe(randomise=["order", "split", "order"]).randomise == ("split", "order")
    assert recipe(randomise=[*reversed(STREAMS)]) == recipe()


def test_a_stream_that_is_held_has_seed_0_and_the_others_the_seed_of_the_run():
    varied = recipe(randomise=["split", "order"], seed=7)
    assert {stream: varied.seed_of(stream) for stream in STREAMS} == {
        "split": 7, "weights": 0, "order": 7, "augment": 0, "dropout": 0
    }  # fmt: skip


def test_a_recipe_cannot_be_altered():
    with pytest.raises(ValueError, match="frozen"):
        recipe().epochs = 3


@given(RECIPES)
@settings(max_examples=50, deadline=None)
def test_a_dumped_recipe_reads_back_equal(plain):
    spec = RecipeSpec.model_validate(plain)
    assert RecipeSpec.model_validate(spec.model_dump(mode="json")) == spec
    assert parse_study({"study": {"title": "t"}, "run": plain}).run == spec
