"""Hidden checks of a1-neuron. Rows are examples, a cost is the mean over them, step(0) = 0 (lectures 1, 2 and 4)."""

from functools import partial

import numpy as np

from autograder.checks import a1_neuron_inputs as inputs
from autograder.judgement import EXACT, StudentFault, check, numeric
from nnlib import activations
from nnlib.activations import softplus, step
from nnlib.losses import log_loss_from_logits

ALLOWED = ("datasets", "gradcheck", "metrics", "plots", "preprocess")  # nnlib modules this assignment may import

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
TABLES = {"AND": np.array([0, 0, 0, 1]), "OR": np.array([0, 1, 1, 1]), "NAND": np.array([1, 1, 1, 0])}


# what stands in for a wrong prerequisite, with the parameters of its statement


def right_perceptron(X, w, theta):
    return step(X @ w - theta)


def right_row_gradients(X, delta):
    return _weighted_sums(X, delta, np.full(len(X), 1 / len(X)))


def _weighted_sums(X, delta, share):
    """(∂J/∂w, ∂J/∂b) = (Xᵀ(share ∘ δ), shareᵀδ) for rows X (m, n)."""
    return X.T @ (share * delta), share @ delta


def right_gradient_step(w, b, dw, db, lr):
    return w - lr * dw, b - lr * db


# perceptron, gates, XOR


@check(weights={"output": 0.5, "step(0) = 0": 0.5})
def perceptron(blank):
    """The perceptron: 1 where the weighted sum exceeds the threshold, else 0."""
    for property, make in (("output", inputs.real_rows), ("step(0) = 0", inputs.rows_on_the_threshold)):
        for case in blank.cases(make):
            X, w, theta = case.args
            z = X @ w - theta
            mistakes = {
                "fires_at_threshold": z >= 0,
                "inverted": z <= 0,
                "threshold_ignored": X @ w > 0,
                "threshold_added": X @ w + theta > 0,
                "plus_minus_one": np.where(z > 0, 1, -1),
                "no_step": z,
            }
            blank.close(property, blank.call("perceptron", X, w, theta), right_perceptron(X, w, theta), mistakes)


@check(weights={"AND": 0.125, "OR": 0.125, "NAND": 0.25, "all three": 0.5})
def gate_weights(blank):
    """Weights and thresholds that make a perceptron AND, OR and NAND."""
    for case in blank.cases(inputs.gates):
        (name,) = case.args
        w, theta = blank.call("gate_weights", name, returns=2)
        outputs = CORNERS @ _numbers(w, (2,), "w") > _numbers(theta, (), "theta")
        other = {"AND": "OR", "OR": "AND"}.get(name, name)
        mistakes = {
            "gates_swapped": TABLES[other],
            "nand_not_negated": TABLES["AND" if name == "NAND" else name],
            "threshold_sign": np.full(4, name != "NAND"),
            "inverted": 1 - TABLES[name],
        }
        blank.close(name, outputs, TABLES[name])
        blank.close("all three", outputs, TABLES[name], mistakes)


def _numbers(value, shape, name):
    """The student's value as an array of real numbers of this shape. Raises StudentFault when it is not."""
    array = numeric(value)
    if array is None:
        raise StudentFault("wrong_type", f"{name} is not made of numbers of ordinary size.")
    if array.shape != shape:
        raise StudentFault("wrong_shape", f"{name} has shape {array.shape}, expected {shape}.")
    return array


@check(weights={"truth table": 0.5, "built of the gates": 0.5}, needs={"perceptron": right_perceptron})
def xor(blank):
    """XOR as two layers of the three gates."""
    for property, make in (("truth table", inputs.binary_rows), ("built of the gates", inputs.plane_rows)):
        for case in blank.cases(make):
            X, given = case.args
            blank.close(property, blank.call("xor", X, given), _layers(X, given, "NAND", "OR", "AND"), {
                "or_for_xor": _fires(X, given["OR"]),
                "and_for_xor": _fires(X, given["AND"]),
                "always_on": _layers(X, given, "AND", "NAND", "OR"),
                "inverted": 1 - _layers(X, given, "NAND", "OR", "AND"),
                "not_composed": X[:, 0] != X[:, 1],
            })  # fmt: skip


def _fires(X, gate):
    return right_perceptron(X, *gate)


def _layers(X, given, first, second, last):
    """The output of gate `last` on the outputs of two gates of the first layer."""
    return _fires(np.column_stack([_fires(X, given[first]), _fires(X, given[second])]), given[last])


# sigmoid and log loss


@check(weights={"σ(z)": 0.5, "σ(z) for large |z|": 0.5})
def sigmoid(blank):
    """The sigmoid σ(z), also where the exponential overflows."""
    for property, make in (("σ(z)", inputs.preactivations), ("σ(z) for large |z|", inputs.saturated)):
        for case in blank.cases(make):
            (z,) = case.args
            blank.close(property, blank.call("sigmoid", z), activations.sigmoid(z), {
                "overflow": np.where(z > 700, np.nan, activations.sigmoid(z)),
                "sign_of_z": activations.sigmoid(-z),
                "tanh_for_sigmoid": np.tanh(z),
                "twice_too_steep": activations.sigmoid(2 * z),
                "step_for_sigmoid": step(z),
            })  # fmt: skip


@check(weights={"σ′(z)": 0.5, "σ′(z) for large |z|": 0.5}, needs={"sigmoid": activations.sigmoid})
def sigmoid_derivative(blank):
    """The derivative σ′(z) of the sigmoid at the pre-activation z."""
    for property, make in (("σ′(z)", inputs.preactivations), ("σ′(z) for large |z|", inputs.saturated)):
        for case in blank.cases(make):
            (z,) = case.args
            a, want = activations.sigmoid(z), activations.sigmoid_derivative(z)
            mistakes = {
                "overflow": np.where(z < -700, np.nan, want),
                "activation_for_preactivation": z * (1 - z),
                "sigmoid_twice": activations.sigmoid_derivative(a),
                "value_for_derivative": a,
                "missing_factor": 1 - a,
                "tanh_derivative": 1 - a**2,
                "wrong_sign": -want,
            }
            blank.close(property, blank.call("sigmoid_derivative", z), want, mistakes, rtol=EXACT)


@check(weights={"J": 0.5, "J for large |z|": 0.5})
def log_loss(blank):
    """The log loss J of logits z and labels y, soft ones too: a mean, in nats."""
    for property, make in (("J", inputs.labelled_logits), ("J for large |z|", inputs.sure_logits)):
        for case in blank.cases(make):
            y, z = case.args
            mistakes = partial(_wrong_losses, y, z, large=property != "J")
            blank.close(property, blank.call("log_loss", y, z), log_loss_from_logits(y, z), mistakes)


def _cross_entropy(y, a):
    """The log loss of probabilities a, as it comes out: NaN or infinity where a logarithm is not finite."""
    with np.errstate(all="ignore"):
        return -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a))


def _wrong_losses(y, z, large):
    a = activations.sigmoid(z)
    # for large |z| it is NaN, as after any other accident
    unsquashed = {} if large else {"logits_as_probabilities": _cross_entropy(y, z)}
    return unsquashed | {
        "missing_mean": log_loss_from_logits(y, z) * len(y),
        "not_summed": y * softplus(-z) + (1 - y) * softplus(z),
        "wrong_sign": -log_loss_from_logits(y, z),
        "log2": log_loss_from_logits(y, z) / np.log(2),
        "labels_rounded": np.mean(np.where(y == 1, softplus(-z), softplus(z))),
        "one_term_only": np.mean(y * softplus(-z)),
        "labels_exchanged": log_loss_from_logits(1 - y, z),
        "probabilities_clipped": _cross_entropy(y, np.clip(a, 1e-15, 1 - 1e-15)),
        "log_of_zero": _cross_entropy(y, a),
        "squared_error": np.mean((a - y) ** 2) / 2,
    }


# gradients


@check(weights={"∂J/∂w": 0.5, "∂J/∂b": 0.5})
def column_gradients(blank):
    """∂J/∂w and ∂J/∂b of a minibatch whose examples are columns."""
    for case in blank.cases(inputs.columns):
        X, delta = case.args
        _mean_gradients(blank, X.T, delta, blank.call("column_gradients", X, delta, returns=2))


@check(weights={"∂J/∂w": 0.5, "∂J/∂b": 0.5})
def row_gradients(blank):
    """∂J/∂w and ∂J/∂b of a minibatch whose examples are rows."""
    for case in blank.cases(inputs.rows):
        X, delta = case.args
        _mean_gradients(blank, X, delta, blank.call("row_gradients", X, delta, returns=2))


@check(weights={"∂J/∂w": 0.5, "∂J/∂b": 0.5})
def weighted_gradients(blank):
    """∂J/∂w and ∂J/∂b of a weighted mean cost over the rows of a minibatch."""
    for case in blank.cases(inputs.weighted_rows):
        X, delta, s = case.args
        got = blank.call("weighted_gradients", X, delta, s, returns=2)
        _gradients(blank, X, delta, s / s.sum(), got, partial(_wrong_weightings, delta, s))


def _mean_gradients(blank, X, delta, got):
    m, n = X.shape
    _gradients(blank, X, delta, np.full(m, 1 / m), got, partial(_wrong_means, delta, n))


def _gradients(blank, X, delta, share, got, mistakes):
    """Examine got = (dw, db) for rows X (m, n).

    Every cost with these error signals has these gradients; Σ share ½(xᵀw + b + δ)² at w = 0, b = 0 is one such cost.
    `mistakes(X)` are the wrong ∂J/∂w, and `mistakes(1)` the wrong ∂J/∂b: the bias is the weight of an input that is 1.
    """
    (dw, db), (want_w, want_b) = got, _weighted_sums(X, delta, share)
    of_w, of_b = (lambda w: share @ (X @ w + delta) ** 2 / 2), (lambda b: share @ (b + delta) ** 2 / 2)
    blank.gradient("∂J/∂w", dw, want_w, of_w, np.zeros(X.shape[1]), lambda: mistakes(X))
    of_bias = {"bias_forgotten": 0.0}
    blank.gradient("∂J/∂b", db, want_b, of_b, 0.0, lambda: mistakes(np.ones(len(X))) | of_bias)


def _wrong_means(delta, n, X):
    m = len(delta)
    return {
        "missing_mean": X.T @ delta,
        "divided_twice": X.T @ delta / m**2,
        "divided_by_n": X.T @ delta / n,
        "averaged_separately": X.mean(axis=0) * delta.mean(),
        "not_summed": (X.T * delta / m).T,
        "wrong_sign": -X.T @ delta / m,
        "missing_upstream": X.mean(axis=0),
        "delta_squared": X.T @ delta**2 / m,
        "doubled": 2 * X.T @ delta / m,
        "halved": X.T @ delta / (2 * m),
    }


def _wrong_weightings(delta, s, X):
    m, total = len(delta), s.sum()
    return {
        "weights_ignored": X.T @ delta / m,
        "unnormalised_weights": X.T @ (s * delta),
        "weights_divided_by_m": X.T @ (s * delta) / m,
        "weights_squared": X.T @ (s**2 * delta) / total,
        "weights_normalised_twice": X.T @ (s * delta) / total / m,
        "not_summed": (X.T * (s * delta) / total).T,
        "wrong_sign": -X.T @ (s * delta) / total,
        "missing_upstream": X.T @ s / total,
    }


# gradient descent


@check(weights={"new w": 0.5, "new b": 0.5})
def gradient_step(blank):
    """One step of gradient descent."""
    for case in blank.cases(inputs.updates):
        w, b, dw, db, lr = case.args
        new_w, new_b = blank.call("gradient_step", w, b, dw, db, lr, returns=2)
        want_w, want_b = right_gradient_step(w, b, dw, db, lr)
        blank.close("new w", new_w, want_w, partial(_wrong_steps, w, dw, lr))
        blank.close("new b", new_b, want_b, partial(_wrong_steps, b, db, lr))


def _wrong_steps(old, gradient, lr):
    return {
        "ascent": old + lr * gradient,
        "lr_forgotten": old - gradient,
        "lr_divides": old - gradient / lr,
        "not_updated": old,
        "step_only": -lr * gradient,
    }


@check(
    weights={"w and b": 0.5, "costs": 0.5},
    needs={
        "sigmoid": activations.sigmoid,
        "log_loss": log_loss_from_logits,
        "row_gradients": right_row_gradients,
        "gradient_step": right_gradient_step,
    },
)
def train(blank):
    """Logistic regression by full-batch gradient descent from zero: w, b and the cost before each step."""
    for case in blank.cases(inputs.training_sets):
        want = _descend(*case.args)
        got = blank.call("train", *case.args, returns=3)
        for k, property in enumerate(("w and b", "w and b", "costs")):
            blank.close(property, got[k], want[k], partial(_wrong_values, k, *case.args), rtol=EXACT)


def _log_loss_signal(y, z):
    return activations.sigmoid(z) - y


def _descend(X, y, lr, steps, mixed=False, with_bias=True, signal=_log_loss_signal):
    """(w, b, costs) of full-batch gradient descent from zero along the error signals `signal(y, z)`.

    `mixed` updates w before the gradient of b is taken.
    """
    w, b, costs = np.zeros(X.shape[1]), 0.0, []
    for _ in range(steps):
        z = X @ w + b
        costs.append(log_loss_from_logits(y, z))
        delta = signal(y, z)
        w = w - lr * X.T @ delta / len(y)
        if mixed:
            delta = signal(y, X @ w + b)
        b = b - lr * delta.mean() if with_bias else b
    return w, b, np.array(costs)


def _squared_error_signal(y, z):
    return (activations.sigmoid(z) - y) * activations.sigmoid_derivative(z)


def _costs_of_activations(X, y, lr, steps):
    """The costs when the loss is given a = σ(z) where it expects z."""
    paths = (_descend(X, y, lr, k)[:2] for k in range(steps))
    return np.array([log_loss_from_logits(y, activations.sigmoid(X @ w + b)) for w, b in paths])


def _wrong_values(k, *case):
    """What each mistake makes of the k-th value returned."""
    return {name: path[k] for name, path in _wrong_descents(*case).items()}


def _wrong_descents(X, y, lr, steps):
    w, b, costs = _descend(X, y, lr, steps)
    longer = _descend(X, y, lr, steps + 1)
    return {
        "missing_mean": _descend(X, y, lr * len(y), steps),
        "ascent": _descend(X, y, -lr, steps),
        "lr_forgotten": _descend(X, y, 1.0, steps),
        "bias_not_updated": _descend(X, y, lr, steps, with_bias=False),
        "mixed_update": _descend(X, y, lr, steps, mixed=True),
        "costs_after_update": (w, b, longer[2][1:]),
        "one_step_short": _descend(X, y, lr, steps - 1),
        "one_step_too_many": longer,
        "sigmoid_left_out": _descend(X, y, lr, steps, signal=lambda y, z: z - y),
        "squared_error_signal": _descend(X, y, lr, steps, signal=_squared_error_signal),
        "stale_gradient": _descend(X, y, lr, steps, signal=lambda y, z: 0.5 - y),  # at w = 0, b = 0 every a is ½
        "cost_of_activation": (w, b, _costs_of_activations(X, y, lr, steps)),
        "cost_summed": (w, b, costs * len(y)),
        "log2": (w, b, costs / np.log(2)),
    }
