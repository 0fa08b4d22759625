"""Figures of lecture 6, multilayer perceptrons."""

import matplotlib.pyplot as plt
import numpy as np
from figures import BLUE, GREEN, GREY, LINES, ORANGE, PURPLE, RED, node
from matplotlib.patheffects import withStroke

from nnlib.plots import weight_images

CLASSES = ((ORANGE, "o"), (BLUE, "s"))


def points(axes, X, y, size=70):
    """Points X (m, 2) of the classes y (m,): orange circles for 0, blue squares for 1."""
    for k, (color, marker) in enumerate(CLASSES):
        axes.scatter(*X[y == k].T, s=size, color=color, marker=marker, edgecolors="black", linewidths=0.7, zorder=4)


def shade(axes, fires, x_range, y_range, resolution=481):
    """The plane where fires(X) is true (X (k, 2) → (k,)) in blue, the rest in orange, and the boundary."""
    x, y = np.linspace(*x_range, resolution), np.linspace(*y_range, resolution)
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    label = np.asarray(fires(grid), dtype=float).reshape(resolution, resolution)
    axes.contourf(x, y, label, levels=(-0.5, 0.5, 1.5), colors=(ORANGE, BLUE), alpha=0.18)
    if label.min() < label.max():
        axes.contour(x, y, label, levels=(0.5,), colors="black", linewidths=1.2)
    axes.set(xlim=x_range, ylim=y_range)


# sections 1 and 2: three points


def three_points(x, y, lines, best):
    """Left: the signals of some neurons (w, b) at the points x (3,); right: the best logistic neuron says `best`."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.7))
    wide = np.linspace(-2, 4, 61)
    for (w, b), style, color in zip(lines, LINES, (GREY, GREEN, PURPLE), strict=False):
        left.plot(wide, w * wide + b, style, color=color, label=f"$z = {w:g}\\,x {b:+g}$")
        left.plot(x, w * x + b, "o", color=color, ms=6)
        left.plot(x[1], w * x[1] + b, "o", color=RED, ms=8)
    left.axhline(0, color="black", lw=0.8)
    left.set(title="The middle signal is the mean of the others", xlabel="$x$", ylabel="signal $z$", ylim=(-4, 9))
    left.legend(loc="upper right")
    right.axhline(best, color=BLUE, label=f"best logistic neuron: {best:.3f} everywhere")
    for k, (color, marker) in enumerate(CLASSES):
        right.scatter(x[y == k], y[y == k], s=90, color=color, marker=marker, edgecolors="black", zorder=3)
    right.set(title="So the best neuron ignores $x$", xlabel="$x$", ylabel=r"label $y$, output $\hat y$")
    right.set(xlim=(-2, 4), ylim=(-0.1, 1.45))
    right.legend(loc="upper center")
    return figure


def folded(x, y, wide, hidden, output, H):
    """Left: two hidden units and the output against x (`wide` and its hidden (k, 2), output (k,)). Right: H (3, 2)."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
    for k, (style, color) in enumerate((("--", GREEN), (":", PURPLE))):
        left.plot(wide, hidden[:, k], style, color=color, label=f"$h_{k + 1}$")
    left.plot(wide, output, "-", color=BLUE, label=r"$\hat y$")
    points(left, np.column_stack([x, y]), y)
    left.set(title="Two bends make a valley", xlabel="$x$", ylabel="output of the unit", ylim=(-0.4, 5))
    left.legend()
    shade(right, lambda h: h.sum(axis=1) > 2, (-0.4, 4.5), (-0.4, 4))
    right.plot(*hidden.T, "-", color=GREY, lw=3, alpha=0.7)
    points(right, H, y, size=110)
    for value, h in zip(x, H, strict=True):
        right.annotate(f"$x = {value:g}$", h, (10, 8), textcoords="offset points")
    right.plot(0, 0, "*", color=RED, ms=15, zorder=5)
    right.annotate("the fold, $x = 0$", (0, 0), (16, 8), textcoords="offset points", color=RED)
    right.set(title="In hidden space one line separates them", xlabel="$h_1$", ylabel="$h_2$")
    return figure


# section 3: networks drawn


def networks():
    """The 3-3-1 net, the edges into its first hidden unit named, and the 3-3-2-2 net."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.4), width_ratios=(1.25, 1))
    _network(left, (3, 3, 1), named=True)
    left.set_title("3–3–1: three inputs, three hidden units, one output")
    _network(right, (3, 3, 2, 2), named=False)
    right.set_title("3–3–2–2: two hidden layers, two outputs")
    return figure


def _network(axes, sizes, named):
    last = len(sizes) - 1
    places = [[(2.6 * k, (size - 1) / 2 - unit) for unit in range(size)] for k, size in enumerate(sizes)]
    biases = [(2.6 * k, -2) for k in range(last)]
    for k in range(last):
        for j, end in enumerate(places[k + 1]):
            for i, start in enumerate([*places[k], biases[k]]):
                marked = named and k == 0 and j == 0
                color = RED if marked else (GREY if i == sizes[k] else "black")
                _edge(axes, start, end, color, 1.8 if marked else 0.7)
                if marked:
                    _name_edge(axes, start, end, f"$W^{{(1)}}_{{{i + 1}1}}$" if i < sizes[0] else "$b^{(1)}_1$")
    for k, layer in enumerate(places):
        for unit, place in enumerate(layer, 1):
            index = f"_{unit}" if len(layer) > 1 else ""
            node(axes, *place, rf"$\hat y{index}$" if k == last else f"$a^{{({k})}}{index}$" if k else f"$x{index}$")
        text = ("input" if k == 0 else "output" if k == last else "hidden") + f"\n$s_{k} = {sizes[k]}$"
        axes.text(2.6 * k, 1.6, text, ha="center", va="bottom", fontsize=10)
    for place in biases:
        axes.scatter(*zip(place, strict=True), s=500, facecolors="#eeeeee", edgecolors=GREY, zorder=3)
        axes.text(*place, "$+1$", ha="center", va="center", color=GREY, zorder=4, fontsize=10)
    axes.set(xlim=(-0.6, 2.6 * last + 0.6), ylim=(-2.5, 2.5))
    axes.axis("off")


def _edge(axes, start, end, color, width):
    """An arrow from the rim of one node to that of another; a node's radius is 18 points."""
    arrow = {"arrowstyle": "-|>", "color": color, "shrinkA": 18, "shrinkB": 18, "lw": width}
    axes.annotate("", end, start, arrowprops=arrow)


def _name_edge(axes, start, end, name):
    place = [0.68 * s + 0.32 * e for s, e in zip(start, end, strict=True)]
    white = {"facecolor": "white", "edgecolor": "none", "pad": 0.5}
    axes.text(*place, name, color=RED, ha="center", va="center", fontsize=10, bbox=white, zorder=5)


# section 4: two boundaries, combined


def combined(panels, corners, X, y):
    """Panels (title, fires) over the plane with points X (4, 2), y; last the corners (4, 2) of hidden space."""
    figure, axes = plt.subplots(1, len(panels) + 1, figsize=(3.3 * (len(panels) + 1), 3.5))
    for panel, (title, fires) in zip(axes, panels, strict=False):
        shade(panel, fires, (-0.6, 1.6), (-0.6, 1.6))
        points(panel, X, y)
        panel.set(title=title, xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
    shade(axes[-1], lambda h: h.sum(axis=1) > 1.5, (-0.6, 1.6), (-0.6, 1.6))
    points(axes[-1], corners, y, size=110)
    pointer = {"arrowstyle": "->", "color": RED, "shrinkB": 8}
    axes[-1].annotate("two inputs\nmeet here", (1, 1), (0.1, 0.2), color=RED, ha="center", arrowprops=pointer)
    axes[-1].set(title="Hidden space: one line", xlabel="$h_1$", ylabel="$h_2$", aspect="equal")
    return figure


# section 5: hidden space during training


def hidden_space(axes, path, X, y, line, says):
    """Points X (4, 2), y (4,), at the end of their path (k, 4, 2), named, and the output neuron's line (v (2,), c).

    A small picture in the corner: the plane of X with the decision says(points (k, 2)) → (k,).
    """
    v, c = line
    shade(axes, lambda h: h @ v + c > 0, (-1.25, 1.75), (-1.75, 1.25))  # room for the small picture
    for way, k in zip(path.swapaxes(0, 1), y, strict=True):
        axes.plot(*way.T, "-", color=CLASSES[int(k)][0], lw=2, alpha=0.8)
        axes.plot(*way[0], "o", color="white", mec=CLASSES[int(k)][0], ms=5)
    points(axes, path[-1], y)
    for x, h in zip(X, path[-1], strict=True):
        offset = {(0, 0): (8, 5), (1, 0): (-22, -12), (1, 1): (8, -13)}.get(tuple(x), (-6, -17))
        rim = [withStroke(linewidth=3, foreground="white")]  # read over the paths
        axes.annotate(f"{x[0]:g}{x[1]:g}", h, offset, textcoords="offset points", color=RED, path_effects=rim)
    axes.set(xlabel="$h_1$", ylabel="$h_2$", aspect="equal", xticks=(-1, 0, 1), yticks=(-1, 0, 1))
    inset = axes.inset_axes((0.69, 0.03, 0.29, 0.29), facecolor="white")
    shade(inset, says, (-0.6, 1.6), (-0.6, 1.6), resolution=121)
    points(inset, X, y, size=22)
    inset.set(xticks=[], yticks=[])
    inset.set_title("inputs", fontsize=10, weight="normal", pad=2)
    inset.spines[:].set_visible(True)


def bent(X, y, grid, stages):
    """One panel a stage (title, map): points X (m, 2), y (m,), and lines (k, 2) of a grid, moved by map."""
    figure, axes = plt.subplots(1, len(stages), figsize=(3.1 * len(stages), 3.2))
    for panel, (title, move) in zip(axes, stages, strict=True):
        for line in grid:
            panel.plot(*move(line).T, "-", color=GREY, lw=0.6, alpha=0.8)
        points(panel, move(X), y, size=18)
        panel.set(title=title)
    axes[0].set(xlabel="$x_1$", ylabel="$x_2$")
    for panel in axes[1:]:
        panel.set(xlabel="$h_1$", ylabel="$h_2$")
    return figure


# section 6: a deep linear net


def boundaries(panels, X, y):
    """One panel a model (title, fires)."""
    figure, axes = plt.subplots(1, len(panels), figsize=(3.7 * len(panels), 3.5))
    for panel, (title, fires) in zip(axes, panels, strict=True):
        shade(panel, fires, (-1.6, 2.6), (-1.2, 1.7))
        points(panel, X, y, size=18)
        panel.set(title=title, xlabel="$x_1$", ylabel="$x_2$")
    return figure


# sections 7 and 8: universality


def distances(Z, names):
    """Signals Z (k, k) of k detectors (columns) for k inputs (rows), the positive ones marked."""
    figure, axes = plt.subplots(figsize=(5.6, 4.6))
    axes.imshow(Z, cmap="Blues", vmin=-3.5, vmax=3.5)
    for (i, j), z in np.ndenumerate(Z):
        axes.text(j, i, f"{z:g}", ha="center", va="center", weight="bold" if z > 0 else "normal")
        if z > 0:
            axes.add_patch(plt.Rectangle((j - 0.48, i - 0.48), 0.96, 0.96, fill=False, edgecolor=RED, lw=2.5))
    axes.set_xticks(range(len(Z)), names)
    axes.set_yticks(range(len(Z)), names)
    axes.set(title="Only on the diagonal is a signal positive", xlabel="unit for the pattern c", ylabel="input x")
    return figure


def grown(x, f, fits):
    """One panel a width: the curve f (k,) at x (k,), and fits, a list of (N, F (k,))."""
    figure, axes = plt.subplots(1, len(fits), figsize=(3.1 * len(fits), 3.2), sharey=True)
    for panel, (N, F) in zip(axes, fits, strict=True):
        panel.plot(x, f, "--", color=ORANGE, label="$f$")
        panel.plot(x, F, "-", color=BLUE, label="$F$")
        worst = abs(F - f).argmax()
        panel.plot([x[worst]] * 2, [f[worst], F[worst]], "-", color=RED, lw=2.5)
        panel.set(title=f"N = {N}: off by {abs(F - f).max():.2g}", xlabel="$x$", ylim=(-0.05, 1.15))
    axes[0].legend(loc="upper right")
    return figure


def limits(x, f, F, few, train, interpolant):
    """Left: F leaves f outside [0, 1]. Right: `train` (x, y), a curve through all of it, and a plain one (`few`)."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8))
    left.axvspan(0, 1, color=GREY, alpha=0.15)
    left.plot(x, f, "--", color=ORANGE, label="$f$")
    left.plot(x, F, "-", color=BLUE, label="$F$, built for $[0, 1]$")
    left.set(title="Outside the interval nothing is promised", xlabel="$x$", ylabel="$y$", ylim=(0, 1.2))
    left.legend(loc="upper right")
    inside = (x >= 0) & (x <= 1)
    right.plot(x[inside], f[inside], "--", color=ORANGE, label="$f$")
    right.plot(x[inside], few[inside], "-.", color=GREEN, label="4 units")
    right.plot(x[inside], interpolant[inside], "-", color=BLUE, label="50 units")
    right.plot(*train, "o", color="black", ms=6, label="noisy data")
    right.set(title="Enough units to fit the noise", xlabel="$x$", ylim=(-1.1, 2))
    right.legend(ncols=2, loc="lower left")
    return figure


# section 9 and optional: digits, depth


def digits(table, W):
    """Left: test accuracies, name → (splits,), one line a split. Right: ten columns of W (64, k) as 8×8 images."""
    figure = plt.figure(figsize=(10.5, 3.8))
    left, right = figure.subfigures(1, 2, width_ratios=(1, 1.5))
    axes = left.subplots()
    scores = np.array(list(table.values()))
    axes.plot(range(len(scores)), scores, "o-", color=GREY, ms=5, lw=1)
    axes.plot(range(len(scores)), scores.mean(axis=1), "D", color=RED, ms=10, zorder=4, label="mean")
    axes.set_xticks(range(len(scores)), list(table))
    axes.set(title="Better on the same splits", ylabel="test accuracy", xlim=(-0.4, len(scores) - 0.6))
    axes.legend(loc="lower right")
    images = weight_images(right.subplots(2, 5), W[:, :10], (8, 8))
    for image in images.flat:
        image.set_title("")  # a unit is no digit
        image.images[0].set_cmap(plt.get_cmap("cividis", 16))  # few colours: red must stay red in the stored picture
    right.suptitle("What ten hidden units look for", weight="bold", fontsize=11)
    return figure


def teeth(x, curves):
    """One panel a curve: (title, values (k,))."""
    figure, axes = plt.subplots(1, len(curves), figsize=(3.3 * len(curves), 2.9), sharey=True)
    for panel, (title, values) in zip(axes, curves, strict=True):
        panel.plot(x, values, "-", color=BLUE)
        panel.set(title=title, xlabel="$x$")
    return figure
