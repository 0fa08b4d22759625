"""Whether a gradient is right: it catches planted mistakes, raises no false alarm, and chooses its step well."""

import numpy as np

from autograder.kit import check, formula

from . import log_sum_exp, quadratic, sines, written

OFF = 0.01  # what a planted mistake of one entry changes, where entries are between 0.2 and 2
RIGHT = "{g}"
CAUGHT, NO_ALARM, STEP, TOGETHER = "planted mistakes", "right gradients", "choice of h", "all together"


def asked(rng):
    """f, a right gradient or a wrong one, x; where in a kind the right one comes is drawn."""
    for kind in usual(rng):
        yield from _in_any_order(rng, (NO_ALARM,), (CAUGHT,), *kind)
    ordinary = "f in which all entries meet, right or with a factor of 2", lambda: log_sum_exp(rng), "2 * ({g})"
    both = (CAUGHT, NO_ALARM)  # so that neither is earned by the same answer to all
    yield from _in_any_order(rng, both, both, *ordinary)
    for kind in steps(rng):
        yield from _in_any_order(rng, (STEP,), (STEP,), *kind)


def usual(rng):
    """Kinds of f and gradient in words, how f is made, and the mistakes that are planted in its gradient g."""
    last, both, sign = np.eye(2)[1], np.array([1, -1, 0]), rng.choice([-1, 1])
    three, column = lambda: sines(rng, 3), lambda: sines(rng, (2, 1))
    exchanged, cancelling = "({g})[[1, 0, 2]]", f"({{g}}) + {written(3 * OFF * sign * both)}"
    too_small, a_row = f"({{g}}) - {written(2 * OFF * last[:, np.newaxis])}", "({g})[np.newaxis]"
    yield "x of shape (3,), right, with two entries exchanged, or with errors that cancel", three, exchanged, cancelling
    yield "x of shape (2, 1), right, of another shape, or with the last entry too small", column, a_row, too_small
    yield "one negative entry, right or too large", lambda: sines(rng, 1, size=-1.0), f"({{g}}) + {2 * OFF}"
    yield "a large gradient, right or with a wrong sign", lambda: sines(rng, 2, size=1e9), "({g}) * np.array([1, -1])"
    yield "a small gradient, right or with half of it missing", lambda: sines(rng, 2, size=1e-9), "({g}) / 2"
    yield "an entry that hardly counts, right or NaN", lambda: sines(rng, 2, hardly=1), "({g}) * np.array([1, np.nan])"
    yield "x = 0, right or nothing but zeros", lambda: sines(rng, 2, place=0.0), "0 * ({g})"
    yield "a quadratic f, right or with an entry left out", lambda: quadratic(rng), "({g}) * np.array([1, 0])"


def steps(rng):
    """The same for f of which a step too large or too small decides wrongly."""
    for label, off, how in (
        ("f changes quickly, right or wrong", "+ 5e-3", {"rate": 30.0}),
        ("f is large beside its derivatives, right or wrong", "- 5e-3", {"offset": 2e4}),
        ("x is far from 0, right or wrong", "+ 5e-7", {"place": 1e4, "rate": 1e-4, "size": 1e-4}),
    ):
        yield label, lambda how=how: sines(rng, 2, **how), f"({{g}}) {off}"


def _in_any_order(rng, if_right, if_wrong, label, make, *mistakes):
    """Of one kind of f a right gradient, and one with each mistake, and the properties that each of them counts for."""
    for change in rng.permutation([RIGHT, *mistakes]).tolist():
        yield label, _altered(*make(), change, if_right if change == RIGHT else if_wrong)


def _altered(f, g, x, change, counts_for):
    """f, its gradient changed in this way, x; the gradient knows whether it is right, and what it counts for."""
    source = g if change == RIGHT else "lambda x: " + change.format(g=g.removeprefix("lambda x: "))
    gradient = formula(source)
    gradient.is_right, gradient.counts_for = change == RIGHT, counts_for
    return formula(f), gradient, x


@check(
    weights={CAUGHT: 0.2, NO_ALARM: 0.15, STEP: 0.15, TOGETHER: 0.5},
    needs=("numerical_gradient",),
    witness=lambda f, gradient, x: gradient.is_right,
)
def examined(blank):
    for case in blank.cases(asked):
        got, want = blank.call("check_gradient", *case.args), blank.want(*case.args)
        for property in case.args[1].counts_for:
            blank.close(property, got, want, told=False)  # a yes or no alone could be wrong for many reasons
        blank.close(TOGETHER, got, want)


# %% right: the largest error beside the largest entry
def check_gradient(f, gradient, x):
    analytic, numeric = gradient(x), numerical_gradient(f, x)
    if np.shape(analytic) != np.shape(x):
        return False
    error = np.max(np.abs(analytic - numeric))
    return error <= 1e-5 * np.max(np.abs(numeric))


# %% same: np.abs(numeric - analytic) "Its sign does not matter."
# %% same: return error < 1e-05 "No error is just as large as the tolerance."


# %% right: allclose, with the scale as its tolerance
def check_gradient(f, gradient, x):
    analytic, numeric = np.asarray(gradient(x)), numerical_gradient(f, x)
    if analytic.shape != x.shape:
        return False
    return np.allclose(analytic, numeric, rtol=0, atol=1e-4 * np.abs(numeric).max())


# %% right: lengths of the difference and of the sum
def check_gradient(f, gradient, x):
    analytic, numeric = gradient(x), numerical_gradient(f, x)
    if analytic.shape != x.shape:
        return False
    off = np.linalg.norm(analytic - numeric)
    return bool(off < 1e-5 * (np.linalg.norm(analytic) + np.linalg.norm(numeric)))


# %% right: entry by entry, everything written out
def check_gradient(f, gradient, x):
    analytic = gradient(x)
    if np.shape(analytic) != x.shape or not np.all(np.isfinite(analytic)):
        return False
    errors, scale = [], 0.0
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        h = 6e-6 * max(1, abs(x[index]))
        up[index] += h
        down[index] -= h
        slope = (f(up) - f(down)) / (up[index] - down[index])
        errors.append(abs(slope - analytic[index]))
        scale = max(scale, abs(slope), abs(analytic[index]))
    return max(errors) <= 1e-5 * scale


# %% right: several directions drawn at random
def check_gradient(f, gradient, x):
    analytic = gradient(x)
    if np.shape(analytic) != x.shape:
        return False
    rng, size = np.random.default_rng(1), 1e-5 * max(1, np.max(np.abs(x)))
    for _ in range(6):
        v = rng.normal(size=x.shape)
        slope = (f(x + size * v) - f(x - size * v)) / (2 * size)
        if not abs(slope - np.sum(analytic * v)) <= 3e-5 * np.max(np.abs(analytic)) * np.abs(v).sum():
            return False
    return bool(np.any(analytic))


# %% right: ones and zeros for yes and no
def check_gradient(f, gradient, x):
    analytic, numeric = gradient(x), numerical_gradient(f, x)
    near = analytic.shape == x.shape and np.max(np.abs(analytic - numeric)) / np.max(np.abs(numeric)) < 1e-4
    return 1 if near else 0


# %% wrong: accepts_everything "Every gradient was accepted: what is compared with what?"
def check_gradient(f, gradient, x):
    return True


# %% wrong: the comparison comes to nothing -> accepts_everything
def check_gradient(f, gradient, x):
    numeric = numerical_gradient(f, x)
    return bool(np.max(np.abs(numeric - numeric)) <= 1e-5 * np.max(np.abs(numeric)))


# %% wrong: rejects_everything "Right gradients were rejected, all of them: look at tolerance and step."
def check_gradient(f, gradient, x):
    analytic, numeric = gradient(x), numerical_gradient(f, x)
    if np.shape(analytic) != np.shape(x):
        return False
    return bool(np.max(np.abs(analytic - numeric)) <= 1e-16 * np.max(np.abs(numeric)))


# %% wrong: equal to the last digit -> rejects_everything
def check_gradient(f, gradient, x):
    return np.array_equal(gradient(x), numerical_gradient(f, x) * (1 + 1e-13))


# %% wrong: signs_of_errors keeps 0.15 "An entry may be too large or too small: errors count in one direction only."
def check_gradient(f, gradient, x):
    analytic, numeric = gradient(x), numerical_gradient(f, x)
    if np.shape(analytic) != np.shape(x):
        return False
    return bool(np.max(analytic - numeric) <= 1e-5 * np.max(np.abs(numeric)))


# %% wrong: all of them below the limit -> signs_of_errors keeps 0.15
def check_gradient(f, gradient, x):
    analytic, numeric = gradient(x), numerical_gradient(f, x)
    scale = np.abs(numeric).max()
    return analytic.shape == x.shape and all(a - n < 1e-5 * scale for a, n in zip(analytic.flat, numeric.flat))


# %% wrong: absolute_tolerance "The tolerance must grow and shrink with the gradient."
def check_gradient(f, gradient, x):
    analytic, numeric = gradient(x), numerical_gradient(f, x)
    if np.shape(analytic) != np.shape(x):
        return False
    return bool(np.max(np.abs(analytic - numeric)) <= 1e-5)


# %% wrong: allclose with one atol -> absolute_tolerance
def check_gradient(f, gradient, x):
    analytic = gradient(x)
    return analytic.shape == x.shape and np.allclose(analytic, numerical_gradient(f, x), rtol=0, atol=1e-5)


# %% wrong: first_entry_alone keeps 0.3 "Only the first entry is compared."
def check_gradient(f, gradient, x):
    analytic, numeric = gradient(x), numerical_gradient(f, x)
    if np.shape(analytic) != np.shape(x):
        return False
    return bool(abs(analytic.flat[0] - numeric.flat[0]) <= 1e-5 * np.max(np.abs(numeric)))


# %% wrong: one entry moved -> first_entry_alone keeps 0.3
def check_gradient(f, gradient, x):
    analytic, unit = gradient(x), np.zeros(x.shape)
    if analytic.shape != x.shape:
        return False
    unit.flat[0] = h = 6e-6 * max(1, abs(x.flat[0]))
    slope = (f(x + unit) - f(x - unit)) / (2 * h)
    return bool(abs(slope - analytic.flat[0]) <= 1e-5 * np.nanmax(np.abs(analytic)))


# %% wrong: sums_compared keeps 0.3 "Sums were compared: errors of several entries can cancel."
def check_gradient(f, gradient, x):
    analytic, numeric = gradient(x), numerical_gradient(f, x)
    if np.shape(analytic) != np.shape(x):
        return False
    return bool(abs(np.sum(analytic) - np.sum(numeric)) <= 1e-5 * np.max(np.abs(numeric)))


# %% wrong: all entries moved at once -> sums_compared keeps 0.3
def check_gradient(f, gradient, x):
    analytic, h = gradient(x), 6e-6 * max(1, np.max(np.abs(x)))
    slope = (f(x + h) - f(x - h)) / (2 * h)
    return analytic.shape == x.shape and bool(abs(slope - np.sum(analytic)) <= 1e-5 * np.max(np.abs(analytic)))


# %% wrong: lengths_compared keeps 0.3 "Lengths were compared: directions can still differ."
def check_gradient(f, gradient, x):
    analytic, numeric = gradient(x), numerical_gradient(f, x)
    if np.shape(analytic) != np.shape(x):
        return False
    return bool(abs(np.linalg.norm(analytic) - np.linalg.norm(numeric)) <= 1e-5 * np.linalg.norm(numeric))


# %% wrong: sums of squares -> lengths_compared keeps 0.3
def check_gradient(f, gradient, x):
    analytic, numeric = gradient(x), numerical_gradient(f, x)
    if analytic.shape != x.shape:
        return False
    return bool(abs(np.sum(analytic**2) / np.sum(numeric**2) - 1) <= 1e-5)


# %% wrong: nan_accepted keeps 0.3 "NaN was accepted: how does it compare with any number?"
def check_gradient(f, gradient, x):
    analytic, numeric = gradient(x), numerical_gradient(f, x)
    if np.shape(analytic) != np.shape(x):
        return False
    error = np.abs(analytic - numeric)
    return not np.any(error > 1e-5 * np.max(np.abs(numeric)))


# %% wrong: no error above the limit -> nan_accepted keeps 0.3
def check_gradient(f, gradient, x):
    analytic, numeric = gradient(x), numerical_gradient(f, x)
    if np.shape(analytic) != np.shape(x):
        return False
    for a, n in zip(analytic.flat, numeric.flat):
        if abs(a - n) > 1e-4 * np.abs(numeric).max():
            return False
    return True


# %% wrong: shape_not_compared keeps 0.3 "A gradient of another shape was accepted: broadcasting hides it."
def check_gradient(f, gradient, x):
    analytic, numeric = gradient(x), numerical_gradient(f, x)
    return bool(np.max(np.abs(analytic - numeric)) <= 1e-5 * np.max(np.abs(numeric)))


# %% wrong: flat entries -> shape_not_compared keeps 0.3
def check_gradient(f, gradient, x):
    analytic, numeric = np.ravel(gradient(x)), np.ravel(numerical_gradient(f, x))
    return np.allclose(analytic, numeric, rtol=0, atol=1e-4 * np.abs(numeric).max())


# %% wrong: beside_each_entry keeps 0.35 "Each error was held against its own entry, which may be next to 0."
def check_gradient(f, gradient, x):
    analytic, numeric = gradient(x), numerical_gradient(f, x)
    if np.shape(analytic) != np.shape(x):
        return False
    return bool(np.all(np.abs(analytic - numeric) <= 1e-5 * np.abs(numeric)))


# %% wrong: relative errors -> beside_each_entry keeps 0.35
def check_gradient(f, gradient, x):
    analytic, numeric = gradient(x), numerical_gradient(f, x)
    if np.shape(analytic) != np.shape(x):
        return False
    return bool(np.max(np.abs(analytic - numeric) / (np.abs(analytic) + np.abs(numeric))) < 1e-5)


# %% wrong: step_too_large keeps 0.35 "The step is too large where f changes quickly."
def check_gradient(f, gradient, x):
    analytic = gradient(x)
    if analytic.shape != x.shape:
        return False
    units = 1e-3 * np.eye(x.size).reshape(-1, *x.shape)
    numeric = np.array([(f(x + u) - f(x - u)) / (2 * 1e-3) for u in units]).reshape(x.shape)
    return bool(np.max(np.abs(analytic - numeric)) <= 1e-5 * np.max(np.abs(numeric)))


# %% wrong: with another step and another form -> step_too_large keeps 0.35
def check_gradient(f, gradient, x):
    analytic, worst = gradient(x), 0.0
    if analytic.shape != x.shape or not np.all(np.isfinite(analytic)):
        return False
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += 2e-3
        down[index] -= 2e-3
        worst = max(worst, abs((f(up) - f(down)) / 4e-3 - analytic[index]))
    return worst < 3e-5 * np.max(np.abs(analytic))


# %% wrong: step_too_small keeps 0.35 "The step is too small: rounding wins where f or x is large."
def check_gradient(f, gradient, x):
    analytic = gradient(x)
    if analytic.shape != x.shape:
        return False
    units = 1e-9 * np.eye(x.size).reshape(-1, *x.shape)
    numeric = np.array([(f(x + u) - f(x - u)) / (2 * 1e-9) for u in units]).reshape(x.shape)
    return bool(np.max(np.abs(analytic - numeric)) <= 1e-5 * np.max(np.abs(numeric)))


# %% wrong: with another step, entry by entry -> step_too_small keeps 0.35
def check_gradient(f, gradient, x):
    analytic, worst = gradient(x), 0.0
    if analytic.shape != x.shape or not np.all(np.isfinite(analytic)):
        return False
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += 2e-9
        down[index] -= 2e-9
        worst = max(worst, abs((f(up) - f(down)) / 4e-9 - analytic[index]))
    return worst < 1e-5 * np.max(np.abs(analytic))


# %% wrong: tolerance_too_wide keeps 0.15 "The tolerance is too wide: a right gradient agrees far better."
def check_gradient(f, gradient, x):
    analytic, numeric = gradient(x), numerical_gradient(f, x)
    if np.shape(analytic) != np.shape(x):
        return False
    return bool(np.max(np.abs(analytic - numeric)) <= 0.15 * np.max(np.abs(numeric)))


# %% wrong: allclose with a wide limit -> tolerance_too_wide keeps 0.15
def check_gradient(f, gradient, x):
    analytic, numeric = gradient(x), numerical_gradient(f, x)
    return analytic.shape == x.shape and np.allclose(analytic, numeric, rtol=0, atol=0.1 * np.abs(numeric).max())


# %% wrong: one-sided differences -> step_too_large keeps 0.35
def check_gradient(f, gradient, x):
    analytic = gradient(x)
    if analytic.shape != x.shape:
        return False
    units = 6e-6 * np.eye(x.size).reshape(-1, *x.shape)
    numeric = np.array([(f(x + u) - f(x)) / 6e-6 for u in units]).reshape(x.shape)
    return bool(np.max(np.abs(analytic - numeric)) <= 2e-5 * np.max(np.abs(numeric)))


# %% wrong: the gradient is held against itself -> none
def check_gradient(f, gradient, x):
    analytic = gradient(x)
    return bool(np.all(np.isfinite(analytic)))


# %% wrong: the error itself -> wrong_shape
def check_gradient(f, gradient, x):
    return gradient(x) - numerical_gradient(f, x)


# %% wrong: the largest error -> none
def check_gradient(f, gradient, x):
    return float(np.max(np.abs(np.ravel(gradient(x)) - np.ravel(numerical_gradient(f, x)))))


# %% wrong: yes or no for each entry -> wrong_shape
def check_gradient(f, gradient, x):
    return np.isclose(gradient(x), numerical_gradient(f, x))


# %% wrong: an assertion in place of an answer -> raised
def check_gradient(f, gradient, x):
    analytic, numeric = gradient(x), numerical_gradient(f, x)
    assert np.max(np.abs(analytic - numeric)) <= 1e-5 * np.max(np.abs(numeric))
    return True


# %% wrong: in words -> wrong_type
def check_gradient(f, gradient, x):
    analytic, numeric = gradient(x), numerical_gradient(f, x)
    return "right" if np.allclose(analytic, numeric) else "wrong"


# %% wrong: the wrong way round -> none
def check_gradient(f, gradient, x):
    analytic, numeric = gradient(x), numerical_gradient(f, x)
    if np.shape(analytic) != np.shape(x):
        return True
    return not np.max(np.abs(analytic - numeric)) <= 1e-5 * np.max(np.abs(numeric))


# %% wrong: fixed_tolerance keeps 0.3 "A fixed tolerance hides in your comparison: it must shrink with the gradient."
def check_gradient(f, gradient, x):
    analytic, numeric = gradient(x), numerical_gradient(f, x)
    return np.shape(analytic) == np.shape(x) and np.allclose(analytic, numeric)


# %% wrong: both limits written out -> fixed_tolerance keeps 0.3
def check_gradient(f, gradient, x):
    analytic, numeric = gradient(x), numerical_gradient(f, x)
    if analytic.shape != x.shape:
        return False
    return bool(np.all(np.abs(analytic - numeric) < 1e-8 + 1e-5 * np.abs(analytic)))


# %% wrong: allclose_alone keeps 0.3 "A fixed tolerance hides in your comparison, and broadcasting does, too."
def check_gradient(f, gradient, x):
    return np.allclose(gradient(x), numerical_gradient(f, x))


# %% wrong: all entries close -> allclose_alone keeps 0.3
def check_gradient(f, gradient, x):
    return bool(np.isclose(numerical_gradient(f, x), gradient(x)).all())


# %% wrong: narrow_tolerance keeps 0.35 "Right gradients are rejected: the limit is narrower than differences reach."
def check_gradient(f, gradient, x):
    analytic, numeric = gradient(x), numerical_gradient(f, x)
    if np.shape(analytic) != np.shape(x):
        return False
    return bool(np.max(np.abs(analytic - numeric)) <= 1e-9 * np.max(np.abs(numeric)))


# %% wrong: allclose to nine digits -> narrow_tolerance keeps 0.35
def check_gradient(f, gradient, x):
    analytic, numeric = np.asarray(gradient(x)), numerical_gradient(f, x)
    return analytic.shape == x.shape and np.allclose(analytic, numeric, rtol=0, atol=1e-9 * np.abs(numeric).max())
