"""Activations: derivatives against differences, extremes, dtypes, hand numbers, identities."""

import warnings

import numpy as np
import pytest

from nnlib import activations
from nnlib.activations import relu_derivative, sigmoid, sigmoid_derivative, softplus, step, tanh, tanh_derivative

NAMES = ("identity", "step", "sigmoid", "tanh", "relu", "softplus")
FUNCTIONS = [getattr(activations, name + suffix) for name in NAMES for suffix in ("", "_derivative")]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", [(), (1,), (5,), (1, 3), (4, 1), (4, 3)])
def test_derivative_matches_differences(name, shape, gradient_holds, rng):
    f, derivative = getattr(activations, name), getattr(activations, name + "_derivative")
    z = 3 * rng.standard_normal(shape)
    gradient_holds(f, {"z": z}, lambda dout: {"z": dout * derivative(z)})


@pytest.mark.parametrize("f", FUNCTIONS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_extremes_are_finite_silent_and_keep_dtype_and_input(f, dtype):
    z = np.array([-1000, -100, -20, -1, 0, 1, 20, 100, 1000], dtype=dtype)
    before = z.copy()
    with warnings.catch_warnings(), np.errstate(over="raise", invalid="raise", divide="raise"):
        warnings.simplefilter("error")
        a = f(z)
    assert np.isfinite(a).all() and a.dtype == dtype and a.shape == z.shape
    assert np.array_equal(z, before) and not np.shares_memory(a, z)


@pytest.mark.parametrize("f", FUNCTIONS, ids=lambda f: f.__name__)
def test_a_number_is_taken_as_an_array_of_none_dimensions(f):
    assert np.shape(f(0.5)) == () and np.isclose(f(0.5), f(np.array([0.5]))[0])


@pytest.mark.parametrize("f", FUNCTIONS, ids=lambda f: f.__name__)
def test_the_array_picks_the_device(f, cupy):
    z = np.array([-2.0, 0.0, 3.0])
    assert np.array_equal(f(cupy.asarray(z)).get(), f(z))


def test_the_stand_in_refuses_numpy(cupy):
    z = cupy.asarray(np.ones(3))
    for mixed in (lambda: z + np.ones(3), lambda: np.ones(3) * z, lambda: np.exp(z), lambda: cupy.exp(np.ones(3))):
        with pytest.raises(TypeError):
            mixed()


def test_hand_numbers():
    assert sigmoid(0.0) == 0.5 and sigmoid_derivative(0.0) == 0.25
    assert np.isclose(sigmoid(np.log(3)), 0.75, rtol=1e-15)
    assert np.isclose(softplus(0.0), np.log(2), rtol=1e-15)
    assert tanh_derivative(0.0) == 1


def test_choices_at_the_jump_and_the_kink():
    assert step(np.array([-1.0, 0.0, 1.0])).tolist() == [0, 0, 1]
    assert relu_derivative(np.array([0.0])) == 0


def test_identities(rng):
    z = 5 * rng.standard_normal(50)
    assert np.allclose(sigmoid(-z), 1 - sigmoid(z), rtol=0, atol=1e-15)
    assert np.allclose(softplus(z) - softplus(-z), z, rtol=1e-14)
    assert np.allclose(tanh(z), 2 * sigmoid(2 * z) - 1, rtol=0, atol=1e-15)


def test_tails_keep_their_relative_accuracy():
    # 1 - a loses every digit here
    assert np.isclose(sigmoid_derivative(40.0), np.exp(-40.0), rtol=1e-14, atol=0)
    assert np.isclose(tanh_derivative(20.0), 4 * np.exp(-40.0), rtol=1e-14, atol=0)
    assert np.isclose(softplus(-40.0), np.exp(-40.0), rtol=1e-14, atol=0)
