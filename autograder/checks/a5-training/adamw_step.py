"""One step of AdamW: Adam, and weight decay beside it."""

import numpy as np

from autograder.kit import check
from nnlib.optimizers import Adam

from . import states, stepped


def decayed(rng):
    """θ, g, v, s, t, lr, λ and which parameters decay: rates and λ so large that every order of the lines shows."""
    for label, (theta, g, v, s, t, lr) in states(rng):
        decays = np.arange(len(theta)) % 2 == 0
        yield f"{label}, every other one decays", (theta, g, v, s, t, lr, round(rng.uniform(0.3, 0.8), 2), decays)
    theta, g, v, s, t, lr = next(args for _, args in states(rng))
    yield "λ = 0", (theta, g, v, s, t, lr, 0.0, np.ones(3, bool))
    yield "biases alone: nothing decays", (theta, g, v, s, t, lr, 0.5, np.zeros(3, bool))


def shrunk(theta, g, v, s, t, lr, lam, decays):
    """Adam's step from 0, added to what decay alone leaves."""
    optimizer, step = Adam(lr), np.zeros_like(theta)
    optimizer.t, optimizer.memory = t - 1, [v, s]
    optimizer.step(step, g)
    return np.where(decays, 1 - lr * lam, 1) * theta + step, v, s


@check(weights={"new θ": 0.5, "new v and s": 0.5}, needs=("adam_step",), witness=shrunk)
def examined(blank):
    stepped(blank, "adamw_step", decayed)


# %% right: Adam's step, less the decay
def adamw_step(theta, g, v, s, t, lr, lam, decays):
    new, v, s = adam_step(theta, g, v, s, t, lr)
    return new - lr * lam * decays * theta, v, s


# %% right: shrunk first, then Adam
def adamw_step(theta, g, v, s, t, lr, lam, decays):
    return adam_step(np.where(decays, (1 - lr * lam) * theta, theta), g, v, s, t, lr)


# %% right: only where it decays
def adamw_step(theta, g, v, s, t, lr, lam, decays):
    new, v, s = adam_step(theta, g, v, s, t, lr)
    new = np.array(new)
    new[decays] -= lr * lam * theta[decays]
    return new, v, s


# %% right: written out
def adamw_step(theta, g, v, s, t, lr, lam, decays):
    v, s = 0.9 * v + 0.1 * g, 0.999 * s + 0.001 * g**2
    step = v / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)
    return theta - lr * (step + lam * np.where(decays, theta, 0)), v, s


# %% right: parameter by parameter
def adamw_step(theta, g, v, s, t, lr, lam, decays):
    new, v, s = adam_step(theta, g, v, s, t, lr)
    return [a - lr * lam * b if yes else a for a, b, yes in zip(new, theta, decays)], v, s


# %% wrong: decay_in_gradient "The decay went through Adam's means and root: it has to stay outside of them."
def adamw_step(theta, g, v, s, t, lr, lam, decays):
    return adam_step(theta, g + lam * decays * theta, v, s, t, lr)


# %% wrong: the penalty's gradient, written out -> decay_in_gradient
def adamw_step(theta, g, v, s, t, lr, lam, decays):
    g = g + np.where(decays, lam * theta, 0)
    v, s = 0.9 * v + 0.1 * g, 0.999 * s + 0.001 * g**2
    return theta - lr * v / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8), v, s


# %% wrong: biases_decay keeps 0.5 "Biases decay here, too: only some parameters may."
def adamw_step(theta, g, v, s, t, lr, lam, decays):
    new, v, s = adam_step(theta, g, v, s, t, lr)
    return new - lr * lam * theta, v, s


# %% wrong: all shrunk before -> biases_decay keeps 0.5
def adamw_step(theta, g, v, s, t, lr, lam, decays):
    return adam_step((1 - lr * lam) * theta, g, v, s, t, lr)


# %% wrong: decay_after keeps 0.5 "The new parameters were shrunk: the statement takes the old ones."
def adamw_step(theta, g, v, s, t, lr, lam, decays):
    new, v, s = adam_step(theta, g, v, s, t, lr)
    return new - lr * lam * decays * new, v, s


# %% wrong: a factor behind the step -> decay_after keeps 0.5
def adamw_step(theta, g, v, s, t, lr, lam, decays):
    new, v, s = adam_step(theta, g, v, s, t, lr)
    return np.where(decays, 1 - lr * lam, 1) * np.asarray(new), v, s


# %% wrong: decay_without_rate keeps 0.5 "Your decay does not depend on the learning rate, but it should."
def adamw_step(theta, g, v, s, t, lr, lam, decays):
    new, v, s = adam_step(theta, g, v, s, t, lr)
    return new - lam * decays * theta, v, s


# %% wrong: shrunk by λ alone -> decay_without_rate keeps 0.5
def adamw_step(theta, g, v, s, t, lr, lam, decays):
    return adam_step(np.where(decays, theta - lam * theta, theta), g, v, s, t, lr)


# %% wrong: decay_left_out keeps 0.5 "This is Adam alone: nothing decays."
def adamw_step(theta, g, v, s, t, lr, lam, decays):
    return adam_step(theta, g, v, s, t, lr)


# %% wrong: Adam written out -> decay_left_out keeps 0.5
def adamw_step(theta, g, v, s, t, lr, lam, decays):
    v, s = 0.9 * v + 0.1 * g, 0.999 * s + 0.001 * g**2
    return theta - lr * v / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8), v, s


# %% wrong: decay_grows keeps 0.5 "The parameters grow where they should shrink: mind the sign of the decay."
def adamw_step(theta, g, v, s, t, lr, lam, decays):
    new, v, s = adam_step(theta, g, v, s, t, lr)
    return new + lr * lam * decays * theta, v, s


# %% wrong: a factor above 1 -> decay_grows keeps 0.5
def adamw_step(theta, g, v, s, t, lr, lam, decays):
    return adam_step(np.where(decays, 1 + lr * lam, 1) * theta, g, v, s, t, lr)


# %% wrong: exempt_decay keeps 0.5 "Exactly the wrong parameters decay: read what is true in `decays`."
def adamw_step(theta, g, v, s, t, lr, lam, decays):
    new, v, s = adam_step(theta, g, v, s, t, lr)
    return new - lr * lam * np.where(decays, 0, theta), v, s


# %% wrong: the others shrunk first -> exempt_decay keeps 0.5
def adamw_step(theta, g, v, s, t, lr, lam, decays):
    return adam_step(np.where(decays, theta, (1 - lr * lam) * theta), g, v, s, t, lr)


# %% wrong: decay_of_one keeps 0.5 "The decay does not grow with the parameter: each should shrink by the same factor."
def adamw_step(theta, g, v, s, t, lr, lam, decays):
    new, v, s = adam_step(theta, g, v, s, t, lr)
    return new - lr * lam * decays, v, s


# %% wrong: a sign for the parameter -> decay_of_one keeps 0.5
def adamw_step(theta, g, v, s, t, lr, lam, decays):
    return adam_step(theta - np.where(decays, lr * lam * np.sign(theta), 0), g, v, s, t, lr)


# %% wrong: half the factor -> none keeps 0.5
def adamw_step(theta, g, v, s, t, lr, lam, decays):
    new, v, s = adam_step(theta, g, v, s, t, lr)
    return new - lr * lam / 2 * decays * theta, v, s


# %% wrong: a fixed strength -> none keeps 0.5
def adamw_step(theta, g, v, s, t, lr, lam, decays):
    new, v, s = adam_step(theta, g, v, s, t, lr)
    return new - lr * 0.01 * decays * theta, v, s


# %% wrong: the gradient decays -> none keeps 0.5
def adamw_step(theta, g, v, s, t, lr, lam, decays):
    new, v, s = adam_step(theta, g, v, s, t, lr)
    return new - lr * lam * decays * g, v, s


# %% wrong: the memory from before comes back -> none keeps 0.5
def adamw_step(theta, g, v, s, t, lr, lam, decays):
    new, *_ = adam_step(theta, g, v, s, t, lr)
    return new - lr * lam * decays * theta, v, s


# %% wrong: memories exchanged -> none keeps 0.5
def adamw_step(theta, g, v, s, t, lr, lam, decays):
    new, v, s = adam_step(theta, g, v, s, t, lr)
    return new - lr * lam * decays * theta, s, v


# %% wrong: parameters alone -> wrong_type
def adamw_step(theta, g, v, s, t, lr, lam, decays):
    new, v, s = adam_step(theta, g, v, s, t, lr)
    return new - lr * lam * decays * theta, v


# %% wrong: only what decays comes back -> wrong_shape
def adamw_step(theta, g, v, s, t, lr, lam, decays):
    decays = np.append(decays, False)[: len(theta)]
    new, v, s = adam_step(theta, g, v, s, t, lr)
    return (new - lr * lam * theta)[decays], v[decays], s[decays]


# %% wrong: all of Adam's arguments -> raised
def adamw_step(theta, g, v, s, t, lr, lam, decays):
    return adam_step(theta - lr * lam * decays * theta, g, v, s, t, lr, lam, 0.999, 1e-8, decays)
