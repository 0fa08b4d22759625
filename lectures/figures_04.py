"""Figures of lecture 4, minibatches. Matrices are grids, one cell a number, one scale in all panels."""

import matplotlib.pyplot as plt
import numpy as np
from figures import BLUE, GREEN, GREY, MATRIX_FILL, ORANGE, RED, matrix

RACERS = {1: (ORANGE, "--", "s"), 57: (BLUE, "-", "o"), 456: (GREEN, "-.", "^")}  # colour, line and marker of each m


def weighted_sums(n=3, m=6):
    """The four weighted sums of one and of m examples with n inputs, in columns and in rows. Returns the figure."""
    cases = [[(layout, size) for size in (1, m)] for layout in ("columns", "rows")]
    equations = [[_pass_equations(layout, n, size)[0] for layout, size in line] for line in cases]
    names = [[f"{_count(size)} in {layout}" for layout, size in line] for line in cases]
    return _equations(equations, names, "z has one entry for each example, and stands as the examples do")


def layout_passes(layout, n=3, m=6):
    """Forward and backward pass of one and of m examples in layout "columns" or "rows". Returns the figure.

    For columns the last lines are Algorithm 2; for rows it shows what is known and the shape that is wanted.
    """
    known = ["backward: the gradients", ""]
    gradients = known if layout == "columns" else ["backward: which products have these shapes?"]
    forward = [f"{_count(size)}, forward; then $a = \\sigma(z)$" for size in (1, m)]
    titles = [[first, "backward: the error signal", *gradients] for first in forward]
    lines = [_pass_equations(layout, n, size) for size in (1, m)]
    message = "A column of X meets its own entry of δ" if layout == "columns" else "In rows: which products fit?"
    return _equations(zip(*lines, strict=True), zip(*titles, strict=True), message)


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


def _equations(lines, titles, message, unit=0.25, widths=(16.5, 24.5)):
    """Lines of boxes under a message, a cell being unit inches in every panel. Returns the figure."""
    lines = [list(line) for line in lines]
    heights = [3.8 + max(part[1] for parts in line for part in parts if not isinstance(part, str)) for line in lines]
    whole = sum(heights) + 1.6  # the message's line
    figure = plt.figure(figsize=(unit * sum(widths), unit * whole), layout="none")
    figure.text(0.01, 1 - 0.3 / whole, message, ha="left", va="top", fontsize=12, fontweight="bold")
    top = sum(heights)
    for line, names, height in zip(lines, titles, heights, strict=True):
        top -= height
        for parts, name, left, width in zip(line, names, (0, widths[0]), widths, strict=True):
            box = (left / sum(widths), top / whole, width / sum(widths), height / whole)
            _equation(figure.add_axes(box), parts, name, width, height)
    return figure


def _equation(axes, parts, title, width, height):
    """One line of boxes. A part is an operator (a string) or the arguments of `figures.matrix` after left."""
    x = 0.2
    for part in parts:
        if isinstance(part, str):
            step = 1.4 if len(part) == 1 or part.startswith("$") else 0.5 + 0.4 * len(part)
            axes.text(x + step / 2, 0, part, ha="center", va="center", fontsize=13 if step == 1.4 else 10)
            x += step
        else:
            x = matrix(axes, x + 0.35, *part) + 0.35  # room for the sizes below
    axes.set(xlim=(0, width), ylim=(-height / 2 + 0.8, height / 2 + 0.8))
    axes.text(0.4, height / 2 + 0.5, title, ha="left", va="top", fontsize=10, color=GREY)
    axes.axis("off")


def memory_order(axes, matrix, picked, title):
    """A 2-D array, and below it its cells as they lie in memory (read from its strides); picked (a mask) is shaded."""
    rows, columns = matrix.shape
    for (i, j), value in np.ndenumerate(matrix):
        place = (i * matrix.strides[0] + j * matrix.strides[1]) // matrix.itemsize
        for corner in ((j, rows - i + 0.9), (place, 0)):
            _cell(axes, corner, f"{value:g}", picked[i, j])
    axes.text(0, 1.2, "the same numbers as they lie in memory", fontsize=10, color=GREY)
    axes.set(xlim=(-0.2, rows * columns + 0.2), ylim=(-0.2, rows + 2.1), aspect="equal", anchor="W")
    axes.set_title(title)
    axes.axis("off")


def _cell(axes, corner, text, shaded):
    fill, width = (MATRIX_FILL["examples"], 2) if shaded else ("white", 0.6)
    axes.add_patch(plt.Rectangle(corner, 1, 1, facecolor=fill, edgecolor="black", lw=width, zorder=1 + shaded))
    axes.text(corner[0] + 0.5, corner[1] + 0.47, text, ha="center", va="center", fontsize=10, zorder=3)


def noise_law(m, measured, law, length):
    """Noise against m, logarithmic: `measured` at m and `law(m)`, each a pair with and without replacement.

    length is that of the full gradient. Returns the figure.
    """
    figure, axes = plt.subplots(figsize=(7.5, 4.4))
    line = np.geomspace(1, 455.5, 400)  # without replacement the law ends at N = 456, in zero
    kinds = (("with replacement", ORANGE, "--", "o"), ("without", BLUE, "-", "x"))
    for (name, colour, dash, mark), dots, theory in zip(kinds, measured, law(line), strict=True):
        axes.loglog(line, theory, dash, color=colour, label=f"law, {name}")
        axes.loglog(m, dots, mark, color=colour, ms=8, mfc="none", mew=2, label=f"1,000 minibatches, {name}")
    axes.axhline(length, color=RED, ls=":", label="length of the full gradient")
    axes.annotate("all 456:\nno noise", (450, 0.016), (75, 0.02), color=BLUE, arrowprops={"arrowstyle": "->"})
    axes.set(xlabel="examples in the minibatch, m", ylabel=r"noise, root of the mean of $\Vert\hat g-\bar g\Vert^2$")
    axes.set(ylim=(0.013, 5), title="A hundred times the examples, a tenth of the noise")
    axes.legend(loc="lower left")
    return figure


def rates(axes, grid, excess):
    """J - J* after ten epochs against the learning rate, for each m of `excess` (m → values on grid), best marked."""
    for m, values in excess.items():
        colour, dash, mark = RACERS[m]
        best = int(np.argmin(values))
        axes.loglog(grid, values, dash, marker=mark, ms=5, color=colour, label=f"m = {m}")
        axes.plot(grid[best], values[best], "*", color=RED, ms=15, zorder=4)
    axes.set(xlabel=r"learning rate $\varepsilon$", ylabel="$J - J^*$ after ten epochs (nats)")
    axes.set_title("Each m has its own best rate (star)")
    axes.legend(loc="upper left")


def race(axes, x, excess, xlabel, title):
    """J - J* against x (m → values); excess (m → (seeds, values)) is drawn as its median, in the band of all seeds."""
    for m, values in excess.items():
        colour, dash, _ = RACERS[m]
        axes.fill_between(x[m], values.min(axis=0), values.max(axis=0), color=colour, alpha=0.25, lw=0)
        axes.loglog(x[m], np.median(values, axis=0), dash, color=colour, label=f"m = {m}")
    axes.set(xlabel=xlabel, ylabel="$J - J^*$ (nats)", ylim=(1e-7, 1), title=title)
    axes.legend(loc="lower left")


def update_times(axes, m, times, t0, t1):
    """Microseconds an update against m, the line t0 + t1 m fitted to them, and where its two parts are equal."""
    axes.loglog(m, times, "o", color=BLUE, ms=7, label="one update")
    axes.loglog(m, t0 + t1 * m, "-", color=BLUE, label="fit $t_0 + t_1 m$")
    axes.loglog(m, times / m, "s--", color=ORANGE, ms=5, label="per example")
    axes.axvline(t0 / t1, color=RED, ls=":", label=f"$t_0/t_1$ = {t0 / t1:.0f}")
    axes.set(
        xlabel="examples in the minibatch, m", ylabel="time (µs)", title="Left of the dotted line you pay for calls"
    )
    axes.legend(loc="lower left")
