"""Which device: NumPy here, CuPy's part played by a stand-in."""

import sys
import types
import warnings

import numpy as np
import pytest

from nnlib.backend import array_module, gpu_available, to_device, to_numpy


@pytest.fixture(params=["cupy is not installed", "no driver"])
def no_gpu(request, monkeypatch):
    cupy = types.ModuleType("cupy")
    cupy.cuda = types.SimpleNamespace(is_available=lambda: False)
    monkeypatch.setitem(sys.modules, "cupy", cupy if request.param == "no driver" else None)


def test_numpy_arrays_numbers_and_lists_belong_to_numpy():
    assert array_module(np.ones(2), 1.0, [2]) is np and array_module() is np


def test_one_gpu_array_decides(cupy):
    assert array_module(1.0, cupy.asarray(np.ones(2))) is cupy


def test_without_a_gpu_none_is_available(no_gpu):
    assert gpu_available() is False


def test_a_gpu_asked_for_and_absent_is_one_sentence(no_gpu):
    with pytest.raises(RuntimeError, match=r'^No GPU is available .* use device "cpu" or "auto"\.$'):
        to_device(np.ones(2), "gpu")


def test_auto_falls_back_and_says_so(no_gpu):
    with pytest.warns(UserWarning, match="no GPU: ran on NumPy"):
        assert to_device(np.ones(2), "auto").tolist() == [1, 1]


@pytest.mark.parametrize("device", ["gpu", "auto"])
def test_with_a_gpu_arrays_go_there_and_come_back(device, cupy):
    assert gpu_available() is True
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        x = to_device(np.arange(3.0), device)
    assert array_module(x) is cupy
    assert type(to_numpy(x)) is type(to_device(x, "cpu")) is np.ndarray
    assert to_numpy(x).tolist() == [0, 1, 2]


def test_other_devices_are_refused():
    with pytest.raises(ValueError, match="device is 'tpu'; expected"):
        to_device(np.ones(2), "tpu")
