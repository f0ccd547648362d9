"""What could not be written is refused beforehand, and nothing is written to find out."""

import os

import pytest

from paribus.errors import StoreError
from paribus.store import make_folder, refuse_unwritable, refuse_unwritable_folder


def test_a_folder_that_is_not_there_is_no_fault_and_is_not_made_yet(tmp_path):
    refuse_unwritable(tmp_path / "new" / "deep" / "report.html", tmp_path / "report.html")
    refuse_unwritable_folder(tmp_path / "new" / "figures")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_may_be_written_anew(tmp_path):
    (tmp_path / "report.html").write_text("old")
    refuse_unwritable(tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text() == "old"


def test_a_file_in_the_way_is_refused_with_its_name(tmp_path):
    (tmp_path / "file").write_text("")
    for refuse, verb, other in [
        (refuse_unwritable, "written", "place"),
        (refuse_unwritable_folder, "made", "folder"),
    ]:
        with pytest.raises(StoreError) as caught:
            refuse(tmp_path / "file" / "deep" / "x")
        assert str(caught.value) == (
            f"{tmp_path / 'file' / 'deep' / 'x'}: cannot be {verb}: '{tmp_path / 'file'}' is no folder; "
            f"name another {other}"
        )


def test_a_folder_where_a_file_is_wanted_is_refused(tmp_path):
    with pytest.raises(StoreError, match="cannot be written: it is a folder; name a file in it"):
        refuse_unwritable(tmp_path)
    refuse_unwritable_folder(tmp_path)


def test_a_link_to_nowhere_is_in_the_way(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    with pytest.raises(StoreError, match="link' is no folder"):
        refuse_unwritable(tmp_path / "link" / "report.html")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_takes_nothing_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(StoreError, match="nothing may be written into"):
        refuse_unwritable(tmp_path / "new" / "report.html")


def test_a_folder_is_made_with_those_that_it_lies_in(tmp_path):
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"x: cannot be made: Not a directory; name another folder"):
        make_folder(tmp_path / "file" / "x")
