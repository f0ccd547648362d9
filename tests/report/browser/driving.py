"""A page in real Chromium, as a person has it: opened from a file, looked at, pressed, saved, printed."""

import base64
import json
import shutil
import time
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
CHROMEDRIVER = shutil.which("chromedriver")
HOW_TO_GET = "needs Chromium and its driver; on Debian: apt-get install chromium chromium-driver"
QUIET = (
    "--headless=new",
    "--no-sandbox",
    "--no-first-run",
    "--hide-scrollbars",
    "--disable-gpu",
    "--disable-sync",
    "--disable-extensions",
    "--disable-default-apps",
    "--disable-component-update",
    "--disable-background-networking",
    "--disable-features=Translate,OptimizationHints,MediaRouter",
)
SECONDS = 60  # to wait at the most, also where the machine has other things to do


class Browser:
    """One Chromium for all tests; `open` begins anew."""

    def __init__(self, folder: Path) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for option in (*QUIET, f"--user-data-dir={folder / 'profile'}"):
            options.add_argument(option)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(CHROMEDRIVER))
        self.driver.set_script_timeout(2 * SECONDS)
        self.downloads = folder / "downloads"
        self.downloads.mkdir()
        where = {"behavior": "allow", "downloadPath": str(self.downloads)}
        self.driver.execute_cdp_cmd("Browser.setDownloadBehavior", where)

    def open(self, path: Path, *, width: int = 1280, height: int = 900, dark: bool = False) -> None:
        for log in ("browser", "performance"):
            self.driver.get_log(log)
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
        )
        self.emulate(dark=dark)
        self.driver.get(path.as_uri())
        self.wait("location.href === arguments[0] && document.readyState === 'complete'", path.as_uri())

    def emulate(self, *, dark: bool = False, media: str = "") -> None:
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": [scheme]})

    def close(self) -> None:
        self.driver.quit()

    def ask(self, script: str, *given: object) -> object:
        return self.driver.execute_script(f"return {script}", *given)

    def find(self, selector: str):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def find_all(self, selector: str):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def wait(self, script: str, *given: object) -> object:
        return WebDriverWait(self.driver, SECONDS, 0.02).until(lambda _: self.ask(script, *given))

    def draw_all(self) -> int:
        """As before printing; how many charts there are."""
        self.driver.execute_script("dispatchEvent(new Event('beforeprint'))")
        self.wait("CHARTS.every(({ view, stale }) => view && !stale)")
        return self.ask("CHARTS.length")

    def settle(self) -> None:
        """Waits until everything asked for is drawn."""
        self.driver.execute_async_script(
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(async () => {"
            "await Promise.all(CHARTS.map((chart) => chart.drawing));"
            "await Promise.all(CHARTS.filter((c) => c.view).map((c) => c.view.runAsync())); done(); }))"
        )

    def messages(self) -> list[str]:
        """What the console says, of any kind."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """All that was asked for since the page was opened, the page itself too."""
        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [
            event["params"]["request"]["url"]
            for event in events
            if event["method"] == "Network.requestWillBeSent"
        ]

    def saved(self, name: str) -> Path:
        """The file of that name, once it is whole."""
        path = self.downloads / name
        until = time.monotonic() + SECONDS
        while not path.exists():
            assert time.monotonic() < until, f"{name} was not saved"
            time.sleep(0.02)
        return path

    def print(self) -> bytes:
        """As PDF, on A4."""
        paper = {"paperWidth": 8.27, "paperHeight": 11.69, "printBackground": True}
        return base64.b64decode(self.driver.execute_cdp_cmd("Page.printToPDF", paper)["data"])
