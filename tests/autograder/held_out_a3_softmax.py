"""The held-out answers to a3-softmax that are its own: what is given to a right answer, distorted."""

import numpy as np

# What is given, distorted: f(generator, *arguments) -> arguments

OF_LABELS = {
    "labels in pairs": lambda rng, g, K, *more: (g // 2, K, *more),
    "squares of labels": lambda rng, g, K, *more: (g * g % K, K, *more),
    "all labels the largest": lambda rng, g, K, *more: (np.full_like(g, (g.max() + 1) % K), K, *more),
}
OF_SCORES = {
    "half of Z": lambda rng, *given: (*given[:-1], given[-1] / 2),
    "Z clipped": lambda rng, *given: (*given[:-1], np.clip(given[-1], -0.6, 0.7)),
    "|Z|": lambda rng, *given: (*given[:-1], np.abs(given[-1]) * np.arange(1, given[-1].shape[1] + 1)),
    "Z rounded": lambda rng, *given: (*given[:-1], np.round(given[-1] / 3) + 0.1 * np.arange(given[-1].shape[1])),
    "Z rotated": lambda rng, *given: (*given[:-1], np.roll(given[-1], 1, axis=1) * 0.9),
    "one class raised": lambda rng, *given: (*given[:-1], given[-1] + 0.7 * np.eye(given[-1].shape[1])[0]),
}
OF_TARGETS = {
    "Y squared": lambda rng, Y, *more: (Y**2 / 1.1 + 0.01, *more),
    "Y rotated": lambda rng, Y, *more: (np.roll(Y, 1, axis=1) * 0.9 + 0.02, *more),
    "Y smoothed": lambda rng, Y, *more: (0.8 * Y + 0.2 / Y.shape[1] + 0.01 * np.eye(Y.shape[1])[0], *more),
    "the other targets": lambda rng, Y, *more: (1 - Y, *more),
}
OF_PREDICTIONS = {
    "predictions squared": lambda rng, Y_hat, *more: (Y_hat**2, *more),
    "predictions rotated": lambda rng, Y_hat, *more: (np.roll(Y_hat, 1, axis=1) * 0.9, *more),
    "predictions near even": lambda rng, Y_hat, *more: (0.5 * Y_hat + 0.3 / Y_hat.shape[1], *more),
}
GIVEN = {
    "one_hot": OF_LABELS,
    "smoothed_targets": OF_LABELS | {
        "the share rooted": lambda rng, g, K, s: (g, K, np.sqrt(s) if 0 < s < 1 else 0.5),
        "a share drawn": lambda rng, g, K, s: (g, K, rng.uniform(0.4, 0.6)),
    },
    "softmax": OF_SCORES,
    "log_softmax": OF_SCORES,
    "jacobians": OF_PREDICTIONS,
    "softmax_backward": OF_PREDICTIONS | {
        "dout cubed": lambda rng, Y_hat, dout: (Y_hat, dout**3),
        "dout's signs": lambda rng, Y_hat, dout: (Y_hat, 0.3 * np.sign(dout + 1e-9) * np.arange(dout.shape[1])),
        "dout rotated": lambda rng, Y_hat, dout: (Y_hat, np.roll(dout, 1, axis=1) * 0.9),
    },
    "cross_entropy": OF_TARGETS | OF_SCORES,
    "cross_entropy_gradient": OF_TARGETS | OF_SCORES,
    "temperature_gradient": OF_TARGETS | {
        "a temperature drawn": lambda rng, Y, Z, T: (Y, Z, T * rng.uniform(1.2, 1.4)),
        "the temperature's root": lambda rng, Y, Z, T: (Y, Z, np.sqrt(T) + 0.1),
        "scores moved": lambda rng, Y, Z, T: (Y, 0.8 * Z + 0.1 * np.arange(Z.shape[1]), T),
    },
    "train": {
        "half the rate": lambda rng, X, Y, batches, lr: (X, Y, batches, lr / 2.1),
        "a rate drawn": lambda rng, X, Y, batches, lr: (X, Y, batches, lr * rng.uniform(1.2, 1.9)),
        "minibatches backwards": lambda rng, X, Y, batches, lr: (X, 0.9 * Y + 0.02, batches[::-1], lr),
        "inputs absolute": lambda rng, X, Y, batches, lr: (np.abs(X) + 0.1, Y, batches, lr),
        "inputs standardised": lambda rng, X, Y, batches, lr: ((X - X.mean()) / (X.std() + 0.1), Y, batches, lr),
        "the next examples": lambda rng, X, Y, batches, lr: (1.1 * X, Y, [(b + 1) % len(X) for b in batches], lr),
        "targets smoothed": lambda rng, X, Y, batches, lr: (X, 0.9 * Y + 0.03, batches, lr),
    },
}  # fmt: skip


# Written for one blank: f(generator, *arguments) -> what it returns


def one_draw(rng, g, K):
    """Rows with a single 1 in a place that was drawn, but never the right one."""
    return np.eye(K)[(g + rng.integers(1, K, size=len(g))) % K]


def made_up(rng, X, Y, batches, lr):
    n, K = X.shape[1], Y.shape[1]
    return rng.normal(size=(n, K)), rng.normal(size=K), rng.uniform(size=len(batches))


def by_momentum(rng, X, Y, batches, lr):
    """Right but for a velocity, which nobody asked for."""
    A, V, costs = np.column_stack([X, np.ones(len(X))]), np.zeros((X.shape[1] + 1, Y.shape[1])), []
    velocity = 0.1 * rng.normal(size=V.shape)
    for batch in batches:
        Z = A[batch] @ V
        e = np.exp(Z - Z.max(axis=1, keepdims=True))
        Y_hat = e / e.sum(axis=1, keepdims=True)
        costs.append(0.1 - np.sum(Y[batch] * np.log(Y_hat)) / len(batch))
        velocity = 0.5 * velocity - lr * A[batch].T @ (Y_hat - Y[batch]) / len(batch)
        V = V + velocity
    return V[:-1], V[-1], costs


WRITTEN = {
    "one_hot": {"another class": one_draw},
    "softmax": {
        "shares of squares": lambda rng, Z: Z**2 / np.sum(Z**2, axis=1, keepdims=True),
        "drawn": lambda rng, Z: rng.dirichlet(np.ones(Z.shape[1]), size=len(Z)),
    },
    "cross_entropy": {
        "of the class that is likeliest": lambda rng, Y, Z: np.mean(Z.max(axis=1) - Z.min(axis=1)) + 0.1,
        "the mean of absolute errors": lambda rng, Y, Z: np.mean(np.abs(Y - np.tanh(Z / 2))) + 0.2,
    },
    "train": {"made up": made_up, "by momentum": by_momentum},
}
