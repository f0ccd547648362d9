"""Nets of other libraries as settings. What these libraries hold is not looked at here."""

import importlib.metadata
import subprocess
import sys

import pytest
from pydantic import ValidationError

from paribus.errors import MissingExtra
from paribus.specs import RecipeSpec, canonical, fingerprint
from paribus.specs.messages import error_lines
from paribus.specs.tables import UserOptions
from paribus.specs.zoo import ZooOptions, library_version


def recipe(net):
    return RecipeSpec.model_validate({"data": "digits", "net": net})


@pytest.mark.parametrize(
    ("net", "library", "model", "arguments"),
    [
        ("torchvision:resnet18", "torchvision", "resnet18", {}),
        ("timm:resnet18.a1_in1k", "timm", "resnet18.a1_in1k", {}),
        ({"name": "timm:vit_tiny", "drop_rate": 0.2}, "timm", "vit_tiny", {"drop_rate": 0.2}),
    ],
)
def test_a_net_of_a_library_is_named_with_its_arguments(net, library, model, arguments):
    options = recipe(net).net
    assert isinstance(options, ZooOptions)
    assert (options.library, options.model, options.arguments()) == (library, model, arguments)
    assert RecipeSpec.model_validate(canonical(recipe(net))) == recipe(net)


def test_a_module_of_the_users_own_is_no_library():
    for name in ("mine:resnet18", "timm.models:resnet18", "my_timm:net"):
        assert isinstance(recipe(name).net, UserOptions)


NAMED = "expected a library and what it calls the net, as in 'torchvision:resnet18'"


@pytest.mark.parametrize(
    ("net", "message"),
    [
        ("timm:", f"name: given 'timm:'; {NAMED}"),
        ("timm:a/b", f"name: given 'timm:a/b'; {NAMED}"),
        ({"name": "timm:x", "num_classes": 3}, "num_classes: not set here: the number of classes follows"),
        ({"name": "timm:x", "in_chans": 1}, "in_chans: not set here: the number of channels follows"),
        ({"name": "timm:x", "pretrained": True}, "pretrained: not set here: say start = { weights ="),
        ({"name": "torchvision:x", "weights": "V2"}, "weights: not set here: say start = { weights ="),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(net, message):
    with pytest.raises(ValidationError) as caught:
        recipe(net)
    [line] = error_lines(caught.value, "s.toml")
    assert line.startswith(f"s.toml: net.{message}")


def test_the_version_of_the_library_is_part_of_the_identity(monkeypatch):
    def identity(net):
        return fingerprint(recipe(net), "d")

    ours, theirs = identity("resnet"), identity("timm:resnet18")
    assert theirs != identity("torchvision:resnet18")
    assert theirs != identity({"name": "timm:resnet18", "drop_rate": 0.1})
    assert theirs == identity("timm:resnet18")
    installed = importlib.metadata.version
    monkeypatch.setattr(
        "paribus.specs.zoo.version", lambda name: "99.0" if name == "timm" else installed(name)
    )
    assert identity("timm:resnet18") != theirs
    assert identity("resnet") == ours


def test_what_the_library_was_built_for_is_no_part_of_it(monkeypatch):
    monkeypatch.setattr("paribus.specs.zoo.version", lambda _name: "0.28.0+cu130")
    assert library_version(ZooOptions(name="torchvision:resnet18")) == "0.28.0"


def test_a_library_that_is_not_installed_is_named_with_its_extra(monkeypatch):
    def missing(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr("paribus.specs.zoo.version", missing)
    with pytest.raises(MissingExtra) as caught:
        fingerprint(recipe("timm:resnet18"), "d")
    assert str(caught.value) == (
        "net 'timm:resnet18' needs the package 'timm', which is not installed. Do: pip install 'paribus[zoo]'"
    )


def test_naming_and_knowing_such_a_net_imports_neither_library_nor_torch():
    code = (
        "import sys\nfrom paribus.specs import RecipeSpec, fingerprint\n"
        "fingerprint(RecipeSpec.model_validate({'data': 'digits', 'net': 'timm:resnet18'}), 'd')\n"
        "print([name for name in ('torch', 'timm', 'torchvision') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
