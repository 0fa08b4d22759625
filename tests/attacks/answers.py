"""What attackers hand in beside their attack."""

WRONG = {"row_gradients": "def row_gradients(X, delta):\n    return X.T @ delta, delta.sum()"}
