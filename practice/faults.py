"""How a call can fail to give a value that could be compared, a sentence each, and what is compared of a value."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import CodeType
from typing import Any

import numpy as np

from practice.values import describe, numeric


class StudentFault(Exception):
    """There is no value to compare: `diagnosis` is the name of how the call failed, the text a sentence."""

    def __init__(self, diagnosis: str, message: str):
        super().__init__(message)
        self.diagnosis = diagnosis


def not_defined(name: str) -> StudentFault:
    return StudentFault("not_defined", f"{name} is not defined: keep the function's name as it was given.")


def not_callable(name: str) -> StudentFault:
    return StudentFault("not_callable", f"{name} is not a function.")


def text_of(error: BaseException) -> str:
    """What an exception says: it may be of the student's own making, and raise another when it is asked."""
    try:
        return str(error)[:500]
    except Exception:
        return ""


def raised(name: str, type_name: str, message: str) -> StudentFault:
    if type_name == "NotImplementedError":  # what stands in a blank that nobody touched
        where = "its cell, or that of a function it calls, still raises NotImplementedError"
        return StudentFault("not_begun", f"{name} is not begun: {where}.")
    return StudentFault("raised", f"{name} raised {type_name}: {message}"[:500])


def parts_of(name: str, value: Any, returns: int) -> tuple:
    """The so many values that a function returned. Raises StudentFault where it did not."""
    if value is None:
        raise StudentFault("returned_none", f"{name} returned None: is a return statement missing?")
    if returns > 1 and (not isinstance(value, list | tuple) or len(value) != returns):
        several = isinstance(value, tuple) and len(value) > 1
        came = f"{len(value)} values" if several else describe(value)
        raise StudentFault("wrong_type", f"{name} returned {came}, expected {returns} values.")
    return tuple(value) if returns > 1 else (value,)


@dataclass(frozen=True)
class View:
    """What is compared of returned values where these may differ and be right: a Python expression in their names and
    in `args`, those of the call; several in a tuple.

    `shapes` has their names, in order, and the shape that each must have: a tuple, in which None is any length, or an
    expression in the arguments. `given` has the names of these, if they are to have any. `says` has for each that is
    compared how it differs, in words: an expression in the same and `got` and `want`; without it the entry is told.
    """

    source: str
    shapes: Mapping[str, tuple | str]
    given: tuple[str, ...] = ()
    says: tuple[str, ...] = ()

    def of(self, values: tuple, args: tuple) -> np.ndarray | tuple[np.ndarray, ...]:
        """What is compared of the values for these arguments. Raises StudentFault where they have other shapes."""
        with np.errstate(all="ignore"):
            found = eval(_compiled(self.source), self._names(values, args))
        return tuple(map(np.asarray, found)) if isinstance(found, tuple) else np.asarray(found)

    def said(self, k: int, got: np.ndarray, want: np.ndarray, values: tuple, args: tuple) -> str:
        """How the k-th that is compared of the values differs from what is wanted, in words; "" where it has none."""
        return (
            eval(_compiled(self.says[k]), self._names(values, args) | {"got": got, "want": want}) if self.says else ""
        )

    def _names(self, values: tuple, args: tuple) -> dict[str, Any]:
        """What its expressions find. Raises StudentFault where the values have other shapes."""
        given = {"np": np, "args": args, **dict(zip(self.given, args, strict=False))}
        shapes = {
            name: eval(_compiled(shape), given) if isinstance(shape, str) else shape
            for name, shape in self.shapes.items()
        }
        pairs = zip(values, shapes.items(), strict=True)
        return given | {name: _shaped(value, name, shape) for value, (name, shape) in pairs}


@cache
def _compiled(expression: str) -> CodeType:
    return compile(expression, "<view>", "eval")


def _shaped(value: Any, name: str, shape: tuple) -> np.ndarray:
    array = numeric(value)
    if array is None:
        raise StudentFault("wrong_type", f"{name} is {describe(value)}, expected numbers.")
    if array.ndim != len(shape) or any(size not in (None, n) for size, n in zip(shape, array.shape, strict=True)):
        expected = str(tuple(shape)).replace("None", "any")
        raise StudentFault("wrong_shape", f"{name} has shape {array.shape}, expected {expected}.")
    return array.astype(np.float64) if array.dtype.kind in "biu" else array


def change_note(name: str, positions: list[int], sentence: str) -> str:
    """What is said of a function that changed these of its arguments."""
    which = ", ".join(str(position + 1) for position in positions)
    return f"{name} changed its argument {which}. {sentence}"
