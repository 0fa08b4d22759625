"""Functions of the host that a notebook may call while a request is open: what it sends is bounded and made plain."""

import math
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import zip_longest
from typing import Any

import numpy as np

from autograder.sandbox.fault import StudentFault
from autograder.sandbox.inside import wire
from practice.values import numeric

MOST_CALLS = 10_000  # of one fork
MOST_BYTES = 64 << 20  # of one fork, there and back
MOST_ARGUMENTS = 64  # of one call
MOST_ENTRIES = 4_000_000  # of what the arguments of one call could be broadcast to, or two of them multiplied out


class Callbacks:
    """The functions lent to one fork of a notebook, and what is left of its allowance."""

    def __init__(self, stand_ins: Mapping[str, Callable] | None = None):
        """`stand_ins` answer, in every request, for the notebook's functions of those names."""
        self._of_check = list((stand_ins or {}).values())
        self._lent: list[Callable] = []
        self._name, self._last = "", {}
        self.shifted: Counter[str] = Counter()  # calls of each stand-in whose arguments were those before, shifted
        self._calls, self._bytes = MOST_CALLS, MOST_BYTES
        self.stand_ins = {name: wire.Callback(index) for index, name in enumerate(stand_ins or {})}

    def lend(self, name: str, args: tuple) -> tuple:
        """`args` of a call of the notebook's `name`, each function a Callback; what was lent before no longer is."""
        self._name, self._lent = name, list(self._of_check)
        return wire.replaced(args, self._handle)

    def _handle(self, leaf: Any) -> Any:
        if not callable(leaf):
            return leaf
        self._lent.append(leaf)
        return wire.Callback(len(self._lent) - 1)

    def answer(self, body: Any) -> tuple[str, Any]:
        """("value", what the function returns) or ("fault", {"type_name", "message"}).

        The function gets float64 copies, whatever was sent; a stand-in also gets functions that were lent, and counts
        as a call for each number it gets beside them. Raises StudentFault for what is no call of a function that was
        lent, or one too many.
        """
        self._calls -= 1
        if self._calls < 0:
            text = f"{self._name} called functions of the test more than {MOST_CALLS:,} times."
            raise StudentFault("timed_out", text)
        index, args, named = self._asked(body)
        try:
            args, values = self._plain(index, args), self._plain(index, named.values())
            self._note_shift(index, [*args, *values])
            with np.errstate(all="ignore"):
                return "value", self._lent[index](*args, **dict(zip(named, values, strict=True)))
        except Exception as error:  # the caller's doing, as wrong shapes are: it is told, as by a function of its own
            return "fault", {"type_name": type(error).__name__, "message": str(error)[:500]}

    def _plain(self, index: int, values) -> list:
        """float64 copies of numbers and arrays, and for a stand-in the functions that were lent among them.

        Raises ValueError where it would call these too often, besides what `_plain` raises.
        """
        lent = [self._lent_as(value) if index < len(self.stand_ins) else None for value in values]
        arrays = iter(_plain([value for value, function in zip(values, lent, strict=True) if function is None]))
        found = [next(arrays) if function is None else function for function in lent]
        if any(lent):
            self._calls -= sum(map(np.size, found))
        if self._calls < 0:
            raise ValueError("the arguments are too large for a function that is called for each of their entries")
        return found

    def _lent_as(self, value: Any) -> Callable | None:
        """The function, but no stand-in, that was lent as this; None for anything else."""
        is_lent = type(value) is wire.Callback and len(self.stand_ins) <= value.index < len(self._lent)
        return self._lent[value.index] if is_lent else None

    def _note_shift(self, index: int, args: list) -> None:
        """Count calls of stand-ins as numerical derivatives do: an argument moves as a whole or in one entry."""
        if index < len(self.stand_ins):
            last = self._last.get(index, [])
            self.shifted[list(self.stand_ins)[index]] += sum(_is_shift(*pair) for pair in zip(last, args, strict=False))
            self._last[index] = args

    def _asked(self, body: Any) -> tuple[int, tuple, dict]:
        match body:
            case {"callback": int(index), "args": tuple(args), "named": dict(named)} if 0 <= index < len(self._lent):
                if len(args) + len(named) <= MOST_ARGUMENTS and all(type(name) is str for name in named):
                    return index, args, named
        raise StudentFault("died", f"{self._name} called a function of the test that it was not given.")

    def spend(self, size: int) -> None:
        """Take the bytes of one message from the allowance. Raises StudentFault when it is used up."""
        self._bytes -= size
        if self._bytes < 0:
            text = f"{self._name} exchanged more than {MOST_BYTES >> 20} MB with functions of the test."
            raise StudentFault("died", text)


def _is_shift(before: np.ndarray, now: np.ndarray) -> bool:
    """Whether an array of two or more entries has moved by one number as a whole, or in a single entry."""
    if np.shape(before) != np.shape(now) or np.size(now) < 2:
        return False
    with np.errstate(all="ignore"):
        moved = now - before
        largest = np.max(np.abs(moved))
        return bool(largest > 0 and (np.ptp(moved) < 1e-6 * largest or np.count_nonzero(moved) == 1))


def _plain(values) -> list:
    """float64 copies of numbers and arrays. Raises TypeError for anything else, ValueError for what is too large."""
    arrays = [numeric(value) for value in values]
    for value, array in zip(values, arrays, strict=True):
        if array is None:
            raise TypeError(f"expected real numbers or arrays of them, got {type(value).__name__}")
    if _entries([array.shape for array in arrays]) > MOST_ENTRIES:
        raise ValueError(f"the arguments are too large: their sizes multiply to more than {MOST_ENTRIES:,}")
    return [array.astype(np.float64)[()] for array in arrays]


def _entries(shapes: list[tuple]) -> int:
    """The most entries that arrays of these shapes could be broadcast to, or the two largest multiplied out to.

    An empty array's other dimensions count: a sum over none of its rows is as long as they are.
    """
    shapes = [[max(n, 1) for n in reversed(shape)] for shape in shapes]
    broadcast = math.prod(map(max, zip_longest(*shapes, fillvalue=1)))
    return max(broadcast, math.prod(sorted(map(math.prod, shapes))[-2:]))
