"""Smoothed targets: a share s of each row spread evenly over all K classes."""

import numpy as np

from autograder.kit import Check


def smoothed(rng):
    """g (m,) in 0 … K - 1, K, and the share s."""
    for label, m, K in (
        ("m = 6, K = 4", 6, 4),
        ("as many examples as classes (m = K = 3)", 3, 3),
        ("two classes (K = 2)", 5, 2),
        ("one example (m = 1)", 1, 5),
    ):
        g = np.r_[K - 2, rng.integers(K, size=m - 1)]
        yield label, (g, K, round(rng.uniform(0.05, 0.3), 2))
    yield "the last class does not occur", (rng.integers(4, size=7), 6, round(rng.uniform(0.05, 0.3), 2))


def all_or_nothing(rng):
    """g, K and s at the ends of its range."""
    yield "nothing is spread (s = 0)", (rng.integers(3, size=4), 3, 0.0)
    yield "all is spread (s = 1)", (rng.integers(3, size=4), 3, 1.0)


def by_the_roll(g, K, s):
    """The mean of what comes with a roll of the die (share s) and without."""
    rows = [[s * (1 / K) + (1 - s) * (k == g_i) for k in range(K)] for g_i in g.tolist()]
    return np.array(rows, dtype=float)


check = Check(
    inputs={"smoothed Y": smoothed, "smoothed Y for s = 0 and s = 1": all_or_nothing},
    returns={"smoothed Y": 0.5, "smoothed Y for s = 0 and s = 1": 0.5},
    witness=by_the_roll,
    needs=("one_hot",),
)


# %% right: of the blank before
def smoothed_targets(g, K, s):
    return (1 - s) * one_hot(g, K) + s / K


# %% right: rows of a matrix
def smoothed_targets(g, K, s):
    table = (1 - s) * np.eye(K) + s * np.ones((K, K)) / K
    return table[g]


# %% right: two values
def smoothed_targets(g, K, s):
    return np.where(g[:, None] == np.arange(K), 1 - s + s / K, s / K)


# %% right: filled, then added to
def smoothed_targets(g, K, s):
    Y = np.full((len(g), K), s / K)
    Y[np.arange(len(g)), g] += 1 - s
    return Y


# %% right: loops
def smoothed_targets(g, K, s):
    Y = np.empty((len(g), K))
    for i, g_i in enumerate(g):
        for k in range(K):
            Y[i, k] = s / K
        Y[i, g_i] = 1 - (K - 1) * s / K
    return Y


# %% right: pulled towards even
def smoothed_targets(g, K, s):
    Y = one_hot(g, K)
    return Y - s * (Y - 1 / K)


# %% wrong: spread_over_the_others "The share was spread over the other classes alone: all K have a part of it."
def smoothed_targets(g, K, s):
    Y = one_hot(g, K)
    return (1 - s) * Y + s * (1 - Y) / (K - 1)


# %% wrong: filled by K - 1 -> spread_over_the_others
def smoothed_targets(g, K, s):
    Y = np.full((len(g), K), s / (K - 1))
    Y[np.arange(len(g)), g] = 1 - s
    return Y


# %% wrong: not_taken_away "The rows sum to more than 1: what is spread must be taken from the true class first."
def smoothed_targets(g, K, s):
    return one_hot(g, K) + s / K


# %% wrong: added to the identity -> not_taken_away
def smoothed_targets(g, K, s):
    return (np.eye(K) + s * np.full((K, K), 1 / K))[g]


# %% wrong: not_divided "Every class got the whole share: it is to be divided among them."
def smoothed_targets(g, K, s):
    return (1 - s) * one_hot(g, K) + s


# %% wrong: two values, not divided -> not_divided
def smoothed_targets(g, K, s):
    return np.where(g[:, None] == np.arange(K), 1.0, s)


# %% wrong: not_spread "The share was taken from the true class and given to nobody: each row must still sum to 1."
def smoothed_targets(g, K, s):
    return (1 - s) * one_hot(g, K)


# %% wrong: a smaller one -> not_spread
def smoothed_targets(g, K, s):
    Y = np.zeros((len(g), K))
    Y[np.arange(len(g)), g] = 1 - s
    return Y


# %% wrong: spread_exchanged "The two shares are exchanged: s is spread, the rest stays with the true class."
def smoothed_targets(g, K, s):
    return s * one_hot(g, K) + (1 - s) / K


# %% wrong: two values exchanged -> spread_exchanged
def smoothed_targets(g, K, s):
    even = (1 - s) / K
    return np.where(g[:, None] == np.arange(K), s + even, even)


# %% wrong: share_ignored "The rows are one-hot still: the share s does not enter."
def smoothed_targets(g, K, s):
    return one_hot(g, K)


# %% wrong: rows of the identity -> share_ignored
def smoothed_targets(g, K, s):
    return np.eye(K)[g]


# %% wrong: true_class_overwritten "The true class has lost its part of what is spread: what does its row sum to?"
def smoothed_targets(g, K, s):
    Y = np.full((len(g), K), s / K)
    Y[np.arange(len(g)), g] = 1 - s
    return Y


# %% wrong: two values, the true class without its part -> true_class_overwritten
def smoothed_targets(g, K, s):
    Y = one_hot(g, K)
    return (1 - s) * Y + s / K * (1 - Y)


# %% wrong: counted_from_one
def smoothed_targets(g, K, s):
    return (1 - s) * np.eye(K)[g - 1] + s / K


# %% wrong: added one place before -> counted_from_one
def smoothed_targets(g, K, s):
    Y = np.full((len(g), K), s / K)
    Y[range(len(g)), g - 1] += 1 - s
    return Y


# %% wrong: the share squared -> none keeps 0.5
def smoothed_targets(g, K, s):
    return (1 - s**2) * one_hot(g, K) + s**2 / K


# %% wrong: no share taken for a usual one -> none keeps 0.5
def smoothed_targets(g, K, s):
    s = s or 0.1
    return (1 - s) * one_hot(g, K) + s / K


# %% wrong: spread over the examples -> none
def smoothed_targets(g, K, s):
    return (1 - s) * one_hot(g, K) + s / len(g)


# %% wrong: added and normalised -> none
def smoothed_targets(g, K, s):
    Y = one_hot(g, K) + s
    return Y / Y.sum(axis=1, keepdims=True)


# %% wrong: half of the share -> none
def smoothed_targets(g, K, s):
    return (1 - s / 2) * one_hot(g, K) + s / (2 * K)


# %% wrong: the classes that occur -> none
def smoothed_targets(g, K, s):
    K = len(np.unique(g))
    return (1 - s) * np.eye(g.max() + 1)[g] + s / K


# %% wrong: spread as the classes occur -> none
def smoothed_targets(g, K, s):
    return (1 - s) * one_hot(g, K) + s * one_hot(g, K).mean(axis=0)


# %% wrong: divided_among_the_others "The share was divided by the number of the others, and given to all."
def smoothed_targets(g, K, s):
    return (1 - s) * one_hot(g, K) + s / (K - 1)


# %% wrong: two values, divided by K - 1 -> divided_among_the_others
def smoothed_targets(g, K, s):
    part = s / (K - 1)
    return np.where(g[:, None] == np.arange(K), 1 - s + part, part)
