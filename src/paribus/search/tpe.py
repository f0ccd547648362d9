"""Points from a tree-structured Parzen estimator, which is Optuna's (Bergstra et al. 2011; Watanabe 2023).

For each batch the sampler is made anew from what earlier batches scored, with a seed of its own. So it
carries nothing, and the points of a batch are the same wherever and whenever they are asked for, with the
same version of Optuna. Points of the same batch that have no score yet count as bad: a batch spreads out.
"""

import warnings
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from paribus import chance
from paribus.errors import MissingExtra
from paribus.search.proposing import Tried
from paribus.search.space import Point, shorten
from paribus.specs.search import RangeSpec, SearchSpec

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

_WORST = 0.0  # the score of what diverged: no metric of ours is lower


def ask_tpe(search: SearchSpec, tried: Sequence[Tried], batch: int) -> Iterator[Point]:
    """Points without end, of the batch of that number; `tried` are all of the batches before."""
    find_optuna()
    import optuna  # noqa: PLC0415  an extra, and half a second

    distributions = {str(k): _spread(d) for k, d in enumerate(search.space.values())}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        sampler = optuna.samplers.TPESampler(
            seed=chance.integer(search.seed, "search", "tpe", batch) % 2**32,
            n_startup_trials=1,  # what is drawn without learning was drawn before
            multivariate=True,
            constant_liar=True,
        )
    storage = optuna.storages.InMemoryStorage()
    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(storage=storage, sampler=sampler, direction="maximize")
    optuna.logging.set_verbosity(level)
    for one in tried:
        params = {str(k): _to_optuna(d, at) for k, (d, at) in _pairs(search, one.point)}
        value = _WORST if one.score is None else one.score
        study.add_trial(optuna.trial.create_trial(params=params, distributions=distributions, value=value))
    while True:
        asked = study.ask(distributions)
        yield tuple(_from_optuna(d, asked.params[str(k)]) for k, d in enumerate(search.space.values()))


def find_optuna() -> str:
    """Its version; raises MissingExtra where it is not installed."""
    try:
        import optuna  # noqa: F401, PLC0415
    except ModuleNotFoundError as error:
        raise MissingExtra(error.name or "optuna", "search", "A search by tpe") from error
    return version("optuna")


def _pairs(search: SearchSpec, point: Point) -> "enumerate[tuple[Any, float]]":
    return enumerate(zip(search.space.values(), point, strict=True))


def _spread(dimension: Any) -> "BaseDistribution":
    """As Optuna knows it."""
    from optuna.distributions import (  # noqa: PLC0415
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    if not isinstance(dimension, RangeSpec):
        return CategoricalDistribution(tuple(range(len(dimension))))
    if dimension.count is None:
        return FloatDistribution(dimension.low, dimension.high, log=dimension.log)
    if dimension.log:
        return IntDistribution(int(dimension.low), int(dimension.high), log=True)
    return IntDistribution(0, dimension.count - 1)


def _to_optuna(dimension: Any, at: float) -> float:
    if not isinstance(dimension, RangeSpec) or dimension.count is not None:
        shift = int(dimension.low) if isinstance(dimension, RangeSpec) and dimension.log else 0
        return int(at) + shift
    return at


def _from_optuna(dimension: Any, value: float) -> float:
    if not isinstance(dimension, RangeSpec):
        return int(value)
    if dimension.count is None:
        return shorten(dimension, value)
    return int(value) - (int(dimension.low) if dimension.log else 0)
