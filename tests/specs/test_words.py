import pytest

from paribus.specs.words import did_you_mean, known, quoted


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "'plain'"),
        ("two\nlines", r"'two\nlines'"),
        ("escape \x1b[31m", r"'escape \x1b[31m'"),
        (True, "true"),
        (None, "null"),
        ([1, "é"], '[1, "é"]'),
        ({1, 2}, '"{1, 2}"'),
        ({(1, 2): 3}, "{(1, 2): 3}"),
        ("x" * 80, "'" + "x" * 58 + "…"),
    ],
)
def test_a_value_is_quoted_in_one_short_line(value, text):
    assert quoted(value) == text


def test_a_value_that_holds_itself_is_quoted_too():
    value = []
    value.append(value)
    assert quoted(value) == "[[...]]"


def test_known_words_are_sorted_and_none_are_said_to_be_none():
    assert known(["b", "a"]) == "known: a, b"
    assert known([]) == "known: none"


def test_of_very_many_words_the_first_are_shown():
    words = [f"{n:03}" for n in range(1000)]
    assert known(words) == f"known: {', '.join(words[:30])} and 970 more"


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ("lenet", " Did you mean 'Lenet5'?"),
        ("LENET5", " Did you mean 'Lenet5'?"),
        ("vgg", ""),
        ("", ""),
    ],
)
def test_only_a_near_word_is_offered_and_as_it_is_spelt(given, hint):
    assert did_you_mean(given, ["Lenet5", "mlp"]) == hint
