import pytest


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache, for this test alone."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("PARIBUS_CACHE", str(folder))
    return folder
