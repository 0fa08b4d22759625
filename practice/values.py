"""What a function returned, as plain numbers, and in words."""

import warnings
from collections.abc import Mapping, Set
from itertools import islice
from typing import Any

import numpy as np

MOST_ITEMS = 100_000  # of what can only be gone through, like a generator
MOST_COPIED = 1 << 26  # bytes; larger ones are refused where they are sent or compared
MAX_DEPTH = 8  # of lists in lists; what lies deeper is no number, in the sandbox (which carries 32) as at home
LARGEST = 2**63  # NumPy makes objects of larger whole numbers; beyond 2**1023 they are no float either


def plain(value: Any, depth: int = 0) -> Any:
    """`value` with fractions, objects that are arrays, other sequences … as floats, arrays and lists, at any depth.

    What has no order (a set), is text or is no number stays as it is: its type is told. float32 stays float32, for a
    function that is given float64 must return float64.
    """
    if value is None or type(value) in (float, bool, str):
        return value
    if depth >= MAX_DEPTH:
        return "nested too deeply"
    if isinstance(value, np.ndarray | np.generic):
        return _plain_array(value, depth)
    if isinstance(value, list | tuple):  # of a subclass its own items
        kind = list if isinstance(value, list) else tuple
        return kind(plain(item, depth + 1) for item in kind.__iter__(value))
    if isinstance(value, dict):
        return {key: plain(item, depth + 1) for key, item in dict.items(value)}
    if type(value) is int:
        return float(value) if LARGEST <= abs(value) < 2**1023 else value
    return _plain_other(value, depth)


def _plain_array(value, depth: int):
    if value.dtype.hasobject or value.dtype.names:
        return plain(value.tolist(), depth + 1)
    if value.dtype.kind == "f" and value.dtype.itemsize > 8:
        with np.errstate(all="ignore"):
            return value.astype(np.float64)
    if type(value) is np.ndarray and value.nbytes <= MOST_COPIED:
        return value.copy()  # who returned it may fill it anew at the next call
    return value


def _plain_other(value, depth: int):
    kind = type(value)
    if hasattr(kind, "__array__") or kind is memoryview:
        with warnings.catch_warnings(action="ignore"):  # of an `__array__` without the newest parameters
            return _plain_array(np.asarray(value), depth + 1)
    if hasattr(kind, "__float__") or hasattr(kind, "__index__"):
        return float(value)
    if isinstance(value, str | bytes | Set | Mapping):
        return value
    try:
        through = iter(value)
    except TypeError:
        return value
    items = list(islice(through, MOST_ITEMS + 1))
    return value if len(items) > MOST_ITEMS else [plain(item, depth + 1) for item in items]


def changed(before: tuple, after: tuple) -> tuple[int, ...]:
    """The positions of the arrays that are no longer what they were."""
    pairs = enumerate(zip(before, after, strict=True))
    return tuple(i for i, (a, b) in pairs if isinstance(a, np.ndarray) and not np.array_equal(a, b, equal_nan=True))


def numeric(value: Any) -> np.ndarray | None:
    """The value as a real array, or None when it is not numbers of one shape."""
    if not _made_of_numbers(value):
        return None
    try:
        array = np.asarray(value)
    except ValueError:  # a ragged list
        return None
    return array if array.dtype.kind in "fiub" else None


def _made_of_numbers(value: Any) -> bool:
    """NumPy must not see text: it would pad every string of a list to the longest, gigabytes for a small message."""
    if isinstance(value, list | tuple):
        return all(map(_made_of_numbers, value))
    return isinstance(value, int | float | np.ndarray | np.generic)


def describe(value: Any) -> str:
    """What kind of value this is, in words and without its numbers."""
    array = numeric(value)
    if array is not None:
        return f"an array of shape {array.shape}" if array.ndim else "a single number"
    if isinstance(value, list | tuple):
        odd = [item for item in value if numeric(item) is None]
        return f"a {type(value).__name__} " + (f"with {describe(odd[0])} in it" if odd else "of unequal parts")
    kind = value.__describe__() if hasattr(type(value), "__describe__") else type(value).__name__
    kind = f"array of dtype {value.dtype}" if isinstance(value, np.ndarray) else kind
    return f"{'an' if kind[:1].lower() in 'aeiou' else 'a'} {kind}"
