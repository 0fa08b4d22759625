"""The whole library at work: a small network that reads digits, its settings chosen without a look at the test rows.

`python tests/nnlib/test_digits.py` repeats the search: a grid, judged on a fifth of each split's training rows. SETTING
is its best row. Its table begins and ends

     score    lr  weight_decay  width  dropout
    0.9833   0.1        0.0001    128      0.4
    0.9833   0.1        0.0001    256      0.4
    0.9819   0.1        0.0001     64      0.2
       …
    0.9756   0.1        0.0001     64      0.4
"""

import numpy as np
import pytest

from nnlib.datasets import load_digits, train_test_split
from nnlib.initializers import he_normal
from nnlib.layers import Dropout, Linear, ReLU, Sequential
from nnlib.losses import SoftmaxCrossEntropy
from nnlib.metrics import accuracy, predicted_labels
from nnlib.optimizers import Momentum, cosine_decay
from nnlib.search import grid, search, table
from nnlib.training import fit

SPACE = {"lr": [0.05, 0.1], "weight_decay": [1e-4, 1e-3], "width": [64, 128, 256], "dropout": [0.0, 0.2, 0.4]}
SETTING = {"lr": 0.1, "weight_decay": 1e-4, "width": 128, "dropout": 0.4}
EPOCHS, SIZE = 40, 32


def split(seed):
    """A stratified split of the digits, a fifth of them test rows; greys 0 … 16 become -1 … 1, float32."""
    data = load_digits()
    X = ((data.X - 8) / 8).astype(np.float32)
    return train_test_split(X, data.y, test_fraction=0.2, rng=np.random.default_rng(seed))


def accuracy_after_training(X, X_judged, y, y_judged, *, lr, weight_decay, width, dropout):
    """Share of the judged rows a 64-width-10 network reads rightly after training on (X, y)."""
    rng = np.random.default_rng(0)
    hidden = Linear(64, width, rng=rng, init=he_normal, dtype=np.float32)
    model = Sequential(hidden, ReLU(), Dropout(dropout, rng), Linear(width, 10, rng=rng, dtype=np.float32))
    schedule = cosine_decay(lr, steps=EPOCHS * -(-len(y) // SIZE))
    optimizer = Momentum(lr, weight_decay=weight_decay)
    fit(model, SoftmaxCrossEntropy(), optimizer, X, y, epochs=EPOCHS, batch_size=SIZE, rng=rng, schedule=schedule)
    return accuracy(y_judged, predicted_labels(model.forward(X_judged)))


def validation_score(**setting):
    """Mean over the five splits, training and judging on training rows alone."""

    def one(seed):
        X, _, y, _ = split(seed)
        parts = train_test_split(X, y, test_fraction=0.2, rng=np.random.default_rng(100 + seed))
        return accuracy_after_training(*parts, **setting)

    return np.mean([one(seed) for seed in range(5)])


@pytest.fixture(scope="module")
def on_test_rows():
    """The network trained anew on the whole training part of each of the five splits, judged on its test part."""
    return [accuracy_after_training(*split(seed), **SETTING) for seed in range(5)]


def test_digits_are_read_with_975_in_1000_right_on_average(on_test_rows):
    assert np.mean(on_test_rows) >= 0.975
    assert min(on_test_rows) > 0.95  # no split hides behind the others


def test_the_search_never_sees_a_test_row(monkeypatch):
    """Labels of the test rows changed: the validation score stays the same to the bit."""
    few = {"lr": 0.1, "weight_decay": 0.0, "width": 8, "dropout": 0.0}
    monkeypatch.setattr(f"{__name__}.EPOCHS", 1)
    before = validation_score(**few)
    true_split = split

    def spoiled(seed):
        X, X_test, y, y_test = true_split(seed)
        return X, np.zeros_like(X_test), y, 9 - y_test

    monkeypatch.setattr(f"{__name__}.split", spoiled)
    assert validation_score(**few) == before


if __name__ == "__main__":
    print(table(search(validation_score, grid(SPACE))))
