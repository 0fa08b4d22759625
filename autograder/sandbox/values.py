"""What came back from a student's notebook, as numbers or in words."""

import re
from typing import Any

import numpy as np

from autograder.sandbox.inside.wire import Handle


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
    kind = f"array of dtype {value.dtype}" if isinstance(value, np.ndarray) else type(value).__name__
    if isinstance(value, Handle):  # the name is the student's own
        kind = re.sub(r"[^\w .<>]", "?", value.type)
    return f"{'an' if kind[:1].lower() in 'aeiou' else 'a'} {kind}"
