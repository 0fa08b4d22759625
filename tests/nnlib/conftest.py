"""What the tests of nnlib share: a gradient check, and the devices."""

import numpy as np
import pytest

from nnlib.backend import gpu_available
from nnlib.gradcheck import check_gradients
from nnlib.stand_in import in_place_of_cupy


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def gradient_holds(rng):
    """gradient_holds(f, parameters, gradients): the helper all gradient tests go through."""
    return lambda f, parameters, gradients: check_gradients(f, parameters, gradients, rng=rng).raise_if_failed()


@pytest.fixture
def cupy():
    """The stand-in, importable as `cupy`, with a device that answers."""
    with in_place_of_cupy() as module:
        yield module


@pytest.fixture(params=["numpy", "stand-in", *["gpu"] * gpu_available()])
def device(request):
    """For `to_device`: each test runs on NumPy, on the stand-in in a GPU's place, and on CuPy where a GPU answers."""
    if request.param == "stand-in":
        request.getfixturevalue("cupy")
    return "cpu" if request.param == "numpy" else "gpu"
