"""Which mistake explains what came: the one, if any, that gives every value; and what students are told of it."""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from practice.comparing import EXACT, same
from practice.values import numeric


@dataclass(frozen=True)
class Finding:
    """One thing a student is told: what was examined, one clear sentence, Python source to rerun it on public data."""

    property: str
    message: str
    example: str = ""
    diagnosis: str = ""  # the name of a mistake, or of how the call failed, or nothing


@dataclass
class Property:
    """What was seen of one property: whether it was examined, its first failure, how each failed."""

    examined: bool = False
    finding: Finding | None = None
    kinds: list[str] = field(default_factory=list)  # of the failures: "wrong_shape", "inaccurate", "" …

    def named(self, mistake: str, sentence: Callable[[str], str]) -> Finding:
        """The finding, its diagnosis this mistake, or where that is "", how it failed."""
        name = mistake or (self.kinds[0] if len(set(self.kinds)) == 1 else "")
        message = f"{self.finding.message} {sentence(name)}" if name else self.finding.message
        return replace(self.finding, message=message, diagnosis=name)


@dataclass(frozen=True)
class Seen:
    """One comparison: of which property, what came and was expected, whether it failed, whether its mistake is told.

    `in_words` says that its finding tells how it differs, so that no entries need be shown.
    """

    property: str
    got: Any
    want: np.ndarray
    rtol: float
    failed: bool
    told: bool
    in_words: bool = False

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


def told_mistakes(seen: list[Seen], failed: Set[str], refuted: Mapping[str, Set[str]]) -> dict[str, str]:
    """{failed property: the one mistake that explains every value that came of it; "" for none, or several}.

    `refuted` has for each mistake the properties of which it does not give every value. Of several mistakes the one is
    told that explains the values of all properties, if it alone does. So it is where no number came that could tell
    mistakes apart.
    """
    compared = {one.property for one in seen if one.told}
    whole = {name for name, properties in refuted.items() if not properties & compared}
    told = {}
    for property in failed:
        names = {name for name, properties in refuted.items() if property not in properties}
        if len(names) != 1 or not any(one.telling for one in seen if one.property == property):
            names &= whole
        told[property] = names.pop() if len(names) == 1 else ""
    return told


def strongest(findings: list[Finding], ways_to_fail: Set[str]) -> str:
    """One diagnosis of all: the first that is a mistake, else the first way to fail, else ""."""
    names = [finding.diagnosis for finding in findings if finding.diagnosis]
    return next((name for name in names if name not in ways_to_fail), names[0] if names else "")


OF_NO_CASE = {"not_begun", "not_defined", "not_callable"}  # ways to fail that no input has a part in


def for_case(label: str, message: str, diagnosis: str = "") -> str:
    """A message that says for which kind of input it holds."""
    return f"For {label}: {message}" if label and diagnosis not in OF_NO_CASE else message


def without(message: str, sentence: str) -> str:
    """A message that does not end in the sentence of its mistake, where that is said once for all."""
    return message.removesuffix(sentence).rstrip() or message
