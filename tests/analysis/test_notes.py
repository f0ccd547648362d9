import pytest

from paribus.analysis import Evidence, conclude
from paribus.analysis.notes import write_notes
from paribus.analysis.results import ArmResult
from paribus.specs import parse_study
from paribus.store import LookRecord, StudyRecord

from .small import evidence, predictions

STUDY = StudyRecord(1, "s", "r", "t", {}, "c", {}, {}, after_look=False, created=0.0)


def notes_on_rates(best, split="validation", looks=(), place="optimizer.lr", values=(0.1, 0.01, 0.001)):
    spec = parse_study(
        {
            "study": {"title": "t", "control": f"{place}={values[0]}"},
            "run": {"data": "digits", "net": "linear"},
            "factors": {place: list(values)},
        }
    )
    arms = [
        ArmResult(
            name=f"{place}={value}",
            is_control=value == values[0],
            changes={place: value},
            scores={0: 0.5},
            states={0: "finished"},
            mean=0.9 if value == best else 0.5,
            low=None,
            high=None,
            parameters=None,
            seconds=None,
        )
        for value in values
    ]
    return " ".join(write_notes(Evidence(STUDY, spec, split, {}, {}, looks), arms))


@pytest.mark.parametrize(("best", "side"), [(0.1, "highest"), (0.001, "lowest")])
def test_a_best_value_at_the_edge_of_its_grid_is_pointed_out(best, side):
    assert f"has the {side} optimizer.lr tried, {best}: a better one may lie beyond" in notes_on_rates(best)


def test_a_best_value_inside_its_grid_is_not():
    assert "beyond" not in notes_on_rates(0.01)


def test_a_best_value_that_is_no_number_has_no_edge():
    assert "beyond" not in notes_on_rates([5, 3], place="net.kernel", values=(1, 3, [5, 3]))


def test_looks_are_counted_whichever_split_speaks():
    looks = (LookRecord(0.0, "me", "r", "s"), LookRecord(1.0, "me", "r", "s"))
    assert "not been opened" in notes_on_rates(0.01)
    assert "opened twice, not for this revision" in notes_on_rates(0.01, looks=looks)
    assert "which was opened twice" in notes_on_rates(0.01, "test", looks)


def test_an_arm_that_other_images_judge_is_named():
    seen = evidence({"c": [0.5, 0.6], "same": [0.5, 0.6], "other": [0.5, 0.6]})
    assert not any("Judged by" in note for note in conclude(seen).notes)
    seen.predictions["other/1"] = predictions(0.6, images=500)
    assert "Judged by other images than c: other. Such a difference is also one of the images" in " ".join(
        conclude(seen).notes
    )
