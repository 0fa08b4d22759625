"""Going downhill: minibatches, gradient descent with its history, and Newton's method to compare with."""

from dataclasses import dataclass, field
from math import isfinite, sqrt

from nnlib.backend import array_module


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
        norm = _norm(_matching(gradients, parameters))
        history.cost.append(float(cost))
        history.gradient_norm.append(norm)
        if keep_path:
            history.path.append({name: value.copy() for name, value in parameters.items()})
        if callback:
            callback(step, parameters, float(cost))
        if step == steps or norm <= tolerance or not (isfinite(norm) and isfinite(cost)):
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
    xp = array_module(theta)
    theta = xp.array(theta, dtype=float)
    history = History(theta)
    for step in range(steps + 1):
        gradient, hessian = gradient_and_hessian(theta)
        history.gradient_norm.append(_norm({"theta": gradient}))
        history.path.append(theta)
        if step == steps or history.gradient_norm[-1] <= tolerance:
            break
        theta = theta - xp.linalg.solve(hessian, gradient)
    history.parameters = theta
    return history


def _norm(gradients):
    return sqrt(sum(float((gradient * gradient).sum()) for gradient in gradients.values()))


def _matching(gradients, parameters):
    if set(gradients) != set(parameters):
        raise ValueError(f"gradients are named {sorted(gradients)}; expected {sorted(parameters)}.")
    for name, value in parameters.items():
        shape = getattr(gradients[name], "shape", ())
        if shape != value.shape:  # (m, 1) - (m,) would broadcast to (m, m)
            raise ValueError(f"the gradient of {name} has shape {shape}; expected {value.shape}.")
    return gradients
