"""What averaging the seeds gives, from the first run to the report."""

import csv
import re

from .commands import paribus, write_study

HELD = ("--set", 'randomise=["weights", "order", "augment", "dropout"]')


def test_held_validation_images_are_enough_and_the_test_set_stays_shut(tmp_path):
    write_study(tmp_path)
    assert "members" not in paribus(tmp_path, "report", "--markdown", code=2).stdout
    paribus(tmp_path, "run", *HELD)
    told = paribus(tmp_path, "report", "--markdown", *HELD).stdout
    assert "Accuracy on validation images that all runs of an arm judged" in told
    assert "the test set has not been opened" in told
    rows = re.findall(r"^\| (optimizer.lr=\S+) \| 2 \| 143 \| [\d.]+ \| [\d.]+ \|", told, re.MULTILINE)
    assert rows == ["optimizer.lr=0.01", "optimizer.lr=0.001"]


def test_drawn_validation_images_are_not_and_the_opened_test_set_is(tmp_path):
    write_study(tmp_path)
    paribus(tmp_path, "run")
    assert "can be averaged only on images that all of them judged" in (tmp_path / "study.html").read_text()
    assert "together" not in paribus(tmp_path, "report", "--markdown").stdout
    paribus(tmp_path, "test", "--yes")
    told = paribus(tmp_path, "report", "--markdown", "-o", "study.csv").stdout
    assert "Accuracy on test images that all runs of an arm judged" in told
    paribus(tmp_path, "report", "-o", "study.csv")
    with (tmp_path / "study.csv").open() as file:
        found = [float(row["ensemble"]) for row in csv.DictReader(file)]
    assert all(0.2 < score <= 1 for score in found)
    assert len(found) == 2
