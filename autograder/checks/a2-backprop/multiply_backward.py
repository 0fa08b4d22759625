"""∂J/∂a and ∂J/∂b of a product gate whose inputs were broadcast."""

import numpy as np

from autograder.kit import Check

from . import broadcasting

check = Check(
    inputs=broadcasting,
    returns={"∂J/∂a": 0.5, "∂J/∂b": 0.5},
    derivative_of=lambda da, db, dout, a, b: np.sum(dout * ((a + da) * (b + db))),
    needs=("add_backward",),
)


# %% right: the sum gate's messages
def multiply_backward(dout, a, b):
    da, _ = add_backward(dout * b, a, b)
    _, db = add_backward(dout * a, a, b)
    return da, db


# %% right: sums over the copied axes
def multiply_backward(dout, a, b):
    def back(message, x):
        new = np.ndim(dout) - np.ndim(x)
        copied = tuple(range(new)) + tuple(new + axis for axis, size in enumerate(np.shape(x)) if size == 1)
        return np.sum(message, axis=copied).reshape(np.shape(x))

    return back(dout * b, a), back(dout * a, b)


# %% right: every entry where it was read
def multiply_backward(dout, a, b):
    def back(message, x):
        places = np.broadcast_to(np.arange(np.size(x)).reshape(np.shape(x)), np.shape(dout)).ravel()
        return np.bincount(places, np.ravel(message)).reshape(np.shape(x))

    return back(dout * b, a), back(dout * a, b)


# %% right: loops
def multiply_backward(dout, a, b):
    a_all, b_all = np.broadcast_arrays(a, b)
    da, db = np.zeros(np.shape(a)), np.zeros(np.shape(b))
    to_a = np.broadcast_to(np.arange(da.size).reshape(da.shape), a_all.shape)
    to_b = np.broadcast_to(np.arange(db.size).reshape(db.shape), a_all.shape)
    for index in np.ndindex(a_all.shape):
        da.flat[to_a[index]] += dout[index] * b_all[index]
        db.flat[to_b[index]] += dout[index] * a_all[index]
    return da, db


# %% right: by the definition: a unit in one input at a time
def multiply_backward(dout, a, b):
    def unit(x, k):
        return np.eye(np.size(x))[k].reshape(np.shape(x))

    da = np.array([np.sum(dout * (unit(a, k) * b)) for k in range(np.size(a))]).reshape(np.shape(a))
    db = np.array([np.sum(dout * (a * unit(b, k))) for k in range(np.size(b))]).reshape(np.shape(b))
    return da, db


# %% right: the sum gate with one input at a time
def multiply_backward(dout, a, b):
    return add_backward(dout * b, a, np.zeros(np.shape(dout)))[0], add_backward(dout * a, 0 * dout, b)[1]


# %% right: einsum over padded shapes
def multiply_backward(dout, a, b):
    def padded(x):
        return np.reshape(x, (1,) * (np.ndim(dout) - np.ndim(x)) + np.shape(x))

    def back(x, other):
        kept = [axis for axis in range(np.ndim(dout)) if padded(x).shape[axis] > 1]
        every = [*range(np.ndim(dout))]
        return np.einsum(dout, every, np.broadcast_to(other, np.shape(dout)), every, kept).reshape(np.shape(x))

    return back(a, b), back(b, a)


# %% wrong: not_swapped "The inputs are not exchanged: how much the product changes with a depends on b."
def multiply_backward(dout, a, b):
    def back(message, x):
        new = np.ndim(dout) - np.ndim(x)
        copied = tuple(range(new)) + tuple(new + axis for axis, size in enumerate(np.shape(x)) if size == 1)
        return np.sum(message, axis=copied).reshape(np.shape(x))

    return back(dout * a, a), back(dout * b, b)


# %% wrong: by the sum gate, each its own value -> not_swapped
def multiply_backward(dout, a, b):
    return add_backward(dout * a, a, b)[0], add_backward(dout * b, a, b)[1]


# %% wrong: dout_missing
def multiply_backward(dout, a, b):
    def back(message, x):
        new = np.ndim(dout) - np.ndim(x)
        copied = tuple(range(new)) + tuple(new + axis for axis, size in enumerate(np.shape(x)) if size == 1)
        return np.sum(message, axis=copied).reshape(np.shape(x))

    return back(np.ones(np.shape(dout)) * b, a), back(np.ones(np.shape(dout)) * a, b)


# %% wrong: local gradients alone -> dout_missing
def multiply_backward(dout, a, b):
    ones = np.ones(np.shape(dout))
    return add_backward(ones * b, a, b)[0], add_backward(ones * a, a, b)[1]


# %% wrong: sum_for_product "The values of the inputs do not enter: that is the message of a sum gate."
def multiply_backward(dout, a, b):
    def back(message, x):
        new = np.ndim(dout) - np.ndim(x)
        copied = tuple(range(new)) + tuple(new + axis for axis, size in enumerate(np.shape(x)) if size == 1)
        return np.sum(message, axis=copied).reshape(np.shape(x))

    return back(dout, a), back(dout, b)


# %% wrong: the messages of a sum gate -> sum_for_product
def multiply_backward(dout, a, b):
    da, db = add_backward(dout, a, b)
    return 1 * da, 1 * db


# %% wrong: averaged_over_copies
def multiply_backward(dout, a, b):
    def back(message, x):
        new = np.ndim(dout) - np.ndim(x)
        copied = tuple(range(new)) + tuple(new + axis for axis, size in enumerate(np.shape(x)) if size == 1)
        return np.mean(message, axis=copied).reshape(np.shape(x))

    return back(dout * b, a), back(dout * a, b)


# %% wrong: divided by the copies -> averaged_over_copies
def multiply_backward(dout, a, b):
    def back(message, x):
        places = np.broadcast_to(np.arange(np.size(x)).reshape(np.shape(x)), np.shape(dout)).ravel()
        return np.bincount(places, np.ravel(message)).reshape(np.shape(x)) * np.size(x) / np.size(dout)

    return back(dout * b, a), back(dout * a, b)


# %% wrong: dout_twice
def multiply_backward(dout, a, b):
    def back(message, x):
        new = np.ndim(dout) - np.ndim(x)
        copied = tuple(range(new)) + tuple(new + axis for axis, size in enumerate(np.shape(x)) if size == 1)
        return np.sum(message, axis=copied).reshape(np.shape(x))

    return back(dout * dout * b, a), back(dout * dout * a, b)


# %% wrong: dout squared -> dout_twice
def multiply_backward(dout, a, b):
    return add_backward(dout**2 * b, a, b)[0], add_backward(dout**2 * a, a, b)[1]


# %% wrong: factor_outside "The other input was averaged apart: the product comes first, then the sum over copies."
def multiply_backward(dout, a, b):
    def back(message, x):
        new = np.ndim(dout) - np.ndim(x)
        copied = tuple(range(new)) + tuple(new + axis for axis, size in enumerate(np.shape(x)) if size == 1)
        return np.sum(message, axis=copied).reshape(np.shape(x))

    return back(dout, a) * np.mean(b), back(dout, b) * np.mean(a)


# %% wrong: the mean of the other input -> factor_outside
def multiply_backward(dout, a, b):
    da, db = add_backward(dout, a, b)
    return da * (np.sum(b) / np.size(b)), db * (np.sum(a) / np.size(a))


# %% wrong: wrong_sign
def multiply_backward(dout, a, b):
    def back(message, x):
        new = np.ndim(dout) - np.ndim(x)
        copied = tuple(range(new)) + tuple(new + axis for axis, size in enumerate(np.shape(x)) if size == 1)
        return np.sum(message, axis=copied).reshape(np.shape(x))

    return back(-dout * b, a), back(-dout * a, b)


# %% wrong: minus both messages -> wrong_sign
def multiply_backward(dout, a, b):
    return add_backward(dout * -b, a, b)[0], add_backward(dout * -a, a, b)[1]


# %% wrong: product_enters "The value of the product enters: the local gradient is the other input alone."
def multiply_backward(dout, a, b):
    def back(message, x):
        new = np.ndim(dout) - np.ndim(x)
        copied = tuple(range(new)) + tuple(new + axis for axis, size in enumerate(np.shape(x)) if size == 1)
        return np.sum(message, axis=copied).reshape(np.shape(x))

    return back(dout * a * b, a), back(dout * a * b, b)


# %% wrong: dout times the value -> product_enters
def multiply_backward(dout, a, b):
    return add_backward(dout * (a * b), a, b)


# %% wrong: as it came, not summed -> wrong_shape
def multiply_backward(dout, a, b):
    return dout * b, dout * a


# %% wrong: only where shapes are equal -> raised
def multiply_backward(dout, a, b):
    return np.reshape(dout * b, np.shape(a)), np.reshape(dout * a, np.shape(b))


# %% wrong: only a is exchanged -> not_swapped keeps 0.5
def multiply_backward(dout, a, b):
    return add_backward(dout * b, a, b)[0], add_backward(dout * b, a, b)[1]


# %% wrong: b as in a sum -> sum_for_product keeps 0.5
def multiply_backward(dout, a, b):
    return add_backward(dout * b, a, b)[0], add_backward(dout, a, b)[1]


# %% wrong: a as in a sum -> sum_for_product keeps 0.5
def multiply_backward(dout, a, b):
    return add_backward(dout, a, b)[0], add_backward(dout * a, a, b)[1]


# %% wrong: one array for both -> wrong_type
def multiply_backward(dout, a, b):
    return dout * a * b


# %% wrong: messages_exchanged
def multiply_backward(dout, a, b):
    da, _ = add_backward(dout * b, a, b)
    _, db = add_backward(dout * a, a, b)
    return db, da


# %% wrong: every entry where it was read, exchanged -> messages_exchanged
def multiply_backward(dout, a, b):
    def back(message, x):
        places = np.broadcast_to(np.arange(np.size(x)).reshape(np.shape(x)), np.shape(dout)).ravel()
        return np.bincount(places, np.ravel(message)).reshape(np.shape(x))

    return back(dout * a, b), back(dout * b, a)
