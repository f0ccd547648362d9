"""Each block of the reports has its study, or the command that shows it."""

import shlex
from collections import Counter

import pytest

from paribus.cli import import_verb
from paribus.studies import BLOCKS, find_shipped, list_shipped, read_summaries

COUNTS = {"R0": 12, "R1": 9, "R2": 6, "R3": 8, "R4": 8}


def test_every_block_is_there_once_in_order():
    assert list(BLOCKS) == [f"{report}.{n}" for report, count in COUNTS.items() for n in range(1, count + 1)]


def test_every_block_names_a_study_of_its_own_report():
    for name, block in BLOCKS.items():
        assert find_shipped(block.study).report == name.partition(".")[0], name


def test_every_block_is_answered_by_a_study_or_shown_by_a_command():
    answered = Counter(name for one in read_summaries() for name in one.blocks)
    for name, block in BLOCKS.items():
        assert answered[name] == (not block.command), name
        assert bool(block.what) == bool(block.command), name


def test_every_study_is_listed_once():
    listed = [one.shipped.full_name for one in read_summaries()]
    assert sorted(listed) == [one.full_name for one in list_shipped()]


def test_three_blocks_of_one_study_are_neighbours():
    """The list says the first and the last of them."""
    for one in read_summaries():
        numbers = [int(name.partition(".")[2]) for name in one.blocks]
        if len(numbers) > 2:
            assert numbers == list(range(numbers[0], numbers[-1] + 1)), one.shipped.name


@pytest.mark.parametrize("name", [name for name, block in BLOCKS.items() if block.command])
def test_a_command_that_shows_a_block_is_one_and_names_the_study(name):
    paribus, verb, *words = shlex.split(BLOCKS[name].command)
    command = import_verb(verb)
    if hasattr(command, "get_command"):
        command, words = command.get_command(None, words[0]), words[1:]
    assert paribus == "paribus"
    command.make_context(verb, list(words))  # refuses options that it does not have
    assert find_shipped(words[0]).full_name == BLOCKS[name].study
