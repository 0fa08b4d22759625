"""What is said of a function's answers, at home by `practice` and on the feedback page: the grader compares with this.

Values made plain, how a call can fail, comparing, which mistake explains what came, and the call to make again. It
needs NumPy alone.
"""

import textwrap
import warnings
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import numpy as np

NEARLY = 1e-3  # closer than this and still wrong looks like finite differences or float32, not like a wrong formula
MOST_ITEMS = 100_000  # of what can only be gone through, like a generator
MAX_DEPTH = 32  # of lists in lists
LARGEST = 2**63  # NumPy makes objects of larger whole numbers; beyond 2**1023 they are no float either

# ------------------------------------------------------------------------------------------------ what was returned


def plain(value: Any, depth: int = 0) -> Any:
    """`value` with fractions, objects that are arrays, other sequences … as floats, arrays and lists, at any depth.

    What has no order (a set), is text or is no number stays as it is: its type is told. float32 stays float32, for a
    function that is given float64 must return float64.
    """
    if value is None or type(value) in (float, bool, str) or depth > MAX_DEPTH:
        return value
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


# ---------------------------------------------------------------------------------------------------- faults of a call


class StudentFault(Exception):
    """There is no value to compare: `diagnosis` is the name of how the call failed, the text a sentence."""

    def __init__(self, diagnosis: str, message: str):
        super().__init__(message)
        self.diagnosis = diagnosis


def not_defined(name: str) -> StudentFault:
    return StudentFault("not_defined", f"{name} is not defined: keep the function's name as it was given.")


def not_callable(name: str) -> StudentFault:
    return StudentFault("not_callable", f"{name} is not a function.")


def raised(name: str, type_name: str, message: str) -> StudentFault:
    if type_name == "NotImplementedError":  # what stands in a blank that nobody touched
        return StudentFault("not_begun", f"{name} is not begun: its cell still raises NotImplementedError.")
    return StudentFault("raised", f"{name} raised {type_name}: {message}"[:500])


def parts_of(name: str, value: Any, returns: int) -> tuple:
    """The so many values that a function returned. Raises StudentFault where it did not."""
    if value is None:
        raise StudentFault("returned_none", f"{name} returned None: is a return statement missing?")
    if returns > 1 and (not isinstance(value, list | tuple) or len(value) != returns):
        raise StudentFault("wrong_type", f"{name} returned {describe(value)}, expected {returns} values.")
    return tuple(value) if returns > 1 else (value,)


@dataclass(frozen=True)
class View:
    """What is compared of returned values where these may differ and be right: a Python expression in their names.

    `shapes` has their names, in order, and the shape that each must have.
    """

    source: str
    shapes: Mapping[str, tuple]

    def of(self, values: tuple) -> np.ndarray:
        """Raises StudentFault where these are no numbers of their shapes."""
        pairs = zip(values, self.shapes.items(), strict=True)
        named = {name: _shaped(value, name, shape) for value, (name, shape) in pairs}
        return np.asarray(eval(self.source, {"np": np, **named}))


def _shaped(value: Any, name: str, shape: tuple) -> np.ndarray:
    array = numeric(value)
    if array is None:
        raise StudentFault("wrong_type", f"{name} is {describe(value)}, expected numbers.")
    if array.shape != tuple(shape):
        raise StudentFault("wrong_shape", f"{name} has shape {array.shape}, expected {tuple(shape)}.")
    return array


def change_note(name: str, positions: list[int], sentence: str) -> str:
    """What is said of a function that changed these of its arguments."""
    which = ", ".join(str(position + 1) for position in positions)
    return f"{name} changed its argument {which}. {sentence}"


# ----------------------------------------------------------------------------------------------------------- comparing


def compare(got: Any, want: np.ndarray, rtol: float) -> tuple[str | None, str]:
    """(None, "") when `got` equals `want`, float64, to `rtol` of its largest finite entry.

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
    error, scale = off(array, want)
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


def off(array: np.ndarray, want: np.ndarray) -> tuple[np.ndarray, float]:
    """(how far off each entry is, the largest finite one that is wanted)."""
    with np.errstate(all="ignore"):
        error = np.where(array == want, 0.0, np.abs(array - want))
    error[np.isnan(error)] = np.inf  # a NaN is as wrong as can be
    return error, np.max(np.abs(want), initial=0.0, where=np.isfinite(want)) or 1.0


def _expected(want: np.ndarray) -> str:
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


# -------------------------------------------------------------------------------------- which mistake explains it all


@dataclass(frozen=True)
class Finding:
    """One thing a student is told: what was examined, one clear sentence, Python source to rerun it on public data."""

    property: str
    message: str
    example: str = ""
    diagnosis: str = ""  # the name of a mistake, or of how the call failed, or nothing


@dataclass
class Property:
    """What was seen of one property: whether it was examined, its first failure, how each failed."""

    examined: bool = False
    finding: Finding | None = None
    kinds: list[str] = field(default_factory=list)  # of the failures: "wrong_shape", "inaccurate", "" …

    def named(self, mistake: str, sentence: Callable[[str], str]) -> Finding:
        """The finding, its diagnosis this mistake, or where that is "", how it failed."""
        name = mistake or (self.kinds[0] if len(set(self.kinds)) == 1 else "")
        message = f"{self.finding.message} {sentence(name)}" if name else self.finding.message
        return replace(self.finding, message=message, diagnosis=name)


@dataclass(frozen=True)
class Seen:
    """One comparison: of which property, what came and was expected, whether it failed, whether its mistake is told."""

    property: str
    got: Any
    want: np.ndarray
    rtol: float
    failed: bool
    told: bool

    def explained_by(self, value: Any) -> bool:
        """Whether a mistake that gives this value gives what came; if it changes nothing, it explains no failure."""
        wrong = numeric(value)
        if wrong is None:
            return False
        wrong = wrong.astype(np.float64)
        return same(self.got, wrong, self.rtol) and not (self.failed and same(self.want, wrong, self.rtol))

    @property
    def telling(self) -> bool:
        """Whether a number came that is wrong: NaN everywhere is what any accident gives."""
        return self.failed and self.got is not None and bool(np.isfinite(self.got).any())


def told_mistakes(seen: list[Seen], failed: Set[str], refuted: Mapping[str, Set[str]]) -> dict[str, str]:
    """{failed property: the one mistake that explains every value that came of it; "" for none, or several}.

    `refuted` has for each mistake the properties of which it does not give every value. Of several mistakes the one is
    told that explains the values of all properties, if it alone does. So it is where no number came that could tell
    mistakes apart.
    """
    compared = {one.property for one in seen if one.told}
    whole = {name for name, properties in refuted.items() if not properties & compared}
    told = {}
    for property in failed:
        names = {name for name, properties in refuted.items() if property not in properties}
        if len(names) != 1 or not any(one.telling for one in seen if one.property == property):
            names &= whole
        told[property] = names.pop() if len(names) == 1 else ""
    return told


def strongest(findings: list[Finding], ways_to_fail: Set[str]) -> str:
    """One diagnosis of all: the first that is a mistake, else the first way to fail, else ""."""
    names = [finding.diagnosis for finding in findings if finding.diagnosis]
    return next((name for name in names if name not in ways_to_fail), names[0] if names else "")


def for_case(label: str, message: str) -> str:
    """A message that says for which kind of input it holds."""
    return f"For {label}: {message}" if label else message


def without(message: str, sentence: str) -> str:
    """A message that does not end in the sentence of its mistake, where that is said once for all."""
    return message.removesuffix(sentence).rstrip() or message


# ------------------------------------------------------------------------------------------------- the call once more


def source_of(name: str, args: tuple) -> str:
    """Python source that makes the call again, or nothing when there is none or it would be too long to read."""
    if any(callable(argument) and not argument.__doc__ for argument in args):
        return ""
    arguments = ",\n".join(_literal(argument) for argument in args)
    call = f"{name}({arguments})" if "\n" not in arguments else f"{name}(\n{textwrap.indent(arguments, '    ')},\n)"
    return f"import numpy as np\n\n{call}" if len(call) <= 2000 else ""


def _literal(value: Any) -> str:
    """Python source of a value of arrays, numbers, strings, functions, lists, tuples and dicts; a line for each row."""
    if callable(value):
        return value.__doc__
    if isinstance(value, np.ndarray):
        return _array_literal(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, tuple | list):
        items = ", ".join(map(_literal, value))
        return f"[{items}]" if isinstance(value, list) else f"({items}{',' if len(value) == 1 else ''})"
    if isinstance(value, float) and not np.isfinite(value):
        return f"float('{value}')"
    return repr(value.item() if isinstance(value, np.generic) else value)


def _array_literal(array: np.ndarray) -> str:
    usual = array.dtype in (np.float64, np.int64, np.bool_)
    dtype = "" if usual and array.size else f", dtype='{array.dtype}'"
    if not array.size:  # [] alone would forget the other dimensions
        return f"np.zeros({array.shape}{dtype})"
    options = {"separator": ", ", "threshold": 10**6, "max_line_width": 10**6, "floatmode": "unique"}
    with np.printoptions(nanstr="np.nan", infstr="np.inf"):
        return f"np.array({np.array2string(array, prefix='np.array(', **options)}{dtype})"
