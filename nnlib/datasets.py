"""Data of the course: two real sets shipped with `nnlib`, and small made-up ones.

Real sets come as a `Dataset`, made-up ones as (X, y). Examples are rows; chance comes from the Generator you pass.
"""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

DATA = Path(__file__).parent / "data"
SHA256 = {
    "breast_cancer.npz": "800c104b884e03c6947fd566109677223c3f1d07c3666d23c7113d2476302b00",
    "digits.npz": "2d28346bf72c385e9cdfc05022472dc2715ae52f1ee355de75177fd85565fb2f",
}


@dataclass(frozen=True, eq=False)
class Dataset:
    """X (m, n) float64; y (m,) int64, class k is called target_names[k]; column j of X is feature_names[j]."""

    X: np.ndarray
    y: np.ndarray
    feature_names: tuple[str, ...]
    target_names: tuple[str, ...]
    description: str


def load_breast_cancer():
    """569 biopsies × 30 measurements of cell nuclei; y = 1 is **malignant** (212), y = 0 benign (357).

    The event predicted, P(y = 1 | x), is the illness; scikit-learn's copy of these data labels it the other way round.
    Source: Wolberg, Mangasarian, Street & Street, Breast Cancer Wisconsin (Diagnostic), UCI, 1993, CC BY 4.0.
    """
    stored = _read("breast_cancer.npz")
    description = "Breast Cancer Wisconsin (Diagnostic), UCI 1993: 569 biopsies, 30 measurements; 1 = malignant."
    names = tuple(str(name) for name in stored["feature_names"])
    return Dataset(stored["X"], stored["y"].astype(np.int64), names, ("benign", "malignant"), description)


def load_digits():
    """1797 handwritten digits as 8×8 images, rows of 64 grey values 0 … 16 (float64); y is the digit 0 … 9.

    Source: Alpaydin & Kaynak, Optical Recognition of Handwritten Digits (test part), UCI, 1998, CC BY 4.0.
    """
    stored = _read("digits.npz")
    names = tuple(f"pixel {row},{column}" for row in range(8) for column in range(8))
    description = "Optical Recognition of Handwritten Digits, UCI 1998: 1797 images of 8×8 pixels, values 0 to 16."
    return Dataset(stored["X"].astype(float), stored["y"].astype(np.int64), names, tuple("0123456789"), description)


def and_gate():
    """The truth table of AND: X (4, 2) float64, y (4,) int64, rows in the order 00, 01, 10, 11."""
    return _truth_table(0, 0, 0, 1)


def or_gate():
    """The truth table of OR, rows as in `and_gate`."""
    return _truth_table(0, 1, 1, 1)


def xor():
    """The truth table of exclusive or, rows as in `and_gate`; no line separates its classes."""
    return _truth_table(0, 1, 1, 0)


def three_points():
    """x = -1, 1, 3 with labels 1, 0, 1: X (3, 1), y (3,). No threshold on x separates them."""
    return np.array([[-1.0], [1.0], [3.0]]), np.array([1, 0, 1])


def blobs(m, rng, *, centres=((-1.5, -1.0), (1.5, 1.0))):
    """m points of Gaussian clouds of unit variance around `centres`: X (m, n), y (m,) the cloud's number.

    Clouds have equal sizes (to within one) and rows come in random order; the two default clouds overlap a little.
    """
    centres = np.asarray(centres, dtype=float)
    y = rng.permutation(np.arange(m) % len(centres))
    return centres[y] + rng.standard_normal((m, centres.shape[1])), y


def moons(m, rng, noise=0.1):
    """m points on two interleaving half circles, moved by Gaussian noise of that size: X (m, 2), y (m,) in {0, 1}."""
    y = rng.permutation(np.arange(m) % 2)
    angle = rng.uniform(0, np.pi, m)
    circle = np.column_stack([np.cos(angle), np.sin(angle)])
    # the second moon is the first turned by half a circle and shifted
    X = np.where(y[:, None] == 0, circle, [1.0, 0.5] - circle)
    return X + noise * rng.standard_normal((m, 2)), y


def train_test_split(X, y, *, test_fraction, rng, stratify=True):
    """Split the rows at random: X_train, X_test, y_train, y_test.

    With `stratify` every class gives the same share of its rows (rounded) to the test part; without, the rows are drawn
    regardless of y. Raises ValueError if test_fraction is not in (0, 1), lengths differ, or a part would be empty.
    """
    if not 0 < test_fraction < 1:
        raise ValueError(f"test_fraction is {test_fraction}; expected a share strictly between 0 and 1.")
    if len(X) != len(y):
        raise ValueError(f"X has {len(X)} rows, y has {len(y)}; expected one label a row.")
    groups = [np.flatnonzero(y == label) for label in np.unique(y)] if stratify else [np.arange(len(y))]
    test = np.zeros(len(y), dtype=bool)
    for rows in groups:
        test[rng.permutation(rows)[: round(test_fraction * len(rows))]] = True
    if test.all() or not test.any():
        raise ValueError(f"{len(y)} rows are too few to give {test_fraction:.0%} to the test part; use more rows.")
    into_train, into_test = rng.permutation(np.flatnonzero(~test)), rng.permutation(np.flatnonzero(test))
    return X[into_train], X[into_test], y[into_train], y[into_test]


def _truth_table(*y):
    return np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array(y)


def _read(name):
    content = (DATA / name).read_bytes()
    if hashlib.sha256(content).hexdigest() != SHA256[name]:
        raise ValueError(f"nnlib/data/{name} is not the file that was shipped (SHA-256 differs); install nnlib again.")
    return dict(np.load(io.BytesIO(content), allow_pickle=False))
