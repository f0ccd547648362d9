"""Whether what is claimed and what was published speaks of arms that the study has."""

from paribus.errors import SpecError
from paribus.specs import StudySpec
from paribus.specs.claims import BestClaim
from paribus.specs.study import unknown_arm
from paribus.specs.words import quoted

_NO_FIGURES = "Figures of arms that are left out go by 'reference = false'"
_NO_CLAIMS = "Claims about arms that are left out go by 'claims = false'"


def refuse_strangers(spec: StudySpec, arms: list[str], *, where: str = "study") -> None:
    """Raises SpecError with one line a fault."""
    faults = [
        f"reference: {unknown_arm(name, arms)} {_NO_FIGURES}" for name in spec.reference if name not in arms
    ]
    for sentence, claim in spec.claims.items():
        place = f"claims.{sentence if sentence.isprintable() else quoted(sentence)}"
        faults += [
            f"{place}.{key}: {unknown_arm(name, arms)} {_NO_CLAIMS}"
            for key, name in zip(claim.arms_named, claim.arms, strict=True)
            if name not in arms
        ]
        if isinstance(claim, BestClaim) and arms == [claim.best]:
            faults.append(f"{place}.best: there is no other arm to be better than")
    if faults:
        raise SpecError("\n".join(f"{where}: {fault}" for fault in faults))
