"""Gradient norms and activation statistics of each layer, by hand."""

import numpy as np
import pytest

from nnlib.layers import Dropout, Linear, ReLU, Sequential, Tanh
from nnlib.monitoring import activation_statistics, activations, gradient_norms, summary


def test_a_summary_by_hand():
    values = summary(np.array([[0.0, 1.0], [2.0, 7.0]]))
    assert values._asdict() == pytest.approx(
        {"mean": 2.5, "std": np.sqrt(7.25), "lower_quartile": 0.75, "median": 1.5, "upper_quartile": 3.25}
    )


def test_activations_are_those_of_prediction_layer_by_layer(rng):
    model = Sequential(Linear(3, 4, rng=rng), Tanh(), Dropout(0.5, rng), Linear(4, 2, rng=rng))
    X = rng.standard_normal((6, 3))
    W, b = model.layers[0].parameters["W"], model.layers[0].parameters["b"]
    statistics = activation_statistics(model, X)
    assert list(statistics) == ["0 Linear", "1 Tanh", "2 Dropout", "3 Linear"]
    assert statistics["1 Tanh"].std == pytest.approx(np.tanh(X @ W + b).std(), rel=1e-13)
    assert statistics["2 Dropout"] == statistics["1 Tanh"]
    out = dict(activations(model, X))
    assert np.array_equal(out["3 Linear"], model.forward(X))


def test_gradient_norms_join_a_layers_parameters_and_leave_out_layers_without(rng):
    model = Sequential(Linear(3, 4, rng=rng), ReLU(), Linear(4, 2, rng=rng))
    X, dout = rng.standard_normal((6, 3)), rng.standard_normal((6, 2))
    model.forward(X, training=True)
    model.backward(dout)
    hidden = np.maximum(X @ model.parameters["0.W"] + model.parameters["0.b"], 0)
    flat = np.append((hidden.T @ dout).ravel(), dout.sum(axis=0))
    assert list(gradient_norms(model)) == ["0 Linear", "2 Linear"]
    assert gradient_norms(model)["2 Linear"] == pytest.approx(np.linalg.norm(flat), rel=1e-13)


def test_a_single_layer_is_a_network_too(rng):
    layer = Linear(2, 2, rng=rng)
    assert list(activation_statistics(layer, np.ones((1, 2)))) == list(gradient_norms(layer)) == ["0 Linear"]
