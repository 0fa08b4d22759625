"""Is this gradient right? Compare it with differences of the function itself.

Error model of the central difference D(h) = [g(x+h) - g(x-h)] / 2h of a function computed with error e:

    |D(h) - g'(x)|  ≤  e / h            rounding: grows as h falls
                     + h² |g'''| / 6    truncation: grows with h

With e ~ ε |g| the sum is smallest near h ~ ε^(1/3): about 6e-6 in float64, 5e-3 in float32. No tolerance here is picked
by hand: e is measured, h² g''' is read off D(2h) - D(h), and an entry whose differences do not shrink as those of a
smooth function do is a kink, skipped and counted.
(Moré & Wild, "Estimating computational noise", 2011, for e; Goodfellow et al., "Deep Learning", 2016, 11.5.)
"""

from dataclasses import dataclass
from math import comb, isfinite, sqrt

import numpy as np

from nnlib.backend import array_module

SAFETY = 20  # rounding errors reckoned with, in standard errors of the measured noise
SHRINK = (1, 1 / 8, 1 / 64)  # steps tried, as parts of the best one, before an entry counts as a kink
MOST_SKIPPED = 0.1  # of a parameter's entries


def numerical_gradient(f, x, dout=None, step=None):
    """∂(Σ dout ∘ f(x))/∂x by central differences, entry by entry; shape and dtype of x.

    x is a float array, not modified; f(x) a number, or an array and then `dout` of its shape is needed. `step` is h for
    every entry (default ε^(1/3) max(1, |x|), with ε of x's dtype). Costs two calls of f an entry.
    """
    x = _float_array(x, "x")
    g = _scalar(f, dout)
    gradient = np.empty_like(x)
    for i in range(x.size):
        h = step or _best_step(x, i)
        (up, g_up), (down, g_down) = _moved(g, x, i, h), _moved(g, x, i, -h)
        gradient.reshape(-1)[i] = (g_up - g_down) / (up - down)  # not 2h: x + h is rounded to a nearby number
    return gradient


def complex_step_gradient(f, x, dout=None):
    """∂(Σ dout ∘ f(x))/∂x = Im g(x + ih)/h with h = 1e-30: no subtraction, so exact to rounding. Shape of x, float64.

    f must be built from analytic operations: abs, max, comparisons and casts to float drop the imaginary part
    (ValueError if the whole result is real). Squire & Trapp, SIAM Review 40, 1998.
    """
    x = _float_array(x, "x").astype(complex)
    gradient = np.empty(x.shape)
    for i in range(x.size):
        moved = x.copy()
        moved.reshape(-1)[i] += 1e-30j
        value = f(moved)
        if not np.iscomplexobj(value):
            raise ValueError("f returned a real result for a complex x; use an f without abs, max or casts to float.")
        gradient.reshape(-1)[i] = _weighted_sum(value, dout).imag / 1e-30
    return gradient


@dataclass(frozen=True)
class ParameterReport:
    """The worst entry of one parameter: error = |analytic - numeric| against its own tolerance."""

    name: str
    index: tuple[int, ...]
    analytic: float
    numeric: float
    error: float
    tolerance: float
    skipped: float  # share of entries on kinks
    verdict: str  # "ok", or what is wrong

    @property
    def passed(self):
        return self.verdict == "ok"

    @property
    def relative_error(self):
        return self.error / max(abs(self.analytic), abs(self.numeric), np.finfo(float).tiny)


@dataclass(frozen=True)
class GradientReport:
    """One `ParameterReport` a parameter; prints as a table."""

    rows: tuple[ParameterReport, ...]

    @property
    def passed(self):
        return bool(self.rows) and all(row.passed for row in self.rows)

    def raise_if_failed(self):
        """AssertionError with the table if a parameter failed."""
        if not self.passed:
            raise AssertionError(f"gradient check failed\n{self}")

    def __str__(self):
        cells = [_TITLES] + [_cells(row) for row in self.rows]
        widths = [max(len(line[k]) for line in cells) for k in range(len(_TITLES))]
        return "\n".join("  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip() for line in cells)


def check_gradients(f, parameters, gradients, *, rng):
    """Compare `gradients` with central differences of f at `parameters`; returns a `GradientReport`.

    parameters: dict of name → float array; f is called as f(**parameters) and returns a number or an array; nothing
    is modified. gradients: dict of name → array of the parameter's shape, for an f that returns a number; where f
    returns an array, a function of the upstream gradient `dout` (shape of f's result) that returns this dict. `dout` is
    drawn from `rng`: a constant one hides errors (a softmax's rows sum to one: its gradient under dout = 1 is zero).

    A parameter fails if an entry is off by more than its tolerance or not finite, or if more than 10 % of its entries
    lie on kinks. Check in float64: float32 tells only errors above about 1e-3. Costs about five calls of f an entry.
    Where f is all but constant (a log loss of 1e-10) the gradient's own rounding shows as an error: check elsewhere.
    Raises ValueError for names or shapes that do not match the parameters'.
    """
    parameters = {name: _float_array(x, name) for name, x in parameters.items()}
    value = f(**parameters)
    dout = _upstream(value, rng)
    gradients = _matching(_given(gradients, dout, value), parameters)
    g = _scalar(lambda x: f(**x), dout)
    noise = _noise(f, parameters, dout, rng)
    return GradientReport(tuple(_check_one(g, parameters, name, gradients[name], noise) for name in parameters))


def check_layer(layer, x, *, rng, before=None):
    """`check_gradients` of a layer's backward at its present parameters and at x (m, n), under the name "x".

    The parameters are put back afterwards; a batch normalisation's running statistics move as in training. Where a
    layer draws random numbers, `before()` must rewind its generator: it is called before each forward.
    """
    theta = layer.theta.copy()
    try:
        return check_gradients(*layer_function(layer, x, before), rng=rng)
    finally:
        layer.theta[...] = theta


def layer_function(layer, x, before=None):
    """(f, parameters, gradients) of a layer, as `check_gradients` takes them: f(x, W=…, …) and its backward."""
    at = {**_copies(layer.parameters), "x": x}

    def f(**arrays):
        if before:
            before()
        for name, value in layer.parameters.items():
            value[...] = arrays[name]
        return layer.forward(arrays["x"], training=True)

    def gradients(dout):
        f(**at)
        dx = layer.backward(dout)
        return {**_copies(layer.gradients), "x": dx}

    return f, at, gradients


def _copies(arrays):
    return {name: array.copy() for name, array in arrays.items()}


def _check_one(g, parameters, name, gradient, noise):
    x = parameters[name]

    def g_of(x):
        return g({**parameters, name: x})

    rows = [_check_entry(g_of, x, i, float(gradient.reshape(-1)[i]), noise) for i in range(x.size)]
    skipped = sum(kink for *_, kink in rows) / x.size
    i = int(np.argmax([0 if kink else e / t for _, _, e, t, kink in rows]))  # NaN counts as the largest
    analytic, numeric, error, tolerance, _ = rows[i]
    verdict = "not finite" if not isfinite(error) else "off" if error > tolerance else "ok"
    if verdict == "ok" and skipped > MOST_SKIPPED:
        verdict = "too many kinks"
    index = tuple(int(k) for k in np.unravel_index(i, x.shape))
    return ParameterReport(name, index, analytic, numeric, error, tolerance, skipped, verdict)


def _check_entry(g, x, i, analytic, noise):
    """(analytic, numeric, error, tolerance, on a kink) of entry i."""
    numeric, tolerance, kink = _difference(g, x, i, noise)
    kink = kink and isfinite(analytic)  # a kink excuses any slope, never NaN
    return analytic, numeric, abs(analytic - numeric), tolerance, kink


def _difference(g, x, i, noise):
    """(D(h), its tolerance, on a kink?) at the first step h where the differences are those of a smooth function."""
    at_x = g(x)
    for part in SHRINK:
        h = part * _best_step(x, i)
        points = [_moved(g, x, i, k * h) for k in (1, -1, 2, -2)]
        (up, g_up), (down, g_down), (up_2, g_up_2), (down_2, g_down_2) = points
        D, D_2h = (g_up - g_down) / (up - down), (g_up_2 - g_down_2) / (up_2 - down_2)
        rounding = SAFETY * noise / h
        # h³ g'''' if g is smooth; a kink of jump J at x leaves 2 J however small h is
        bend = abs(g_up_2 + g_down_2 - 4 * (g_up + g_down) + 6 * at_x) / h
        tolerance = rounding + abs(D_2h - D)
        if bend <= 4 * rounding:
            return D, tolerance, False
    return D, tolerance, isfinite(D)


def _noise(f, parameters, dout, rng):
    """Standard error of one evaluation of g = Σ dout ∘ f: its third differences along a line too short for curvature.

    The line lies a step away from the parameters (at zero weights f may be exactly 0). At least ε ‖dout ∘ f‖.
    """
    direction = {name: _like(rng.choice([-1.0, 1.0], x.shape), x) * abs(x).clip(1) for name, x in parameters.items()}
    epsilon = max(np.finfo(x.dtype).eps for x in parameters.values())

    def terms(k):
        scale = epsilon ** (1 / 3) + 32 * k * epsilon
        return _floating(f(**{name: x + scale * direction[name] for name, x in parameters.items()})) * dout

    lines = [terms(k) for k in range(8)]
    third = np.diff([float(line.sum()) for line in lines], n=3)
    floor = float(np.finfo(lines[0].dtype).eps) * sqrt(float((lines[0] ** 2).sum()))
    return max(sqrt(np.mean(third**2) / comb(6, 3)), floor, np.finfo(float).tiny)  # f may be 0 all around


def _moved(g, x, i, h):
    """(x_i + h as rounded, g there)."""
    moved = x.copy()
    moved.reshape(-1)[i] += h
    return float(moved.reshape(-1)[i]), g(moved)


def _best_step(x, i):
    return float(np.finfo(x.dtype).eps) ** (1 / 3) * max(1.0, abs(float(x.reshape(-1)[i])))


def _scalar(f, dout):
    """x → Σ dout ∘ f(x) as a Python float."""
    return lambda x: float(_weighted_sum(f(x), dout))


def _weighted_sum(value, dout):
    if dout is None and np.ndim(value) > 0:
        raise ValueError(f"f returned an array of shape {value.shape}; pass dout, an upstream gradient of that shape.")
    return value if dout is None else (value * dout).sum()


def _upstream(value, rng):
    value = _floating(value)
    return _like(rng.standard_normal(value.shape), value) if value.ndim else value.dtype.type(1)


def _given(gradients, dout, value):
    if callable(gradients):
        return gradients(dout)
    if np.ndim(value):
        raise ValueError(f"f returned an array of shape {value.shape}; pass gradients as a function of dout.")
    return gradients


def _matching(gradients, parameters):
    if not parameters or set(gradients) != set(parameters):
        raise ValueError(f"gradients are named {sorted(gradients)}; expected {sorted(parameters)}, one or more.")
    gradients = {name: _floating(gradient) for name, gradient in gradients.items()}
    for name, x in parameters.items():
        if gradients[name].shape != x.shape:
            raise ValueError(f"the gradient of {name} has shape {gradients[name].shape}; expected its own, {x.shape}.")
    return gradients


def _floating(value):
    return array_module(value).asarray(value)


def _like(values, x):
    return array_module(x).asarray(values, dtype=x.dtype)


def _float_array(x, name):
    x = array_module(x).array(x, order="C")
    if x.dtype.kind != "f" or x.size == 0:
        raise ValueError(f"{name} has dtype {x.dtype} and {x.size} entries; expected floats and at least one.")
    return x


_TITLES = ("parameter", "worst entry", "analytic", "numeric", "error", "tolerance", "relative", "skipped", "verdict")


def _cells(row):
    index = "[" + ", ".join(map(str, row.index)) + "]"
    numbers = [f"{row.analytic:.6g}", f"{row.numeric:.6g}", f"{row.error:.1e}", f"{row.tolerance:.1e}"]
    return (row.name, index, *numbers, f"{row.relative_error:.1e}", f"{row.skipped:.0%}", row.verdict)
