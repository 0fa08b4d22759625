"""A strict stand-in for CuPy: where there is no GPU, it shows whether a function would run on one.

    print(where_it_runs(f, X, w))      # on the GPU where one answers; else on NumPy and on the stand-in, and it says so

Its arrays answer NumPy's two protocols for their own kind and for numbers, as CuPy's do, and refuse what CuPy refuses.
"""

import sys
import types
from contextlib import contextmanager

import numpy as np

from nnlib.backend import array_module, gpu_available, to_device, to_numpy


def where_it_runs(f, *args):
    """What became of f(*args) with its arrays on a device, in one line or two; without a GPU the stand-in's is one.

    It never raises for what f does there: where f runs is told, and examined by nobody.
    """
    want = f(*args)
    if gpu_available():
        return f"on the GPU (CuPy): {_on_device(f, args, want)}"
    with in_place_of_cupy():
        said = _on_device(f, args, want)
    return f"no GPU: ran on NumPy\non a strict stand-in for CuPy (worth no points): {said}"


def _on_device(f, args, want):
    try:
        got = f(*(to_device(arg, "gpu") if isinstance(arg, np.ndarray) else arg for arg in args))
    except Exception as error:  # whatever f does there
        return f"refused, {type(error).__name__}: {error}"
    if array_module(got) is np:
        return "it runs, but its result is a NumPy array: it left the device"
    same = np.shape(want) == got.shape and np.allclose(to_numpy(got), want, rtol=1e-9, atol=1e-12)
    return "it runs there, with NumPy's numbers" if same else "it runs there, with other numbers than on NumPy"


@contextmanager
def in_place_of_cupy():
    """Inside the block the stand-in is imported as `cupy`, with a device that answers. `asarray` alone takes NumPy's
    arrays.
    """
    before = sys.modules.get("cupy", ABSENT)
    sys.modules["cupy"] = _module()
    try:
        yield sys.modules["cupy"]
    finally:
        if before is ABSENT:
            del sys.modules["cupy"]
        else:
            sys.modules["cupy"] = before


ABSENT = object()


def _module():
    module = _like(np, "cupy", "")
    module.linalg = _like(np.linalg, "cupy.linalg", "linalg.")
    module.asarray = lambda x, dtype=None: StrictArray(np.asarray(x.data if isinstance(x, StrictArray) else x, dtype))
    module.cuda = types.SimpleNamespace(is_available=lambda: True)
    return module


def _like(of, name, prefix):
    """A module with the functions of one of NumPy's, but those that CuPy lacks; modules inside of it are left out."""

    def lookup(what):
        if what.startswith("__") or prefix + what in LACKING or isinstance(getattr(of, what), types.ModuleType):
            raise AttributeError(f"module {name!r} has no attribute {what!r}")
        value = getattr(of, what)
        return value if isinstance(value, type) or not callable(value) else _call(value)

    module = types.ModuleType(name)
    module.__getattr__ = lookup
    return module


# What NumPy 2.4 has and CuPy 14.2 has not: universal functions, and functions that ask their arguments by protocol.
LACKING = set("isnat matvec spacing vecdot vecmat block einsum_path geomspace histogram_bin_edges insert".split())
LACKING |= set("nanpercentile nanquantile polyder polydiv polyint unstack".split())
LACKING |= {
    f"linalg.{name}"
    for name in "diagonal matrix_norm multi_dot outer svdvals tensordot trace vecdot vector_norm".split()
}


class StrictArray:
    """An array that answers NumPy's two protocols as a CuPy array does: for its own kind and for numbers only.

    It is not converted, has no methods of universal functions (np.add.reduce) and no keyword but out, dtype, casting.
    """

    __module__ = "cupy"

    def __init__(self, data):
        self.data = np.asarray(data)

    def __array__(self, *args, **kwargs):
        raise TypeError("implicit conversion to NumPy")

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        if method != "__call__" or ufunc.__name__ in LACKING:
            return NotImplemented
        if kwargs.keys() - {"out", "dtype", "casting"}:
            raise TypeError(f"wrong arguments {kwargs}")
        if any(not isinstance(x, (StrictArray, np.ndarray, np.generic, int, float, complex)) for x in inputs):
            return NotImplemented
        result = _call(ufunc)(*inputs, **kwargs)
        return kwargs["out"][0] if "out" in kwargs else result

    def __array_function__(self, function, types, args, kwargs):
        name = ".".join([*function.__module__.split(".")[1:], function.__name__])
        return NotImplemented if name in LACKING else _call(function)(*args, **kwargs)

    def __getattr__(self, name):
        if name.startswith("__"):  # NumPy would find __array_interface__ and convert without a word
            raise AttributeError(name)
        value = getattr(self.data, name)
        return _call(value) if callable(value) else _wrap(value)

    def __getitem__(self, key):
        return _wrap(self.data[_unwrap(key)])

    def __setitem__(self, key, value):
        self.data[_unwrap(key)] = _unwrap(value)

    def __len__(self):
        return len(self.data)

    def __bool__(self):
        return bool(self.data)

    def __float__(self):
        return float(self.data)

    def __int__(self):
        return int(self.data)

    def get(self):
        return self.data.copy()


def _unwrap(value):
    if type(value) is np.ndarray:
        raise TypeError("a NumPy array was mixed with a CuPy array")
    if isinstance(value, (list, tuple)):
        return type(value)(_unwrap(item) for item in value)
    return value.data if isinstance(value, StrictArray) else value


def _wrap(value):
    if isinstance(value, tuple):  # eigh returns two arrays
        return tuple(map(_wrap, value))
    return StrictArray(value) if isinstance(value, (np.ndarray, np.generic)) else value


def _call(function):
    return lambda *a, **k: _wrap(function(*map(_unwrap, a), **{key: _unwrap(value) for key, value in k.items()}))


def _operator(name):
    return lambda self, *others: _wrap(getattr(self.data, name)(*map(_unwrap, others)))


def _in_place(name):
    def operate(self, other):
        getattr(self.data, name)(_unwrap(other))
        return self

    return operate


for symbol in "iadd isub imul itruediv".split():
    setattr(StrictArray, f"__{symbol}__", _in_place(f"__{symbol}__"))
for symbol in "add sub mul truediv pow matmul radd rsub rmul rtruediv neg abs lt le gt ge eq ne".split():
    setattr(StrictArray, f"__{symbol}__", _operator(f"__{symbol}__"))
