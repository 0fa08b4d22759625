"""Plots draw what they are given on the Axes they are given, with labels, and open no figure of their own."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from nnlib import plots
from nnlib.gradcheck import check_gradients
from nnlib.monitoring import Summary
from nnlib.training import FitHistory


def report():
    at, wrong = {"w": np.ones(2), "b": np.array(0.0)}, {"w": 3 * np.ones(2), "b": 1.0}
    return check_gradients(lambda w, b: (w**2).sum() + b, at, wrong, rng=np.random.default_rng(0))


HISTORY = FitHistory(loss=[3.0, 2.0, 1.0], validation_loss=[3.0, 2.5, 2.7], best_epoch=1)
HISTORY.activations = {"0 Linear": [Summary(0, 1, -1, 0.5, 2)] * 3, "1 Tanh": [Summary(0, 1, -0.5, 0.1, 0.7)] * 3}
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
    "training_curves": lambda ax: plots.training_curves(ax, HISTORY),
    "training alone": lambda ax: plots.training_curves(ax, FitHistory(loss=[2.0, 1.0])),
    "activation_spread": lambda ax: plots.activation_spread(ax, HISTORY),
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


def drawn_values(ax):
    return np.asarray(ax.images[0].get_array())


def test_the_epoch_kept_is_marked_where_it_was(ax):
    plots.training_curves(ax, HISTORY)
    assert [line.get_label() for line in ax.lines] == ["training", "validation", "kept"]
    assert list(ax.lines[1].get_xdata()) == [1, 2, 3] and set(ax.lines[2].get_xdata()) == {2}


def test_a_layers_spread_is_its_median_between_its_quartiles(ax):
    plots.activation_spread(ax, HISTORY)
    assert [line.get_ydata()[0] for line in ax.lines[:3]] == [-1, 0.5, 2]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["0 Linear", "1 Tanh"]
    assert ax.lines[0].get_linestyle() != ax.lines[3].get_linestyle()


@pytest.fixture
def row_of_axes():
    figure, axes = plt.subplots(1, 3, layout="constrained")
    yield axes
    plt.close(figure)


def test_histograms_share_their_range_and_show_shares(row_of_axes):
    activations = {"a": np.zeros((4, 5)), "b": np.linspace(-2, 2, 100), "c": np.array([1.0, 1.0, 1.0, -1.0])}
    assert plots.activation_histograms(row_of_axes, activations) is row_of_axes
    for ax, name in zip(row_of_axes, activations, strict=True):
        left, right = ax.patches[0].get_x(), ax.patches[-1].get_x() + ax.patches[-1].get_width()
        assert np.allclose([left, right], [-2, 2]) and ax.get_title().startswith(name)
        assert np.isclose(sum(bar.get_height() for bar in ax.patches), 1)
        assert ax.get_xlabel() and ax.get_ylabel()
    row_of_axes[0].figure.canvas.draw()


def test_weight_images_show_columns_on_one_symmetric_range(row_of_axes):
    W = np.arange(18.0).reshape(6, 3) - 20
    plots.weight_images(row_of_axes, W, (2, 3))
    for k, ax in enumerate(row_of_axes):
        assert np.array_equal(drawn_values(ax), W[:, k].reshape(2, 3)) and ax.images[0].get_clim() == (-20, 20)
    row_of_axes[0].figure.canvas.draw()


def test_too_few_axes_are_refused_not_left_undrawn(row_of_axes):
    with pytest.raises(ValueError, match="zip"):
        plots.weight_images(row_of_axes, np.ones((6, 4)), (2, 3))


def test_the_confusion_matrix_has_true_rows_and_written_counts(ax):
    plots.confusion(ax, np.array([[3, 1], [0, 0]]), names=("cat", "dog"))
    assert drawn_values(ax).tolist() == [[0.75, 0.25], [0, 0]]  # a class without examples divides by nothing
    assert {text.get_position(): text.get_text() for text in ax.texts}[(1, 0)] == "1"  # x is the predicted class
    assert [text.get_text() for text in ax.texts] == ["3", "1", "0", "0"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted class", "true class")
    assert [text.get_text() for text in ax.get_yticklabels()] == ["cat", "dog"]


def test_dark_cells_carry_light_text(ax):
    plots.confusion(ax, np.array([[9, 1], [1, 9]]))
    assert [text.get_color() for text in ax.texts] == ["white", "black", "black", "white"]


def test_the_error_map_shows_where_a_gradient_is_off(ax):
    numeric = np.array([[1.0, 2.0], [-4.0, 0.5]])
    analytic = numeric.copy()
    analytic[1, 0] += 4e-3
    plots.gradient_error_map(ax, analytic, numeric)
    assert np.allclose(drawn_values(ax), [[-17, -17], [-3, -17]], atol=1e-3)
    ax.clear()
    plots.gradient_error_map(ax, np.zeros(3), np.zeros(3))
    assert drawn_values(ax).tolist() == [[-17, -17, -17]]


def test_grey_tells_dark_from_light_on_the_colour_map_of_signs_and_errors():
    colours = plt.get_cmap(plots.DARK_TO_LIGHT)(np.linspace(0, 1, 50))[:, :3]
    assert (np.diff(colours @ [0.2126, 0.7152, 0.0722]) > 0).all()
