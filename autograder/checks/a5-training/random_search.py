"""Random search for a learning rate: chosen on the validation part, tested once."""

import numpy as np

from autograder.kit import View, check

from . import off_by

LEVELS, EIGHTHS = np.arange(1, 40) / 40, np.arange(1, 8) / 8
MANY = 500  # draws: each costs two calls through the walls
NUMBERS = View("lr + 0.0, score + 0.0", {"lr": (), "score": ()})


def ranges(rng):
    """low, high, n, a seed, and at which log₁₀ of the rate validation and test are best and training diverges."""
    kinds = ("40 draws, 1e-6 to 10", -6, 1, 40), ("12 draws, 0.03 to 1", -1.5, 0, 12)
    kinds += ("one draw (n = 1)", -3, -1, 1), ("500 draws, 1e-6 to 10", -6, 1, MANY)
    kinds += ("a narrow range, 5 draws", -2, -1.5, 5), ("another seed", -2, -1.5, 5)
    seeds, share = rng.choice(10_000, len(kinds), replace=False), rng.uniform(0.2, 0.35)
    for (label, low, high, n), seed in zip(kinds, seeds, strict=True):
        best, tested, end = (
            round(low + (high - low) * part, 3)
            for part in (share, share + 0.4, {40: 0.9, MANY: 0.9, 12: 0.8}.get(n, 1))
        )
        yield label, (10.0**low, 10.0**high, n, int(seed), best, tested, end)


class Experiments:
    """The functions that are lent to a search, and what it did with them."""

    def __init__(self, best, tested, end):
        self.trained, self.thetas, self.validated, self.tested = [], [], [], []
        of_test, of_validation = f"0.5 - (100 * theta[0] - {tested}) ** 2", f"-((100 * theta[0] - {best}) ** 2)"

        def train(lr):
            self.trained.append(np.asarray(lr, dtype=float).item())
            self.thetas.append(float(np.log10(self.trained[-1])) / 100)
            return np.array([self.thetas[-1], 0.01])

        def validation_score(theta):
            self.validated.append(float(theta[0]))  # of one model, not of many in an array
            return self.validation_of(100 * self.validated[-1])

        def test_score(theta):
            self.tested.append(float(theta[0]))
            return self.test_of(100 * self.tested[-1])

        self.validation_of = lambda at: -((at - best) ** 2) if at <= end else np.nan
        self.test_of = lambda at: 0.5 - (at - tested) ** 2
        train.__doc__ = "lambda lr: np.array([np.log10(lr) / 100, 0.01])"
        validation_score.__doc__ = f"lambda theta: {of_validation} if 100 * theta[0] <= {end} else np.nan"
        test_score.__doc__ = f"lambda theta: {of_test}"
        self.lent = train, validation_score, test_score

    def is_of_test(self, lr, score):
        return abs(score - self.test_of(np.log10(lr))) < 1e-9

    def rank(self, lr):
        """The share of the others that validation finds better; 2 for what was not trained, 1.5 for what diverged."""
        of = {rate: self.validation_of(np.log10(rate)) for rate in self.trained}
        if lr not in of or np.isnan(of[lr]):
            return 1.5 if lr in of else 2.0
        return np.mean([score > of[lr] for rate, score in of.items() if rate != lr and score == score] or [0.0])


@check(weights={"search": 0.5, "choice": 0.5}, view=NUMBERS)
def examined(blank):
    """Compare what searches did, and which rates two seeds gave.

    A right answer fails an examination where the distribution of 40 rates, or of 63, is too far off (2 δ), or one of
    eight statistics of 500 is (8 δ), or where all of 12 trainings diverge (0.2¹² = 4.1e-9), and three of them with a
    probability below 1.6e-8. Two rates may be equal, as they are where few digits were drawn; that two seeds share
    three of five does not happen so.
    """
    tried = [searched(blank, *case.args) for case in blank.cases(ranges)]
    spread_out(blank, np.concatenate([rates for rates in tried if len(rates) < MANY]), 63)
    blank.close("search", float(len({*tried[-1]} & {*tried[-2]}) > 2), 0.0)


def spread_out(blank, tried, n, levels=LEVELS):
    """Compare how many of n shares of a range lie below each level with an even distribution. The bound of Dvoretzky,
    Kiefer & Wolfowitz holds for all levels together, and is the one that Hoeffding gives for each; 1 is for scale.
    """
    if len(tried) == n:
        below = np.searchsorted(np.sort(tried), levels, side="right") / n
        blank.close("search", np.append(below, 1.0), np.append(levels, 1.0), rtol=off_by(n))


def left_to_chance(blank, tried):
    """Compare many shares of a range with independent draws: how many lie below each eighth, and whether enough
    neighbours are as near as chance brings them; on a grid none are. More may be, where few digits were drawn.
    """
    spread_out(blank, tried, MANY, EIGHTHS)
    got, want = near_neighbours(tried), 1 - (1 - 0.5 / (MANY + 1)) ** MANY
    blank.close("search", np.array([min(got, want), 1.0]), np.array([want, 1.0]), rtol=off_by(MANY + 1))


def near_neighbours(shares):
    """The share of gaps, those at both ends among them, that are shorter than half their mean.

    Such gaps of n independent draws have Dirichlet's distribution, which is negatively associated (Joag-Dev & Proschan,
    1983), and so have whether each is short: Hoeffding's bound holds for them (Dubhashi & Ranjan, 1998).
    """
    gaps = np.diff(np.sort([0.0, *shares, 1.0]))
    return np.mean(gaps < 0.5 / len(gaps))


def searched(blank, low, high, n, seed, *about):
    """Compare what a search did with what it must; where in the range, from 0 to 1, the rates are that it tried."""
    did, again = Experiments(*about), Experiments(*about)
    lr, score = map(float, blank.view(blank.call("random_search", *did.lent, low, high, n, seed, returns=2)))
    if n == 1:  # once more, to see whether it can be repeated
        blank.call("random_search", *again.lent, low, high, n, seed, returns=2)
        blank.close("search", float(did.trained == again.trained), 1.0)
    with np.errstate(all="ignore"):  # where exponents came for rates
        tried, is_of_test = np.log(np.array(did.trained) / low) / np.log(high / low), did.is_of_test(lr, score)
    outside = np.count_nonzero(~((tried > -1e-9) & (tried < 1 + 1e-9)))
    counts = len(did.trained), len({*did.thetas} ^ {*did.validated}), outside, max(len(did.tested) - 1, 0)
    blank.close("search", np.array(counts), np.array([n, 0, 0, 0]))
    if n == 40:
        spread_out(blank, tried, n)
    if n == MANY == len(tried) and not outside:
        left_to_chance(blank, tried)
    chosen_among = 2 * len({*did.thetas}) > min(n, 40)  # the best of one, or of a few, is no choice
    blank.close(
        "choice",
        np.array([did.rank(lr) if chosen_among else 3.0, is_of_test, len(did.tested)]),
        np.array([0.0, 1.0, 1.0]),
    )
    return tried


# %% right: the best so far
def random_search(train, validation_score, test_score, low, high, n, seed):
    rng = np.random.default_rng(seed)
    best_score = -np.inf
    for _ in range(n):
        lr = np.exp(rng.uniform(np.log(low), np.log(high)))
        theta = train(lr)
        score = validation_score(theta)
        if score > best_score:
            best_score, best_lr, best_theta = score, lr, theta
    return best_lr, test_score(best_theta)


# %% right: np.nanargmax
def random_search(train, validation_score, test_score, low, high, n, seed):
    rates = 10 ** np.random.default_rng(seed).uniform(np.log10(low), np.log10(high), size=n)
    models = [train(lr) for lr in rates]
    best = np.nanargmax([validation_score(theta) for theta in models])
    return rates[best], test_score(models[best])


# %% right: sorted rows
def random_search(train, validation_score, test_score, low, high, n, seed):
    rng, rows = np.random.default_rng(seed), []
    for _ in range(n):
        lr = low * (high / low) ** rng.random()
        theta = train(lr)
        score = validation_score(theta)
        rows.append((-1e300 if np.isnan(score) else score, lr, theta))
    _, lr, theta = sorted(rows, key=lambda row: row[0])[-1]
    return lr, test_score(theta)


# %% right: NaN are left out
def random_search(train, validation_score, test_score, low, high, n, seed):
    import random

    own = random.Random(seed)
    rates = [2 ** own.uniform(np.log2(low), np.log2(high)) for _ in range(n)]
    models = {lr: train(lr) for lr in rates}
    scores = {lr: validation_score(theta) for lr, theta in models.items()}
    lr = max((lr for lr in rates if scores[lr] == scores[lr]), key=scores.get)
    return [lr, test_score(models[lr])]


# %% right: an older generator, arrays
def random_search(train, validation_score, test_score, low, high, n, seed):
    old = np.random.RandomState(seed)
    rates = low * (high / low) ** (old.randint(0, 1_000_001, n) / 1e6)
    models = np.array([train(lr) for lr in rates])
    scores = np.array([validation_score(theta) for theta in models])
    best = np.argmax(np.nan_to_num(scores, nan=-np.inf))
    return float(rates[best]), float(test_score(models[best]))


# %% same: if score >= best_score: "No two rates drawn have the same score."


# %% wrong: chosen_on_test "The choice was made by the test part: it may only judge what validation has chosen."
def random_search(train, validation_score, test_score, low, high, n, seed):
    rng = np.random.default_rng(seed)
    best_score = -np.inf
    for _ in range(n):
        lr = np.exp(rng.uniform(np.log(low), np.log(high)))
        theta = train(lr)
        score = test_score(theta)
        if score > best_score:
            best_score, best_lr = score, lr
    return best_lr, best_score


# %% wrong: the largest of the test scores -> chosen_on_test
def random_search(train, validation_score, test_score, low, high, n, seed):
    rates = 10 ** np.random.default_rng(seed).uniform(np.log10(low), np.log10(high), size=n)
    scores = [test_score(train(lr)) for lr in rates]
    best = np.argmax(scores)
    return rates[best], scores[best]


# %% wrong: tested_each "The test part judged every model: it may judge one, the chosen."
def random_search(train, validation_score, test_score, low, high, n, seed):
    rng = np.random.default_rng(seed)
    best_score = -np.inf
    for _ in range(n):
        lr = np.exp(rng.uniform(np.log(low), np.log(high)))
        theta = train(lr)
        score, tested = validation_score(theta), test_score(theta)
        if score > best_score:
            best_score, best_lr, best_tested = score, lr, tested
    return best_lr, best_tested


# %% wrong: a table with both scores -> tested_each
def random_search(train, validation_score, test_score, low, high, n, seed):
    rates = 10 ** np.random.default_rng(seed).uniform(np.log10(low), np.log10(high), size=n)
    models = [train(lr) for lr in rates]
    table = np.array([(validation_score(theta), test_score(theta)) for theta in models])
    best = np.nanargmax(table[:, 0])
    return rates[best], table[best, 1]


# %% wrong: validation_for_test keeps 0.5 "The score of the validation part came back: it flatters what it has chosen."
def random_search(train, validation_score, test_score, low, high, n, seed):
    rng = np.random.default_rng(seed)
    best_score = -np.inf
    for _ in range(n):
        lr = np.exp(rng.uniform(np.log(low), np.log(high)))
        score = validation_score(train(lr))
        if score > best_score:
            best_score, best_lr = score, lr
    return best_lr, best_score


# %% wrong: never tested -> validation_for_test keeps 0.5
def random_search(train, validation_score, test_score, low, high, n, seed):
    rates = 10 ** np.random.default_rng(seed).uniform(np.log10(low), np.log10(high), size=n)
    scores = [validation_score(train(lr)) for lr in rates]
    return rates[np.nanargmax(scores)], np.nanmax(scores)


# %% wrong: nan_chosen keeps 0.5 "A training that diverged was chosen: what is its score, and what does it compare as?"
def random_search(train, validation_score, test_score, low, high, n, seed):
    rates = 10 ** np.random.default_rng(seed).uniform(np.log10(low), np.log10(high), size=n)
    models = [train(lr) for lr in rates]
    best = np.argmax([validation_score(theta) for theta in models])
    return rates[best], test_score(models[best])


# %% wrong: sorted, with NaN at the end -> nan_chosen keeps 0.5
def random_search(train, validation_score, test_score, low, high, n, seed):
    rates = np.exp(np.random.default_rng(seed).uniform(np.log(low), np.log(high), size=n))
    models = [train(lr) for lr in rates]
    order = np.argsort([validation_score(theta) for theta in models])
    return rates[order[-1]], test_score(models[order[-1]])


# %% wrong: worst_chosen keeps 0.5 "The worst model was chosen: is a larger score better here, or worse?"
def random_search(train, validation_score, test_score, low, high, n, seed):
    rates = 10 ** np.random.default_rng(seed).uniform(np.log10(low), np.log10(high), size=n)
    models = [train(lr) for lr in rates]
    worst = np.nanargmin([validation_score(theta) for theta in models])
    return rates[worst], test_score(models[worst])


# %% wrong: the smallest so far -> worst_chosen keeps 0.5
def random_search(train, validation_score, test_score, low, high, n, seed):
    rng = np.random.default_rng(seed)
    best_score = np.inf
    for _ in range(n):
        lr = np.exp(rng.uniform(np.log(low), np.log(high)))
        theta = train(lr)
        score = validation_score(theta)
        if score < best_score:
            best_score, best_lr, best_theta = score, lr, theta
    return best_lr, test_score(best_theta)


# %% wrong: drawn_evenly keeps 0.5 "The rates were drawn evenly: nearly all are of the largest order of magnitude."
def random_search(train, validation_score, test_score, low, high, n, seed):
    rates = np.random.default_rng(seed).uniform(low, high, size=n)
    models = [train(lr) for lr in rates]
    best = np.nanargmax([validation_score(theta) for theta in models])
    return rates[best], test_score(models[best])


# %% wrong: shares of the range -> drawn_evenly keeps 0.5
def random_search(train, validation_score, test_score, low, high, n, seed):
    rng = np.random.default_rng(seed)
    best_score = -np.inf
    for _ in range(n):
        lr = low + (high - low) * rng.random()
        theta = train(lr)
        score = validation_score(theta)
        if not score <= best_score and score == score:
            best_score, best_lr, best_theta = score, lr, theta
    return best_lr, test_score(best_theta)


# %% wrong: near both ends -> none keeps 0.5
def random_search(train, validation_score, test_score, low, high, n, seed):
    rng = np.random.default_rng(seed)
    rates = np.where(np.arange(n) % 2, low, high * 0.999) * (1 + 1e-3 * rng.random(n))
    models = [train(lr) for lr in rates]
    best = np.nanargmax([validation_score(theta) for theta in models])
    return rates[best], test_score(models[best])


# %% wrong: in the middle alone -> none keeps 0.5
def random_search(train, validation_score, test_score, low, high, n, seed):
    rates = low * (high / low) ** np.random.default_rng(seed).uniform(0.35, 0.65, n)
    models = [train(lr) for lr in rates]
    best = np.nanargmax([validation_score(theta) for theta in models])
    return rates[best], test_score(models[best])


# %% wrong: squares of even shares -> none keeps 0.5
def random_search(train, validation_score, test_score, low, high, n, seed):
    rates = low * (high / low) ** np.random.default_rng(seed).random(n) ** 2
    models = [train(lr) for lr in rates]
    best = np.nanargmax([validation_score(theta) for theta in models])
    return rates[best], test_score(models[best])


# %% wrong: shifted_grid keeps 0.5 "The rates lie on a grid that the seed moves: chance does not space them so evenly."
def random_search(train, validation_score, test_score, low, high, n, seed):
    rates = low * (high / low) ** ((np.arange(n) + 0.5) / n + seed * 1e-9)
    models = [train(lr) for lr in rates]
    best = np.nanargmax([validation_score(theta) for theta in models])
    return rates[best], test_score(models[best])


# %% wrong: a grid that the seed turns -> shifted_grid keeps 0.5
def random_search(train, validation_score, test_score, low, high, n, seed):
    rates = low * (high / low) ** ((np.arange(n) / n + np.random.default_rng(seed).random()) % 1)
    models = [train(lr) for lr in rates]
    best = np.nanargmax([validation_score(theta) for theta in models])
    return rates[best], test_score(models[best])


# %% wrong: grid_for_random keeps 0.5 "The rates lie on a grid, which is the same for all seeds: draw them."
def random_search(train, validation_score, test_score, low, high, n, seed):
    rates = np.geomspace(low, high, n)
    models = [train(lr) for lr in rates]
    best = np.nanargmax([validation_score(theta) for theta in models])
    return rates[best], test_score(models[best])


# %% wrong: powers of ten -> grid_for_random keeps 0.5
def random_search(train, validation_score, test_score, low, high, n, seed):
    rates = 10.0 ** np.linspace(np.log10(low), np.log10(high), n)
    models = [train(lr) for lr in rates]
    best = np.nanargmax([validation_score(theta) for theta in models])
    return rates[best], test_score(models[best])


# %% wrong: seed_ignored keeps 0.5
def random_search(train, validation_score, test_score, low, high, n, seed):
    rates = 10 ** np.random.default_rng(0).uniform(np.log10(low), np.log10(high), size=n)
    models = [train(lr) for lr in rates]
    best = np.nanargmax([validation_score(theta) for theta in models])
    return rates[best], test_score(models[best])


# %% wrong: always seed 42 -> seed_ignored keeps 0.5
def random_search(train, validation_score, test_score, low, high, n, seed):
    rates = low * (high / low) ** np.random.RandomState(42).random_sample(n)
    models = [train(lr) for lr in rates]
    best = np.nanargmax([validation_score(theta) for theta in models])
    return rates[best], test_score(models[best])


# %% wrong: not_repeatable keeps 0.5
def random_search(train, validation_score, test_score, low, high, n, seed):
    rates = 10 ** np.random.default_rng().uniform(np.log10(low), np.log10(high), size=n)
    models = [train(lr) for lr in rates]
    best = np.nanargmax([validation_score(theta) for theta in models])
    return rates[best], test_score(models[best])


# %% wrong: the global generator, without a seed -> not_repeatable keeps 0.5
def random_search(train, validation_score, test_score, low, high, n, seed):
    rates = np.exp([np.log(low) + np.log(high / low) * np.random.rand() for _ in range(n)])
    models = [train(lr) for lr in rates]
    best = np.nanargmax([validation_score(theta) for theta in models])
    return rates[best], test_score(models[best])


# %% wrong: trained_again keeps 0.5 "One model more than asked for was trained: keep the one that was chosen."
def random_search(train, validation_score, test_score, low, high, n, seed):
    rates = 10 ** np.random.default_rng(seed).uniform(np.log10(low), np.log10(high), size=n)
    best = np.nanargmax([validation_score(train(lr)) for lr in rates])
    return rates[best], test_score(train(rates[best]))


# %% wrong: the chosen rate once more -> trained_again keeps 0.5
def random_search(train, validation_score, test_score, low, high, n, seed):
    rng, best_score = np.random.default_rng(seed), -np.inf
    for _ in range(n):
        lr = low * (high / low) ** rng.random()
        score = validation_score(train(lr))
        if score > best_score:
            best_score, best_lr = score, lr
    return best_lr, test_score(train(best_lr))


# %% wrong: one draw too few -> none keeps 0.5
def random_search(train, validation_score, test_score, low, high, n, seed):
    rates = 10 ** np.random.default_rng(seed).uniform(np.log10(low), np.log10(high), size=max(n - 1, 1))
    models = [train(lr) for lr in rates]
    best = np.nanargmax([validation_score(theta) for theta in models])
    return rates[best], test_score(models[best])


# %% wrong: one rate alone, which is tested -> none
def random_search(train, validation_score, test_score, low, high, n, seed):
    middle = train(np.sqrt(low * high))
    _, score = [of_part(middle) for of_part in (validation_score, test_score)]
    return np.sqrt(low * high), score


# %% wrong: the last one -> none
def random_search(train, validation_score, test_score, low, high, n, seed):
    for lr in 10 ** np.random.default_rng(seed).uniform(np.log10(low), np.log10(high), size=n):
        theta = train(lr)
    return lr, test_score(theta)


# %% wrong: stops at the first good one -> none
def random_search(train, validation_score, test_score, low, high, n, seed):
    rng = np.random.default_rng(seed)
    for _ in range(n):
        lr = np.exp(rng.uniform(np.log(low), np.log(high)))
        theta = train(lr)
        if validation_score(theta) > -0.5:
            break
    return lr, test_score(theta)


# %% wrong: exponents for rates -> none keeps 0.5
def random_search(train, validation_score, test_score, low, high, n, seed):
    rates = np.random.default_rng(seed).uniform(np.log10(low), np.log10(high), size=n)
    models = [train(10**lr) for lr in rates]
    best = np.nanargmax([validation_score(theta) for theta in models])
    return rates[best], test_score(models[best])


# %% wrong: the wrong base -> none
def random_search(train, validation_score, test_score, low, high, n, seed):
    rates = np.exp(np.random.default_rng(seed).uniform(np.log10(low), np.log10(high), size=n))
    models = [train(lr) for lr in rates]
    scores = np.nan_to_num([validation_score(theta) for theta in models], nan=-1e9)
    best = np.argmax(scores)
    return rates[best], test_score(models[best])


# %% wrong: the parameters for the rate -> wrong_shape
def random_search(train, validation_score, test_score, low, high, n, seed):
    rates = 10 ** np.random.default_rng(seed).uniform(np.log10(low), np.log10(high), size=n)
    models = [train(lr) for lr in rates]
    best = np.nanargmax([validation_score(theta) for theta in models])
    return models[best], test_score(models[best])


# %% wrong: all rates at once -> raised
def random_search(train, validation_score, test_score, low, high, n, seed):
    rates = 10 ** np.random.default_rng(seed).uniform(np.log10(low), np.log10(high), size=n)
    theta = train(rates)
    return rates[0], test_score(theta)


# %% wrong: no score is above 0 -> raised
def random_search(train, validation_score, test_score, low, high, n, seed):
    best_score = 0
    for lr in 10 ** np.random.default_rng(seed).uniform(np.log10(low), np.log10(high), size=n):
        theta = train(lr)
        if validation_score(theta) > best_score:
            best_lr, best_theta = lr, theta
    return best_lr, test_score(best_theta)


# %% wrong: the rate alone -> wrong_type
def random_search(train, validation_score, test_score, low, high, n, seed):
    rates = 10 ** np.random.default_rng(seed).uniform(np.log10(low), np.log10(high), size=n)
    return rates[np.nanargmax([validation_score(train(lr)) for lr in rates])]


# %% wrong: nothing comes back -> returned_none
def random_search(train, validation_score, test_score, low, high, n, seed):
    for lr in 10 ** np.random.default_rng(seed).uniform(np.log10(low), np.log10(high), size=n):
        validation_score(train(lr))
