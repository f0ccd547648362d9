"""Every file that ships, under every profile, as far as no image is needed."""

import re
import tomllib

import pytest

from paribus.specs import read_study
from paribus.studies import list_shipped
from paribus.studies.counting import measure, plan_without_data, shape_of
from paribus.studies.summaries import PROFILES

SHIPPED = list_shipped()
EMBEDDED = {"streetnumbers", "digits"}
PRINTED = {  # the parameters that the reports print, to the unit
    ("r0/budget", "separable"): 124_180,
    ("r2/nets", "ConvNet"): 7_244_388,
    ("r3/linear", "chosen"): 122_890,
    ("r3/cnn", "net.dropout=0.2"): 8_807_106,
    ("r4/norm", "plain"): 7_678_474,
    ("r4/norm", "batch norm"): 7_682_826,
}


def given(shipped):
    return tomllib.loads(shipped.path.read_text(encoding="utf-8"))


def read(shipped, profile):
    return read_study(shipped.path, profile=profile, ships_as=shipped.name)


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda one: one.name)
class TestEach:
    @pytest.mark.parametrize("profile", [None, *PROFILES])
    def test_it_plans(self, shipped, profile):
        """Arms, control, claims and figures fit each other, and nets their images."""
        plan = plan_without_data(read(shipped, profile))
        assert len(plan.runs) == len(plan.arms) * len(plan.spec.study.seeds)
        for arm in plan.arms:
            for recipe in arm.chain:
                assert measure(recipe).parameters > 0

    def test_it_says_what_it_is(self, shipped):
        """Its blocks first, for whoever reads the file."""
        text = shipped.path.read_text(encoding="utf-8")
        assert re.match(rf"# {shipped.report}\.\d", text)
        assert len(given(shipped)["study"]["about"]) > 100
        assert list(given(shipped)["profiles"]) == list(PROFILES)

    def test_in_full_it_is_as_published(self, shipped):
        """What a report claims of its figures may be asked of the full study alone."""
        full, plain = read(shipped, "full").spec, read(shipped, None).spec
        assert full.model_copy(update={"claims": plain.claims}) == plain
        assert full.claims.items() >= plain.claims.items()
        assert full.claims
        assert full.reference

    def test_each_profile_keeps_the_arms_and_the_question(self, shipped):
        plans = [plan_without_data(read(shipped, profile)) for profile in PROFILES]
        for plan in plans:
            assert [arm.name for arm in plan.arms] == [arm.name for arm in plans[0].arms]
            assert plan.control == plans[0].control

    def test_cpu_has_seeds_enough_for_a_verdict(self, shipped):
        assert len(read(shipped, "cpu").spec.study.seeds) >= 5

    def test_smoke_needs_no_network_and_little_of_anything(self, shipped):
        plan = plan_without_data(read(shipped, "smoke"))
        assert len(plan.spec.study.seeds) == 2
        for run in plan.every_run:
            assert run.recipe.data.name in EMBEDDED
            assert run.recipe.start is None or run.recipe.start.stage
            assert run.recipe.epochs <= 3


@pytest.mark.parametrize(("name", "arm"), PRINTED)
def test_nets_have_the_parameters_that_the_reports_print(name, arm):
    shipped = next(one for one in SHIPPED if one.name == name)
    arms = {one.name: one.recipe for one in plan_without_data(read(shipped, "full")).arms}
    assert measure(arms[arm]).parameters == PRINTED[name, arm]


def test_shapes_follow_from_what_is_chosen_of_the_data():
    shipped = next(one for one in SHIPPED if one.name == "r0/fine-tuning")
    [stage, run] = plan_without_data(read(shipped, "full")).arms[0].chain
    assert (shape_of(stage).classes, shape_of(run).classes) == (8, 2)
