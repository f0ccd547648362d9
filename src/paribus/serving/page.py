"""The one page: styles and script inside, nothing fetched but answers."""

import base64
import hashlib
import html
import re
from importlib.resources import files
from string import Template

from paribus.serving.classifier import Classifier
from paribus.serving.pictures import FORMATS

ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="#8a1c3c">'
    '<rect x="1" y="2" width="14" height="3"/><rect x="1" y="6.5" width="8" height="3"/>'
    '<rect x="1" y="11" width="4" height="3"/></svg>'
)
_NAMED_CLASSES = 40


def build_page(classifier: Classifier, most_bytes: int) -> str:
    """The page for this model. Names come from the model's file, so all of them are escaped."""
    facts = classifier.metadata
    return Template(_read("page.html")).substitute(
        title=html.escape(classifier.path.stem),
        count=len(classifier.classes),
        classes=html.escape(_listed(classifier.classes)),
        accuracy=_accuracy(facts.get("validation")),
        size=_size(classifier),
        run=html.escape(str(facts.get("fingerprint", "unknown"))[:12]),
        version=html.escape(str(facts.get("paribus", "unknown"))),
        accept=",".join(f"image/{name.lower()}" for name in FORMATS),
        most_bytes=most_bytes,
        most=f"{most_bytes / 1e6:g}&nbsp;MB",
        css=_read("page.css"),
        js=_read("page.js"),
    )


def content_policy(page: str) -> str:
    """Lets run what stands in the page, and nothing else."""
    sums = {}
    for tag in ("style", "script"):
        [inside] = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        sums[tag] = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{sums['style']}'; script-src 'sha256-{sums['script']}'; "
        "img-src 'self' blob:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _listed(classes: tuple[str, ...]) -> str:
    more = len(classes) - _NAMED_CLASSES
    return ", ".join(classes[:_NAMED_CLASSES]) + (f" and {more} more" if more > 0 else "")


def _accuracy(validation: object) -> str:
    """A sentence, or nothing where the file does not say it."""
    match validation:
        case {"accuracy": float(share), "images": int(images)}:
            return f"On {images:,} validation images it was right {share:.1%} of the time.".replace("%", " %")
    return ""


def _size(classifier: Classifier) -> str:
    shape = classifier.shape
    return f"{shape.width} x {shape.height} pixels" + (", in gray" if shape.channels == 1 else "")


def _read(name: str) -> str:
    return (files("paribus.serving") / name).read_text(encoding="utf-8")
