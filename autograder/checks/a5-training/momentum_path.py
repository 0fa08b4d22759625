"""The way of gradient descent with momentum through a valley, point by point."""

import numpy as np

from autograder.kit import Check

from . import signed


def valleys(rng):
    """A start, curvatures, learning rate, ρ and a number of steps; nothing diverges, nothing has come to rest."""
    kinds = ("30 steps in a narrow valley", 2, 0.1, 0.9, 30), ("12 steps, n = 4", 4, 0.3, 0.5, 12)
    kinds += ("one parameter (n = 1)", 1, 0.4, 0.8, 9), ("one step", 3, 0.2, 0.7, 1), ("ρ = 0", 2, 0.5, 0.0, 6)
    kinds += (("11 steps, nearly to the minimum", 3, 0.7, 0.2, 11),)
    for label, n, lr, rho, steps in kinds:
        h = np.r_[0.1, 2.0][:n] if n == 2 else rng.uniform(0.2, 1.5, n) if steps != 11 else np.ones(n)
        yield label, (3 * signed(rng, n).round(2), (h * rng.uniform(0.8, 1, n)).round(3), lr, rho, steps)


def by_matrix(theta, h, lr, rho, steps):
    """(θ, v) of each parameter is multiplied by a matrix a step."""
    M = np.array([[[1 - lr * h_j, rho], [-lr * h_j, rho]] for h_j in h])
    start = np.stack([theta, 0 * theta], axis=1)[:, :, None]
    states = np.array([np.linalg.matrix_power(M, k) @ start for k in range(steps + 1)])[..., 0]
    return states[:, :, 0], states[-1, :, 1]


check = Check(inputs=valleys, returns={"points": 0.5, "last v": 0.5}, witness=by_matrix)


# %% right: a list of points
def momentum_path(theta, h, lr, rho, steps):
    v, points = np.zeros(len(theta)), [theta]
    for _ in range(steps):
        v = rho * v - lr * h * theta
        theta = theta + v
        points.append(theta)
    return np.array(points), v


# %% right: rows of an array, in place
def momentum_path(theta, h, lr, rho, steps):
    points, v = np.empty((steps + 1, len(theta))), np.zeros_like(theta)
    points[0] = theta
    for k in range(steps):
        v *= rho
        v -= lr * (h * points[k])
        points[k + 1] = points[k] + v
    return points, v


# %% right: parameter by parameter
def momentum_path(theta, h, lr, rho, steps):
    columns, last = [], []
    for start, curvature in zip(theta, h):
        x, v, column = start, 0.0, [start]
        for _ in range(steps):
            v = rho * v - lr * curvature * x
            x += v
            column.append(x)
        columns.append(column)
        last.append(v)
    return np.array(columns).T, last


# %% right: the last two points are memory enough
def momentum_path(theta, h, lr, rho, steps):
    points = [theta, theta]
    for _ in range(steps):
        points.append(points[-1] + rho * (points[-1] - points[-2]) - lr * h * points[-1])
    return np.array(points[1:]), points[-1] - points[-2]


# %% right: the gradient as a function, a pair as state
def momentum_path(theta, h, lr, rho, steps):
    def gradient(point):
        return np.diag(h) @ point

    state, points = (theta, 0 * theta), [theta]
    while len(points) <= steps:
        v = rho * state[1] - lr * gradient(state[0])
        state = (state[0] + v, v)
        points.append(state[0])
    return points, state[1]


# %% same: return (points, v) "A list of points is compared as the array that it is."


# %% wrong: momentum_left_out "This is plain gradient descent: nothing of the past is kept."
def momentum_path(theta, h, lr, rho, steps):
    v, points = np.zeros(len(theta)), [theta]
    for _ in range(steps):
        v = -lr * h * theta
        theta = theta + v
        points.append(theta)
    return np.array(points), v


# %% wrong: powers of a factor -> momentum_left_out
def momentum_path(theta, h, lr, rho, steps):
    points = np.array([theta * (1 - lr * h) ** k for k in range(steps + 1)])
    return points, points[-1] - points[-2]


# %% wrong: theta_first keeps 0.5 "The parameters move before the memory is updated: the path comes one step late."
def momentum_path(theta, h, lr, rho, steps):
    v, points = np.zeros(len(theta)), [theta]
    for _ in range(steps):
        theta = theta + v
        v = rho * v - lr * h * theta
        points.append(theta)
    return np.array(points), v


# %% wrong: the start twice -> theta_first keeps 0.5
def momentum_path(theta, h, lr, rho, steps):
    points = [theta, theta]
    for _ in range(steps):
        points.append(points[-1] + rho * (points[-1] - points[-2]) - lr * h * points[-1])
    return np.array(points[:-1]), points[-1] - points[-2]


# %% wrong: old_gradient "The memory gets the gradient from where the parameters were before they moved."
def momentum_path(theta, h, lr, rho, steps):
    v, points = np.zeros(len(theta)), [theta]
    for _ in range(steps):
        g = h * theta
        theta = theta + v
        v = rho * v - lr * g
        points.append(theta)
    return np.array(points), v


# %% wrong: moved and updated at once -> old_gradient
def momentum_path(theta, h, lr, rho, steps):
    v, points = 0 * theta, [theta]
    for _ in range(steps):
        theta, v = theta + v, rho * v - lr * (h * theta)
        points.append(theta)
    return np.array(points), v


# %% wrong: stale_gradient
def momentum_path(theta, h, lr, rho, steps):
    v, points, g = np.zeros(len(theta)), [theta], h * theta
    for _ in range(steps):
        v = rho * v - lr * g
        theta = theta + v
        points.append(theta)
    return np.array(points), v


# %% wrong: sums of one gradient -> stale_gradient
def momentum_path(theta, h, lr, rho, steps):
    share = [sum(rho**j for j in range(k)) for k in range(steps + 1)]
    points = [theta - lr * h * theta * sum(share[: k + 1]) for k in range(steps + 1)]
    return np.array(points), -lr * h * theta * share[-1]


# %% wrong: ascent
def momentum_path(theta, h, lr, rho, steps):
    v, points = np.zeros(len(theta)), [theta]
    for _ in range(steps):
        v = rho * v + lr * h * theta
        theta = theta + v
        points.append(theta)
    return np.array(points), v


# %% wrong: minus the negative gradient -> ascent
def momentum_path(theta, h, lr, rho, steps):
    points = [theta, theta]
    for _ in range(steps):
        points.append((1 + rho + lr * h) * points[-1] - rho * points[-2])
    return np.array(points[1:]), points[-1] - points[-2]


# %% wrong: gradient_damped "The new gradient was multiplied by what ρ does not keep: that is a mean, not momentum."
def momentum_path(theta, h, lr, rho, steps):
    v, points = np.zeros(len(theta)), [theta]
    for _ in range(steps):
        v = rho * v - (1 - rho) * lr * h * theta
        theta = theta + v
        points.append(theta)
    return np.array(points), v


# %% wrong: a smaller rate -> gradient_damped
def momentum_path(theta, h, lr, rho, steps):
    points, rate = [theta, theta], lr - lr * rho
    for _ in range(steps):
        points.append(points[-1] + rho * (points[-1] - points[-2]) - rate * h * points[-1])
    return np.array(points[1:]), points[-1] - points[-2]


# %% wrong: nesterov "This is Nesterov's step: momentum's own adds the memory as it is."
def momentum_path(theta, h, lr, rho, steps):
    v, points = np.zeros(len(theta)), [theta]
    for _ in range(steps):
        v = rho * v - lr * h * theta
        theta = theta + rho * v - lr * h * theta
        points.append(theta)
    return np.array(points), v


# %% wrong: a step and what follows of it -> nesterov
def momentum_path(theta, h, lr, rho, steps):
    v, points = 0 * theta, [theta]
    for _ in range(steps):
        g = h * points[-1]
        v = rho * v - lr * g
        points.append(points[-1] - lr * g + rho * v)
    return np.array(points), v


# %% wrong: one_row_for_all keeps 0.5 "All rows are the last point: one array was changed again and again."
def momentum_path(theta, h, lr, rho, steps):
    theta, v, points = theta.copy(), np.zeros(len(theta)), []
    for _ in range(steps + 1):
        points.append(theta)
        if len(points) <= steps:
            v = rho * v - lr * h * theta
            theta += v
    return np.array(points), v


# %% wrong: the last point, repeated -> one_row_for_all keeps 0.5
def momentum_path(theta, h, lr, rho, steps):
    v = 0 * theta
    for _ in range(steps):
        v = rho * v - lr * h * theta
        theta = theta + v
    return np.tile(theta, (steps + 1, 1)), v


# %% wrong: memory_without_rate keeps 0.5 "The path is right, but its memory lacks the learning rate and its sign."
def momentum_path(theta, h, lr, rho, steps):
    v, points = np.zeros(len(theta)), [theta]
    for _ in range(steps):
        v = rho * v + h * theta
        theta = theta - lr * v
        points.append(theta)
    return np.array(points), v


# %% wrong: the last step over minus the rate -> memory_without_rate keeps 0.5
def momentum_path(theta, h, lr, rho, steps):
    points = [theta, theta]
    for _ in range(steps):
        points.append(points[-1] + rho * (points[-1] - points[-2]) - lr * h * points[-1])
    return np.array(points[1:]), (points[-2] - points[-1]) / lr


# %% wrong: ρ and the rate exchanged -> none
def momentum_path(theta, h, lr, rho, steps):
    lr, rho = rho, lr
    v, points = np.zeros(len(theta)), [theta]
    for _ in range(steps):
        v = rho * v - lr * h * theta
        theta = theta + v
        points.append(theta)
    return np.array(points), v


# %% wrong: the curvature does not enter -> none
def momentum_path(theta, h, lr, rho, steps):
    v, points = np.zeros(len(theta)), [theta]
    for _ in range(steps):
        v = rho * v - lr * theta
        theta = theta + v
        points.append(theta)
    return np.array(points), v


# %% wrong: without the start -> wrong_shape keeps 0.5
def momentum_path(theta, h, lr, rho, steps):
    v, points = np.zeros(len(theta)), []
    for _ in range(steps):
        v = rho * v - lr * h * theta
        theta = theta + v
        points.append(theta)
    return np.array(points), v


# %% wrong: the last point alone -> wrong_shape keeps 0.5
def momentum_path(theta, h, lr, rho, steps):
    v = np.zeros(len(theta))
    for _ in range(steps):
        v = rho * v - lr * h * theta
        theta = theta + v
    return theta, v


# %% wrong: points as columns -> wrong_shape keeps 0.5
def momentum_path(theta, h, lr, rho, steps):
    v, points = np.zeros(len(theta)), [theta]
    for _ in range(steps):
        v = rho * v - lr * h * theta
        theta = theta + v
        points.append(theta)
    return np.array(points).T, v


# %% wrong: no memory returned -> wrong_type
def momentum_path(theta, h, lr, rho, steps):
    v, points = np.zeros(len(theta)), [theta]
    for _ in range(steps):
        v = rho * v - lr * h * theta
        theta = theta + v
        points.append(theta)
    return np.array(points)


# %% wrong: stops where it is low -> wrong_shape
def momentum_path(theta, h, lr, rho, steps):
    v, points = np.zeros(len(theta)), [theta]
    for _ in range(steps):
        if np.sum(h * theta**2) < 1:
            break
        v = rho * v - lr * h * theta
        theta = theta + v
        points.append(theta)
    return np.array(points), v
