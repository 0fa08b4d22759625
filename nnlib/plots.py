"""Pictures of given data on given Axes; nothing is trained or computed here but what is drawn.

Colours are Okabe & Ito's, which the colour-blind can tell apart; classes also differ in marker, lines in style, so that
a greyscale print says the same; colour maps run from dark to light. Every function labels its axes and returns them.
"""

import numpy as np

from nnlib.backend import to_numpy

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442", "#000000")
DARK_TO_LIGHT = "cividis"
MARKERS = ("o", "^", "s", "D", "v", "P", "X", "*")
LINES = ("-", "--", "-.", ":")


def scatter(ax, X, y, names=("class 0", "class 1")):
    """Points X (m, 2) of the classes y (m,), integers 0 … K-1 called `names`."""
    X, y = to_numpy(X), to_numpy(y)
    for k in np.unique(y).astype(int):
        style = {"color": COLOURS[k], "marker": MARKERS[k], "edgecolors": "white", "linewidths": 0.6}
        ax.scatter(*X[y == k].T, s=36, label=names[k] if k < len(names) else f"class {k}", zorder=3, **style)
    _label(ax, "$x_1$", "$x_2$")
    ax.legend()
    return ax


def decision_regions(ax, predict, X, y, names=("class 0", "class 1"), resolution=200):
    """Points X (m, 2), y (m,) over the regions of `predict`: (k, 2) rows → (k,) class numbers.

    For a network: `lambda X: predicted_labels(model.forward(X))`, with `nnlib.metrics.predicted_labels`.
    """
    X = to_numpy(X)
    x1, x2 = (_around(X[:, j], resolution) for j in (0, 1))
    labels = np.reshape(to_numpy(predict(_grid(x1, x2))), (len(x2), len(x1)))
    classes = int(max(labels.max(), to_numpy(y).max())) + 1
    levels = np.arange(classes + 1) - 0.5
    ax.contourf(x1, x2, labels, levels=levels, colors=COLOURS[:classes], alpha=0.18)
    if len(np.unique(labels)) > 1:
        ax.contour(x1, x2, labels, levels=levels[1:-1], colors="0.25", linewidths=1.2)
    return scatter(ax, X, y, names)


def loss_curve(ax, *curves, x=None, xlabel="update", ylabel="cost J (nats)"):
    """Costs against updates (or x): each curve is (label, list of J). Logarithmic if positive costs span 100 ×."""
    every = [to_numpy(np.asarray(costs, dtype=float)) for _, costs in curves]
    for k, ((label, _), costs) in enumerate(zip(curves, every, strict=True)):
        ax.plot(np.arange(len(costs)) if x is None else x, costs, LINES[k % 4], color=COLOURS[k % 8], label=label)
    if min(c.min() for c in every) > 0 and max(c.max() for c in every) > 100 * min(c.min() for c in every):
        ax.set_yscale("log")
    _label(ax, xlabel, ylabel)
    ax.legend()
    return ax


def training_curves(ax, history, ylabel="loss J (nats)"):
    """Loss of training and validation after each epoch of `nnlib.training.fit`, and the epoch that was kept."""
    curves = [("training", history.loss), ("validation", history.validation_loss)]
    epochs = np.arange(1, len(history.loss) + 1)
    loss_curve(ax, *[curve for curve in curves if curve[1]], x=epochs, xlabel="epoch", ylabel=ylabel)
    if history.best_epoch is not None:
        ax.axvline(history.best_epoch + 1, color="0.4", linestyle=":", label="kept")
        ax.legend()
    return ax


def activation_histograms(axes, activations, bins=40):
    """One histogram a layer: `activations` is a dict of name → array of outputs, `axes` as many Axes.

    All share one range of values, so that layers can be compared; mean and standard deviation stand in the titles.
    """
    values = [to_numpy(a).ravel() for a in activations.values()]
    common = (min(v.min() for v in values), max(v.max() for v in values))
    for ax, name, v in zip(np.ravel(axes), activations, values, strict=True):
        ax.hist(v, bins=bins, range=common, weights=np.full(len(v), 1 / len(v)), color=COLOURS[0])
        ax.set_title(f"{name}\nmean {v.mean():.2g}, std {v.std():.2g}", fontsize=9)
        _label(ax, "output", "share")
    return axes


def activation_spread(ax, history):
    """Each layer's outputs after each epoch of `fit(…, monitor=X)`: median (thick line) and quartiles (thin)."""
    for k, (name, summaries) in enumerate(history.activations.items()):
        epochs = np.arange(1, len(summaries) + 1)
        quartiles = np.array([(s.lower_quartile, s.median, s.upper_quartile) for s in summaries]).T
        for line, width in zip(quartiles, (0.7, 2, 0.7), strict=True):
            style = {"color": COLOURS[k % 8], "linestyle": LINES[k % 4], "linewidth": width}
            ax.plot(epochs, line, label=name if width == 2 else None, **style)
    _label(ax, "epoch", "output of the layer")
    ax.legend()
    return ax


def weight_images(axes, W, shape):
    """Column k of W (n_in, K) as an image of `shape` on the k-th of K Axes: dark negative, light positive.

    All share one range, symmetric about zero, so that zero is the same middle tone everywhere.
    """
    W = to_numpy(W)
    largest = abs(W).max() or 1
    for k, (ax, column) in enumerate(zip(np.ravel(axes), W.T, strict=True)):
        image = ax.imshow(column.reshape(shape), cmap=DARK_TO_LIGHT, vmin=-largest, vmax=largest)
        ax.set(title=str(k), xticks=[], yticks=[])
    np.ravel(axes)[0].figure.colorbar(image, ax=list(np.ravel(axes)), label="weight")
    return axes


def confusion(ax, matrix, names=None):
    """A confusion matrix (K, K) from `nnlib.metrics.confusion_matrix`: counts, shaded by share of the true class."""
    matrix = to_numpy(matrix)
    names = names or [str(k) for k in range(len(matrix))]
    share = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    ax.imshow(share, cmap="Blues", vmin=0, vmax=1)
    for (i, j), count in np.ndenumerate(matrix):
        ax.text(j, i, str(count), ha="center", va="center", fontsize=8, color="white" if share[i, j] > 0.5 else "black")
    ax.set_xticks(range(len(matrix)), names)
    ax.set_yticks(range(len(matrix)), names)
    _label(ax, "predicted class", "true class")
    return ax


def gradient_error_map(ax, analytic, numeric):
    """|analytic - numeric| of every entry of one parameter (n_in, n_out) or (n,): a heat map, light where it is large.

    The scale is logarithmic, in decades of the largest gradient; an exact zero is drawn as the smallest error there is.
    """
    analytic, numeric = (np.atleast_2d(to_numpy(gradient)).astype(float) for gradient in (analytic, numeric))
    error = abs(analytic - numeric) / (max(abs(analytic).max(), abs(numeric).max()) or 1)
    image = ax.imshow(np.log10(np.maximum(error, 1e-17)), cmap=DARK_TO_LIGHT, vmin=-17, vmax=0, aspect="auto")
    ax.figure.colorbar(image, ax=ax, label="log₁₀ of error / largest gradient")
    rows, columns = error.shape
    ax.set(xticks=range(0, columns, 1 + columns // 12), yticks=range(0, rows, 1 + rows // 12))
    _label(ax, "column j", "row i")
    return ax


def cost_surface(ax, cost, w_range, b_range, path=None, resolution=80):
    """Contours of cost(w, b) (numbers in, number out) over two ranges (low, high), and a descent's `path` of (w, b)."""
    w, b = np.linspace(*w_range, resolution), np.linspace(*b_range, resolution)
    J = np.array([[float(cost(w_k, b_k)) for w_k in w] for b_k in b])
    ax.contourf(w, b, J, levels=12, cmap="Blues", alpha=0.6)
    ax.clabel(ax.contour(w, b, J, levels=12, colors="0.35", linewidths=0.8), fontsize=7, fmt="%.2g")
    if path is not None:
        _draw_path(ax, np.array([(float(w_k), float(b_k)) for w_k, b_k in path]))
    _label(ax, "$w$", "$b$")
    ax.set(xlim=w_range, ylim=b_range)
    return ax


def roc(ax, fpr, tpr, label="classifier"):
    """A ROC curve from `nnlib.metrics.roc_curve` beside the diagonal of a coin toss."""
    ax.plot(fpr, tpr, color=COLOURS[0], label=label)
    ax.plot([0, 1], [0, 1], ":", color="0.4", label="coin toss")
    _label(ax, "false positive rate", "true positive rate")
    ax.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")
    ax.legend(loc="lower right")
    return ax


def gradient_errors(ax, report):
    """A `GradientReport`: the error of each parameter's worst entry beside its tolerance (bar)."""
    for k, row in enumerate(report.rows):
        ax.plot([row.tolerance] * 2, [k - 0.3, k + 0.3], color="0.3", label="tolerance" if k == 0 else None)
        marker = {"marker": "o" if row.passed else "X", "color": COLOURS[0 if row.passed else 1]}
        # an exact zero has no place on a logarithmic axis
        ax.plot(max(row.error, 1e-18), k, linestyle="none", markersize=8, label=row.verdict, **marker)
    ax.set_xscale("log")
    ax.set_yticks(range(len(report.rows)), [row.name for row in report.rows])
    ax.set_ylim(len(report.rows) - 0.5, -0.5)
    _label(ax, "|analytic − numeric|, worst entry", "parameter")
    handles, labels = ax.get_legend_handles_labels()
    once = dict(zip(labels, handles, strict=True))
    ax.legend(once.values(), once.keys())
    return ax


def _label(ax, xlabel, ylabel):
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)


def _around(values, resolution):
    margin = 0.1 * (np.ptp(values) or 1)
    return np.linspace(values.min() - margin, values.max() + margin, resolution)


def _grid(x1, x2):
    return np.stack(np.meshgrid(x1, x2), axis=-1).reshape(-1, 2)


def _draw_path(ax, path):
    ax.plot(*path.T, "o-", color=COLOURS[1], markersize=3.5, linewidth=1.2)
    ax.plot(*path[0], marker="s", color=COLOURS[1], markersize=8, linestyle="none", label="start")
    ax.plot(*path[-1], marker="*", color="black", markersize=12, linestyle="none", label="end")
    ax.legend()
