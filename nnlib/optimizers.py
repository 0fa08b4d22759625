"""Optimizers: how parameters move against their gradients. And schedules: how the learning rate changes.

    optimizer = Adam(lr=0.001)
    optimizer.step(parameters, gradients)      dicts of name → array; parameters change in place, gradients do not

In the equations w is a parameter, g = ∂J/∂w, and all operations are entry by entry. Every optimizer remembers its state
by the parameter's name, from zeros. `lr` may be set between steps: `optimizer.lr = schedule(step)`.

weight_decay λ adds λ w to g, the gradient of (λ/2) Σ w², before the optimizer's own rule. Arrays of one dimension
(biases, γ and β) are exempt. Arrays must be C-contiguous (ValueError). Nothing the size of a parameter is allocated
after the first step: a parameter is worked through in blocks, which also keeps the block's arrays in the cache.
"""

from math import cos, pi, sqrt

import numpy as np

from nnlib.backend import array_module

BLOCK = 32768  # entries: four float32 arrays of it fill half of a cache of 1 MiB


class Optimizer:
    """What all share: weight decay, the state by name, and the walk over the blocks, each given to `update`.

    A subclass says how many `moments` (arrays of state a parameter) it keeps and defines
    update(xp, w, g, work, *moments), which changes the flat arrays w and moments in place and may write to work.
    """

    moments = 0

    def __init__(self, lr, weight_decay=0.0):
        self.lr, self.weight_decay = lr, weight_decay
        self.t = 0  # steps taken
        self.state = {}  # name → tuple of arrays of the parameter's shape
        self._walks = {}  # name → (w, g, blocks of flat views)

    def step(self, parameters, gradients):
        """One update of all parameters, in place."""
        self.t += 1
        for name, w in parameters.items():
            g = gradients[name]
            known_w, known_g, blocks = self._walks.get(name, (None, None, None))
            if known_w is not w or known_g is not g:
                blocks = self._cut(name, w, g, array_module(w))
                self._walks[name] = w, g, blocks
            for arguments, decayed in blocks:
                if self.weight_decay and decayed is not None:
                    arguments = self._decay(decayed, *arguments)
                self.update(*arguments)

    def _decay(self, decayed, xp, w, g, *rest):
        """update's arguments with g + λ w for g."""
        return xp, w, xp.add(xp.multiply(w, self.weight_decay, out=decayed), g, out=decayed), *rest

    def _cut(self, name, w, g, xp):
        """For each block update's arguments, flat, and a buffer for g + λ w, None for what is exempt."""
        if g.shape != w.shape or not (w.flags.c_contiguous and g.flags.c_contiguous):
            raise ValueError(f"{name} has shape {w.shape}, its gradient {g.shape}; expected equal ones, C-contiguous.")
        if name not in self.state:
            self.state[name] = tuple(xp.zeros_like(w) for _ in range(self.moments))
        flat = [array.reshape(-1) for array in (w, g, *self.state[name])]
        size = BLOCK if xp is np else w.size  # a GPU likes one large call
        work, decayed = (xp.empty(min(size, w.size), w.dtype) for _ in range(2))
        blocks = ([array[k : k + size] for array in flat] for k in range(0, w.size, size))
        return [
            ((xp, w_k, g_k, work[: len(w_k)], *moments), decayed[: len(w_k)] if w.ndim > 1 else None)
            for w_k, g_k, *moments in blocks
        ]


class SGD(Optimizer):
    """w ← w - lr g. Robbins & Monro, 1951."""

    def update(self, xp, w, g, work):
        w -= xp.multiply(g, self.lr, out=work)


class Momentum(Optimizer):
    """v ← μ v - lr g;  w ← w + v. Polyak, 1964."""

    moments = 1

    def __init__(self, lr, momentum=0.9, weight_decay=0.0):
        super().__init__(lr, weight_decay)
        self.momentum = momentum

    def update(self, xp, w, g, work, v):
        v *= self.momentum
        v -= xp.multiply(g, self.lr, out=work)
        w += v


class Nesterov(Momentum):
    """v ← μ v - lr g;  w ← w + μ v - lr g: g is taken where momentum alone would lead.

    Nesterov, 1983, with w for his look-ahead point w + μ v (Sutskever et al., 2013; Bengio et al., 2013).
    """

    def update(self, xp, w, g, work, v):
        lr_g = xp.multiply(g, self.lr, out=work)
        v *= self.momentum
        v -= lr_g
        w -= lr_g
        w += xp.multiply(v, self.momentum, out=work)


class AdaGrad(Optimizer):
    """s ← s + g²;  w ← w - lr g / (√s + ε). Duchi et al., 2011."""

    moments = 1

    def __init__(self, lr, epsilon=1e-8, weight_decay=0.0):
        super().__init__(lr, weight_decay)
        self.epsilon = epsilon

    def update(self, xp, w, g, work, s):
        s += xp.multiply(g, g, out=work)
        w -= _ratio(xp, self.lr, g, s, self.epsilon, work)


class RMSprop(Optimizer):
    """s ← ρ s + (1 - ρ) g²;  w ← w - lr g / (√s + ε). Tieleman & Hinton, 2012."""

    moments = 1

    def __init__(self, lr, decay=0.9, epsilon=1e-8, weight_decay=0.0):
        super().__init__(lr, weight_decay)
        self.decay, self.epsilon = decay, epsilon

    def update(self, xp, w, g, work, s):
        _average_squares(xp, s, g, self.decay, work)
        w -= _ratio(xp, self.lr, g, s, self.epsilon, work)


class Adadelta(Optimizer):
    """s ← ρ s + (1 - ρ) g²;  Δ = -g √(u + ε) / √(s + ε);  u ← ρ u + (1 - ρ) Δ²;  w ← w + lr Δ.

    Zeiler, 2012, where lr = 1: the steps' own size u sets the scale.
    """

    moments = 3  # s, u, and Δ

    def __init__(self, lr=1.0, decay=0.95, epsilon=1e-6, weight_decay=0.0):
        super().__init__(lr, weight_decay)
        self.decay, self.epsilon = decay, epsilon

    def update(self, xp, w, g, work, s, u, delta):
        _average_squares(xp, s, g, self.decay, work)
        xp.add(u, self.epsilon, out=delta)
        delta /= xp.add(s, self.epsilon, out=work)
        xp.multiply(xp.sqrt(delta, out=delta), g, out=delta)
        _average_squares(xp, u, delta, self.decay, work)
        w -= xp.multiply(delta, self.lr, out=work)


class Adam(Optimizer):
    """m ← β₁ m + (1 - β₁) g;  v ← β₂ v + (1 - β₂) g²;  m̂ = m/(1 - β₁ᵗ);  v̂ = v/(1 - β₂ᵗ);  w ← w - lr m̂ / (√v̂ + ε).

    m and v start at 0 and are too small at first, which the hats make up for. Kingma & Ba, 2015, Algorithm 1.
    """

    moments = 2

    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.0):
        super().__init__(lr, weight_decay)
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon

    def update(self, xp, w, g, work, m, v):
        _average(xp, m, g, self.beta1, work)
        _average_squares(xp, v, g, self.beta2, work)
        # lr m̂ / (√v̂ + ε) with both hats' factors taken out of the arrays
        root = sqrt(1 - self.beta2**self.t)
        w -= _ratio(xp, self.lr * root / (1 - self.beta1**self.t), m, v, self.epsilon * root, work)


class Adamax(Optimizer):
    """m ← β₁ m + (1 - β₁) g;  u ← max(β₂ u, |g|);  w ← w - lr/(1 - β₁ᵗ) · m / (u + ε). Kingma & Ba, 2015, Algorithm 2.

    ε, which is not in the paper, keeps 0/0 out where a gradient has always been 0.
    """

    moments = 2

    def __init__(self, lr=0.002, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.0):
        super().__init__(lr, weight_decay)
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon

    def update(self, xp, w, g, work, m, u):
        _average(xp, m, g, self.beta1, work)
        u *= self.beta2
        xp.maximum(u, xp.abs(g, out=work), out=u)
        xp.divide(m, xp.add(u, self.epsilon, out=work), out=work)
        w -= xp.multiply(work, self.lr / (1 - self.beta1**self.t), out=work)


def _average(xp, mean, value, decay, work):
    """mean ← decay · mean + (1 - decay) · value, in place."""
    mean *= decay
    mean += xp.multiply(value, 1 - decay, out=work)


def _average_squares(xp, mean, value, decay, work):
    """mean ← decay · mean + (1 - decay) · value², in place."""
    mean *= decay
    work = xp.multiply(value, value, out=work)
    mean += xp.multiply(work, 1 - decay, out=work)


def _ratio(xp, lr, value, square, epsilon, work):
    """lr · value / (√square + ε), into work."""
    xp.add(xp.sqrt(square, out=work), epsilon, out=work)
    return xp.multiply(xp.divide(value, work, out=work), lr, out=work)


def step_decay(lr, *, every, factor=0.1):
    """schedule(t) = lr · factor^⌊t / every⌋, t the steps taken so far."""
    return lambda t: lr * factor ** (t // every)


def exponential_decay(lr, *, steps, factor=0.1):
    """schedule(t) = lr · factor^(t / steps): a factor smaller after every `steps`, without jumps."""
    return lambda t: lr * factor ** (t / steps)


def cosine_decay(lr, *, steps, final=0.0):
    """schedule(t) = final + ½ (lr - final)(1 + cos(π t / steps)) up to t = steps. Loshchilov & Hutter, 2017."""
    return lambda t: final + (lr - final) * (1 + cos(pi * min(t, steps) / steps)) / 2


def warm_up(schedule, *, steps):
    """schedule with its first `steps` rates scaled by (t + 1)/steps: from small to full. Goyal et al., 2017."""
    return lambda t: schedule(t) * min(1, (t + 1) / steps)
