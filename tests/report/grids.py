"""Reports of studies with factors, which never ran."""

import itertools
from dataclasses import replace

from paribus.analysis import judge_grid
from paribus.specs import parse_study, value_toml

from .example import make_report


def names_of(factors):
    levels = [
        [f"{place}={v if isinstance(v, str) else value_toml(v)}" for v in values]
        for place, values in factors.items()
    ]
    return [",".join(level) for level in itertools.product(*levels)]


def make_grid_report(factors, gains=None, *, beside=(), seeds=5, control=None, lost=(), references=None):
    """`gains` are in the order of the grid; `lost` are arms of which every run diverged."""
    names = names_of(factors)
    gains = dict(zip(names, gains or [0.001 * k for k in range(len(names))], strict=True))
    gains |= dict.fromkeys(beside, 0.002)
    control = control or names[0]
    ordered = {control: gains[control], **gains}
    report = make_report(ordered, seeds=seeds, epochs=1, steps=4, troubles=False, reference=False)
    spec = parse_study(
        {
            "study": {"title": "t", "control": control, "seeds": seeds},
            "run": {"data": "digits", "net": "linear"},
            "factors": factors,
            "arms": {name: {"epochs": 99} for name in beside},
        }
    )
    changes = {
        name: dict(zip(factors, cell, strict=True))
        for name, cell in zip(names, itertools.product(*factors.values()), strict=True)
    }
    arms = [
        replace(
            _lose(arm) if arm.name in lost else arm,
            changes=changes.get(arm.name, {}),
            published={"validation": references[arm.name]} if arm.name in (references or {}) else {},
        )
        for arm in report.conclusion.arms
    ]
    contrasts = [replace(c, other_way={}) if c.arm in lost else c for c in report.conclusion.contrasts]
    conclusion = replace(report.conclusion, arms=tuple(arms), contrasts=tuple(contrasts))
    return replace(report, conclusion=conclusion, grid=judge_grid(spec, conclusion))


def _lose(arm):
    states = dict.fromkeys(arm.states, "diverged")
    return replace(arm, scores=dict.fromkeys(arm.scores), states=states, mean=None, low=None, high=None)
