"""What makes two runs the same run: one hash of everything that determines their bits.

Where data lie does not matter, what they hold does: the data's fingerprint takes the place of paths. The same
for user code, by its source. Parts that may come to mean other bits carry a semantics version. Title, device,
threads and executor are no part of it; they are recorded with the run.
"""

import hashlib
import importlib.util
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from paribus.errors import SpecError
from paribus.specs.augments import AUGMENTS
from paribus.specs.datasets import DATASETS, PLACES
from paribus.specs.nets import NETS
from paribus.specs.optimizers import OPTIMIZERS
from paribus.specs.recipe import RecipeSpec
from paribus.specs.schedules import SCHEDULES
from paribus.specs.start import PARENTS
from paribus.specs.tables import Entry, is_user_object
from paribus.specs.zoo import LIBRARIES, ZooOptions, library_version

SEMANTICS = {"training": 1, "augmentation": 1, "split": 1, "initialisation": 1}
_SEEN: dict[str, str] = {}  # module -> its source when this process first looked


def canonical(recipe: RecipeSpec) -> dict[str, Any]:
    """The recipe as plain values with every default filled in."""
    return recipe.model_dump(mode="json")


def digest(value: Any) -> str:
    """SHA-256 of a plain value; the order of keys does not matter."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def fingerprint(recipe: RecipeSpec, data_fingerprint: str, parent: str | None = None) -> str:
    """The identity of a run: 64 hexadecimal digits.

    `parent` is what it starts from, if it does: a run's fingerprint, or the SHA-256 of a file of weights.
    """
    plain = canonical(recipe)
    plain["data"] = {key: v for key, v in plain["data"].items() if key not in PLACES}
    plain["layout"] = recipe.memory_layout
    if recipe.start is not None:
        assert parent is not None, "what a run starts from is known before it is planned"
        how = {key: v for key, v in plain["start"].items() if key not in PARENTS}
        plain["start"] = how | {"parent": parent}
    return digest(
        {
            "recipe": plain,
            "data": data_fingerprint,
            "semantics": SEMANTICS | _versions(recipe),
            "source": {
                name: source_digest(name)
                for name in (recipe.net.name, recipe.data.name)
                if is_user_object(name) and name.partition(":")[0] not in LIBRARIES
            },
        }
        | _library(recipe)
    )


def _library(recipe: RecipeSpec) -> dict[str, str]:
    """Of a net that another library makes: its bits are that library's affair."""
    net = recipe.net
    return {"library": f"{net.library} {library_version(net)}"} if isinstance(net, ZooOptions) else {}


def _versions(recipe: RecipeSpec) -> dict[str, int]:
    entries = {
        f"optimizer.{recipe.optimizer.name}": OPTIMIZERS[recipe.optimizer.name],
        f"schedule.{recipe.schedule.name}": SCHEDULES[recipe.schedule.name],
    } | {f"augment.{step.name}": AUGMENTS[step.name] for step in recipe.augment}
    tables: list[tuple[str, Mapping[str, Entry], str]] = [
        ("data", DATASETS, recipe.data.name),
        ("net", NETS, recipe.net.name),
    ]
    entries |= {f"{part}.{name}": table[name] for part, table, name in tables if name in table}
    return {name: entry.version for name, entry in entries.items()}


def source_digest(user_object: str) -> str:
    """SHA-256 of the file that holds "module:object"; the module is not imported."""
    module = user_object.partition(":")[0]
    try:
        found = importlib.util.find_spec(module)
    except (ImportError, ValueError):
        found = None
    if found is None or not found.origin or not Path(found.origin).is_file():
        raise SpecError(
            f"'{user_object}': no module '{module}' is found. "
            "Put its file beside the study file, or install it"
        )
    digest = hashlib.sha256(Path(found.origin).read_bytes()).hexdigest()
    if _SEEN.setdefault(module, digest) != digest and module in sys.modules:
        raise SpecError(f"'{user_object}': its source changed after it was imported; start Python anew")
    _SEEN[module] = digest
    return digest
