"""Which mistake explains what a student's function returned: the one, if any, that gives every value that came."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.course.verdict import Finding
from autograder.judging.catalogue import CATALOGUE, STRUCTURAL_SENTENCES
from autograder.judging.comparison import same


class UnknownMistake(LookupError):
    """A check names a mistake that the catalogue does not have; the text is one sentence."""


@dataclass
class Property:
    """What was seen of one property: whether it was examined, its first failure, how each failed, every comparison."""

    examined: bool = False
    finding: Finding | None = None
    kinds: list[str] = field(default_factory=list)  # of the failures: "wrong_shape", "inaccurate", "" …
    seen: list["Seen"] = field(default_factory=list)


MOST_KEPT = 1 << 20  # bytes of an array that came, for the diagnosis: all comparisons of a check are kept to its end
Mistakes = Mapping[str, Any] | Callable[[], Mapping[str, Any]] | None


@dataclass(frozen=True)
class Seen:
    """One comparison: what came, what was expected, what each mistake would give, whether it failed."""

    got: Any
    want: np.ndarray
    mistakes: Mistakes
    rtol: float
    failed: bool

    def explanations(self) -> set[str]:
        """The mistakes that give what came; one that changes nothing here does not explain a failure here."""
        wrong = self.mistakes() if callable(self.mistakes) else self.mistakes or {}
        if unknown := sorted(wrong.keys() - CATALOGUE.keys()):
            raise UnknownMistake(
                f"the check names the mistake {unknown[0]!r}, which the catalogue (autograder/judging/catalogue.py) "
                "does not have: correct the name, or write a sentence for it there"
            )
        arrays = {name: np.asarray(value, dtype=np.float64) for name, value in wrong.items()}
        explained = {name for name, value in arrays.items() if same(self.got, value, self.rtol)}
        return {name for name in explained if not (self.failed and same(self.want, arrays[name], self.rtol))}


def named(outcome: Property) -> Finding:
    """The finding of a failed property, its diagnosis the one mistake that explains every value, else how it failed."""
    names = _explanations(outcome.seen)
    if len(names) == 1:
        (name,) = names
    else:
        name = outcome.kinds[0] if len(set(outcome.kinds)) == 1 else ""
    finding = outcome.finding
    message = f"{finding.message} {CATALOGUE[name]}" if name else finding.message
    return Finding(finding.property, message, finding.example, name)


def _explanations(seen: list[Seen]) -> set[str]:
    """The mistakes that explain every comparison; the failed ones are asked first, for they leave few."""
    left: set[str] | None = None
    for comparison in sorted(seen, key=lambda one: not one.failed):
        left = comparison.explanations() if left is None else left & comparison.explanations()
        if not left:
            break
    return left or set()


STRUCTURAL = frozenset(STRUCTURAL_SENTENCES) - {"modified_input"}  # which is no way to fail


def strongest(names: list[str]) -> str:
    """One diagnosis for the blank: the first from the catalogue of mistakes, else the first structural one."""
    return next((name for name in names if name not in STRUCTURAL), names[0] if names else "")
