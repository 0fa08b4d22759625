"""Numbers in other clothes made plain, in the guest, before a value is sent: what arrives is compared by the host."""

import warnings
from collections.abc import Mapping, Set
from itertools import islice

import numpy as np

MOST_ITEMS = 100_000  # of what can only be gone through, like a generator
MAX_DEPTH = 32
LARGEST = 2**63  # NumPy makes objects of larger whole numbers; beyond 2**1023 they are no float either


def plain(value, depth: int = 0):
    """`value` with fractions, objects that are arrays, other sequences … as floats, arrays and lists, at any depth.

    What has no order (a set), is text or is no number stays as it is: the student is told its type. float32 stays
    float32, for a function that is given float64 must return float64.
    """
    if value is None or type(value) in (float, bool, str) or depth > MAX_DEPTH:
        return value
    if isinstance(value, np.ndarray | np.generic):
        return _array(value, depth)
    if isinstance(value, list | tuple):  # of a subclass the items, as the wire reads them
        kind = list if isinstance(value, list) else tuple
        return kind(plain(item, depth + 1) for item in kind.__iter__(value))
    if isinstance(value, dict):
        return {key: plain(item, depth + 1) for key, item in dict.items(value)}
    if type(value) is int:
        return float(value) if LARGEST <= abs(value) < 2**1023 else value
    return _other(value, depth)


def _array(value, depth: int):
    if value.dtype.hasobject or value.dtype.names:
        return plain(value.tolist(), depth + 1)
    if value.dtype.kind == "f" and value.dtype.itemsize > 8:
        with np.errstate(all="ignore"):
            return value.astype(np.float64)
    return value


def _other(value, depth: int):
    kind = type(value)
    if hasattr(kind, "__array__") or kind is memoryview:
        with warnings.catch_warnings(action="ignore"):  # of an `__array__` without the newest parameters
            return _array(np.asarray(value), depth + 1)
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
