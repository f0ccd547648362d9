"""Nets that exceed what a study allows. Knows sizes only; no torch."""

from paribus.errors import SpecError
from paribus.nets.layer_table import NetSize, say_amount
from paribus.specs.study import LimitsSpec


def refuse_beyond(limits: LimitsSpec, size: NetSize) -> None:
    """Raises SpecError for the first limit that the net exceeds, with its biggest layers."""
    if limits.flops is not None and size.flops is None:
        raise SpecError("limits.flops: the layers of the net cannot be followed, so its FLOPs are not known")
    for key, found, allowed, unit in (
        ("parameters", size.parameters, limits.parameters, "parameters"),
        ("flops", size.flops, limits.flops, "FLOPs an image"),
        ("size", size.weights_bytes, limits.size, "bytes of weights"),
    ):
        if allowed is not None and found is not None and found > allowed:
            roughly = f" ({say_amount(found, 'B')})" if key == "size" else ""
            largest = ", ".join(f"{name or 'its own'} {count:,}" for name, count in size.biggest)
            raise SpecError(
                f"the net has {found:,} {unit}{roughly}; limits.{key} allows {allowed:,}. "
                f"Its biggest layers by parameters: {largest or 'none'}"
            )
