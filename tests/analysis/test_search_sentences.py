from dataclasses import replace

import pytest

from paribus.analysis.search_results import SearchEdge, SearchResult, TrialRow
from paribus.analysis.search_sentences import say_search


def row(number, score, state="finished"):
    return TrialRow(
        number, 1, 5, {"epochs": "5"}, {"epochs": 5.0}, (5,), score, state, 100, 1.0, {1000: "a" * 64}
    )


def search(**values):
    made = SearchResult(
        method="tpe",
        asked=3,
        seeds=(1000,),
        dimensions=("epochs",),
        logs=(),
        rows=(row(1, 0.8), row(2, 0.912), row(3, None, "diverged")),
        refused=0,
        refused_such_as=None,
        again=0,
        proposers=("drawn", "optuna 5.0.0"),
        best=1,
        arm="winner",
        confirmed=0.9,
        confirmed_seeds=6,
        settings=(),
        expected=(),
        edges=(),
        seen_before=None,
    )
    return replace(made, **values)


def test_the_winner_s_score_in_the_search_never_stands_without_what_others_seeds_say():
    assert say_search(search(), "validation") == (
        "winner is the best of 3 trials, learned by TPE.",
        (
            "It scored 91.2 % in the search, on 1 seed; the best of 3 is optimistic, for luck helped to "
            "choose it. On 6 other seeds it reaches 90.0 % on validation images, 1.2 points lower."
        ),
    )
    assert "0.8 points higher" in say_search(search(confirmed=0.92), "test")[1]
    assert "on test images" in say_search(search(confirmed=0.92), "test")[1]
    assert say_search(search(confirmed=None), "test")[1].endswith("It is not confirmed yet.")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"arm": "ten"}, "The best of 3 trials, learned by TPE, has the settings of the arm ten."),
        ({"refused": 4}, "winner is the best of 3 trials, learned by TPE; 4 points refused."),
        ({"asked": 9}, "winner is the best of 3 trials, learned by TPE; the space has no more."),
        ({"method": "halving"}, "winner is the best of 3 trials, halved again and again."),
        (
            {"arm": None, "rows": (row(1, 0.5), row(2, None, "waiting"))},
            "The search goes on: 1 of 3 trials have ended. It has no winner yet.",
        ),
    ],
    ids=range(5),
)
def test_how_many_trials_there_were_is_always_said(values, said):
    assert say_search(search(**values), "validation")[0] == said


def test_images_that_judged_the_search_already_are_told_of():
    told = say_search(search(seen_before=0.1), "validation")[2]
    assert told.startswith("Of the validation images that judge the winner, 10 % judged the search too")
    assert "same validation images" in say_search(search(seen_before=1.0), "validation")[2]
    assert len(say_search(search(seen_before=0.0), "validation")) == 2


def test_a_winner_at_the_edge_of_its_space_is_pointed_out():
    told = say_search(search(edges=(SearchEdge("epochs", "10", "highest"),)), "validation")
    assert told[-1] == (
        "The search found the highest epochs of its space best, 10: a better one may lie beyond."
    )
