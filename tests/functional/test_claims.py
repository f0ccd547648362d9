"""Claims from the study file to every place that concludes."""

import json
import shutil

import pytest

from .commands import paribus, write_study

CLAIMED = """
[study]
title = "Which rate?"
about = "Somebody compared rates with one seed each."
control = "optimizer.lr=0.001"
seeds = 6

[run]
data = "digits"
net = "linear"
optimizer = { name = "sgd", lr = 0.01 }
epochs = 1

[factors]
"optimizer.lr" = [0.1, 0.001, 1e30]

[claims]
"0.1 is the best" = { best = "optimizer.lr=0.1" }
"0.001 reaches nearly all" = { arm = "optimizer.lr=0.001", reaches = 0.99 }
"1e30 diverges" = { arm = "optimizer.lr=1e+30", diverges = true }

[reference."optimizer.lr=0.1"]
test = 0.91

[profiles.few]
"study.seeds" = 2

[profiles.few.claims]
"1e30 diverges" = false
"""
COUNTED = "Of 3 claims 2 hold, 1 is contradicted."
WORDS = ["holds", "contradicted", "holds"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where it was run; `told` is what that printed."""
    path = tmp_path_factory.mktemp("claimed")
    write_study(path, CLAIMED)
    (path / "told").write_text(paribus(path, "run").stdout, encoding="utf-8")
    return path


@pytest.fixture
def copied(folder, tmp_path):
    """For what changes the ledger."""
    return shutil.copytree(folder, tmp_path / "copied")


def words_of(text):
    return [claim["word"] for claim in json.loads(text)["claims"]]


def test_every_command_that_concludes_says_what_became_of_the_claims(folder):
    told = (folder / "told").read_text(encoding="utf-8")
    assert COUNTED in told
    assert "“0.1 is the best” (published: 91 % on test)" in told
    assert "Published on test, judged here on validation" in told
    assert "Holds: 6 of 6 runs diverged." in told
    assert COUNTED in paribus(folder, "status").stdout
    assert COUNTED in paribus(folder, "report", "-o", "other.md").stdout
    assert words_of(paribus(folder, "run", "--json").stdout) == WORDS
    assert words_of(paribus(folder, "status", "--json").stdout) == WORDS


def test_check_tells_beforehand_what_so_many_seeds_cannot_decide(folder):
    told = "3 claims, registered by the first 'paribus run' that has them."
    needed = f"{told} Whether an arm diverges may take 7 seeds to say."
    assert needed in paribus(folder, "check").stdout
    assert f"{told}\n" in paribus(folder, "check", "--set", "study.seeds=7").stdout


def test_the_report_has_them_and_what_the_study_is_about(folder):
    paribus(folder, "report", "-o", "page.html", "-o", "page.md", "-o", "page.tex")
    page, text, latex = (
        (folder / f"page.{kind}").read_text(encoding="utf-8") for kind in ("html", "md", "tex")
    )
    for written in (page, text):
        assert "Somebody compared rates with one seed each." in written
    for written in (page, text, latex):
        assert "1e30 diverges" in written


def test_a_claim_made_when_the_runs_were_there_makes_a_revision_and_says_so(copied):
    late = 'claims.0.1 is better={ arm = "optimizer.lr=0.1", beats = "optimizer.lr=0.001" }'
    claims = json.loads(paribus(copied, "run", "--json", "--set", late).stdout)["claims"]
    assert [claim["known_before"] for claim in claims] == [0, 0, 0, 12]
    assert claims[-1]["sentence"].endswith("Claimed after 12 of its runs had ended.")
    shutil.rmtree(copied / ".paribus" / "runs")  # what is made again was known before
    again = json.loads(paribus(copied, "run", "--json", "--set", late).stdout)["claims"]
    assert [claim["known_before"] for claim in again] == [0, 0, 0, 12]


def test_a_profile_with_few_seeds_decides_nothing_and_may_leave_claims_out(folder):
    told = paribus(folder, "run", "--profile", "few").stdout
    assert "Of 2 claims 2 are undecided." in told
    assert told.count("Undecided with 2 seeds; words need five") == 2


def test_a_claim_of_an_arm_that_is_none_is_one_line(folder):
    failed = paribus(folder, "run", "--set", 'claims.x={ best = "optimizer.lr=0.2" }', code=2)
    assert failed.stderr == (
        "paribus: study.toml: claims.x.best: no arm is called 'optimizer.lr=0.2'; known: optimizer.lr=0.001, "
        "optimizer.lr=0.1, optimizer.lr=1e+30. Did you mean 'optimizer.lr=0.1'? "
        "Claims about arms that are left out go by 'claims = false'\n"
    )


def test_the_opened_test_set_is_judged_with_the_figures_published_on_it(copied):
    told = paribus(copied, "test", "--yes").stdout
    assert COUNTED in told
    assert "these are not the same images" not in told
