"""Values that came from a student's notebook against what was expected: how far off, in which way, in which words."""

from typing import Any

import numpy as np

from autograder.sandbox.values import describe, numeric

RTOL = 1e-9  # of values
# Of gradients, whose own rounding decides (rounding.py): wider than that, to name their mistakes with. Differences of
# order 8 and more, those of a quadratic cost, and any taken in more digits than float64 come as near as formulas do: no
# tolerance tells them apart, and staff_notes.py looks for them elsewhere.
EXACT = 5e-14
ROUNDED = 1e-5  # of what is made of others' values in another form
NEARLY = 1e-3  # closer than this and still wrong looks like finite differences or float32, not like a wrong formula


def compare(got: Any, want: np.ndarray, rtol: float) -> tuple[str | None, str]:
    """(None, "") when `got` equals `want`, float64, to `rtol` of its largest finite entry.

    Else (how it failed, one sentence): how is a structural name of the catalogue, "" where the numbers are just others.
    """
    array = numeric(got)
    if array is None:
        return "wrong_type", f"got {describe(got)}, expected {_expected(want)}."
    if array.shape != want.shape:
        return "wrong_shape", f"got {describe(got)}, expected {_expected(want)}."
    if array.dtype.kind == "f" and array.dtype.itemsize < 8:
        return "wrong_dtype", f"got dtype {array.dtype}, expected float64."
    array = array.astype(np.float64)
    with np.errstate(all="ignore"):
        error = np.where(array == want, 0.0, np.abs(array - want))
    error[np.isnan(error)] = np.inf  # a NaN is as wrong as can be
    scale = np.max(np.abs(want), initial=0.0, where=np.isfinite(want)) or 1.0
    if not error.size or np.max(error) <= rtol * scale:
        return None, ""
    worst = np.unravel_index(np.argmax(error), error.shape)
    entry = f"entry [{', '.join(map(str, worst))}]" if want.ndim else "the value"
    sentence = f"{entry} is {array[worst]:.6g}, expected {want[worst]:.6g}."
    if not np.isfinite(array[worst]):
        return "not_finite", sentence
    if np.max(error) <= NEARLY * scale:
        return "inaccurate", f"{entry} is off by {np.max(error) / scale:.1e} (relative), allowed is {rtol:.0e}."
    return "", sentence


def same(got: Any, wrong: np.ndarray, rtol: float) -> bool:
    """Whether the student's value is what this mistake gives (NaN and infinity in the same places)."""
    array = numeric(got)
    if array is None or array.shape != wrong.shape:
        return False
    scale = np.max(np.abs(wrong), initial=0.0, where=np.isfinite(wrong)) or 1.0
    array = array.astype(np.float64)
    with np.errstate(all="ignore"):
        near = (np.abs(array - wrong) <= rtol * scale) | (array == wrong) | (np.isnan(array) & np.isnan(wrong))
    return bool(near.all())


def compare_carried(got: Any, want: np.ndarray, rtol: float) -> tuple[str | None, str]:
    """As `compare`, whatever `rtol`: (None, "") when `got` is `want` but for rounding, which adds up in other ways in
    another form (float32 among what it is made of, even), and not finite where that is not; ("", "") else.
    """
    array, finite = numeric(got), np.isfinite(want)
    if array is None or array.shape != want.shape or np.any(np.isfinite(array) != finite):
        return "", ""
    scale = np.max(np.abs(want), initial=0.0, where=finite) or 1.0
    off = np.abs(array.astype(np.float64) - want, where=finite, out=np.zeros(want.shape))
    return (None if np.all(off <= ROUNDED * scale) else ""), ""


def _expected(want: np.ndarray) -> str:
    return f"an array of shape {want.shape}" if want.ndim else "a single number"
