"""`paribus show augment`: training images as they are and as training sees them, side by side."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from paribus.cli.options import study_options

if TYPE_CHECKING:
    from paribus.augment.preview import Sample
    from paribus.augment.sheet import Section
    from paribus.plan import Arm
    from paribus.workbench import Study


@click.command("augment")
@study_options
@click.option("--arm", metavar="NAME", help="Only this arm.  [default: each way of varying images once]")
@click.option(
    "--seed", type=int, metavar="N", help="As the run with this seed sees them.  [default: the first]"
)
@click.option(
    "--save",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where to write, ending in .png.  [default: augment.png beside the study]",
)
def command(asked: "Study", arm: str | None, seed: int | None, save: Path | None) -> None:
    """Write a picture of training images beside what the first epochs make of them.

    A row for each of six classes: the image as it is, then as the first seven epochs vary it, by the very
    draws that training uses. Below, each operation alone, on every image. Several arms that vary images
    differently get a part each. Leaves with 2 where no arm varies its images.
    """
    from paribus.augment.sheet import encode_sheet
    from paribus.cli.reading import telling
    from paribus.cli.tables import console
    from paribus.errors import SpecError
    from paribus.report.saving import write_bytes
    from paribus.store import refuse_unwritable

    target = save or asked.file.folder / "augment.png"
    if target.suffix.lower() != ".png":
        raise SpecError(f"--save {target}: expected a name that ends in .png")
    refuse_unwritable(target)
    groups = _alike(_chosen(asked, arm))
    if not groups:
        raise SpecError(
            f'{asked.file.where}: nothing varies its images; set run.augment, such as augment = ["flip"]'
        )
    with telling(asked, console(stderr=True)):
        sections = [part for arms in groups for part in _sections(asked, arms, seed)]
    write_bytes(target, encode_sheet(sections))
    click.echo(f"Augmentation: {target}")


def _chosen(asked: "Study", name: str | None) -> list["Arm"]:
    from paribus.errors import SpecError
    from paribus.specs.study import unknown_arm

    if name is None:
        return list(asked.arms)
    found = [arm for arm in asked.arms if arm.name == name]
    if not found:
        raise SpecError(f"{asked.file.where}: {unknown_arm(name, [arm.name for arm in asked.arms])}")
    return found


def _alike(arms: list["Arm"]) -> list[list["Arm"]]:
    """The arms that vary images, those together that vary the same images alike."""
    groups: list[list[Arm]] = []
    for arm in arms:
        recipe = arm.recipe
        for group in groups:
            if (group[0].recipe.augment, group[0].recipe.data) == (recipe.augment, recipe.data):
                group.append(arm)
                break
        else:
            groups += [[arm]] if recipe.augment else []
    return groups


def _sections(asked: "Study", arms: list["Arm"], seed: int | None) -> list["Section"]:
    from paribus.augment.preview import describe_chain, vary_alone, vary_sample
    from paribus.augment.sheet import Section

    seed = asked.file.spec.study.seeds[0] if seed is None else seed
    recipe = arms[0].recipe.model_copy(update={"seed": seed})
    sample, draws = _sample(asked, arms[0], recipe.seed_of("split")), recipe.seed_of("augment")
    title = ", ".join(arm.name for arm in arms) + f", seed {seed}"
    strips = tuple(vary_sample(recipe.augment, sample, draws))
    sections = [Section(title, describe_chain(recipe.augment), strips)]
    if len(recipe.augment) > 1:
        alone = tuple(vary_alone(recipe.augment, sample, draws))
        sections.append(Section("Each operation alone", "On every image, so that it can be seen.", alone))
    return sections


def _sample(asked: "Study", arm: "Arm", split_seed: int) -> "Sample":
    import numpy as np

    from paribus.augment.preview import Sample, pick_images
    from paribus.data import select_training

    data = asked.data[arm.name]
    chosen = select_training(arm.recipe.data, data, split_seed)
    train = chosen.train
    at = pick_images(train.labels)
    positions = train.positions[at]
    pixels = np.ascontiguousarray(data.split(train.split).pixels[positions])
    return Sample(pixels, positions, tuple(chosen.classes[label] for label in train.labels[at]))
