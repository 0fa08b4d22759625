"""Costs and their gradients.

Convention, stated once: a cost J is the **mean over the m examples (rows)** of the per-example loss L, which is the
sum over the outputs (columns). The 1/m stands in every gradient here: what flows back from a loss carries it already.
Logs are natural: losses in nats. y and the prediction have the same shape, (m,) or (m, K); a single number is m = 1.
Labels may be integers; results have the prediction's dtype. Other shapes raise ValueError.

A network is trained with a pair: forward(y, prediction) → J and backward() → ∂J/∂prediction. `SoftmaxCrossEntropy` is
one; `Loss(squared_error, squared_error_gradient)` makes one of two functions.
"""

import numpy as np

from nnlib.activations import log_softmax, sigmoid, softplus
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


def softmax_cross_entropy(y, z):
    """J = -(1/m) Σ_i log softmax(z_i)[y_i] for logits z (m, K); y: labels 0 … K-1 (m,), or one-hot rows (m, K)."""
    return SoftmaxCrossEntropy().forward(y, z)


def softmax_cross_entropy_gradient(y, z):
    """∂J/∂z = (softmax(z) - y) / m with y one-hot, shape of z."""
    loss = SoftmaxCrossEntropy()
    loss.forward(y, z)
    return loss.backward()


def l2_penalty(w, lam):
    """(λ/2) Σ w². Not divided by m: it is added to the mean once. Biases are left out by not passing them."""
    return lam / 2 * (w * w).sum()


def l2_penalty_gradient(w, lam):
    """λ w, shape of w."""
    return lam * w


class Loss:
    """The pair of a cost(y, prediction) and its gradient(y, prediction), as `training.fit` calls it."""

    def __init__(self, cost, gradient):
        self.cost, self.gradient = cost, gradient

    def forward(self, y, prediction):
        """J as a float."""
        self._given = y, prediction
        return float(self.cost(y, prediction))

    def backward(self):
        """∂J/∂prediction at what forward was given."""
        return self.gradient(*self._given)


class SoftmaxCrossEntropy:
    """Softmax and cross entropy in one: J = -(1/m) Σ y log softmax(z), ∂J/∂z = (softmax(z) - y) / m.

    y: labels 0 … K-1 (m,), or rows (m, K) that sum to 1, one-hot or soft. z (m, K), floats.
    """

    def forward(self, y, z):
        """J as a float; ValueError for other shapes or a label outside 0 … K-1."""
        self._y, self._log_a = _in_rows(y, z), log_softmax(z)
        return -float(np.vdot(self._y, self._log_a)) / len(z)

    def backward(self):
        """∂J/∂z = (softmax(z) - y) / m, (m, K)."""
        return (np.exp(self._log_a) - self._y) / len(self._y)


def _in_rows(y, z):
    """y as rows (m, K) of z's dtype: labels one-hot."""
    if z.ndim != 2 or z.dtype.kind != "f":
        raise ValueError(f"z is {z.dtype} of shape {z.shape}; expected floats of shape (m, K), a row an example.")
    m, K = z.shape
    if y.shape == (m, K):
        return y.astype(z.dtype)
    if y.shape != (m,):
        raise ValueError(f"y has shape {y.shape}; expected labels ({m},) or one-hot rows ({m}, {K}).")
    is_class = y[:, None] == array_module(z).arange(K)
    if np.count_nonzero(is_class) != m:
        raise ValueError(f"y holds a label that is none of 0 … {K - 1}; number the classes from 0.")
    return is_class.astype(z.dtype)


def _y_log_a(y, a):
    with np.errstate(divide="ignore"):  # log 0 = -inf is the right answer where y > 0
        return y * np.log(np.where(y == 0, 1, a))


def _y_over_a(y, a):
    with np.errstate(divide="ignore"):
        return y / np.where(y == 0, 1, a)


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
