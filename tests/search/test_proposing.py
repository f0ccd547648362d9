import itertools
import math
import subprocess
import sys

import numpy as np
import pytest

from paribus.search import Tried, best_of, count_points, find_changes, name_values, next_batch, walk_points
from paribus.search.space import draw_point
from paribus.specs.search import SearchSpec

SPACE = {
    "optimizer.lr": {"low": 1e-4, "high": 1.0, "log": True},
    "epochs": {"low": 2, "high": 10, "step": 2},
    "batch_size": {"low": 16, "high": 256, "log": True},
    "net.widths": [[8], [16, 32]],
}
EPOCHS = 9


def search_with(method="random", trials=20, space=SPACE, **options):
    return SearchSpec(method=method, trials=trials, space=space, **options)


def score_of(search, point):
    """The best is a rate of 0.01."""
    rate = find_changes(search, point)["optimizer.lr"]
    return 1 - abs(math.log10(rate) + 2) / 4


def carried_out(search, score=score_of, fits=lambda _point: True):
    """The whole search, as (tried, how many points each batch took)."""
    tried, batches = [], []
    while (batch := next_batch(search, EPOCHS, tried, len(batches))) is not None:
        points = itertools.islice(filter(fits, batch.points), batch.wanted)
        new = [Tried(len(tried) + k, point) for k, point in enumerate(points)]
        new += [
            Tried(one.number, one.point, rung=batch.rung)
            for one in tried
            if one.number in batch.going_on and one.rung == batch.rung - 1
        ]
        tried += [Tried(o.number, o.point, score(search, o.point), ended=True, rung=o.rung) for o in new]
        batches.append(len(new))
    return tried, batches


def test_points_are_drawn_evenly_on_their_scales_and_within_their_ends():
    search = search_with()
    changes = [find_changes(search, draw_point(search, k)) for k in range(2000)]
    rates = np.log10([c["optimizer.lr"] for c in changes])
    assert rates.min() >= -4
    assert rates.max() <= 0
    assert abs((rates < -2).mean() - 0.5) < 0.05
    assert {c["epochs"] for c in changes} == {2, 4, 6, 8, 10}
    sizes = [c["batch_size"] for c in changes]
    assert (min(sizes), max(sizes)) == (16, 256)
    assert abs(np.mean(np.array(sizes) <= 64) - 0.5) < 0.05
    assert {type(c["batch_size"]) for c in changes} == {int}
    assert abs(np.mean([c["net.widths"] == [8] for c in changes]) - 0.5) < 0.05


def test_a_drawn_number_can_be_written_down():
    search = search_with()
    for k in range(50):
        rate = find_changes(search, draw_point(search, k))["optimizer.lr"]
        assert rate == float(f"{rate:.4g}")


def test_another_dimension_changes_no_value_of_the_others_and_another_seed_changes_all():
    one = search_with(space={"optimizer.lr": SPACE["optimizer.lr"]})
    both = search_with()
    assert draw_point(one, 3)[0] == draw_point(both, 3)[0]
    assert draw_point(search_with(seed=1), 3) != draw_point(both, 3)


def test_settings_that_vary_together_and_tables_with_labels_become_changes_and_names():
    space = {
        "epochs, batch_size": [[1, 64], [2, 128]],
        "net": [{"label": "small", "name": "mlp", "hidden": [8]}, "linear"],
    }
    search = search_with(space=space)
    assert find_changes(search, (1, 0)) == {
        "epochs": 2,
        "batch_size": 128,
        "net": {"name": "mlp", "hidden": [8]},
    }
    assert name_values(search, (1, 0)) == {"epochs, batch_size": "2, 128", "net": "small"}
    assert name_values(search, (0, 1))["net"] == "linear"


def test_a_space_that_can_be_counted_is_walked_through_once():
    space = {"epochs": SPACE["epochs"], "net.widths": SPACE["net.widths"]}
    search = search_with(space=space)
    points = list(walk_points(search))
    assert count_points(search) == len(points) == len(set(points)) == 10
    assert points != sorted(points)
    assert count_points(search_with()) is None
    assert list(walk_points(search_with())) == []


def test_random_asks_for_everything_at_once():
    tried, batches = carried_out(search_with())
    assert batches == [20]
    assert len({one.point for one in tried}) == 20


def test_a_longer_search_begins_as_a_shorter_one():
    for method in ("random", "tpe"):
        short, _ = carried_out(search_with(method, 14, batch=2))
        longer, _ = carried_out(search_with(method, 18, batch=2))
        assert longer[:14] == short


def test_tpe_draws_its_first_and_learns_from_batch_to_batch():
    search = search_with("tpe", 40, batch=5)
    tried, batches = carried_out(search)
    assert batches == [10, 5, 5, 5, 5, 5, 5]
    drawn, _ = carried_out(search_with("random", 40))
    assert tried[:10] == drawn[:10]
    scores, others = ([one.score for one in found] for found in (tried, drawn))
    assert np.mean(scores[20:]) > np.mean(others[20:]) + 0.1


def test_tpe_s_points_follow_from_results_and_from_nothing_else():
    search = search_with("tpe", 18, startup=6)
    assert carried_out(search) == carried_out(search)
    other, _ = carried_out(search, score=lambda search, point: 1 - score_of(search, point))
    assert [one.point for one in other[:6]] == [one.point for one in carried_out(search)[0][:6]]
    assert [one.point for one in other] != [one.point for one in carried_out(search)[0]]


def test_tpe_gives_the_same_points_in_another_process():
    told = "import sys; sys.path.insert(0, '.'); from tests.search.test_proposing import *; "
    told += "print([one.point for one in carried_out(search_with('tpe', 14, startup=6))[0]])"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str([o.point for o in carried_out(search_with("tpe", 14, startup=6))[0]])


def test_what_diverged_is_the_worst_and_never_wins():
    search = search_with("tpe", 30, startup=10)

    def score(search, point):
        return None if find_changes(search, point)["optimizer.lr"] > 0.01 else 0.5

    tried, _ = carried_out(search, score)
    assert sum(one.score is None for one in tried[:10]) > 2
    assert sum(one.score is None for one in tried[20:]) <= 2
    assert best_of(tried).score == 0.5
    assert best_of([Tried(0, (1,), None, ended=True)]) is None


def test_a_batch_that_finds_fewer_points_than_it_wants_is_the_last():
    search = search_with("tpe", 30, startup=10)
    tried = [Tried(k, draw_point(search, k), 0.5, ended=True) for k in range(13)]
    assert next_batch(search, EPOCHS, tried[:10], 1).wanted == 4
    assert next_batch(search, EPOCHS, tried, 2) is None


def test_halving_lets_the_best_go_on_for_longer():
    search = search_with("halving", 9, space={"optimizer.lr": SPACE["optimizer.lr"]})
    tried, batches = carried_out(search)
    assert batches == [9, 3, 1]
    first = [one for one in tried if one.rung == 0]
    best = sorted(first, key=lambda one: -one.score)
    assert {one.number for one in tried if one.rung == 1} == {one.number for one in best[:3]}
    assert best_of(tried).number == best[0].number
    assert [next_batch(search, EPOCHS, tried, k).epochs for k in range(3)] == [1, 3, 9]


def test_of_equals_the_simpler_wins_then_the_earlier():
    tried = [Tried(k, (k,), 0.5, ended=True, parameters=p) for k, p in enumerate([30, 10, 20, 10])]
    assert best_of(tried).number == 1


@pytest.mark.parametrize("method", ["random", "halving"])
def test_only_what_learns_imports_optuna(method):
    told = "import sys; sys.path.insert(0, '.'); from tests.search.test_proposing import *; "
    told += f"carried_out(search_with({method!r}, 9, space={{'optimizer.lr': SPACE['optimizer.lr']}})); "
    told += "print('optuna' in sys.modules, 'torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False False"
