"""What the blanks of a3-softmax (lecture 5) share."""

import numpy as np

TELL = "diagnose"  # at home; "tell": right or wrong alone; "none": nothing
ALLOWED = ("datasets", "gradcheck", "metrics", "plots", "preprocess")  # nnlib modules this assignment may import

SHAPES = (
    ("m = 5, K = 4", 5, 4),
    ("as many examples as classes (m = K = 3)", 3, 3),
    ("two classes (K = 2)", 6, 2),
    ("more classes than examples (m = 2, K = 7)", 2, 7),
)
ONE_EXAMPLE = (("one example (m = 1), K = 5", 1, 5), ("one example (m = 1), K = 2", 1, 2))


def scores(rng):
    """Z (m, K) of ordinary size."""
    for label, m, K in SHAPES + ONE_EXAMPLE:
        yield label, (_scores(rng, m, K),)


def large_scores(rng):
    """Z so large that e^z is infinite (from 710 on) or 0 (below -745) in float64."""
    near = rng.uniform(0, 3, size=(2, 4, 3)).round(2)
    yield "scores near 1000", (1000 - near[0],)
    yield "scores near -1000", (near[1] - 1000,)
    yield "one row near 900, one near 0, one near -900", (_scores(rng, 3, 4) + [[900], [0], [-900]],)
    yield "scores from -1000 to 1000 in a row", (rng.uniform(-1000, 1000, size=(4, 5)).round(1),)


def targets_and_scores(rng):
    """Y (m, K), soft or one-hot, and Z (m, K) of ordinary size."""
    for label, m, K in SHAPES + ONE_EXAMPLE:
        yield f"{label}, soft targets", (probabilities(rng, m, K), _scores(rng, m, K))
    yield "one-hot targets, m = 6, K = 3", (_one_hot(rng, 6, 3), _scores(rng, 6, 3))
    Z = rng.uniform(0.1, 0.9, size=(4, 3)).round(2)
    yield "scores between 0 and 1, soft targets", (probabilities(rng, 4, 3), Z)


def targets_and_large_scores(rng):
    """Y and Z of `large_scores`; where scores differ much, some answers are sure and wrong."""
    for k, (label, (Z,)) in enumerate(large_scores(rng)):
        m, K = Z.shape
        hard = np.eye(K)[np.argsort(Z, axis=1)[:, -2]]  # the second largest
        yield f"{label}, {'one-hot' if k == 3 else 'soft'} targets", (hard if k == 3 else probabilities(rng, m, K), Z)


def predictions(rng):
    """Ŷ (m, K) in thousandths."""
    for label, m, K in SHAPES:
        yield label, (probabilities(rng, m, K, 1000),)
    yield "a probability that rounded to 0", (np.insert(probabilities(rng, 3, 3, 1000), 1, 0, axis=1),)


def single_predictions(rng):
    """Ŷ (1, K) in thousandths."""
    for label, m, K in ONE_EXAMPLE:
        yield label, (probabilities(rng, m, K, 1000),)


def probabilities(rng, m, K, parts=100):
    """Rows of positive shares that sum to 1, rounded to 1/parts."""
    counts = 1 + parts // 25 + rng.multinomial(parts - K * (1 + parts // 25), rng.dirichlet(np.full(K, 2.0), size=m))
    return counts / parts


def _scores(rng, m, K):
    return rng.normal(scale=1.5, size=(m, K)).round(2)


def _one_hot(rng, m, K):
    return np.eye(K)[rng.integers(K, size=m)]
