"""The call to make again, as Python source."""

import textwrap
from collections.abc import Callable
from typing import Any

import numpy as np

# how arrays are printed, whatever the notebook has set
USUAL = {"nanstr": "np.nan", "infstr": "np.inf", "sign": "-", "suppress": False, "legacy": False}


def source_of(name: str, args: tuple) -> str:
    """Python source that makes the call again, or nothing when there is none or it would be too long to read."""
    if any(callable(argument) and not argument.__doc__ for argument in args):
        return ""
    arguments = ",\n".join(_literal(argument) for argument in args)
    call = f"{name}({arguments})" if "\n" not in arguments else f"{name}(\n{textwrap.indent(arguments, '    ')},\n)"
    return f"import numpy as np\n\n{call}" if len(call) <= 2000 else ""


def formula(source: str) -> Callable:
    """The function of this Python source, as in formula("lambda x: np.sum(x**2)"), its docstring: examples show it."""
    function = eval(source, {"np": np, "__formula__": True})
    function.__doc__ = source
    return function


def is_formula(value: Any) -> bool:
    """Whether this is a function that `formula` made, and so all that it does is in its docstring."""
    return getattr(value, "__globals__", {}).get("__formula__") is True


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
    with np.printoptions(**USUAL):
        return f"np.array({np.array2string(array, prefix='np.array(', **options)}{dtype})"
