"""First weights of Glorot's variance, uniformly distributed."""

from autograder.kit import View, check

from . import OF_SIGNS, OF_SPREAD, SIGNS, initial, of_shares, off_by

STEPS = (0.25, 0.5, 0.75, 1.0)  # of the largest weight there may be
NEAR = "(lambda a: np.array([*(np.mean(a < k) for k in {}), 1.0], W.dtype))(np.abs(W) / (6 / {}) ** 0.5)"
BOTH = "sum(args[:2])"
SAYS = OF_SPREAD, of_shares(STEPS, "times the largest that there may be"), OF_SIGNS
SEEN = View(f"np.mean(W**2 * {BOTH} / 2) ** 0.5, {NEAR.format(STEPS, BOTH)}, {SIGNS}", {"W": "args[:2]"}, says=SAYS)


@check(weights={"spread": 0.5, "distribution": 0.5}, view=SEEN)
def examined(blank):
    initial(blank, "glorot_uniform", lambda N: 3 * off_by(N), STEPS)  # w²/r², between 0 and 1, is 1/3 on average


# %% right: between minus r and r
def glorot_uniform(n_in, n_out, seed):
    r = np.sqrt(6 / (n_in + n_out))
    return np.random.default_rng(seed).uniform(-r, r, (n_in, n_out))


# %% right: numbers between 0 and 1, moved
def glorot_uniform(n_in, n_out, seed):
    u = np.random.default_rng(seed).random((n_in, n_out))
    return (u - 0.5) * 2 * (6 / (n_in + n_out)) ** 0.5


# %% right: from the variance
def glorot_uniform(n_in, n_out, seed):
    variance = 2 / (n_in + n_out)
    width = np.sqrt(12 * variance)
    return width * (np.random.default_rng(seed).random((n_in, n_out)) - 1 / 2)


# %% right: NumPy's older generator, in another order
def glorot_uniform(n_in, n_out, seed):
    old, r = np.random.RandomState(seed), np.sqrt(6) / np.sqrt(n_in + n_out)
    return old.uniform(-r, r, n_in * n_out)[::-1].reshape((n_in, n_out), order="F")


# %% right: sizes and signs
def glorot_uniform(n_in, n_out, seed):
    rng = np.random.default_rng(seed)
    size = rng.random((n_in, n_out)) * np.sqrt(6.0 / (n_in + n_out))
    return np.where(rng.random((n_in, n_out)) < 0.5, -size, size)


# %% right: by the inverse of the distribution
def glorot_uniform(n_in, n_out, seed):
    z = np.random.default_rng(seed).random(n_in * n_out)
    return np.interp(z, [0, 1], np.array([-1, 1]) * np.sqrt(6 / (n_in + n_out))).reshape(n_in, n_out)


# %% wrong: spread_of_inputs "The inputs alone set the spread: which numbers does this rule use?"
def glorot_uniform(n_in, n_out, seed):
    r = np.sqrt(3 / n_in)
    return np.random.default_rng(seed).uniform(-r, r, (n_in, n_out))


# %% wrong: unit variance over the inputs -> spread_of_inputs
def glorot_uniform(n_in, n_out, seed):
    u = np.random.default_rng(seed + 1).uniform(-1, 1, (n_in, n_out))
    return u * np.sqrt(3) / np.sqrt(n_in)


# %% wrong: spread_of_he "This is He's spread, which makes up for a ReLU: Glorot's rule looks at both directions."
def glorot_uniform(n_in, n_out, seed):
    r = np.sqrt(6 / n_in)
    return np.random.default_rng(seed).uniform(-r, r, (n_in, n_out))


# %% wrong: twice over the inputs -> spread_of_he
def glorot_uniform(n_in, n_out, seed):
    width = np.sqrt(12 * 2 / n_in)
    return width * (np.random.default_rng(seed + 1).random((n_in, n_out)) - 0.5)


# %% wrong: spread_of_fan_out
def glorot_uniform(n_in, n_out, seed):
    r = np.sqrt(3 / n_out)
    return np.random.default_rng(seed).uniform(-r, r, (n_in, n_out))


# %% wrong: one over the outputs -> spread_of_fan_out
def glorot_uniform(n_in, n_out, seed):
    u = np.random.default_rng(seed + 1).uniform(-1, 1, (n_in, n_out))
    return u * (3 / n_out) ** 0.5


# %% wrong: std_for_range "The standard deviation was taken for the largest weight: a uniform variable's is smaller."
def glorot_uniform(n_in, n_out, seed):
    r = np.sqrt(2 / (n_in + n_out))
    return np.random.default_rng(seed).uniform(-r, r, (n_in, n_out))


# %% wrong: standard deviations times numbers up to 1 -> std_for_range
def glorot_uniform(n_in, n_out, seed):
    u = 2 * np.random.default_rng(seed + 1).random((n_in, n_out)) - 1
    return u / np.sqrt((n_in + n_out) / 2)


# %% wrong: root_left_out "The largest weight was taken without a root: its square belongs to the variance."
def glorot_uniform(n_in, n_out, seed):
    r = 6 / (n_in + n_out)
    return np.random.default_rng(seed).uniform(-r, r, (n_in, n_out))


# %% wrong: six over the sum of both -> root_left_out
def glorot_uniform(n_in, n_out, seed):
    return 6 * np.random.default_rng(seed + 1).uniform(-1, 1, (n_in, n_out)) / (n_in + n_out)


# %% wrong: spread_unscaled
def glorot_uniform(n_in, n_out, seed):
    return np.random.default_rng(seed).uniform(-1, 1, (n_in, n_out))


# %% wrong: twice what is between 0 and 1, less 1 -> spread_unscaled
def glorot_uniform(n_in, n_out, seed):
    return 2 * np.random.default_rng(seed + 1).random((n_in, n_out)) - 1


# %% wrong: normal_for_uniform keeps 0.5 "The spread is right, but the numbers are normal, not uniform."
def glorot_uniform(n_in, n_out, seed):
    return np.random.default_rng(seed).normal(0, np.sqrt(2 / (n_in + n_out)), (n_in, n_out))


# %% wrong: standard normal numbers, scaled -> normal_for_uniform keeps 0.5
def glorot_uniform(n_in, n_out, seed):
    return np.random.default_rng(seed + 1).standard_normal((n_in, n_out)) / np.sqrt((n_in + n_out) / 2)


# %% wrong: all_positive keeps 0.5
def glorot_uniform(n_in, n_out, seed):
    return np.random.default_rng(seed).uniform(0, np.sqrt(6 / (n_in + n_out)), (n_in, n_out))


# %% wrong: numbers between 0 and 1, scaled -> all_positive keeps 0.5
def glorot_uniform(n_in, n_out, seed):
    return np.random.default_rng(seed + 1).random((n_in, n_out)) * (6 / (n_in + n_out)) ** 0.5


# %% wrong: seed_ignored keeps 0.5
def glorot_uniform(n_in, n_out, seed):
    r = np.sqrt(6 / (n_in + n_out))
    return np.random.default_rng(1).uniform(-r, r, (n_in, n_out))


# %% wrong: seeded by the sizes -> seed_ignored keeps 0.5
def glorot_uniform(n_in, n_out, seed):
    r = np.sqrt(6 / (n_in + n_out))
    return np.random.RandomState(n_in).uniform(-r, r, (n_in, n_out))


# %% wrong: not_repeatable keeps 0.5
def glorot_uniform(n_in, n_out, seed):
    r = np.sqrt(6 / (n_in + n_out))
    return np.random.default_rng().uniform(-r, r, (n_in, n_out))


# %% wrong: the global generator as it is -> not_repeatable keeps 0.5
def glorot_uniform(n_in, n_out, seed):
    return (2 * np.random.rand(n_in, n_out) - 1) * np.sqrt(6 / (n_in + n_out))


# %% wrong: all_zero
def glorot_uniform(n_in, n_out, seed):
    return np.zeros((n_in, n_out))


# %% wrong: a range of no width -> all_zero
def glorot_uniform(n_in, n_out, seed):
    return np.random.default_rng(seed).uniform(0.0, 0.0, (n_in, n_out))


# %% wrong: an even grid in order -> none keeps 0.5
def glorot_uniform(n_in, n_out, seed):
    r = np.sqrt(6 / (n_in + n_out))
    return np.linspace(-r, r, n_in * n_out).reshape(n_in, n_out)


# %% wrong: one weight in a hundred is ten times as large -> none keeps 0.5
def glorot_uniform(n_in, n_out, seed):
    rng, r = np.random.default_rng(seed), np.sqrt(6 / (n_in + n_out))
    return np.where(rng.random((n_in, n_out)) < 0.01, 10, 1) * rng.uniform(-r, r, (n_in, n_out))


# %% wrong: half of the inputs' weights, twice -> none keeps 0.5
def glorot_uniform(n_in, n_out, seed):
    r = np.sqrt(6 / (n_in + n_out))
    half = np.random.default_rng(seed).uniform(-r, r, (n_in - n_in // 2, n_out))
    return np.concatenate([half, half])[:n_in]


# %% wrong: plus or minus the largest -> none
def glorot_uniform(n_in, n_out, seed):
    r = np.sqrt(6 / (n_in + n_out))
    return np.random.default_rng(seed).choice([-r, r], (n_in, n_out))


# %% wrong: one row for all inputs -> none
def glorot_uniform(n_in, n_out, seed):
    r = np.sqrt(6 / (n_in + n_out))
    return np.tile(np.random.default_rng(seed).uniform(-r, r, n_out), (n_in, 1))


# %% wrong: turned -> wrong_shape
def glorot_uniform(n_in, n_out, seed):
    r = np.sqrt(6 / (n_in + n_out))
    return np.random.default_rng(seed).uniform(-r, r, (n_out, n_in))


# %% wrong: one number -> wrong_shape
def glorot_uniform(n_in, n_out, seed):
    r = np.sqrt(6 / (n_in + n_out))
    return np.random.default_rng(seed).uniform(-r, r)


# %% wrong: the largest weight itself -> wrong_shape
def glorot_uniform(n_in, n_out, seed):
    return np.sqrt(6 / (n_in + n_out))
