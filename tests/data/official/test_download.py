import hashlib
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from paribus.data.official.download import Remote, fetch, part_of
from paribus.data.progress import tell_nobody
from paribus.errors import DataError

from .web import serving

CONTENT = np.random.default_rng(0).bytes(300_000)
OTHER = np.random.default_rng(1).bytes(300_000)

# What a process of its own does: fetches one file, and says when it begins to come.
FETCHER = """
import hashlib, sys
from pathlib import Path
from paribus.data.official.download import Remote, fetch

def tell(progress):
    print(progress.done, flush=True)

name, size, sha256, url, folder = sys.argv[1:]
fetch(Remote(name, int(size), sha256, (url,)), Path(folder), tell)
print("done", flush=True)
"""


def remote(*urls, content=CONTENT):
    return Remote("set.bin", len(content), hashlib.sha256(content).hexdigest(), urls)


def fetcher(wanted, folder):
    arguments = [wanted.name, str(wanted.size), wanted.sha256, wanted.urls[0], str(folder)]
    return subprocess.Popen([sys.executable, "-c", FETCHER, *arguments], stdout=subprocess.PIPE, text=True)


def refusal(wanted, folder, timeout_seconds=5.0):
    with pytest.raises(DataError) as caught:
        fetch(wanted, folder, tell_nobody, timeout_seconds)
    assert "\n" not in str(caught.value)
    assert not (folder / wanted.name).exists()
    return str(caught.value)


def test_a_file_that_is_there_is_used_as_it_is(tmp_path):
    (tmp_path / "set.bin").write_bytes(b"my own")
    path = fetch(remote("http://127.0.0.1:9/set.bin"), tmp_path, tell_nobody)
    assert path.read_bytes() == b"my own"


def test_a_missing_file_is_downloaded_and_told_of(tmp_path):
    told = []
    with serving(files={"/set.bin": CONTENT}) as web:
        path = fetch(remote(web.url("/set.bin")), tmp_path / "new" / "folder", told.append)
    assert path.read_bytes() == CONTENT
    assert told[-1].done == told[-1].total == 300_000
    assert {(one.what, one.unit) for one in told} == {("Downloading set.bin", "bytes")}
    assert not part_of(path).exists()


@pytest.mark.parametrize("sized", [True, False])
def test_what_lies_there_already_is_not_asked_for_again(tmp_path, sized):
    (tmp_path / "set.bin.part").write_bytes(CONTENT[:123_456])
    with serving(files={"/set.bin": CONTENT}, sized=sized) as web:
        path = fetch(remote(web.url("/set.bin")), tmp_path, tell_nobody)
        assert web.asked == [("/set.bin", "bytes=123456-")]
    assert path.read_bytes() == CONTENT


def test_a_whole_part_is_not_asked_for_at_all(tmp_path):
    (tmp_path / "set.bin.part").write_bytes(CONTENT)
    with serving() as web:
        assert fetch(remote(web.url("/set.bin")), tmp_path, tell_nobody).read_bytes() == CONTENT
        assert web.asked == []


def test_a_server_without_ranges_begins_anew(tmp_path):
    (tmp_path / "set.bin.part").write_bytes(OTHER[:123_456])
    with serving(files={"/set.bin": CONTENT}, ranges=False) as web:
        assert fetch(remote(web.url("/set.bin")), tmp_path, tell_nobody).read_bytes() == CONTENT


def test_a_connection_that_breaks_is_taken_up_where_it_broke(tmp_path):
    with serving(files={"/set.bin": CONTENT}, cut_after=70_000) as web:
        assert fetch(remote(web.url("/set.bin")), tmp_path, tell_nobody).read_bytes() == CONTENT
        assert [where for _, where in web.asked] == [
            None, "bytes=70000-", "bytes=140000-", "bytes=210000-", "bytes=280000-",
        ]  # fmt: skip


def test_what_is_begun_anew_keeps_nothing_of_what_lay_there(tmp_path):
    (tmp_path / "set.bin.part").write_bytes(OTHER[:200_000])
    with serving(files={"/set.bin": CONTENT}, ranges=False, cut_after=70_000) as web:
        assert "(its connection broke)" in refusal(remote(web.url("/set.bin")), tmp_path)
    assert (tmp_path / "set.bin.part").read_bytes() == CONTENT[:70_000]


@pytest.mark.parametrize("part", [OTHER[:100_000], OTHER, OTHER + b"more"])
def test_a_part_of_another_file_is_found_out_and_fetched_anew(tmp_path, part):
    (tmp_path / "set.bin.part").write_bytes(part)
    with serving(files={"/set.bin": CONTENT}) as web:
        assert fetch(remote(web.url("/set.bin")), tmp_path, tell_nobody).read_bytes() == CONTENT


def test_wrong_bytes_are_removed_and_said_and_the_next_address_is_tried(tmp_path):
    with serving(files={"/wrong.bin": OTHER, "/set.bin": CONTENT}) as web:
        wrong, right = web.url("/wrong.bin"), web.url("/set.bin")
        assert f"{wrong} (what it gives has another SHA-256, and was removed)" in refusal(
            remote(wrong), tmp_path
        )
        assert not (tmp_path / "set.bin.part").exists()
        assert fetch(remote(wrong, right), tmp_path, tell_nobody).read_bytes() == CONTENT


def test_addresses_are_tried_in_their_order_until_one_gives_the_file(tmp_path):
    with serving(files={"/short.bin": CONTENT[:-1], "/set.bin": CONTENT}) as web:
        urls = [web.url(path) for path in ("/nowhere.bin", "/short.bin", "/set.bin")]
        assert fetch(remote(*urls), tmp_path, tell_nobody).read_bytes() == CONTENT
        assert [path for path, _ in web.asked] == ["/nowhere.bin", "/short.bin", "/set.bin"]


def test_without_any_web_one_line_says_what_to_put_where(tmp_path):
    with serving(files={"/short.bin": CONTENT[:-1]}) as web:
        missing, short = web.url("/set.bin"), web.url("/short.bin")
        shut = "http://127.0.0.1:9/set.bin"
        assert refusal(remote(missing, short, shut), tmp_path) == (
            f"set.bin (300,000 bytes) could not be downloaded; tried: {missing} (answers 404 Not Found), "
            f"{short} (offers 299,999 bytes), {shut} (Connection refused). "
            f"Put it into {tmp_path}, or say in data.path where it lies"
        )


def test_a_server_that_says_nothing_is_given_up(tmp_path):
    with serving(files={"/set.bin": CONTENT}, hang=3) as web:
        begun = time.monotonic()
        assert "(does not answer in time)" in refusal(remote(web.url("/set.bin")), tmp_path, 0.2)
        assert time.monotonic() - begun < 2.5


def test_a_server_that_stops_in_the_middle_is_given_up_and_what_came_is_kept(tmp_path):
    with serving(files={"/set.bin": CONTENT}, pause=0.02, cut_after=0) as web:
        assert "(its connection broke)" in refusal(remote(web.url("/set.bin")), tmp_path)
        web.cut_after = 200_000
        web.files["/set.bin"] = CONTENT[:200_000]
        web.sized = False
        assert "bytes)" in refusal(remote(web.url("/set.bin")), tmp_path)
    assert (tmp_path / "set.bin.part").read_bytes() == CONTENT[:200_000]


def test_another_part_than_asked_for_is_refused(tmp_path):
    (tmp_path / "set.bin.part").write_bytes(CONTENT[:100_000])
    with serving(files={"/set.bin": CONTENT}, shift=10) as web:
        assert "(answers with another part of the file)" in refusal(remote(web.url("/set.bin")), tmp_path)
    assert (tmp_path / "set.bin.part").read_bytes() == CONTENT[:100_000]


def test_more_than_there_should_be_is_not_taken(tmp_path):
    with serving(files={"/set.bin": CONTENT + OTHER * 20}, sized=False) as web:
        assert fetch(remote(web.url("/set.bin")), tmp_path, tell_nobody).read_bytes() == CONTENT


def test_a_disk_without_room_is_said_before_anything_is_fetched(tmp_path):
    with serving() as web:
        huge = Remote("set.bin", 10**18, "0" * 64, (web.url("/set.bin"),))
        assert "needs 1,000,000,000,000,000,000 bytes and there is room for" in refusal(huge, tmp_path)
        assert web.asked == []


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("where the folder should be")
    with pytest.raises(DataError, match="file/set: cannot be written: Not a directory"):
        fetch(remote("http://127.0.0.1:9/set.bin"), tmp_path / "file" / "set", tell_nobody)


def test_two_processes_at_once_fetch_it_once(tmp_path):
    with serving(files={"/set.bin": CONTENT}, pause=0.02) as web:
        wanted = remote(web.url("/set.bin"))
        both = [fetcher(wanted, tmp_path) for _ in range(2)]
        assert all(process.communicate(timeout=60)[0].endswith("done\n") for process in both)
        assert len(web.asked) == 1
    assert (tmp_path / "set.bin").read_bytes() == CONTENT


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_download_that_is_interrupted_goes_on_from_there(tmp_path, how):
    with serving(files={"/set.bin": CONTENT}, pause=0.05) as web:
        wanted = remote(web.url("/set.bin"))
        process = fetcher(wanted, tmp_path)
        assert int(process.stdout.readline()) > 0
        os.kill(process.pid, how)
        process.communicate(timeout=60)
        kept = (tmp_path / "set.bin.part").stat().st_size
        assert 0 < kept < 300_000
        web.pause = 0.0
        assert fetch(wanted, tmp_path, tell_nobody).read_bytes() == CONTENT
        assert web.asked[-1] == ("/set.bin", f"bytes={kept}-")
