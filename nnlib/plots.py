"""Pictures of given data on given Axes; nothing is trained or computed here but what is drawn.

Colours are Okabe & Ito's, which the colour-blind can tell apart; classes also differ in marker, lines in style, so that
a greyscale print says the same. Every function labels its axes and returns the Axes.
"""

import numpy as np

from nnlib.backend import to_numpy

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442", "#000000")
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
    """Points X (m, 2), y (m,) over the regions of `predict`: (k, 2) rows → (k,) class numbers."""
    X = to_numpy(X)
    x1, x2 = (_around(X[:, j], resolution) for j in (0, 1))
    labels = np.reshape(predict(_grid(x1, x2)), (len(x2), len(x1)))
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
