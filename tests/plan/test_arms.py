import pytest

from paribus.errors import SpecError
from paribus.plan import expand_arms
from paribus.plan.arms import find_control
from paribus.specs import RecipeSpec, parse_study
from paribus.specs.nets import Plain
from paribus.specs.words import known

RUN_KEYS = f"{known(RecipeSpec.model_fields)}."


def study(factors=None, arms=None, control=None, **run):
    question = {"title": "t"} | ({} if control is None else {"control": control})
    return parse_study(
        {
            "study": question,
            "run": {"data": "digits", "net": "plain", "epochs": 3} | run,
            "factors": factors or {},
            "arms": arms or {},
        }
    )


def names(*args, **kwargs):
    return [arm.name for arm in expand_arms(study(*args, **kwargs))]


def control(*args, **kwargs):
    spec = study(*args, **kwargs)
    return find_control(spec, expand_arms(spec), where="study.toml")


def message_of(*args, **kwargs):
    with pytest.raises(SpecError) as caught:
        control(*args, **kwargs) if "control" in kwargs else expand_arms(
            study(*args, **kwargs), where="study.toml"
        )
    return str(caught.value)


def test_a_study_without_factors_and_arms_has_the_base_arm():
    (arm,) = expand_arms(study())
    assert (arm.name, arm.recipe, arm.changes) == ("base", study().run, {})


def test_the_grid_holds_each_combination_in_the_order_of_the_file():
    arms = expand_arms(study({"optimizer.lr": [0.1, 0.01], "epochs": [5, 4]}, control="x"))
    assert [(a.recipe.optimizer.lr, a.recipe.epochs) for a in arms] == [
        (0.1, 5), (0.1, 4), (0.01, 5), (0.01, 4)
    ]  # fmt: skip
    assert [arm.name for arm in arms] == [
        "optimizer.lr=0.1,epochs=5", "optimizer.lr=0.1,epochs=4",
        "optimizer.lr=0.01,epochs=5", "optimizer.lr=0.01,epochs=4",
    ]  # fmt: skip
    assert arms[1].changes == {"optimizer.lr": 0.1, "epochs": 4}


def test_all_else_is_equal():
    base = study().run
    for arm in expand_arms(study({"epochs": [5, 4]}, control="x")):
        assert arm.recipe.model_copy(update={"epochs": 3}) == base


def test_zipped_settings_vary_together():
    arms = expand_arms(study({"optimizer.lr, batch_size": [[0.1, 64], [0.2, 128]]}, control="x"))
    assert [(a.recipe.optimizer.lr, a.recipe.batch_size) for a in arms] == [(0.1, 64), (0.2, 128)]
    assert [a.name for a in arms] == ["optimizer.lr=0.1,batch_size=64", "optimizer.lr=0.2,batch_size=128"]


def test_named_arms_stand_beside_the_grid_and_are_not_crossed_with_it():
    arms = expand_arms(
        study({"epochs": [5, 4]}, {"turned": {"augment": ["rotate"]}, "wide": {"net.widths": [64]}}, "wide")
    )
    assert [arm.name for arm in arms] == ["epochs=5", "epochs=4", "turned", "wide"]
    assert [arm.recipe.epochs for arm in arms] == [5, 4, 3, 3]
    assert arms[2].recipe.augment[0].name == "rotate"
    assert arms[3].recipe.net.widths == (64,)


def test_the_base_is_an_arm_where_it_is_the_control():
    assert names({"epochs": [5, 4]}) == ["base", "epochs=5", "epochs=4"]
    assert names({"epochs": [5, 4]}, control="epochs=5") == ["epochs=5", "epochs=4"]


def test_a_named_arm_may_take_the_place_of_the_base():
    assert names({"epochs": [5]}, {"base": {"epochs": 7}}) == ["epochs=5", "base"]


@pytest.mark.parametrize(
    ("factors", "named"),
    [
        ({"net.pooling": ["average"]}, "net.pooling=average"),
        ({"normalise": [False]}, "normalise=false"),
        ({"stop": [True]}, "stop=true"),
        ({"net.widths": [[8, 16]]}, "net.widths=[8, 16]"),
        ({"augment": [["flip", {"name": "rotate", "degrees": 5}]]},
         'augment=["flip", { name = "rotate", degrees = 5 }]'),
        ({"net": ["lenet5"]}, "net=lenet5"),
        ({"net": [{"label": "small", "name": "mlp", "hidden": [8]}]}, "net=small"),
        ({"net, epochs": [[{"label": "small", "name": "mlp"}, 5]]}, "net=small,epochs=5"),
    ],
)  # fmt: skip
def test_an_arm_is_named_by_its_place_and_the_value_as_toml_spells_it(factors, named):
    assert names(factors) == ["base", named]


def test_the_label_is_no_part_of_the_recipe():
    arm = expand_arms(study({"net": [{"label": "small", "name": "mlp", "hidden": [8]}]}))[1]
    assert arm.recipe == study(net={"name": "mlp", "hidden": [8]}).run
    assert arm.changes == {"net": {"name": "mlp", "hidden": [8]}}


def test_a_table_as_a_value_needs_a_label():
    assert message_of({"net": [{"name": "mlp"}]}) == (
        "study.toml: factors.net: a table as a value needs a label, "
        'such as { label = "small", name = "plain" }'
    )


def test_another_optimizer_starts_from_its_own_defaults_and_the_same_one_keeps_its_settings():
    arms = expand_arms(study({"optimizer": ["adam", "sgd"]}, optimizer={"lr": 0.5}, control="x"))
    assert [arm.recipe.optimizer.lr for arm in arms] == [0.5, 0.1]


def test_a_factor_reaches_into_what_another_factor_replaces_in_either_order():
    for factors in (
        {"optimizer": ["sgd"], "optimizer.lr": [0.3]},
        {"optimizer.lr": [0.3], "optimizer": ["sgd"]},
    ):
        arm = expand_arms(study(factors))[1]
        assert (arm.recipe.optimizer.name, arm.recipe.optimizer.lr) == ("sgd", 0.3)


def test_a_factor_may_start_from_what_the_base_leaves_out():
    arms = expand_arms(study({"stop.patience": [3, 5]}))
    assert [arm.recipe.stop and arm.recipe.stop.patience for arm in arms] == [None, 3, 5]


def test_false_switches_off_what_the_base_has():
    arms = expand_arms(study({"stop": [False], "data.per_class": [False]}, stop=True, data="digits"))
    assert arms[1].recipe.stop is None


@pytest.mark.parametrize(
    "given",
    ["optimizer.lr=0.001", "optimizer.lr=1e-3", "optimizer.lr = 1e-3", "optimizer.lr=0.0010"],
)
def test_the_control_may_be_spelt_in_another_way(given):
    assert control({"optimizer.lr": [0.001, 0.1]}, control=given) == "optimizer.lr=0.001"


@pytest.mark.parametrize(
    ("factors", "given", "arm"),
    [
        ({"net": ["mlp", "plain"]}, 'net="mlp"', "net=mlp"),
        ({"net.widths": [[8, 16], [4]]}, "net.widths=[8,16]", "net.widths=[8, 16]"),
        ({"net.widths": [[8, 16]], "epochs": [1, 2]}, "net.widths=[8,16], epochs=2",
         "net.widths=[8, 16],epochs=2"),
        ({"optimizer.lr, epochs": [[0.1, 2], [0.2, 3]]}, "optimizer.lr=1e-1,epochs=2",
         "optimizer.lr=0.1,epochs=2"),
    ],
)  # fmt: skip
def test_the_control_is_found_by_its_values(factors, given, arm):
    assert control(factors, control=given) == arm


def test_a_control_that_is_no_arm_is_answered_with_the_nearest():
    assert message_of({"optimizer.lr": [0.001, 0.1]}, control="optimizer.lr=0.002") == (
        "study.toml: study.control: no arm is called 'optimizer.lr=0.002'; known: optimizer.lr=0.001, "
        "optimizer.lr=0.1. Did you mean 'optimizer.lr=0.001'?"
    )


@pytest.mark.parametrize(
    ("factors", "message"),
    [
        ({"optimiser.lr": [0.1]}, f"run.optimiser: unknown key; {RUN_KEYS} Did you mean 'optimizer'?"),
        ({"epoch": [5, 6]}, f"run.epoch: unknown key; {RUN_KEYS} Did you mean 'epochs'?"),
        ({"net.width": [[4]]}, ("run.net.width: unknown key; "
         f"{known(Plain.model_fields)}. Did you mean 'widths'?")),
        ({"epochs.x": [5]}, "run.epochs.x: no such setting; 'epochs' is no table"),
        ({"epochs": [5, 0]}, "run.epochs: given 0; must be at least 1"),
        ({"augment.flip.probability": [0.1]},
         "run.augment.flip.probability: no such setting; the list holds: empty"),
    ],
)  # fmt: skip
def test_a_factor_that_names_no_setting_is_refused_once(factors, message):
    assert message_of(factors) == f"study.toml: factors: {message}"


def test_a_fault_in_a_named_arm_says_which():
    assert message_of({}, {"big": {"epoch": 3}, "small": {"epochs": "x"}}).split("\n") == [
        f"study.toml: arms.big: run.epoch: unknown key; {RUN_KEYS} Did you mean 'epochs'?",
        "study.toml: arms.small: run.epochs: given 'x'; expected a whole number",
    ]


def test_twins_are_refused():
    arms = {"one": {"epochs": 5}, "other": {"epochs": 5}}
    assert message_of({}, arms) == ("study.toml: arms 'one' and 'other' are the same recipe; remove one")


def test_the_arm_that_is_the_base_recipe_is_the_control_where_none_is_named():
    spec = study({"epochs": [3, 4]})
    arms = expand_arms(spec)
    assert [arm.name for arm in arms] == ["epochs=3", "epochs=4"]
    assert find_control(spec, arms) == "epochs=3"


def test_two_arms_of_one_name_are_refused():
    assert message_of({"epochs": [4]}, {"epochs=4": {"epochs": 5}}) == (
        "study.toml: two arms are called 'epochs=4'"
    )
