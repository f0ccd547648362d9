import sqlite3

import pytest

from paribus.store import begin_sitting, open_ledger, read_states, register_study
from paribus.store.ledger import LEDGER_FILE
from tests.contracts.ledger_contract import entry
from tests.contracts.sitting_contract import SittingContract


class TestSqliteSittings(SittingContract):
    @pytest.fixture
    def store(self, tmp_path):
        return tmp_path / ".paribus"


def test_a_ledger_from_before_they_were_known_keeps_its_runs_and_learns_of_them(tmp_path):
    with open_ledger(tmp_path) as ledger:
        register_study(ledger, entry())
    with sqlite3.connect(tmp_path / LEDGER_FILE) as connection:
        connection.execute("DROP TABLE sittings")
        connection.execute("UPDATE ledger_version SET version = 2")
    connection.close()
    with open_ledger(tmp_path) as ledger:
        assert len(read_states(ledger, entry().recipes)) == 4
        assert begin_sitting(ledger, register_study(ledger, entry()), slots=1) == 1
