from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from paribus.nets.asides import aside_of, write_aside


def test_a_file_is_written_whole_and_nothing_is_left_beside_it(tmp_path):
    file = tmp_path / "facts.json"
    write_aside(file, "old")
    write_aside(file, "new")
    assert [(found.name, found.read_text()) for found in tmp_path.iterdir()] == [("facts.json", "new")]


def test_what_cannot_take_its_place_is_removed(tmp_path):
    (tmp_path / "folder" / "within").mkdir(parents=True)
    with pytest.raises(OSError, match="folder"):
        write_aside(tmp_path / "folder", "text")
    assert [found.name for found in tmp_path.iterdir()] == ["folder"]


def test_each_thread_writes_aside_under_a_name_of_its_own(tmp_path):
    both = Barrier(2)

    def name(_number):
        both.wait()
        return aside_of(tmp_path / "net.pth")

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(name, range(2))
    assert one != other
    assert one.parent == other.parent == tmp_path
