"""The plain facts of a data set: findings, a list of what is known, the table of classes, skipped files."""

from paribus.data.passport import Passport, count_pairs, say_twins, write_findings
from paribus.report.markup import Html, element, join, write_name
from paribus.report.numerals import NOTHING, as_list, count_of
from paribus.report.tables import write_table

_MOST_SKIPPED = 500
_FEW_CLASSES = 12  # whose table is not folded


def write_findings_list(passport: Passport, class_: str | None = "finding") -> Html:
    found = write_findings(passport) or ["Nothing stands out."]
    return join(*(element("p", sentence, class_=class_, dir="auto") for sentence in found))


def write_facts(passport: Passport) -> Html:
    return element(
        "dl",
        *(
            join(element("dt", name), element("dd", value, dir="auto"))
            for name, value in list_facts(passport)
        ),
    )


def list_facts(passport: Passport) -> list[tuple[str, str]]:
    counts = passport.counts
    facts = [
        ("images", ", ".join(f"{count:,} {split}" for split, count in counts.images.items())),
        ("classes", f"{len(counts.classes):,}"),
        ("size", f"{say_kind(passport)}{f' ({passport.note})' if passport.note else ''}"),
    ]
    if counts.sizes is not None:
        sizes = counts.sizes
        told = (
            f"all {sizes.median}"
            if sizes.kinds == 1
            else f"{sizes.smallest} to {sizes.largest}, median {sizes.median}; {sizes.kinds:,} sizes"
        )
        facts.append(("original sizes", told))
    facts += [
        (title, as_list([f"{count:,} {name}" for name, count in met.items()]))
        for title, met in [("formats", counts.formats), ("modes", counts.modes)]
        if met
    ]
    facts += [
        ("mean", " ".join(f"{value:.1f}" for value in counts.mean) + " of 255, by channel"),
        ("deviation", " ".join(f"{value:.1f}" for value in counts.deviation)),
    ]
    if counts.groups:
        facts.append(("groups", ", ".join(f"{count:,} {split}" for split, count in counts.groups.items())))
    return [*facts, ("twins", _say_twins(passport)), ("fingerprint", passport.fingerprint)]


def _say_twins(passport: Passport) -> str:
    found = [
        f"{exact + near:,} {'inside ' + first if first == second else first + ' and ' + second}"
        for (first, second), (exact, near) in count_pairs(passport.pairs).items()
    ]
    return f"{', '.join(found) if found else 'none'} ({say_twins(passport)})"


def write_class_table(passport: Passport) -> Html:
    counts = passport.counts
    splits = list(counts.by_class)
    rows = [
        element(
            "tr",
            element("th", write_name(name), scope="row"),
            *(element("td", f"{counts.by_class[split][number]:,}", class_="number") for split in splits),
        )
        for number, name in enumerate(counts.classes)
    ]
    titles = {"class": "", **{str(split): "number" for split in splits}}
    table = write_table("classes", titles, rows, label="Images by class and split")
    if len(counts.classes) <= _FEW_CLASSES:
        return table
    folded = element("summary", f"{count_of(len(counts.classes), 'class', 'classes')} by split")
    return element("details", folded, table)


def write_skipped(passport: Passport) -> Html:
    skipped = passport.counts.skipped
    lines = [element("li", element("bdi", line)) for line in skipped[:_MOST_SKIPPED]]
    more = len(skipped) - len(lines)
    return join(element("ul", *lines), element("p", f"{more:,} more.", class_="note") if more else "")


def say_range(passport: Passport) -> str:
    """How even the classes are, in a few words."""
    train = passport.counts.by_class["train"]
    if min(train) == max(train):
        return f"{max(train):,} training images each"
    return f"{min(train):,} to {max(train):,} training images each" if train else NOTHING


def say_kind(passport: Passport) -> str:
    channels, height, width = passport.counts.shape
    kind = {1: "gray", 3: "in colour"}.get(channels, f"{channels} channels")
    return f"{width} x {height}, {kind}"
