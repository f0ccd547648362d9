"""Makes the pages of this folder from what was run: published beside measured, one section a study.

    python docs/reproductions/make.py DATA STORE [--run] [STUDY...]

DATA is a folder with the archives that stand in for the reports' own images; STORE is the ledger. With --run,
what is missing is trained first, and the test set opened once for each study; that takes hours, can be
interrupted, and goes on where it was. A study that the ledger does not hold keeps the section that it has.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from paribus.errors import StoreError
from paribus.executors import Execution
from paribus.report import build_markdown
from paribus.report.inputs import ReportInput
from paribus.studies import BLOCKS, find_shipped
from paribus.workbench import Study

HERE = Path(__file__).parent
PROFILE = "cpu"
# What says which images of a set are used, whichever set it is.
CHOICES = ("validation", "classes", "per_class", "share", "resize", "fit", "gray")
TWENTY = (  # the first of CIFAR-100, in the order of their numbers
    *("apple", "aquarium_fish", "baby", "bear", "beaver", "bed", "bee", "beetle", "bicycle", "bottle"),
    *("bowl", "boy", "bridge", "bus", "butterfly", "camel", "can", "castle", "caterpillar", "cattle"),
)
WORDS = (
    "The reports trained once and looked at test images; here several seeds speak, of studies cut so "
    "that two cores can carry them. A word says what became of a claim in the cut study: that it agrees with "
    "the report, or does not, at this size. Validation chose; each section says how often its test set was "
    "opened."
)


@dataclass(frozen=True)
class Images:
    """What stands in for a report's own images."""

    told: str
    options: Mapping[str, Any]
    archives: tuple[str, ...] = ()

    def replacing(self, data: Mapping[str, Any], folder: Path) -> dict[str, Any]:
        """Options for these images, with the choices made among those."""
        kept = {name: data[name] for name in CHOICES if data.get(name) is not None}
        paths = {"path": [str(folder / name) for name in self.archives]} if self.archives else {}
        options = {**kept, **self.options, **paths}
        return {name: value for name, value in options.items() if value is not None}


def copies(name: str, **options: Any) -> Images:
    """Of CIFAR-10 or CIFAR-100."""
    of = name.upper().replace("CIFAR", "CIFAR-")
    said = f"{of}, its 50,000 training images and 5,000 of its test images, JPEG copies"
    return Images(said, {"name": "folder", **options}, (f"{name}-train.tar.gz", f"{name}-test-a.tar.gz"))


def drawn(train: int, **options: Any) -> Images:
    """As many drawn numbers as the small profile takes images of SVHN; `share` has its say in `train`."""
    told = "`streetnumbers`, drawn house numbers in place of SVHN: figures are not to be compared, claims are"
    return Images(told, {"name": "streetnumbers", "train": train, "test": 5000, "share": None, **options})


CIFAR10 = copies("cifar10")
CIFAR100 = copies("cifar100", classes=TWENTY)
IMAGENETTE = Images(
    "Imagenette, 1,400 photos of ten kinds to train on and 800 to test, in place of STL-10: other kinds of "
    "things, so figures are not to be compared, claims are",
    {"name": "folder", "val": "test"},
    ("imagenette-train.tar.gz", "imagenette-val.tar.gz"),
)


@dataclass(frozen=True)
class Part:
    """A study as it is run here."""

    study: str
    images: Images
    settings: Mapping[str, Any] = field(default_factory=dict)  # beside the profile's
    weights: str = ""  # the file that it starts from
    note: str = ""  # what else to know of how it was run here


AGAIN = (
    "Run twice: the second time, in a new ledger and with the first outcome known, claims were given words "
    "that say no more than is tested, and nothing else was changed. Every score came out the same."
)
OLD_DIGITS = {
    "name": "streetnumbers",
    "train": 8000,
    "test": 5000,
    "classes": list("12345678"),
    "validation": 0.1,
    "share": False,  # it has its say in `train`
}
PAGES: dict[str, tuple[str, list[Part]]] = {
    "r0": (
        "R0: house numbers",
        [
            Part("r0/learning-rate", drawn(8800), note=AGAIN),
            Part("r0/batch-size", drawn(8800)),
            Part("r0/optimizer", drawn(8800)),
            Part("r0/transforms", drawn(8800)),
            Part(
                "r0/extra",
                drawn(2200),
                {"arms.extra": {"data.extra": 17_700, "data.validation": 0.0111}},
            ),
            Part(
                "r0/fine-tuning",
                drawn(8000, classes=["0", "9"]),
                {"stages.pretrain.data": OLD_DIGITS},
            ),
        ],
    ),
    "r1": (
        "R1: CIFAR-100",
        [
            Part("r1/widths", CIFAR100),
            Part("r1/improvements", CIFAR100),
            Part("r1/augmentation", CIFAR100),
        ],
    ),
    "r3": (
        "R3: from logistic regression to MobileNetV2",
        [
            Part("r3/linear", IMAGENETTE),
            Part("r3/depth", IMAGENETTE),
            Part("r3/transfer", IMAGENETTE, weights="weights/mobilenet_v2-imagenet.safetensors"),
        ],
    ),
    "r4": (
        "R4: five convolutions on CIFAR-10",
        [
            Part("r4/norm", CIFAR10),
            Part("r4/stopping", CIFAR10),
            Part("r4/augmentation", CIFAR10),
            Part("r4/dropout", CIFAR10, note=AGAIN),
        ],
    ),
}


def load(part: Part, data: Path, store: Path) -> Study:
    """The study in its small profile, on the images that stand in."""
    asked = Study.load(part.study, profile=PROFILE).file.spec.run.data.model_dump(mode="json")
    settings = {"data": part.images.replacing(asked, data), **part.settings}
    if part.weights:
        settings["start.weights"] = str(data / part.weights)
    return Study.load(part.study, profile=PROFILE, settings=settings, store=store)


def run(study: Study) -> None:
    """What is missing, and then the one look at the test set."""
    for event in study.carry_out(Execution(slots=None)):
        if event.kind == "ended":
            print(f"{study.known_as}: {event.facts}", file=sys.stderr)
    if study.conclude().split != "test":
        for _ in study.open_test():
            pass


def write_section(part: Part, report: ReportInput) -> str:
    """One study: what was asked, what was cut, what came out."""
    shipped = find_shipped(part.study)
    assert shipped is not None
    blocks = [
        name for name, block in BLOCKS.items() if block.study == shipped.full_name and not block.command
    ]
    first, *rest = build_markdown(report).splitlines()
    title = first.removeprefix("# ")
    facts = report.facts
    machine = f"{facts['processor']}, {facts['threads']} thread a run, torch {facts['torch']}"
    return "\n".join(
        [
            f"## {', '.join(blocks)}: {title}",
            "",
            f"`paribus run {part.study} --profile {PROFILE}`, on {part.images.told}.",
            "",
            f"Machine: {machine}. {part.note}".strip(),
            *(re.sub(r"^(#+) ", r"#\1 ", line) for line in rest),
        ]
    )


def split_page(path: Path) -> dict[str, str]:
    """The sections that a page has, by their studies."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    found = re.split(r"^<!-- (\S+) -->\n", text, flags=re.MULTILINE)
    return dict(zip(found[1::2], (section.strip() for section in found[2::2]), strict=True))


def write_page(name: str, data: Path, store: Path) -> Iterator[str]:
    """Makes the page anew; says which of its sections are new and which are as they were."""
    title, parts = PAGES[name]
    path = HERE / f"{name}.md"
    sections = split_page(path)
    for part in parts:
        try:
            report = load(part, data, store).report_input(images=False)
        except StoreError:
            yield f"{part.study}: not in this ledger; {'kept' if part.study in sections else 'left out'}"
            continue
        if not report.conclusion.complete or report.conclusion.split != "test":
            then = "kept" if part.study in sections else "left out"
            yield f"{part.study}: not complete and tested yet; {then}"
            continue
        sections[part.study] = write_section(part, report)
        yield f"{part.study}: made"
    here = [f"<!-- {part.study} -->\n{sections[part.study]}" for part in parts if part.study in sections]
    if here:
        path.write_text("\n\n".join([f"# {title}", WORDS, *here]) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("store", type=Path)
    parser.add_argument("--run", action="store_true", help="train what is missing, and test it")
    parser.add_argument("studies", nargs="*", metavar="STUDY", help="only these are run")
    asked = parser.parse_intermixed_args()
    if asked.run:
        for part in (part for _, parts in PAGES.values() for part in parts):
            if not asked.studies or part.study in asked.studies:
                run(load(part, asked.data, asked.store))
    for name in PAGES:
        for line in write_page(name, asked.data, asked.store):
            print(line, file=sys.stderr)


if __name__ == "__main__":
    main()
