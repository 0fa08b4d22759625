"""Losses: gradients against differences, the mean convention, extremes, dtypes, shapes."""

import warnings

import numpy as np
import pytest

from nnlib import losses
from nnlib.activations import sigmoid
from nnlib.backend import to_device, to_numpy
from nnlib.gradcheck import check_gradients
from nnlib.losses import (
    Loss,
    SoftmaxCrossEntropy,
    log_loss,
    log_loss_from_logits,
    log_loss_from_logits_gradient,
    log_loss_gradient,
    softmax_cross_entropy,
    softmax_cross_entropy_gradient,
    squared_error,
    squared_error_gradient,
)

OF_PREDICTION = ("log_loss", "log_loss_from_logits", "squared_error")
SHAPES = [(), (1,), (6,), (1, 3), (6, 1), (6, 3)]


def draw(name, shape, rng):
    """Labels, one of them soft, and predictions in the loss's domain."""
    y = rng.integers(0, 2, shape) * 0.75
    return y, rng.uniform(0.05, 0.95, shape) if name == "log_loss" else 3 * rng.standard_normal(shape)


@pytest.mark.parametrize("name", OF_PREDICTION)
@pytest.mark.parametrize("shape", SHAPES)
def test_gradient_matches_differences(name, shape, gradient_holds, rng):
    y, prediction = draw(name, shape, rng)
    cost, gradient = getattr(losses, name), getattr(losses, name + "_gradient")
    gradient_holds(lambda p: cost(y, p), {"p": prediction}, {"p": gradient(y, prediction)})


@pytest.mark.parametrize("shape", [(1,), (4,), (3, 2)])
def test_penalty_gradient_matches_differences(shape, gradient_holds, rng):
    w = rng.standard_normal(shape)
    gradient_holds(lambda w: losses.l2_penalty(w, 0.3), {"w": w}, {"w": losses.l2_penalty_gradient(w, 0.3)})


@pytest.mark.parametrize("name", OF_PREDICTION)
def test_cost_is_the_mean_over_rows_and_the_sum_over_columns(name, rng):
    y, prediction = draw(name, (6, 3), rng)
    cost, gradient = getattr(losses, name), getattr(losses, name + "_gradient")
    rows = [sum(cost(y[i, k], prediction[i, k]) for k in range(3)) for i in range(6)]
    assert np.isclose(cost(y, prediction), np.mean(rows), rtol=1e-13)
    assert np.allclose(gradient(y, prediction)[2], gradient(y[2:3], prediction[2:3])[0] / 6, rtol=1e-13)


@pytest.mark.parametrize("name", OF_PREDICTION)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_integer_labels_keep_the_predictions_dtype_and_inputs_stay(name, dtype, rng):
    y, prediction = np.array([0, 1, 1]), draw(name, 3, rng)[1].astype(dtype)
    before = prediction.copy()
    cost, gradient = getattr(losses, name)(y, prediction), getattr(losses, name + "_gradient")(y, prediction)
    assert cost.dtype == gradient.dtype == dtype
    assert np.array_equal(prediction, before) and y.tolist() == [0, 1, 1]


@pytest.mark.parametrize("name", [n + s for n in OF_PREDICTION for s in ("", "_gradient")])
def test_the_prediction_picks_the_device(name, cupy, rng):
    y, prediction = draw(name.removesuffix("_gradient"), (4, 2), rng)
    result = getattr(losses, name)(cupy.asarray(y), cupy.asarray(prediction))
    assert np.allclose(result.get(), getattr(losses, name)(y, prediction), rtol=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_logits_of_a_thousand_cost_a_thousand_and_warn_of_nothing(dtype):
    z = np.array([1000, -1000, 1000, -1000], dtype=dtype)
    with warnings.catch_warnings(), np.errstate(over="raise", invalid="raise", divide="raise"):
        warnings.simplefilter("error")
        assert log_loss_from_logits(np.array([0, 1, 1, 0]), z) == 500
        gradient = log_loss_from_logits_gradient(np.array([0, 1, 1, 0]), z)
    assert gradient.tolist() == [0.25, -0.25, 0, 0]


def test_probabilities_of_zero_and_one_cost_nothing_when_right_and_inf_when_wrong():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert log_loss(np.array([0, 1]), np.array([0.0, 1.0])) == 0
        assert log_loss_gradient(np.array([0, 1]), np.array([0.0, 1.0])).tolist() == [0.5, -0.5]
        assert log_loss(np.array([1]), np.array([0.0])) == np.inf
        assert log_loss_gradient(np.array([1]), np.array([0.0])) == -np.inf


def test_hand_numbers():
    assert np.isclose(log_loss(np.array([1, 0]), np.array([0.5, 0.5])), np.log(2), rtol=1e-15)
    assert np.isclose(log_loss(np.array([1.0]), np.array([0.7])), 0.35667494, atol=1e-8)
    assert squared_error(np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([[1.0, 1.0], [1.0, 3.0]])) == 1.5
    assert losses.l2_penalty(np.array([1.0, 2.0]), 0.1) == 0.25


def test_both_log_losses_agree_and_the_tail_is_accurate(rng):
    y, z = rng.integers(0, 2, 20), 4 * rng.standard_normal(20)
    assert np.isclose(log_loss(y, sigmoid(z)), log_loss_from_logits(y, z), rtol=1e-13)
    assert np.isclose(log_loss_from_logits(1, 40.0), np.exp(-40.0), rtol=1e-14, atol=0)


@pytest.mark.parametrize("name", [n + s for n in OF_PREDICTION for s in ("", "_gradient")])
def test_a_column_against_a_row_of_labels_is_refused(name):
    with pytest.raises(ValueError, match=r"y has shape \(3,\), the prediction \(3, 1\)"):
        getattr(losses, name)(np.ones(3), np.full((3, 1), 0.5))


# Softmax cross entropy


@pytest.mark.parametrize("labels", ["labels", "one-hot", "soft"])
@pytest.mark.parametrize("shape", [(1, 1), (1, 3), (6, 1), (6, 2), (5, 4)])
def test_softmax_cross_entropy_matches_differences(shape, labels, device, rng):
    m, K = shape
    y = rng.integers(0, K, m)
    if labels != "labels":
        y = np.eye(K, dtype=int)[y] if labels == "one-hot" or K == 1 else rng.dirichlet(np.ones(K), m)
    y, z = to_device(y, device), to_device(3 * rng.standard_normal(shape), device)
    gradient = softmax_cross_entropy_gradient(y, z)
    check_gradients(lambda z: softmax_cross_entropy(y, z), {"z": z}, {"z": gradient}, rng=rng).raise_if_failed()
    if K > 1:
        wrong = {"sum for mean": (m + (m == 1)) * gradient, "zero": 0 * gradient, "1.001": 1.001 * gradient}
        for bug in wrong.values():
            assert not check_gradients(lambda z: softmax_cross_entropy(y, z), {"z": z}, {"z": bug}, rng=rng).passed


def test_softmax_cross_entropy_worked_by_hand():
    z = np.log([[0.1, 0.7, 0.2]])
    for y in (np.array([1]), np.array([[0, 1, 0]])):
        assert np.isclose(softmax_cross_entropy(y, z), 0.3567, atol=5e-5)
        assert np.allclose(softmax_cross_entropy_gradient(y, z), [[0.1, -0.3, 0.2]], rtol=1e-14)


def test_two_classes_are_the_log_loss_of_the_difference(rng):
    y, z = rng.integers(0, 2, 9), 3 * rng.standard_normal((9, 2))
    assert np.isclose(softmax_cross_entropy(y, z), log_loss_from_logits(y, z[:, 1] - z[:, 0]), rtol=1e-13)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_logits_of_a_thousand_are_finite_in_the_cross_entropy(dtype):
    z = np.array([[1000, -1000], [1000, -1000]], dtype)
    with warnings.catch_warnings(), np.errstate(over="raise", invalid="raise", divide="raise"):
        warnings.simplefilter("error")
        assert softmax_cross_entropy(np.array([0, 1]), z) == 1000
        gradient = softmax_cross_entropy_gradient(np.array([0, 1]), z)
    assert gradient.dtype == dtype and gradient.tolist() == [[0, 0], [0.5, -0.5]]


def test_the_pair_keeps_inputs_and_what_it_returned(rng):
    loss, y, z = SoftmaxCrossEntropy(), rng.integers(0, 3, 5), rng.standard_normal((5, 3)).astype("f")
    before = z.copy()
    J = loss.forward(y, z)
    dz = loss.backward()
    assert isinstance(J, float) and dz.dtype == np.float32 and np.array_equal(z, before)
    assert np.isclose(J, softmax_cross_entropy(y, z.astype(float)), rtol=1e-6)
    returned = dz.copy()
    loss.forward(y[:2], z[:2])
    assert loss.backward().shape == (2, 3) and np.array_equal(dz, returned)
    loss.forward(np.eye(3)[y], z)
    assert np.array_equal(loss.backward(), dz) and np.array_equal(loss.backward(), dz)


def test_two_functions_make_a_pair(rng, device):
    y, prediction = (to_device(rng.standard_normal((4, 2)), device) for _ in range(2))
    loss = Loss(squared_error, squared_error_gradient)
    assert loss.forward(y, prediction) == float(squared_error(y, prediction))
    assert np.array_equal(to_numpy(loss.backward()), to_numpy(squared_error_gradient(y, prediction)))


@pytest.mark.parametrize(
    ("y", "z", "sentence"),
    [
        (np.array([0, 3]), np.ones((2, 3)), "a label that is none of 0 … 2"),
        (np.array([-1, 0]), np.ones((2, 3)), "a label that is none of 0 … 2"),
        (np.array([0]), np.ones((2, 3)), r"y has shape \(1,\); expected labels \(2,\) or one-hot rows \(2, 3\)"),
        (np.ones((3, 2)), np.ones((2, 3)), r"y has shape \(3, 2\)"),
        (np.array([0, 1]), np.ones(2), r"z is float64 of shape \(2,\); expected floats of shape \(m, K\)"),
        (np.array([0, 1]), np.ones((2, 3), int), "z is int64"),
    ],
)
def test_labels_and_shapes_that_do_not_fit_are_refused(y, z, sentence):
    with pytest.raises(ValueError, match=sentence):
        softmax_cross_entropy(y, z)
