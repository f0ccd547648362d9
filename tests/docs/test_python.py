"""The page on Python: its blocks run one after another."""

import re
from pathlib import Path

from paribus import Study
from paribus.workbench import StudyResult

PAGE = (Path(__file__).parents[2] / "docs" / "python.md").read_text(encoding="utf-8")


def test_every_block_of_the_page_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 2
    names = {}
    for block in blocks:
        exec(compile(block, "python.md", "exec"), names)
    assert "optimizer.lr=0.1 " in capsys.readouterr().out
    assert (tmp_path / "report.html").stat().st_size > 100_000
    assert names["result"]._repr_html_().startswith('<div class="paribus">')


def test_every_method_of_the_page_is_there():
    for name in re.findall(r"`study\.(\w+)\(", PAGE):
        assert callable(getattr(Study, name))
    for name in re.findall(r"`result\.(\w+)\(", PAGE):
        assert callable(getattr(StudyResult, name))
