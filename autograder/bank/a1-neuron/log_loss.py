"""Answers to a1-neuron.log_loss, right and wrong."""
# %% correct: two softpluses
def log_loss(y, z):
    return np.mean(y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z))


# %% correct: softplus minus the linear term
def log_loss(y, z):
    softplus = np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))
    return (softplus - y * z).sum() / len(z)


# %% correct: loop
import math


def log_loss(y, z):
    total = 0.0
    for y_i, z_i in zip(y, z):
        total += max(z_i, 0) - y_i * z_i + math.log(1 + math.exp(-abs(z_i)))
    return total / len(y)


# %% correct: a dot product
def log_loss(y, z):
    y, z = np.asarray(y), np.asarray(z)
    log_a, log_not_a = -np.logaddexp(0, -z), -np.logaddexp(0, z)
    return -(y @ log_a + (1 - y) @ log_not_a) / y.size


# %% wrong: missing_mean
def log_loss(y, z):
    return np.sum(y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z))


# %% wrong: not_summed
def log_loss(y, z):
    return y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z)


# %% wrong: wrong_sign
def log_loss(y, z):
    return np.mean(-y * np.logaddexp(0, -z) - (1 - y) * np.logaddexp(0, z))


# %% wrong: log2
def log_loss(y, z):
    return np.mean(y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z)) / np.log(2)


# %% wrong: labels_rounded
def log_loss(y, z):
    return np.mean(np.where(y == 1, np.logaddexp(0, -z), np.logaddexp(0, z)))


# %% wrong: one_term_only
def log_loss(y, z):
    return np.mean(y * np.logaddexp(0, -z))


# %% wrong: labels_exchanged
def log_loss(y, z):
    return np.mean((1 - y) * np.logaddexp(0, -z) + y * np.logaddexp(0, z))


# %% wrong: probabilities_clipped keeps 0.5
def log_loss(y, z):
    a = np.clip(sigmoid(z), 1e-15, 1 - 1e-15)
    return -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a))


# %% wrong: log_of_zero keeps 0.5
def log_loss(y, z):
    a = sigmoid(z)
    return -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a))


# %% wrong: naive softplus -> not_finite keeps 0.5
def log_loss(y, z):
    return np.mean(np.log(1 + np.exp(z)) - y * z)


# %% wrong: logits_as_probabilities
def log_loss(y, z):
    return -np.mean(y * np.log(z) + (1 - y) * np.log(1 - z))


# %% wrong: a floor inside the logarithm -> inaccurate
def log_loss(y, z):
    a = sigmoid(z)
    return -np.mean(y * np.log(a + 1e-8) + (1 - y) * np.log(1 - a + 1e-8))


# %% wrong: squared_error
def log_loss(y, z):
    return np.mean((sigmoid(z) - y) ** 2) / 2


# %% wrong: the corner that softplus has only from afar -> none keeps 0.5
def log_loss(y, z):
    return np.mean(np.maximum(z, 0) - y * z)


# %% wrong: forgot return -> returned_none
def log_loss(y, z):
    J = np.mean(np.logaddexp(0, z) - y * z)


# %% wrong: tanh for the probability -> not_finite
def log_loss(y, z):
    a = np.tanh(z)
    return -np.mean(y * np.log(a) + (1 - y) * np.log(1 - a))


# %% wrong: arguments for columns -> raised
def log_loss(y, z):
    return np.mean(np.logaddexp(0, z) - y * z, axis=1)
