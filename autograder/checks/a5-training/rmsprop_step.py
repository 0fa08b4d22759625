"""One step of RMSprop: new parameters and the new running mean of squares."""

import numpy as np

from autograder.kit import Check
from nnlib.optimizers import RMSprop

from . import states


def memories(rng):
    """θ, g, s, lr, ρ and ε₀."""
    for label, (theta, g, _, s, _, lr) in states(rng):
        yield label.replace(" (t = 1)", ""), (theta, g, s, lr, round(rng.uniform(0.6, 0.95), 2), 0.1)


def by_the_optimizer(theta, g, s, lr, rho, epsilon):
    optimizer = RMSprop(lr, rho, epsilon)
    optimizer.memory = [s]
    optimizer.step(theta, g)
    return theta, s


check = Check(inputs=memories, returns={"new θ": 0.5, "new s": 0.5}, witness=by_the_optimizer)


# %% right: s first
def rmsprop_step(theta, g, s, lr, rho, epsilon):
    s = rho * s + (1 - rho) * g**2
    return theta - lr * g / (np.sqrt(s) + epsilon), s


# %% right: s moves towards the square
def rmsprop_step(theta, g, s, lr, rho, epsilon):
    new = s + (1 - rho) * (g * g - s)
    return theta - lr / (new**0.5 + epsilon) * g, new


# %% right: copies changed in place
def rmsprop_step(theta, g, s, lr, rho, epsilon):
    theta, s = theta.copy(), s.copy()
    s *= rho
    s += (1 - rho) * np.square(g)
    theta -= lr * g / (np.sqrt(s) + epsilon)
    return theta, s


# %% right: parameter by parameter
def rmsprop_step(theta, g, s, lr, rho, epsilon):
    new_theta, new_s = [], []
    for theta_j, g_j, s_j in zip(theta, g, s):
        new_s.append(rho * s_j + (1 - rho) * g_j * g_j)
        new_theta.append(theta_j - lr * g_j / (new_s[-1] ** 0.5 + epsilon))
    return np.array(new_theta), np.array(new_s)


# %% right: np.average
def rmsprop_step(theta, g, s, lr, rho, epsilon):
    s = np.average([s, g**2], axis=0, weights=[rho, 1 - rho])
    return theta - np.divide(lr * g, np.sqrt(s) + epsilon), s


# %% wrong: shares_exchanged
def rmsprop_step(theta, g, s, lr, rho, epsilon):
    s = (1 - rho) * s + rho * g**2
    return theta - lr * g / (np.sqrt(s) + epsilon), s


# %% wrong: s moves too far -> shares_exchanged
def rmsprop_step(theta, g, s, lr, rho, epsilon):
    new = s + rho * (g * g - s)
    return theta - lr / (new**0.5 + epsilon) * g, new


# %% wrong: square_forgotten
def rmsprop_step(theta, g, s, lr, rho, epsilon):
    s = rho * s + (1 - rho) * np.abs(g)
    return theta - lr * g / (np.sqrt(s) + epsilon), s


# %% wrong: sizes of gradients, averaged -> square_forgotten
def rmsprop_step(theta, g, s, lr, rho, epsilon):
    new = s + (1 - rho) * (np.sign(g) * g - s)
    return theta - lr / (new**0.5 + epsilon) * g, new


# %% wrong: squares_added "The squares were added up: a running mean forgets, its two shares make one."
def rmsprop_step(theta, g, s, lr, rho, epsilon):
    s = s + g**2
    return theta - lr * g / (np.sqrt(s) + epsilon), s


# %% wrong: AdaGrad in loops -> squares_added
def rmsprop_step(theta, g, s, lr, rho, epsilon):
    s = np.array([s_j + g_j * g_j for s_j, g_j in zip(s, g)])
    return theta - lr / (s**0.5 + epsilon) * g, s


# %% wrong: new_share_whole "The new square enters whole: only the share that ρ leaves belongs to it."
def rmsprop_step(theta, g, s, lr, rho, epsilon):
    s = rho * s + g**2
    return theta - lr * g / (np.sqrt(s) + epsilon), s


# %% wrong: s decays and the square is added -> new_share_whole
def rmsprop_step(theta, g, s, lr, rho, epsilon):
    new = s - (1 - rho) * s + g * g
    return theta - lr / (new**0.5 + epsilon) * g, new


# %% wrong: old_memory keeps 0.5
def rmsprop_step(theta, g, s, lr, rho, epsilon):
    return theta - lr * g / (np.sqrt(s) + epsilon), rho * s + (1 - rho) * g**2


# %% wrong: θ before s -> old_memory keeps 0.5
def rmsprop_step(theta, g, s, lr, rho, epsilon):
    theta = theta - lr / (s**0.5 + epsilon) * g
    s = s + (1 - rho) * (g * g - s)
    return theta, s


# %% wrong: epsilon_in_root keeps 0.5
def rmsprop_step(theta, g, s, lr, rho, epsilon):
    s = rho * s + (1 - rho) * g**2
    return theta - lr * g / np.sqrt(s + epsilon), s


# %% wrong: a power of the sum -> epsilon_in_root keeps 0.5
def rmsprop_step(theta, g, s, lr, rho, epsilon):
    new = s + (1 - rho) * (g * g - s)
    return theta - lr * g * (new + epsilon) ** -0.5, new


# %% wrong: root_forgotten keeps 0.5
def rmsprop_step(theta, g, s, lr, rho, epsilon):
    s = rho * s + (1 - rho) * g**2
    return theta - lr * g / (s + epsilon), s


# %% wrong: a rate over the mean square -> root_forgotten keeps 0.5
def rmsprop_step(theta, g, s, lr, rho, epsilon):
    new = s + (1 - rho) * (g * g - s)
    return theta - (lr / (epsilon + new)) * g, new


# %% wrong: epsilon_forgotten keeps 0.5
def rmsprop_step(theta, g, s, lr, rho, epsilon):
    s = rho * s + (1 - rho) * g**2
    return theta - lr * g / np.sqrt(s), s


# %% wrong: a quotient of nothing by nothing -> epsilon_forgotten keeps 0.5
def rmsprop_step(theta, g, s, lr, rho, epsilon):
    new = s + (1 - rho) * (g * g - s)
    return theta - lr * (g / new**0.5), new


# %% wrong: ascent keeps 0.5
def rmsprop_step(theta, g, s, lr, rho, epsilon):
    s = rho * s + (1 - rho) * g**2
    return theta + lr * g / (np.sqrt(s) + epsilon), s


# %% wrong: minus minus -> ascent keeps 0.5
def rmsprop_step(theta, g, s, lr, rho, epsilon):
    new = s + (1 - rho) * (g * g - s)
    return theta - lr * -g / (new**0.5 + epsilon), new


# %% wrong: the root for the mean of squares -> none keeps 0.5
def rmsprop_step(theta, g, s, lr, rho, epsilon):
    root = np.sqrt(rho * s + (1 - rho) * g**2)
    return theta - lr * g / (root + epsilon), root


# %% wrong: a root of new shares -> none keeps 0.5
def rmsprop_step(theta, g, s, lr, rho, epsilon):
    new = (s + (1 - rho) * (g * g - s)) ** 0.5
    return theta - lr / (new + epsilon) * g, new


# %% wrong: signs alone -> none keeps 0.5
def rmsprop_step(theta, g, s, lr, rho, epsilon):
    return theta - lr * np.sign(g), rho * s + (1 - rho) * g**2


# %% wrong: the rate is left out -> lr_forgotten keeps 0.5
def rmsprop_step(theta, g, s, lr, rho, epsilon):
    s = rho * s + (1 - rho) * g**2
    return theta - g / (np.sqrt(s) + epsilon), s


# %% wrong: lr_forgotten keeps 0.5
def rmsprop_step(theta, g, s, lr, rho, epsilon):
    new = s + (1 - rho) * (g * g - s)
    return theta - 1 / (new**0.5 + epsilon) * g, new


# %% wrong: one mean for all parameters -> none
def rmsprop_step(theta, g, s, lr, rho, epsilon):
    s = rho * s + (1 - rho) * np.mean(g) ** 2
    return theta - lr * g / (np.sqrt(s) + epsilon), s


# %% wrong: the length of the gradient -> none
def rmsprop_step(theta, g, s, lr, rho, epsilon):
    s = rho * s + (1 - rho) * g @ g
    return theta - lr * g / (np.sqrt(s) + epsilon), s


# %% wrong: returns in another order -> none
def rmsprop_step(theta, g, s, lr, rho, epsilon):
    s = rho * s + (1 - rho) * g**2
    return s, theta - lr * g / (np.sqrt(s) + epsilon)


# %% wrong: memory not returned -> wrong_type
def rmsprop_step(theta, g, s, lr, rho, epsilon):
    s = rho * s + (1 - rho) * g**2
    return list(theta - lr * g / (np.sqrt(s) + epsilon)) + [s]


# %% wrong: changed in place alone -> returned_none
def rmsprop_step(theta, g, s, lr, rho, epsilon):
    s[:] = rho * s + (1 - rho) * g**2
    theta -= lr * g / (np.sqrt(s) + epsilon)
