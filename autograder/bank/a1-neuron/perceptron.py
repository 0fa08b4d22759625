"""Answers to a1-neuron.perceptron, right and wrong."""
# %% correct: comparison
def perceptron(X, w, theta):
    return (X @ w > theta).astype(float)


# %% correct: heaviside
def perceptron(X, w, theta):
    return np.heaviside(np.einsum("ij,j->i", X, w) - theta, 0)


# %% correct: loops and a list
def perceptron(X, w, theta):
    outputs = []
    for row in X:
        total = sum(w_j * x_j for w_j, x_j in zip(w, row))
        outputs.append(1 if total > theta else 0)
    return outputs


# %% correct: bias as an extra weight
def perceptron(X, w, theta):
    extended = np.column_stack([np.ones(len(X)), X])
    return np.where(extended @ np.r_[-theta, w] > 0, 1.0, 0.0)


# %% correct: booleans
def perceptron(X, w, theta):
    return np.dot(X, w) > theta


# %% wrong: fires_at_threshold keeps 0.5
def perceptron(X, w, theta):
    return (X @ w >= theta).astype(float)


# %% wrong: threshold_ignored
def perceptron(X, w, theta):
    return (X @ w > 0).astype(float)


# %% wrong: threshold_added
def perceptron(X, w, theta):
    return (X @ w + theta > 0).astype(float)


# %% wrong: plus_minus_one
def perceptron(X, w, theta):
    return np.where(X @ w > theta, 1.0, -1.0)


# %% wrong: no_step
def perceptron(X, w, theta):
    return X @ w - theta


# %% wrong: inverted
def perceptron(X, w, theta):
    return (X @ w <= theta).astype(float)


# %% wrong: step(0) = one half -> none keeps 0.5
def perceptron(X, w, theta):
    return np.heaviside(X @ w - theta, 0.5)


# %% wrong: inputs cut to whole numbers -> none keeps 0.5
def perceptron(X, w, theta):
    return (X.astype(int) @ w > theta).astype(float)


# %% wrong: forgot return -> returned_none
def perceptron(X, w, theta):
    y_hat = (X @ w > theta).astype(float)


# %% wrong: one example only -> raised
def perceptron(X, w, theta):
    if X @ w > theta:
        return 1
    return 0


# %% wrong: column of outputs -> wrong_shape
def perceptron(X, w, theta):
    return (X @ w.reshape(-1, 1) > theta).astype(float)


# %% wrong: renamed -> not_defined
def perceptron_output(X, w, theta):
    return (X @ w > theta).astype(float)
