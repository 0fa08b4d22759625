"""Lecture 3, gates and computation graphs: its figures, and the sentence that answers who tries.

The figures draw what they are given and compute no gradient.
"""

import re

import figures
import matplotlib.pyplot as plt
import numpy as np
from figures import BLUE, GREY, RED, arrow, matrix, node
from IPython.display import display

from nnlib.drawing import Drawing, draw, steps


def tell(what, yours, right, hint):
    """Say in a sentence whether your answer is right, and if not, the hint; it never stops the notebook."""
    if yours is None:
        print(f"{what}: nothing there yet. Replace None and run the cell again.")
    elif np.shape(yours) != np.shape(right):
        print(f"{what}: yours has shape {np.shape(yours)}; {np.shape(right)} is expected. {hint}")
    elif np.allclose(yours, right, rtol=5e-3, atol=1e-6):
        print(f"{what}: right.")
    else:
        print(f"{what}: not yet. You have {np.round(yours, 4)}. {hint}")


def show_drawing(drawing, alt):
    """Show a graph's SVG; `alt` says in a sentence or two, to who cannot see it, what it shows."""
    display(drawing, metadata={"image/svg+xml": {"alt": alt}})


def play_steps(output, frames, alt):
    """The graph of `output` after each step of `frames`, stored one below another; in JupyterLab also with a slider.

    `figures.play` puts its pictures on Axes; this one is SVG, and a wide one, so it has a player of its own.
    """
    show_drawing(stacked([draw(output, step) for step in frames]), alt)
    if figures.is_live():
        from ipywidgets import IntSlider, interact

        interact(lambda step: display(draw(output, step)), step=IntSlider(value=0, min=0, max=steps(output)))


def stacked(drawings):
    """Several SVG pictures in one, one below another."""
    sizes = [tuple(map(int, re.findall(r"(?:width|height)='(\d+)'", drawing)[:2])) for drawing in drawings]
    width, height = max(w for w, _ in sizes), sum(h for _, h in sizes)
    tops = np.cumsum([0, *[h for _, h in sizes]])
    inner = "".join(d.replace("<svg ", f"<svg y='{top}' ", 1) for d, top in zip(drawings, tops, strict=False))
    head = f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' viewBox='0 0 {width} {height}'"
    return Drawing(f"{head} role='img'>{inner}</svg>")


def gates(cases):
    """A column a gate: above what flows forward, below what flows back. Returns the figure.

    A case is (title, symbol, inputs, outputs, douts, messages): numbers on the left and right of the gate.
    """
    figure, panels = plt.subplots(2, len(cases), figsize=(2.2 * len(cases), 4.2))
    for (title, symbol, inputs, outputs, douts, messages), (above, below) in zip(cases, panels.T, strict=True):
        _gate(above, symbol, inputs, outputs, forward=True)
        _gate(below, symbol, messages, douts, forward=False)
        above.set_title(title, loc="center")
    for axes, name, colour in zip(panels[:, 0], ("forward: values", "backward: gradients"), (BLUE, RED), strict=True):
        axes.text(-1.75, 0, name, rotation=90, va="center", ha="center", color=colour, fontsize=11, fontweight="bold")
    figure.suptitle("A gate multiplies what comes back by its local gradient")
    return figure


def _gate(axes, symbol, left, right, forward):
    colour = BLUE if forward else RED
    for numbers, side in ((left, -1), (right, 1)):
        for number, height in zip(numbers, _heights(len(numbers)), strict=True):
            outside, rim = np.array([side * 1.3, height]), np.array([side * 0.42, 0.3 * height])
            inward = forward == (side < 0)
            arrow(axes, outside if inward else rim, rim if inward else outside, color=colour)
            place = {"va": "bottom"} if height >= 0 else {"va": "top"}  # clear of the arrow
            text = f"{number:.3g}".replace("-", "−")
            axes.text(side, height + (0.12 if height >= 0 else -0.12), text, ha="center", color=colour, **place)
    node(axes, 0, 0, symbol)
    axes.set(xlim=(-1.9, 1.45), ylim=(-1.3, 1.3))
    axes.axis("off")


def _heights(n):
    return [0.0] if n == 1 else [0.75, -0.75]


def several_paths(y_shares):
    """A softmax classifier of two inputs and three classes: w₁₁ reaches the loss over every output. Returns the figure.

    y_shares: what each path brings to ∂L/∂w₁₁, written at its output.
    """
    figure, axes = plt.subplots(figsize=(8.5, 3.6))
    rows = (1.4, 0.0, -1.4)
    for i, (name, y) in enumerate((("$x_1$", 0.7), ("$x_2$", -0.7))):
        node(axes, 0, y, name)
        for j, z in enumerate(rows):
            red = i == 0 and j == 0
            _join(axes, (0, y), (2.4, z), RED if red else "#bbbbbb", r"$w_{11}$" if red else "")
    for j, z in enumerate(rows):
        node(axes, 2.4, z, f"$z_{j + 1}$")
        node(axes, 4.8, z, rf"$\hat{{y}}_{j + 1}$")
        for target in rows:
            _join(axes, (2.4, z), (4.8, target), RED if j == 0 else "#bbbbbb")
        _join(axes, (4.8, z), (7.2, 0), RED)
        axes.text(4.8, z + 0.42, f"{y_shares[j]:+.3f}".replace("-", "−"), color=RED, ha="center", va="bottom")
    node(axes, 7.2, 0, "$L$")
    axes.set(xlim=(-0.5, 7.7), ylim=(-2, 2.3))
    axes.set_title(r"One weight, three paths to the loss")
    axes.axis("off")
    return figure


def _join(axes, start, end, colour, name=""):
    start, end = np.array(start, dtype=float), np.array(end, dtype=float)
    unit = (end - start) / np.linalg.norm(end - start)
    arrow(axes, start + 0.36 * unit, end - 0.36 * unit, name, color=colour)


def broadcasting(m=4, n=3):
    """b (n,) added to every row of A (m, n), and the way back: the column sums of dout. Returns the figure."""
    figure, axes = plt.subplots(figsize=(9, 2.7))
    x = 0.2
    for label, kind, outlined, after in (
        ("$A$", "examples", None, "+"),
        ("$b$, copied", "parameters", "row", "="),
        ("$Z$", "signals", None, ""),
    ):
        x = matrix(axes, x + 0.5, label, m, n, kind, outlined) + 0.5
        axes.text(x, 0, after, ha="center", va="center", fontsize=14)
    start = x + 1.7
    right = matrix(axes, start, r"$\partial J/\partial Z$", m, n, "signals")
    for column in range(n):
        axes.annotate("", (start + column + 0.5, -m / 2 + 0.1), (start + column + 0.5, m / 2 - 0.1),
                      arrowprops={"arrowstyle": "-|>", "color": RED})  # fmt: skip
    axes.text(right + 1.3, 0, "column\nsums =", ha="center", va="center", color=RED, fontsize=11)
    end = matrix(axes, right + 2.6, r"$\partial J/\partial b$", 1, n, "parameters")
    axes.axvline(x + 0.8, color=GREY, linestyle=":")
    axes.text(0.7, -m / 2 - 1.3, "forward: copied to every row", color=BLUE, fontsize=11)
    axes.text(start, -m / 2 - 1.3, "backward: summed over the rows", color=RED, fontsize=11)
    axes.set_title("Copied forward, summed backward")
    axes.set(xlim=(0, end + 0.5), ylim=(-m / 2 - 1.6, m / 2 + 1.2), aspect="equal")
    axes.axis("off")
    return figure
