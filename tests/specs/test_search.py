import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paribus.errors import SpecError
from paribus.specs import parse_study, read_study, study_toml
from paribus.specs.search import RangeSpec, Rung, SearchSpec

SPACE = {"optimizer.lr": {"low": 1e-3, "high": 0.1, "log": True}}
RUN = {"data": "digits", "net": "plain", "epochs": 9}


def study_with(search, **tables):
    return {"study": {"title": "t"}, "run": RUN, "search": {"trials": 12, "space": SPACE} | search} | tables


def told(search, **tables):
    """The one line that a study with this search is refused with."""
    with pytest.raises(SpecError) as error:
        parse_study(study_with(search, **tables), where="study.toml")
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_search_reads_back_equal_with_or_without_quotes_around_places():
    spec = parse_study(study_with({}))
    assert parse_study(tomllib.loads(study_toml(spec))) == spec
    bare = {"optimizer": {"lr": SPACE["optimizer.lr"]}}
    assert parse_study(study_with({"space": bare})) == spec


def test_trials_have_a_seed_far_from_those_of_the_study_so_that_these_may_grow():
    assert parse_study(study_with({})).search.seeds == (1000,)
    assert parse_study(study_with({"seeds": 3})).search.seeds == (1000, 1001, 1002)
    assert parse_study(study_with({"seeds": [7, 9]})).search.seeds == (7, 9)


def test_a_seed_of_the_study_is_refused_for_trials():
    assert told({"seeds": [4]}).startswith("study.toml: search.seeds: seed 4 is one of study.seeds")


@pytest.mark.parametrize(
    ("search", "said"),
    [
        ({"method": "tpee"}, "search.method: given 'tpee'; known: 'random', 'tpe' or 'halving'"),
        ({"trial": 3}, "search.trial: unknown key; known: batch"),
        ({"space": {}}, "search.space: given {}; must hold at least 1"),
        ({"space": {"epochs": 3}}, "search.space.epochs: given 3; expected a list of choices, or a range"),
        ({"space": {"epochs": []}}, "search.space.epochs: given []; must hold at least 1"),
        (
            {"space": {"epochs": {"low": 3, "high": 3}}},
            "search.space.epochs.high: given 3; expected a number",
        ),
        ({"space": {"epochs": {"low": 3}}}, "search.space.epochs.high: missing; it must be given"),
        (
            {"space": {"optimizer.lr": {"low": 0, "high": 1, "log": True}}},
            "search.space.optimizer.lr.low: given 0; expected a number above 0, for log",
        ),
        (
            {"space": {"epochs": {"low": 1, "high": 9, "log": True, "step": 2}}},
            "search.space.epochs.step: given 2; expected no step beside log",
        ),
        ({"space": {"epochs": {"low": 1, "high": 9, "step": 9}}}, "search.space.epochs.step: given 9;"),
        ({"space": {"epochs": [1, 2, 1]}}, "search.space.epochs: 1 is listed twice"),
        ({"space": {"epochs, batch_size": [[1, 2], 3]}}, "so each of its choices is a list of 2; given 3"),
        (
            {"space": {"epochs, batch_size": {"low": 1, "high": 2}}},
            "names 2 settings, which no range can vary together",
        ),
        ({"space": {"epochs": [1, 2], "epochs,net": [[1, "mlp"]]}}, "'epochs' is varied twice"),
        (
            {"space": {"data.validation": [0.1, 0.2]}},
            "so data cannot be searched; make it an arm or a factor",
        ),
        ({"space": {"seed": [1, 2]}}, "seeds are no setting; the trials' are in search.seeds"),
        ({"trials": 10}, "search.trials: the first 10 trials of tpe are drawn at random"),
        ({"eta": 2}, "search.eta: only method 'halving' has it; this is 'tpe'"),
        ({"method": "random", "startup": 4}, "search.startup: only method 'tpe' has it"),
        (
            {"method": "halving", "space": {"epochs": [1, 2]}},
            "search.space.epochs: halving itself varies the length; run.epochs is that of the last rung",
        ),
        ({"method": "halving", "shortest": 9}, "12 trials of 9 epochs make one rung"),
        ({"seeds": 0}, "search.seeds: given 0; expected a number from 1 to 100"),
    ],
    ids=range(22),
)
def test_what_cannot_be_is_refused_with_what_to_do(search, said):
    assert said in told(search)


def test_the_name_winner_is_the_search_s_own():
    assert "arms.winner: with a [search] the arm 'winner'" in told({}, arms={"winner": {"epochs": 2}})
    assert "study.control" in told({}, study={"title": "t", "control": "winner"})


def test_a_profile_may_narrow_one_range_shorten_a_search_or_leave_it_out(tmp_path):
    spec = parse_study(study_with({"space": SPACE | {"epochs": [2, 4]}}))
    path = tmp_path / "study.toml"
    path.write_text(study_toml(spec))
    settings = {"search.space.optimizer.lr": [0.1, 0.2], "search.trials": 30, "search.space.epochs": False}
    narrow = read_study(path, settings=settings).spec.search
    assert (narrow.trials, narrow.space) == (30, {"optimizer.lr": (0.1, 0.2)})
    assert read_study(path, settings={"search": False}).spec.search is None


@given(st.integers(-5, 5), st.integers(1, 40), st.integers(1, 40))
def test_counted_values_begin_at_low_and_never_pass_high(low, width, step):
    dimension = RangeSpec(low=low, high=low + width, step=min(step, width))
    values = [dimension.value_at(place) for place in range(dimension.count)]
    assert values[0] == low
    assert all(isinstance(value, int) for value in values)
    assert values[-1] <= low + width < values[-1] + dimension.step


def test_values_of_a_broken_step_are_written_as_people_write_them():
    dimension = RangeSpec(low=0.1, high=0.5, step=0.1)
    assert [dimension.value_at(place) for place in range(dimension.count)] == [0.1, 0.2, 0.3, 0.4, 0.5]
    assert RangeSpec(low=0.0, high=1).count is None


@pytest.mark.parametrize(
    ("options", "epochs", "rungs"),
    [
        ({"trials": 27}, 9, [(27, 1), (9, 3), (3, 9)]),
        ({"trials": 27}, 5, [(27, 2), (9, 5)]),
        ({"trials": 8, "eta": 2, "shortest": 2}, 8, [(8, 2), (4, 4), (2, 8)]),
        ({"trials": 9, "eta": 3}, 100, [(9, 11), (3, 33), (1, 100)]),
    ],
    ids=range(4),
)
def test_rungs_end_at_the_full_length(options, epochs, rungs):
    search = SearchSpec(method="halving", space=SPACE, **options)
    assert search.rungs(epochs) == tuple(Rung(*rung) for rung in rungs)
