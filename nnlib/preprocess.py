"""Preparing inputs. What is learned from data (a mean, a scale, directions) is learned from the training split alone.

Each is used as `Standardiser().fit(X_train).transform(X)`, with X (m, n) rows of examples; X is not modified.
`transform` raises ValueError before `fit` and for another number of columns.
"""

import numpy as np


class Centrer:
    """Subtracts each column's mean."""

    def fit(self, X):
        """Learn `mean` (n,) from X (m, n); returns self."""
        self.mean = X.mean(axis=0)
        return self

    def transform(self, X):
        """X - mean, shape of X."""
        return _centred(self, X)


class Standardiser:
    """Centres each column and divides it by its standard deviation.

    A column that is constant in the training split has no scale; it is centred only.
    """

    def fit(self, X):
        """Learn `mean` (n,) and `scale` (n,) from X (m, n); returns self."""
        self.mean, self.scale = X.mean(axis=0), np.where(_varies(X), X.std(axis=0), 1)
        return self

    def transform(self, X):
        """(X - mean) / scale, shape of X."""
        return _centred(self, X) / self.scale


class Whitener:
    """Centres, turns to the principal axes and scales each to variance 1: the covariance becomes the identity.

    Columns come out uncorrelated, by falling variance. A direction in which the training split does not vary has no
    scale and comes out as 0. (Hyvärinen & Oja, "Independent component analysis", 2000, 5.2.)
    """

    def fit(self, X):
        """Learn `mean` (n,) and `matrix` (n, n) = V diag(λ)^(-½), V diag(λ) Vᵀ being X's covariance; returns self."""
        self.mean = X.mean(axis=0)
        centred = np.where(_varies(X), X - self.mean, 0)
        variance, axes = np.linalg.eigh(centred.T @ centred / len(X))  # ascending
        variance, axes = variance[::-1], axes[:, ::-1]
        largest = np.take_along_axis(axes, abs(axes).argmax(axis=0)[None], axis=0)
        axes = np.where(largest < 0, -axes, axes)  # v and -v serve alike: every machine takes the same one
        varies = variance > len(variance) * np.finfo(X.dtype).eps * variance[0]
        self.matrix = np.where(varies, axes, 0) / np.sqrt(np.where(varies, variance, 1))
        return self

    def transform(self, X):
        """(X - mean) matrix, shape of X."""
        return _centred(self, X) @ self.matrix


def _varies(X):
    return X.max(axis=0) > X.min(axis=0)  # not std > 0: the standard deviation of twenty times 0.1 is 1e-17


def _centred(fitted, X):
    name = type(fitted).__name__
    if not hasattr(fitted, "mean"):
        raise ValueError(f"This {name} has learned nothing yet; call fit(X_train) first.")
    if X.shape[-1] != len(fitted.mean):
        raise ValueError(f"X has {X.shape[-1]} columns; the {name} was fitted on {len(fitted.mean)}.")
    return X - fitted.mean
