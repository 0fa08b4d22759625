"""Figures of lecture 4, minibatches. Matrices are grids, one cell a number, one scale in all panels."""

import matplotlib.pyplot as plt
import numpy as np
from figures import GREY, MATRIX_FILL, matrix


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
    """One line of boxes. A part is an operator (a string) or the arguments of `figures.matrix` after left."""
    x = 0.2
    for part in parts:
        if isinstance(part, str):
            step = 1.4 if len(part) == 1 or part.startswith("$") else 0.5 + 0.4 * len(part)
            axes.text(x + step / 2, 0, part, ha="center", va="center", fontsize=13 if step == 1.4 else 10)
            x += step
        else:
            x = matrix(axes, x + 0.25, *part) + 0.25
    axes.set(xlim=(0, width), ylim=(-height / 2 + 0.8, height / 2 + 0.8))
    axes.text(0.4, height / 2 + 0.5, title, ha="left", va="top", fontsize=10, color=GREY)
    axes.axis("off")


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
