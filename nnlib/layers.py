"""Layers: forward and, directly below it, backward. A network is a `Sequential` of them. Contract: see `layer`."""

from functools import partial
from types import MappingProxyType

import numpy as np

from nnlib import activations
from nnlib.backend import array_module
from nnlib.initializers import xavier_uniform
from nnlib.layer import Layer


class Linear(Layer):
    """out = x W + b with W (n_in, n_out), b (n_out,): parameters "W" and "b".

    init(n_in, n_out, rng) draws W (see `initializers`); b starts at 0. rng: NumPy Generator.
    """

    def __init__(self, n_in, n_out, *, rng, init=xavier_uniform, dtype=np.float64):
        super().__init__({"W": init(n_in, n_out, rng).astype(dtype), "b": np.zeros(n_out, dtype)})

    def forward(self, x, training=False):
        """out = x W + b: (m, n_in) → (m, n_out)."""
        self._prepare(x, training)
        xp = array_module(x)
        xp.matmul(x, self.parameters["W"], out=self.out)
        return xp.add(self.out, self.parameters["b"], out=self.out)

    def backward(self, dout, input_gradient=True):
        """dW = xᵀ dout (n_in, n_out); db = 1ᵀ dout (n_out,); dx = dout Wᵀ (m, n_in), left out if not asked for."""
        x = self._after_forward(dout)
        xp = array_module(dout)
        xp.matmul(x.T, dout, out=self.gradients["W"])
        xp.matmul(self._ones, dout, out=self.gradients["b"])
        return xp.matmul(dout, self.parameters["W"].T, out=self.dx) if input_gradient else None

    def _check(self, x):
        W = self.parameters["W"]
        if x.ndim != 2 or x.shape[1] != len(W) or x.dtype != W.dtype:
            raise ValueError(f"Linear was given {x.dtype} {x.shape}; expected {W.dtype} of shape (m, {len(W)}).")

    def _make_buffers(self, x, xp):
        self.out, self.dx = xp.empty((len(x), self.parameters["W"].shape[1]), x.dtype), xp.empty_like(x)
        self._ones = xp.ones(len(x), x.dtype)


class Elementwise(Layer):
    """out = f(x), entry by entry, for an f of `activations` and its derivative; any shape."""

    def __init__(self, f, derivative):
        super().__init__()
        self.f, self.derivative = f, derivative

    def forward(self, x, training=False):
        """out = f(x), shape of x."""
        self._prepare(x, training)
        return self.f(x, out=self.out, work=self._work)

    def backward(self, dout, input_gradient=True):
        """dx = dout f'(x), shape of x."""
        x = self._after_forward(dout)
        slope = self.derivative(x, out=self.dx, work=self._work)
        return array_module(dout).multiply(dout, slope, out=self.dx)

    def _make_buffers(self, x, xp):
        super()._make_buffers(x, xp)
        self._work = xp.empty_like(x)  # takes no memory before something is written


class Identity(Elementwise):
    def __init__(self):
        super().__init__(activations.identity, activations.identity_derivative)


class Step(Elementwise):
    """Its derivative is 0: nothing below it learns."""

    def __init__(self):
        super().__init__(activations.step, activations.step_derivative)


class Sigmoid(Elementwise):
    def __init__(self):
        super().__init__(activations.sigmoid, activations.sigmoid_derivative)


class Tanh(Elementwise):
    def __init__(self):
        super().__init__(activations.tanh, activations.tanh_derivative)


class ReLU(Elementwise):
    def __init__(self):
        super().__init__(activations.relu, activations.relu_derivative)


class LeakyReLU(Elementwise):
    """slope in [0, 1]: what a negative input is multiplied with."""

    def __init__(self, slope=0.1):
        if not 0 <= slope <= 1:
            raise ValueError(f"slope is {slope}; expected a number from 0 to 1.")
        super().__init__(
            partial(activations.leaky_relu, slope=slope), partial(activations.leaky_relu_derivative, slope=slope)
        )


class ELU(Elementwise):
    """alpha > 0: the output's lower bound is -alpha."""

    def __init__(self, alpha=1.0):
        if not alpha > 0:
            raise ValueError(f"alpha is {alpha}; expected a positive number.")
        super().__init__(partial(activations.elu, alpha=alpha), partial(activations.elu_derivative, alpha=alpha))


class Softplus(Elementwise):
    def __init__(self):
        super().__init__(activations.softplus, activations.softplus_derivative)


class Maxout(Layer):
    """The largest of `pieces` neighbouring columns: (m, n · pieces) → (m, n). Goodfellow et al., 2013.

    After `Linear(n_in, n * pieces, …)` it is a layer of n maxout units.
    """

    def __init__(self, pieces):
        super().__init__()
        if pieces < 1:
            raise ValueError(f"pieces is {pieces}; expected 1 or more.")
        self.pieces = pieces

    def forward(self, x, training=False):
        """out_ij = max_p x_i,(j · pieces + p)."""
        self._prepare(x, training)
        return activations.maxout(self._in_pieces(x), out=self.out)

    def backward(self, dout, input_gradient=True):
        """dx = dout for the piece that won, else 0."""
        x = self._in_pieces(self._after_forward(dout))
        won = activations.maxout_derivative(x, out=self._in_pieces(self.dx), winner=self._winner)
        array_module(dout).multiply(won, dout[..., None], out=won)
        return self.dx

    def _in_pieces(self, x):
        return x.reshape(len(x), -1, self.pieces)

    def _check(self, x):
        super()._check(x)
        if x.ndim != 2 or x.shape[1] % self.pieces:
            raise ValueError(f"Maxout was given shape {x.shape}; expected (m, n), n a multiple of {self.pieces}.")

    def _make_buffers(self, x, xp):
        shape = (len(x), x.shape[1] // self.pieces)
        self.out, self.dx, self._winner = xp.empty(shape, x.dtype), xp.empty_like(x), xp.empty(shape, np.intp)


class Softmax(Layer):
    """Rows of probabilities. In front of a cross entropy use `SoftmaxCrossEntropy` on z instead: it is stable."""

    def forward(self, x, training=False):
        """out = softmax(x) along the last axis."""
        self._prepare(x, training)
        return activations.softmax(x, out=self.out)

    def backward(self, dout, input_gradient=True):
        """dx = a (dout - Σ_k dout_k a_k), a = out."""
        self._after_forward(dout)
        return activations.softmax_backward(self.out, dout, out=self.dx)


class LogSoftmax(Layer):
    def forward(self, x, training=False):
        """out = log softmax(x) along the last axis."""
        self._prepare(x, training)
        return activations.log_softmax(x, out=self.out, work=self.dx)

    def backward(self, dout, input_gradient=True):
        """dx = dout - e^out Σ_k dout_k."""
        self._after_forward(dout)
        return activations.log_softmax_backward(self.out, dout, out=self.dx)


class Dropout(Layer):
    """Inverted dropout: each entry is 0 with probability p, else divided by 1 - p, which keeps its mean.

    Nothing happens at prediction, unless `monte_carlo` is set: then a prediction is a sample (Gal & Ghahramani, 2016).
    rng: NumPy Generator, the mask's source on every device. p in [0, 1). Srivastava et al., 2014.
    """

    def __init__(self, p, rng, monte_carlo=False):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"p is {p}; expected the probability of dropping an entry, 0 ≤ p < 1.")
        self.p, self.rng, self.monte_carlo = p, rng, monte_carlo

    def forward(self, x, training=False):
        """out = x ∘ mask, mask = (u ≥ p) / (1 - p) with u uniform in [0, 1); at prediction out = x."""
        self._prepare(x, training)
        xp = array_module(x)
        if not (training or self.monte_carlo):
            return xp.multiply(x, 1, out=self.out)
        self.rng.random(dtype=x.dtype, out=self._uniform)
        self._mask = xp.asarray(self._uniform)  # the same array on the CPU
        xp.multiply(xp.greater_equal(self._mask, self.p, out=self._mask), 1 / (1 - self.p), out=self._mask)
        return xp.multiply(x, self._mask, out=self.out)

    def backward(self, dout, input_gradient=True):
        """dx = dout ∘ mask."""
        self._after_forward(dout)
        return array_module(dout).multiply(dout, self._mask, out=self.dx)

    def _make_buffers(self, x, xp):
        super()._make_buffers(x, xp)
        self._uniform = np.empty(x.shape, x.dtype)


class BatchNorm(Layer):
    """Each column to mean 0 and variance 1 over the batch, then γ x̂ + β: parameters "gamma", "beta", each (n,).

    Prediction uses running statistics, state "mean" and "variance" (n,): r ← (1 - momentum) r + momentum · batch's,
    the variance with the unbiased m/(m-1). A batch of one row has no variance and leaves them alone.
    Ioffe & Szegedy, 2015.
    """

    def __init__(self, n, *, momentum=0.1, epsilon=1e-5, dtype=np.float64):
        parameters = {"gamma": np.ones(n, dtype), "beta": np.zeros(n, dtype)}
        super().__init__(parameters, {"mean": np.zeros(n, dtype), "variance": np.ones(n, dtype)})
        self.momentum, self.epsilon = momentum, epsilon

    def forward(self, x, training=False):
        """out = γ x̂ + β with x̂ = (x - μ) / √(σ² + ε); (m, n) → (m, n)."""
        self._prepare(x, training)
        xp = array_module(x)
        mean, variance = self._batch_statistics(x) if training else (self.state["mean"], self.state["variance"])
        xp.sqrt(xp.add(variance, self.epsilon, out=self._std), out=self._std)
        xp.divide(xp.subtract(x, mean, out=self._x_hat), self._std, out=self._x_hat)
        xp.multiply(self._x_hat, self.parameters["gamma"], out=self.out)
        return xp.add(self.out, self.parameters["beta"], out=self.out)

    def backward(self, dout, input_gradient=True):
        """dβ = Σ dout; dγ = Σ dout x̂; dx = γ/√(σ² + ε) [dout - (dβ + x̂ dγ)/m]: μ and σ² depend on x too."""
        self._after_forward(dout)
        xp, dx, row = array_module(dout), self.dx, self._row
        d_gamma, d_beta = self.gradients["gamma"], self.gradients["beta"]
        xp.multiply(dout, self._x_hat, out=dx).sum(axis=0, out=d_gamma)
        dout.sum(axis=0, out=d_beta)
        xp.add(xp.multiply(self._x_hat, d_gamma, out=dx), d_beta, out=dx)
        xp.subtract(dout, xp.divide(dx, len(dout), out=dx), out=dx)
        return xp.multiply(dx, xp.divide(self.parameters["gamma"], self._std, out=row), out=dx)

    def _batch_statistics(self, x):
        """μ and σ² (n,) of the batch, after moving the running ones towards them."""
        xp, m = array_module(x), len(x)
        mean = x.mean(axis=0, out=self._mean)
        centred = xp.subtract(x, mean, out=self._x_hat)
        variance = xp.multiply(centred, centred, out=self.out).mean(axis=0, out=self._variance)
        if m > 1:
            self._run("mean", mean, 1)
            self._run("variance", variance, m / (m - 1))
        return mean, variance

    def _run(self, name, of_batch, unbiased):
        """r ← (1 - momentum) r + momentum · unbiased · of_batch, in place."""
        xp, running = array_module(of_batch), self.state[name]
        xp.multiply(running, 1 - self.momentum, out=running)
        xp.add(running, xp.multiply(of_batch, self.momentum * unbiased, out=self._row), out=running)

    def _check(self, x):
        gamma = self.parameters["gamma"]
        if x.ndim != 2 or x.shape[1] != len(gamma) or x.dtype != gamma.dtype:
            raise ValueError(
                f"BatchNorm was given {x.dtype} {x.shape}; expected {gamma.dtype} of shape (m, {len(gamma)})."
            )

    def _make_buffers(self, x, xp):
        super()._make_buffers(x, xp)
        self._x_hat = xp.empty_like(x)
        self._mean, self._variance, self._std, self._row = (xp.empty(x.shape[1], x.dtype) for _ in range(4))


class Sequential(Layer):
    """One layer after the other. Arrays are named by position: "0.W", "0.b", "2.W", …"""

    def __init__(self, *layers):
        self.layers = layers
        self._collect()

    def forward(self, x, training=False):
        """out = layer_L(… layer_1(x))."""
        for layer in self.layers:
            x = layer.forward(x, training)
        return x

    def backward(self, dout, input_gradient=True):
        """The layers' backwards in reverse. dx is the first layer's; None if not asked for, which saves its cost."""
        first, *rest = self.layers
        for layer in reversed(rest):
            dout = layer.backward(dout)
        return first.backward(dout, input_gradient)

    def to_device(self, device):
        for layer in self.layers:
            layer.to_device(device)
        self._collect()
        return self

    def _collect(self):
        """The layers' own arrays under longer names."""
        for kind in ("parameters", "gradients", "state"):
            arrays = [(f"{i}.", getattr(layer, kind)) for i, layer in enumerate(self.layers)]
            named = {prefix + name: array for prefix, of_layer in arrays for name, array in of_layer.items()}
            setattr(self, kind, MappingProxyType(named))


def monte_carlo(model, x, samples):
    """`samples` predictions with every dropout in `model` active: their mean and standard deviation, shaped like one.

    The spread tells how sure the network is (Gal & Ghahramani, 2016).
    """
    dropouts = list(_dropouts(model))
    before = [layer.monte_carlo for layer in dropouts]
    try:
        for layer in dropouts:
            layer.monte_carlo = True
        draws = array_module(x).stack([model.forward(x).copy() for _ in range(samples)])
    finally:
        for layer, active in zip(dropouts, before, strict=True):
            layer.monte_carlo = active
    return draws.mean(axis=0), draws.std(axis=0)


def _dropouts(layer):
    if isinstance(layer, Dropout):
        yield layer
    for inner in getattr(layer, "layers", ()):
        yield from _dropouts(inner)
