"""The generators that are not ours: re-seeded before each use, so that nothing is carried."""

import torch


def seed_generators(device: torch.device, seed: int) -> None:
    """Those that dropout draws from; `torch.manual_seed` would do, but takes 60 microseconds a call."""
    torch.default_generator.manual_seed(seed)
    if device.type == "cuda":
        torch.cuda.manual_seed(seed)
    elif device.type == "mps":
        torch.mps.manual_seed(seed)
