"""Optimizers: how parameters move against their gradient. And schedules: how the learning rate changes.

    optimizer = Adam(lr=0.001)
    optimizer.step(model.theta, model.gradient)      one vector each; theta changes in place, the gradient does not

In the equations θ is the vector of parameters, g = ∂J/∂θ, and all operations are entry by entry. What an optimizer
remembers starts as zeros at its first step and belongs to that θ. `lr` may be set between steps:
`optimizer.lr = schedule(step)`.

weight_decay λ adds λ θ to g, the gradient of (λ/2) Σ θ², before the optimizer's own rule, where `decays` is True:
`optimizer.step(model.theta, model.gradient, model.decays)` exempts biases, γ and β.
"""

from math import cos, pi, sqrt

import numpy as np

from nnlib.backend import array_module

BLOCK = 32768  # entries: a block of θ, g and Adam's m and v and what is computed from them stay in a cache of 1 MiB


class Optimizer:
    """What all share: weight decay, memory, and the walk over θ in blocks, each given to `update`.

    A subclass says how many `moments` (vectors of memory) it keeps and defines its equation,
    update(theta, g, *moments), which changes theta and the moments in place.
    """

    moments = 0

    def __init__(self, lr, weight_decay=0.0):
        self.lr, self.weight_decay = lr, weight_decay
        self.t = 0  # steps taken
        self.memory = []  # the moments, each of θ's length

    def step(self, theta, gradient, decays=None):
        """One update of theta, in place; all are vectors (n,), decays of booleans. ValueError for other shapes."""
        memory = self.memory or [np.zeros_like(theta) for _ in range(self.moments)]
        vectors = [theta, gradient, *memory]
        self._check(vectors, decays)
        self.t, self.memory = self.t + 1, memory
        # a GPU likes one large call
        size = BLOCK if array_module(theta) is np else len(theta)
        for start in range(0, len(theta), size):
            w, g, *moments = [vector[start : start + size] for vector in vectors]
            if self.weight_decay:
                g = g + self.weight_decay * (decays[start : start + size] * w)
            self.update(w, g, *moments)

    def _check(self, vectors, decays):
        shapes = {vector.shape for vector in vectors}
        if len(shapes) > 1 or vectors[0].ndim != 1:
            raise ValueError(f"θ, its gradient and this optimizer's memory have shapes {shapes}; expected one, (n,).")
        if self.weight_decay and getattr(decays, "shape", None) != vectors[0].shape:
            raise ValueError("Weight decay needs to know where: step(model.theta, model.gradient, model.decays).")


class SGD(Optimizer):
    """θ ← θ - lr g. Robbins & Monro, 1951."""

    def update(self, theta, g):
        theta -= self.lr * g


class Momentum(Optimizer):
    """v ← μ v - lr g;  θ ← θ + v. Polyak, 1964."""

    moments = 1

    def __init__(self, lr, momentum=0.9, weight_decay=0.0):
        super().__init__(lr, weight_decay)
        self.momentum = momentum

    def update(self, theta, g, v):
        v *= self.momentum
        v -= self.lr * g
        theta += v


class Nesterov(Momentum):
    """v ← μ v - lr g;  θ ← θ + μ v - lr g: g is taken where momentum alone would lead.

    Nesterov, 1983, with θ for his look-ahead point θ + μ v (Sutskever et al., 2013; Bengio et al., 2013).
    """

    def update(self, theta, g, v):
        v *= self.momentum
        v -= self.lr * g
        theta += self.momentum * v - self.lr * g


class AdaGrad(Optimizer):
    """s ← s + g²;  θ ← θ - lr g / (√s + ε). Duchi et al., 2011."""

    moments = 1

    def __init__(self, lr, epsilon=1e-8, weight_decay=0.0):
        super().__init__(lr, weight_decay)
        self.epsilon = epsilon

    def update(self, theta, g, s):
        s += g**2
        theta -= self.lr * g / (np.sqrt(s) + self.epsilon)


class RMSprop(Optimizer):
    """s ← ρ s + (1 - ρ) g²;  θ ← θ - lr g / (√s + ε). Tieleman & Hinton, 2012."""

    moments = 1

    def __init__(self, lr, decay=0.9, epsilon=1e-8, weight_decay=0.0):
        super().__init__(lr, weight_decay)
        self.decay, self.epsilon = decay, epsilon

    def update(self, theta, g, s):
        s *= self.decay
        s += (1 - self.decay) * g**2
        theta -= self.lr * g / (np.sqrt(s) + self.epsilon)


class Adadelta(Optimizer):
    """s ← ρ s + (1 - ρ) g²;  Δ = -g √(u + ε) / √(s + ε);  u ← ρ u + (1 - ρ) Δ²;  θ ← θ + lr Δ.

    Zeiler, 2012, where lr = 1: the steps' own size u sets the scale.
    """

    moments = 2

    def __init__(self, lr=1.0, decay=0.95, epsilon=1e-6, weight_decay=0.0):
        super().__init__(lr, weight_decay)
        self.decay, self.epsilon = decay, epsilon

    def update(self, theta, g, s, u):
        s *= self.decay
        s += (1 - self.decay) * g**2
        delta = -g * np.sqrt((u + self.epsilon) / (s + self.epsilon))
        u *= self.decay
        u += (1 - self.decay) * delta**2
        theta += self.lr * delta


class Adam(Optimizer):
    """m ← β₁ m + (1 - β₁) g;  v ← β₂ v + (1 - β₂) g²;  m̂ = m/(1 - β₁ᵗ);  v̂ = v/(1 - β₂ᵗ);  θ ← θ - lr m̂ / (√v̂ + ε).

    m and v start at 0 and are too small at first, which the hats make up for. Kingma & Ba, 2015, Algorithm 1.
    """

    moments = 2

    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.0):
        super().__init__(lr, weight_decay)
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon

    def update(self, theta, g, m, v):
        m *= self.beta1
        m += (1 - self.beta1) * g
        v *= self.beta2
        v += (1 - self.beta2) * g**2
        # lr m̂ / (√v̂ + ε) with both hats' factors taken out of the vectors
        root = sqrt(1 - self.beta2**self.t)
        theta -= self.lr * root / (1 - self.beta1**self.t) * m / (np.sqrt(v) + self.epsilon * root)


class Adamax(Optimizer):
    """m ← β₁ m + (1 - β₁) g;  u ← max(β₂ u, |g|);  θ ← θ - lr/(1 - β₁ᵗ) · m / (u + ε). Kingma & Ba, 2015, Algorithm 2.

    ε, which is not in the paper, keeps 0/0 out where a gradient has always been 0.
    """

    moments = 2

    def __init__(self, lr=0.002, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.0):
        super().__init__(lr, weight_decay)
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon

    def update(self, theta, g, m, u):
        m *= self.beta1
        m += (1 - self.beta1) * g
        u[...] = np.maximum(self.beta2 * u, np.abs(g))
        theta -= self.lr / (1 - self.beta1**self.t) * m / (u + self.epsilon)


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
