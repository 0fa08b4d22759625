"""Whether values are those that are wanted; where not, how far off, and in which way."""

from typing import Any

import numpy as np

from practice.values import describe, numeric

RTOL = 1e-9  # of values
# Of gradients, whose own rounding decides (the grader's rounding.py): wider than that, to name their mistakes with.
# Differences of order 8 and more, those of a quadratic cost, and any taken in more digits than float64 come as near as
# formulas do: no tolerance tells them apart, and the grader's staff_notes.py looks for them elsewhere.
EXACT = 5e-14
NEARLY = 1e-3  # closer than this and still wrong looks like finite differences or float32, not like a wrong formula


def compare(got: Any, want: np.ndarray, rtol: float) -> tuple[str | None, str]:
    """(None, "") when `got` equals `want`, as `wanted` makes it, to `rtol` of its largest finite entry.

    Else (how it failed, one sentence): how is the name of a way to fail, "" where the numbers are just others.
    """
    array = numeric(got)
    if array is None:
        return "wrong_type", f"got {describe(got)}, expected {_expected(want)}."
    if array.shape != want.shape:
        return "wrong_shape", f"got {describe(got)}, expected {_expected(want)}."
    if array.dtype.kind == "f" and array.dtype.itemsize < 8:
        return "wrong_dtype", f"got dtype {array.dtype}, expected float64."
    array = array.astype(np.float64)
    if not want.ndim and array == want:  # yes and no, by the hundred
        return None, ""
    error, scale = off(array, want)
    if not error.size or np.max(error) <= rtol * scale:
        return None, ""
    worst = np.unravel_index(np.argmax(error), error.shape)
    entry = f"entry [{', '.join(map(str, worst))}]" if want.ndim else "the value"
    sentence = _differing(entry, array[worst], want[worst])
    if not np.isfinite(array[worst]):
        return "not_finite", sentence
    if np.max(error) <= NEARLY * scale:
        return "inaccurate", f"{entry} is off by {np.max(error) / scale:.1e} (relative), allowed is {rtol:.0e}."
    return "", sentence


def off(array: np.ndarray, want: np.ndarray) -> tuple[np.ndarray, float]:
    """(how far off each entry is, the largest finite one that is wanted)."""
    with np.errstate(all="ignore"):
        error = np.where(array == want, 0.0, np.abs(array - want))
    error[np.isnan(error)] = np.inf  # a NaN is as wrong as can be
    return error, np.max(np.abs(want), initial=0.0, where=np.isfinite(want)) or 1.0


def wanted(value: Any) -> np.ndarray:
    """What is wanted, as float64; yes or no stays what it is, and is told as such."""
    array = np.asarray(value)
    return array if _is_yes_or_no(array) else array.astype(np.float64)


def _is_yes_or_no(want: np.ndarray) -> bool:
    return want.dtype == bool and not want.ndim


def _differing(entry: str, got: float, want: np.generic) -> str:
    if not isinstance(want, np.bool_):
        return f"{entry} is {got + 0.0:.6g}, expected {want + 0.0:.6g}."  # no "-0"
    return f"you answered {got == 1}, expected {want}." if got in (0, 1) else f"{got:.6g} came, expected True or False."


def _expected(want: np.ndarray) -> str:
    if _is_yes_or_no(want):
        return "True or False"
    return f"an array of shape {want.shape}" if want.ndim else "a single number"


def same(got: Any, wrong: np.ndarray, rtol: float) -> bool:
    """Whether the value that came is what this mistake gives (NaN and infinity in the same places)."""
    array = numeric(got)
    if array is None or array.shape != wrong.shape:
        return False
    scale = np.max(np.abs(wrong), initial=0.0, where=np.isfinite(wrong)) or 1.0
    array = array.astype(np.float64)
    with np.errstate(all="ignore"):
        near = (np.abs(array - wrong) <= rtol * scale) | (array == wrong) | (np.isnan(array) & np.isnan(wrong))
    return bool(near.all())
