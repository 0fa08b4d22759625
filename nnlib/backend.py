"""Data picks the device: the arrays handed in decide whether NumPy or CuPy computes.

Formulas call `np.exp(x)`: NumPy asks x by its protocols `__array_ufunc__` and `__array_function__`, and a CuPy array
answers with CuPy's own. Only where an array is made from nothing (`xp.arange(n)`, `xp.asarray(numbers)`) a formula
writes `xp = array_module(x)`. This is the only file that imports CuPy, and only when one is met or asked for.
"""

import importlib
import warnings

import numpy as np


def array_module(*arrays):
    """The library that holds `arrays`: `cupy` if one of them is a CuPy array, else `numpy` (numbers and lists too)."""
    for array in arrays:
        # NumPy's own type first: a layer asks at every call
        if type(array) is not np.ndarray and type(array).__module__.partition(".")[0] == "cupy":
            return importlib.import_module("cupy")
    return np


def gpu_available():
    """True if CuPy is installed *and* a CUDA device answers."""
    try:
        cupy = importlib.import_module("cupy")
    except ImportError:
        return False
    return bool(cupy.cuda.is_available())  # `import cupy` succeeds without a driver and fails on first use


def to_device(x, device):
    """`x` as an array on `device`: "cpu", "gpu", or "auto" (the GPU if there is one, else the CPU with a warning).

    Raises RuntimeError for "gpu" where none is available, ValueError for any other word.
    """
    if device not in ("cpu", "gpu", "auto"):
        raise ValueError(f'device is {device!r}; expected "cpu", "gpu" or "auto".')
    if device == "cpu":
        return to_numpy(x)
    if gpu_available():
        return importlib.import_module("cupy").asarray(x)
    if device == "gpu":
        raise RuntimeError('No GPU is available (CuPy and a CUDA driver are needed); use device "cpu" or "auto".')
    warnings.warn("no GPU: ran on NumPy", stacklevel=2)
    return to_numpy(x)


def to_numpy(x):
    """`x` as a NumPy array, copied from the GPU if it lies there."""
    return x.get() if array_module(x) is not np else np.asarray(x)
