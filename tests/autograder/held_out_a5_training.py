"""The held-out answers to a5-training that are its own: what is given is distorted, chance that is another one."""

import numpy as np

# What is given, distorted: f(generator, *arguments) -> arguments

OF_STEP = {
    "gradients' signs": lambda rng, theta, g, *more: (theta, 0.3 * np.sign(g) + 0.1, *more),
    "gradients doubled and shifted": lambda rng, theta, g, *more: (theta, 2 * g + 0.3, *more),
    "θ and g added": lambda rng, theta, g, *more: (theta + g, g + 0.2 * theta, *more),
}
OF_UPSTREAM = {
    "dout cubed": lambda rng, dout, *more: (dout**3 + 0.1, *more),
    "dout's signs": lambda rng, dout, *more: (0.3 * np.sign(dout) + 0.1 * dout, *more),
    "x squared": lambda rng, dout, x, *more: (dout * 1.1, x**2, *more),
}
GIVEN = {
    "momentum_path": {
        "a start shifted": lambda rng, theta, *more: (theta + 0.5, *more),
        "roots of curvatures": lambda rng, theta, h, *more: (1.1 * theta, np.sqrt(h), *more),
    },
    "rmsprop_step": OF_STEP,
    "adam_step": OF_STEP,
    "adamw_step": OF_STEP,
    "dropout_backward": OF_UPSTREAM,
    "batch_norm": {
        "x cubed": lambda rng, x, *more: (x**3 + x, *more),
        "a constant ten times as large": lambda rng, x, gamma, beta, epsilon: (x, gamma, beta, 10 * epsilon + 0.1),
    },
    "running_statistics": {"x cubed": lambda rng, mean, variance, x, rho: (mean + 0.1, variance + 0.1, x**3, rho)},
    "batch_norm_backward": OF_UPSTREAM,
    "layer_norm_backward": OF_UPSTREAM,
}

# Written for one blank: f(generator, *arguments) -> what it returns


def distributed(draw, spread):
    """First weights drawn by draw(generator of the seed, shape), of variance 1, with this spread of n_in and n_out."""
    return lambda rng, n_in, n_out, seed: draw(np.random.default_rng(seed), (n_in, n_out)) * spread(n_in, n_out)


def two_sizes(own, shape):
    return own.choice([-1, 1], shape) * own.choice([0.2, np.sqrt(1.96)], shape)


def of_weights(spread):
    normal = lambda own, shape: own.normal(size=shape)  # noqa: E731
    return {
        "one and a half times as wide": distributed(normal, lambda *n: 1.5 * spread(*n)),
        "Laplace's distribution": distributed(lambda own, shape: own.laplace(0, 0.5**0.5, shape), spread),
        "shifted by a deviation": distributed(lambda own, shape: own.normal(1, 1, shape), spread),
        "in order": distributed(lambda own, shape: np.sort(own.normal(1, 1, shape), axis=None).reshape(shape), spread),
        "two sizes": distributed(two_sizes, lambda *n: 1.2 * spread(*n)),
        "a cauchy variable": distributed(lambda own, shape: own.standard_cauchy(shape), spread),
    }


def dropped(mask):
    """(x times a mask that is drawn by mask(generator of the seed, x, p), the mask)."""

    def answer(rng, x, p, seed):
        found = mask(np.random.default_rng(seed), x, p)
        return x * found, found

    return answer


def random_rates(rng, train, validation_score, test_score, low, high, n, seed):
    rates = np.exp(rng.uniform(np.log(low), np.log(high), 2 * n))
    found = [validation_score(train(lr)) for lr in rates]
    return rates[len(found) // 2], test_score(train(rates[0]))


def second_best(rng, train, validation_score, test_score, low, high, n, seed):
    rates = low * (high / low) ** (0.25 * np.random.default_rng(seed).random(n))
    models = [train(lr) for lr in rates]
    order = np.argsort(np.nan_to_num([validation_score(theta) for theta in models], nan=-1e9))
    return rates[order[-2:][0]], test_score(models[order[-1]])


def near_the_middle(rng, train, validation_score, test_score, low, high, n, seed):
    lr = np.sqrt(low * high) * (1 + 1e-3 * rng.random())
    return lr, test_score(train(lr))


WRITTEN = {
    "he_normal": of_weights(lambda n_in, n_out: (2 / n_in) ** 0.5),
    "glorot_uniform": of_weights(lambda n_in, n_out: (2 / (n_in + n_out)) ** 0.5),
    "dropout": {
        "a share of the share": dropped(lambda own, x, p: (own.random(x.shape) >= p**2) / (1 - p)),
        "too large factors": dropped(lambda own, x, p: 1.1 * (own.random(x.shape) >= p) / (1 - p)),
        "factors that are drawn": dropped(lambda own, x, p: 2 * own.random(x.shape)),
        "large entries are dropped": dropped(lambda own, x, p: (np.abs(x) <= 3) / (1 - p)),
        "half of all, then factors": dropped(lambda own, x, p: (own.random(x.shape) >= (1 + p) / 2) * 2 / (1 - p)),
    },
    "random_search": {
        "twice as many, and the middle one": random_rates,
        "the second best of the lowest rates": second_best,
        "one rate near the middle": near_the_middle,
    },
}
