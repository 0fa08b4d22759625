"""Going downhill: minibatches, gradient descent, Newton's method to compare with, and `fit`, which trains a network."""

from dataclasses import dataclass, field
from math import inf, isfinite

import numpy as np

from nnlib.backend import array_module
from nnlib.checkpoint import copied, put
from nnlib.metrics import accuracy, predicted_labels
from nnlib.monitoring import activation_statistics, gradient_norms, norm


@dataclass(eq=False)
class History:
    """What a descent did. Entry k of each list belongs to the parameters after k updates; the last is the result's.

    parameters: the result; cost: J before the first and after each update; gradient_norm: ‖∇J‖ over all parameters
    together; path: copies of the parameters, if asked for.
    """

    parameters: object
    cost: list[float] = field(default_factory=list)
    gradient_norm: list[float] = field(default_factory=list)
    path: list = field(default_factory=list)


def minibatches(X, y, size, rng):
    """One epoch: (X_batch, y_batch) of `size` rows in random order, every row once; the last batch may be smaller.

    Rows are copied. size = len(y) is batch gradient descent, size = 1 stochastic. Raises ValueError when called with
    X and y of different lengths or a size outside 1 … m.
    """
    if len(X) != len(y) or not 1 <= size <= len(y):
        raise ValueError(f"X has {len(X)} rows, y {len(y)}, size is {size}; expected equal rows and 1 ≤ size ≤ rows.")
    xp = array_module(X, y)
    order = xp.asarray(rng.permutation(len(y)))
    return ((X[rows], y[rows]) for rows in (order[k : k + size] for k in range(0, len(y), size)))


def gradient_descent(cost_and_gradient, parameters, *, lr, steps, tolerance=0.0, keep_path=False, callback=None):
    """θ ← θ - lr ∂J/∂θ, at most `steps` times; returns a `History`.

    parameters: dict of name → float array (or number), not modified. cost_and_gradient(parameters) returns J and a dict
    of gradients with the same names and shapes (else ValueError). Stops early when ‖∇J‖ ≤ tolerance, or when J or ∇J is
    no longer finite: too large an lr shows in the history. callback(step, parameters, J) is called at each point.
    """
    xp = array_module(*parameters.values())
    parameters = {name: xp.array(value, dtype=getattr(value, "dtype", float)) for name, value in parameters.items()}
    history = History(parameters)
    for step in range(steps + 1):
        cost, gradients = cost_and_gradient(parameters)
        gradient_norm = norm(*_matching(gradients, parameters).values())
        history.cost.append(float(cost))
        history.gradient_norm.append(gradient_norm)
        if keep_path:
            history.path.append({name: value.copy() for name, value in parameters.items()})
        if callback:
            callback(step, parameters, float(cost))
        if step == steps or gradient_norm <= tolerance or not (isfinite(gradient_norm) and isfinite(cost)):
            break
        parameters = {name: value - lr * gradients[name] for name, value in parameters.items()}
    history.parameters = parameters
    return history


def newton(gradient_and_hessian, theta, *, steps, tolerance):
    """θ ← θ - H⁻¹ ∇J, at most `steps` times, until ‖∇J‖ ≤ tolerance; returns a `History` whose `cost` stays empty.

    theta (p,) is not modified; gradient_and_hessian(theta) returns ∇J (p,) and H (p, p). The result
    made `len(gradient_norm) - 1` updates; `path` holds every theta. For logistic regression this is iteratively
    reweighted least squares (Bishop, PRML, 4.3.3). A singular H raises numpy.linalg.LinAlgError.
    """
    theta = array_module(theta).array(theta, dtype=float)
    history = History(theta)
    for step in range(steps + 1):
        gradient, hessian = gradient_and_hessian(theta)
        history.gradient_norm.append(norm(gradient))
        history.path.append(theta)
        if step == steps or history.gradient_norm[-1] <= tolerance:
            break
        theta = theta - np.linalg.solve(hessian, gradient)
    history.parameters = theta
    return history


@dataclass(eq=False)
class FitHistory:
    """What `fit` saw. Entry k of a list belongs to epoch k, of `batch_loss` to update k.

    batch_loss: J of each minibatch before its update. loss, accuracy: their means over the epoch's rows, seen while the
    parameters move and dropout is on. validation_loss, validation_accuracy: after the epoch, dropout off. The
    accuracies stay empty unless y holds integers. gradient_norms: layer → ‖∇J‖ over its parameters in the epoch's last
    minibatch. activations: layer → `Summary` of its outputs for the monitored rows, after the epoch. best_epoch: whose
    parameters were kept; None without early stopping.
    """

    batch_loss: list[float] = field(default_factory=list)
    loss: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    validation_accuracy: list[float] = field(default_factory=list)
    gradient_norms: dict[str, list[float]] = field(default_factory=dict)
    activations: dict[str, list] = field(default_factory=dict)
    best_epoch: int | None = None


def fit(
    model,
    loss,
    optimizer,
    X,
    y,
    *,
    epochs,
    batch_size,
    rng,
    validation=None,
    schedule=None,
    early_stopping=None,
    monitor=None,
    progress=False,
):
    """Train `model` in place by minibatches drawn with `rng`; returns a `FitHistory`. Called again, it continues.

    model: a layer or `Sequential` of `nnlib.layers`; loss: `SoftmaxCrossEntropy()` or a `Loss` of `nnlib.losses`;
    optimizer: of `nnlib.optimizers`. X (m, n) in the dtype of the parameters, y (m, …) as the loss wants it; integers
    in y are class labels, or one-hot rows, and give accuracies.

    validation: (X, y), judged after each epoch. schedule: update number 0, 1, … → learning rate. early_stopping: stop
    after so many epochs without a smaller validation loss and take the best epoch's parameters and state. monitor: rows
    (k, n) on which each layer's outputs are summarised after each epoch. progress: show a bar.

    Stops, before the update, at a minibatch whose J is not finite; the history ends with it. Equal seeds give equal
    bits. Raises ValueError for early stopping without validation and for impossible batch sizes.
    """
    if early_stopping is not None and (validation is None or early_stopping < 1):
        raise ValueError(f"early_stopping is {early_stopping}; it needs `validation` and at least 1 epoch of patience.")
    history, best = FitHistory(), None
    for epoch in _counted(epochs, progress, history):
        _run_epoch(model, loss, optimizer, minibatches(X, y, batch_size, rng), schedule, history)
        _record(model, loss, validation, monitor, history)
        if early_stopping and history.validation_loss[-1] < min(history.validation_loss[:-1], default=inf):
            history.best_epoch, best = epoch, copied(model)
        if _is_over(history, early_stopping):
            break
    if best:
        put(best, model)
    return history


def _run_epoch(model, loss, optimizer, batches, schedule, history):
    """One update a minibatch: forward, backward, step."""
    rows, shares = [], []
    for X, y in batches:
        out = model.forward(X, training=True)
        J = loss.forward(y, out)
        history.batch_loss.append(J)
        rows.append(len(y))
        shares.append(_accuracy(y, out))
        if not isfinite(J):
            break
        if schedule:
            optimizer.lr = schedule(len(history.batch_loss) - 1)
        model.backward(loss.backward(), input_gradient=False)
        optimizer.step(model.theta, model.gradient, model.decays)
    history.loss.append(_mean(history.batch_loss[-len(rows) :], rows))
    if None not in shares:
        history.accuracy.append(_mean(shares, rows))


def _mean(values, weights):
    return sum(value * weight for value, weight in zip(values, weights, strict=True)) / sum(weights)


def _is_over(history, patience):
    """After a cost that is not finite, or `patience` epochs without a smaller validation loss."""
    waited = len(history.loss) - 1 - (history.best_epoch or 0)
    return not isfinite(history.batch_loss[-1]) or (patience is not None and waited >= patience)


def _record(model, loss, validation, monitor, history):
    """What is seen once an epoch, after its last update."""
    _append(history.gradient_norms, gradient_norms(model))
    if monitor is not None:
        _append(history.activations, activation_statistics(model, monitor))
    if validation is not None:
        X, y = validation
        out = model.forward(X)
        history.validation_loss.append(loss.forward(y, out))
        if (share := _accuracy(y, out)) is not None:
            history.validation_accuracy.append(share)


def _accuracy(y, out):
    """Share of right labels, None where y holds no labels."""
    if y.dtype.kind not in "iub":
        return None
    return accuracy(y if y.ndim == 1 else predicted_labels(y), predicted_labels(out))


def _append(lists, values):
    for name, value in values.items():
        lists.setdefault(name, []).append(value)


def _counted(epochs, progress, history):
    """0 … epochs - 1, with a bar if asked for."""
    if not progress:
        yield from range(epochs)
        return
    from tqdm.auto import tqdm

    with tqdm(total=epochs, unit="epoch") as bar:
        for epoch in range(epochs):
            yield epoch
            bar.set_postfix(loss=history.loss[-1])
            bar.update()


def _matching(gradients, parameters):
    if set(gradients) != set(parameters):
        raise ValueError(f"gradients are named {sorted(gradients)}; expected {sorted(parameters)}.")
    for name, value in parameters.items():
        shape = getattr(gradients[name], "shape", ())
        if shape != value.shape:  # (m, 1) - (m,) would broadcast to (m, m)
            raise ValueError(f"the gradient of {name} has shape {shape}; expected {value.shape}.")
    return gradients
