"""What training lacks, as factors of a study: the same validation images judge every arm."""

from safetensors.numpy import load_file

from .commands import paribus, write_study

STUDY = """
[study]
title = "What do the data need to have?"
seeds = 2
[run]
data = { name = "digits" }
net = "linear"
batch_size = 64
epochs = 1
[arms]
base = {}
half = { "data.share" = 0.5 }
few = { "data.per_class" = 20 }
noise = { "data.label_noise" = 0.3 }
small = { "data.resize" = 6 }
[factors]
"data.gray" = [false, true]
"""


def test_every_selection_may_be_a_factor_and_all_are_judged_by_the_same_images(tmp_path):
    write_study(tmp_path, STUDY.replace('[factors]\n"data.gray" = [false, true]\n', ""))
    paribus(tmp_path, "run")
    kept = [load_file(path) for path in (tmp_path / ".paribus").rglob("validation-last.safetensors")]
    assert len(kept) == 10
    judged = {(*found["positions"].tolist(), *found["labels"].tolist()) for found in kept}
    assert len(judged) == 2  # one set of images for each seed


def test_selections_make_a_grid(tmp_path):
    arms = STUDY[STUDY.index("[arms]") : STUDY.index("[factors]")]
    grid = STUDY.replace(arms, "").replace("[factors]", '[factors]\n"data.share" = [0.2, 1]')
    write_study(tmp_path, grid.replace("seeds = 2", 'seeds = 2\ncontrol = "data.share=0.2,data.gray=false"'))
    told = paribus(tmp_path, "run").stdout
    assert "data.share=1,data.gray=true" in told
