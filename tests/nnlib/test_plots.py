"""Plots draw what they are given on the Axes they are given, with labels, and open no figure of their own."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from nnlib import plots
from nnlib.gradcheck import check_gradients


def report():
    at, wrong = {"w": np.ones(2), "b": np.array(0.0)}, {"w": 3 * np.ones(2), "b": 1.0}
    return check_gradients(lambda w, b: (w**2).sum() + b, at, wrong, rng=np.random.default_rng(0))


X = np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
Y = np.array([0, 1, 2])
DRAWN = {
    "scatter": lambda ax: plots.scatter(ax, X, Y, names=("a", "b", "c")),
    "decision_regions": lambda ax: plots.decision_regions(ax, lambda P: (P[:, 0] > 0.5).astype(int), X, Y),
    "one region": lambda ax: plots.decision_regions(ax, lambda P: np.zeros(len(P), dtype=int), X[:1], Y[:1]),
    "loss_curve": lambda ax: plots.loss_curve(ax, ("fast", [3.0, 1.0, 0.5]), ("slow", [3.0, 2.5])),
    "cost_surface": lambda ax: plots.cost_surface(
        ax, lambda w, b: w**2 + 2 * b**2, (-2, 2), (-1, 1), path=[(1, 1), (0.5, 0.2)], resolution=9
    ),
    "roc": lambda ax: plots.roc(ax, np.array([0, 0.5, 1]), np.array([0, 1, 1])),
    "gradient_errors": lambda ax: plots.gradient_errors(ax, report()),
}


@pytest.fixture
def ax():
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


@pytest.mark.parametrize("name", DRAWN)
def test_axes_come_back_labelled_with_a_legend_and_draw(name, ax):
    assert DRAWN[name](ax) is ax and plt.get_fignums() == [ax.figure.number]
    assert ax.get_xlabel() and ax.get_ylabel() and ax.get_legend() is not None
    ax.figure.canvas.draw()


def test_classes_and_curves_differ_in_more_than_colour(ax):
    plots.loss_curve(ax, ("a", [1.0]), ("b", [2.0]), ("c", [3.0]))
    assert len({line.get_linestyle() for line in ax.lines}) == 3
    assert len(set(plots.COLOURS)) == len(set(plots.MARKERS)) == 8


def test_costs_spanning_decades_get_a_logarithmic_axis_and_others_do_not(ax):
    assert plots.loss_curve(ax, ("a", [1.0, 0.5])).get_yscale() == "linear"
    assert plots.loss_curve(ax, ("b", [1.0, 1e-4])).get_yscale() == "log"


def test_the_error_plot_names_what_failed(ax):
    labels = [text.get_text() for text in plots.gradient_errors(ax, report()).get_legend().get_texts()]
    assert labels == ["tolerance", "off", "ok"]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["w", "b"]


def test_the_data_are_not_modified(ax):
    x, y = X.copy(), Y.copy()
    DRAWN["decision_regions"](ax)
    assert np.array_equal(x, X) and np.array_equal(y, Y)
