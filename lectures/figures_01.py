"""Figures of lecture 1, the neuron."""

import matplotlib.pyplot as plt
import numpy as np
from figures import BLUE, GREEN, GREY, LINES, ORANGE, PURPLE, RED, arrow, node

CELL = "#cfe3f3"  # the inside of a cell
NAMES = {  # the outputs at 00, 01, 10, 11
    (0, 0, 0, 0): "never",
    (0, 0, 0, 1): "AND",
    (0, 1, 1, 1): "OR",
    (1, 1, 1, 1): "always",
    (1, 1, 1, 0): "NAND",
    (1, 0, 0, 0): "NOR",
}

# the cell and its model


def neuron_and_model():
    """A nerve cell with its four parts named, and beside it the model of the same parts."""
    figure, (cell, model) = plt.subplots(1, 2, figsize=(11, 3.9), width_ratios=(1.15, 1))
    _cell(cell)
    _model(model)
    return figure


def _cell(axes):
    for angle in np.radians((100, 150, 200, 250)):
        _dendrite(axes, (2.9, 3), angle, length=1.5, width=4)
    axes.plot([3.4, 7.6], [3, 3], "-", color=BLUE, lw=4, solid_capstyle="round")
    for left in (4.1, 5.2, 6.3):
        axes.add_patch(plt.Rectangle((left, 2.82), 0.8, 0.36, facecolor="white", edgecolor=BLUE, zorder=3))
    for height in (4.2, 3, 1.8):
        axes.plot([7.6, 8.9], [3, height], "-", color=BLUE, lw=2.5)
        axes.scatter([8.9], [height], s=70, color=BLUE, zorder=3)
    _soma(axes, 2.9, 3, 0.75)
    axes.plot([-0.2, 0.62], [5.3, 4.72], "-", color=GREY, lw=2.5)  # the end of another cell's axon
    axes.scatter([0.62], [4.72], s=70, color=GREY, zorder=3)
    _name(axes, "synapse", (0.66, 4.86), (1.2, 6.3), RED)
    _name(axes, "dendrites", (2.2, 1.2), (4.0, 0.5), "black")
    _name(axes, "soma (cell body)", (3.2, 3.55), (4.6, 5.1), "black")
    _name(axes, "axon", (6.0, 2.75), (6.2, 1.3), "black")
    axes.text(-0.35, 5.0, "from\nanother\ncell", ha="right", va="center", color=GREY, fontsize=10)
    axes.text(9.1, 3, "to the\nnext\ncells", ha="left", va="center", color=GREY, fontsize=10)
    axes.annotate("", (7.4, 3.6), (4.2, 3.6), arrowprops={"arrowstyle": "-|>", "color": RED, "lw": 1.6})
    axes.text(5.8, 3.72, "pulse", color=RED, ha="center", va="bottom")
    axes.set(title="The cell: many inputs, one pulse", xlim=(-1.6, 10.3), ylim=(0, 6.7))
    axes.axis("off")


def _soma(axes, x, y, radius):
    angle = np.linspace(0, 2 * np.pi, 120)
    around = radius * (1 + 0.1 * np.cos(5 * angle))
    axes.fill(
        x + around * np.cos(angle), y + around * np.sin(angle), facecolor=CELL, edgecolor=BLUE, ls="-", lw=1.5, zorder=3
    )
    axes.scatter([x], [y], s=350 * radius**2, color=BLUE, alpha=0.5, zorder=4)


def _dendrite(axes, start, angle, length, width):
    """A branch that splits in two, thinner and shorter, twice."""
    end = (start[0] + length * np.cos(angle), start[1] + length * np.sin(angle))
    axes.plot(*np.transpose([start, end]), color=BLUE, ls="-", lw=width, solid_capstyle="round", zorder=2)
    if width > 1.5:
        for turn in (-0.45, 0.45):
            _dendrite(axes, end, angle + turn, 0.62 * length, 0.6 * width)


def _name(axes, text, place, at, color):
    line = {"arrowstyle": "-", "color": color, "lw": 1}
    axes.annotate(text, place, at, arrowprops=line, ha="center", va="center", color=color, fontsize=11)


def _model(axes):
    heights = (5.4, 4.0, 2.6, 1.2)
    for height, name, weight in zip(
        heights, ("$x_1$", "$x_2$", "$x_3$", "$1$"), ("$w_1$", "$w_2$", "$w_3$", "$b$"), strict=True
    ):
        axes.text(0.4, height, name, ha="center", va="center", fontsize=13)
        start, end = np.array([0.8, height]), np.array([4.0, 3.3 + 0.18 * (height - 3.3)])
        arrow(axes, start, end, color=BLUE)
        where = start + 0.42 * (end - start)
        axes.text(*where, weight, color=RED, ha="center", va="center", bbox={"facecolor": "white", "lw": 0, "pad": 1})
    node(axes, 4.6, 3.3, r"$\Sigma$")
    node(axes, 7.2, 3.3, "$f$")
    arrow(axes, (5.2, 3.3), (6.6, 3.3), "$z$", color=BLUE)
    arrow(axes, (7.8, 3.3), (9.3, 3.3), r"$\hat y$", color=BLUE)
    for x, below in ((2.0, "synapses:\nweights"), (4.6, "soma:\nadder"), (7.2, "fire or not:\nactivation")):
        axes.text(x, 0.55 if x < 3 else 2.2, below, ha="center", va="top", color=GREY, fontsize=10)
    axes.set(title="The model: weights, a sum, an activation", xlim=(0, 9.6), ylim=(-0.5, 6.3))
    axes.axis("off")


def voltages(t, traces, threshold, rest=-70):
    """Voltage against time: traces maps a title to (V (k,), arrival times, whether each excites), one panel each."""
    figure, panels = plt.subplots(1, len(traces), figsize=(3.4 * len(traces), 3.1), sharey=True)
    for axes, (title, (V, times, excites)) in zip(panels, traces.items(), strict=True):
        fires = V.max() > threshold
        shown = t <= t[np.argmax(threshold < V)] if fires else t >= 0
        axes.plot(t[shown], V[shown], color=BLUE)
        if fires:
            start = t[shown][-1]
            axes.plot(start + np.array([0, 0.5, 1.5, 3]), [threshold, -20, -74, rest], "-", color=RED, lw=2.2)
            axes.text(start + 2, -27, "fires", color=RED, weight="bold")
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
    axes.scatter(
        *X[y == 1].T, marker="s", s=42, color=BLUE, edgecolors="white", linewidths=0.6, label="$y=1$", zorder=4
    )
    axes.scatter(*X[y == 0].T, marker="o", s=42, facecolors="white", edgecolors=ORANGE, lw=1.8, label="$y=0$", zorder=4)


def sides(axes, w, b, low, high):
    """The side where wᵀx + b > 0 shaded blue, the other orange, and the line between them."""
    x1, x2 = np.meshgrid(np.linspace(low, high, 61), np.linspace(low, high, 61))
    z = w[0] * x1 + w[1] * x2 + b
    axes.contourf(x1, x2, z, levels=[-1e9, 0, 1e9], colors=[ORANGE, BLUE], alpha=0.14)
    if np.any(w):
        foot = -b * np.asarray(w) / np.dot(w, w)
        axes.axline(foot, foot + np.array([-w[1], w[0]]), color="black", lw=1.6, zorder=3)
    axes.set(xlim=(low, high), ylim=(low, high), xlabel="$x_1$", ylabel="$x_2$", aspect="equal")


def boundary(axes, w1, w2, b):
    """The line w₁x₁ + w₂x₂ + b = 0, its weight vector from the line's foot, and the foot's distance from the origin."""
    w = np.array([w1, w2])
    sides(axes, w, b, -4, 4)
    axes.plot(0, 0, "+", color="black", ms=9)
    if np.any(w):
        foot = -b * w / (w @ w)
        tip = foot + w
        axes.annotate("", tip, foot, arrowprops={"arrowstyle": "-|>", "color": RED, "lw": 2}, zorder=5)
        axes.text(*(tip + 0.3 * w / np.linalg.norm(w)), "w", color=RED, weight="bold", ha="center", va="center")
        axes.plot([0, foot[0]], [0, foot[1]], ":", color=GREY, lw=1.6)
    axes.set_title(f"$w$ = ({w1:g}, {w2:g}), $b$ = {b:g}", loc="center")


def with_and_without_bias(X, y, w_without, w, b, rights):
    """The best line through the origin, of many in grey, beside the line that a bias allows; rights are two counts."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4.3))
    sides(left, w_without, 0, -0.6, 4)
    for angle in np.linspace(0, np.pi, 13)[:-1]:
        left.axline((0, 0), (np.cos(angle), np.sin(angle)), color=GREY, lw=0.5, zorder=2)
    left.plot(0, 0, "o", color=RED, ms=9, zorder=5)
    left.annotate(
        "every line goes\nthrough here",
        (0.06, -0.05),
        (1.3, -0.35),
        color=RED,
        va="center",
        arrowprops={"arrowstyle": "-", "color": RED},
    )
    sides(right, w, b, -0.6, 4)
    for axes, name, count in zip((left, right), ("No bias: at best", "A bias moves the line:"), rights, strict=True):
        points(axes, X, y)
        axes.set_title(f"{name} {count} of {len(y)} right")
    right.legend(loc="lower left", frameon=True)
    return figure


def three_outputs(z, outputs):
    """Three functions of one signal: outputs maps a model's name to its outputs (k,) at z (k,)."""
    figure, panels = plt.subplots(1, 3, figsize=(10.5, 3.1))
    styles = ((GREEN, "a real number, unbounded"), (ORANGE, "two values"), (BLUE, "a real number in (0, 1)"))
    for axes, (name, a), (color, title) in zip(panels, outputs.items(), styles, strict=True):
        for part in (z <= 0, z > 0) if set(a) == {-1, 1} else (np.isfinite(z),):
            axes.plot(z[part], a[part], "-", color=color)
        axes.axvline(0, color=GREY, lw=0.8, linestyle=":")
        axes.set(title=f"{name}:\n{title}", xlabel="signal $z$")
    panels[1].plot(0, -1, "o", color=ORANGE, ms=7)
    panels[1].plot(0, 1, "o", mfc="white", mec=ORANGE, ms=7)
    panels[0].set_ylabel("output")
    panels[1].set_ylim(-1.5, 1.5)
    panels[2].set_ylim(-0.25, 1.25)
    for level in (0, 1):
        panels[2].axhline(level, color=GREY, lw=0.8, linestyle=":")
    return figure


# gates

CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])


def gate(axes, w1, w2, theta):
    """The four corners with their outputs, and the line w₁x₁ + w₂x₂ = θ. Returns the outputs."""
    w = np.array([w1, w2])
    sides(axes, w, -theta, -0.6, 1.6)
    y = (CORNERS @ w > theta).astype(int)
    points(axes, CORNERS, y)
    for corner, output in zip(CORNERS, y, strict=True):
        axes.text(corner[0], corner[1] - 0.12, str(output), fontsize=13, weight="bold", ha="center", va="top", zorder=5)
    axes.set(xticks=[0, 1], yticks=[0, 1])
    return tuple(y)


def truth_table(axes, theta):
    """The gate of weights (½, ½) with threshold θ; the title names it."""
    outputs = gate(axes, 0.5, 0.5, theta)
    axes.set_title(f"θ = {theta:g}: {NAMES.get(outputs, 'another gate')}", loc="center")


# learning


def learning_path(X, y, path, picked, shown):
    """The line after each of the `shown` updates, and all updates of (w₁, w₂) as a path.

    path is a list of (w (2,), b), the start first; picked[k] is the row that update k + 1 was made for.
    """
    figure, panels = plt.subplots(1, len(shown) + 1, figsize=(2.8 * (len(shown) + 1), 3.2))
    for axes, k in zip(panels, shown, strict=False):
        w, b = path[k]
        sides(axes, w, b, -3, 3)
        points(axes, X, y)
        if k < len(picked):
            axes.scatter(*X[picked[k]], s=230, facecolors="none", edgecolors=RED, lw=2, zorder=5)
        axes.set_title(f"after {k} update{'s' * (k != 1)}" if k < len(picked) else f"after {k}: no mistake left")
    w = np.array([w for w, _ in path])
    panels[-1].plot(*w.T, "o-", color=BLUE, ms=4, lw=1.3)
    panels[-1].plot(*w[0], "s", color="black", ms=8)
    panels[-1].plot(*w[-1], "*", color=RED, ms=15)
    panels[-1].annotate("start", w[0], (6, -14), textcoords="offset points")
    panels[-1].annotate("end", w[-1], (8, 4), textcoords="offset points", color=RED)
    panels[-1].margins(0.15)
    panels[-1].set(title="the weights' path", xlabel="$w_1$", ylabel="$w_2$")
    return figure


def demonstration(cards, labels, wrong, w):
    """Two cards of each label; the mistakes up to each try; the weights as a picture. Cards are (rows, columns)."""
    layout = [["a", "b", "mistakes", "w"], ["c", "d", "mistakes", "w"]]
    figure, panels = plt.subplot_mosaic(layout, figsize=(11, 3.3), width_ratios=(0.62, 0.62, 1.7, 1.45))
    picked = [k for label in (0, 1) for k in range(len(labels)) if labels[k] == label]
    for name, k in zip("abcd", (*picked[:2], *picked[-2:]), strict=True):
        panels[name].imshow(cards[k], cmap="Greys", vmin=0, vmax=1.3)
        panels[name].axvline(w.shape[1] / 2 - 0.5, color=RED, lw=1, linestyle="--")
        panels[name].set(xticks=[], yticks=[], title=f"y = {labels[k]}")
        panels[name].spines[:].set_visible(True)
    _mistakes(panels["mistakes"], wrong)
    image = panels["w"].imshow(w, vmin=-abs(w).max(), vmax=abs(w).max())
    panels["w"].set(title="What it learned: $w$", xticks=[], yticks=[])
    figure.colorbar(image, ax=panels["w"], label="weight", shrink=0.8)
    return figure


def _mistakes(axes, wrong):
    last, count = np.flatnonzero(wrong)[-1] + 1, sum(wrong)
    axes.step(np.arange(len(wrong) + 1), np.append(0, np.cumsum(wrong)), "-", where="post", color=BLUE)
    axes.plot(last, count, "o", color=RED)
    line = {"arrowstyle": "-", "color": RED}
    axes.annotate("the last mistake", (last, count), (last + 4, 0.55 * count), color=RED, arrowprops=line)
    axes.set(title="It learns by doing", xlabel="cards seen", ylabel="mistakes so far", ylim=(0, count + 0.7))


# XOR


def xor_cannot():
    """The four cases of XOR: the midpoint of both diagonals would have to lie on both sides."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.4, 3.9))
    y = np.array([0, 1, 1, 0])
    for axes in (left, right):
        points(axes, CORNERS, y)
        axes.set(xlim=(-0.5, 1.5), ylim=(-0.5, 1.5), xticks=[0, 1], yticks=[0, 1], xlabel="$x_1$", ylabel="$x_2$")
        axes.set_aspect("equal")
    left.plot([0, 1], [1, 0], color=BLUE, lw=2)
    left.plot([0, 1], [0, 1], "--", color=ORANGE, lw=2)
    left.plot(0.5, 0.5, "*", color=RED, ms=20, zorder=5)
    left.annotate(
        "fires, and\ndoes not?",
        (0.56, 0.5),
        (1.0, 0.5),
        color=RED,
        va="center",
        arrowprops={"arrowstyle": "-", "color": RED},
    )
    left.set_title("Both diagonals meet in one point")
    for k, (w, b, miss) in enumerate((((1, 1), -0.5, 3), ((-1, -1), 1.5, 0), ((1, -1), -0.5, 1), ((-1, 1), -0.5, 2))):
        foot = -b * np.array(w) / 2
        right.axline(foot, foot + np.array([-w[1], w[0]]), color=GREY, lw=1.4, linestyle=LINES[k])
        right.scatter(*CORNERS[miss], s=300, facecolors="none", edgecolors=RED, lw=1.8, ls=LINES[k], zorder=5)
    right.set_title("Each line gets three right, one wrong")
    right.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def xor_from_gates(gates):
    """The half-planes of NAND and OR, the strip they share, and the network; gates: name → (w₁, w₂, θ)."""
    figure, panels = plt.subplots(1, 4, figsize=(11, 3.1), width_ratios=(1, 1, 1, 1.35))
    for axes, name in zip(panels, ("NAND", "OR"), strict=False):
        gate(axes, *gates[name])
        axes.set_title(name)
    strip = panels[2]
    x1, x2 = np.meshgrid(np.linspace(-0.6, 1.6, 201), np.linspace(-0.6, 1.6, 201))
    fires = [u * x1 + v * x2 > theta for u, v, theta in (gates["NAND"], gates["OR"])]
    strip.contourf(x1, x2, np.logical_and(*fires), levels=[-1, 0.5, 2], colors=[ORANGE, BLUE], alpha=0.14)
    for u, v, theta in (gates["NAND"], gates["OR"]):
        strip.axline((theta / u, 0), (0, theta / v), color="black", lw=1.6)
    points(strip, CORNERS, np.array([0, 1, 1, 0]))
    strip.set(title="both at once: XOR", xlim=(-0.6, 1.6), ylim=(-0.6, 1.6), xticks=[0, 1], yticks=[0, 1])
    strip.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
    _xor_network(panels[3])
    return figure


def _xor_network(axes):
    ins, hidden, out = ((0.5, 3.6), (0.5, 1.4)), ((3, 3.6), (3, 1.4)), (5.5, 2.5)
    for place, name in zip((*ins, *hidden, out), ("$x_1$", "$x_2$", "NAND", "OR", "AND"), strict=True):
        axes.scatter(*place, s=1300, facecolors="white", edgecolors="black", zorder=3)
        axes.text(*place, name, ha="center", va="center", fontsize=10 if len(name) < 5 else 12, zorder=4)
    for start, end in [(a, b) for a in ins for b in hidden] + [(a, out) for a in hidden]:
        _joined(axes, start, end, 0.78)
    arrow(axes, (6.25, 2.5), (7.3, 2.5), r"$\hat y$", color=BLUE)
    axes.set(title="XOR = AND(NAND, OR)", xlim=(-0.3, 7.6), ylim=(0.4, 4.8))
    axes.axis("off")


def _joined(axes, start, end, gap, **style):
    """An arrow between two nodes that begins and ends `gap` from their centres."""
    start, end = np.array(start, dtype=float), np.array(end, dtype=float)
    way = (end - start) / np.linalg.norm(end - start)
    arrows = {"arrowstyle": "-|>", "color": BLUE, "shrinkA": 0, "shrinkB": 0, **style}
    axes.annotate("", end - gap * way, start + gap * way, arrowprops=arrows)


# networks


def networks():
    """A net of nerve cells, a feed-forward net in layers, and a recurrent one."""
    figure, panels = plt.subplots(1, 3, figsize=(11, 3.7), width_ratios=(1, 1.2, 0.8))
    _cells(panels[0])
    _layers(panels[1])
    _recurrent(panels[2])
    for axes in panels:
        axes.axis("off")
    return figure


def _cells(axes):
    places = ((0.8, 4.6), (0.9, 1.0), (2.7, 2.9), (3.4, 5.2), (4.3, 1.1), (5.6, 3.6))
    joined = ((0, 2), (1, 2), (2, 3), (2, 4), (3, 5), (4, 5), (0, 3), (1, 4), (5, 2))
    for a, b in joined:
        start, end = np.array(places[a]), np.array(places[b])
        way = (end - start) / np.linalg.norm(end - start)
        stop = end - 0.75 * way
        bend = (start + stop) / 2 + 0.25 * np.array([-way[1], way[0]])
        s = np.linspace(0, 1, 40)[:, None]
        axes.plot(*((1 - s) ** 2 * start + 2 * s * (1 - s) * bend + s**2 * stop).T, "-", color=BLUE, lw=1.5, zorder=1)
        axes.scatter(*stop, s=24, color=RED, zorder=5)
    for k, (x, y) in enumerate(places):
        for turn in range(7):
            _dendrite(axes, (x, y), 0.5 * k + turn * 2 * np.pi / 7, 0.5, 1.6)
        _soma(axes, x, y, 0.33)
    axes.set(title="Cells: axons meet dendrites", xlim=(-0.4, 6.8), ylim=(-0.2, 6.3), aspect="equal")


def _layers(axes):
    columns = [[(0.6, y) for y in (4.9, 3.7, 2.5, 1.3)], [(3.4, y) for y in (4.3, 3.1, 1.9)], [(6.2, 3.1)]]
    for left, right in ((0, 1), (1, 2)):
        for start in columns[left]:
            for end in columns[right]:
                _joined(axes, start, end, 0.38, lw=0.9)
    for column in columns:
        axes.scatter(*np.transpose(column), s=620, facecolors="white", edgecolors="black", zorder=3)
    for (x, y), name in zip(columns[0], ("$x_1$", "$x_2$", "$x_3$", "$x_4$"), strict=True):
        axes.text(x, y, name, ha="center", va="center", zorder=4)
    axes.text(6.2, 3.1, r"$\hat y$", ha="center", va="center", zorder=4)
    for x, name, meaning in ((0.6, "input", "pixels"), (3.4, "hidden", "features"), (6.2, "output", "cancer\nor not")):
        axes.text(x, 5.75, name, ha="center", weight="bold")
        axes.text(x, 0.55, meaning, ha="center", va="top", color=GREY)
    axes.set(title="Feed-forward: layers, one direction", xlim=(-0.3, 7.2), ylim=(-0.6, 6.3))


def _recurrent(axes):
    axes.scatter([2.6], [3.1], s=1500, facecolors="white", edgecolors="black", zorder=3)
    axes.text(2.6, 3.1, "OR", ha="center", va="center", zorder=4)
    _joined(axes, (0.3, 3.1), (2.6, 3.1), 0.62)
    arrow(axes, (3.25, 3.1), (4.9, 3.1), color=BLUE)
    axes.text(4.5, 3.3, "$y_t$", ha="center", va="bottom", color=BLUE)
    axes.text(0.7, 3.3, "$s_t$", ha="center", va="bottom")
    axes.plot([3.9, 3.9, 1.0], [3.1, 4.7, 4.7], "-", color=RED, lw=2)
    _joined(axes, (1.0, 4.7), (2.6, 3.1), 0.62, color=RED, lw=2)
    axes.plot([1.0, 1.45], [4.7, 4.25], "-", color=RED, lw=2)
    axes.text(2.5, 4.8, "$y_{t-1}$", color=RED, ha="center", va="bottom")
    axes.text(2.6, 1.6, "the loop remembers", ha="center", color=RED)
    axes.set(title="Recurrent: a loop", xlim=(-0.1, 5.3), ylim=(-0.6, 6.3))


# the logistic neuron, and the step's flat cost


def two_costs(axes, c_fn, c_fp=1):
    """The expected cost of each decision against p = P(y = 1), and where they cross."""
    p = np.linspace(0, 1, 101)
    axes.plot(p, p * c_fn, color=ORANGE, linestyle="--", label="say 0")
    axes.plot(p, (1 - p) * c_fp, color=BLUE, label="say 1")
    cross = c_fp / (c_fp + c_fn)
    axes.plot([cross, cross], [0, cross * c_fn], ":", color=RED)
    axes.plot(cross, cross * c_fn, "o", color=RED, zorder=4)
    axes.text(cross + 0.03, 0.05, f"{cross:.2g}", color=RED)
    axes.set(xlabel="p, the probability of y = 1", ylabel="expected cost", ylim=(0, 1.6), xlim=(0, 1))
    axes.set_title(f"a miss costs {c_fn:g}", loc="center")
    axes.legend(loc="upper right")


def flat_and_sloping(w, costs, slopes, at):
    """Costs (name → (k,)) against one weight, and beside them their slopes; `at` is the weight to mark."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6))
    for axes, curves in zip((left, right), (costs, slopes), strict=True):
        for (name, values), color, line in zip(curves.items(), (ORANGE, BLUE), ("--", "-"), strict=True):
            axes.plot(
                w, values, color=color, linestyle=line, label=name, drawstyle="steps-mid" if name == "step" else None
            )
        axes.axvline(at, color=RED, lw=1, linestyle=":")
        axes.set(xlabel="$w$")
    left.set(title="The cost of the step is a staircase", ylabel="cost $J$")
    right.set(title="Its slope is 0: no way down is shown", ylabel="slope $dJ/dw$")
    left.legend()
    return figure


def mistakes_and_bound(margins, mistakes, bounds):
    """Mistakes of many runs against the margin, below Novikoff's bound; all arrays are (k,)."""
    figure, axes = plt.subplots(figsize=(6.5, 3.4))
    order = np.argsort(margins)
    axes.loglog(margins, mistakes, "o", color=BLUE, ms=5, label="mistakes made")
    axes.loglog(margins[order], bounds[order], "--", color=PURPLE, label=r"bound $(R/\gamma)^2$")
    axes.set(title="A wider gap needs fewer corrections", xlabel=r"margin $\gamma$", ylabel="mistakes")
    axes.legend()
    return figure
