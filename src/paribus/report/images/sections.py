"""The sections on what the nets say of images, in their order."""

from collections.abc import Mapping

from paribus.report.colours import ArmStyle
from paribus.report.images.agreement import write_agreement
from paribus.report.images.calibration import write_calibration
from paribus.report.images.classes import write_classes
from paribus.report.images.confusions import write_confusions
from paribus.report.images.filters import write_first_layers
from paribus.report.images.mistakes import write_mistakes
from paribus.report.images.views import ImagesSection
from paribus.report.markup import Html, element, join


def write_images(section: ImagesSection | None, styles: Mapping[str, ArmStyle]) -> Html:
    """Nothing where no run has finished."""
    if section is None:
        return Html("")
    return join(
        _section("classes", "By class", write_classes(section, styles)),
        _section("confusions", "What is taken for what", write_confusions(section, styles)),
        _section("calibration", "How sure, and how often right", write_calibration(section, styles)),
        _section("agreement", "Image by image", write_agreement(section, styles)),
        _section("mistakes", "Mistakes and doubts", write_mistakes(section, styles)),
    )


def write_filters(section: ImagesSection | None, styles: Mapping[str, ArmStyle]) -> Html:
    """What the first layer became; its place is beside the layers of the nets."""
    if section is None:
        return Html("")
    return _section("filters", "The first layer", write_first_layers(section, styles))


def _section(name: str, title: str, content: Html) -> Html:
    if not content:
        return content
    heading = element("h2", title, id=f"{name}-title")
    return element("section", heading, content, aria_labelledby=f"{name}-title")
