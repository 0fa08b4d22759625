"""Which mistake explains what a student's function returned: the one, if any, that gives every value that came."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from autograder.course.verdict import Finding
from autograder.judging.catalogue import STRUCTURAL
from autograder.judging.comparison import EXACT, same
from autograder.sandbox.values import numeric

MOST_KEPT = 1 << 20  # bytes of an array that came, for the diagnosis: all comparisons of a check are kept to its end


@dataclass
class Property:
    """What was seen of one property: whether it was examined, its first failure, how each failed."""

    examined: bool = False
    finding: Finding | None = None
    kinds: list[str] = field(default_factory=list)  # of the failures: "wrong_shape", "inaccurate", "" …


@dataclass(frozen=True)
class Seen:
    """One comparison: of which property, what came and was expected, whether it failed, whether its mistake is told."""

    property: str
    got: Any
    want: np.ndarray
    rtol: float
    failed: bool
    told: bool

    def explained_by(self, value: Any) -> bool:
        """Whether a mistake that gives this value gives what came; if it changes nothing, it explains no failure."""
        wrong = numeric(value)
        if wrong is None:
            return False
        wrong, rtol = wrong.astype(np.float64), max(self.rtol, EXACT)  # another form of a mistake rounds as it will
        return same(self.got, wrong, rtol) and not (self.failed and same(self.want, wrong, rtol))

    @property
    def telling(self) -> bool:
        """Whether a number came that is wrong: NaN everywhere is what any accident gives."""
        return self.failed and self.got is not None and bool(np.isfinite(self.got).any())


def named(outcome: Property, mistake: str, sentence: Callable[[str], str]) -> Finding:
    """The finding of a failed property, its diagnosis this mistake, or where that is "", how it failed."""
    name = mistake or (outcome.kinds[0] if len(set(outcome.kinds)) == 1 else "")
    message = f"{outcome.finding.message} {sentence(name)}" if name else outcome.finding.message
    return replace(outcome.finding, message=message, diagnosis=name)


def strongest(names: list[str]) -> str:
    """One diagnosis for the blank: the first that is a mistake, else the first way to fail."""
    return next((name for name in names if name not in STRUCTURAL), names[0] if names else "")
