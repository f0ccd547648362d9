"""What others published, beside what was measured: each figure with the split that it is of."""

from statistics import fmean

from paribus.analysis.results import ArmResult
from paribus.report.colours import ArmStyle
from paribus.report.inputs import ReportInput
from paribus.report.markup import Html, element
from paribus.report.numerals import as_percent, choose_decimals
from paribus.report.tables import name_cell, write_table
from paribus.specs.recipe import scored_epoch
from paribus.store import EpochRecord, RunRecord

SPLITS = ("train", "validation", "test")


def beside(arm: ArmResult, split: str) -> float | None:
    """The published share of the same split as ours."""
    return arm.published.get(split)


def say_published(arm: ArmResult, split: str) -> str:
    """The figure to stand beside ours; of another split only by its name: `79.9 on test`."""
    for name in (split, "test", "validation"):
        if name in arm.published:
            return as_published(arm.published[name]) + ("" if name == split else f" on {name}")
    return ""


def as_published(share: float) -> str:
    """In per cent, with the digits that were printed."""
    return f"{round(100 * share, 3):g}"


def write_published(report: ReportInput, styles: dict[str, ArmStyle]) -> Html:
    """Every published figure and ours of the same split; nothing where the table of arms has said it all."""
    arms = [arm for arm in report.conclusion.arms if arm.published]
    splits = [split for split in SPLITS if any(split in arm.published for arm in arms)]
    losses = any("loss" in arm.published for arm in arms)
    more = {"train", "validation"} - {report.conclusion.split}
    if not losses and not more.intersection(splits):
        return Html("")
    pairs = [title for split in splits for title in (f"published {split}, %", f"our {split}, %")]
    titles = {"arm": "", **dict.fromkeys(pairs, "number")}
    titles |= (
        dict.fromkeys(["published test loss", f"our {report.conclusion.split} loss"], "number")
        if losses
        else {}
    )
    titles |= {"source": ""} if any(arm.published_source for arm in arms) else {}
    rows = [_write_row(report, arm, splits, titles, styles[arm.name]) for arm in arms]
    return write_table("published", titles, rows, label="Published figures", caption=_caption(report, splits))


def _write_row(
    report: ReportInput, arm: ArmResult, splits: list[str], titles: dict[str, str], style: ArmStyle
) -> Html:
    decimals = choose_decimals(report.conclusion)
    cells: list[str] = []
    for split in splits:
        figure = arm.published.get(split)
        ours = our_share(report, arm, split)
        cells += ["" if figure is None else as_published(figure)]
        cells += ["" if figure is None else "not opened" if ours is None else as_percent(ours, decimals)]
    if f"our {report.conclusion.split} loss" in titles:
        loss = arm.published.get("loss")
        cells += ["" if loss is None else f"{loss:g}", "" if arm.loss is None else f"{arm.loss:.3f}"]
    source = [element("td", arm.published_source, dir="auto")] if "source" in titles else []
    return element(
        "tr", name_cell(arm.name, style), *(element("td", cell, class_="number") for cell in cells), *source
    )


def our_share(report: ReportInput, arm: ArmResult, split: str) -> float | None:
    """The mean over finished runs; accuracy from their histories for a split that was not concluded on."""
    if split == report.conclusion.split:
        return arm.mean
    if split == "test":
        return None
    found = []
    for seed, epochs in report.histories.get(arm.name, {}).items():
        if arm.scores.get(seed) is None or not epochs:
            continue
        speaks = _scored_epoch(report, report.runs[arm.name][seed], epochs)
        found.append(speaks.train_accuracy if split == "train" else speaks.validation_accuracy)
    return fmean(found) if found else None


def _scored_epoch(report: ReportInput, run: RunRecord, epochs: list[EpochRecord]) -> EpochRecord:
    """The epoch that speaks for the run."""
    weights = report.conclusion.weights
    if (scored_epoch(run.recipe) if weights == "each" else weights) == "last":
        return epochs[-1]
    return next((epoch for epoch in epochs if epoch.epoch == run.best_epoch), epochs[-1])


def _caption(report: ReportInput, splits: list[str]) -> str:
    said = ["Published figures of each arm, and ours of the same split, means over finished runs."]
    if "train" in splits:
        said.append(
            "Ours on train is measured while training, with its augmentation and dropout, in the epoch that "
            "speaks for a run."
        )
    if "test" in splits and report.conclusion.split != "test":
        opened = "not been opened for this revision" if report.conclusion.looks else "not been opened"
        said.append(f"The test set has {opened}, so figures on test have none of ours beside them.")
    if report.conclusion.metric != "accuracy":
        metric = report.conclusion.metric.replace("_", " ")
        said.append(f"Ours on {report.conclusion.split} is {metric}.")
    return " ".join(said)
