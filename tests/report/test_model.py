from dataclasses import replace

import pytest

from paribus import Execution, Study
from paribus.nets.layer_table import Layer, LayerTable
from paribus.report import build_page
from paribus.report.inputs import Model
from paribus.report.model import write_model
from tests.report.example import CONTROL, make_report

FIRST = Layer("conv<1>", "Conv2d", (16, 30, 30), 448, "3 x 16 x 3 x 3 + 16", 777_600, 57_600, calls=2)
LAST = Layer("", "Own", (10,), 1_000, "100 x 10", 2_000, 40)
RELU = Layer("relu", "ReLU", (16, 30, 30), 0, "", 0, 57_600)
TABLE = LayerTable(
    (3, 32, 32), (FIRST, LAST), trained=1_448, frozen=0, flops=779_600, kept_bytes=70_000, weights_bytes=5_792
)


def section(*models):
    return write_model(replace(make_report(), models=models))


def test_a_model_is_told_with_its_costs_and_its_layers():
    html = section(Model((CONTROL,), TABLE))
    assert '<h2 id="model-title">The model</h2>' in html
    assert (
        "Images of 3 x 32 x 32. 1,448 parameters, 5.79 kB on disk; 780 kFLOP an image. "
        "Training keeps 70.0 kB of activations for each image of a batch."
    ) in html
    assert (
        '<td>Conv2d, 2 calls</td><td class="number">16 x 30 x 30</td><td class="number">448</td>'
        '<td>3 x 16 x 3 x 3 + 16</td><td class="number">778 k</td><td class="number">57.6 kB</td>'
    ) in html
    assert "conv&lt;1&gt;" in html
    assert "the net&#x27;s own" in html
    assert "<h3>" not in html
    assert "<details>" not in html
    assert html.count('class="scrolling"') == 1


def test_several_models_are_told_with_their_arms_and_all_but_the_first_are_folded():
    other = replace(TABLE, trained=448, frozen=1_000)
    html = section(Model((CONTROL, "slow"), TABLE), Model(("other",), other))
    assert '<h2 id="model-title">The models</h2>' in html
    assert html.count("<h3>") == 2
    assert html.count("<details>") == 1
    assert html.index("<details>") > html.index("other")
    assert "<summary>2 layers</summary>" in html
    assert "1,448 parameters, of which 1,000 are not trained, " in html
    assert html.count("Of one image: ") == 1


@pytest.mark.parametrize(("rows", "folded"), [(12, 0), (13, 1)])
def test_a_long_table_is_folded(rows, folded):
    html = section(Model((CONTROL,), replace(TABLE, layers=(RELU,) * rows)))
    assert html.count("<details>") == folded
    assert html.count("<tr>") == rows + 1


def test_without_models_there_is_no_section():
    assert section() == ""
    assert "model-title" not in build_page(make_report())


def test_the_report_of_a_study_shows_each_different_net_once_the_controls_first(tmp_path):
    study = Study(
        "Nets", control="linear",
        run={"data": {"name": "digits", "per_class": 20}, "net": "linear", "epochs": 1},
        arms={
            "a wide one": {"net": {"name": "mlp", "hidden": [8]}},
            "linear": {}, "slow": {"optimizer.lr": 1e-5},
        },
        seeds=[0], folder=tmp_path,
    )  # fmt: skip
    study.run(Execution(executor="inline", device="cpu"))
    models = study.report_input().models
    assert [(model.arms, model.table.parameters) for model in models] == [
        (("linear", "slow"), 650),
        (("a wide one",), 64 * 8 + 8 + 90),
    ]
    page = build_page(study.report_input())
    titles = [page.index(f'id="{name}-title"') for name in ("learning", "model", "fine-print")]
    assert titles == sorted(titles)
    for path in tmp_path.rglob("layers.json"):
        path.write_text("{}")
    assert study.report_input().models == ()
