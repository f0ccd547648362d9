"""Every figure of a page, read back out of it, is the ledger's."""

import re

import numpy as np
import pytest
from scipy import stats

from paribus.report.numerals import MINUS, as_duration
from paribus.store import open_ledger, read_epochs, read_runs, read_study_record
from tests.report.reading import Page

from .commands import SMALL, paribus, write_study

SEEDS = range(5)
CONTROL, OTHER = "optimizer.lr=0.01", "optimizer.lr=0.001"
STUDY = SMALL.replace("seeds = 2", "seeds = 5").replace("epochs = 2", "epochs = 4")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("figures")
    write_study(place, STUDY)
    paribus(place, "run")
    return place


@pytest.fixture(scope="module")
def page(folder):
    return Page((folder / "study.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def runs(folder):
    """By arm and seed: the run as the ledger has it, and its epochs."""
    with open_ledger(folder / ".paribus", create=False) as ledger:
        cells = read_study_record(ledger, "study").cells
        records = read_runs(ledger)
        return {
            arm: {seed: (records[name], read_epochs(ledger, name)) for seed, name in row.items()}
            for arm, row in cells.items()
        }


@pytest.fixture(scope="module")
def charts(page):
    return dict(zip(page.names, page.specs, strict=True))


def numbers(text):
    return [float(found) for found in re.findall(r"[+-]?\d+(?:\.\d+)?", text.replace(MINUS, "-"))]


def half_width(values):
    return stats.t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values))


def scores(runs, arm):
    return np.array([100 * runs[arm][seed][0].last_score for seed in SEEDS])


def test_each_seeds_value_is_the_score_of_its_run(page, runs):
    _, *rows = page.tables["seeds"]
    assert [row[0] for row in rows] == [CONTROL, OTHER]
    for arm, *cells in rows:
        assert [float(cell) for cell in cells] == pytest.approx(scores(runs, arm), abs=0.0501)


def test_the_table_of_arms_says_mean_interval_difference_and_time(page, runs):
    head, *rows = page.tables["arms"]
    for row in rows:
        cells = dict(zip(head, row, strict=True))
        own = scores(runs, cells["arm"])
        assert float(cells["accuracy, %"]) == pytest.approx(own.mean(), abs=0.0501)
        ends = [own.mean() - half_width(own), own.mean() + half_width(own)]
        assert numbers(cells["95 % interval"]) == pytest.approx(ends, abs=0.0501)
        of_arm = [run for run, _ in runs[cells["arm"]].values()]
        assert cells["time"] == as_duration(np.mean([run.seconds for run in of_arm]))
        assert cells["parameters"].replace(",", "") == str(of_arm[0].parameters)
    apart = scores(runs, OTHER) - scores(runs, CONTROL)
    ends = [apart.mean() - half_width(apart), apart.mean() + half_width(apart)]
    assert numbers(cells["minus control"]) == pytest.approx([apart.mean()], abs=0.0501)
    assert numbers(cells["interval, points"]) == pytest.approx(ends, abs=0.0501)


def test_the_chart_of_differences_has_the_same_interval_and_every_seed(charts, runs):
    apart = scores(runs, OTHER) - scores(runs, CONTROL)
    data = charts["differences"]["datasets"]
    (row,) = data["rows"]
    assert row["mean"] == pytest.approx(apart.mean(), abs=1e-4)
    assert [row["low"], row["high"]] == pytest.approx(
        [apart.mean() - half_width(apart), apart.mean() + half_width(apart)], abs=1e-4
    )
    assert [dot["value"] for dot in data["dots"]] == pytest.approx(list(apart), abs=1e-4)


@pytest.mark.parametrize(("quantity", "unit"), [("accuracy", 100.0), ("loss", 1.0)])
@pytest.mark.parametrize("number", [0, 1])
def test_the_points_of_the_curves_are_those_that_were_measured(charts, runs, quantity, unit, number):
    arm = (CONTROL, OTHER)[number]
    data = charts[f"{quantity}-of-arm-{number}"]["datasets"]
    means = []
    for seed, raw, checked in zip(SEEDS, data["raw"], data["checks"], strict=True):
        epochs = runs[arm][seed][1]
        steps = np.concatenate([e.step_losses if quantity == "loss" else e.step_accuracies for e in epochs])
        each = len(epochs[0].step_losses)
        np.testing.assert_allclose(raw["y"], unit * steps, rtol=1e-4, atol=1e-9)
        np.testing.assert_allclose(raw["x"], np.arange(1, len(steps) + 1) / each, atol=1e-4)
        measured = [getattr(epoch, f"validation_{quantity}") for epoch in epochs]
        np.testing.assert_allclose(checked["y"], np.multiply(unit, measured), rtol=1e-4)
        assert checked["x"] == [1, 2, 3, 4]
        means.append(measured)
    (mean,) = data["validation"]
    np.testing.assert_allclose(mean["y"], unit * np.mean(means, axis=0), rtol=1e-4)
    (overview,) = [row for row in charts[f"{quantity}-by-epoch"]["datasets"]["means"] if row["name"] == arm]
    assert overview["y"] == mean["y"]
    best = {ring["name"]: ring["x"] for ring in data["best"]}
    assert best == {f"seed {seed}": runs[arm][seed][0].best_epoch for seed in SEEDS}


def test_the_table_of_runs_is_the_ledgers(page, runs):
    head, *rows = page.tables["runs"]
    assert len(rows) == 10
    for row in rows:
        cells = dict(zip(head, row, strict=True))
        run, epochs = runs[cells["arm"]][int(cells["seed"])]
        assert cells["fingerprint"] == run.fingerprint
        assert int(cells["last epoch"]) == len(epochs)
        assert float(cells["validation, %"]) == pytest.approx(100 * run.last_score, abs=0.00501)
        assert cells["time"] == as_duration(run.seconds)
        assert all(digest in cells["files, SHA-256"] for digest in run.artifacts.values())


def test_what_it_cost_is_the_sum_over_runs(page, runs):
    spent = sum(run.seconds for of_arm in runs.values() for run, _ in of_arm.values())
    assert f"10 runs, {as_duration(spent)} of training." in page.text


def test_charts_and_tables_leave_as_files_of_their_own(folder, page, tmp_path):
    told = paribus(folder, "report", "--figures", str(tmp_path / "out"), "--format", "svg,pdf").stdout
    files = {path.name for path in (tmp_path / "out").iterdir()}
    assert {f"{name}.{kind}" for name in page.names for kind in ("svg", "pdf")} <= files
    assert {"arms.csv", "arms.md", "arms.tex", "runs.csv"} <= files
    assert f"{len(files)} files" in told


def test_what_cannot_be_written_is_told_in_one_line(folder, tmp_path):
    told = paribus(folder, "report", "--figures", str(tmp_path), "--format", "svg,gif", code=2).stderr
    expected = "'gif' is no format of charts; expected some of svg, png, pdf, joined by commas"
    assert told == f"paribus: --format svg,gif: {expected}\n"
    (tmp_path / "taken").write_text("")
    told = paribus(folder, "report", "--figures", str(tmp_path / "taken"), code=2).stderr
    assert len(told.strip().splitlines()) == 1
    assert "taken' is no folder; name another folder" in told
    assert "name a folder too" in paribus(folder, "report", "--format", "svg", code=2).stderr


def test_the_table_of_arms_leaves_as_latex(folder, tmp_path):
    paribus(folder, "report", "-o", str(tmp_path / "arms.tex"))
    latex = (tmp_path / "arms.tex").read_text(encoding="utf-8")
    assert r"optimizer.lr=0.001 & " in latex
    assert r"\toprule" in latex
