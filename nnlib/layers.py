"""Layers: forward and, directly below it, backward. A network is a `Sequential` of them.

    out = layer.forward(x, training=True)    x (m, n), one example a row
    dx = layer.backward(dout)                after a forward with training=True; dout has the shape of out

dout is ∂J/∂out and carries the 1/m of the mean already: gradients are sums over rows. What is returned is new and
yours; x and dout are never modified (x is kept, not copied, until backward). Results have the dtype of x, which a
layer with parameters must share. Wrong shapes or dtypes raise ValueError, backward without forward RuntimeError.

The parameters of a layer, and of a network, lie in one vector `theta`, their gradients, which backward writes, in one
vector `gradient`: a step of gradient descent is `theta -= lr * gradient`.
"""

from functools import partial
from math import prod
from types import MappingProxyType

import numpy as np

from nnlib import activations
from nnlib.backend import array_module, to_device
from nnlib.initializers import xavier_uniform


def _written_into(name):
    """An array that keeps its place when it is assigned to: `model.theta = best` must reach the views of its parts."""

    def write(layer, values):
        getattr(layer, name)[...] = values

    return property(lambda layer: getattr(layer, name), write)


class Layer:
    """What all layers share: three vectors of equal length, and names for their parts.

    `parameters` and `gradients` are dicts of name → the part of `theta` and `gradient`, in its shape: a view. `state`
    names arrays that are not trained. The dicts are read-only; change arrays in place, `parameters["W"][...] = values`.
    `decays` is True where weight decay acts on theta: at arrays of two dimensions or more, not at biases, γ and β.
    """

    theta, gradient = _written_into("_theta"), _written_into("_gradient")
    _in_network = False
    _memory = None  # of the last forward: (shape of out, what backward needs)

    def __init__(self, parameters=None, state=None):
        arrays = dict(parameters or {})
        self._shapes = {name: array.shape for name, array in arrays.items()}
        theta = _joined([array.reshape(-1) for array in arrays.values()])
        decays = _joined([np.full(array.size, array.ndim > 1) for array in arrays.values()])
        self._hold(theta, np.zeros_like(theta), decays, state or {})

    def to_device(self, device):
        """Moves the arrays to "cpu", "gpu" or "auto" (see `backend.to_device`) and returns the layer."""
        if self._in_network:
            raise ValueError(f"This {type(self).__name__} is part of a network; move the network as a whole.")
        vectors = (to_device(vector, device) for vector in (self.theta, self.gradient, self.decays))
        self._hold(*vectors, {name: to_device(array, device) for name, array in self.state.items()})
        return self

    def _hold(self, theta, gradient, decays, state):
        """From now on these are the layer's arrays."""
        self._theta, self._gradient, self.decays, self.state = theta, gradient, decays, MappingProxyType(state)
        self.parameters, self.gradients = (MappingProxyType(self._parts(vector)) for vector in (theta, gradient))

    def _parts(self, vector):
        parts, start = {}, 0
        for name, shape in self._shapes.items():
            parts[name] = vector[start : start + prod(shape)].reshape(shape)
            start += prod(shape)
        return parts

    def _keep(self, training, out, *what):
        """Returns out, and in training remembers `what` until backward."""
        self._memory = (out.shape, what) if training else None
        return out

    def _kept(self, dout):
        """`what`; errors if there was no forward with training=True, or it returned another shape than dout's."""
        if self._memory is None:
            raise RuntimeError(f"{type(self).__name__}.backward needs a forward with training=True before it.")
        shape, what = self._memory
        if dout.shape != shape:
            raise ValueError(
                f"{type(self).__name__}.backward was given dout of shape {dout.shape}; "
                f"expected that of forward's result, {shape}."
            )
        return what

    def _check_floats(self, x):
        if x.dtype.kind != "f":
            raise ValueError(f"{type(self).__name__} was given {x.dtype}; expected floats: convert x with astype.")

    def _check_columns(self, x, n):
        dtype = self.theta.dtype
        if x.ndim != 2 or x.shape[1] != n or x.dtype != dtype:
            name = type(self).__name__
            raise ValueError(f"{name} was given {x.dtype} {x.shape}; expected {dtype} of shape (m, {n}).")


class Linear(Layer):
    """out = x W + b with W (n_in, n_out), b (n_out,): parameters "W" and "b".

    init(n_in, n_out, rng) draws W (see `initializers`); b starts at 0. rng: NumPy Generator.
    """

    def __init__(self, n_in, n_out, *, rng, init=xavier_uniform, dtype=np.float64):
        super().__init__({"W": init(n_in, n_out, rng).astype(dtype), "b": np.zeros(n_out, dtype)})

    def forward(self, x, training=False):
        """out = x W + b: (m, n_in) → (m, n_out)."""
        W, b = self.parameters["W"], self.parameters["b"]
        self._check_columns(x, len(W))
        return self._keep(training, x @ W + b, x)

    def backward(self, dout, input_gradient=True):
        """dW = xᵀ dout (n_in, n_out); db = 1ᵀ dout (n_out,); dx = dout Wᵀ (m, n_in), left out if not asked for."""
        (x,) = self._kept(dout)
        # copying a new array into the view costs 12 % of this product, 3 % of a step of 784-2048-2048-10
        np.matmul(x.T, dout, out=self.gradients["W"])
        self.gradients["b"][...] = dout.sum(axis=0)
        return dout @ self.parameters["W"].T if input_gradient else None


class Elementwise(Layer):
    """out = f(x), entry by entry, for an f of `activations` and its derivative; any shape."""

    def __init__(self, f, derivative):
        super().__init__()
        self.f, self.derivative = f, derivative

    def forward(self, x, training=False):
        """out = f(x), shape of x."""
        self._check_floats(x)
        return self._keep(training, self.f(x), x)

    def backward(self, dout, input_gradient=True):
        """dx = dout f'(x), shape of x."""
        (x,) = self._kept(dout)
        return dout * self.derivative(x)


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
        self._check_floats(x)
        if x.ndim != 2 or x.shape[1] % self.pieces:
            raise ValueError(f"Maxout was given shape {x.shape}; expected (m, n), n a multiple of {self.pieces}.")
        pieces = x.reshape(len(x), -1, self.pieces)
        return self._keep(training, activations.maxout(pieces), pieces)

    def backward(self, dout, input_gradient=True):
        """dx = dout for the piece that won, else 0."""
        (pieces,) = self._kept(dout)
        return (activations.maxout_derivative(pieces) * dout[..., None]).reshape(len(dout), -1)


class Softmax(Layer):
    """Rows of probabilities. In front of a cross entropy use `SoftmaxCrossEntropy` on z instead: it is stable."""

    def forward(self, x, training=False):
        """out = softmax(x) along the last axis."""
        self._check_floats(x)
        a = activations.softmax(x)
        return self._keep(training, a, a.copy())

    def backward(self, dout, input_gradient=True):
        """dx = a (dout - Σ_k dout_k a_k), a = out."""
        (a,) = self._kept(dout)
        return activations.softmax_backward(a, dout)


class LogSoftmax(Layer):
    def forward(self, x, training=False):
        """out = log softmax(x) along the last axis."""
        self._check_floats(x)
        log_a = activations.log_softmax(x)
        return self._keep(training, log_a, log_a.copy())

    def backward(self, dout, input_gradient=True):
        """dx = dout - e^out Σ_k dout_k."""
        (log_a,) = self._kept(dout)
        return activations.log_softmax_backward(log_a, dout)


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
        self._check_floats(x)
        if not (training or self.monte_carlo):
            return self._keep(training, x.copy())
        u = self.rng.random(x.shape, dtype=x.dtype)
        mask = array_module(x).asarray((u >= self.p).astype(x.dtype) / (1 - self.p))
        return self._keep(training, x * mask, mask)

    def backward(self, dout, input_gradient=True):
        """dx = dout ∘ mask."""
        (mask,) = self._kept(dout)
        return dout * mask


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
        gamma, beta = self.parameters["gamma"], self.parameters["beta"]
        self._check_columns(x, len(gamma))
        mean, variance = self._batch_statistics(x) if training else (self.state["mean"], self.state["variance"])
        std = np.sqrt(variance + self.epsilon)
        x_hat = (x - mean) / std
        return self._keep(training, gamma * x_hat + beta, x_hat, std)

    def backward(self, dout, input_gradient=True):
        """dβ = Σ dout; dγ = Σ dout x̂; dx = γ/√(σ² + ε) [dout - (dβ + x̂ dγ)/m]: μ and σ² depend on x too."""
        x_hat, std = self._kept(dout)
        self.gradients["beta"][...] = d_beta = dout.sum(axis=0)
        self.gradients["gamma"][...] = d_gamma = (dout * x_hat).sum(axis=0)
        return self.parameters["gamma"] / std * (dout - (d_beta + x_hat * d_gamma) / len(dout))

    def _batch_statistics(self, x):
        """μ and σ² (n,) of the batch, after moving the running ones towards them."""
        m, mean, variance = len(x), x.mean(axis=0), x.var(axis=0)
        if m > 1:
            for name, of_batch in (("mean", mean), ("variance", variance * (m / (m - 1)))):
                self.state[name][...] = (1 - self.momentum) * self.state[name] + self.momentum * of_batch
        return mean, variance


class Sequential(Layer):
    """One layer after the other. Arrays are named by position: "0.W", "0.b", "2.W", …

    The layers' arrays become parts of the network's vectors, so a layer belongs to one network, and stands there once.
    """

    def __init__(self, *layers):
        for k, layer in enumerate(layers):
            if layer._in_network or layer in layers[:k]:
                raise ValueError(f"Layer {k}, {type(layer).__name__}, is in a network already; give it a new layer.")
        self.layers = layers
        theta, decays = (_joined([getattr(layer, name) for layer in layers]) for name in ("theta", "decays"))
        self._hold(theta, np.zeros_like(theta), decays, self._named("state"))
        for layer in layers:
            layer._in_network = True

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

    def _hold(self, theta, gradient, decays, state):
        """Gives each layer its part of the vectors and of the state."""
        start = 0
        for k, layer in enumerate(self.layers):
            part = slice(start, start + layer.theta.size)
            of_layer = {name: state[f"{k}.{name}"] for name in layer.state}
            layer._hold(theta[part], gradient[part], decays[part], of_layer)
            start = part.stop
        self._theta, self._gradient, self.decays = theta, gradient, decays
        self.parameters, self.gradients, self.state = map(self._named, ("parameters", "gradients", "state"))

    def _named(self, kind):
        """The layers' own arrays under longer names."""
        dicts = enumerate(getattr(layer, kind) for layer in self.layers)
        return MappingProxyType({f"{k}.{name}": array for k, of_layer in dicts for name, array in of_layer.items()})


def monte_carlo(model, x, samples):
    """`samples` predictions with every dropout in `model` active: their mean and standard deviation, shaped like one.

    The spread tells how sure the network is (Gal & Ghahramani, 2016).
    """
    dropouts = list(_dropouts(model))
    before = [layer.monte_carlo for layer in dropouts]
    try:
        for layer in dropouts:
            layer.monte_carlo = True
        draws = np.stack([model.forward(x) for _ in range(samples)])
    finally:
        for layer, active in zip(dropouts, before, strict=True):
            layer.monte_carlo = active
    return draws.mean(axis=0), draws.std(axis=0)


def _dropouts(layer):
    if isinstance(layer, Dropout):
        yield layer
    for inner in getattr(layer, "layers", ()):
        yield from _dropouts(inner)


def _joined(vectors):
    """The vectors as one, of one dtype."""
    vectors = [vector for vector in vectors if vector.size]
    dtypes = sorted({str(vector.dtype) for vector in vectors})
    if len(dtypes) > 1:
        raise ValueError(f"The parameters are {' and '.join(dtypes)}; give every layer the same dtype.")
    return np.concatenate(vectors) if vectors else np.zeros(0)
