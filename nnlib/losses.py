"""Costs and their gradients.

Convention, stated once: a cost J is the **mean over the m examples (rows)** of the per-example loss L, which is the
sum over the outputs (columns). The 1/m stands in every gradient here: what flows back from a loss carries it already.
Logs are natural: losses in nats. y and the prediction have the same shape, (m,) or (m, K); a single number is m = 1.
Labels may be integers; results have the prediction's dtype. Other shapes raise ValueError.
"""

import numpy

from nnlib.activations import sigmoid, softplus
from nnlib.backend import array_module


def log_loss(y, a):
    """J = -(1/m) Σ [y log a + (1 - y) log(1 - a)] for probabilities a in [0, 1] and labels y in [0, 1].

    0 log 0 counts as 0; a sure and wrong prediction costs inf. `log_loss_from_logits` stays finite.
    """
    y, a, m = _aligned(y, a)
    return -(_y_log_a(y, a) + _y_log_a(1 - y, 1 - a)).sum() / m


def log_loss_gradient(y, a):
    """∂J/∂a = (1/m) [-y/a + (1 - y)/(1 - a)], shape of a."""
    y, a, m = _aligned(y, a)
    return (_y_over_a(1 - y, 1 - a) - _y_over_a(y, a)) / m


def log_loss_from_logits(y, z):
    """J = (1/m) Σ [softplus(z) - y z], the log loss of a = σ(z) without ever forming a; finite at |z| = 1000."""
    y, z, m = _aligned(y, z)
    # softplus(z) - y z, folded so that nothing large is subtracted: for y = 1 it is softplus(-z)
    return (y * softplus(-z) + (1 - y) * softplus(z)).sum() / m


def log_loss_from_logits_gradient(y, z):
    """∂J/∂z = (σ(z) - y) / m, shape of z."""
    y, z, m = _aligned(y, z)
    return (sigmoid(z) - y) / m


def squared_error(y, y_hat):
    """J = (1/m) Σ ½ ‖ŷ - y‖²."""
    y, y_hat, m = _aligned(y, y_hat)
    return ((y_hat - y) ** 2).sum() / (2 * m)


def squared_error_gradient(y, y_hat):
    """∂J/∂ŷ = (ŷ - y) / m, shape of ŷ."""
    y, y_hat, m = _aligned(y, y_hat)
    return (y_hat - y) / m


def l2_penalty(w, lam):
    """(λ/2) Σ w². Not divided by m: it is added to the mean once. Biases are left out by not passing them."""
    return lam / 2 * (w * w).sum()


def l2_penalty_gradient(w, lam):
    """λ w, shape of w."""
    return lam * w


def _y_log_a(y, a):
    xp = array_module(a)
    with numpy.errstate(divide="ignore"):  # log 0 = -inf is the right answer where y > 0
        return y * xp.log(xp.where(y == 0, xp.ones_like(a), a))


def _y_over_a(y, a):
    xp = array_module(a)
    with numpy.errstate(divide="ignore"):
        return y / xp.where(y == 0, xp.ones_like(a), a)


def _aligned(y, prediction):
    """Both as arrays of the prediction's float dtype, and m. (m,) against (m, 1) would broadcast to (m, m): refused."""
    xp = array_module(y, prediction)
    prediction = xp.asarray(prediction)
    if prediction.dtype.kind != "f":
        prediction = prediction.astype(float)
    y = xp.asarray(y).astype(prediction.dtype)
    if y.shape != prediction.shape:
        raise ValueError(f"y has shape {y.shape}, the prediction {prediction.shape}; give both the same shape.")
    return y, prediction, (len(y) if y.ndim else 1)
