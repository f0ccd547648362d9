"""The contract of every ledger on SQLite, and what is SQLite's own: its file."""

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from paribus.errors import LedgerTooNew, StoreError
from paribus.store import claim_run, open_ledger, read_runs, read_states, register_study
from paribus.store.ledger import LEDGER_FILE
from paribus.store.migrations import VERSION
from tests.contracts.ledger_contract import LedgerContract, entry, finish

PROC = Path("/proc/self/task")  # a folder that even root cannot write


class TestSqliteLedger(LedgerContract):
    @pytest.fixture
    def store(self, tmp_path):
        return tmp_path / ".paribus"


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def version_in(folder):
    with sqlite3.connect(folder / LEDGER_FILE) as connection:
        (version,) = connection.execute("SELECT version FROM ledger_version").fetchone()
    connection.close()
    return version


def write_version(folder, version):
    with sqlite3.connect(folder / LEDGER_FILE) as connection:
        connection.execute("UPDATE ledger_version SET version = ?", (version,))
    connection.close()


@pytest.fixture
def folder(tmp_path):
    """A ledger that holds one study, closed."""
    with open_ledger(tmp_path) as ledger:
        register_study(ledger, entry())
    return tmp_path


def message_of(folder, **arguments):
    with pytest.raises(StoreError) as caught:
        open_ledger(folder, **arguments)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_new_ledger_has_the_version_of_this_paribus(folder):
    assert version_in(folder) == VERSION


def test_an_empty_file_becomes_a_ledger(tmp_path):
    (tmp_path / LEDGER_FILE).touch()
    with open_ledger(tmp_path) as ledger:
        register_study(ledger, entry())
    assert version_in(tmp_path) == VERSION


def test_a_new_file_that_another_writes_becomes_a_ledger_once_he_has_written(tmp_path):
    other = sqlite3.connect(tmp_path / LEDGER_FILE, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    other.execute("CREATE TABLE something (x)")
    writes = threading.Timer(0.3, other.commit)
    writes.start()
    open_ledger(tmp_path).close()
    writes.join()
    other.close()
    assert (tmp_path / LEDGER_FILE).read_bytes()[18:20] == b"\2\2"  # write-ahead logging


def test_a_ledger_of_this_version_is_left_as_it_is(folder):
    before = (folder / LEDGER_FILE).read_bytes()
    with open_ledger(folder) as ledger:
        assert len(read_states(ledger, entry().recipes)) == 4
    assert (folder / LEDGER_FILE).read_bytes() == before


def test_results_of_an_older_ledger_were_known_when_they_ended(tmp_path):
    with open_ledger(tmp_path) as ledger:
        register_study(ledger, entry())
        finish(ledger, claim_run(ledger, "a0", {}))
    with sqlite3.connect(tmp_path / LEDGER_FILE) as connection:
        connection.execute("ALTER TABLE runs DROP COLUMN known")
        connection.execute("UPDATE ledger_version SET version = 4")
    connection.close()
    with open_ledger(tmp_path) as ledger:
        runs = read_runs(ledger)
    assert runs["a0"].known == runs["a0"].ended
    assert runs["b0"].known is None


@pytest.mark.parametrize("create", [True, False])
def test_a_newer_ledger_is_refused_untouched(folder, create):
    write_version(folder, VERSION + 1)
    before = (folder / LEDGER_FILE).read_bytes()
    with pytest.raises(LedgerTooNew):
        open_ledger(folder, create=create)
    assert message_of(folder) == (
        f"{folder / LEDGER_FILE}: this ledger has version {VERSION + 1}, this paribus knows versions up to "
        f"{VERSION}. Upgrade paribus, or name another place with --store"
    )
    assert (folder / LEDGER_FILE).read_bytes() == before
    assert names_in(folder) == [LEDGER_FILE]


def test_a_migration_that_fails_half_way_leaves_the_file_as_it_was(tmp_path):
    with sqlite3.connect(tmp_path / LEDGER_FILE) as connection:
        connection.execute("CREATE TABLE test_looks (other INTEGER)")  # its foreign keys cannot be made
        connection.execute("CREATE INDEX ix_runs_state ON test_looks (other)")
    connection.close()
    with pytest.raises(StoreError):
        open_ledger(tmp_path)
    with sqlite3.connect(tmp_path / LEDGER_FILE) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    connection.close()
    assert tables == [("test_looks",)]


def test_a_file_that_is_no_ledger_says_so(tmp_path):
    (tmp_path / LEDGER_FILE).write_bytes(b"no ledger at all, but long enough for a header" * 100)
    assert message_of(tmp_path) == (
        f"{tmp_path / LEDGER_FILE}: file is not a database; "
        "it is damaged: put a copy of it back, or move it away, and what it knew is trained again"
    )


def test_a_ledger_whose_pages_are_damaged_says_so(folder):
    file = folder / LEDGER_FILE
    content = bytearray(file.read_bytes())
    content[100:] = b"\xff" * (len(content) - 100)
    file.write_bytes(content)
    assert message_of(folder).startswith(f"{file}: ")


def test_a_ledger_that_is_not_there_is_not_made_unless_asked_for(tmp_path):
    folder = tmp_path / "none"
    assert message_of(folder, create=False) == f"{folder}: no ledger here yet; 'paribus run' makes one"
    assert not folder.exists()


def test_a_file_in_the_place_of_the_folder_says_so(tmp_path):
    (tmp_path / "file").touch()
    assert (
        message_of(tmp_path / "file")
        == f"{tmp_path / 'file'}: cannot be made: File exists; name another with --store"
    )
    assert (
        message_of(tmp_path / "file" / "x")
        == f"{tmp_path / 'file' / 'x'}: cannot be made: Not a directory; name another with --store"
    )


def test_a_folder_in_the_place_of_the_file_says_so(tmp_path):
    (tmp_path / LEDGER_FILE).mkdir()
    assert message_of(tmp_path) == (
        f"{tmp_path / LEDGER_FILE}: unable to open database file; "
        "make the folder writable, or name another with --store"
    )


@pytest.mark.skipif(not PROC.is_dir(), reason="no folder here that even root cannot write")
def test_a_folder_that_cannot_be_written_says_so():
    assert message_of(PROC) == (
        f"{PROC}/{LEDGER_FILE}: unable to open database file; "
        "make the folder writable, or name another with --store"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write whatever its permissions say")
def test_a_ledger_that_may_only_be_read_says_so_when_written(folder):
    (folder / LEDGER_FILE).chmod(0o400)
    with open_ledger(folder) as ledger, pytest.raises(StoreError, match="make the folder writable"):
        register_study(ledger, entry("r2"))


def test_a_ledger_where_nothing_can_be_written_may_be_read(folder, monkeypatch):
    """As on a medium that is read-only: SQLite may make no file beside it."""
    with sqlite3.connect(folder / LEDGER_FILE) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    monkeypatch.setattr(os, "statvfs", lambda _path: SimpleNamespace(f_flag=os.ST_RDONLY))
    with open_ledger(folder, create=False) as ledger:
        assert read_states(ledger, entry().recipes)
        assert names_in(folder) == [LEDGER_FILE]
        with pytest.raises(StoreError, match="make the folder writable"):
            register_study(ledger, entry("r2"))
    write_version(folder, VERSION - 1)
    assert f"has version {VERSION - 1}, and lies where it cannot be brought" in message_of(
        folder, create=False
    )


# A process that may write no file beyond a size registers studies until it can no more.
FILLER = """
import resource, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from tests.contracts.ledger_contract import entry
from paribus.errors import StoreError
from paribus.store import open_ledger, register_study
with open_ledger(Path(sys.argv[1])) as ledger:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (420_000, 420_000))
    for number in range(1000):
        try:
            register_study(ledger, entry(f"r{number}", name=f"s{number}", arms=(f"{number}" * 30,)))
        except StoreError as error:
            print(error)
            break
        print(number)
"""


def test_a_full_disk_is_said_and_no_record_is_lost(tmp_path):
    """The limit on a file's size stands in for the disk: the system's own calls fail."""
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", FILLER, str(tmp_path), root], capture_output=True, text=True, check=True
    )
    *written, told = done.stdout.splitlines()
    assert told == (
        f"{tmp_path / LEDGER_FILE}: disk I/O error; free some space and run the same command again; "
        "nothing is lost"
    )
    assert len(written) > 10
    with open_ledger(tmp_path) as ledger:
        names = [f"{number}" * 30 + str(seed) for number in written for seed in (0, 1)]
        assert read_states(ledger, names) == dict.fromkeys(names, "planned")
        register_study(ledger, entry("again"))
