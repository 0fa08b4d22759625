"""Right and wrong answers to a blank, written below its check; nothing of them runs when the check is loaded.

A blank is one file in percent format, `checks/<assignment>/<blank>.py`. Above the first marker stands the check, below
each marker the whole text of an answer cell:

    # %% right: matrix product                       (the first is the reference: the notebook's own solution)
    # %% wrong: missing_mean                         (this is that mistake: what it returns is what the mistake gives)
    # %% wrong: by loops -> missing_mean             (must be told the same mistake)
    # %% wrong: forgot the bias -> none              (wrong, without a name)
    # %% wrong: only w is averaged -> missing_mean keeps 0.5      (keeps half of the points; 0 where nothing is said)
    # %% wrong: a_name "A sentence for the student."  (a name of this file's own, that the catalogue does not have)
    # %% same: m = X.shape[0] "Why this is right."    (a change of the reference, or a part of its line, that is none)
    # %% same: any "Why whatever passes is right."    (where a blank is judged by what its answer achieves)

Where an answer runs here, not behind the walls, it finds np, what the folder's `__init__.py` has, and the references of
the other blanks.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import CodeType
from typing import Any

from autograder.judging.catalogue import CATALOGUE, STRUCTURAL

MARKER = re.compile(r'# %% (right|wrong): ((?:(?!->).)+?)(?: -> (\w+))?(?: keeps ([\d.]+))?(?: "(.+)")?')
SAME = re.compile(r'# %% same: (.+?) "(.+)"')
LOOKS_LIKE_ONE = re.compile(r"^(?=#\s*%)", re.MULTILINE)


class MarkerError(ValueError):
    """A line that begins an answer breaks the grammar above; the text is one clause."""


@dataclass(frozen=True)
class Variant:
    """One answer to one blank. `keeps` is the share of the points it must get; `diagnosis` "" means none.

    `sentence` is what a student reads of a mistake that only this file knows.
    """

    blank: str
    label: str
    right: bool
    diagnosis: str
    keeps: float
    code: str
    sentence: str = ""

    @property
    def defines(self) -> str:
        """The mistake that this answer is, by name; "" for one that is right, only told a name, or has no value."""
        return self.diagnosis if self.diagnosis == self.label and self.diagnosis not in STRUCTURAL else ""

    def function(self, names: Mapping[str, Any]) -> Callable:
        """The function that this answer defines where it finds these names. Raises whatever its text raises."""
        namespace = dict(names)
        exec(_compiled(self.code, f"{self.blank}, {self.label}"), namespace)
        return namespace[self.blank]

    def calls(self, name: str) -> bool:
        """Whether its text has this name as a word."""
        return re.search(rf"\b{name}\b", self.code) is not None


@cache
def _compiled(code: str, where: str) -> CodeType:
    return compile(code, f"<{where}>", "exec")


def check_part(text: str) -> str:
    """A file's text above its first answer."""
    return LOOKS_LIKE_ONE.split(text, maxsplit=1)[0]


def variants(blank: str, text: str) -> tuple[Variant, ...]:
    """The answers in a blank's file, in order. Raises MarkerError."""
    if blank and _defined(blank, check_part(text)):
        raise MarkerError(f"above its first answer stands {blank}: is the marker before it misspelt")
    found = tuple(_variant(blank, chunk) for chunk in _chunks(text) if not SAME.fullmatch(chunk.strip()))
    own = [variant.diagnosis for variant in found if variant.sentence]
    labels = [variant.label for variant in found]
    for name in own:
        if name in CATALOGUE or own.count(name) > 1:
            raise MarkerError(f"the sentence of {name!r} is given twice, here and in {_elsewhere(name)}: keep one")
    for variant in found:
        if labels.count(variant.label) > 1:
            raise MarkerError(f"{labels.count(variant.label)} answers are called {variant.label!r}: rename one")
        _refuse_unusable(variant, own)
    return found


def _refuse_unusable(variant: Variant, own: list[str]) -> None:
    """Raise MarkerError for an answer that does not run, or whose mistake has no sentence."""
    if (variant.right or variant.defines) and (wrong := _no_python(variant.code)):
        raise MarkerError(f"the answer {variant.label!r} is no Python: {wrong}")
    if variant.diagnosis and variant.diagnosis not in CATALOGUE.keys() | {*own}:
        raise MarkerError(
            f"the mistake {variant.diagnosis!r} has no sentence: correct the name, write `# %% wrong: "
            f'{variant.diagnosis} "A sentence."`, or add it to the catalogue (autograder/judging/catalogue.py)'
        )


def _chunks(text: str) -> list[str]:
    return LOOKS_LIKE_ONE.split(text)[1:]


def same(text: str) -> dict[str, str]:
    """{what a mechanical change of the reference reads: why it changes nothing} of a blank's file."""
    found = (SAME.fullmatch(chunk.strip()) for chunk in _chunks(text))
    return {match[1]: match[2] for match in found if match}


def _elsewhere(name: str) -> str:
    return "the catalogue (autograder/judging/catalogue.py)" if name in CATALOGUE else "the same file"


def _variant(blank: str, chunk: str) -> Variant:
    line, _, code = chunk.partition("\n")
    match = MARKER.fullmatch(line.rstrip())
    if _defined(blank, code) > 1:
        raise MarkerError(f"below {line!r} stands {blank} twice: is the marker between them misspelt")
    if line.startswith("# %% same"):
        raise MarkerError(
            f"{line!r} is not a marker: write '# %% same: part of its line \"Why.\"', and nothing below it"
        )
    if match is None or (match[1] == "right" and any(match.groups()[2:])) or (match[3] and match[5]):
        raise MarkerError(f"{line!r} is not a marker: write '# %% right: label' or '# %% wrong: label -> mistake'")
    right, label, diagnosis = match[1] == "right", match[2], match[3] or match[2]
    named = "" if right or diagnosis == "none" else diagnosis
    keeps = 1.0 if right else float(match[4] or 0)
    return Variant(blank, label, right, named, keeps, code.strip() + "\n", match[5] or "")


def _no_python(code: str) -> str:
    """What keeps an answer from running; one that is told a name only because of that is none of these."""
    try:
        _compiled(code, "an answer")
    except SyntaxError as error:
        return f"{error.msg} (its line {error.lineno})"
    return ""


def _defined(blank: str, code: str) -> int:
    """How often a text defines the blank."""
    return len(re.findall(rf"^def {blank}\b", code, re.MULTILINE))


def decisive(blank: str, text: str) -> str:
    """What of a blank's file decides a mark: its check and the right answers."""
    return "\n".join([check_part(text).rstrip(), *(variant.code for variant in variants(blank, text) if variant.right)])
