"""Figures of lecture 1, the neuron."""

from itertools import product

import matplotlib.pyplot as plt
import numpy as np
from figures import BLUE, GREY, LINES, ORANGE, RED, arrow, node

CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
NAMES = {(0, 0, 0, 0): "never", (0, 0, 0, 1): "AND", (0, 1, 1, 1): "OR", (1, 1, 1, 1): "always"}  # at CORNERS

# the cell and its model


def neuron_and_model():
    """A nerve cell with its four parts named, and beside it the model of the same parts."""
    figure, (cell, model) = plt.subplots(1, 2, figsize=(11, 3.9), width_ratios=(1.15, 1))
    _cell(cell)
    _model(model)
    return figure


def _cell(axes):
    _soma(axes, (2.9, 3), 0.75, angles=np.radians((100, 150, 200, 250)), length=1.5, width=4)
    axes.plot([3.4, 7.6], [3, 3], "-", color=BLUE, lw=4)
    for left in (4.1, 5.2, 6.3):
        axes.add_patch(plt.Rectangle((left, 2.82), 0.8, 0.36, facecolor="white", edgecolor=BLUE, zorder=3))
    for height in (4.2, 3, 1.8):
        axes.plot([7.6, 8.9], [3, height], "-", color=BLUE, lw=2.5)
        axes.scatter([8.9], [height], s=70, color=BLUE, zorder=3)
    axes.plot([-0.2, 0.62], [5.3, 4.72], "-", color=GREY, lw=2.5)  # the end of another cell's axon
    axes.scatter([0.62], [4.72], s=70, color=GREY, zorder=3)
    _note(axes, "synapse", (0.66, 4.86), (1.2, 6.3))
    _note(axes, "dendrites", (2.2, 1.2), (4.0, 0.5), "black")
    _note(axes, "soma (cell body)", (3.2, 3.55), (4.6, 5.1), "black")
    _note(axes, "axon", (6.0, 2.75), (6.2, 1.3), "black")
    axes.text(-0.35, 5.0, "from\nanother\ncell", ha="right", va="center", color=GREY, fontsize=10)
    axes.text(9.1, 3, "to the\nnext\ncells", ha="left", va="center", color=GREY, fontsize=10)
    arrow(axes, (4.2, 3.6), (7.4, 3.6), "pulse", color=RED)
    axes.set(title="The cell: many inputs, one pulse", xlim=(-1.6, 10.3), ylim=(0, 6.7))
    axes.axis("off")


def _soma(axes, place, radius, angles, length, width):
    """A cell body with its nucleus, and a branching dendrite at each angle."""
    for angle in angles:
        _dendrite(axes, place, angle, length, width)
    turn = np.linspace(0, 2 * np.pi, 120)
    around = radius * (1 + 0.1 * np.cos(5 * turn))
    outline = np.transpose(place) + np.column_stack([around * np.cos(turn), around * np.sin(turn)])
    axes.fill(*outline.T, facecolor="#cfe3f3", edgecolor=BLUE, ls="-", lw=1.5, zorder=3)
    axes.scatter(*place, s=350 * radius**2, color=BLUE, alpha=0.5, zorder=4)


def _dendrite(axes, start, angle, length, width):
    """A branch that splits in two, thinner and shorter, twice."""
    end = (start[0] + length * np.cos(angle), start[1] + length * np.sin(angle))
    axes.plot(*np.transpose([start, end]), color=BLUE, ls="-", lw=width, solid_capstyle="round", zorder=2)
    if width > 1.5:
        for turn in (-0.45, 0.45):
            _dendrite(axes, end, angle + turn, 0.62 * length, 0.6 * width)


def _note(axes, text, point, at, color=RED):
    """Text at a place, joined to the point it is about."""
    line = {"arrowstyle": "-", "color": color, "lw": 1}
    under = {"facecolor": "white", "lw": 0, "pad": 1, "alpha": 0.8}
    axes.annotate(text, point, at, arrowprops=line, ha="center", va="center", color=color, fontsize=11, bbox=under)


def _model(axes):
    names = {5.4: ("$x_1$", "$w_1$"), 4.0: ("$x_2$", "$w_2$"), 2.6: ("$x_3$", "$w_3$"), 1.2: ("$1$", "$b$")}
    for height, (name, weight) in names.items():
        axes.text(0.4, height, name, ha="center", va="center", fontsize=13)
        start, end = np.array([0.8, height]), np.array([4.0, 3.3 + 0.18 * (height - 3.3)])
        arrow(axes, start, end, color=BLUE)
        where = start + 0.42 * (end - start)
        axes.text(*where, weight, color=RED, ha="center", va="center", bbox={"facecolor": "white", "lw": 0, "pad": 1})
    node(axes, 4.6, 3.3, r"$\Sigma$")
    node(axes, 7.2, 3.3, "$f$")
    arrow(axes, (5.2, 3.3), (6.6, 3.3), "$z$", color=BLUE)
    arrow(axes, (7.8, 3.3), (9.3, 3.3), r"$\hat y$", color=BLUE)
    for x, y, part in ((2, 0.55, "synapses:\nweights"), (4.6, 2.2, "soma:\nadder"), (7.2, 2.2, "fires?\nactivation")):
        axes.text(x, y, part, ha="center", va="top", color=GREY, fontsize=10)
    axes.set(title="The model: weights, a sum, an activation", xlim=(0, 9.6), ylim=(-0.5, 6.3))
    axes.axis("off")


def voltages(t, traces, threshold, rest=-70):
    """Voltage against time: traces maps a title to (V (k,), arrival times, whether each excites), one panel each."""
    figure, panels = plt.subplots(1, len(traces), figsize=(3.4 * len(traces), 3.1), sharey=True)
    for axes, (title, (V, times, excites)) in zip(panels, traces.items(), strict=True):
        fires = V.max() > threshold
        shown = t <= t[np.argmax(threshold < V)] if fires else t >= 0
        axes.plot(t[shown], V[shown], color=BLUE)
        if fires:  # the pulse leaves the picture: it goes up to about +40 mV
            start = t[shown][-1]
            axes.plot(start + np.array([0, 0.3, 1, 3]), [threshold, 40, -76, rest], "-", color=RED, lw=2.2)
            axes.text(start + 2.5, -24, "fires:\nup to +40", color=RED, weight="bold", va="center")
        axes.axhline(threshold, color=GREY, linestyle="--", lw=1)
        for time, up in zip(times, excites, strict=True):
            marker, color = ("^", "black") if up else ("v", RED)
            axes.plot(time, rest - (5 if up else 9.5), marker, color=color, ms=7)
        axes.set(title=title, xlabel="time (ms)", ylim=(-83, -16), xlim=(0, 60))
    panels[0].set_ylabel("voltage inside (mV)")
    panels[0].text(59, threshold + 1, "threshold", color=GREY, ha="right", va="bottom", fontsize=10)
    return figure


# a line and its two sides


def points(axes, X, y):
    """Rows of X (m, 2): squares where y is 1, open circles where it is 0."""
    axes.scatter(*X[y == 1].T, s=42, marker="s", color=BLUE, edgecolors="white", lw=0.6, label="$y=1$", zorder=4)
    axes.scatter(*X[y == 0].T, s=42, facecolors="white", edgecolors=ORANGE, lw=1.8, label="$y=0$", zorder=4)


def _line(axes, w, b, **style):
    """The line wᵀx + b = 0, if there is one. Returns its foot, the point nearest to the origin."""
    w = np.array(w, dtype=float)
    if not w.any():
        return None
    foot = -b * w / (w @ w)
    axes.axline(foot, foot + np.array([-w[1], w[0]]), **{"color": "black", "lw": 1.6, "zorder": 3, **style})
    return foot


def _plane(axes, low, high, **more):
    axes.set(xlim=(low, high), ylim=(low, high), xlabel="$x_1$", ylabel="$x_2$", aspect="equal", **more)


def sides(axes, lines, low, high):
    """Blue where wᵀx + b > 0 for all (w, b) of `lines`, else orange, and the lines. Returns the last one's foot."""
    x1, x2 = np.meshgrid(np.linspace(low, high, 201), np.linspace(low, high, 201))
    least = np.min([w[0] * x1 + w[1] * x2 + b for w, b in lines], axis=0)
    axes.contourf(x1, x2, least, levels=[-1e9, 0, 1e9], colors=[ORANGE, BLUE], alpha=0.14)
    _plane(axes, low, high)
    return [_line(axes, w, b) for w, b in lines][-1]


def boundary(axes, w1, w2, b):
    """The line w₁x₁ + w₂x₂ + b = 0, its weight vector from the line's foot, and the foot's distance from the origin."""
    w = np.array([w1, w2])
    foot = sides(axes, [(w, b)], -4, 4)
    axes.plot(0, 0, "+", color="black", ms=9)
    if foot is not None:
        tip = foot + w
        axes.annotate("", tip, foot, arrowprops={"arrowstyle": "-|>", "color": RED, "lw": 2}, zorder=5)
        axes.text(*(tip + 0.3 * w / np.linalg.norm(w)), "w", color=RED, weight="bold", ha="center", va="center")
        axes.plot([0, foot[0]], [0, foot[1]], ":", color=GREY, lw=1.6)
    axes.set_title(f"$w$ = ({w1:g}, {w2:g}), $b$ = {b:g}", loc="center")


def with_and_without_bias(X, y, w_without, w, b, rights):
    """The best line through the origin, of many in grey, beside the line that a bias allows; rights are two counts."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4.3))
    for angle in np.linspace(0, np.pi, 13)[:-1]:
        left.axline((0, 0), (np.cos(angle), np.sin(angle)), color=GREY, lw=0.5, zorder=2)
    left.plot(0, 0, "o", color=RED, ms=9, zorder=5)
    _note(left, "every line goes\nthrough here", (0.06, -0.05), (2.4, -0.2))
    titles = (
        f"No bias: at best {rights[0]} of {len(y)} right",
        f"A bias moves the line: {rights[1]} of {len(y)} right",
    )
    for axes, line, title in zip((left, right), ((w_without, 0), (w, b)), titles, strict=True):
        sides(axes, [line], -0.6, 4)
        points(axes, X, y)
        axes.set_title(title)
    right.legend(loc="lower left", frameon=True)
    return figure


# gates and XOR


def gate(axes, w1, w2, theta):
    """The four corners with their outputs, and the line w₁x₁ + w₂x₂ = θ. Returns the outputs."""
    y = (CORNERS @ [w1, w2] > theta).astype(int)
    sides(axes, [((w1, w2), -theta)], -0.6, 1.6)
    points(axes, CORNERS, y)
    for (x1, x2), output in zip(CORNERS, y, strict=True):
        axes.text(x1, x2 - 0.12, str(output), fontsize=13, weight="bold", ha="center", va="top", zorder=5)
    axes.set(xticks=[0, 1], yticks=[0, 1])
    return tuple(y)


def truth_table(axes, theta):
    """The gate of weights (½, ½) with threshold θ; the title names it."""
    outputs = gate(axes, 0.5, 0.5, theta)
    axes.set_title(f"θ = {theta:g}: {NAMES[outputs]}", loc="center")


def xor_cannot():
    """The four cases of XOR: the midpoint of both diagonals would have to lie on both sides."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.4, 3.9))
    for axes, title in ((left, "Both diagonals meet in one point"), (right, "Each line gets three right, one wrong")):
        points(axes, CORNERS, np.array([0, 1, 1, 0]))
        _plane(axes, -0.5, 1.5, xticks=[0, 1], yticks=[0, 1], title=title)
    left.plot([0, 1], [1, 0], color=BLUE, lw=2)
    left.plot([0, 1], [0, 1], "--", color=ORANGE, lw=2)
    left.plot(0.5, 0.5, "*", color=RED, ms=20, zorder=5)
    _note(left, "fires, and\ndoes not?", (0.56, 0.5), (1.22, 0.5))
    for k, (w, b, miss) in enumerate((((1, 1), -0.5, 3), ((-1, -1), 1.5, 0), ((1, -1), -0.5, 1), ((-1, 1), -0.5, 2))):
        _line(right, w, b, color=GREY, lw=1.4, linestyle=LINES[k])
        right.scatter(*CORNERS[miss], s=300, facecolors="none", edgecolors=RED, lw=1.8, ls=LINES[k], zorder=5)
    right.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def xor_from_gates(gates):
    """The half-planes of NAND and OR, the strip they share, and the network; gates: name → (w₁, w₂, θ)."""
    figure, panels = plt.subplots(1, 4, figsize=(11, 3.1), width_ratios=(1, 1, 1, 1.35))
    for axes, name in zip(panels, ("NAND", "OR"), strict=False):
        gate(axes, *gates[name])
        axes.set_title(name)
    sides(panels[2], [((u, v), -theta) for u, v, theta in (gates["NAND"], gates["OR"])], -0.6, 1.6)
    points(panels[2], CORNERS, np.array([0, 1, 1, 0]))
    panels[2].set(title="both at once: XOR", xticks=[0, 1], yticks=[0, 1])
    columns = [{"$x_1$": (0.5, 3.6), "$x_2$": (0.5, 1.4)}, {"NAND": (3, 3.6), "OR": (3, 1.4)}, {"AND": (5.5, 2.5)}]
    _layers(panels[3], columns, gap=0.78, size=1300)
    arrow(panels[3], (6.25, 2.5), (7.3, 2.5), r"$\hat y$", color=BLUE)
    panels[3].text(3, 4.7, "XOR = AND(NAND, OR)", weight="bold", ha="center")
    panels[3].set(xlim=(-0.3, 7.6), ylim=(0.4, 4.9))
    panels[3].axis("off")
    return figure


# learning


def demonstration(cards, labels, wrong, w):
    """Two cards of each label; the mistakes up to each try; the weights as a picture. Cards are (rows, columns)."""
    layout = [["a", "b", "mistakes", "w"], ["c", "d", "mistakes", "w"]]
    figure, panels = plt.subplot_mosaic(layout, figsize=(11, 3.3), width_ratios=(0.62, 0.62, 1.7, 1.45))
    picked = np.argsort(labels, kind="stable")[[0, 1, -2, -1]]
    for name, k in zip("abcd", picked, strict=True):
        panels[name].imshow(cards[k], cmap="Greys", vmin=0, vmax=1.3)
        panels[name].axvline(w.shape[1] / 2 - 0.5, color=RED, lw=1, linestyle="--")
        panels[name].set(xticks=[], yticks=[], title=f"y = {labels[k]}")
        panels[name].spines[:].set_visible(True)
    last, count = np.flatnonzero(wrong)[-1] + 1, sum(wrong)
    so_far = np.append(0, np.cumsum(wrong))
    panels["mistakes"].step(np.arange(len(so_far)), so_far, "-", where="post", color=BLUE)
    panels["mistakes"].plot(last, count, "o", color=RED)
    _note(panels["mistakes"], "the last mistake", (last, count), (last + 14, 0.55 * count))
    panels["mistakes"].set(
        title="It learns by doing", xlabel="cards seen", ylabel="mistakes so far", ylim=(0, count + 1)
    )
    image = panels["w"].imshow(w, vmin=-abs(w).max(), vmax=abs(w).max())
    panels["w"].set(title="What it learned: $w$", xticks=[], yticks=[])
    figure.colorbar(image, ax=panels["w"], label="weight", shrink=0.8)
    return figure


# networks


def networks():
    """A net of nerve cells, a feed-forward net in layers, and a recurrent one."""
    figure, panels = plt.subplots(1, 3, figsize=(11, 3.7), width_ratios=(1, 1.2, 0.8))
    _cells(panels[0])
    columns = [{f"$x_{k}$": (0.6, 6.1 - 1.2 * k) for k in (1, 2, 3, 4)}]
    columns += [{" " * k: (3.4, 5.5 - 1.2 * k) for k in (1, 2, 3)}, {r"$\hat y$": (6.2, 3.1)}]
    _layers(panels[1], columns, gap=0.38, size=620, lw=0.9)
    for x, name, meaning in ((0.6, "input", "pixels"), (3.4, "hidden", "features"), (6.2, "output", "cancer\nor not")):
        panels[1].text(x, 5.75, name, ha="center", weight="bold")
        panels[1].text(x, 0.55, meaning, ha="center", va="top", color=GREY)
    panels[1].set(title="Feed-forward: layers, one direction", xlim=(-0.3, 7.2), ylim=(-0.6, 6.3))
    _recurrent(panels[2])
    for axes in panels:
        axes.axis("off")
    return figure


def _cells(axes):
    places = np.array([(0.8, 4.6), (0.9, 1.0), (2.7, 2.9), (3.4, 5.2), (4.3, 1.1), (5.6, 3.6)])
    bent = {
        "arrowstyle": "-",
        "connectionstyle": "arc3,rad=-0.15",
        "color": BLUE,
        "lw": 1.5,
        "shrinkA": 0,
        "shrinkB": 0,
    }
    for a, b in ((0, 2), (1, 2), (2, 3), (2, 4), (3, 5), (4, 5), (0, 3), (1, 4), (5, 2)):
        way = places[b] - places[a]
        stop = places[b] - 0.75 * way / np.linalg.norm(way)
        axes.annotate("", stop, places[a], arrowprops=bent, zorder=1)
        axes.scatter(*stop, s=24, color=RED, zorder=5)
    for k, place in enumerate(places):
        _soma(axes, place, 0.33, angles=0.5 * k + np.arange(7) * 2 * np.pi / 7, length=0.5, width=1.6)
    axes.set(title="Cells: axons meet dendrites", xlim=(-0.4, 6.8), ylim=(-0.2, 6.3), aspect="equal")


def _layers(axes, columns, gap, size, **style):
    """Nodes in columns, each a dict of name → place, and an arrow from each node to all of the next column.

    An arrow begins and ends `gap` from the centres of its nodes.
    """
    arrows = {"arrowstyle": "-|>", "color": BLUE, "shrinkA": 0, "shrinkB": 0, **style}
    for left, right in zip(columns, columns[1:], strict=False):
        for start, end in product(left.values(), right.values()):
            way = gap * np.subtract(end, start) / np.linalg.norm(np.subtract(end, start))
            axes.annotate("", end - way, start + way, arrowprops=arrows)
    for name, place in [item for column in columns for item in column.items()]:
        axes.scatter(*place, s=size, facecolors="white", edgecolors="black", zorder=3)
        axes.text(*place, name, ha="center", va="center", fontsize=12 if "$" in name else 10, zorder=4)


def _recurrent(axes):
    node(axes, 2.6, 3.1, "OR")
    arrow(axes, (0.3, 3.1), (1.98, 3.1), "$s_t$", color=BLUE)
    arrow(axes, (3.25, 3.1), (4.9, 3.1), "$y_t$", color=BLUE)
    axes.plot([3.7, 3.7, 1.0], [3.1, 4.72, 4.72], "-", color=RED, lw=1.2)
    arrow(axes, (1.0, 4.75), (2.2, 3.5), color=RED)
    axes.text(2.4, 4.8, "$y_{t-1}$", color=RED, ha="center", va="bottom")
    axes.text(2.6, 1.6, "the loop remembers", ha="center", color=RED)
    axes.set(title="Recurrent: a loop", xlim=(-0.1, 5.3), ylim=(-0.6, 6.3))
