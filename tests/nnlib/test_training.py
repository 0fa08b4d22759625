"""Descent: by hand, against Newton on real data, reproducible, and plain about bad input."""

import numpy as np
import pytest

from nnlib.activations import sigmoid
from nnlib.datasets import load_breast_cancer, train_test_split
from nnlib.losses import l2_penalty, l2_penalty_gradient, log_loss_from_logits, log_loss_from_logits_gradient
from nnlib.preprocess import Standardiser
from nnlib.training import gradient_descent, minibatches, newton

LAM = 0.01


def parabola(parameters):
    """J = ½ (w - 3)²."""
    return 0.5 * float((parameters["w"] - 3) ** 2), {"w": parameters["w"] - 3}


@pytest.fixture(scope="module")
def ridge():
    """(cost and gradient, gradient and Hessian) of L2-regularised logistic regression on standardised breast cancer."""
    data = load_breast_cancer()
    X, _, y, _ = train_test_split(data.X, data.y, test_fraction=0.2, rng=np.random.default_rng(4))
    X = Standardiser().fit(X).transform(X)
    X_1 = np.column_stack([X, np.ones(len(X))])
    exempt = np.diag([LAM] * 30 + [0])  # the bias is not penalised

    def cost_and_gradient(p):
        z = X @ p["w"] + p["b"]
        dz = log_loss_from_logits_gradient(y, z)
        cost = log_loss_from_logits(y, z) + l2_penalty(p["w"], LAM)
        return cost, {"w": X.T @ dz + l2_penalty_gradient(p["w"], LAM), "b": dz.sum()}

    def gradient_and_hessian(theta):
        a = sigmoid(X_1 @ theta)
        return X_1.T @ (a - y) / len(y) + exempt @ theta, (X_1.T * (a * (1 - a))) @ X_1 / len(y) + exempt

    return cost_and_gradient, gradient_and_hessian


def test_the_real_cost_has_the_gradient_that_is_descended(ridge, gradient_holds, rng):
    cost_and_gradient, gradient_and_hessian = ridge
    p = {"w": rng.standard_normal(30), "b": np.array(0.4)}
    gradient_holds(lambda w, b: cost_and_gradient({"w": w, "b": b})[0], p, cost_and_gradient(p)[1])
    theta, H = np.append(p["w"], p["b"]), gradient_and_hessian(np.append(p["w"], p["b"]))[1]
    gradient_holds(lambda t: gradient_and_hessian(t)[0], {"t": theta}, lambda dout: {"t": H @ dout})


def test_gradient_descent_reaches_newtons_solution_on_breast_cancer(ridge):
    cost_and_gradient, gradient_and_hessian = ridge
    solution = newton(gradient_and_hessian, np.zeros(31), steps=9, tolerance=1e-10)
    assert solution.gradient_norm[-1] <= 1e-10
    descent = gradient_descent(cost_and_gradient, {"w": np.zeros(30), "b": 0.0}, lr=0.3, steps=3500)
    theta = np.append(descent.parameters["w"], descent.parameters["b"])
    assert abs(theta - solution.parameters).max() < 1e-6
    assert all(np.diff(descent.cost) <= 1e-15) and descent.cost[0] == pytest.approx(np.log(2), rel=1e-14)


def test_three_steps_by_hand():
    start = {"w": 1.0}
    history = gradient_descent(parabola, start, lr=0.5, steps=3, keep_path=True)
    assert [p["w"].item() for p in history.path] == [1, 2, 2.5, 2.75]
    assert history.cost == [2, 0.5, 0.125, 0.03125] and history.gradient_norm == [2, 1, 0.5, 0.25]
    assert history.parameters["w"] == 2.75 and start == {"w": 1.0}


def test_given_arrays_are_not_modified_and_keep_their_dtype():
    w = np.array([1.0, 5.0], dtype=np.float32)
    history = gradient_descent(lambda p: (0.0, {"w": p["w"]}), {"w": w}, lr=0.5, steps=2)
    assert w.tolist() == [1, 5] and history.parameters["w"].dtype == np.float32
    same = gradient_descent(lambda p: (0.0, {"w": p["w"]}), {"w": w}, lr=0.5, steps=0)
    assert not np.shares_memory(same.parameters["w"], w)


def test_it_stops_at_the_tolerance_and_when_it_diverges():
    assert len(gradient_descent(parabola, {"w": 1.0}, lr=0.5, steps=100, tolerance=0.3).cost) == 4
    history = gradient_descent(lambda p: (float("inf"), {"w": p["w"]}), {"w": 1.0}, lr=1, steps=100)
    assert len(history.cost) == 1
    assert gradient_descent(parabola, {"w": 1.0}, lr=2.5, steps=20).cost[-1] > 1000


def test_the_callback_sees_every_point():
    seen = []
    gradient_descent(parabola, {"w": 1.0}, lr=0.5, steps=2, callback=lambda k, p, J: seen.append((k, p["w"].item(), J)))
    assert seen == [(0, 1, 2), (1, 2, 0.5), (2, 2.5, 0.125)]


@pytest.mark.parametrize(
    ("gradients", "sentence"),
    [
        ({}, r"gradients are named \[\]; expected \['w'\]"),
        ({"w": np.zeros((2, 1))}, r"gradient of w has shape \(2, 1\); expected \(2,\)"),
        ({"w": 0.0}, r"gradient of w has shape \(\); expected \(2,\)"),
    ],
)
def test_gradients_that_do_not_fit_are_refused(gradients, sentence):
    with pytest.raises(ValueError, match=sentence):
        gradient_descent(lambda p: (0.0, gradients), {"w": np.ones(2)}, lr=1, steps=1)


def test_newton_solves_a_quadratic_in_one_step(rng):
    A = rng.standard_normal((3, 3))
    H, c = A @ A.T + np.eye(3), rng.standard_normal(3)
    history = newton(lambda theta: (H @ theta - c, H), np.zeros(3), steps=5, tolerance=1e-12)
    assert len(history.gradient_norm) == 2 and np.allclose(H @ history.parameters, c, rtol=1e-12)


@pytest.mark.parametrize("size", [1, 3, 4, 10])
def test_an_epoch_holds_every_row_once(size):
    X, y = np.arange(10.0)[:, None], np.arange(10)
    batches = list(minibatches(X, y, size, np.random.default_rng(0)))
    assert [len(b) for _, b in batches] == [size] * (10 // size) + ([10 % size] if 10 % size else [])
    assert sorted(np.concatenate([b for _, b in batches])) == list(range(10))
    assert all(np.array_equal(A[:, 0], b) for A, b in batches)
    again = np.concatenate([b for _, b in minibatches(X, y, size, np.random.default_rng(0))])
    assert np.array_equal(again, np.concatenate([b for _, b in batches]))


def test_every_epoch_has_its_own_order(rng):
    y = np.arange(50)
    first, second = (next(minibatches(y[:, None], y, 50, rng))[1].tolist() for _ in range(2))
    assert first != second and y.tolist() not in (first, second)


@pytest.mark.parametrize(("rows", "size"), [(3, 2), (4, 0), (4, 5)])
def test_minibatches_that_cannot_be_made_are_refused_at_once(rows, size, rng):
    with pytest.raises(ValueError, match=rf"X has {rows} rows, y 4, size is {size}"):
        minibatches(np.ones((rows, 1)), np.ones(4), size, rng)


def test_training_stays_on_the_device(cupy, rng):
    X, y = cupy.asarray(rng.standard_normal((8, 2))), cupy.asarray(rng.integers(0, 2, 8))

    def cost_and_gradient(p):
        z = X @ p["w"]
        return log_loss_from_logits(y, z), {"w": X.T @ log_loss_from_logits_gradient(y, z)}

    history = gradient_descent(cost_and_gradient, {"w": cupy.asarray(np.zeros(2))}, lr=0.5, steps=5)
    assert type(history.parameters["w"]).__module__ == "cupy" and history.cost[-1] < history.cost[0]
    assert [len(b) for _, b in minibatches(X, y, 3, rng)] == [3, 3, 2]
    solved = newton(lambda t: (t - y[:2], X.T @ X), y[:2] * 0.0, steps=1, tolerance=0)
    assert type(solved.parameters).__module__ == "cupy"
