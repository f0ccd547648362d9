import json
import sys

import numpy as np
import onnx
import pytest

from paribus.data.fitting import Fit
from paribus.errors import DataError, MissingExtra, StoreError
from paribus.serving import Classifier
from tests.serving.made_models import CLASSES, encoded, expected_answer, facts_of, noise, write_model


def test_every_class_is_answered_the_likeliest_first(classifier):
    picture = noise()
    found = classifier.classify(encoded(picture))
    expected = expected_answer(np.asarray(picture).transpose(2, 0, 1))
    assert [name for name, _ in found] == sorted(CLASSES, key=expected.__getitem__, reverse=True)
    assert dict(found) == pytest.approx(expected, abs=1e-6)


def test_a_gray_model_answers_colour_pictures(tmp_path):
    classifier = Classifier(write_model(tmp_path / "gray.onnx", channels=1, height=8, width=8))
    found = dict(classifier.classify(encoded(noise(8, 8))))
    pixels = np.asarray(noise(8, 8).convert("L"))[None]
    assert found == pytest.approx(expected_answer(pixels), abs=1e-6)


@pytest.mark.parametrize("rule", ["squash", "pad", "crop"])
def test_pictures_of_another_size_are_fitted_by_the_rule_of_its_data(tmp_path, rule):
    facts = facts_of(3, 8, 8)
    facts["input"]["fit"] = rule
    classifier = Classifier(write_model(tmp_path / "m.onnx", height=8, width=8, metadata=json.dumps(facts)))
    picture = noise(24, 8)
    expected = expected_answer(Fit((8, 8), rule).picture(picture))
    assert dict(classifier.classify(encoded(picture))) == pytest.approx(expected, abs=1e-6)
    others = [Fit((8, 8), other).picture(picture) for other in {"squash", "pad", "crop"} - {rule}]
    assert all(expected_answer(other) != pytest.approx(expected, abs=1e-3) for other in others)


def test_it_knows_what_its_file_says(classifier, model_file):
    assert classifier.classes == CLASSES
    assert classifier.metadata["validation"] == {"accuracy": 0.875, "images": 1234}
    assert (classifier.shape.channels, classifier.shape.height, classifier.shape.width) == (3, 10, 12)
    assert Classifier(str(model_file)).classes == CLASSES


def one_line_about(path):
    with pytest.raises(StoreError) as caught:
        Classifier(path)
    told = str(caught.value)
    assert told.startswith(f"{path}: ")
    assert "\n" not in told
    return told.removeprefix(f"{path}: ")


def test_a_file_that_is_not_there_is_one_line(tmp_path):
    assert one_line_about(tmp_path / "gone.onnx") == "cannot be read: No such file or directory"
    assert one_line_about(tmp_path) == "cannot be read: Is a directory"


@pytest.mark.parametrize("content", [b"", b"[study]\n", bytes(5000), bytes(range(256)) * 20])
def test_what_is_no_onnx_is_one_line(tmp_path, content, capfd):
    path = tmp_path / "study.onnx"
    path.write_bytes(content)
    assert one_line_about(path) == "no ONNX model that can be opened; 'paribus export' writes one"
    assert capfd.readouterr() == ("", "")


def test_a_truncated_model_is_one_line_wherever_it_was_cut(tmp_path, model_file):
    whole = model_file.read_bytes()
    path = tmp_path / "cut.onnx"
    for end in range(0, len(whole), max(len(whole) // 40, 1)):
        path.write_bytes(whole[:end])
        one_line_about(path)


def test_a_model_of_somebody_else_is_one_line(tmp_path):
    path = write_model(tmp_path / "theirs.onnx", metadata=None)
    assert one_line_about(path) == (
        "not exported by paribus: its metadata do not say what the classes and images are; "
        "'paribus export' writes such a file"
    )


def changed(**facts):
    return json.dumps(facts_of(3, 10, 12) | facts)


@pytest.mark.parametrize(
    "metadata",
    [
        "{",
        "null",
        "[]",
        "[" * 100_000,
        '{"format": 1}',
        changed(format="new"),
        changed(classes=[]),
        changed(classes=None),
        changed(classes=[1, 2, 3, 4]),
        changed(classes=["a", "a", "b", "c"]),
        changed(input={}),
        changed(input=[]),
        changed(input={"channels": 3, "height": -1, "width": 12}),
        changed(input={"channels": 3, "height": "10", "width": 12}),
    ],
    ids=range(14),
)
def test_damaged_metadata_are_one_line(tmp_path, metadata):
    path = write_model(tmp_path / "model.onnx", metadata=metadata)
    assert one_line_about(path).endswith("or are damaged; export it again")


def test_a_newer_file_says_who_can_read_it(tmp_path):
    path = write_model(tmp_path / "model.onnx", metadata=changed(format=2, paribus="9.1"))
    assert one_line_about(path) == "exported by a newer paribus (9.1); install that one"


@pytest.mark.parametrize(
    "metadata",
    [json.dumps(facts_of(3, 12, 10)), changed(classes=["a", "b"]), json.dumps(facts_of(1, 10, 12))],
)
def test_metadata_that_speak_of_another_graph_are_refused(tmp_path, metadata):
    path = write_model(tmp_path / "model.onnx", metadata=metadata)
    assert "its graph takes and gives {'images': [3, 10, 12], 'probabilities': [4]}" in one_line_about(path)


def test_weights_kept_in_another_file_are_not_fetched(tmp_path, model_file, capfd):
    model = onnx.load(model_file)
    path = tmp_path / "pointing.onnx"
    onnx.save(model, path, save_as_external_data=True, location="elsewhere.bin", size_threshold=0)
    assert one_line_about(path).startswith("no ONNX model that can be opened")
    assert capfd.readouterr() == ("", "")


def test_a_model_whose_answer_is_no_number_says_so(tmp_path, model_file):
    model = onnx.load(model_file)
    values = np.full((360, 4), np.nan, np.float32)
    model.graph.initializer[0].CopyFrom(onnx.numpy_helper.from_array(values, "factors"))
    onnx.save(model, tmp_path / "nan.onnx")
    with pytest.raises(DataError, match="gives no number for it"):
        Classifier(tmp_path / "nan.onnx").classify(encoded(noise()))


def test_a_missing_runtime_is_named_with_its_extra(model_file, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(MissingExtra, match=r"'onnxruntime', which is not installed.*paribus\[serve\]"):
        Classifier(model_file)
