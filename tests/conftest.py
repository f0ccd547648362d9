import os

import pytest


def pytest_configure():
    """Beside others, who runs tests keeps to processors of its own, and so does all that it starts."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker and hasattr(os, "sched_setaffinity"):
        everyone = sorted(os.sched_getaffinity(0))
        own = everyone[int(worker.removeprefix("gw")) :: int(os.environ["PYTEST_XDIST_WORKER_COUNT"])]
        os.sched_setaffinity(0, own or everyone)


def pytest_collection_modifyitems(items):
    """Files with slow tests come first, so that none of them is what everybody waits for at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session", autouse=True)
def _a_cache_of_its_own(tmp_path_factory):
    """No test reads or writes the user's cache; worker processes inherit it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PARIBUS_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield
