"""One step of Adam: new parameters and both running means."""

import numpy as np

from autograder.kit import check
from nnlib.optimizers import Adam

from . import states, stepped


def memories(rng):
    """θ, g, v, s, t, lr, ρ₁, ρ₂ and ε₀."""
    for label, args in states(rng):
        yield label, (*args, round(rng.uniform(0.6, 0.8), 2), round(rng.uniform(0.9, 0.97), 3), 0.1)


def by_the_optimizer(theta, g, v, s, t, lr, rho1, rho2, epsilon):
    optimizer = Adam(lr, rho1, rho2, epsilon)
    optimizer.t, optimizer.memory = t - 1, [v, s]
    optimizer.step(theta, g)
    return theta, v, s


@check(weights={"new θ": 0.5, "new v and s": 0.5}, witness=by_the_optimizer)
def examined(blank):
    stepped(blank, "adam_step", memories)


# %% right: with hats
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    v = rho1 * v + (1 - rho1) * g
    s = rho2 * s + (1 - rho2) * g**2
    v_hat = v / (1 - rho1**t)
    s_hat = s / (1 - rho2**t)
    return theta - lr * v_hat / (np.sqrt(s_hat) + epsilon), v, s


# %% right: the hats in the rate
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    v, s, root = v + (1 - rho1) * (g - v), s + (1 - rho2) * (g * g - s), np.sqrt(1 - rho2**t)
    rate = lr * root / (1 - rho1**t)
    return theta - rate * v / (s**0.5 + root * epsilon), v, s


# %% right: parameter by parameter
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    found = []
    for theta_j, g_j, v_j, s_j in zip(theta, g, v, s):
        v_j = rho1 * v_j + (1 - rho1) * g_j
        s_j = rho2 * s_j + (1 - rho2) * g_j * g_j
        step = lr * (v_j / (1 - rho1**t)) / ((s_j / (1 - rho2**t)) ** 0.5 + epsilon)
        found.append((theta_j - step, v_j, s_j))
    return tuple(np.array(part) for part in zip(*found))


# %% right: copies changed in place
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    theta, v, s = theta.copy(), v.copy(), s.copy()
    v *= rho1
    v += (1 - rho1) * g
    s *= rho2
    s += (1 - rho2) * g**2
    theta -= lr * v / (1 - rho1**t) / (np.sqrt(s / (1 - rho2**t)) + epsilon)
    return theta, v, s


# %% right: a function for both means
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    def mean(old, new, rho):
        kept = np.average([old, new], axis=0, weights=[rho, 1 - rho])
        return kept, kept / (1 - np.power(rho, t))

    (v, v_hat), (s, s_hat) = mean(v, g, rho1), mean(s, np.square(g), rho2)
    return [theta - np.divide(lr * v_hat, epsilon + np.sqrt(s_hat)), v, s]


# %% wrong: hats_forgotten keeps 0.5 "The means are used as they are: they start at 0 and are too small at first."
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    v = rho1 * v + (1 - rho1) * g
    s = rho2 * s + (1 - rho2) * g**2
    return theta - lr * v / (np.sqrt(s) + epsilon), v, s


# %% wrong: without what undoes the start -> hats_forgotten keeps 0.5
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    v, s = v + (1 - rho1) * (g - v), s + (1 - rho2) * (g * g - s)
    return theta - lr / (s**0.5 + epsilon) * v, v, s


# %% wrong: hats_kept keeps 0.5 "The corrected means came back as the memory: the next step needs those without a hat."
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    v = (rho1 * v + (1 - rho1) * g) / (1 - rho1**t)
    s = (rho2 * s + (1 - rho2) * g**2) / (1 - rho2**t)
    return theta - lr * v / (np.sqrt(s) + epsilon), v, s


# %% wrong: divided in place -> hats_kept keeps 0.5
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    v, s = v + (1 - rho1) * (g - v), s + (1 - rho2) * (g * g - s)
    v /= 1 - rho1**t
    s /= 1 - rho2**t
    return theta - lr / (s**0.5 + epsilon) * v, v, s


# %% wrong: only what comes back has hats -> hats_kept keeps 0.5
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    v, s = v + (1 - rho1) * (g - v), s + (1 - rho2) * (g * g - s)
    v_hat, s_hat = v / (1 - rho1**t), s / (1 - rho2**t)
    return theta - lr * v_hat / (s_hat**0.5 + epsilon), v_hat, s_hat


# %% wrong: step_counted_from_0 keeps 0.5 "The correction is that of the step before: the first step has t equal to 1."
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    v = rho1 * v + (1 - rho1) * g
    s = rho2 * s + (1 - rho2) * g**2
    v_hat, s_hat = v / np.float64(1 - rho1 ** (t - 1)), s / np.float64(1 - rho2 ** (t - 1))
    return theta - lr * v_hat / (np.sqrt(s_hat) + epsilon), v, s


# %% wrong: one step behind -> step_counted_from_0 keeps 0.5
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    t = np.float64(t) - 1
    v, s = v + (1 - rho1) * (g - v), s + (1 - rho2) * (g * g - s)
    return theta - lr * (v / (1 - rho1**t)) / ((s / (1 - rho2**t)) ** 0.5 + epsilon), v, s


# %% wrong: counted_on keeps 0.5 "The correction is that of the next step: t counts this one already."
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    v = rho1 * v + (1 - rho1) * g
    s = rho2 * s + (1 - rho2) * g**2
    v_hat, s_hat = v / (1 - rho1 ** (t + 1)), s / (1 - rho2 ** (t + 1))
    return theta - lr * v_hat / (np.sqrt(s_hat) + epsilon), v, s


# %% wrong: one step ahead -> counted_on keeps 0.5
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    v, s, t = v + (1 - rho1) * (g - v), s + (1 - rho2) * (g * g - s), t + 1
    rate = lr / (1 - rho1**t)
    return theta - rate * v / ((s / (1 - rho2**t)) ** 0.5 + epsilon), v, s


# %% wrong: hat_without_power keeps 0.5 "The correction is the same in every step: it must fade as steps go by."
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    v = rho1 * v + (1 - rho1) * g
    s = rho2 * s + (1 - rho2) * g**2
    v_hat, s_hat = v / (1 - rho1), s / (1 - rho2)
    return theta - lr * v_hat / (np.sqrt(s_hat) + epsilon), v, s


# %% wrong: corrected as at the first step -> hat_without_power keeps 0.5
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    v, s = v + (1 - rho1) * (g - v), s + (1 - rho2) * (g * g - s)
    return theta - lr / (1 - rho1) * v / (s**0.5 / (1 - rho2) ** 0.5 + epsilon), v, s


# %% wrong: gradient_for_mean keeps 0.5 "The step goes along the gradient itself: it must follow the corrected mean."
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    v = rho1 * v + (1 - rho1) * g
    s = rho2 * s + (1 - rho2) * g**2
    return theta - lr * g / (np.sqrt(s / (1 - rho2**t)) + epsilon), v, s


# %% wrong: RMSprop with a hat -> gradient_for_mean keeps 0.5
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    v, s = v + (1 - rho1) * (g - v), s + (1 - rho2) * (g * g - s)
    return theta - lr * (g / ((s / (1 - rho2**t)) ** 0.5 + epsilon)), v, s


# %% wrong: epsilon_in_root keeps 0.5
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    v = rho1 * v + (1 - rho1) * g
    s = rho2 * s + (1 - rho2) * g**2
    return theta - lr * v / (1 - rho1**t) / np.sqrt(s / (1 - rho2**t) + epsilon), v, s


# %% wrong: a power of the sum -> epsilon_in_root keeps 0.5
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    v, s = v + (1 - rho1) * (g - v), s + (1 - rho2) * (g * g - s)
    return theta - lr / (1 - rho1**t) * v * (epsilon + s / (1 - rho2**t)) ** -0.5, v, s


# %% wrong: root_forgotten keeps 0.5
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    v = rho1 * v + (1 - rho1) * g
    s = rho2 * s + (1 - rho2) * g**2
    return theta - lr * v / (1 - rho1**t) / (s / (1 - rho2**t) + epsilon), v, s


# %% wrong: over the mean square -> root_forgotten keeps 0.5
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    v, s = v + (1 - rho1) * (g - v), s + (1 - rho2) * (g * g - s)
    s_hat = s / (1 - rho2**t)
    return theta - (lr / (1 - rho1**t)) * v / (epsilon + s_hat), v, s


# %% wrong: square_forgotten
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    v = rho1 * v + (1 - rho1) * g
    s = rho2 * s + (1 - rho2) * np.abs(g)
    return theta - lr * v / (1 - rho1**t) / (np.sqrt(s / (1 - rho2**t)) + epsilon), v, s


# %% wrong: sizes of gradients, averaged -> square_forgotten
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    v, s = v + (1 - rho1) * (g - v), s + (1 - rho2) * (np.sign(g) * g - s)
    return theta - lr / (1 - rho1**t) * v / ((s / (1 - rho2**t)) ** 0.5 + epsilon), v, s


# %% wrong: shares_exchanged
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    v = (1 - rho1) * v + rho1 * g
    s = (1 - rho2) * s + rho2 * g**2
    return theta - lr * v / (1 - rho1**t) / (np.sqrt(s / (1 - rho2**t)) + epsilon), v, s


# %% wrong: both move too far -> shares_exchanged
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    v, s = v + rho1 * (g - v), s + rho2 * (g * g - s)
    return theta - lr / (1 - rho1**t) * v / ((s / (1 - rho2**t)) ** 0.5 + epsilon), v, s


# %% wrong: rhos_exchanged "Each mean has the other one's ρ: the first belongs to the gradients."
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    v = rho2 * v + (1 - rho2) * g
    s = rho1 * s + (1 - rho1) * g**2
    return theta - lr * v / (1 - rho2**t) / (np.sqrt(s / (1 - rho1**t)) + epsilon), v, s


# %% wrong: arguments in another order -> rhos_exchanged
def adam_step(theta, g, v, s, t, lr, rho2=0.999, rho1=0.9, epsilon=1e-8):
    v, s = v + (1 - rho1) * (g - v), s + (1 - rho2) * (g * g - s)
    return theta - lr / (1 - rho1**t) * v / ((s / (1 - rho2**t)) ** 0.5 + epsilon), v, s


# %% wrong: ascent keeps 0.5
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    v = rho1 * v + (1 - rho1) * g
    s = rho2 * s + (1 - rho2) * g**2
    return theta + lr * v / (1 - rho1**t) / (np.sqrt(s / (1 - rho2**t)) + epsilon), v, s


# %% wrong: minus minus -> ascent keeps 0.5
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    v, s = v + (1 - rho1) * (g - v), s + (1 - rho2) * (g * g - s)
    return theta - lr / (1 - rho1**t) * -v / ((s / (1 - rho2**t)) ** 0.5 + epsilon), v, s


# %% wrong: epsilon_forgotten keeps 0.5
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    v = rho1 * v + (1 - rho1) * g
    s = rho2 * s + (1 - rho2) * g**2
    return theta - lr * v / (1 - rho1**t) / np.sqrt(s / (1 - rho2**t)), v, s


# %% wrong: a quotient of nothing by nothing -> epsilon_forgotten keeps 0.5
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    v, s = v + (1 - rho1) * (g - v), s + (1 - rho2) * (g * g - s)
    return theta - lr / (1 - rho1**t) * (v / (s / (1 - rho2**t)) ** 0.5), v, s


# %% wrong: old_memory keeps 0.5
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    theta = theta - lr * v / (1 - rho1**t) / (np.sqrt(s / (1 - rho2**t)) + epsilon)
    return theta, rho1 * v + (1 - rho1) * g, rho2 * s + (1 - rho2) * g**2


# %% wrong: θ before both means -> old_memory keeps 0.5
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    rate = lr / (1 - rho1**t)
    theta = theta - rate * v / ((s / (1 - rho2**t)) ** 0.5 + epsilon)
    return theta, v + (1 - rho1) * (g - v), s + (1 - rho2) * (g * g - s)


# %% wrong: the ρ of the defaults -> none
def adam_step(theta, g, v, s, t, lr, *_):
    v = 0.9 * v + 0.1 * g
    s = 0.999 * s + 0.001 * g**2
    return theta - lr * v / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8), v, s


# %% wrong: a hat for the gradients alone -> none keeps 0.5
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    v = rho1 * v + (1 - rho1) * g
    s = rho2 * s + (1 - rho2) * g**2
    return theta - lr * v / (1 - rho1**t) / (np.sqrt(s) + epsilon), v, s


# %% wrong: parameters alone -> wrong_type
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    v = rho1 * v + (1 - rho1) * g
    s = rho2 * s + (1 - rho2) * g**2
    return theta - lr * v / (1 - rho1**t) / (np.sqrt(s / (1 - rho2**t)) + epsilon), v


# %% wrong: in place alone -> returned_none
def adam_step(theta, g, v, s, t, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    v += (1 - rho1) * (g - v)
    s += (1 - rho2) * (g * g - s)
    theta -= lr * v / (1 - rho1**t) / (np.sqrt(s / (1 - rho2**t)) + epsilon)


# %% wrong: t is missing -> raised
def adam_step(theta, g, v, s, lr, rho1=0.9, rho2=0.999, epsilon=1e-8):
    v, s = v + (1 - rho1) * (g - v), s + (1 - rho2) * (g * g - s)
    return theta - lr * v / (np.sqrt(s) + epsilon), v, s
