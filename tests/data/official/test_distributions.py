import hashlib

import pytest

from paribus.data.official.distributions import Wanted, home_of
from paribus.data.official.download import Remote
from paribus.data.progress import tell_nobody
from paribus.errors import DataError

from .web import serving

CONTENT = b"what everyone calls the set"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def wanted(url="http://127.0.0.1:9/set.bin", **others):
    return Wanted(Remote("set.bin", len(CONTENT), SHA256, (url,)), **others)


def test_a_set_is_known_before_and_after_its_download_by_the_same_digest(cache):
    with serving(files={"/set.bin": CONTENT}) as web:
        one = wanted(web.url("/set.bin"))
        home = home_of("my-set", None)
        before = home.digest(one, tell_nobody)
        assert web.asked == []
        path = home.obtain(one, tell_nobody)
        assert path == cache / "downloads" / "my-set" / "set.bin"
        assert home.digest(one, tell_nobody) == before == SHA256
        assert home.obtain(one, tell_nobody) == path
        assert len(web.asked) == 1


def test_a_file_that_is_there_is_known_by_what_it_holds(tmp_path, monkeypatch):
    monkeypatch.setenv("PARIBUS_DATA", str(tmp_path))
    (tmp_path / "my-set").mkdir()
    (tmp_path / "my-set" / "set.bin").write_bytes(b"mine")
    home = home_of("my-set", None)
    assert home.digest(wanted(), tell_nobody) == hashlib.sha256(b"mine").hexdigest()
    assert home.obtain(wanted(), tell_nobody).read_bytes() == b"mine"


def test_what_does_as_well_is_found_too(tmp_path):
    (tmp_path / "unpacked").mkdir()
    (tmp_path / "unpacked" / "a").write_text("a")
    one = wanted(instead=("unpacked",), sign="a")
    for path in (tmp_path, tmp_path / "unpacked"):
        assert home_of("my-set", str(path)).look(one) == tmp_path / "unpacked"
    members = home_of("my-set", str(tmp_path)).digest(one, tell_nobody, ["a", "b"])
    (tmp_path / "unpacked" / "b").write_text("b")
    assert home_of("my-set", str(tmp_path)).digest(one, tell_nobody, ["a", "b"]) != members
    (tmp_path / "mine.tar").write_text("an archive of another name")
    assert home_of("my-set", str(tmp_path / "mine.tar")).look(one) == tmp_path / "mine.tar"


def test_where_a_folder_is_named_nothing_is_downloaded(tmp_path):
    with serving(files={"/set.bin": CONTENT}) as web:
        for path in (tmp_path, tmp_path / "nowhere"):
            with pytest.raises(DataError, match=r"'set\.bin'"):
                home_of("my-set", str(path)).obtain(wanted(web.url("/set.bin")), tell_nobody)
        assert web.asked == []
