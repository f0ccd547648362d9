"""A set that is never held in memory: it is written and trained on block by block."""

import runpy
from pathlib import Path

import pytest

BENCHMARK = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "data.py"))
IMAGES = 70_000  # of 3 x 64 x 64


@pytest.mark.slow
def test_what_a_process_holds_does_not_grow_with_the_pixels(tmp_path):
    told = BENCHMARK["run"](BENCHMARK["LARGE"], str(IMAGES), cache=tmp_path)
    size, writing, before, training = map(float, told.split())
    assert size == pytest.approx(IMAGES * 3 * 64 * 64 / 1e6)
    assert writing < 0.4 * size
    assert training - before < 0.4 * size
