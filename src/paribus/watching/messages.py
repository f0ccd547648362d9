"""What the page is told, as plain values: a message for what a study is, and one for how it stands.

Only validation: nothing here has a score of the test set to tell.
"""

import math
from typing import Any

from paribus.report.numerals import as_duration, count_of
from paribus.watching.curves import style_view
from paribus.watching.machine import KEY_LETTERS
from paribus.watching.views import ArmView, RunView, StudyView


def tell_study(view: StudyView) -> dict[str, Any]:
    """What changes only with its revision."""
    styles = style_view(view)
    return {
        "title": view.title,
        "study": view.name,
        "revision": view.revision[:12],
        "metric": view.metric.replace("_", " "),
        "arms": [
            {
                "name": arm.title,
                "control": arm.is_control,
                "colour": None if arm.is_aside else styles[arm.name].colour,
                "dashed": not arm.is_aside and bool(styles[arm.name].dash),
                "seeds": [run.seed for run in arm.runs],
                "epochs": [run.epochs for run in arm.runs],
                **({"labels": [arm.label(run) for run in arm.runs]} if arm.is_search else {}),
            }
            for arm in view.arms
        ],
    }


def tell_state(view: StudyView) -> dict[str, Any]:
    """How it stands; arms and runs in the order of `tell_study`."""
    return {
        "pace": view.pace,
        "headline": _say_headline(view),
        "ended": view.ended,
        "runs": view.total,
        "heard": view.heard,
        "processes": [sitting.pid for sitting in view.living],
        "looks": len(view.looks),
        "arms": [
            {
                "mean": _number(arm.mean),
                "settled": arm.is_settled,
                "runs": [_tell_run(run) for run in arm.runs],
            }
            for arm in view.arms
        ],
    }


def tell_troubles(view: StudyView) -> list[dict[str, Any]]:
    return [_tell_trouble(arm, run) for arm, run in view.troubled]


def _tell_run(run: RunView) -> dict[str, Any]:
    told = {"state": run.state, "epoch": run.epoch, "score": _number(run.score)}
    if run.state != "running":
        return told
    return told | {
        "heard": run.signs.heartbeat,
        "key": run.fingerprint[:KEY_LETTERS],
        "process": run.signs.pid,
    }


def _tell_trouble(arm: ArmView, run: RunView) -> dict[str, Any]:
    return {
        "arm": arm.title,
        "seed": run.seed,
        "state": run.state,
        "reason": run.signs.reason,
        "traceback": run.signs.traceback,
        **({"label": arm.label(run)} if arm.is_search else {}),
    }


def _say_headline(view: StudyView) -> str:
    """How far it is and for how long, in a line."""
    parts = [f"{view.ended} of {count_of(view.total, 'run')}"]
    if view.pace == "running" and view.seconds_left:
        parts.append(f"about {as_duration(view.seconds_left)} left")
    if view.slots:
        parts.append(f"{len(view.running)} of {count_of(view.slots, 'slot')} in use")
    return ", ".join(parts)


def _number(value: float | None) -> float | None:
    """As JSON can have it, with as many digits as a page shows."""
    return None if value is None or not math.isfinite(value) else round(value, 5)
