"""Metrics and preprocessing: hand numbers, ties, edges."""

import numpy as np
import pytest

from nnlib.metrics import accuracy, auc, confusion_matrix, predicted_labels, roc_curve
from nnlib.preprocess import Centrer, Standardiser, Whitener


def test_accuracy_and_confusion_matrix_by_hand():
    y, y_hat = np.array([0, 0, 1, 2, 2]), np.array([0, 1, 1, 2, 0])
    assert accuracy(y, y_hat) == 0.6
    assert confusion_matrix(y, y_hat, 4).tolist() == [[1, 1, 0, 0], [0, 1, 0, 0], [1, 0, 1, 0], [0, 0, 0, 0]]


@pytest.mark.parametrize(
    ("scores", "labels"),
    [
        ([[0.1, 0.7, 0.2], [3.0, -1.0, 3.0]], [1, 0]),
        ([-0.5, 0.0, 2.0], [0, 0, 1]),
        ([[-0.5], [2.0]], [0, 1]),
        ([[0, 0, 1], [0, 1, 0]], [2, 1]),
    ],
)
def test_the_largest_score_or_a_positive_logit_is_the_label(scores, labels):
    y_hat = predicted_labels(np.array(scores))
    assert y_hat.tolist() == labels and y_hat.dtype.kind == "i"


def test_roc_by_hand():
    fpr, tpr = roc_curve(np.array([1, 0, 1, 0]), np.array([0.9, 0.8, 0.7, 0.1]))
    assert fpr.tolist() == [0, 0, 0.5, 0.5, 1] and tpr.tolist() == [0, 0.5, 0.5, 1, 1]
    assert auc(fpr, tpr) == 0.75


def test_auc_is_the_chance_that_a_positive_outscores_a_negative(rng):
    y, score = rng.integers(0, 2, 60), rng.integers(0, 8, 60) / 8  # many ties
    wins = score[y == 1][:, None] - score[y == 0]
    assert np.isclose(auc(*roc_curve(y, score)), np.mean((wins > 0) + 0.5 * (wins == 0)), rtol=1e-14)


def test_ties_make_one_point_whatever_the_order_of_rows():
    for y in ([1, 1, 0, 0], [0, 0, 1, 1]):
        fpr, tpr = roc_curve(np.array(y), np.ones(4))
        assert fpr.tolist() == tpr.tolist() == [0, 1]


def test_a_single_class_has_no_roc_curve():
    with pytest.raises(ValueError, match="y holds a single class"):
        roc_curve(np.ones(3), np.ones(3))


def test_bad_labels_and_shapes_are_refused():
    with pytest.raises(ValueError, match="labels must lie in 0 … 1; got up to 2"):
        confusion_matrix(np.array([0, 2]), np.array([0, 1]), 2)
    with pytest.raises(ValueError, match=r"y has shape \(3,\), the other array \(3, 1\)"):
        accuracy(np.ones(3), np.ones((3, 1)))


@pytest.mark.parametrize("shape", [(50, 3), (50, 1), (1, 3)])
def test_standardised_columns_have_mean_zero_and_deviation_one(shape, rng):
    X = 5 + 3 * rng.standard_normal(shape)
    before = X.copy()
    Z = Standardiser().fit(X).transform(X)
    assert np.allclose(Z.mean(axis=0), 0, atol=1e-14) and np.allclose(Z.std(axis=0), shape[0] > 1, rtol=1e-14)
    assert np.array_equal(X, before)


def test_the_scale_is_learned_from_the_training_split_alone(rng):
    X_train, X_test = rng.standard_normal((20, 2)), 100 + rng.standard_normal((5, 2))
    Z = Standardiser().fit(X_train).transform(X_test)
    assert np.allclose(Z, (X_test - X_train.mean(axis=0)) / X_train.std(axis=0), rtol=1e-14)


@pytest.mark.parametrize("value", [3.0, 0.1])  # the standard deviation of twenty times 0.1 is 1e-17, not 0
def test_a_constant_column_is_centred_only(value):
    Z = Standardiser().fit(np.full((20, 1), value)).transform(np.array([[value + 2]]))
    assert np.allclose(Z, [[2]], rtol=1e-14)


def test_centring_takes_the_training_mean_away(rng):
    X = rng.standard_normal((20, 3)) + 5
    assert np.allclose(Centrer().fit(X).transform(X).mean(axis=0), 0, atol=1e-14)
    assert Centrer().fit(np.array([[1.0], [3.0]])).transform(np.array([[10.0]])).tolist() == [[8]]


@pytest.mark.parametrize("n", [1, 2, 5])
def test_white_columns_have_the_identity_as_covariance(n, rng):
    X = rng.standard_normal((200, n)) @ rng.standard_normal((n, n)) + 3
    before = X.copy()
    Z = Whitener().fit(X).transform(X)
    assert np.allclose(Z.mean(axis=0), 0, atol=1e-12) and np.allclose(Z.T @ Z / 200, np.eye(n), atol=1e-11)
    assert np.array_equal(X, before)


def test_white_axes_are_the_principal_ones_by_hand():
    X = np.array([[3.0, 3.0], [-3.0, -3.0], [1.0, -1.0], [-1.0, 1.0]])  # variances 9 along (1, 1), 1 along (1, -1)
    Z = Whitener().fit(X).transform(X)
    assert np.allclose(abs(Z), [[np.sqrt(2), 0], [np.sqrt(2), 0], [0, np.sqrt(2)], [0, np.sqrt(2)]], atol=1e-14)
    assert Whitener().fit(X).matrix[:, 0].min() > 0


def test_a_direction_that_does_not_vary_comes_out_as_zero(rng):
    x = rng.standard_normal((30, 1))
    X = np.column_stack([x @ rng.standard_normal((1, 6)), np.full(30, 0.1)])  # six columns on one line, one constant
    Z = Whitener().fit(X).transform(X)
    assert np.allclose(Z.std(axis=0), [1, 0, 0, 0, 0, 0, 0], atol=1e-12)
    assert not Whitener().fit(np.full((20, 2), 0.1)).matrix.any()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("make", [Centrer, Standardiser, Whitener])
def test_what_is_learned_comes_from_the_training_split_and_keeps_its_dtype(make, dtype, rng):
    X = rng.standard_normal((50, 3)).astype(dtype)
    fitted = make().fit(X)
    Z = fitted.transform(X[:1] + dtype(100))
    assert Z.dtype == dtype and Z.max() > 20
    assert np.array_equal(fitted.transform(X)[:1], fitted.transform(X[:1])) or make is Whitener


@pytest.mark.parametrize("make", [Centrer, Standardiser, Whitener])
def test_what_was_not_fitted_and_other_columns_are_refused(make):
    with pytest.raises(ValueError, match=rf"This {make.__name__} has .* call fit\(X_train\) first"):
        make().transform(np.ones((2, 2)))
    with pytest.raises(ValueError, match=f"X has 3 columns; the {make.__name__} was fitted on 2"):
        make().fit(np.ones((2, 2))).transform(np.ones((2, 3)))


def test_the_array_picks_the_device(cupy):
    y, score = cupy.asarray(np.array([1, 0, 1, 0])), cupy.asarray(np.array([0.9, 0.8, 0.7, 0.1]))
    assert auc(*roc_curve(y, score)) == 0.75 and accuracy(y, y) == 1
    assert confusion_matrix(y, y, 2).get().tolist() == [[2, 0], [0, 2]]
    X = cupy.asarray(np.array([[1.0, 2.0], [3.0, 2.0]]))
    assert Standardiser().fit(X).transform(X).get().tolist() == [[-1, 0], [1, 0]]
    assert Centrer().fit(X).transform(X).get().tolist() == [[-1, 0], [1, 0]]
    assert predicted_labels(X).get().tolist() == [1, 0]


def test_whitening_stays_on_the_device(cupy, rng, monkeypatch):
    def eigh(A):
        return tuple(cupy.asarray(part) for part in np.linalg.eigh(A.get()))

    monkeypatch.setattr(cupy.linalg, "eigh", eigh, raising=False)
    X = rng.standard_normal((9, 3))
    on_device = Whitener().fit(cupy.asarray(X)).transform(cupy.asarray(X))
    assert np.allclose(on_device.get(), Whitener().fit(X).transform(X), rtol=1e-12)
