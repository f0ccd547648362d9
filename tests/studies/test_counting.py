"""What the list says of costs is counted as runs count it, and is fresh."""

import json

import pytest

from paribus.data import open_data, select_training
from paribus.specs import parse_study
from paribus.specs.published import ReferenceSpec
from paribus.studies.counting import (
    best_published,
    count_images,
    count_search,
    count_work,
    know_set,
    measure,
    summaries,
)
from paribus.studies.summaries import SUMMARIES_PATH


def recipe(**changes):
    return parse_study({"study": {"title": "t"}, "run": {"data": "digits", "net": "linear"} | changes}).run


@pytest.mark.parametrize(
    "data",
    [
        {"name": "digits"},
        {"name": "digits", "validation": 0.25, "share": 0.5},
        {"name": "streetnumbers", "train": 120, "test": 40, "extra": 40},
        {"name": "streetnumbers", "train": 200, "test": 40, "classes": [1, 2, 3], "per_class": 5},
        {"name": "streetnumbers", "train": 100, "test": 40, "size": 24, "gray": True},
        {"name": "streetnumbers", "train": 100, "test": 40, "resize": 16},
    ],
    ids=lambda data: " ".join(f"{key}={value}" for key, value in data.items()),
)
def test_images_are_counted_as_runs_see_them(data, tmp_path):
    """Classes are not quite equal in number, so roughly."""
    options = recipe(data=data).data
    images = open_data(options, tmp_path)
    chosen = select_training(options, images, 0)
    trained, judged = count_images(options)
    assert trained == pytest.approx(len(chosen.train.positions), rel=0.05, abs=5)
    assert judged == pytest.approx(len(chosen.validation.positions), rel=0.1, abs=5)
    facts = know_set(options)
    assert (facts.channels, facts.side, facts.side) == images.shape
    assert facts.classes == len(images.classes)


def test_a_run_costs_three_passes_an_image_trained_on_and_one_judged():
    asked = recipe(epochs=2)
    trained, judged = count_images(asked.data)
    assert count_work(asked).flops == 2 * (3 * trained + judged) * measure(asked).flops
    assert measure(asked).flops == 2 * 64 * 10


def test_augmentation_makes_each_value_of_an_image_trained_on():
    varied = recipe(epochs=2, augment=["flip"])
    trained, _ = count_images(varied.data)
    assert count_work(varied).varied == 2 * trained * 64
    assert count_work(recipe(epochs=2)).varied == 0


def test_behind_frozen_layers_an_image_costs_one_pass():
    whole = recipe(start={"weights": "w.pth"})
    head = recipe(start={"weights": "w.pth", "train": "head"})
    trained, judged = count_images(head.data)
    assert count_work(head).flops / count_work(whole).flops == pytest.approx(
        (trained + judged) / (3 * trained + judged)
    )


def test_a_search_costs_its_trials_and_its_winners_confirmation():
    def searched(**options):
        plain = {"study": {"title": "t", "seeds": 3}, "run": {"data": "digits", "net": "linear", "epochs": 9}}
        space = {"optimizer.lr": {"low": 1e-3, "high": 0.1}}
        spec = parse_study(plain | {"search": {"trials": 9, "space": space, **options}})
        return count_search(spec)

    assert searched(method="random", seeds=[100, 101]) == (9 * 2 + 3, (9 * 2 + 3) * 9)
    halving = searched(method="halving")  # 9 of one epoch, 3 of three, 1 of nine; the winner confirmed
    assert halving == (9 + 3 + 1 + 3, 9 * 1 + 3 * 3 + 1 * 9 + 3 * 9)
    assert count_search(
        parse_study({"study": {"title": "t"}, "run": {"data": "digits", "net": "linear"}})
    ) == (0, 0)


@pytest.mark.parametrize(
    ("reference", "best"),
    [
        ({"a": {"test": 0.7}, "b": {"test": 0.8}}, {"arm": "b", "split": "test", "value": 0.8}),
        (
            {"a": {"test": 0.9, "validation": 0.5}, "b": {"validation": 0.6}},
            {"arm": "b", "split": "validation", "value": 0.6},
        ),
        ({"a": {"train": 0.9, "test": 0.5}}, {"arm": "a", "split": "test", "value": 0.5}),
        ({}, None),
    ],
    ids=["the best", "of the split that most have", "test rather than train", "none"],
)
def test_the_best_published_figure(reference, best):
    assert best_published({arm: ReferenceSpec(**one) for arm, one in reference.items()}) == best


def test_the_summaries_are_fresh():
    shown = json.loads(SUMMARIES_PATH.read_text(encoding="utf-8"))
    made = json.loads(json.dumps(dict(summaries())))
    assert shown == made, "make them anew: python -m paribus.studies.counting"
