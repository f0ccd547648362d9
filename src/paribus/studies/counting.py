"""What each study that ships comes to, counted from its file alone: no image is needed, torch is.

`python -m paribus.studies.counting` writes it beside this module, where `summaries` reads it; a test makes it
again.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from paribus.nets import NetSize, Shape
from paribus.nets.building import outline_net
from paribus.nets.layers import size_of
from paribus.nets.limits import refuse_beyond
from paribus.plan import Plan, plan_study
from paribus.specs import DataOptions, RecipeSpec, StudyFile, StudySpec, digest, read_study
from paribus.specs.base import Options
from paribus.specs.datasets import StreetNumbers, Svhn
from paribus.specs.published import ReferenceSpec
from paribus.specs.search import Rung
from paribus.studies.catalogue import Shipped, list_shipped
from paribus.studies.summaries import PROFILES, SUMMARIES_PATH

_TRAINED = 3  # forward passes that an image trained on costs
_FROZEN = 1  # the same where most of the net is frozen
_SVHN_WITH_EXTRA = 604_388


@dataclass(frozen=True)
class SetFacts:
    """What the makers of a data set say of it, so that nobody needs it to count."""

    train: int
    channels: int
    side: int
    classes: int


_SETS = {
    "cifar10": SetFacts(50_000, 3, 32, 10),
    "cifar100": SetFacts(50_000, 3, 32, 100),
    "digits": SetFacts(1_438, 1, 8, 10),
    "stl10": SetFacts(5_000, 3, 96, 10),
    "svhn": SetFacts(73_257, 3, 32, 10),
}


def know_set(data: DataOptions) -> SetFacts:
    """The facts of a set as a recipe asks for it, before classes are chosen."""
    if isinstance(data, StreetNumbers):
        facts = SetFacts(data.train + data.extra, 3, data.size, 10)
    else:
        facts = _SETS[data.name]
    train = _SVHN_WITH_EXTRA if isinstance(data, Svhn) and data.extra else facts.train
    return SetFacts(train, 1 if data.gray else facts.channels, data.resize or facts.side, facts.classes)


def count_images(data: DataOptions) -> tuple[int, int]:
    """(trained on in an epoch, judged after it), as if all classes had equally many."""
    facts = know_set(data)
    classes = len(data.classes or ()) or facts.classes
    chosen = facts.train * classes / facts.classes
    judged = data.validation * chosen
    left = (chosen - judged) * (data.share or 1.0)
    return round(min(left, data.per_class * classes) if data.per_class else left), round(judged)


def shape_of(recipe: RecipeSpec) -> Shape:
    facts = know_set(recipe.data)
    return Shape(
        facts.channels, facts.side, facts.side, classes=len(recipe.data.classes or ()) or facts.classes
    )


def measure(recipe: RecipeSpec) -> NetSize:
    """The size of the net that the recipe makes."""
    return _measure(recipe.net, shape_of(recipe), recipe.start.hidden if recipe.start else ())


@cache
def _measure(net: Options, shape: Shape, hidden: tuple[int, ...]) -> NetSize:
    return size_of(outline_net(net, shape, hidden), shape)


def plan_without_data(file: StudyFile) -> Plan:
    """Arms, runs and control as they will be, but for fingerprints."""
    return plan_study(
        file.spec,
        lambda data: digest(data.model_dump(mode="json")),
        lambda _, start: (digest(start.parent), "last"),
        where=file.where,
    )


class Work(NamedTuple):
    """Of one run to its last epoch."""

    flops: int
    varied: int  # values of pixels that augmentation makes


def count_work(recipe: RecipeSpec) -> Work:
    """What it trains on and what it judges."""
    forward = measure(recipe).flops or 0
    trained, judged = count_images(recipe.data)
    passes = _TRAINED if recipe.start is None or recipe.start.train == ("all",) else _FROZEN
    facts = know_set(recipe.data)
    values = facts.channels * facts.side**2 if recipe.augment else 0
    return Work(forward * recipe.epochs * (passes * trained + judged), values * recipe.epochs * trained)


def summarise(shipped: Shipped) -> dict[str, Any]:
    """What `summaries` reads of one study. Raises SpecError for what the file itself forbids."""
    files = {
        profile: read_study(shipped.path, profile=profile, ships_as=shipped.name) for profile in PROFILES
    }
    spec = files["full"].spec
    return {
        "title": spec.study.title,
        "published": best_published(spec.reference),
        "profiles": {profile: _sum_up(file) for profile, file in files.items()},
    }


def _sum_up(file: StudyFile) -> dict[str, Any]:
    plan, searched = plan_without_data(file), count_search(file.spec)
    an_epoch = [count / file.spec.run.epochs for count in count_work(file.spec.run)]
    flops, varied = map(sum, zip(*(count_work(run.recipe) for run in plan.every_run), strict=True))
    for arm in plan.arms:
        refuse_beyond(file.spec.limits, measure(arm.recipe))
    return {
        "data": list(dict.fromkeys(recipe.data.name for arm in plan.arms for recipe in arm.chain)),
        "arms": {arm.name: measure(arm.recipe).parameters for arm in plan.arms},
        "seeds": len(file.spec.study.seeds),
        "runs": len(plan.every_run) + searched.runs,
        "flops": flops + round(an_epoch[0] * searched.epochs),
        "varied": varied + round(an_epoch[1] * searched.epochs),
    }


class Searched(NamedTuple):
    """What a search takes and what confirms its winner, by the base recipe: nobody knows better before."""

    runs: int
    epochs: int


def count_search(spec: StudySpec) -> Searched:
    search, epochs = spec.search, spec.run.epochs
    if search is None:
        return Searched(0, 0)
    rungs = search.rungs(epochs) if search.method == "halving" else (Rung(search.trials, epochs),)
    seeds, confirmed = len(search.seeds), len(spec.study.seeds)
    runs = seeds * sum(rung.count for rung in rungs) + confirmed
    spent = seeds * sum(rung.count * rung.epochs for rung in rungs) + confirmed * epochs
    return Searched(runs, spent)


def best_published(reference: Mapping[str, ReferenceSpec]) -> dict[str, Any] | None:
    """The best published figure, of the split that most arms have one of; of test where that is no fewer."""
    by_split = {
        split: {arm: one.by_split[split] for arm, one in reference.items() if split in one.by_split}
        for split in ("test", "validation", "train")
    }
    split, found = max(by_split.items(), key=lambda item: len(item[1]))
    if not found:
        return None
    best = max(found, key=lambda arm: found[arm])
    return {"arm": best, "split": split, "value": found[best]}


def summaries() -> Iterator[tuple[str, dict[str, Any]]]:
    return ((shipped.full_name, summarise(shipped)) for shipped in list_shipped())


def write_summaries(path: Path = SUMMARIES_PATH) -> None:
    path.write_text(json.dumps(dict(summaries()), indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_summaries()
