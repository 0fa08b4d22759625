"""Preparing inputs. What is learned from data (a mean, a scale) is learned from the training split alone."""

from nnlib.backend import array_module


class Standardiser:
    """Centres each column and divides it by its standard deviation: `Standardiser().fit(X_train).transform(X)`.

    A column that is constant in the training split has no scale; it is centred only.
    """

    def fit(self, X):
        """Learn `mean` (n,) and `scale` (n,) from X (m, n); returns self."""
        xp = array_module(X)
        std = X.std(axis=0)
        self.mean, self.scale = X.mean(axis=0), xp.where(std > 0, std, xp.ones_like(std))
        return self

    def transform(self, X):
        """(X - mean) / scale, shape of X. Raises ValueError before `fit` or for another number of columns."""
        if not hasattr(self, "mean"):
            raise ValueError("This Standardiser has learned nothing yet; call fit(X_train) first.")
        if X.shape[-1] != len(self.mean):
            raise ValueError(f"X has {X.shape[-1]} columns; the Standardiser was fitted on {len(self.mean)}.")
        return (X - self.mean) / self.scale
