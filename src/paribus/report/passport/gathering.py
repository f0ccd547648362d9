"""What a report says of its data, out of the data in the cache and the runs in the ledger."""

import json
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from paribus.analysis import Evidence, LeakResult, judge_without
from paribus.data import DataSet, Split
from paribus.data.passport import count_leaked, find_twins, is_cheap, make_passport
from paribus.errors import ParibusError
from paribus.report.passport.views import DataSection, DataView, view_data
from paribus.specs import RecipeSpec, fingerprint
from paribus.store import Ledger
from paribus.store.files import read_bytes

SEEN = "seen.png"  # the artifact of a run that shows what augmentation made of its images

_PAIRS, _CLASSES = 5, 20  # that a report shows; the passport's own page shows more
_SEEN_BYTES = 900_000


def gather_data(
    ledger: Ledger, evidence: Evidence, data: Mapping[str, DataSet], *, images: bool
) -> DataSection | None:
    """`data`: by arm, as far as they are there. None where no arm's runs were made from them."""
    data = {arm: found for arm, found in data.items() if made_from(evidence, arm, found)}
    if not data:
        return None
    seen, left_out = _gather_seen(ledger, evidence) if images else ((), 0)
    return DataSection(
        views=_gather_views(data, images=images),
        split=evidence.split,
        leak=_gather_leak(evidence, data),
        seen=seen,
        left_out=left_out,
    )


def made_from(evidence: Evidence, arm: str, data: DataSet) -> bool:
    """Whether the arm's runs are runs on these very data: they may have changed since."""
    try:
        return all(
            fingerprint(RecipeSpec.model_validate(run.recipe), data.fingerprint, run.parent) == name
            for name in evidence.study.cells.get(arm, {None: ""}).values()
            for run in [evidence.runs[name]]
        )
    except (ParibusError, ValueError, KeyError):  # the user's own net is gone; or no arm of this revision
        return False


def _gather_views(
    data: Mapping[str, DataSet], *, images: bool
) -> tuple[tuple[tuple[str, ...], DataView], ...]:
    arms: dict[str, list[str]] = {}
    for arm, found in data.items():
        arms.setdefault(found.fingerprint, []).append(arm)
    views = []
    for names in arms.values():
        found = data[names[0]]
        passport = make_passport(found, "", near=is_cheap(found))
        views.append(
            (tuple(names), view_data(found, passport, images=images, pairs=_PAIRS, classes=_CLASSES))
        )
    return tuple(views)


def _gather_leak(evidence: Evidence, data: Mapping[str, DataSet]) -> LeakResult | None:
    """None where an arm's data are not there, or no image that was judged by stands in train too."""
    leaked: dict[str, NDArray[np.bool_]] = {}
    told = False
    for arm, cells in evidence.study.cells.items():
        if arm not in data:
            return None
        split: Split = "test"
        if evidence.split == "validation":
            split = "validation" if "validation" in data[arm].counts else "train"
        twins = find_twins(data[arm], near=is_cheap(data[arm]))
        told = told or count_leaked(twins, split)[0] > 0
        flags = twins.standing_in("train")[twins.within(split)]
        leaked |= dict.fromkeys(cells.values(), flags)
    return judge_without(evidence, leaked) if told else None


def _gather_seen(ledger: Ledger, evidence: Evidence) -> tuple[tuple[tuple[tuple[str, ...], bytes], ...], int]:
    """A picture for each way of varying images, as long as there is room; and how many more there are."""
    arms: dict[str, list[str]] = {}
    runs: dict[str, str] = {}
    for arm, cells in evidence.study.cells.items():
        name = next((name for name in cells.values() if SEEN in evidence.runs[name].artifacts), None)
        if name is not None:
            way = json.dumps(evidence.runs[name].recipe.get("augment"), sort_keys=True)
            arms.setdefault(way, []).append(arm)
            runs.setdefault(way, name)
    shown: list[tuple[tuple[str, ...], bytes]] = []
    for way, names in arms.items():
        try:
            content = read_bytes(ledger.run_folder(runs[way]) / SEEN)
        except ParibusError:  # gone or damaged: a picture is not worth a report
            continue
        if sum(len(other) for _, other in shown) + len(content) <= _SEEN_BYTES:
            shown.append((tuple(names), content))
    return tuple(shown), len(arms) - len(shown)
