"""First weights before a ReLU, normally distributed."""

from math import erf, sqrt

from autograder.kit import View, check

from . import OF_SIGNS, OF_SPREAD, SIGNS, initial, mean_square_off_by, of_shares

STEPS = (0.5, 1.0, 1.5, 2.0)  # in standard deviations
SHARES = [erf(k / sqrt(2)) for k in STEPS]  # of normal numbers that are nearer to 0
NEAR = "(lambda a: np.array([*(np.mean(a < k) for k in {}), 1.0], W.dtype))(np.abs(W) / (2 / args[0]) ** 0.5)"
SAYS = OF_SPREAD, of_shares(STEPS, "times the standard deviation asked for"), OF_SIGNS
SEEN = View(f"np.mean(W**2 * args[0] / 2) ** 0.5, {NEAR.format(STEPS)}, {SIGNS}", {"W": "args[:2]"}, says=SAYS)


@check(weights={"spread": 0.5, "distribution": 0.5}, view=SEEN)
def examined(blank):
    initial(blank, "he_normal", mean_square_off_by, SHARES)


# %% right: a standard deviation times standard normal numbers
def he_normal(n_in, n_out, seed):
    rng = np.random.default_rng(seed)
    return np.sqrt(2 / n_in) * rng.standard_normal((n_in, n_out))


# %% right: the standard deviation given to the generator
def he_normal(n_in, n_out, seed):
    return np.random.default_rng(seed).normal(0, (2 / n_in) ** 0.5, size=(n_in, n_out))


# %% right: an array that is filled, and scaled in place
def he_normal(n_in, n_out, seed):
    W = np.empty((n_in, n_out))
    np.random.Generator(np.random.MT19937(seed)).standard_normal(out=W)
    W *= 2**0.5
    W /= n_in**0.5
    return W


# %% right: NumPy's older generator, turned
def he_normal(n_in, n_out, seed):
    old = np.random.RandomState(seed)
    return (old.randn(n_out, n_in) / np.sqrt(n_in / 2)).T


# %% right: by Box and Muller's formula
def he_normal(n_in, n_out, seed):
    u, w = np.random.default_rng(seed).random((2, n_in, n_out))
    return np.sqrt(-2 * np.log(1 - u)) * np.cos(2 * np.pi * w) * np.sqrt(2 / n_in)


# %% right: the global generator, seeded
def he_normal(n_in, n_out, seed):
    np.random.seed(seed)
    return np.random.randn(n_in, n_out) * np.sqrt(2.0 / n_in)


# %% wrong: spread_of_lecun
def he_normal(n_in, n_out, seed):
    return np.random.default_rng(seed).standard_normal((n_in, n_out)) / np.sqrt(n_in)


# %% wrong: a variance of one over the inputs -> spread_of_lecun
def he_normal(n_in, n_out, seed):
    return np.random.default_rng(seed + 1).normal(0, n_in**-0.5, (n_in, n_out))


# %% wrong: spread_of_glorot "This is Glorot's spread: which rule makes up for what a ReLU takes away?"
def he_normal(n_in, n_out, seed):
    return np.random.default_rng(seed).standard_normal((n_in, n_out)) * np.sqrt(2 / (n_in + n_out))


# %% wrong: one over the mean of both numbers -> spread_of_glorot
def he_normal(n_in, n_out, seed):
    return np.random.default_rng(seed + 1).normal(0, ((n_in + n_out) / 2) ** -0.5, (n_in, n_out))


# %% wrong: spread_of_fan_out
def he_normal(n_in, n_out, seed):
    return np.random.default_rng(seed).standard_normal((n_in, n_out)) * np.sqrt(2 / n_out)


# %% wrong: number of outputs in the variance -> spread_of_fan_out
def he_normal(n_in, n_out, seed):
    return np.random.default_rng(seed + 1).normal(scale=(2 / n_out) ** 0.5, size=(n_in, n_out))


# %% wrong: variance_for_std "The variance was used where a standard deviation is expected."
def he_normal(n_in, n_out, seed):
    return np.random.default_rng(seed).normal(0, 2 / n_in, (n_in, n_out))


# %% wrong: standard normal numbers times the variance -> variance_for_std
def he_normal(n_in, n_out, seed):
    return 2 * np.random.default_rng(seed + 1).standard_normal((n_in, n_out)) / n_in


# %% wrong: spread_unscaled
def he_normal(n_in, n_out, seed):
    return np.random.default_rng(seed).standard_normal((n_in, n_out))


# %% wrong: a standard deviation of 1 -> spread_unscaled
def he_normal(n_in, n_out, seed):
    return np.random.default_rng(seed + 1).normal(0, 1, (n_in, n_out))


# %% wrong: uniform_for_normal keeps 0.5 "The spread is right, but the numbers are uniform, not normal."
def he_normal(n_in, n_out, seed):
    r = np.sqrt(6 / n_in)
    return np.random.default_rng(seed).uniform(-r, r, (n_in, n_out))


# %% wrong: scaled uniform numbers -> uniform_for_normal keeps 0.5
def he_normal(n_in, n_out, seed):
    u = np.random.default_rng(seed + 1).random((n_in, n_out))
    return (2 * u - 1) * np.sqrt(3) * np.sqrt(2 / n_in)


# %% wrong: all_positive keeps 0.5
def he_normal(n_in, n_out, seed):
    return np.abs(np.random.default_rng(seed).normal(0, np.sqrt(2 / n_in), (n_in, n_out)))


# %% wrong: roots of squares -> all_positive keeps 0.5
def he_normal(n_in, n_out, seed):
    return np.sqrt(np.random.default_rng(seed + 1).standard_normal((n_in, n_out)) ** 2 * 2 / n_in)


# %% wrong: seed_ignored keeps 0.5
def he_normal(n_in, n_out, seed):
    return np.random.default_rng(0).normal(0, np.sqrt(2 / n_in), (n_in, n_out))


# %% wrong: a seed of its own -> seed_ignored keeps 0.5
def he_normal(n_in, n_out, seed):
    np.random.seed(42)
    return np.random.randn(n_in, n_out) * np.sqrt(2 / n_in)


# %% wrong: not_repeatable keeps 0.5
def he_normal(n_in, n_out, seed):
    return np.random.default_rng().normal(0, np.sqrt(2 / n_in), (n_in, n_out))


# %% wrong: the global generator as it is -> not_repeatable keeps 0.5
def he_normal(n_in, n_out, seed):
    return np.random.randn(n_in, n_out) * np.sqrt(2 / n_in)


# %% wrong: all_zero
def he_normal(n_in, n_out, seed):
    return np.zeros((n_in, n_out))


# %% wrong: normal numbers times nothing -> all_zero
def he_normal(n_in, n_out, seed):
    return np.random.default_rng(seed).standard_normal((n_in, n_out)) * 0


# %% wrong: signs of one size -> none keeps 0.5
def he_normal(n_in, n_out, seed):
    return np.random.default_rng(seed).choice([-1.0, 1.0], (n_in, n_out)) * np.sqrt(2 / n_in)


# %% wrong: one weight in a hundred is ten times as large -> none keeps 0.5
def he_normal(n_in, n_out, seed):
    rng = np.random.default_rng(seed)
    factors = np.where(rng.random((n_in, n_out)) < 0.01, 10, 1)
    return factors * rng.normal(0, np.sqrt(2 / n_in), (n_in, n_out))


# %% wrong: a few numbers, again and again -> none keeps 0.5
def he_normal(n_in, n_out, seed):
    few = np.random.default_rng(seed).normal(0, np.sqrt(2 / n_in), (n_in * n_out) // 4)
    return np.random.default_rng(seed + 1).choice(few, (n_in, n_out))


# %% wrong: the same size, drawn evenly in logarithm -> none
def he_normal(n_in, n_out, seed):
    rng = np.random.default_rng(seed)
    return rng.choice([-1.0, 1.0], (n_in, n_out)) * 10 ** rng.uniform(-3, 0, (n_in, n_out)) * np.sqrt(2 / n_in)


# %% wrong: one column for all units -> none
def he_normal(n_in, n_out, seed):
    return np.tile(np.random.default_rng(seed).normal(0, np.sqrt(2 / n_in), (n_in, 1)), n_out)


# %% wrong: turned -> wrong_shape
def he_normal(n_in, n_out, seed):
    return np.random.default_rng(seed).normal(0, np.sqrt(2 / n_in), (n_out, n_in))


# %% wrong: one vector -> wrong_shape
def he_normal(n_in, n_out, seed):
    return np.random.default_rng(seed).normal(0, np.sqrt(2 / n_in), n_in * n_out)


# %% wrong: single precision -> wrong_dtype
def he_normal(n_in, n_out, seed):
    W = np.random.default_rng(seed).standard_normal((n_in, n_out), dtype=np.float32)
    return W * np.float32(np.sqrt(2 / n_in))


# %% wrong: a generator that does not exist -> raised
def he_normal(n_in, n_out, seed):
    return np.random.default_rng(seed).randn(n_in, n_out) * np.sqrt(2 / n_in)
