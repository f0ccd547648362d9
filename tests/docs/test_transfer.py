"""The page on starting from weights: its example runs, and what it says of stages holds."""

from pathlib import Path

from paribus.specs.start import StartSpec
from tests.docs.blocks import find_block
from tests.functional.commands import paribus

PAGE = (Path(__file__).parents[2] / "docs" / "transfer.md").read_text(encoding="utf-8")


def test_the_example_trains_its_stage_once_a_seed(tmp_path):
    (tmp_path / "study.toml").write_text(find_block(PAGE, "toml", "[stages.eight-digits]"), encoding="utf-8")
    quick = ("--seeds", "1", "--set", "epochs=1", "--set", "stages.eight-digits.epochs=1")
    told = " ".join(paribus(tmp_path, "check", "study.toml", *quick).stdout.split())
    assert "Stage eight-digits, which runs start from: 1 run, 1 to train." in told
    assert "head: trains 1 of 4 layers, 2,050 of 25,858 parameters: last.weight, last.bias" in told
    printed = paribus(tmp_path, "run", "study.toml", *quick).stdout
    assert "6 runs, 0 cached, 6 to train" in printed
    table = find_block(PAGE, "text", "scratch (control)")
    shown = [line.split()[0] for line in table.splitlines()]
    assert [name for name in shown if f"\n{name} " in printed] == shown


def test_the_page_names_every_key_of_start_with_its_default():
    for name, field in StartSpec.model_fields.items():
        [row] = [line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |")]
        default = field.default[0] if name == "train" else field.default
        if default not in (None, ()):
            told = f'`"{default}"`' if isinstance(default, str) else f"`{default:g}`"
            assert f"| {told} |" in row
