"""paribus: controlled experiments on image classifiers. All else being equal.

`Study` declares and runs a study from Python as a study file does; it is imported when it is asked for.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from paribus.workbench import Execution, Study, StudyResult

__version__ = "0.1.0"
__all__ = ["Execution", "Study", "StudyResult", "__version__"]


def __getattr__(name: str) -> Any:
    """Keeps `import paribus` instant."""
    if name in {"Execution", "Study", "StudyResult"}:
        from paribus import workbench  # noqa: PLC0415

        return getattr(workbench, name)
    raise AttributeError(f"module 'paribus' has no attribute '{name}'")
