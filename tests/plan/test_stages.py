import pytest

from paribus.errors import SpecError
from paribus.plan import expand_arms, plan_study
from paribus.specs import fingerprint, parse_study

FROM_PRETRAIN = {"stage": "pretrain"}


def study(stages=None, factors=None, arms=None, seeds=3, search=None, **run):
    return parse_study(
        {
            "study": {"title": "t", "seeds": seeds},
            "run": {"data": "digits", "net": "plain", "epochs": 4, "start": FROM_PRETRAIN} | run,
            "stages": {"pretrain": {"data": "streetnumbers", "epochs": 9}} if stages is None else stages,
            "factors": factors or {},
            "arms": arms or {},
        }
        | ({"search": search} if search else {}),
        where="study.toml",
    )


def planned(*args, **kwargs):
    return plan_study(study(*args, **kwargs), lambda data: data.name, knows_start)


def knows_start(_recipe, start):
    return start.parent[1], "last"


def refusal(*args, **kwargs):
    with pytest.raises(SpecError) as caught:
        expand_arms(study(*args, **kwargs), where="study.toml")
    return str(caught.value)


@pytest.mark.parametrize(
    "stage", [{"epochs": 9, "optimizer.lr": 0.1}, {"epochs": 9, "optimizer": {"lr": 0.1}}]
)
def test_an_arm_changes_a_stage_however_that_is_spelled(stage):
    plan = planned(stages={"pretrain": stage}, arms={"slow": {"stages.pretrain.optimizer.lr": 0.01}})
    assert {arm.name: arm.stages[0].recipe.optimizer.lr for arm in plan.arms} == {"base": 0.1, "slow": 0.01}


def test_a_stage_has_the_settings_of_the_run_with_its_own_changes_and_starts_from_nothing():
    [arm] = expand_arms(study(batch_size=7))
    [stage] = arm.stages
    assert (stage.name, stage.recipe.data.name, stage.recipe.epochs) == ("pretrain", "streetnumbers", 9)
    assert (stage.recipe.batch_size, stage.recipe.start) == (7, None)


def test_data_that_a_stage_names_are_its_own_from_the_ground_up():
    chosen = {"name": "digits", "classes": ["0", "9"], "per_class": 50}
    for data in ("digits", {"name": "digits"}):
        [arm] = expand_arms(study(stages={"pretrain": {"data": data}}, data=chosen))
        assert arm.stages[0].recipe.data.classes is None
    [arm] = expand_arms(study(stages={"pretrain": {"data": {"classes": ["1", "2"]}}}, data=chosen))
    assert (arm.stages[0].recipe.data.classes, arm.stages[0].recipe.data.per_class) == (("1", "2"), 50)
    [arm] = expand_arms(study(stages={"pretrain": {"data.classes": ["1", "2"]}}, data=chosen))
    assert arm.stages[0].recipe.data.per_class == 50


def test_a_stage_is_trained_once_a_seed_however_many_arms_start_from_it():
    ways = {"start.train": ["all", "head", "last:2"]}
    plan = planned(factors=ways, arms={"scratch": {"start": False}})
    assert len(plan.runs) == 12
    assert [(run.arm, run.seed) for run in plan.stages] == [("pretrain", seed) for seed in range(3)]
    assert {run.parent for run in plan.runs} == {None, *(run.fingerprint for run in plan.stages)}


def test_a_run_is_known_by_what_it_starts_from():
    plan = planned()
    stage, run = plan.stages[0], plan.runs[0]
    assert stage.fingerprint == fingerprint(stage.recipe, "streetnumbers")
    assert run.fingerprint == fingerprint(run.recipe, "digits", stage.fingerprint)
    longer = planned(stages={"pretrain": {"data": "streetnumbers", "epochs": 10}})
    assert {r.fingerprint for r in plan.runs} & {r.fingerprint for r in longer.runs} == set()


def test_what_a_stage_is_called_does_not_matter():
    other = planned(stages={"before": {"data": "streetnumbers", "epochs": 9}}, start={"stage": "before"})
    assert [run.fingerprint for run in other.runs] == [run.fingerprint for run in planned().runs]


def test_a_factor_of_the_run_leaves_the_stage_alone_but_its_net_goes_along():
    assert len(planned(factors={"optimizer.lr": [0.1, 0.01, 0.001]}).stages) == 3
    plan = planned(factors={"net.widths": [[8], [16]]}, stages={"pretrain": {"net.dropout": 0.5}})
    assert {(run.recipe.net.widths, run.recipe.net.dropout) for run in plan.stages} == {
        ((8,), 0.5), ((16,), 0.5), ((32, 64, 128), 0.5)
    }  # fmt: skip


def test_a_stage_can_be_varied_too_with_as_many_runs_as_that_takes():
    plan = planned(factors={"stages.pretrain.epochs": [1, 9], "start.train": ["head", "all"]})
    assert plan.arms[0].name == "stages.pretrain.epochs=1,start.train=head"
    assert len(plan.runs) == 12
    assert sorted((run.seed, run.recipe.epochs) for run in plan.stages) == [
        (0, 1), (0, 9), (1, 1), (1, 9), (2, 1), (2, 9)
    ]  # fmt: skip


def test_an_arm_that_varies_only_its_stage_is_another_arm():
    plan = planned(arms={"short": {"stages.pretrain.epochs": 1}})
    assert [arm.name for arm in plan.arms] == ["base", "short"]
    assert len({run.fingerprint for run in plan.runs}) == 6


def test_stages_may_start_from_stages_and_come_in_that_order():
    stages = {"late": {"start": {"stage": "early"}, "epochs": 2}, "early": {"epochs": 1}}
    plan = planned(stages=stages, start={"stage": "late"}, seeds=1)
    assert [run.arm for run in plan.every_run] == ["early", "late", "base"]
    early, late, last = plan.every_run
    assert (early.parent, late.parent, last.parent) == (None, early.fingerprint, late.fingerprint)


def test_a_stage_with_a_seed_of_its_own_is_trained_once_for_all():
    plan = planned(stages={"pretrain": {"seed": 5}})
    assert [(run.arm, run.seed) for run in plan.stages] == [("pretrain", 5)]
    assert {run.parent for run in plan.runs} == {plan.stages[0].fingerprint}
    varied = planned(stages={"pretrain": {}})
    assert len(varied.stages) == 3


@pytest.mark.parametrize(
    "space",
    [
        {"start": [{"stage": "late", "head": "keep"}, False]},
        {"start.stage": ["late", "early"]},
        {"start.stage, epochs": [["late", 2], ["early", 3]]},
    ],
)
def test_a_stage_that_a_search_may_start_from_is_not_idle(space):
    stages = {"late": {"start": {"stage": "early"}}, "early": {"epochs": 1}}
    search = {"method": "random", "trials": 2, "space": space}
    assert planned(stages=stages, start=False, search=search).search is not None
    assert refusal(stages={**stages, "more": {}}, start=False, search=search).startswith(
        "study.toml: stages.more: nothing starts from it"
    )


def test_a_run_may_start_from_weights_which_somebody_else_looks_up():
    plan = planned(stages={}, start={"weights": "net.safetensors"})
    assert plan.stages == ()
    assert {run.parent for run in plan.runs} == {"net.safetensors"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"start": {"stage": "pretrian"}},
         "run.start.stage: no stage is called 'pretrian'; known: pretrain. Did you mean 'pretrain'?"),
        ({"stages": {"pretrain": {"start": {"stage": "pretrain"}}}},
         "stages.pretrain.start.stage: 'pretrain' starts, in the end, from itself"),
        ({"stages": {"pretrain": {}, "more": {}}},
         ("stages.more: nothing starts from it; name it in run.start, such as "
          'start = { stage = "more" }, or remove it')),
        ({"stages": {"pretrain": {"epochs": 0}}},
         "stages.pretrain.epochs: given 0; must be at least 1"),
        ({"stages": {"pretrain": {"epochs.x": 3}}},
         "stages.pretrain.epochs.x: no such setting; 'epochs' is no table"),
        ({"stages": {"pretrain": {"epoch": 3}}}, "stages.pretrain.epoch: unknown key; known: "),
    ],
)  # fmt: skip
def test_a_stage_that_cannot_be_is_refused_in_one_line(change, message):
    assert refusal(**change).startswith(f"study.toml: {message}")


def test_a_seed_that_is_none_is_refused():
    with pytest.raises(SpecError, match=r"^study.toml: stages.pretrain.seed: given true; expected one seed"):
        study(stages={"pretrain": {"seed": True}})


def test_a_stage_of_a_stage_has_the_seed_of_what_starts_from_it():
    stages = {"one": {}, "two": {"start": {"stage": "one"}, "seed": 4}}
    plan = planned(stages=stages, start={"stage": "two"})
    assert [(run.arm, run.seed) for run in plan.stages] == [("one", 4), ("two", 4)]


def test_an_arm_that_changes_a_stage_it_does_not_start_from_is_refused():
    said = refusal(arms={"b": {"stages.pretrian.epochs": 5}})
    assert said == (
        "study.toml: stages.pretrian.epochs: no stage is called 'pretrian'; known: pretrain. "
        "Did you mean 'pretrain'?"
    )
    said = refusal(arms={"b": {"stages.pretrain.epochs": 5, "start": False}})
    assert said.startswith("study.toml: stages.pretrain: changed by an arm that does not start from it")


@pytest.mark.parametrize(
    ("stages", "change"),
    [
        ({"pretrain": {"epochs": 2}, "again": {"epochs": 2}}, {"start.stage": "again"}),
        ({"pretrain": {"epochs": 2}}, {"start.epoch": "last"}),
    ],
)
def test_arms_that_differ_in_words_alone_are_refused(stages, change):
    with pytest.raises(SpecError, match="arms 'base' and 'b' are the same runs; remove one"):
        planned(stages=stages, arms={"b": change})
