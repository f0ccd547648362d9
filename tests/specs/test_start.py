import pytest

from paribus.errors import SpecError
from paribus.specs import parse_study


def hidden_of(given):
    run = {"data": "digits", "net": "mlp", "start": {"stage": "before", "hidden": given}}
    plain = {"study": {"title": "Which?"}, "run": run, "stages": {"before": {}}}
    start = parse_study(plain, where="study").run.start
    return start.hidden


def test_false_is_no_hidden_layer():
    assert hidden_of(False) == hidden_of([]) == ()
    assert hidden_of([8]) == (8,)


def test_true_is_no_list_of_widths():
    with pytest.raises(SpecError, match=r"run\.start\.hidden: given true"):
        hidden_of(True)
