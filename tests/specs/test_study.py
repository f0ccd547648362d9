import pytest

from paribus.errors import SpecError
from paribus.specs import StudySpec, parse_study
from paribus.specs.study import places_of, unknown_arm


def study(run=None, **question):
    return parse_study(
        {"study": {"title": "t"} | question, "run": {"data": "digits", "net": "plain"} | (run or {})}
    )


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (1, (0,)),
        (3, (0, 1, 2)),
        ([5, 3], (5, 3)),
        ((2**31 - 1,), (2**31 - 1,)),
        (10_000, tuple(range(10_000))),
    ],
)
def test_a_number_of_seeds_means_the_first_so_many_and_a_list_itself(given, meant):
    assert study(seeds=given).study.seeds == meant


@pytest.mark.parametrize(
    ("score", "stop", "scored"),
    [("auto", False, "last"), ("auto", True, "best"), ("last", True, "last"), ("best", False, "best")],
)
def test_the_last_epoch_speaks_for_a_run_unless_it_stops_early_or_another_is_asked_for(score, stop, scored):
    spec = study({"stop": stop}, score=score)
    assert spec.scored_epoch(spec.run) == scored
    assert spec.scored_epoch(spec.run.model_dump(mode="json")) == scored


def test_a_zipped_factor_names_its_places_between_commas():
    assert places_of("optimizer.lr, epochs") == ["optimizer.lr", "epochs"]
    assert places_of("epochs") == ["epochs"]


def test_an_unknown_arm_is_answered_with_the_nearest():
    assert unknown_arm("bas", ["base", "other"]) == (
        "no arm is called 'bas'; known: base, other. Did you mean 'base'?"
    )


def test_what_was_recorded_under_older_rules_stays_readable():
    """A ledger's studies are read without the checks that came later."""
    plain = {
        "study": {"title": "a\tb", "alpha": 1e-9},
        "run": {"data": "digits", "net": "linear", "start": {"weights": "w.pth", "epoch": "best"}},
        "arms": {"x\ny": {}},
    }
    assert StudySpec.model_validate(plain).study.title == "a\tb"
    with pytest.raises(SpecError) as caught:
        parse_study(plain)
    assert [line.split(":")[1].strip() for line in str(caught.value).splitlines()] == [
        "study.title", "study.alpha", "run.start.epoch", "arms",
    ]  # fmt: skip
