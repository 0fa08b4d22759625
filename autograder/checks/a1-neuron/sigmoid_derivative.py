"""The derivative σ′(z) of the sigmoid at the pre-activation z."""

from autograder.kit import EXACT, Check
from nnlib import activations

from . import preactivations, saturated

check = Check(
    inputs={"σ′(z)": preactivations, "σ′(z) for large |z|": saturated},
    returns={"σ′(z)": 0.5, "σ′(z) for large |z|": 0.5},
    witness=activations.sigmoid_derivative,
    needs=("sigmoid",),
    rtol=EXACT,
    forward="sigmoid",
)


# %% right: from the activation
def sigmoid_derivative(z):
    a = sigmoid(z)
    return a * (1 - a)


# %% right: product of both tails
def sigmoid_derivative(z):
    return sigmoid(z) * sigmoid(-z)


# %% right: from the activation on the negative half alone
def sigmoid_derivative(z):
    a = sigmoid(-np.abs(z))
    return a * (1 - a)


# %% right: hyperbolic
def sigmoid_derivative(z):
    return (1 - np.tanh(z / 2) ** 2) / 4


# %% right: even function, exponent never positive
def sigmoid_derivative(z):
    e = np.exp(-np.abs(z))
    return e / (1 + e) ** 2


# %% right: loops
def sigmoid_derivative(z):
    slope = np.zeros_like(z)
    for index, t in np.ndenumerate(z):
        e = np.exp(-abs(t))
        slope[index] = e / (1 + e) ** 2
    return slope


# %% wrong: activation_for_preactivation
def sigmoid_derivative(z):
    return z * (1 - z)


# %% wrong: minus a square -> activation_for_preactivation
def sigmoid_derivative(z):
    return z - z * z


# %% wrong: sigmoid_twice
def sigmoid_derivative(z):
    a = sigmoid(sigmoid(z))
    return a * (1 - a)


# %% wrong: by symmetry -> sigmoid_twice
def sigmoid_derivative(z):
    a = sigmoid(z)
    return sigmoid(a) * sigmoid(-a)


# %% wrong: value_for_derivative
def sigmoid_derivative(z):
    return sigmoid(z)


# %% wrong: by tanh -> value_for_derivative
def sigmoid_derivative(z):
    return 0.5 + np.tanh(z / 2) / 2


# %% wrong: missing_factor
def sigmoid_derivative(z):
    return 1 - sigmoid(z)


# %% wrong: the other tail -> missing_factor
def sigmoid_derivative(z):
    return sigmoid(-z)


# %% wrong: tanh_derivative
def sigmoid_derivative(z):
    return 1 - sigmoid(z) ** 2


# %% wrong: two factors -> tanh_derivative
def sigmoid_derivative(z):
    a = sigmoid(z)
    return (1 - a) * (1 + a)


# %% wrong: wrong_sign
def sigmoid_derivative(z):
    a = sigmoid(z)
    return a * (a - 1)


# %% wrong: hyperbolic, of the wrong sign -> wrong_sign
def sigmoid_derivative(z):
    return (np.tanh(z / 2) ** 2 - 1) / 4


# %% wrong: overflow keeps 0.5
def sigmoid_derivative(z):
    return np.exp(-z) / (1 + np.exp(-z)) ** 2


# %% wrong: one tail by hand -> overflow keeps 0.5
def sigmoid_derivative(z):
    e = np.exp(-z)
    return e / (1 + e) / (1 + e)


# %% wrong: overflow on the other side -> not_finite keeps 0.5
def sigmoid_derivative(z):
    return np.exp(z) / (1 + np.exp(z)) ** 2


# %% wrong: central differences -> inaccurate
def sigmoid_derivative(z):
    h = 6e-6
    return (sigmoid(z + h) - sigmoid(z - h)) / (2 * h)


# %% wrong: the gradient checker's differences -> inaccurate
def sigmoid_derivative(z):
    return numerical_gradient(sigmoid, z, dout=np.ones_like(z))


# %% wrong: one-sided differences -> inaccurate
def sigmoid_derivative(z):
    return (sigmoid(z + 1e-8) - sigmoid(z)) / 1e-8


# %% wrong: fourth-order differences -> inaccurate
def sigmoid_derivative(z):
    h = 1e-3
    near = (sigmoid(z + h) - sigmoid(z - h)) * 8
    return (near - sigmoid(z + 2 * h) + sigmoid(z - 2 * h)) / (12 * h)


# %% wrong: summed over the entries -> wrong_shape
def sigmoid_derivative(z):
    a = sigmoid(z)
    return np.sum(a * (1 - a))


# %% wrong: flattened -> wrong_shape keeps 0.5
def sigmoid_derivative(z):
    a = np.array([sigmoid(t) for t in z.ravel()])
    return a * (1 - a)


# %% wrong: overwritten by its value -> not_callable
a = sigmoid(np.array([0.0]))
sigmoid_derivative = a * (1 - a)
