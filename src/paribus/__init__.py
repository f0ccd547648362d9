"""paribus: controlled experiments on image classifiers. All else being equal.

`Study` declares and runs a study from Python as a study file does; `load` gives a trained model. They are
imported when they are asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from paribus.executors import Execution
    from paribus.export import load
    from paribus.workbench import Study, StudyResult

__version__ = "0.1.0"
__all__ = ["Execution", "Study", "StudyResult", "__version__", "load"]

_ROOMS = {
    "Execution": "paribus.executors",
    "Study": "paribus.workbench",
    "StudyResult": "paribus.workbench",
    "load": "paribus.export",
}


def __dir__() -> list[str]:
    return sorted(__all__)


def __getattr__(name: str) -> Any:
    """Keeps `import paribus` instant."""
    if name in _ROOMS:
        return getattr(import_module(_ROOMS[name]), name)
    raise AttributeError(f"module 'paribus' has no attribute '{name}'")
