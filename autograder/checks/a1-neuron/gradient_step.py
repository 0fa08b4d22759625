"""One step of gradient descent."""

import numpy as np

from autograder.kit import Check
from nnlib.optimizers import SGD


def updates(rng):
    """w, b, their gradients and a learning rate; the new b is never near 0, where rounding would count."""
    for label, n, lr, scale in (("n = 3", 3, 0.3, 1), ("n = 1", 1, 0.05, 1), ("n = 5, large gradients", 5, 0.5, 1000)):
        w, dw = rng.normal(size=(2, n)).round(3)
        b, db = round(rng.uniform(1, 2), 3), round(rng.uniform(0.1, 1), 3) * int(rng.choice([-1, 1]))
        yield label, (w, b, scale * dw, scale * db, lr)


def by_the_optimizer(w, b, dw, db, lr):
    theta = np.append(w, b)
    SGD(lr).step(theta, np.append(dw, db))
    return theta[:-1], theta[-1]


check = Check(inputs=updates, returns={"new w": 0.5, "new b": 0.5}, witness=by_the_optimizer)


# %% right: in one line
def gradient_step(w, b, dw, db, lr):
    return w - lr * dw, b - lr * db


# %% right: copies updated in place
def gradient_step(w, b, dw, db, lr):
    w = np.array(w)
    w -= lr * dw
    b -= lr * db
    return w, b


# %% right: entry by entry
def gradient_step(w, b, dw, db, lr):
    return [w_j - lr * dw_j for w_j, dw_j in zip(w, dw)], b - lr * db


# %% right: both at once
def gradient_step(w, b, dw, db, lr):
    new = np.append(w, b) + np.negative(lr) * np.append(dw, db)
    return new[:-1], new[-1]


# %% right: a step of its own
def gradient_step(w, b, dw, db, lr):
    def step(value, gradient):
        return value + lr * np.negative(gradient)

    return step(w, dw), step(b, db)


# %% wrong: ascent
def gradient_step(w, b, dw, db, lr):
    return w + lr * dw, b + lr * db


# %% wrong: minus minus -> ascent
def gradient_step(w, b, dw, db, lr):
    return w - -lr * dw, b - -lr * db


# %% wrong: lr_forgotten
def gradient_step(w, b, dw, db, lr):
    return w - dw, b - db


# %% wrong: a rate of one -> lr_forgotten
def gradient_step(w, b, dw, db, lr):
    return np.subtract(w, dw), -(db - b)


# %% wrong: lr_divides
def gradient_step(w, b, dw, db, lr):
    return w - dw / lr, b - db / lr


# %% wrong: one over the rate -> lr_divides
def gradient_step(w, b, dw, db, lr):
    return w - 1 / lr * dw, b - 1 / lr * db


# %% wrong: not_updated
def gradient_step(w, b, dw, db, lr):
    new_w, new_b = w - lr * dw, b - lr * db
    return w, b


# %% wrong: steps of copies -> not_updated
def gradient_step(w, b, dw, db, lr):
    v, c = w.copy(), b
    v, c = v - lr * dw, c - lr * db
    return w + 0.0, b


# %% wrong: step_only
def gradient_step(w, b, dw, db, lr):
    return -lr * dw, -lr * db


# %% wrong: new minus old -> step_only
def gradient_step(w, b, dw, db, lr):
    return 0 - dw * lr, 0 - db * lr


# %% wrong: the bias stays -> not_updated keeps 0.5
def gradient_step(w, b, dw, db, lr):
    return w - lr * dw, b


# %% wrong: the weights stay -> not_updated keeps 0.5
def gradient_step(w, b, dw, db, lr):
    np.subtract(w, lr * dw)
    return w, b - lr * db


# %% wrong: only the bias goes uphill -> ascent keeps 0.5
def gradient_step(w, b, dw, db, lr):
    return w - lr * dw, b + lr * db


# %% wrong: signs of the gradient only -> none
def gradient_step(w, b, dw, db, lr):
    return w - lr * np.sign(dw), b - lr * np.sign(db)


# %% wrong: parameters scaled by the rate -> none
def gradient_step(w, b, dw, db, lr):
    return lr * (w - dw), lr * (b - db)


# %% wrong: a fixed rate -> none
def gradient_step(w, b, dw, db, lr=0.01):
    lr = 0.01
    return w - lr * dw, b - lr * db


# %% wrong: two steps -> none
def gradient_step(w, b, dw, db, lr):
    return w - 2 * lr * dw, b - 2 * lr * db


# %% wrong: exchanged on return -> wrong_shape
def gradient_step(w, b, dw, db, lr):
    return b - lr * db, w - lr * dw


# %% wrong: updates in place and returns nothing -> returned_none
def gradient_step(w, b, dw, db, lr):
    w -= lr * dw
    b -= lr * db


# %% wrong: an argument short -> raised
def gradient_step(w, b, dw, db):
    return w - 0.1 * dw, b - 0.1 * db


# %% wrong: a name is missing -> raised
def gradient_step(w, b, dw, db, lr):
    return w - learning_rate * dw, b - learning_rate * db
