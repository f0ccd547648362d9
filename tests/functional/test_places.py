"""Files go into folders that are not there yet; where that cannot be, the command stops before its work."""

import pytest

from .commands import paribus, write_study


def test_a_report_goes_into_a_folder_that_is_not_there(tmp_path):
    write_study(tmp_path)
    told = paribus(tmp_path, "run", "--report", "out/deep/page.html").stdout
    assert "Report: out/deep/page.html" in told
    assert (tmp_path / "out/deep/page.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    paribus(tmp_path, "report", "-o", "more/arms.csv", "-o", "less/arms.md")
    assert (tmp_path / "more/arms.csv").exists()
    assert (tmp_path / "less/arms.md").exists()
    paribus(tmp_path, "show", "schedule", "--save", "pictures/rates.svg")
    paribus(tmp_path, "show", "data", "study.toml", "--save", "pages/data.html")
    paribus(tmp_path, "export", "-o", "models/best.onnx")
    assert (tmp_path / "pictures/rates.svg").exists()
    assert (tmp_path / "pages/data.html").exists()
    assert (tmp_path / "models/best.onnx").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["run", "--report", "file/page.html"],
        ["report", "-o", "file/page.html"],
        ["find-lr", "--save", "file/rates.svg"],
        ["show", "schedule", "--save", "file/rates.svg"],
        ["show", "augment", "--save", "file/sheet.png"],
        ["show", "filters", "--save", "file/filters.png"],
        ["show", "data", "digits", "--save", "file/data.html"],
        ["report", "--figures", "file/figures"],
        ["runs", "study.toml", "--tensorboard", "file/events"],
        ["new", "file/study.toml"],
    ],
    ids=lambda words: "-".join(words[:2]).replace("--", ""),
)
def test_what_cannot_be_written_is_refused_before_anything_is_done(words, tmp_path):
    write_study(tmp_path)
    (tmp_path / "file").write_text("precious")
    done = paribus(tmp_path, *words, code=2)
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert f"paribus: {words[-1]}: cannot be " in done.stderr
    assert "'{}' is no folder; name another ".format(tmp_path / "file") in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "study.toml"]
