"""Which parameters are trained, and in which groups: those that share a rate and a decay go together.

Knows no optimizer's arithmetic. Each group carries its own `factor` on the rate; see `set_rate`.
"""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from torch import nn, optim
from torch.nn.modules.conv import _ConvNd

from paribus.errors import SpecError
from paribus.nets import Shape
from paribus.nets.anatomy import layers_of
from paribus.specs import RecipeSpec
from paribus.specs.optimizers import Muon, OptimizerOptions
from paribus.specs.words import did_you_mean

Named = list[tuple[str, nn.Parameter]]


def parameter_groups(
    net: nn.Module, recipe: RecipeSpec, shape: Shape, scales: Mapping[str, float]
) -> list[dict[str, Any]]:
    """Groups for an optimizer, in the order of the net; without what has no gradient.

    `scales` holds further factors on the rate, by parameter. Raises SpecError for a pattern of
    `optimizer.rates` that matches no parameter.
    """
    trained = [(name, value) for name, value in net.named_parameters() if value.requires_grad]
    options = recipe.optimizer
    own_rates = _rates(options, [name for name, _ in trained])
    hidden = hidden_weights(net, shape) if isinstance(options, Muon) else set()
    groups: dict[tuple[float, float, bool], Named] = {}
    for name, value in trained:
        factor = own_rates.get(name, 1.0) * scales.get(name, 1.0)
        decayed = options.decay == "all" or value.ndim > 1
        key = (factor, options.weight_decay if decayed else 0.0, name in hidden)
        groups.setdefault(key, []).append((name, value))
    return [
        {
            "params": named,
            "factor": factor,
            "weight_decay": decay,
            "hidden": is_hidden,
            "precision": recipe.precision,
        }
        for (factor, decay, is_hidden), named in groups.items()
    ]


def hidden_weights(net: nn.Module, shape: Shape) -> set[str]:
    """The weights of convolutions and linear layers, but for the layers that compute first and last."""
    layers = layers_of(net, shape)
    kinds = (nn.Linear, _ConvNd)
    inner = [name for name, module in net.named_modules() if isinstance(module, kinds)]
    return {f"{name}.weight" for name in inner if name not in {*layers[:1], *layers[-1:]}}


def set_rate(optimizer: optim.Optimizer, rate: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate * group["factor"]


def shorten_gradient(optimizer: optim.Optimizer, longest: float) -> None:
    """To the length `longest` over all weights, where it is longer."""
    weights = [weight for group in optimizer.param_groups for weight in group["params"]]
    nn.utils.clip_grad_norm_(weights, longest, foreach=True)


def _rates(options: OptimizerOptions, names: list[str]) -> dict[str, float]:
    """The factor of each name that a pattern matches; of several, their product."""
    factors: dict[str, float] = {}
    for pattern, factor in (options.rates or {}).items():
        matched = [name for name in names if fnmatchcase(name, pattern)]
        if not matched:
            hint = did_you_mean(pattern, names)
            shown = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
            raise SpecError(
                f"optimizer.rates: '{pattern}' matches no trained parameter; there are: {shown}.{hint}"
            )
        for name in matched:
            factors[name] = factors.get(name, 1.0) * factor
    return factors
