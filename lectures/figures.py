"""Figures of the lectures that are longer than a cell should be. They draw what they are given and train nothing.

Colours are Okabe and Ito's, chosen to survive colour-blindness; line style or marker tells the same story in greyscale.
"""

import io
from base64 import b64encode

import matplotlib.pyplot as plt
import numpy as np
from IPython import get_ipython
from matplotlib.figure import Figure
from PIL import Image

BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#666666"


def store_few_colours(colours=64):
    """Have this notebook store its figures as PNGs of so few colours: a third of the bytes, the same to the eye."""

    def as_png(figure):
        drawn, stored = io.BytesIO(), io.BytesIO()
        figure.savefig(drawn, format="png", bbox_inches="tight")
        Image.open(drawn).convert("RGB").quantize(colours).save(stored, "PNG", optimize=True)
        return b64encode(stored.getvalue()).decode()

    plt.switch_backend(plt.get_backend())  # loads it now: it sets a PNG writer of its own, and ours must come second
    get_ipython().display_formatter.formatters["image/png"].for_type(Figure, as_png)


# 02 logistic regression


def five_views(sigmoid, w, b, points, labels):
    """Five ways to read ŷ = σ(wᵀx + b), and the hard threshold beside them.

    w (2,), b a number, points (m, 2), labels (m,) of 0 and 1. Returns the figure.
    """
    figure, panels = plt.subplots(2, 3, figsize=(10.5, 6), layout="constrained")
    z = np.linspace(-6, 6, 241)
    _log_odds(panels[0, 0], z)
    _coin(panels[0, 1], sigmoid, (-2.0, 0.0, 1.5))
    _squash(panels[0, 2], z, sigmoid(z))
    _boundary(panels[1, 0], sigmoid, w, b, points, labels)
    _two_stages(panels[1, 1])
    _hard_and_soft(panels[1, 2], z, sigmoid(z))
    return figure


def _log_odds(axes, z):
    axes.plot(z, z, color=BLUE)
    axes.set(title="I  the log odds are linear", xlabel="signal $z = w^T x + b$", ylabel=r"$\log\,\hat y/(1-\hat y)$")


def _coin(axes, sigmoid, signals):
    """One coin per signal: the bar of heads (y = 1) beside the bar of tails."""
    heads, places = sigmoid(np.array(signals)), np.arange(len(signals))
    axes.bar(places - 0.2, 1 - heads, 0.38, color="white", edgecolor=GREY, hatch="//", label="$y = 0$")
    axes.bar(places + 0.2, heads, 0.38, color=BLUE, label="$y = 1$")
    axes.set_xticks(places, [f"z = {signal:g}" for signal in signals])
    axes.set(title="II  the label is a coin", xlabel="three inputs, by signal", ylabel="probability", ylim=(0, 1.3))
    axes.legend(ncols=2, frameon=False, loc="upper center")


def _squash(axes, z, a):
    axes.plot(z, a, color=BLUE)
    for level in (0, 1):
        axes.axhline(level, color=GREY, linestyle=":", linewidth=1)
    axes.set(title="III  an S squashes the line", xlabel="signal $z$", ylabel=r"$\hat y = \sigma(z)$")


def _boundary(axes, sigmoid, w, b, points, labels):
    x1, x2 = np.meshgrid(np.linspace(-3, 3, 121), np.linspace(-3, 3, 121))
    levels = axes.contour(
        x1,
        x2,
        sigmoid(w[0] * x1 + w[1] * x2 + b),
        [0.1, 0.5, 0.9],
        colors="black",
        linestyles=["dotted", "solid", "dashed"],
        linewidths=1.2,
    )
    axes.clabel(levels, fmt="%.1f", fontsize=9, manual=[(-1.9, 0.6), (0.6, 1.4), (0.4, -1.2)])
    axes.scatter(*points[labels == 0].T, marker="o", facecolors="none", edgecolors=ORANGE, s=18, label="$y = 0$")
    axes.scatter(*points[labels == 1].T, marker="x", color=BLUE, s=18, linewidths=1, label="$y = 1$")
    foot = -b * w / (w @ w)  # the point of the boundary nearest to the origin
    axes.annotate("", foot + w / np.linalg.norm(w), foot, arrowprops={"arrowstyle": "-|>", "color": "black", "lw": 1.5})
    axes.text(
        *(foot + 1.35 * w / np.linalg.norm(w)),
        "w",
        weight="bold",
        ha="center",
        va="center",
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
    )
    axes.set(title="IV  the boundary is a line", xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
    axes.set(xlim=(-3, 3), ylim=(-3, 3))
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize=8, handletextpad=0.1)


def _two_stages(axes):
    axes.set(title="V  two stages", xlim=(0, 10), ylim=(0, 6))
    axes.axis("off")
    for height, name in zip((5, 3, 1), ("$x_1$", "$x_2$", "$1$"), strict=True):
        axes.text(0.6, height, name, ha="center", va="center", fontsize=12)
        _arrow(axes, (1.1, height), (3.3, 3 + (height - 3) * 0.25))
    for height, name in zip((4.7, 3.3, 1.3), ("$w_1$", "$w_2$", "$b$"), strict=True):
        axes.text(2.1, height, name, ha="center", va="center", color=BLUE)
    for middle, name in ((4, "+"), (7, r"$\sigma$")):
        _node(axes, middle, 3, name)
    _arrow(axes, (4.7, 3), (6.3, 3), "$z$")
    _arrow(axes, (7.7, 3), (9.5, 3), r"$\hat y$")
    axes.text(4, 1.4, "sum", ha="center", color=GREY)
    axes.text(7, 1.4, "squash", ha="center", color=GREY)


def _hard_and_soft(axes, z, a):
    axes.plot(z, z > 0, color=ORANGE, linestyle="--", drawstyle="steps-mid", label="threshold: 0 or 1")
    axes.plot(z, a, color=BLUE, label="logistic: a soft label")
    axes.set(title="the same side, with doubt", xlabel="signal $z$", ylabel="output")
    axes.legend(loc="upper left", fontsize=8)


def _node(axes, x, y, name):
    axes.scatter([x], [y], s=1300, facecolors="white", edgecolors="black", zorder=3)
    axes.text(x, y, name, ha="center", va="center", fontsize=13, zorder=4)


def _arrow(axes, start, end, name="", *, color="black", above=True):
    axes.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": color, "shrinkA": 0, "shrinkB": 0})
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2 + (0.18 if above else -0.18))
    axes.text(*middle, name, ha="center", va="bottom" if above else "top", color=color)


def forward_and_backward(wires, slopes):
    """The neuron with one example in it: values above the wires go right, derivatives of L below them go left.

    wires: (name, value, derivative of L) of wᵀx, z, a and L, in that order; slopes: the text under each block, its
    factor going back. Returns the figure.
    """
    figure, axes = plt.subplots(figsize=(10, 2.3), layout="constrained")
    axes.set(xlim=(0, 14), ylim=(-1.5, 1.3))
    axes.axis("off")
    for x, name, slope in zip((3.2, 7, 10.8), ("+ b", r"$\sigma$", "log\nloss"), slopes, strict=True):
        _node(axes, x, 0, name)
        axes.text(x, -0.95, slope, color=RED, ha="center", va="top", fontsize=9)
    spans = ((0.2, 2.5), (3.9, 6.3), (7.7, 10.1), (11.5, 13.8))
    for (start, end), (name, value, derivative) in zip(spans, wires, strict=True):
        _arrow(axes, (start, 0.2), (end, 0.2), f"{name} = {value:.4g}", color=BLUE)
        _arrow(axes, (end, -0.2), (start, -0.2), f"{derivative:.4g}", color=RED, above=False)
    axes.text(0.2, 1.05, "forward: values", color=BLUE)
    axes.text(13.8, -1.4, "backward: derivative of L with respect to the wire", color=RED, ha="right")
    return figure


def likelihood_of_a_coin(p, likelihood, mean_loss, heads_share):
    """The likelihood of p and the mean log loss J(p) side by side: one has its peak where the other has its foot."""
    figure, panels = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    names = (r"likelihood $P(\mathrm{data}\,|\,p)$", "J(p), nats a toss")
    for axes, curve, name in zip(panels, (likelihood, mean_loss), names, strict=True):
        axes.plot(p, curve, color=BLUE)
        axes.axvline(heads_share, color=RED, linestyle="--", label=f"share of heads, {heads_share:g}")
        axes.set(xlabel="p, the coin's probability of heads", ylabel=name)
    panels[0].legend(loc="upper left", fontsize=9)
    return figure


def surface_and_paths(draw_surface, paths, cost, best_cost, examples_per_step):
    """Paths of Algorithm 1 on the surface of J (left), and what each had gained per example seen (right).

    draw_surface(axes) draws J; paths maps a name to the (steps + 1, 2) array of (w, b) visited.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
    draw_surface(left)
    styles = ((ORANGE, "-", 0.6), (GREEN, "-", 1.6), (RED, "--", 2.4))
    for (name, path), (color, style, width) in zip(paths.items(), styles, strict=True):
        left.plot(*path.T, color=color, linestyle=style, linewidth=width, label=name)
        shown = np.unique(np.geomspace(1, len(path) - 1, 80).astype(int))  # evenly spaced on a logarithmic axis
        excess = [cost(theta) - best_cost for theta in path[shown]]
        right.loglog(examples_per_step[name] * shown, excess, color=color, linestyle=style, linewidth=max(width, 1.2))
    left.plot(*next(iter(paths.values()))[0], "ko", markersize=7)
    left.legend(loc="upper right", fontsize=8)
    right.set(xlabel="examples seen", ylabel="$J(\\theta) - J(\\theta^*)$, nats")
    return figure


# 04 minibatches
# Matrices are grids, one cell a number, one scale in all panels; the heavy outline follows the first example.

MATRIX_FILL = {"examples": "#9ecae9", "parameters": "#f2b56b", "signals": "white", "wanted": "#d0d0d0"}


def weighted_sums(n=3, m=6):
    """The four weighted sums of one and of m examples with n inputs, in columns and in rows. Returns the figure."""
    cases = [[(layout, size) for size in (1, m)] for layout in ("columns", "rows")]
    equations = [[_pass_equations(layout, n, size)[0] for layout, size in line] for line in cases]
    return _equations(equations, [[f"{_count(size)} in {layout}" for layout, size in line] for line in cases])


def layout_passes(layout, n=3, m=6):
    """Forward and backward pass of one and of m examples in layout "columns" or "rows". Returns the figure.

    For columns the last lines are Algorithm 2; for rows it shows what is known and the shape that is wanted.
    """
    known = ["backward: the gradients", ""]
    gradients = known if layout == "columns" else ["backward: which products have these shapes?"]
    forward = [f"{_count(size)}, forward; then $a = \\sigma(z)$" for size in (1, m)]
    titles = [[first, "backward: the error signal", *gradients] for first in forward]
    lines = [_pass_equations(layout, n, size) for size in (1, m)]
    return _equations(zip(*lines, strict=True), zip(*titles, strict=True))


def _count(size):
    return "one example" if size == 1 else f"{size} examples"


def _pass_equations(layout, n, size):
    """The parts of each line (weighted sum, error signal, gradients) for `_equation`."""
    cost, column = "L" if size == 1 else "J", layout == "columns"
    outline, shape = ("column", (1, size)) if column else ("row", (size, 1))
    z, a, y, delta = ((name, *shape, "signals", outline) for name in ("$z$", "$a$", "$y$", r"$\delta$"))
    b, kind = ("$b$", 1, 1, "parameters"), "parameters" if column else "wanted"
    dw, db = ((rf"$\partial {cost}/\partial {name}$", rows, 1, kind) for name, rows in (("w", n), ("b", 1)))
    error = [a, "−", y, "=", delta]
    if not column:
        x = (r"$x^\top$" if size == 1 else r"$X_{\equiv}$", size, n, "examples", outline)
        forward = [x, ("$w$", n, 1, "parameters"), "+", b, "=", z]
        return forward, error, [x, "and", delta, "give ?", dw, "and", db]
    x = ("$x$" if size == 1 else r"$X_{||}$", n, size, "examples", outline)
    forward = [(r"$w^\top$", 1, n, "parameters"), x, "+", b, "=", z]
    if size == 1:
        return forward, error, [x, delta, "=", dw], [delta, "=", db]
    mean, ones = r"$\frac{1}{m}$", (r"$\mathbf{1}$", 1, size, "signals")
    turned = (r"$\delta^\top$", size, 1, "signals", "row")
    return forward, error, [mean, x, turned, "=", dw], [mean, ones, turned, "=", db]


def _equations(lines, titles, unit=0.25, widths=(16, 24)):
    """Lines of boxes, a cell being unit inches in every panel. Returns the figure."""
    lines = [list(line) for line in lines]
    heights = [3.8 + max(part[1] for parts in line for part in parts if not isinstance(part, str)) for line in lines]
    figure = plt.figure(figsize=(unit * sum(widths), unit * sum(heights)), dpi=90)
    top = sum(heights)
    for line, names, height in zip(lines, titles, heights, strict=True):
        top -= height
        for parts, name, left, width in zip(line, names, (0, widths[0]), widths, strict=True):
            box = (left / sum(widths), top / sum(heights), width / sum(widths), height / sum(heights))
            _equation(figure.add_axes(box), parts, name, width, height)
    return figure


def _equation(axes, parts, title, width, height):
    """One line of boxes. A part is an operator (a string) or the arguments of `_matrix` after left."""
    x = 0.2
    for part in parts:
        if isinstance(part, str):
            step = 1.4 if len(part) == 1 or part.startswith("$") else 0.5 + 0.4 * len(part)
            axes.text(x + step / 2, 0, part, ha="center", va="center", fontsize=13 if step == 1.4 else 10)
            x += step
        else:
            x = _matrix(axes, x + 0.25, *part) + 0.25
    axes.set(xlim=(0, width), ylim=(-height / 2 + 0.8, height / 2 + 0.8))
    axes.text(0.4, height / 2 + 0.5, title, ha="left", va="top", fontsize=10, color=GREY)
    axes.axis("off")


def _matrix(axes, left, label, rows, columns, kind, first=None):
    """A grid from x = left, centred on y = 0; first outlines the first "column" or "row". Returns its right edge."""
    top = rows / 2
    axes.add_patch(plt.Rectangle((left, -top), columns, rows, facecolor=MATRIX_FILL[kind], edgecolor="black", lw=0.8))
    axes.vlines(left + np.arange(1, columns), -top, top, color="black", lw=0.4)
    axes.hlines(np.arange(1, rows) - top, left, left + columns, color="black", lw=0.4)
    if first is not None:
        corner, size = ((left, -top), (1, rows)) if first == "column" else ((left, top - 1), (columns, 1))
        axes.add_patch(plt.Rectangle(corner, *size, fill=False, edgecolor="black", lw=2.4, zorder=3))
    axes.text(left + columns / 2, top + 0.3, label, ha="center", va="bottom", fontsize=11)
    axes.text(left + columns / 2, -top - 0.3, f"{rows} × {columns}", ha="center", va="top", fontsize=8)
    return left + columns


def memory_order(axes, matrix, picked, title):
    """A 2-D array, and below it its cells as they lie in memory (read from its strides); picked (a mask) is shaded."""
    rows, columns = matrix.shape
    for (i, j), value in np.ndenumerate(matrix):
        place = (i * matrix.strides[0] + j * matrix.strides[1]) // matrix.itemsize
        for corner in ((j, rows - i + 0.9), (place, 0)):
            fill = MATRIX_FILL["examples"] if picked[i, j] else "white"
            axes.add_patch(
                plt.Rectangle(
                    corner,
                    1,
                    1,
                    facecolor=fill,
                    edgecolor="black",
                    lw=2 if picked[i, j] else 0.6,
                    zorder=2 if picked[i, j] else 1,
                )
            )
            axes.text(corner[0] + 0.5, corner[1] + 0.47, f"{value:g}", ha="center", va="center", fontsize=8, zorder=3)
    axes.text(columns + 0.5, 1.2, "the same numbers as they lie in memory", fontsize=9, color=GREY)
    axes.set(xlim=(-0.2, rows * columns + 0.2), ylim=(-0.2, rows + 2.1), aspect="equal", anchor="W")
    axes.set_title(title, loc="left", fontsize=10)
    axes.axis("off")
