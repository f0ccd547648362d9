"""Which colour an arm has, everywhere.

Okabe and Ito's colours, which colour-blind readers tell apart. Their yellow vanishes on white and their
black on the dark page, so both are left out. The control is gray. From the seventh arm on the
colours come again, dashed.
"""

from dataclasses import dataclass

GRAY = "#8c8c8c"
OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
DASHES: tuple[tuple[int, ...], ...] = ((), (5, 3), (2, 2), (8, 3, 2, 3))


@dataclass(frozen=True)
class ArmStyle:
    colour: str
    dash: tuple[int, ...] = ()


def style_arms(names: list[str], control: str) -> dict[str, ArmStyle]:
    """A style for each arm, in the order of the study; adding an arm at the end changes no other."""
    others = [name for name in names if name != control]
    styles = {name: _style(k) for k, name in enumerate(others)}
    return {name: styles.get(name, ArmStyle(GRAY)) for name in names}


def _style(place: int) -> ArmStyle:
    again, colour = divmod(place, len(OKABE_ITO))
    return ArmStyle(OKABE_ITO[colour], DASHES[again % len(DASHES)])
