"""`paribus predict`: what an exported model makes of pictures."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from paribus.serving import Classifier


@click.command("predict")
@click.argument("model", type=click.Path(path_type=Path))
@click.argument("images", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option(
    "--top",
    type=click.IntRange(1),
    default=3,
    show_default=True,
    metavar="N",
    help="How many classes to show of each picture.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the answers as JSON.")
def command(model: Path, images: tuple[Path, ...], top: int, as_json: bool) -> None:
    """Show what an exported MODEL makes of pictures: the likeliest classes of each, with probabilities.

    A picture that cannot be read is named, and the others go on; the exit code is then 1.
    """
    from paribus.cli.tables import percent
    from paribus.serving import Classifier

    classifier = Classifier(model)
    answers = []
    for image in images:
        answers.append(answer := _ask(classifier, image, top))
        if as_json:
            continue
        if "error" in answer:
            click.echo(f"paribus: {image}: {answer['error']}", err=True)
        else:
            told = ", ".join(
                f"{found['name']} {percent(found['probability'])}" for found in answer["classes"]
            )
            click.echo(f"{image}: {told}")
    if as_json:
        click.echo(json.dumps(answers, indent=1))
    if any("error" in answer for answer in answers):
        raise click.exceptions.Exit(1)


def _ask(classifier: "Classifier", image: Path, top: int) -> dict[str, Any]:
    from paribus.errors import DataError

    try:
        found = classifier.classify(image.read_bytes())
    except OSError as error:
        return {"image": str(image), "error": f"cannot be read: {error.strerror}"}
    except DataError as error:
        return {"image": str(image), "error": str(error)}
    classes = [{"name": name, "probability": value} for name, value in found[:top]]
    return {"image": str(image), "classes": classes}
