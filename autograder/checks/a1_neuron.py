"""Hidden checks of a1-neuron (lectures 1, 2 and 4)."""

from functools import cache, partial

import numpy as np

from autograder.checks import a1_neuron_inputs as inputs
from autograder.checks import a1_neuron_mistakes as mistakes
from autograder.checks import a1_neuron_right as right
from autograder.judging.check import EXACT, StudentFault, check, describe, numeric
from nnlib import activations
from nnlib.losses import log_loss_from_logits

ALLOWED = ("datasets", "gradcheck", "metrics", "plots", "preprocess")  # nnlib modules this assignment may import

# perceptron, gates, XOR


@check(weights={"output": 0.5, "step(0) = 0": 0.5})
def perceptron(blank):
    """The perceptron: 1 where the weighted sum exceeds the threshold, else 0."""
    for property, make in (("output", inputs.real_rows), ("step(0) = 0", inputs.rows_on_the_threshold)):
        for case in blank.cases(make):
            got, wrong = blank.call("perceptron", *case.args), partial(mistakes.perceptron, *case.args)
            blank.close(property, got, right.perceptron(*case.args), wrong)


@check(weights={"AND": 0.125, "OR": 0.125, "NAND": 0.25, "all three": 0.5})
def gate_weights(blank):
    """Weights and thresholds that make a perceptron AND, OR and NAND."""
    for case in blank.cases(inputs.gates):
        (name,) = case.args
        w, theta = blank.call("gate_weights", name, returns=2)
        outputs = right.CORNERS @ _numbers(w, (2,), "w") > _numbers(theta, (), "theta")
        blank.close(name, outputs, right.TABLES[name])
        blank.close("all three", outputs, right.TABLES[name], partial(mistakes.gate_weights, name))


def _numbers(value, shape, name):
    """The student's value as an array of real numbers of this shape. Raises StudentFault when it is not."""
    array = numeric(value)
    if array is None:
        raise StudentFault("wrong_type", f"{name} is {describe(value)}, expected numbers.")
    if array.shape != shape:
        raise StudentFault("wrong_shape", f"{name} has shape {array.shape}, expected {shape}.")
    return array


@check(
    weights={"truth table": 0.5, "built of the gates": 0.5},
    needs={"perceptron": right.perceptron},
    by=(right.xor, right.xor_or_first),
)
def xor(blank):
    """XOR as two layers of the three gates."""
    for property, make in (("truth table", inputs.binary_rows), ("built of the gates", inputs.plane_rows)):
        for case in blank.cases(make):
            X, given = case.args
            blank.close(property, blank.call("xor", X, given), blank.want(X, given), partial(mistakes.xor, X, given))


# sigmoid and log loss


@check(weights={"σ(z)": 0.5, "σ(z) for large |z|": 0.5})
def sigmoid(blank):
    """The sigmoid σ(z), also where the exponential overflows."""
    for property, make in (("σ(z)", inputs.preactivations), ("σ(z) for large |z|", inputs.saturated)):
        for case in blank.cases(make):
            (z,) = case.args
            blank.close(property, blank.call("sigmoid", z), activations.sigmoid(z), partial(mistakes.sigmoid, z))


@check(
    weights={"σ′(z)": 0.5, "σ′(z) for large |z|": 0.5},
    needs={"sigmoid": activations.sigmoid},
    by=(right.derivative_by_activation, right.derivative_by_tails, right.derivative_by_symmetry),
)
def sigmoid_derivative(blank):
    """The derivative σ′(z) of the sigmoid at the pre-activation z."""
    for property, make in (("σ′(z)", inputs.preactivations), ("σ′(z) for large |z|", inputs.saturated)):
        for case in blank.cases(make):
            (z,) = case.args
            got, wrong = blank.call("sigmoid_derivative", z), partial(mistakes.sigmoid_derivative, z)
            blank.close(property, got, blank.want(z), wrong, rtol=EXACT)


@check(weights={"J": 0.5, "J for large |z|": 0.5})
def log_loss(blank):
    """The log loss J of logits z and labels y, soft ones too: a mean, in nats."""
    for property, make in (("J", inputs.labelled_logits), ("J for large |z|", inputs.sure_logits)):
        for case in blank.cases(make):
            y, z = case.args
            wrong = partial(mistakes.log_loss, y, z, large=property != "J")
            blank.close(property, blank.call("log_loss", y, z), log_loss_from_logits(y, z), wrong)


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
        _gradients(blank, X, delta, s / s.sum(), got, partial(mistakes.weighted_gradients, delta, s))


def _mean_gradients(blank, X, delta, got):
    m, n = X.shape
    _gradients(blank, X, delta, np.full(m, 1 / m), got, partial(mistakes.mean_gradients, delta, n))


def _gradients(blank, X, delta, share, got, wrong):
    """Examine got = (dw, db) for rows X (m, n).

    Every cost with these error signals has these gradients; Σ share ½(xᵀw + b + δ)² at w = 0, b = 0 is one such cost.
    `wrong(X)` are the wrong ∂J/∂w, and `wrong(1)` the wrong ∂J/∂b: the bias is the weight of an input that is 1.
    """
    (dw, db), (want_w, want_b) = got, right.weighted_sums(X, delta, share)
    of_w, of_b = (lambda w: share @ (X @ w + delta) ** 2 / 2), (lambda b: share @ (b + delta) ** 2 / 2)
    blank.gradient("∂J/∂w", dw, want_w, of_w, np.zeros(X.shape[1]), lambda: wrong(X))
    of_bias = {"bias_forgotten": 0.0}
    blank.gradient("∂J/∂b", db, want_b, of_b, 0.0, lambda: wrong(np.ones(len(X))) | of_bias)


# gradient descent


@check(weights={"new w": 0.5, "new b": 0.5})
def gradient_step(blank):
    """One step of gradient descent."""
    for case in blank.cases(inputs.updates):
        w, b, dw, db, lr = case.args
        new_w, new_b = blank.call("gradient_step", w, b, dw, db, lr, returns=2)
        want_w, want_b = right.gradient_step(w, b, dw, db, lr)
        blank.close("new w", new_w, want_w, partial(mistakes.gradient_step, w, dw, lr))
        blank.close("new b", new_b, want_b, partial(mistakes.gradient_step, b, db, lr))


@check(
    weights={"w and b": 0.5, "costs": 0.5},
    needs={
        "sigmoid": activations.sigmoid,
        "log_loss": log_loss_from_logits,
        "row_gradients": right.row_gradients,
        "gradient_step": right.gradient_step,
    },
    by=(right.train,),
)
def train(blank):
    """Logistic regression by full-batch gradient descent from zero: w, b and the cost before each step."""
    for case in blank.cases(inputs.training_sets):
        got = blank.call("train", *case.args, returns=3)
        want = blank.want(*case.args)
        wrong = cache(partial(mistakes.train, *case.args))  # once for all three, and only if one of them fails
        for k, property in enumerate(("w and b", "w and b", "costs")):
            blank.close(property, got[k], want[k], partial(_parts, k, wrong), rtol=EXACT)


def _parts(k, wrong):
    """The k-th of the values that each mistake gives."""
    return {name: values[k] for name, values in wrong().items()}
