from paribus.executors import EXECUTORS
from tests.contracts.executor_contract import ExecutorContract


class TestInline(ExecutorContract):
    name = "inline"


class TestLocal(ExecutorContract):
    name = "local"


def test_every_executor_of_the_table_is_held_to_the_contract():
    assert {kind.name for kind in ExecutorContract.__subclasses__()} == set(EXECUTORS)
