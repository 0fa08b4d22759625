"""Activation functions, each with its derivative with respect to z directly below it.

Those up to ELU act entry by entry on an array z of any shape and return an array of that shape; maxout, softmax and
log-softmax act along the last axis. float32 stays float32 and float64 stays float64. None overflows: exponents are
never positive.

`out` and `work` are arrays of z's shape and dtype to write the result and an intermediate to, as NumPy's `out`; they
may not be z. Without them new arrays are made. A function that needs no intermediate leaves `work` alone: a layer can
hand the same two to each of them.
"""

from nnlib.backend import array_module


def identity(z, out=None, work=None):
    """identity(z) = z."""
    return array_module(z).multiply(z, 1, out=out)


def identity_derivative(z, out=None, work=None):
    """identity'(z) = 1."""
    xp = array_module(z)
    return xp.add(xp.multiply(z, 0, out=out), 1, out=out)


def step(z, out=None, work=None):
    """step(z) = 1 if z > 0 else 0; the course's choice at the jump is step(0) = 0."""
    xp = array_module(z)
    # heaviside branches at each entry: 30 times slower than a comparison, which alone would return booleans
    return xp.heaviside(z, 0) if out is None else xp.greater(z, 0, out=out)


def step_derivative(z, out=None, work=None):
    """step'(z) = 0 (at z = 0 there is no derivative; 0 by convention)."""
    return array_module(z).multiply(step(z, out), 0, out=out)


def sigmoid(z, out=None, work=None):
    """σ(z) = 1 / (1 + e^(-z)), in (0, 1), written e^min(z, 0) / (1 + e^(-|z|))."""
    xp = array_module(z)
    # e^z/(1 + e^z) is inf/inf at 1000, 1/(1 + e^(-z)) overflows at -1000: this is the first for z < 0, the second else
    numerator = xp.exp(xp.minimum(z, 0, out=out), out=out)
    return xp.divide(numerator, xp.add(1, _exp_minus_abs(z, work), out=work), out=out)


def sigmoid_derivative(z, out=None, work=None):
    """σ'(z) = σ(z) (1 - σ(z)) = q / (1 + q)², q = e^(-|z|): this form does not cancel where σ(z) rounds to 1."""
    xp = array_module(z)
    q = _exp_minus_abs(z, out)
    return xp.divide(q, xp.square(xp.add(1, q, out=work), out=work), out=out)


def tanh(z, out=None, work=None):
    """tanh(z) = 2 σ(2z) - 1."""
    return array_module(z).tanh(z, out=out)


def tanh_derivative(z, out=None, work=None):
    """tanh'(z) = 1 - tanh²(z) = 4 σ'(2z) = 4q / (1 + q)², q = e^(-2|z|)."""
    xp = array_module(z)
    q = xp.square(_exp_minus_abs(z, out), out=out)
    quotient = xp.divide(q, xp.square(xp.add(1, q, out=work), out=work), out=out)
    return xp.multiply(4, quotient, out=out)


def relu(z, out=None, work=None):
    """relu(z) = max(0, z)."""
    return array_module(z).maximum(z, 0, out=out)


def relu_derivative(z, out=None, work=None):
    """relu'(z) = step(z); at the kink relu'(0) = 0."""
    return step(z, out)


def leaky_relu(z, slope=0.1, out=None, work=None):
    """leaky_relu(z) = z if z > 0 else slope · z = max(z, slope · z), for a slope in [0, 1]."""
    xp = array_module(z)
    return xp.maximum(z, xp.multiply(z, slope, out=out), out=out)


def leaky_relu_derivative(z, slope=0.1, out=None, work=None):
    """leaky_relu'(z) = 1 if z > 0 else slope."""
    return array_module(z).maximum(step(z, out), slope, out=out)


def softplus(z, out=None, work=None):
    """softplus(z) = log(1 + e^z) = max(z, 0) + log(1 + e^(-|z|))."""
    xp = array_module(z)
    return xp.add(xp.maximum(z, 0, out=out), xp.log1p(_exp_minus_abs(z, work), out=work), out=out)


def softplus_derivative(z, out=None, work=None):
    """softplus'(z) = σ(z)."""
    return sigmoid(z, out, work)


def elu(z, alpha=1.0, out=None, work=None):
    """elu(z) = z if z > 0 else α (e^z - 1), written max(z, 0) + α (e^min(z, 0) - 1). Clevert et al., 2016."""
    xp = array_module(z)
    negative = xp.multiply(alpha, xp.expm1(xp.minimum(z, 0, out=work), out=work), out=work)
    return xp.add(xp.maximum(z, 0, out=out), negative, out=out)


def elu_derivative(z, alpha=1.0, out=None, work=None):
    """elu'(z) = 1 if z > 0 else α e^z, written α e^min(z, 0) + (1 - α) step(z); at 0 it is α."""
    xp = array_module(z)
    slope = xp.multiply(alpha, xp.exp(xp.minimum(z, 0, out=out), out=out), out=out)
    return xp.add(slope, xp.multiply(1 - alpha, step(z, work), out=work), out=out)


def maxout(z, out=None):
    """maxout(z)_j = max_p z_jp over the last axis, the k pieces: (…, n, k) → (…, n). Goodfellow et al., 2013."""
    return z.max(axis=-1, out=out)


def maxout_derivative(z, out=None, winner=None):
    """1 where z is the piece that won (the first of equal ones), else 0; shape of z. `winner`: integers, (…, n)."""
    xp = array_module(z)
    winner = z.argmax(axis=-1, out=winner)
    won = xp.equal(winner[..., None], xp.arange(z.shape[-1]), out=out)
    return won if out is not None else won.astype(z.dtype)


def softmax(z, out=None):
    """softmax(z)_k = e^(z_k) / Σ_j e^(z_j) along the last axis; unchanged by a shift, so the largest z is made 0."""
    xp = array_module(z)
    e = xp.exp(xp.subtract(z, z.max(axis=-1, keepdims=True), out=out), out=out)
    return xp.divide(e, e.sum(axis=-1, keepdims=True), out=out)


def softmax_backward(a, dout, out=None):
    """dz = a (dout - Σ_k dout_k a_k) with a = softmax(z): dout times the Jacobian diag(a) - a aᵀ, row by row."""
    xp = array_module(a)
    dot = xp.multiply(a, dout, out=out).sum(axis=-1, keepdims=True)
    return xp.multiply(a, xp.subtract(dout, dot, out=out), out=out)


def log_softmax(z, out=None, work=None):
    """log softmax(z)_k = z_k - log Σ_j e^(z_j): finite where softmax rounds to 0."""
    xp = array_module(z)
    shifted = xp.subtract(z, z.max(axis=-1, keepdims=True), out=out)
    log_sum = xp.log(xp.exp(shifted, out=work).sum(axis=-1, keepdims=True))
    return xp.subtract(shifted, log_sum, out=out)


def log_softmax_backward(log_a, dout, out=None):
    """dz = dout - a Σ_k dout_k with log_a = log softmax(z), a = e^(log_a)."""
    xp = array_module(log_a)
    a = xp.exp(log_a, out=out)
    return xp.subtract(dout, xp.multiply(a, dout.sum(axis=-1, keepdims=True), out=out), out=out)


def _exp_minus_abs(z, out):
    xp = array_module(z)
    return xp.exp(xp.negative(xp.abs(z, out=out), out=out), out=out)
