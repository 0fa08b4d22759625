"""What the figures of all lectures share: one style, one meaning a colour, alt text, sliders, and parts to draw with.

A lecture's own figures that are longer than a cell should be lie in `figures_01.py` … `figures_10.py`. They draw what
they are given and train nothing. Colours are Okabe and Ito's, chosen to survive colour-blindness; line style or marker
tells the same story in greyscale.
"""

import io
import os
from base64 import b64encode
from importlib.util import find_spec
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from IPython import get_ipython
from IPython.display import display
from matplotlib.figure import Figure
from PIL import Image

# BLUE: what flows forward, the model, class 1; RED: what flows back, gradients, the key point of a picture;
# ORANGE: class 0, what a thing is compared with; GREEN: a second method; PURPLE: a third; GREY: helps the eye
BLUE, ORANGE, GREEN, RED, PURPLE, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#666666"
MATRIX_FILL = {"examples": "#9ecae9", "parameters": "#f2b56b", "signals": "white", "wanted": "#d0d0d0"}
LINES = ("-", "--", "-.", ":")


def set_up(colours=256):
    """The course's style, and figures stored as PNGs of so few colours: half of the bytes, the same to the eye."""
    plt.style.use(Path(__file__).with_name("style.mplstyle"))
    np.set_printoptions(precision=4, suppress=True)

    def as_png(figure):
        drawn, stored = io.BytesIO(), io.BytesIO()
        figure.savefig(drawn, format="png", bbox_inches="tight")
        Image.open(drawn).convert("RGB").quantize(colours).save(stored, "PNG", optimize=True)
        return b64encode(stored.getvalue()).decode()

    plt.switch_backend(plt.get_backend())  # loads it now: it sets a PNG writer of its own, and ours must come second
    get_ipython().display_formatter.formatters["image/png"].for_type(Figure, as_png)


def show(figure, alt):
    """Show a figure; `alt` says in a sentence or two, to who cannot see it, what it shows."""
    display(figure, metadata={"image/png": {"alt": alt}})
    plt.close(figure)


def play(draw, frames, alt, *, size=(3.5, 3.2), title="", **sliders):
    """Three stored pictures side by side, and in JupyterLab a live one below them, with a slider for each parameter.

    draw(axes, **values) draws one picture on given Axes; `frames` is a list of dicts of values; `sliders` maps each of
    their names to (lowest, highest, step).
    """
    figure, panels = plt.subplots(1, len(frames), figsize=(size[0] * len(frames), size[1]))
    for axes, values in zip(panels, frames, strict=True):
        draw(axes, **values)
        if not any(axes.get_title(loc=place) for place in ("left", "center")):
            axes.set_title(", ".join(f"{name} = {value:g}" for name, value in values.items()))
    figure.suptitle(title)
    show(figure, alt)
    if is_live():
        _slide(draw, frames[0], sliders, size)


def is_live():
    """Whether somebody looks on: in JupyterLab, with ipywidgets; not where a notebook is run to be stored or tested."""
    return "JPY_SESSION_NAME" in os.environ and find_spec("ipywidgets") is not None


def _slide(draw, start, sliders, size):
    from ipywidgets import FloatSlider, interact

    def drawn(**values):
        figure, axes = plt.subplots(figsize=(1.6 * size[0], 1.4 * size[1]))
        draw(axes, **values)
        display(figure)
        plt.close(figure)

    ranges = {name: {"min": low, "max": high, "step": step} for name, (low, high, step) in sliders.items()}
    interact(
        drawn, **{name: FloatSlider(value=start[name], continuous_update=False, **ranges[name]) for name in ranges}
    )


# parts of drawings


def node(axes, x, y, name):
    axes.scatter([x], [y], s=1300, facecolors="white", edgecolors="black", zorder=3)
    axes.text(x, y, name, ha="center", va="center", fontsize=13, zorder=4)


def arrow(axes, start, end, name="", *, color="black", above=True):
    axes.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": color, "shrinkA": 0, "shrinkB": 0})
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2 + (0.18 if above else -0.18))
    axes.text(*middle, name, ha="center", va="bottom" if above else "top", color=color)


def matrix(axes, left, label, rows, columns, kind, first=None):
    """A grid from x = left, centred on y = 0; first outlines the first "column" or "row". Returns its right edge."""
    top = rows / 2
    axes.add_patch(plt.Rectangle((left, -top), columns, rows, facecolor=MATRIX_FILL[kind], edgecolor="black", lw=0.8))
    axes.vlines(left + np.arange(1, columns), -top, top, color="black", lw=0.4)
    axes.hlines(np.arange(1, rows) - top, left, left + columns, color="black", lw=0.4)
    if first is not None:
        corner, size = ((left, -top), (1, rows)) if first == "column" else ((left, top - 1), (columns, 1))
        axes.add_patch(plt.Rectangle(corner, *size, fill=False, edgecolor="black", lw=2.4, zorder=3))
    axes.text(left + columns / 2, top + 0.3, label, ha="center", va="bottom", fontsize=11)
    axes.text(left + columns / 2, -top - 0.3, f"{rows} × {columns}", ha="center", va="top", fontsize=10)
    return left + columns
