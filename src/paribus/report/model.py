"""The section of a report on its nets: what each costs, and its layers."""

from paribus.nets.layer_table import Layer, LayerTable, say_amount, say_shape
from paribus.report.inputs import Model, ReportInput
from paribus.report.markup import Html, element, escape, join, write_name
from paribus.report.numerals import NOTHING, count_of
from paribus.report.tables import write_table

LONG = 12  # layers: a longer table is folded
TITLES = {
    "layer": "",
    "kind": "",
    "output": "number",
    "parameters": "number",
    "parameters as": "",
    "FLOPs": "number",
    "memory": "number",
}
CAPTION = (
    "Of one image: FLOPs of the forward pass, two for each multiply-add of convolutions and matrix products, "
    "none for the rest; memory of the layer's output."
)


def write_model(report: ReportInput) -> Html:
    """The section with its title; nothing where no run left the layers of its net."""
    if not report.models:
        return Html("")
    several = len(report.models) > 1
    parts = [_write_one(model, number, several=several) for number, model in enumerate(report.models)]
    heading = element("h2", "The models" if several else "The model", id="model-title")
    return element("section", heading, *parts, aria_labelledby="model-title")


def _write_one(model: Model, number: int, *, several: bool) -> Html:
    table = model.table
    rows = [_write_layer(layer) for layer in table.layers]
    content = write_table("layers", TITLES, rows, label="Layers", caption=CAPTION if not number else "")
    if len(rows) > LONG or number:
        content = element("details", element("summary", count_of(len(rows), "layer")), content)
    names = join(*(write_name(arm) for arm in model.arms), by=", ")
    return join(element("h3", names) if several else Html(""), element("p", _say_cost(table)), content)


def _say_cost(table: LayerTable) -> Html:
    frozen = f", of which {table.frozen:,} are not trained" if table.frozen else ""
    return escape(
        f"Images of {say_shape(table.image)}. {count_of(table.parameters, 'parameter')}{frozen}, "
        f"{say_amount(table.weights_bytes, 'B')} on disk; {say_amount(table.flops, 'FLOP')} an image. "
        f"Training keeps {say_amount(table.kept_bytes, 'B')} of activations for each image of a batch."
    )


def _write_layer(layer: Layer) -> Html:
    kind = layer.kind if layer.calls == 1 else f"{layer.kind}, {count_of(layer.calls, 'call')}"
    cells = [
        ("number", say_shape(layer.output)),
        ("number", f"{layer.parameters:,}" if layer.parameters else NOTHING),
        (None, layer.arithmetic),
        ("number", say_amount(layer.flops, "").strip() if layer.flops else NOTHING),
        ("number", say_amount(layer.output_bytes, "B")),
    ]
    return element(
        "tr",
        element("th", write_name(layer.name or "the net's own"), scope="row"),
        element("td", kind),
        *(element("td", text, class_=class_) for class_, text in cells),
    )
