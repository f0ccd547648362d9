"""A real browser, without a window: the system's Chromium, driven through its own driver."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from tests.report.browser.driving import CHROMEDRIVER, CHROMIUM, HOW_TO_GET, QUIET


@contextmanager
def browse(profile: Path) -> Iterator["Browser"]:
    """A browser with a profile of its own; skips where none is installed, and fails there in CI."""
    if not (CHROMIUM and CHROMEDRIVER):
        (pytest.fail if os.environ.get("CI") else pytest.skip)(HOW_TO_GET)
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for word in (*QUIET, f"--user-data-dir={profile}"):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(CHROMEDRIVER))
    driver.set_page_load_timeout(120)
    driver.set_script_timeout(120)
    try:
        yield Browser(driver)
    finally:
        driver.quit()


class Browser:
    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, address: str) -> None:
        self.driver.get(address)

    def text(self, selector: str = "body") -> str:
        """What a person sees there."""
        return str(self.ask(f"return document.querySelector({selector!r})?.innerText ?? ''"))

    def ask(self, script: str) -> Any:
        return self.driver.execute_script(script)

    def click(self, selector: str) -> None:
        self.driver.find_element("css selector", selector).click()

    def wait_for(self, seen: Callable[[], Any], seconds: float = 240) -> Any:
        deadline = time.monotonic() + seconds
        while not (found := seen()):
            assert time.monotonic() < deadline, f"not seen in {seconds} s:\n{self.text()}"
            time.sleep(0.1)
        return found

    def complaints(self) -> list[str]:
        """What the console has, since it was last asked."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def scheme(self, name: str) -> None:
        """`light` or `dark`."""
        features = {"features": [{"name": "prefers-color-scheme", "value": name}]}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", features)

    def shoot(self, path: Path, width: int, height: int = 1000) -> None:
        """The whole page, as wide as asked for."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        time.sleep(1)  # charts are drawn anew in the new width
        tall = self.ask("return document.documentElement.scrollHeight")
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride", metrics | {"height": max(int(tall), height)}
        )
        path.write_bytes(self.driver.get_screenshot_as_png())
