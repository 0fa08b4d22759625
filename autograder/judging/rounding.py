"""How far a right answer may be from the reference: as far as rounding takes the reference itself, on that input.

The reference computes again in as many digits as NumPy has, on inputs changed in their last digit, up or down. Where
sums cancel, or errors add up, the values differ by more; so do those of any other right form.
"""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

EPS = np.finfo(np.float64).eps
TIMES, TRIES = 16, 2
LEAST = 16 * EPS  # of the largest entry: no input is so kind that another order of the same sums comes nearer


def allowed(reference: Callable, args: tuple, want: tuple) -> tuple[float, ...]:
    """The relative tolerance, in terms of its largest entry, of each of the values `want` of a reference."""
    rng = np.random.default_rng(0)  # the same each time: a verdict can be reached again
    tries = [_values(reference(*_changed(copy.deepcopy(args), rng)), len(want)) for _ in range(TRIES)]
    return tuple(max(LEAST, *(TIMES * _off(part, each[k]) for each in tries)) for k, part in enumerate(want))


def _changed(value: Any, rng: np.random.Generator) -> Any:
    """The same with each number of many digits changed in its last one."""
    if isinstance(value, tuple | list):
        return type(value)(_changed(item, rng) for item in value)
    if isinstance(value, dict):
        return {name: _changed(item, rng) for name, item in value.items()}
    if isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype == np.float64):
        change = rng.uniform(-0.5, 0.5, np.shape(value))
        change += np.copysign(0.5, change)  # by half of EPS at least: where one number decides it is never none
        return np.asarray(value, dtype=np.longdouble)[()] * (1 + EPS * np.longdouble(change))
    return value


def _values(value: Any, number: int) -> tuple:
    return (value,) if number == 1 else tuple(value)


def _off(want: Any, again: Any) -> float:
    """The largest difference, as a share of the largest entry; what is not finite counts as equal."""
    want, again = np.asarray(want, dtype=np.float64), np.asarray(again, dtype=np.longdouble)
    finite = np.isfinite(want) & np.isfinite(again)
    scale = np.max(np.abs(want), initial=0.0, where=finite) or 1.0
    with np.errstate(invalid="ignore"):
        return float(np.max(np.abs(want - again), initial=0.0, where=finite) / scale)
