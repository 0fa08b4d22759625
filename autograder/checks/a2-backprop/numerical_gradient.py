"""∂f/∂x by differences, entry by entry, with a step that is neither too large nor too small."""

from autograder.kit import Check, formula

from . import log_sum_exp, quadratic, sines


def near(rng):
    """f, whose values are some times as large as its derivatives, and x of several shapes."""
    yield "x of shape (3,)", _made(*sines(rng, 3, offset=5.5))
    yield "one entry", _made(*sines(rng, 1, offset=-7.5))
    yield "x of shape (2, 2)", _made(*sines(rng, (2, 2), offset=6.5))
    yield "x = 0", _made(*sines(rng, 2, offset=5.0, place=0.0))
    yield "a small f", _made(*sines(rng, 2, offset=5e-3, size=1e-3))
    yield "f in which all entries meet", _made(*log_sum_exp(rng))
    yield "a quadratic f", _made(*quadratic(rng))


def far(rng):
    """f that changes as slowly as its arguments are large."""
    yield "x in the ten thousands", _made(*sines(rng, 3, place=2e4, rate=1e-4))
    yield "x in the hundred thousands", _made(*sines(rng, 2, place=1e5, rate=1e-5))
    yield "one entry in the millions", _made(*sines(rng, 1, place=1e6, rate=1e-6))


def _made(f, derivative, x):
    f = formula(f)
    f.derivative = formula(derivative)
    return f, x


check = Check(
    inputs={"∂f/∂x": near, "∂f/∂x far from 0": far},
    returns={"∂f/∂x": 0.5, "∂f/∂x far from 0": 0.5},
    witness=lambda f, x: f.derivative(x),
    rtol=1e-8,
)


# %% right: central differences
def numerical_gradient(f, x):
    slope = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        h = 6e-6 * max(1, abs(x[index]))
        up[index] += h
        down[index] -= h
        slope[index] = (f(up) - f(down)) / (up[index] - down[index])
    return slope


# %% same: np.ones(x.shape) "Every entry is written over."
# %% same: h = -6e-06 "The two points are exchanged, and their difference and distance with them."
# %% same: max(0.5 "A step of half the size is as good: the best is flat around its minimum."
# %% same: max(2 "A step of twice the size is as good."


# %% right: rows of a unit matrix
def numerical_gradient(f, x):
    steps = 1e-5 * np.maximum(1, np.abs(x))
    units = np.eye(x.size).reshape(-1, *x.shape)
    found = [(f(x + unit * steps) - f(x - unit * steps)) / 2 for unit in units]
    return np.array(found).reshape(x.shape) / steps


# %% right: one step for all, by the largest entry
def numerical_gradient(f, x):
    h = np.finfo(float).eps ** (1 / 3) * max(1.0, np.max(np.abs(x)))
    flat, slope = x.ravel(), []
    for k in range(flat.size):
        values = []
        for step in (h, -h):
            moved = flat.copy()
            moved[k] += step
            values.append(f(moved.reshape(x.shape)))
        slope.append((values[0] - values[1]) / (2 * h))
    return np.reshape(slope, x.shape)


# %% right: a power of two, moved there and back in one array
def numerical_gradient(f, x):
    v, slope = np.array(x), np.empty_like(x)
    for index, at in np.ndenumerate(x):
        h = 2.0**-17 * (1 + abs(at))
        v[index] = at + h
        above = f(v)
        v[index] = at - h
        slope[index] = (above - f(v)) / (at + h - (at - h))
        v[index] = at
    return slope


# %% right: fourth order, with the larger step that belongs to it
def numerical_gradient(f, x):
    def along(unit):
        h = 3e-4 * max(1, np.abs(x[unit != 0][0]))
        one, two = f(x + h * unit) - f(x - h * unit), f(x + 2 * h * unit) - f(x - 2 * h * unit)
        return (8 * one - two) / (12 * h)

    return np.array([along(unit) for unit in np.eye(x.size).reshape(-1, *x.shape)]).reshape(x.shape)


# %% right: Richardson's extrapolation
def numerical_gradient(f, x):
    def difference(index, h):
        unit = np.zeros(x.shape)
        unit[index] = h
        return (f(x + unit) - f(x - unit)) / (2 * h)

    slope = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        h = 2e-4 * max(1, abs(x[index]))
        slope[index] = (4 * difference(index, h / 2) - difference(index, h)) / 3
    return slope


# %% wrong: divided_by_one_step "The two points lie two steps apart, and the difference was divided by one."
def numerical_gradient(f, x):
    slope = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        unit = np.zeros(x.shape)
        unit[index] = h = 6e-6 * max(1, abs(x[index]))
        slope[index] = (f(x + unit) - f(x - unit)) / h
    return slope


# %% wrong: both halves added -> divided_by_one_step
def numerical_gradient(f, x):
    steps = 1e-5 * np.maximum(1, np.abs(x))
    units = steps * np.eye(x.size).reshape(-1, *x.shape)
    found = np.array([f(x + unit) - f(x) + (f(x) - f(x - unit)) for unit in units])
    return found.reshape(x.shape) / steps


# %% wrong: halved_again "The result is half of the derivative: how far apart are the two points?"
def numerical_gradient(f, x):
    slope = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        unit = np.zeros(x.shape)
        unit[index] = h = 6e-6 * max(1, abs(x[index]))
        slope[index] = (f(x + unit) - f(x - unit)) / (4 * h)
    return slope


# %% wrong: a half too much -> halved_again
def numerical_gradient(f, x):
    steps = 1e-5 * np.maximum(1, np.abs(x))
    units = steps * np.eye(x.size).reshape(-1, *x.shape)
    return np.array([0.5 * (f(x + unit) - f(x - unit)) for unit in units]).reshape(x.shape) / (steps + steps)


# %% wrong: moved_together "All entries were moved at once: each derivative needs its own move."
def numerical_gradient(f, x):
    h = 6e-6 * max(1, np.max(np.abs(x)))
    return np.full(x.shape, (f(x + h) - f(x - h)) / (2 * h))


# %% wrong: the whole array in every round -> moved_together
def numerical_gradient(f, x):
    slope = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        h = 1e-5 * max(1, np.max(np.abs(x)))
        up, down = x + h, x - h
        slope[index] = (f(up) - f(down)) / (up[index] - down[index])
    return slope


# %% wrong: wrong_sign
def numerical_gradient(f, x):
    slope = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        unit = np.zeros(x.shape)
        unit[index] = h = 6e-6 * max(1, abs(x[index]))
        slope[index] = (f(x - unit) - f(x + unit)) / (2 * h)
    return slope


# %% wrong: below less above -> wrong_sign
def numerical_gradient(f, x):
    steps = 1e-5 * np.maximum(1, np.abs(x))
    units = steps * np.eye(x.size).reshape(-1, *x.shape)
    return np.array([f(x - unit) - f(x + unit) for unit in units]).reshape(x.shape) / steps / 2


# %% wrong: first_entry_only "Only the first entry has a derivative: loop over all of them."
def numerical_gradient(f, x):
    slope, unit = np.zeros(x.shape), np.zeros(x.shape)
    unit.flat[0] = h = 6e-6 * max(1, abs(x.flat[0]))
    slope.flat[0] = (f(x + unit) - f(x - unit)) / (2 * h)
    return slope


# %% wrong: the loop ends after one entry -> first_entry_only
def numerical_gradient(f, x):
    slope = np.zeros(x.shape)
    for k in range(1):
        up, down = x.copy(), x.copy()
        h = 1e-5 * max(1, abs(x.flat[k]))
        up.flat[k] += h
        down.flat[k] -= h
        slope.flat[k] = (f(up) - f(down)) / (up.flat[k] - down.flat[k])
    return slope


# %% wrong: one-sided, with the step of central differences -> inaccurate
def numerical_gradient(f, x):
    steps = 6e-6 * np.maximum(1, np.abs(x))
    units = steps * np.eye(x.size).reshape(-1, *x.shape)
    return np.array([f(x + unit) - f(x) for unit in units]).reshape(x.shape) / steps


# %% wrong: one-sided, with its own best step -> inaccurate
def numerical_gradient(f, x):
    steps = 1.5e-8 * np.maximum(1, np.abs(x))
    units = steps * np.eye(x.size).reshape(-1, *x.shape)
    return np.array([f(x + unit) - f(x) for unit in units]).reshape(x.shape) / steps


# %% wrong: a step of 1e-3 -> inaccurate
def numerical_gradient(f, x):
    steps = 1e-3 * np.maximum(1, np.abs(x))
    units = steps * np.eye(x.size).reshape(-1, *x.shape)
    return np.array([f(x + unit) - f(x - unit) for unit in units]).reshape(x.shape) / (2 * steps)


# %% wrong: a step of 1e-10 -> inaccurate
def numerical_gradient(f, x):
    steps = 1e-10 * np.maximum(1, np.abs(x))
    units = steps * np.eye(x.size).reshape(-1, *x.shape)
    return np.array([f(x + unit) - f(x - unit) for unit in units]).reshape(x.shape) / (2 * steps)


# %% wrong: a step of 0.1 -> none
def numerical_gradient(f, x):
    steps = 0.1 * np.maximum(1, np.abs(x))
    units = steps * np.eye(x.size).reshape(-1, *x.shape)
    return np.array([f(x + unit) - f(x - unit) for unit in units]).reshape(x.shape) / (2 * steps)


# %% wrong: the same step wherever x is -> inaccurate keeps 0.5
def numerical_gradient(f, x):
    h = 6e-6
    units = h * np.eye(x.size).reshape(-1, *x.shape)
    return np.array([f(x + unit) - f(x - unit) for unit in units]).reshape(x.shape) / (2 * h)


# %% wrong: a step of 0 where x is 0 -> not_finite keeps 0.5
def numerical_gradient(f, x):
    steps = 6e-6 * np.maximum(1, np.abs(x)) * (x != 0)
    units = steps * np.eye(x.size).reshape(-1, *x.shape)
    return np.array([f(x + unit) - f(x - unit) for unit in units]).reshape(x.shape) / (2 * steps)


# %% wrong: differences that are not divided -> none
def numerical_gradient(f, x):
    steps = 6e-6 * np.maximum(1, np.abs(x))
    units = steps * np.eye(x.size).reshape(-1, *x.shape)
    return np.array([f(x + unit) - f(x - unit) for unit in units]).reshape(x.shape)


# %% wrong: one derivative for all -> wrong_shape
def numerical_gradient(f, x):
    h = 6e-6 * max(1, np.max(np.abs(x)))
    return (f(x + h) - f(x - h)) / (2 * h)


# %% wrong: flat -> wrong_shape keeps 0.5
def numerical_gradient(f, x):
    steps = 6e-6 * np.maximum(1, np.abs(x))
    units = steps * np.eye(x.size).reshape(-1, *x.shape)
    return np.array([f(x + unit) - f(x - unit) for unit in units]) / (2 * steps.ravel())
