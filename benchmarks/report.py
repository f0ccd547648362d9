"""The page of a report: how large it is, how long it takes to be made and to be opened, against stated goals.

A large study has 40 arms, 10 seeds and 100 epochs of 200 steps. Made: from the records, read already, to the
page as a file. Opened: until Chromium has loaded it and drawn what stands on the screen; the rest is drawn
when it comes near, and all of it before printing.

    python benchmarks/report.py
"""

import argparse
import json
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import Any

from paribus.report import ReportInput, build_page

MEGABYTE = 1e6
GOALS = {"megabytes": 3.0, "made": 20.0, "opened": 3.0}
ROOT = Path(__file__).resolve().parents[1]


def make_study(arms: int, seeds: int, epochs: int, steps: int) -> ReportInput:
    """As in the tests: a study that never ran, with plausible curves."""
    make_report: Any = import_module("tests.report.example").make_report
    gains = {f"optimizer.lr={k + 1}e-4": 0.0005 * (k % 7) for k in range(arms)}
    report: ReportInput = make_report(gains, seeds=seeds, epochs=epochs, steps=steps)
    return report


def measure_making(report: ReportInput, path: Path) -> float:
    started = time.perf_counter()
    path.write_text(build_page(report), encoding="utf-8")
    return time.perf_counter() - started


def measure_opening(path: Path, folder: Path) -> tuple[float, float] | None:
    """Seconds until the first screen is drawn, and until everything is; None without a browser."""
    driving: Any = import_module("tests.report.browser.driving")
    if not (driving.CHROMIUM and driving.CHROMEDRIVER):
        print(f"not opened: {driving.HOW_TO_GET}")
        return None
    browser = driving.Browser(folder)
    try:
        browser.open(path)  # the first page of a browser is slower, whatever it holds
        started = time.perf_counter()
        browser.open(path)
        browser.settle()
        opened = time.perf_counter() - started
        browser.draw_all()
        return opened, time.perf_counter() - started
    finally:
        browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.parse_args()
    sys.path.insert(0, str(ROOT))
    ratios = {}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        usual, large = folder / "usual.html", folder / "large.html"
        measure_making(make_study(10, 5, 20, 300), usual)  # the first draws in imports and the bundle too
        size = usual.stat().st_size / MEGABYTE
        ratios["megabytes"] = size / GOALS["megabytes"]
        print(f"10 arms x 5 seeds                {size:6.2f} MB  goal {GOALS['megabytes']:g} MB")
        made = measure_making(make_study(40, 10, 100, 200), large)
        ratios["made"] = made / GOALS["made"]
        print("40 arms x 10 seeds x 100 epochs")
        print(f"  size                           {large.stat().st_size / MEGABYTE:6.2f} MB")
        print(f"  made                           {made:6.2f} s   goal {GOALS['made']:g} s")
        if found := measure_opening(large, folder):
            opened, drawn = found
            ratios["opened"] = opened / GOALS["opened"]
            print(f"  opened                         {opened:6.2f} s   goal {GOALS['opened']:g} s")
            print(f"  every chart drawn              {drawn:6.2f} s")
    print(json.dumps({name: round(ratio, 3) for name, ratio in ratios.items()}))


if __name__ == "__main__":
    main()
