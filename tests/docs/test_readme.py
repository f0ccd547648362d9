"""What the documents show is what the program does."""

import os
import re
import shlex
import shutil
from pathlib import Path

import pytest

from paribus.cli import VERBS
from paribus.cli.reference import commands_page
from paribus.specs import AUGMENTS, DATASETS, NETS, OPTIMIZERS, SCHEDULES, StudySpec
from paribus.specs.reference import options_page
from tests.functional.commands import paribus

ROOT = Path(__file__).parents[2]
REAL = os.environ.get("PARIBUS_REALDATA")
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def block(language, containing):
    """The one fenced block of that language that holds the text."""
    pieces = re.split(r"^```(\w*)\n?", README, flags=re.MULTILINE)  # text, language, code, "", text, ...
    fenced = zip(pieces[1::4], pieces[2::4], strict=True)
    found = [code for spoken, code in fenced if spoken == language and containing in code]
    assert len(found) == 1, f"{len(found)} blocks hold {containing!r}"
    return found[0]


def test_the_study_in_the_readme_prints_what_the_readme_shows(tmp_path):
    """Words and rows; the figures may differ on another kind of processor, so only their shape is held."""
    (tmp_path / "rates.toml").write_text(block("toml", "Which learning rate"), encoding="utf-8")
    printed = paribus(tmp_path, "run", "rates.toml").stdout

    def shape(text):
        text = re.sub(r"[+\N{MINUS SIGN}]?\d+(\.\d+)?", "0", text.partition("Which learning rate")[2])
        return re.sub(r"[ ]+", " ", text.partition("Report:")[0]).split()

    assert shape(printed) == shape(block("", "Which learning rate"))


def test_the_readme_shows_the_example_that_ships():
    assert block("toml", "Which learning rate") == (ROOT / "examples" / "rates.toml").read_text(
        encoding="utf-8"
    )


def test_the_python_in_the_readme_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    exec(compile(block("python", "Study("), "README.md", "exec"), {})
    assert "| optimizer.lr=0.01 |" in capsys.readouterr().out


def test_the_tree_in_the_readme_names_every_room_and_nothing_else():
    tree = block("", "layers.toml ")
    shown = set(re.findall(r"^  (\S+?)/?\s", tree, re.MULTILINE))
    rooms = {
        path.name
        for path in (ROOT / "src" / "paribus").iterdir()
        if (path.is_dir() or path.suffix == ".py") and not path.name.startswith("__")
    }
    assert shown == rooms


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document):
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (document.parent / target).exists(), target


def test_the_commands_page_is_fresh():
    shown = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert shown == commands_page(), "make it anew: python -m paribus.cli.reference > docs/commands.md"


def test_the_options_page_is_fresh():
    """It says nothing that the types and comments do not, and it fails where an option has no comment."""
    shown = (ROOT / "docs" / "options.md").read_text(encoding="utf-8")
    assert shown == options_page(), "make it anew: python -m paribus.specs.reference > docs/options.md"


def test_the_options_page_has_a_row_for_every_option_and_a_heading_for_every_name():
    text = (ROOT / "docs" / "options.md").read_text(encoding="utf-8")
    tables = (AUGMENTS, DATASETS, NETS, OPTIMIZERS, SCHEDULES)
    entries = {name: entry for table in tables for name, entry in table.items()}
    for name, entry in entries.items():
        assert f"\n### {name}\n" in text, name
        for option in set(entry.options.model_fields) - {"name"}:
            assert f"| `{option}` | " in text, f"{name}.{option}"


def test_the_study_file_page_names_every_key_and_every_name():
    text = (ROOT / "docs" / "study-file.md").read_text(encoding="utf-8")
    for table in ("study", "run"):
        for key in StudySpec.model_fields[table].annotation.model_fields:
            if (table, key) != ("run", "seed"):
                assert f"`{key}`" in text, f"{table}.{key}"
    for names in (AUGMENTS, DATASETS, NETS, OPTIMIZERS, SCHEDULES):
        for name in names:
            assert name in text, name


EXAMPLES = sorted(path.name for path in (ROOT / "examples").glob("*.toml"))


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name != "imagenette.toml"])
def test_every_example_passes_its_check(name, tmp_path):
    """What is named cifar10 would be downloaded first; drawn images of that size stand in for it."""
    drawn = ("--set", 'data="streetnumbers"') if name.startswith("cifar10-") else ()
    assert "to train" in paribus(tmp_path, "check", str(ROOT / "examples" / name), *drawn).stdout


@pytest.mark.realdata
@pytest.mark.skipif(not REAL, reason="PARIBUS_REALDATA names no folder")
def test_the_example_with_photos_and_weights_beside_it_passes_its_check(tmp_path):
    shutil.copy(ROOT / "examples" / "imagenette.toml", tmp_path)
    real = Path(REAL).resolve()
    beside = [*real.glob("imagenette-*.tar.gz"), *real.glob("weights/*.safetensors")]
    assert len(beside) == 3
    for file in beside:
        (tmp_path / file.name).symlink_to(file)
    told = paribus(tmp_path, "check", "imagenette.toml").stdout
    assert "frozen: trains 1 of 53 layers, 12,810 of 2,236,682 parameters" in told
    assert "15 runs: 0 cached, 15 to train." in told


def test_make_names_only_verbs_that_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    verbs = [shlex.split(line)[1] for line in re.findall(r"\$\(BIN\)/paribus (?:.*)", makefile)]
    assert verbs
    assert set(verbs) <= set(VERBS)
