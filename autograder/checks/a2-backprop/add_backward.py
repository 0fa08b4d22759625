"""∂J/∂a and ∂J/∂b of a sum gate whose inputs were broadcast."""

import numpy as np

from autograder.kit import Check

from . import broadcasting

check = Check(
    inputs=broadcasting,
    returns={"∂J/∂a": 0.5, "∂J/∂b": 0.5},
    derivative_of=lambda da, db, dout, a, b: np.sum(dout * ((a + da) + (b + db))),
)


# %% right: sums over the copied axes
def add_backward(dout, a, b):
    def summed(shape):
        new = np.ndim(dout) - len(shape)
        copied = tuple(range(new)) + tuple(new + axis for axis, size in enumerate(shape) if size == 1)
        return np.sum(dout, axis=copied).reshape(shape)

    return summed(np.shape(a)), summed(np.shape(b))


# %% right: the missing axes first, then one axis at a time
def add_backward(dout, a, b):
    def back(message, x):
        while np.ndim(message) > np.ndim(x):
            message = message.sum(axis=0)
        for axis in range(np.ndim(x)):
            if np.shape(x)[axis] == 1:
                message = message.sum(axis=axis, keepdims=True)
        return message

    return back(np.asarray(dout), a), back(np.asarray(dout), b)


# %% right: every entry of dout goes where its input was read
def add_backward(dout, a, b):
    def back(x):
        places = np.arange(np.size(x)).reshape(np.shape(x))
        users = np.broadcast_to(places, np.shape(dout)).ravel()
        return np.bincount(users, np.ravel(dout), np.size(x)).reshape(np.shape(x))

    return back(a), back(b)


# %% right: loops
def add_backward(dout, a, b):
    dout = np.asarray(dout)

    def back(x):
        total = np.zeros(np.shape(x))
        for index in np.ndindex(dout.shape):
            own = index[dout.ndim - total.ndim :]
            total[tuple(0 if size == 1 else i for i, size in zip(own, total.shape))] += dout[index]
        return total

    return back(a), back(b)


# %% right: by the definition of the transposed linear map
def add_backward(dout, a, b):
    def back(x):
        units = np.eye(np.size(x)).reshape(-1, *np.shape(x))
        found = [np.sum(np.broadcast_to(unit, np.shape(dout)) * dout) for unit in units]
        return np.array(found).reshape(np.shape(x))

    return back(a), back(b)


# %% right: shapes padded with ones
def add_backward(dout, a, b):
    found = []
    for x in (a, b):
        shape = (1,) * (np.ndim(dout) - np.ndim(x)) + np.shape(x)
        axes = tuple(k for k in range(np.ndim(dout)) if shape[k] == 1 and np.shape(dout)[k] > 1)
        found.append(np.reshape(np.sum(dout, axis=axes) if axes else dout, np.shape(x)))
    return tuple(found)


# %% wrong: averaged_over_copies
def add_backward(dout, a, b):
    def back(x):
        new = np.ndim(dout) - np.ndim(x)
        copied = tuple(range(new)) + tuple(new + axis for axis, size in enumerate(np.shape(x)) if size == 1)
        return np.mean(dout, axis=copied).reshape(np.shape(x))

    return back(a), back(b)


# %% wrong: the sum divided by the copies -> averaged_over_copies
def add_backward(dout, a, b):
    def back(x):
        places = np.broadcast_to(np.arange(np.size(x)).reshape(np.shape(x)), np.shape(dout)).ravel()
        return (np.bincount(places, np.ravel(dout)) / np.bincount(places)).reshape(np.shape(x))

    return back(a), back(b)


# %% wrong: a is summed, b averaged -> averaged_over_copies keeps 0.5
def add_backward(dout, a, b):
    def back(x, reduce):
        new = np.ndim(dout) - np.ndim(x)
        copied = tuple(range(new)) + tuple(new + axis for axis, size in enumerate(np.shape(x)) if size == 1)
        return reduce(dout, axis=copied).reshape(np.shape(x))

    return back(a, np.sum), back(b, np.mean)


# %% wrong: first_copy_only "Of the copies of an input only the first counts: every copy moves the cost."
def add_backward(dout, a, b):
    def back(x):
        new = np.ndim(dout) - np.ndim(x)
        copied = tuple(range(new)) + tuple(new + axis for axis, size in enumerate(np.shape(x)) if size == 1)
        return dout[tuple(0 if axis in copied else slice(None) for axis in range(np.ndim(dout)))].reshape(np.shape(x))

    return back(a), back(b)


# %% wrong: where each entry is first read -> first_copy_only
def add_backward(dout, a, b):
    def back(x):
        places = np.broadcast_to(np.arange(np.size(x)).reshape(np.shape(x)), np.shape(dout)).ravel()
        _, first = np.unique(places, return_index=True)
        return np.ravel(dout)[first].reshape(np.shape(x))

    return back(a), back(b)


# %% wrong: summed_over_all "The sum runs over all of dout: an entry is moved by its own copies alone."
def add_backward(dout, a, b):
    return tuple(np.full(np.shape(x), np.sum(dout)) for x in (a, b))


# %% wrong: all of dout for every entry -> summed_over_all
def add_backward(dout, a, b):
    ones = np.ones(np.size(dout))
    return np.zeros(np.shape(a)) + ones @ np.ravel(dout), np.zeros(np.shape(b)) + ones @ np.ravel(dout)


# %% wrong: dout_missing
def add_backward(dout, a, b):
    def back(x):
        new = np.ndim(dout) - np.ndim(x)
        copied = tuple(range(new)) + tuple(new + axis for axis, size in enumerate(np.shape(x)) if size == 1)
        return np.sum(np.ones(np.shape(dout)), axis=copied).reshape(np.shape(x))

    return back(a), back(b)


# %% wrong: the number of copies -> dout_missing
def add_backward(dout, a, b):
    return tuple(np.full(np.shape(x), np.size(dout) / np.size(x)) for x in (a, b))


# %% wrong: shared_between_inputs "The two inputs share dout: what does a sum gate send back to each?"
def add_backward(dout, a, b):
    def back(x):
        new = np.ndim(dout) - np.ndim(x)
        copied = tuple(range(new)) + tuple(new + axis for axis, size in enumerate(np.shape(x)) if size == 1)
        return np.sum(dout, axis=copied).reshape(np.shape(x)) / 2

    return back(a), back(b)


# %% wrong: half for each -> shared_between_inputs
def add_backward(dout, a, b):
    def back(x):
        places = np.broadcast_to(np.arange(np.size(x)).reshape(np.shape(x)), np.shape(dout)).ravel()
        return np.bincount(places, 0.5 * np.ravel(dout)).reshape(np.shape(x))

    return back(a), back(b)


# %% wrong: b_subtracted keeps 0.5 "The message to b has the wrong sign: it would belong to a difference."
def add_backward(dout, a, b):
    def back(x):
        new = np.ndim(dout) - np.ndim(x)
        copied = tuple(range(new)) + tuple(new + axis for axis, size in enumerate(np.shape(x)) if size == 1)
        return np.sum(dout, axis=copied).reshape(np.shape(x))

    return back(a), -back(b)


# %% wrong: dout turned round for b -> b_subtracted keeps 0.5
def add_backward(dout, a, b):
    def back(x):
        places = np.broadcast_to(np.arange(np.size(x)).reshape(np.shape(x)), np.shape(dout)).ravel()
        return np.bincount(places, np.ravel(dout)).reshape(np.shape(x))

    return back(a), np.zeros(np.shape(b)) - back(b)


# %% wrong: product_for_sum "The values of the inputs enter: that is the message of another gate."
def add_backward(dout, a, b):
    def back(x):
        new = np.ndim(dout) - np.ndim(x)
        copied = tuple(range(new)) + tuple(new + axis for axis, size in enumerate(np.shape(x)) if size == 1)
        return np.sum(dout * (b if x is a else a), axis=copied).reshape(np.shape(x))

    return back(a), back(b)


# %% wrong: the other input as a factor -> product_for_sum
def add_backward(dout, a, b):
    def back(x):
        places = np.broadcast_to(np.arange(np.size(x)).reshape(np.shape(x)), np.shape(dout)).ravel()
        other = b if x is a else a
        return np.bincount(places, np.ravel(dout * other)).reshape(np.shape(x))

    return back(a), back(b)


# %% wrong: dout as it came -> wrong_shape
def add_backward(dout, a, b):
    return dout, dout


# %% wrong: the new axes alone -> wrong_shape
def add_backward(dout, a, b):
    def back(x):
        return np.sum(dout, axis=tuple(range(np.ndim(dout) - np.ndim(x))))

    return back(a), back(b)


# %% wrong: the copied axes kept -> wrong_shape
def add_backward(dout, a, b):
    def back(x):
        new = np.ndim(dout) - np.ndim(x)
        copied = tuple(range(new)) + tuple(new + axis for axis, size in enumerate(np.shape(x)) if size == 1)
        return np.sum(dout, axis=copied, keepdims=True)

    return back(a), back(b)


# %% wrong: always down the columns -> raised
def add_backward(dout, a, b):
    def back(x):
        return dout if np.shape(x) == np.shape(dout) else np.sum(dout, axis=0).reshape(np.shape(x))

    return back(a), back(b)


# %% wrong: always along axis 0, cut to the shape -> none
def add_backward(dout, a, b):
    def back(x):
        message = dout if np.shape(x) == np.shape(dout) else np.sum(dout, axis=0)
        return np.resize(message, np.shape(x))

    return back(a), back(b)


# %% wrong: only b can be a copy -> wrong_shape keeps 0.5
def add_backward(dout, a, b):
    new = np.ndim(dout) - np.ndim(b)
    copied = tuple(range(new)) + tuple(new + axis for axis, size in enumerate(np.shape(b)) if size == 1)
    return dout, np.sum(dout, axis=copied).reshape(np.shape(b))
