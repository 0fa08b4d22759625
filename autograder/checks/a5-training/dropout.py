"""Inverted dropout in training: the output and its mask."""

import numpy as np

from autograder.kit import EXACT, View, check

from . import IN_WORDS, off_by

# of factors A: 1 if each is 0 or 1; the share that is not 0, and of neighbours that are alike, beside 1 for scale
FACTORS = "lambda A: (1 + np.abs(A * (A - 1)).max(), np.array([np.mean(A != 0), *(np.mean(w[1:][::2] == w[:-1][::2]) "
FACTORS += "for w in ((A != 0).ravel(), (A != 0).T.ravel())), 1.0]))"
OF_X = "np.where(args[0], out / np.where(args[0], args[0], 1), (mask != 0) / (1 - args[1]))"  # any where x is 0
OF_OUT, OF_MASK = (f"*({FACTORS})({A} * (1 - args[1]))" for A in (OF_X, "mask"))
SHAPES = {"out": "args[0].shape", "mask": "args[0].shape"}
OF_BOTH = "1 + np.abs(mask * args[0] - out).max()"
OF_SHARES = (
    "(lambda k: f'{want[0]:.0%} of the entries should be kept, {got[0]:.0%} are.' if k == 0 else "
    "'two neighbours in a ' + ('row', 'column')[k - 1] + f' are kept or dropped together in {got[k]:.0%} of all '"
    "f'pairs, expected are {want[k]:.0%}: each entry has its own chance.')(int(np.argmax(np.abs(got - want))))"
)
FACTOR = "'an entry is neither dropped nor scaled as in inverted dropout.'"
OF_MASK_AND_OUT = f"'x times the mask is not the output.' if abs(got[0] - 1) < 1e-9 else {FACTOR}"
SAYS = tuple(IN_WORDS + words for words in (FACTOR, OF_SHARES, OF_MASK_AND_OUT, OF_SHARES))
SEEN = View(f"(lambda fs, shares: ({OF_OUT}, np.array([fs, {OF_BOTH}]), shares))({OF_MASK})", SHAPES, says=SAYS)


def activations(rng):
    """x (m, n), 300 entries or 1,400, p and a seed; three kinds have one x, and two of these one seed."""
    kinds = ("p = 0: nothing is dropped", 2, 3, 0.0), ("70 examples, 20 units, p = 0.8", 70, 20, 0.8)
    kinds += (
        ("20 examples, 70 units, some of them 0, p = 0.3", 20, 70, 0.3),
        ("one unit (n = 1), p = 0.2", 300, 1, 0.2),
    )
    kinds += ("one example (m = 1), p = 0.6", 1, 1400, 0.6), ("another seed", 1, 1400, 0.6)
    kinds += (("the same seed again", 1, 1400, 0.6),)
    seeds, known = rng.choice(10_000, size=len(kinds), replace=False), {}
    seeds[6] = seeds[4]
    for (label, m, n, p), seed in zip(kinds, seeds, strict=True):
        x = known.setdefault((m, n), rng.choice([-1, 1], (m, n)) * rng.integers(1, 10, (m, n)) / 2)
        yield label, (x * (x != 1) if "some" in label else x, p, int(seed))


@check(weights={"out": 0.5, "mask": 0.5}, view=SEEN)
def examined(blank):
    """Compare statistics of what was dropped, in the output and in the mask, and what two seeds drop.

    Of each of six kinds, and in both: the share that is kept, two shares of neighbours that are alike; of two seeds the
    share that is alike. So 37 statistics in an examination. That with each of five seeds exactly p of all entries are
    dropped has, by the binomial distribution, a probability of 1.7e-8. So a right answer fails three examinations with
    one below 3 · (37 · δ + 1.7e-8) = 6.3e-8. Where p is 0 nothing is left to chance.
    """
    drawn, exactly = [], []
    for case in blank.cases(activations):
        x, p, _ = case.args
        out, mask = blank.call("dropout", *case.args, returns=2)
        seen = blank.view((out, mask))
        alike = p**2 + (1 - p) ** 2
        for property, (factors, shares) in {"out": seen[:2], "mask": seen[2:]}.items():
            blank.close(property, factors, np.ones(factors.shape))
            near = off_by(x.size // 2) if p else EXACT
            blank.close(property, shares, np.array([1 - p, alike, alike, 1.0]), rtol=near)
        drawn += [np.equal(np.asarray(out), 0)] if len(x) == 1 else []
        exactly.append(np.rint(seen[1][0] * x.size) == x.size - round(p * x.size))
    blank.close("out", float(all(exactly)), 0.0)
    one, other, again = drawn
    blank.close("out", np.mean(one == other), 0.6**2 + 0.4**2, rtol=2 * off_by(one.size))
    blank.close("out", float(np.array_equal(one, again)), 1.0)


# %% right: uniform numbers from p on are kept
def dropout(x, p, seed):
    u = np.random.default_rng(seed).random(x.shape)
    mask = (u >= p) / (1 - p)
    return x * mask, mask


# %% right: kept with probability 1 - p
def dropout(x, p, seed):
    kept = np.random.default_rng(seed).binomial(1, 1 - p, size=x.shape)
    return np.where(kept, x / (1 - p), 0.0), kept / (1 - p)


# %% right: example by example
def dropout(x, p, seed):
    rng, out, masks = np.random.default_rng(seed), [], []
    for row in x:
        masks.append((rng.uniform(size=len(row)) < 1 - p) / (1 - p))
        out.append(row * masks[-1])
    return np.array(out), np.array(masks)


# %% right: chosen between two values, by an older generator
def dropout(x, p, seed):
    old = np.random.RandomState(seed)
    mask = old.choice([0.0, 1 / (1 - p)], size=x.shape, p=[p, 1 - p])
    return np.multiply(mask, x), mask


# %% right: zeros set in a copy
def dropout(x, p, seed):
    dropped = np.random.default_rng(seed).uniform(size=x.shape) < p
    mask = np.full(x.shape, 1 / (1 - p))
    mask[dropped] = 0
    out = x / (1 - p)
    out[dropped] = 0
    return out, mask


# %% same: mask = (u > p) / (1 - p) "A uniform number is never equal to p, but for one in 2**53."


# %% wrong: not_scaled "What survives is not scaled up: the mean of an entry must stay what it is without dropout."
def dropout(x, p, seed):
    mask = (np.random.default_rng(seed).random(x.shape) >= p).astype(float)
    return x * mask, mask


# %% wrong: zeros and ones -> not_scaled
def dropout(x, p, seed):
    kept = np.random.RandomState(seed).binomial(1, 1 - p, size=x.shape)
    return np.where(kept, x, 0.0), kept.astype(float)


# %% wrong: mask_not_scaled keeps 0.5 "The output is right, but backward needs the factors that went into it."
def dropout(x, p, seed):
    kept = np.random.default_rng(seed).random(x.shape) >= p
    return x * kept / (1 - p), kept.astype(float)


# %% wrong: ones where something is left -> mask_not_scaled keeps 0.5
def dropout(x, p, seed):
    out = np.where(np.random.RandomState(seed).rand(*x.shape) < p, 0, x / (1 - p))
    return out, np.where(out == 0, 0.0, 1.0)


# %% wrong: keeps_p "The rate p was taken for the probability of keeping: here it is that of dropping."
def dropout(x, p, seed):
    mask = (np.random.default_rng(seed).random(x.shape) < p) / (1 - p)
    return x * mask, mask


# %% wrong: the others are dropped -> keeps_p
def dropout(x, p, seed):
    dropped = np.random.RandomState(seed).binomial(1, 1 - p, size=x.shape)
    return np.where(dropped, 0, x / (1 - p)), (1 - dropped) / (1 - p)


# %% wrong: p_keeps_throughout "The rate p was taken for the probability of keeping, in the factor, too."
def dropout(x, p, seed):
    mask = (np.random.default_rng(seed).random(x.shape) < p) / np.float64(p)
    return x * mask, mask


# %% wrong: binomial with p -> p_keeps_throughout
def dropout(x, p, seed):
    kept = np.random.RandomState(seed).binomial(1, p, size=x.shape)
    return x * kept / np.float64(p), kept / np.float64(p)


# %% wrong: scaled_by_p "What survives was divided by the wrong probability: by that of being dropped."
def dropout(x, p, seed):
    kept = np.random.default_rng(seed).random(x.shape) >= p
    mask = kept / np.float64(p)
    return x * mask, mask


# %% wrong: one over the rate -> scaled_by_p
def dropout(x, p, seed):
    mask = np.where(np.random.RandomState(seed).rand(*x.shape) < p, 0, 1 / np.float64(p))
    return x * mask, mask


# %% wrong: scaled_down "What survives was made smaller: it has to make up for what is missing."
def dropout(x, p, seed):
    mask = (np.random.default_rng(seed).random(x.shape) >= p) * (1 - p)
    return x * mask, mask


# %% wrong: as at prediction in the paper -> scaled_down
def dropout(x, p, seed):
    mask = np.random.RandomState(seed).choice([0.0, 1 - p], x.shape, p=[p, 1 - p])
    return mask * x, mask


# %% wrong: nothing_dropped "Nothing is dropped: this is what the layer does at prediction."
def dropout(x, p, seed):
    return x.copy(), np.ones(x.shape)


# %% wrong: the identity -> nothing_dropped
def dropout(x, p, seed):
    mask = x / x
    return mask * x, mask


# %% wrong: a pattern without chance -> none
def dropout(x, p, seed):
    pattern = np.array([0.0] * round(10 * p) + [1 / (1 - p)] * round(10 * (1 - p)))
    mask = np.resize(pattern, x.shape)
    return x * mask, mask


# %% wrong: seed_ignored keeps 0.5
def dropout(x, p, seed):
    mask = (np.random.default_rng(0).random(x.shape) >= p) / (1 - p)
    return x * mask, mask


# %% wrong: always seed 42 -> seed_ignored keeps 0.5
def dropout(x, p, seed):
    np.random.seed(42)
    mask = np.where(np.random.rand(*x.shape) < p, 0, 1 / (1 - p))
    return x * mask, mask


# %% wrong: not_repeatable keeps 0.5
def dropout(x, p, seed):
    mask = (np.random.default_rng().random(x.shape) >= p) / (1 - p)
    return x * mask, mask


# %% wrong: the global generator as it is -> not_repeatable keeps 0.5
def dropout(x, p, seed):
    mask = np.where(np.random.rand(*x.shape) < p, 0, 1 / (1 - p))
    return x * mask, mask


# %% wrong: exact_number keeps 0.5 "Always the same number is dropped: where each has its own chance, it varies."
def dropout(x, p, seed):
    order = np.random.default_rng(seed).permutation(x.size)
    mask = (order >= round(p * x.size)).reshape(x.shape) / (1 - p)
    return x * mask, mask


# %% wrong: chosen without replacement -> exact_number keeps 0.5
def dropout(x, p, seed):
    mask = np.full(x.shape, 1 / (1 - p))
    mask.flat[np.random.RandomState(seed).choice(x.size, round(p * x.size), replace=False)] = 0
    return x * mask, mask


# %% wrong: drawn once for the output and once for the mask -> none keeps 0.5
def dropout(x, p, seed):
    rng = np.random.default_rng(seed)
    return x * (rng.random(x.shape) >= p) / (1 - p), (rng.random(x.shape) >= p) / (1 - p)


# %% wrong: the mask of another seed -> none keeps 0.5
def dropout(x, p, seed):
    masks = [(np.random.default_rng(s).random(x.shape) >= p) / (1 - p) for s in (seed, seed + 1)]
    return x * masks[0], masks[1]


# %% wrong: whole units for all examples -> none
def dropout(x, p, seed):
    mask = np.ones(x.shape) * (np.random.default_rng(seed).random(x.shape[1]) >= p) / (1 - p)
    return x * mask, mask


# %% wrong: whole examples -> none
def dropout(x, p, seed):
    mask = np.ones(x.shape) * (np.random.default_rng(seed).random((len(x), 1)) >= p) / (1 - p)
    return x * mask, mask


# %% wrong: a fixed rate -> none
def dropout(x, p, seed):
    mask = (np.random.default_rng(seed).random(x.shape) >= 0.5) / (1 - 0.5)
    return x * mask, mask


# %% wrong: normal numbers for uniform ones -> none
def dropout(x, p, seed):
    mask = (np.random.default_rng(seed).standard_normal(x.shape) >= p) / (1 - p)
    return x * mask, mask


# %% wrong: noise of the same size -> none
def dropout(x, p, seed):
    mask = 1 + (p / (1 - p)) ** 0.5 * np.random.default_rng(seed).standard_normal(x.shape)
    return x * mask, mask


# %% wrong: one mask for all examples, a row -> wrong_shape
def dropout(x, p, seed):
    mask = (np.random.default_rng(seed).random(x.shape[1]) >= p) / (1 - p)
    return x * mask, mask


# %% wrong: what is dropped is cut out -> wrong_shape
def dropout(x, p, seed):
    mask = (np.random.default_rng(seed).random(x.shape) >= p) / (1 - p)
    return (x * mask)[mask > 0], mask


# %% wrong: the output alone -> wrong_type
def dropout(x, p, seed):
    return x * (np.random.default_rng(seed).random(x.shape) >= p) / (1 - p)


# %% wrong: in place alone -> returned_none
def dropout(x, p, seed):
    x *= (np.random.default_rng(seed).random(x.shape) >= p) / (1 - p)
