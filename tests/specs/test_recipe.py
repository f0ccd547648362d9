import pytest
from hypothesis import given, settings

from paribus.specs import NETS, RecipeSpec, fingerprint, parse_study
from paribus.specs.recipe import STREAMS, StopSpec
from paribus.specs.training import AverageSpec

from .strategies import RECIPES


def recipe(**run):
    return RecipeSpec.model_validate({"data": "digits", "net": "plain"} | run)


@pytest.mark.parametrize(
    ("given", "meant"),
    [(False, None), (True, StopSpec()), ({}, StopSpec()), ({"patience": 3}, StopSpec(patience=3))],
)
def test_stop_is_a_table_or_yes_or_no(given, meant):
    assert recipe(stop=given).stop == meant


@pytest.mark.parametrize(
    ("given", "meant"),
    [(False, None), (True, AverageSpec()), ({}, AverageSpec()), ({"decay": 0.9}, AverageSpec(decay=0.9))],
)
def test_average_is_a_table_or_yes_or_no(given, meant):
    assert recipe(average=given).average == meant


def test_the_layout_is_the_one_stated_or_that_of_the_nets_line_in_the_table():
    fields = {"data": "digits", "layout": "auto"}
    for name, entry in NETS.items():
        assert RecipeSpec.model_validate(fields | {"net": name}).memory_layout == entry.layout
    assert RecipeSpec.model_validate(fields | {"net": "mine:Net"}).memory_layout == "channels-last"
    assert recipe(layout="contiguous").memory_layout == "contiguous"


def test_a_layout_that_is_chosen_by_itself_is_the_same_run_as_that_layout_stated():
    chosen, stated = recipe(), recipe(layout=recipe().memory_layout)
    assert chosen != stated
    assert fingerprint(chosen, "d") == fingerprint(stated, "d")


@pytest.mark.parametrize("warmup", [10, 12])
def test_a_warm_up_that_leaves_no_epoch_is_refused(warmup):
    with pytest.raises(
        ValueError, match=f"{warmup} epochs of warm-up leave none of 10; give fewer, or a share"
    ):
        recipe(schedule={"warmup": warmup})
    assert recipe(schedule={"warmup": warmup}, epochs=13).schedule.warmup == warmup


@pytest.mark.parametrize(
    "schedule",
    [
        {"name": "step", "every": 9},
        {"name": "step", "every": 0.99},
        {"name": "multi-step", "milestones": [1, 9]},
        {"name": "multi-step"},
    ],
)
def test_a_rate_may_fall_as_late_as_before_the_last_epoch(schedule):
    assert recipe(schedule=schedule, epochs=10).schedule.name == schedule["name"]


@pytest.mark.parametrize(
    ("milestones", "told"),
    [([2, 2], "beyond the one before"), ([0.5, 0.4], "beyond the one before"), ([0.5, 3], "all are epochs")],
)
def test_milestones_rise_and_are_all_shares_or_all_epochs(milestones, told):
    with pytest.raises(ValueError, match=told):
        recipe(schedule={"name": "multi-step", "milestones": milestones})


@pytest.mark.parametrize("pieces", [0, -1, 2.5, True, "many"])
def test_pieces_are_a_number_or_one_of_two_words(pieces):
    with pytest.raises(ValueError, match="expected 'auto', 'allowed' or a whole number from 1 up"):
        recipe(pieces=pieces)


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
