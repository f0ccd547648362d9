"""What every ledger promises about commands at work, and about asking them to stop."""

import pytest
from sqlalchemy import update

from paribus.store import (
    ask_to_stop,
    beat_sitting,
    begin_sitting,
    end_sitting,
    host_name,
    is_asked_to_stop,
    open_ledger,
    read_sittings,
    register_study,
)
from paribus.store.claims import SILENT_SECONDS
from paribus.store.schema import sittings

from .ledger_contract import entry


def change(ledger, **values):
    with ledger.writing() as connection:
        connection.execute(update(sittings).values(values))


class SittingContract:
    @pytest.fixture
    def ledger(self, store):
        with open_ledger(store) as ledger:
            yield ledger

    @pytest.fixture
    def study(self, ledger):
        return register_study(ledger, entry())

    def test_a_command_at_work_is_known_until_it_ends(self, ledger, study):
        assert read_sittings(ledger, "study") == []
        number = begin_sitting(ledger, study, slots=3)
        [sitting] = read_sittings(ledger, "study")
        assert (sitting.id, sitting.slots, sitting.lives, sitting.ended) == (number, 3, True, None)
        end_sitting(ledger, number)
        [sitting] = read_sittings(ledger, "study")
        assert not sitting.lives
        assert sitting.ended >= sitting.started

    def test_a_stop_reaches_every_command_at_work_on_the_study_whichever_revision(self, ledger, study):
        other = register_study(ledger, entry("r2", seeds=3))
        elsewhere = register_study(ledger, entry(name="another"))
        numbers = [begin_sitting(ledger, one, slots=1) for one in (study, other, elsewhere)]
        assert ask_to_stop(ledger, "study") == 2
        assert [is_asked_to_stop(ledger, number) for number in numbers] == [True, True, False]

    def test_a_stop_does_not_reach_the_command_that_comes_after(self, ledger, study):
        first = begin_sitting(ledger, study, slots=1)
        ask_to_stop(ledger, "study")
        end_sitting(ledger, first)
        assert not is_asked_to_stop(ledger, begin_sitting(ledger, study, slots=1))

    def test_nobody_is_asked_where_nobody_is_at_work(self, ledger, study):
        assert ask_to_stop(ledger, "study") == 0
        end_sitting(ledger, begin_sitting(ledger, study, slots=1))
        assert ask_to_stop(ledger, "study") == 0

    def test_a_process_number_that_was_used_again_is_not_asked(self, ledger, study):
        """Its command was killed, and left no word."""
        number = begin_sitting(ledger, study, slots=1)
        change(ledger, pid_started=sittings.c.pid_started - 60)
        assert ask_to_stop(ledger, "study") == 0
        assert not is_asked_to_stop(ledger, number)
        [sitting] = read_sittings(ledger, "study")
        assert (sitting.lives, sitting.ended) == (False, None)

    @pytest.mark.parametrize(("silent_for", "lives"), [(0, True), (SILENT_SECONDS + 1, False)])
    def test_a_command_on_another_host_is_judged_by_its_heartbeat(self, ledger, study, silent_for, lives):
        number = begin_sitting(ledger, study, slots=1)
        change(ledger, host=f"not-{host_name()}", heartbeat=sittings.c.heartbeat - silent_for)
        assert read_sittings(ledger, "study")[0].lives is lives
        beat_sitting(ledger, number)
        assert read_sittings(ledger, "study")[0].lives

    def test_those_that_live_are_read_and_the_last_one_that_does_not(self, ledger, study):
        first, second, third, fourth = (begin_sitting(ledger, study, slots=1) for _ in range(4))
        for number in (first, third):
            end_sitting(ledger, number)
        assert [sitting.id for sitting in read_sittings(ledger, "study")] == [fourth, third, second]

    def test_asking_twice_is_asking_once(self, ledger, study):
        begin_sitting(ledger, study, slots=1)
        ask_to_stop(ledger, "study")
        [before] = read_sittings(ledger, "study")
        assert ask_to_stop(ledger, "study") == 1
        assert read_sittings(ledger, "study") == [before]
