"""Weights into a net, tensor by tensor: what has no place, or the wrong shape, is refused in one line.

Knows nothing of where weights come from, nor of what trains afterwards.
"""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from paribus.errors import SpecError
from paribus.nets.anatomy import HiddenHead, is_within

_COUNTERS = "num_batches_tracked"  # of norms; absent from old files, and used by none of our norms
_NAMED = 3  # tensors in a message


@torch.no_grad()
def fit_weights(
    net: nn.Module,
    weights: Mapping[str, Tensor],
    head: str,
    rule: str,
    *,
    classes: tuple[str, ...],
    known_classes: tuple[str, ...],
) -> set[str]:
    """Copies the weights into the net, all but the head strictly; gives the parameters that stay new.

    `rule` is what becomes of the head: "new", "keep" or "map", which copies what belongs to classes of the
    same name and leaves the others as they are.
    """
    state = net.state_dict()
    mapped = _outputs(net, head) if rule == "map" else set()
    fresh = {name for name in state if rule == "new" and is_within(name, head)}
    given = {name: value for name, value in weights.items() if rule != "new" or not is_within(name, head)}
    if weights and not given:
        raise SpecError(
            f"start: the weights hold the head alone, such as {next(iter(weights))}, and start.head = 'new' "
            "leaves it out; give weights of the whole net"
        )
    _refuse_misfits({name: value for name, value in state.items() if name not in fresh}, given, mapped)
    for name, value in given.items():
        if name in mapped:
            _refuse_other_count(name, value, known_classes)
            rows = [(row, known_classes.index(c)) for row, c in enumerate(classes) if c in known_classes]
            into, out_of = (list(places) for places in zip(*rows, strict=True))
            state[name][into] = value[out_of].to(state[name])
            fresh |= {name} if len(rows) < len(classes) else set()
        elif _is_finite(value):  # but for a counter that grew beyond half precision
            state[name].copy_(value)
    return fresh


def _outputs(net: nn.Module, head: str) -> set[str]:
    """The tensors that hold a row for each class."""
    module = net.get_submodule(head)
    last = f"{head}.last" if isinstance(module, HiddenHead) else head
    return {f"{last}.{name}" for name, _ in net.get_submodule(last).named_parameters()}


def _refuse_other_count(name: str, value: Tensor, known_classes: tuple[str, ...]) -> None:
    if len(value) != len(known_classes):
        raise SpecError(
            f"start: {name} of the weights has {len(value)} rows for {len(known_classes)} known classes; "
            "set start.head = 'new'"
        )


def _refuse_misfits(wanted: Mapping[str, Tensor], given: Mapping[str, Tensor], mapped: set[str]) -> None:
    missing = [name for name in wanted if name not in given and not name.endswith(_COUNTERS)]
    unexpected = [name for name in given if name not in wanted]
    both = [name for name in wanted if name in given]
    shaped = [name for name in both if _sides(name, wanted, mapped) != _sides(name, given, mapped)]
    unlike = [name for name in both if name not in shaped and _differ(name, wanted[name], given[name])]
    if missing or unexpected or shaped or unlike:
        told = [
            _some("it lacks", missing),
            _some("it has no place for", unexpected),
            _some("of another shape", [_sizes(name, wanted[name], given[name]) for name in shaped]),
            _some("of another kind", [f"{name} ({_kind(given[name])})" for name in unlike]),
        ]
        raise SpecError(
            f"start: the weights do not fit the net: {'; '.join(filter(None, told))}. "
            + _reason(wanted, given, both, shaped, missing or unexpected or shaped)
        )
    broken = [name for name in both if not _is_finite(given[name]) and not name.endswith(_COUNTERS)]
    if broken:
        raise SpecError(f"start: the weights hold numbers that are not finite: {_some('', broken)}")


def _sides(name: str, tensors: Mapping[str, Tensor], mapped: set[str]) -> torch.Size:
    return tensors[name].shape[1 if name in mapped else 0 :]


def _differ(name: str, wanted: Tensor, given: Tensor) -> bool:
    """Fractions for whole numbers, or these for those; not so counters: some save all in half precision."""
    return wanted.is_floating_point() != given.is_floating_point() and not name.endswith(_COUNTERS)


def _is_finite(value: Tensor) -> bool:
    return not value.is_floating_point() or value.is_meta or bool(value.isfinite().all())


def _kind(value: Tensor) -> str:
    return str(value.dtype).removeprefix("torch.")


def _some(what: str, names: list[str]) -> str:
    if not names:
        return ""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{what} {', '.join(names[:_NAMED])}{more}".strip()


def _sizes(name: str, wanted: Tensor, given: Tensor) -> str:
    sizes = (" x ".join(map(str, value.shape)) or "one number" for value in (given, wanted))
    return f"{name} ({' where the net has '.join(sizes)})"


def _reason(
    wanted: Mapping[str, Tensor],
    given: Mapping[str, Tensor],
    both: list[str],
    shaped: list[str],
    told: list[str],
) -> str:
    """The likely one; `told` is what misfits by more than its kind."""
    if not both:
        return f"No name is the same: another net's, or named otherwise, such as {next(iter(given), 'none')}"
    convolutions = [name for name in both if wanted[name].dim() == 4]
    if convolutions[:1] == shaped[:1] and shaped:
        of, to = given[shaped[0]].shape, wanted[shaped[0]].shape
        if len(of) == 4 and of[0] == to[0] and of[2:] == to[2:]:
            return f"They want images of another number of channels, {of[1]} for {to[1]}: see data.gray"
    if not told:
        return "Save them as the kind of number that the net has: quantised weights are not read"
    if len(shaped) == 1 and "pos" in shaped[0]:
        return "They were made for images of another size: see data.resize"
    return "They were made with other options of the net, or by another one"
