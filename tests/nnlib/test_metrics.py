"""Metrics and the standardiser: hand numbers, ties, edges."""

import numpy as np
import pytest

from nnlib.metrics import accuracy, auc, confusion_matrix, roc_curve
from nnlib.preprocess import Standardiser


def test_accuracy_and_confusion_matrix_by_hand():
    y, y_hat = np.array([0, 0, 1, 2, 2]), np.array([0, 1, 1, 2, 0])
    assert accuracy(y, y_hat) == 0.6
    assert confusion_matrix(y, y_hat, 4).tolist() == [[1, 1, 0, 0], [0, 1, 0, 0], [1, 0, 1, 0], [0, 0, 0, 0]]


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


def test_a_constant_column_is_centred_only():
    assert Standardiser().fit(np.full((4, 1), 3.0)).transform(np.array([[5.0]])).tolist() == [[2]]


def test_an_unfitted_standardiser_and_other_columns_are_refused():
    with pytest.raises(ValueError, match=r"call fit\(X_train\) first"):
        Standardiser().transform(np.ones((2, 2)))
    with pytest.raises(ValueError, match="X has 3 columns; the Standardiser was fitted on 2"):
        Standardiser().fit(np.ones((2, 2))).transform(np.ones((2, 3)))


def test_the_array_picks_the_device(cupy):
    y, score = cupy.asarray(np.array([1, 0, 1, 0])), cupy.asarray(np.array([0.9, 0.8, 0.7, 0.1]))
    assert auc(*roc_curve(y, score)) == 0.75 and accuracy(y, y) == 1
    assert confusion_matrix(y, y, 2).get().tolist() == [[2, 0], [0, 2]]
    X = cupy.asarray(np.array([[1.0, 2.0], [3.0, 2.0]]))
    assert Standardiser().fit(X).transform(X).get().tolist() == [[-1, 0], [1, 0]]
