"""The cost of a layer with an L2 penalty on its weights, and its gradients."""

import numpy as np

from autograder.kit import EXACT, Check
from nnlib.losses import l2_penalty, l2_penalty_gradient

from . import drawn


def layers(rng):
    """J, dW (n, k), db (k,), W (n, k), b (k,) and lam."""
    for label, n, k, lam in (
        ("3 inputs, 2 units", 3, 2, 0.3),
        ("square weights", 3, 3, 0.01),
        ("one unit", 4, 1, 0.5),
        ("no penalty (lam = 0)", 2, 2, 0.0),
        ("one input, weights in the hundreds", 1, 4, 0.02),
    ):
        size = 100 if "hundreds" in label else 1
        J, W, b = rng.uniform(0.2, 2).__round__(3), size * drawn(rng, n, k), drawn(rng, k)
        yield label, (J, drawn(rng, n, k), drawn(rng, k), W, b, lam)


COST, GRADIENTS = "J_λ", "∂J_λ/∂W[i, j] and ∂J_λ/∂b[j]"
check = Check(
    inputs=layers,
    returns={COST: 0.5, GRADIENTS: 0.5},
    values=(COST, GRADIENTS, GRADIENTS),
    witness=lambda J, dW, db, W, b, lam: (J + l2_penalty(W, lam), dW + l2_penalty_gradient(W, lam), db),
    rtol=EXACT,
)


# %% right: sums of arrays
def penalised(J, dW, db, W, b, lam):
    return J + lam / 2 * np.sum(W**2), dW + lam * W, db


# %% right: the norm of the weights
def penalised(J, dW, db, W, b, lam):
    return J + 0.5 * lam * np.linalg.norm(W) ** 2, lam * W + dW, 1.0 * db


# %% right: a dot product
def penalised(J, dW, db, W, b, lam):
    w = W.ravel()
    return w @ w * lam / 2 + J, (dW.ravel() + lam * w).reshape(W.shape), db + np.zeros(len(b))


# %% right: loops
def penalised(J, dW, db, W, b, lam):
    gradient = dW.copy()
    for index, weight in np.ndenumerate(W):
        J = J + lam * weight * weight / 2
        gradient[index] += lam * weight
    return J, gradient, db


# %% right: the trace of a product
def penalised(J, dW, db, W, b, lam):
    return J + lam * np.trace(W.T @ W) / 2, np.add(dW, np.multiply(lam, W)), db


# %% right: einsum
def penalised(J, dW, db, W, b, lam):
    return J + lam / 2 * np.einsum("ij,ij->", W, W), dW + lam * W, db


# %% wrong: biases_penalised
def penalised(J, dW, db, W, b, lam):
    return J + lam / 2 * (np.sum(W**2) + np.sum(b**2)), dW + lam * W, db + lam * b


# %% wrong: all parameters in one vector -> biases_penalised
def penalised(J, dW, db, W, b, lam):
    theta = np.append(W, b)
    return J + lam * (theta @ theta) / 2, dW + lam * W, db + lam * b


# %% wrong: the biases decay, the cost knows nothing of it -> biases_penalised keeps 0.5
def penalised(J, dW, db, W, b, lam):
    return J + lam / 2 * np.sum(W**2), dW + lam * W, db + lam * b


# %% wrong: factor_two "Twice the penalty of the statement: look at the factor in front of the sum."
def penalised(J, dW, db, W, b, lam):
    return J + lam * np.sum(W**2), dW + 2 * lam * W, db


# %% wrong: the half left out -> factor_two
def penalised(J, dW, db, W, b, lam):
    return J + lam * np.linalg.norm(W) ** 2, dW + lam * W + lam * W, db


# %% wrong: gradient_doubled keeps 0.5 "The gradient of the penalty is twice the right one: where did the half go?"
def penalised(J, dW, db, W, b, lam):
    return J + lam / 2 * np.sum(W**2), dW + 2 * lam * W, db


# %% wrong: the half left out of the gradient -> gradient_doubled keeps 0.5
def penalised(J, dW, db, W, b, lam):
    return J + 0.5 * lam * np.linalg.norm(W) ** 2, dW + lam * (W + W), db


# %% wrong: gradient_halved keeps 0.5 "The gradient of the penalty is half of the right one: differentiate a square."
def penalised(J, dW, db, W, b, lam):
    return J + lam / 2 * np.sum(W**2), dW + lam / 2 * W, db


# %% wrong: the factor of the cost in the gradient -> gradient_halved keeps 0.5
def penalised(J, dW, db, W, b, lam):
    return J + 0.5 * lam * np.linalg.norm(W) ** 2, dW + 0.5 * (lam * W), db


# %% wrong: strength_ignored "The strength of the penalty does not enter."
def penalised(J, dW, db, W, b, lam):
    return J + np.sum(W**2) / 2, dW + W, db


# %% wrong: a penalty of strength 1 -> strength_ignored
def penalised(J, dW, db, W, b, lam):
    return J + 0.5 * np.linalg.norm(W) ** 2, W + dW, db


# %% wrong: no_penalty "What came is the mean loss and its gradients alone: the penalty is missing."
def penalised(J, dW, db, W, b, lam):
    return J, dW.copy(), db.copy()


# %% wrong: times nothing -> no_penalty
def penalised(J, dW, db, W, b, lam):
    return J + 0 * lam, dW + 0 * W, db


# %% wrong: the gradient without it -> no_penalty keeps 0.5
def penalised(J, dW, db, W, b, lam):
    return J + lam / 2 * np.sum(W**2), dW.copy(), db


# %% wrong: the cost without it -> no_penalty keeps 0.5
def penalised(J, dW, db, W, b, lam):
    return J, dW + lam * W, db


# %% wrong: penalty_alone "The penalty alone came back: the mean loss and its gradients belong to the sum."
def penalised(J, dW, db, W, b, lam):
    return lam / 2 * np.sum(W**2), lam * W, 0 * db


# %% wrong: nothing of the data -> penalty_alone
def penalised(J, dW, db, W, b, lam):
    return 0.5 * lam * np.linalg.norm(W) ** 2, np.multiply(lam, W), np.zeros(len(b))


# %% wrong: norm_not_squared keeps 0.5 "The norm of the weights was taken, not its square."
def penalised(J, dW, db, W, b, lam):
    return J + lam / 2 * np.linalg.norm(W), dW + lam * W, db


# %% wrong: a root -> norm_not_squared keeps 0.5
def penalised(J, dW, db, W, b, lam):
    return J + lam * np.sqrt(np.sum(W**2)) / 2, dW + lam * W, db


# %% wrong: penalty_subtracted "The penalty was subtracted: large weights must cost more, not less."
def penalised(J, dW, db, W, b, lam):
    return J - lam / 2 * np.sum(W**2), dW - lam * W, db


# %% wrong: a reward for large weights -> penalty_subtracted
def penalised(J, dW, db, W, b, lam):
    return J - 0.5 * lam * np.linalg.norm(W) ** 2, dW + -lam * W, db


# %% wrong: the gradient of a sum of absolute values -> none
def penalised(J, dW, db, W, b, lam):
    return J + lam * np.sum(np.abs(W)), dW + lam * np.sign(W), db


# %% wrong: a mean of squares -> none
def penalised(J, dW, db, W, b, lam):
    return J + lam / 2 * np.mean(W**2), dW + lam * W / W.size, db


# %% wrong: the square of a sum -> none keeps 0.5
def penalised(J, dW, db, W, b, lam):
    return J + lam / 2 * np.sum(W) ** 2, dW + lam * W, db


# %% wrong: a number for the gradient -> none keeps 0.5
def penalised(J, dW, db, W, b, lam):
    return J + lam / 2 * np.sum(W**2), dW + lam * np.sum(W), db


# %% wrong: a cost for each unit -> wrong_shape keeps 0.5
def penalised(J, dW, db, W, b, lam):
    return J + lam / 2 * np.sum(W**2, axis=0), dW + lam * W, db


# %% wrong: the parameters after a step -> none keeps 0.5
def penalised(J, dW, db, W, b, lam):
    return J + lam / 2 * np.sum(W**2), W - dW - lam * W, b - db


# %% wrong: gradients alone -> wrong_type
def penalised(J, dW, db, W, b, lam):
    return dW + lam * W, db
