"""Which study asks what a block of a report asked; where a block is no question, what shows the same."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Block:
    """A block of a report. Without a command the study itself answers it."""

    study: str  # its full name
    what: str = ""  # where the study does not answer it: what the block is
    command: str = ""  # that shows it
    section: str = ""  # the heading in the study's report under which it stands too


R0, R1, R2, R3, R4 = "r0-svhn", "r1-cifar100", "r2-cifar100-to-stl10", "r3-stl10", "r4-cifar10"

BLOCKS = {
    "R0.1": Block(f"{R0}/baseline"),
    "R0.2": Block(
        f"{R0}/baseline",
        "curves smoothed with Savitzky-Golay, step by step",
        "paribus report r0/baseline",
        "Learning curves",
    ),
    "R0.3": Block(f"{R0}/learning-rate"),
    "R0.4": Block(f"{R0}/batch-size"),
    "R0.5": Block(f"{R0}/optimizer"),
    "R0.6": Block(
        f"{R0}/transforms",
        "training images before and after transforms",
        "paribus show augment r0/transforms",
        "Data",
    ),
    "R0.7": Block(f"{R0}/transforms"),
    "R0.8": Block(f"{R0}/extra"),
    "R0.9": Block(f"{R0}/budget"),
    "R0.10": Block(f"{R0}/attempts"),
    "R0.11": Block(f"{R0}/fine-tuning"),
    "R0.12": Block(f"{R0}/fine-tuning"),
    "R1.1": Block(f"{R1}/fully-connected"),
    "R1.2": Block(f"{R1}/widths"),
    "R1.3": Block(f"{R1}/widths"),
    "R1.4": Block(f"{R1}/improvements"),
    "R1.5": Block(f"{R1}/augmentation"),
    "R1.6": Block(f"{R1}/resnet18"),
    "R1.7": Block(f"{R1}/own-cnn"),
    "R1.8": Block(f"{R1}/widths", "the learning-rate range test", "paribus find-lr r1/widths"),
    "R1.9": Block(
        f"{R1}/improvements",
        "strategies named; ensembles among them",
        "paribus report r1/improvements",
        "What averaging the seeds would give",
    ),
    "R2.1": Block(f"{R2}/nets"),
    "R2.2": Block(f"{R2}/nets"),
    "R2.3": Block(f"{R2}/nets"),
    "R2.4": Block(f"{R2}/nets"),
    "R2.5": Block(
        f"{R2}/nets", "the learning-rate schedule", "paribus show schedule r2/nets", "Learning curves"
    ),
    "R2.6": Block(f"{R2}/transfer"),
    "R3.1": Block(
        f"{R3}/cnn",
        "a grid of examples of each class",
        "paribus show data r3/cnn --save stl10.html",
        "Data",
    ),
    "R3.2": Block(f"{R3}/cnn", "previews of each augmentation", "paribus show augment r3/cnn", "Data"),
    "R3.3": Block(f"{R3}/linear"),
    "R3.4": Block(f"{R3}/depth"),
    "R3.5": Block(f"{R3}/cnn"),
    "R3.6": Block(f"{R3}/transfer"),
    "R3.7": Block(f"{R3}/transfer"),
    "R3.8": Block(
        f"{R3}/cnn",
        "three ways to run: 'show data' looks, 'run' trains and validates, 'test' tests",
        "paribus test r3/cnn",
    ),
    "R4.1": Block(f"{R4}/norm"),
    "R4.2": Block(
        f"{R4}/norm",
        "filters of the first layer before and after training",
        "paribus show filters r4/norm",
        "The first layer",
    ),
    "R4.3": Block(f"{R4}/norm"),
    "R4.4": Block(f"{R4}/stopping"),
    "R4.5": Block(f"{R4}/augmentation"),
    "R4.6": Block(f"{R4}/dropout"),
    "R4.7": Block(f"{R4}/transfer"),
    "R4.8": Block(f"{R4}/transfer"),
}
