import pytest

from paribus.errors import SpecError
from paribus.plan import plan_study
from paribus.specs import fingerprint, parse_study

STUDY = {
    "study": {"title": "Rates", "control": "epochs=1", "seeds": 3, "margin": 0.01},
    "run": {"data": "digits", "net": "plain"},
    "factors": {"epochs": [1, 2]},
}


def planned(data=None, **tables):
    study = {table: STUDY.get(table, {}) | tables.get(table, {}) for table in {**STUDY, **tables}}
    return plan_study(parse_study(study), lambda options: (data or {}).get(options.name, "d" * 64))


def test_runs_come_seed_by_seed_so_that_what_is_finished_is_paired():
    assert [(run.seed, run.arm) for run in planned().runs] == [
        (0, "epochs=1"), (0, "epochs=2"), (1, "epochs=1"), (1, "epochs=2"), (2, "epochs=1"), (2, "epochs=2")
    ]  # fmt: skip


def test_seeds_come_in_the_order_of_the_file():
    assert [run.seed for run in planned(study={"seeds": [5, 2]}).runs] == [5, 5, 2, 2]


def test_a_run_is_its_arms_recipe_with_its_seed_and_is_known_by_its_content():
    plan = planned()
    run = plan.run_of("epochs=2", 1)
    assert run.recipe == plan.arms[1].recipe.model_copy(update={"seed": 1})
    assert (run.recipe.epochs, run.recipe.seed) == (2, 1)
    assert run.fingerprint == fingerprint(run.recipe, "d" * 64)


def test_no_two_runs_are_the_same():
    assert len({run.fingerprint for run in planned().runs}) == 6


def test_an_arm_has_the_fingerprint_of_its_own_data():
    plan = planned({"digits": "a", "streetnumbers": "b"}, arms={"drawn": {"data": "streetnumbers"}})
    assert plan.run_of("epochs=1", 0).fingerprint == fingerprint(plan.runs[0].recipe, "a")
    assert plan.run_of("drawn", 0).fingerprint == fingerprint(plan.runs[2].recipe, "b")


def test_every_arm_but_the_control_is_a_contrast():
    plan = planned(arms={"big": {"net.widths": [64]}}, study={"control": "epochs=2"})
    assert (plan.control, plan.contrasts) == ("epochs=2", ("epochs=1", "big"))


def test_another_arm_or_seed_leaves_the_runs_that_there_are():
    before = {run.fingerprint for run in planned().runs}
    more = planned(study={"seeds": 4}, factors={"epochs": [1, 2, 3]})
    assert before < {run.fingerprint for run in more.runs}
    assert len(more.runs) == 12


def test_a_thousand_runs_are_planned():
    factors = {"optimizer.lr": [n / 1000 for n in range(1, 11)], "epochs": [*range(1, 11)]}
    plan = planned(factors=factors, study={"seeds": 10, "control": "epochs=1,optimizer.lr=0.001"})
    assert len(plan.runs) == len({run.fingerprint for run in plan.runs}) == 1000


def test_a_thousand_arms_are_planned():
    factors = {"epochs": [1], "optimizer.lr": [n / 1000 for n in range(1, 1001)]}
    plan = planned(factors=factors, study={"seeds": 1, "control": "epochs=1,optimizer.lr=0.001"})
    assert len(plan.arms) == len(plan.runs) == 1000


@pytest.mark.parametrize(
    "tables",
    [
        {"study": {"margin": 0.02}},
        {"study": {"margin": False}},
        {"study": {"metric": "macro_f1"}},
        {"study": {"alpha": 0.01}},
        {"study": {"score": "best"}},
        {"study": {"seeds": 4}},
        {"study": {"seeds": [0, 2, 1]}},
        {"study": {"control": "epochs=2"}},
        {"run": {"batch_size": 64}},
        {"factors": {"epochs": [1, 2, 3]}},
        {"factors": {"epochs": [2, 1]}},
        {"arms": {"big": {"net.widths": [64]}}},
        {"claims": {"longer is better": {"arm": "epochs=2", "beats": "epochs=1"}}},
    ],
)
def test_whatever_a_conclusion_depends_on_makes_another_revision(tables):
    assert planned(**tables).revision != planned().revision


def test_other_data_make_another_revision():
    assert planned({"digits": "a"}).revision != planned().revision


@pytest.mark.parametrize(
    "tables",
    [
        {"study": {"title": "Other words"}},
        {"study": {"control": "epochs = 1"}},
        {"study": {"seeds": [0, 1, 2]}},
        {"run": {"optimizer": "adam"}},
        {"limits": {"parameters": 10}},
        {"reference": {"epochs=1": {"test": 0.9}}},
        {"study": {"about": "Why we ask."}},
        {"study": {"note": "Cut for two cores."}},
        {"claims": {}},
    ],
)
def test_words_and_spelling_leave_the_revision(tables):
    assert planned(**tables).revision == planned().revision


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        (
            {"reference": {"epochs=3": {"test": 0.9}}},
            (
                "reference: no arm is called 'epochs=3'; known: epochs=1, epochs=2. Did you mean 'epochs=2'? "
                "Figures of arms that are left out go by 'reference = false'"
            ),
        ),
        (
            {"claims": {"more\nhelps": {"arm": "epochs=2", "beats": "epoch=1"}}},
            (
                "claims.'more\\nhelps'.beats: no arm is called 'epoch=1'; known: epochs=1, epochs=2. "
                "Did you mean 'epochs=1'? Claims about arms that are left out go by 'claims = false'"
            ),
        ),
        (
            {"claims": {"it is best": {"best": "base"}}, "factors": {"epochs": [1]}},
            (
                "claims.it is best.best: no arm is called 'base'; known: epochs=1. "
                "Claims about arms that are left out go by 'claims = false'"
            ),
        ),
        (
            {"claims": {"it is best": {"best": "epochs=1"}}, "factors": {"epochs": [1]}},
            "claims.it is best.best: there is no other arm to be better than",
        ),
    ],
)
def test_what_is_claimed_or_published_of_an_arm_that_is_none_is_refused(tables, message):
    with pytest.raises(SpecError) as caught:
        planned(**tables)
    assert str(caught.value) == f"study: {message}"


def test_every_claim_and_its_sentence_belong_to_the_revision():
    claim = {"arm": "epochs=2", "beats": "epochs=1"}
    studies = [
        {},
        {"longer is better": claim},
        {"more is more": claim},
        {"longer is better": {"arm": "epochs=1", "beats": "epochs=2"}},
        {"longer is better": claim, "and good": {"arm": "epochs=2", "reaches": 0.9}},
        {"longer is better": claim, "and good": {"arm": "epochs=2", "reaches": 0.91}},
    ]
    assert len({planned(claims=claims).revision for claims in studies}) == 6
    there_and_back = [dict(items) for items in (studies[-1].items(), reversed(studies[-1].items()))]
    assert len({planned(claims=claims).revision for claims in there_and_back}) == 1


def test_a_name_of_an_arm_belongs_to_the_revision():
    one, other = (planned(arms={name: {"net.widths": [64]}}) for name in ("big", "wide"))
    assert one.revision != other.revision
