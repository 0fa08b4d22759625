"""The bank: right and wrong answers to every blank, with what the judge must say of each.

A file a blank, `bank/<assignment>/<blank>.py`; each variant is the whole text of the answer cell below a marker line:

    # %% correct: einsum
    # %% wrong: missing_mean                       (the label is the diagnosis it must get)
    # %% wrong: forgot the bias -> none            (wrong, without a name)
    # %% wrong: only w is averaged -> missing_mean keeps 0.5      (keeps half of the points; 0 where nothing is said)
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.judging.assignment import PACKAGE

MARKER = re.compile(r"# %% (correct|wrong): (.+?)(?: -> (\w+))?(?: keeps ([\d.]+))?")


class BankError(Exception):
    """A bank file breaks the grammar above."""


@dataclass(frozen=True)
class Variant:
    """One answer to one blank. `keeps` is the share of the points it must get; `diagnosis` "" means none."""

    blank: str
    label: str
    correct: bool
    diagnosis: str
    keeps: float
    code: str


def variants(assignment: str, folders: Iterable[Path] = (PACKAGE,)) -> list[Variant]:
    """Every variant of an assignment's bank, by blank, from the first of `folders` that has one. Raises BankError."""
    banks = (folder / "bank" / assignment for folder in folders)
    bank = next((bank for bank in banks if bank.is_dir()), None)
    return [variant for path in sorted(bank.glob("*.py")) for variant in _read(path)] if bank else []


def _read(path: Path) -> list[Variant]:
    chunks = re.split(r"^(?=# %% )", path.read_text(), flags=re.MULTILINE)[1:]
    return [_variant(path, chunk) for chunk in chunks]


def _variant(path: Path, chunk: str) -> Variant:
    line, _, code = chunk.partition("\n")
    match = MARKER.fullmatch(line.rstrip())
    if match is None:
        raise BankError(
            f"{path.name}: {line!r} is not a marker; expected '# %% correct: label' or '# %% wrong: label'."
        )
    correct, label, diagnosis = match[1] == "correct", match[2], match[3] or match[2]
    named = "" if correct or diagnosis == "none" else diagnosis
    return Variant(path.stem, label, correct, named, 1.0 if correct else float(match[4] or 0), code.strip() + "\n")
