"""Activations: derivatives against differences, extremes, dtypes, hand numbers, identities."""

import warnings

import numpy as np
import pytest

from nnlib import activations
from nnlib.activations import (
    log_softmax,
    log_softmax_backward,
    maxout,
    maxout_derivative,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    softmax,
    softmax_backward,
    softplus,
    step,
    tanh,
    tanh_derivative,
)
from nnlib.backend import to_device
from nnlib.gradcheck import check_gradients

NAMES = ("identity", "step", "sigmoid", "tanh", "relu", "leaky_relu", "softplus", "elu")
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


def test_steps_of_integers_are_floats():
    assert all(
        f(np.array([-1, 0, 2])).dtype == np.float64 for f in (step, activations.step_derivative, relu_derivative)
    )


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


@pytest.mark.parametrize("alpha", [0.3, 1.0, 2.5])
def test_elu_has_its_alpha_in_the_derivative(alpha, gradient_holds, rng):
    z = rng.standard_normal((5, 3))
    gradient_holds(
        lambda z: activations.elu(z, alpha), {"z": z}, lambda d: {"z": d * activations.elu_derivative(z, alpha)}
    )
    assert np.isclose(activations.elu(-1.0, alpha), alpha * (np.exp(-1) - 1), rtol=1e-15)
    assert np.isclose(activations.elu_derivative(-1.0, alpha), alpha * np.exp(-1), rtol=1e-15)


def test_elu_without_its_alpha_is_caught(rng):
    z = rng.standard_normal((5, 3))
    wrong = check_gradients(
        lambda z: activations.elu(z, 0.4), {"z": z}, lambda d: {"z": d * activations.elu_derivative(z, 1.0)}, rng=rng
    )
    assert not wrong.passed


@pytest.mark.parametrize("slope", [0.0, 0.1, 1.0])
def test_leaky_relu_has_its_slope_in_the_derivative(slope, gradient_holds, rng):
    z = rng.standard_normal((5, 3))
    derivative = activations.leaky_relu_derivative(z, slope)
    gradient_holds(lambda z: activations.leaky_relu(z, slope), {"z": z}, lambda d: {"z": d * derivative})
    assert activations.leaky_relu(np.array([-2.0, 3.0]), 0.1).tolist() == [-0.2, 3]


# Along the last axis

ROWS = [(1, 1), (1, 4), (5, 1), (5, 2), (4, 3), (2, 3, 4)]


@pytest.mark.parametrize("shape", ROWS)
def test_softmax_log_softmax_and_maxout_match_differences(shape, device, rng):
    z = to_device(2 * rng.standard_normal(shape), device)
    a, log_a = softmax(z), log_softmax(z)
    for f, backward in (
        (softmax, lambda dout: softmax_backward(a, dout)),
        (log_softmax, lambda dout: log_softmax_backward(log_a, dout)),
        (maxout, lambda dout: maxout_derivative(z) * dout[..., None]),
    ):
        check_gradients(f, {"z": z}, lambda dout, b=backward: {"z": b(dout)}, rng=rng).raise_if_failed()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_softmax_at_a_thousand_is_finite_and_silent(dtype):
    z = np.array([[1000, -1000], [-1000, -1000], [1000, 999]], dtype)
    with warnings.catch_warnings(), np.errstate(over="raise", invalid="raise", divide="raise"):
        warnings.simplefilter("error")
        a, log_a = softmax(z), log_softmax(z)
    assert a.dtype == log_a.dtype == dtype
    assert np.allclose(a, [[1, 0], [0.5, 0.5], [sigmoid(1.0), sigmoid(-1.0)]], rtol=1e-6)
    assert np.allclose(log_a, [[0, -2000], [-np.log(2)] * 2, [-softplus(-1.0), -softplus(1.0)]], rtol=1e-6)


def test_softmax_of_two_is_the_sigmoid_of_the_difference_and_a_shift_changes_nothing(rng):
    z = rng.standard_normal((6, 2))
    assert np.allclose(softmax(z)[:, 1], sigmoid(z[:, 1] - z[:, 0]), rtol=1e-14)
    assert np.allclose(softmax(z + 100), softmax(z), rtol=1e-13)
    assert np.array_equal(softmax(z[0]), softmax(z)[0])
    assert np.allclose(np.exp(log_softmax(z)), softmax(z), rtol=1e-14)


def test_maxout_sends_everything_to_the_first_of_equal_pieces():
    z = np.array([[2.0, 2.0, 1.0], [0.0, 5.0, 5.0]])
    assert maxout(z).tolist() == [2, 5]
    assert maxout_derivative(z).tolist() == [[1, 0, 0], [0, 1, 0]]
