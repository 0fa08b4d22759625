"""How good are the predictions? Labels in, plain numbers or small arrays out."""

import numpy as np


def predicted_labels(scores):
    """Labels ŷ (m,) from scores: of K > 1 columns the largest (the first of equals), of one column whether it is > 0.

    scores (m, K), or logits (m,) or (m, 1) of class 1 against class 0; integers 0 … K-1. One-hot rows give their label.
    """
    scores = scores.reshape(len(scores), -1)
    return scores.argmax(axis=1) if scores.shape[1] > 1 else (scores[:, 0] > 0).astype(int)


def accuracy(y, y_hat):
    """Share of the m predicted labels ŷ that equal y; both (m,)."""
    _same_shape(y, y_hat)
    return float((y == y_hat).mean())


def confusion_matrix(y, y_hat, classes):
    """C (K, K): C[i, j] examples of class i were called class j; y and ŷ (m,) hold integers 0 … K-1, K = `classes`."""
    _same_shape(y, y_hat)
    if min(y.min(), y_hat.min()) < 0 or max(y.max(), y_hat.max()) >= classes:
        raise ValueError(f"labels must lie in 0 … {classes - 1}; got up to {max(int(y.max()), int(y_hat.max()))}.")
    return np.bincount(classes * y.astype(int) + y_hat.astype(int), minlength=classes**2).reshape(classes, classes)


def roc_curve(y, score):
    """fpr, tpr: false and true positive rates of "positive if score ≥ t" as t falls past the k distinct scores.

    y (m,) holds 0 and 1, both present; `score` (m,) is larger for likelier positives. Both results are (k + 1,), from
    (0, 0) to (1, 1); equal scores make one point, so the order of the rows does not matter.
    """
    _same_shape(y, score)
    positives = int((y == 1).sum())
    if positives in (0, len(y)):
        raise ValueError("y holds a single class; a ROC curve needs examples labelled 0 and examples labelled 1.")
    order = np.argsort(-score)
    score, hits = score[order], np.cumsum(y[order] == 1)
    last = np.flatnonzero(np.append(score[1:] != score[:-1], True))  # last row of each run of equal scores
    tpr = hits[last] / positives
    fpr = (last + 1 - hits[last]) / (len(y) - positives)
    return _from_zero(fpr), _from_zero(tpr)


def auc(fpr, tpr):
    """Area under a ROC curve by the trapezoid rule: the chance that a random positive outscores a random negative."""
    return float(((fpr[1:] - fpr[:-1]) * (tpr[1:] + tpr[:-1])).sum() / 2)


def _from_zero(rates):
    return np.append(0.0, rates)


def _same_shape(y, other):
    if y.shape != other.shape:
        raise ValueError(f"y has shape {y.shape}, the other array {other.shape}; expected the same shape.")
