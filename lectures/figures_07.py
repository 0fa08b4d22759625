"""Lecture 7, backpropagation: its figures, and the sentence that answers who tries.

The figures draw what they are given and compute no gradient.
"""

import matplotlib.pyplot as plt
import numpy as np
from figures import BLUE, GREEN, GREY, LINES, ORANGE, RED, arrow, matrix, node

PLACES = {"x1": (0, 1.4), "x2": (0, -1.4), "h1": (2.6, 1.4), "h2": (2.6, -1.4), "y_hat": (5.1, 0), "L": (6.7, 0)}
# parameter → (from, to, how far along the edge its label stands)
EDGES = {
    "w1": ("x1", "h1", 0.5),
    "w2": ("x1", "h2", 0.32),
    "w3": ("x2", "h1", 0.32),
    "w4": ("x2", "h2", 0.5),
    "w5": ("h1", "y_hat", 0.45),
    "w6": ("h2", "y_hat", 0.45),
}
BELOW = {"x2", "h2"}  # their value stands below the node, the bias comes from above
BIASES = {"b1": "h1", "b2": "h2", "b3": "y_hat"}


def tell(what, yours, right, hint=""):
    """Say in a sentence whether your answer is right, and if not a hint; it never stops the notebook."""
    if yours is None:
        print(f"{what}: nothing there yet. Replace None and run the cell again.")
    elif np.shape(yours) != np.shape(right):
        print(f"{what}: yours has shape {np.shape(yours)}; {np.shape(right)} is expected. {hint}")
    elif np.allclose(yours, right, rtol=5e-3, atol=1e-6):
        print(f"{what}: right.")
    else:
        first = np.unravel_index(np.argmax(abs(np.asarray(yours) - right)), np.shape(right))
        where = f" at {tuple(int(k) for k in first)}" if first else ""
        print(f"{what}: not yet. You have {np.asarray(yours)[first]:.4g}{where}; the check has another number. {hint}")


def tex(name):
    """w1 → $w_1$, y_hat → $\\hat{y}$."""
    return r"$\hat{y}$" if name == "y_hat" else f"${name}$" if len(name) == 1 else f"${name[0]}_{name[1]}$"


def small_net(p, x, v):
    """The net of two inputs, two sigmoid units and one output, with every value. Returns the figure."""
    figure, axes = plt.subplots(figsize=(9, 4.3))
    for name, (start, end, along) in EDGES.items():
        middle = _edge(axes, start, end, "black", along)
        axes.text(
            *middle, f"{tex(name)} = {p[name]:g}".replace("-", "−"), ha="center", va="center", fontsize=11, bbox=_PAPER
        )
    for name, unit in BIASES.items():
        _bias(axes, unit, f"{tex(name)} = {p[name]:g}", "black")
    _edge(axes, "y_hat", "L", "black", 0.5)
    values = {"x1": x[0], "x2": x[1], **v}
    for name, (left, height) in PLACES.items():
        node(axes, left, height, tex(name))
        number = f"{values[name]:.4g}".replace("-", "−")
        if name in ("h1", "h2"):
            number = f"{tex('z' + name[1])} = {v['z' + name[1]]:.4g},  {tex(name)} = {v[name]:.4g}".replace("-", "−")
        _beside(axes, name, number, {"color": BLUE})
    _frame(axes)
    axes.set_title("Nine parameters, one loss: who is to blame?")
    return figure


BACKWARD = (
    ("the forward pass is done", ()),
    (r"the output: $\partial L/\partial\hat{y}$", ("y_hat",)),
    ("its own weights", ("w5", "w6", "b3")),
    (r"over $w_5$, $w_6$ to the hidden units: $\partial L/\partial h$", ("h1", "h2")),
    (r"through the sigmoids: $\delta$", ("z1", "z2")),
    ("the weights of the hidden units", ("w1", "w2", "w3", "w4", "b1", "b2")),
)


def small_backward(axes, blame, step):
    """The same net on given Axes after `step` of the five stages of its backward pass; `blame` holds every gradient."""
    step = int(step)
    done = {name for _, names in BACKWARD[: step + 1] for name in names}
    new = set(BACKWARD[step][1])
    for name, (start, end, along) in EDGES.items():
        middle = _edge(axes, start, end, RED if name in new else "#999999", along)
        text = _signed(blame[name]) if name in done else tex(name)
        axes.text(
            *middle, text, ha="center", va="center", fontsize=11, bbox=_PAPER, **_colour(name in done, name in new)
        )
    for name, unit in BIASES.items():
        text = _signed(blame[name]) if name in done else tex(name)
        _bias(axes, unit, text, RED if name in done else "black", bold=name in new)
    _edge(axes, "y_hat", "L", RED if "y_hat" in new else "#999999", 0.5)
    for name, (left, height) in PLACES.items():
        node(axes, left, height, tex(name))
        shown = "z" + name[1] if name in ("h1", "h2") and "z1" in done else name
        if shown in done:
            text = f"$\\delta_{shown[1]}$ {_signed(blame[shown])}" if shown[0] == "z" else _signed(blame[shown])
            _beside(axes, name, text, _colour(True, shown in new))
    _frame(axes)
    axes.set_title(f"{step}. {BACKWARD[step][0]}", loc="left", fontsize=11)


_PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}


def _colour(done, new):
    return {"color": RED if done else "black", "fontweight": "bold" if new else "normal"}


def _signed(number):
    return f"{number:.3f}".replace("-", "−")


def _edge(axes, start, end, color, along):
    """An arrow from rim to rim; returns the point `along` it."""
    start, end = np.array(PLACES[start], float), np.array(PLACES[end], float)
    unit = (end - start) / np.linalg.norm(end - start)
    arrow(axes, start + 0.36 * unit, end - 0.36 * unit, color=color)
    return start + along * (end - start)


def _beside(axes, name, text, style):
    left, height = PLACES[name]
    side, va = (-1, "top") if name in BELOW else (1, "bottom")
    axes.text(left, height + 0.48 * side, text, ha="center", va=va, fontsize=11, zorder=5, **style)


def _bias(axes, unit, text, color, bold=False):
    left, height = PLACES[unit]
    weight, (side, va) = "bold" if bold else "normal", (1, "bottom") if unit in BELOW else (-1, "top")
    arrow(axes, (left, height + 0.9 * side), (left, height + 0.42 * side), color=color)
    axes.text(left, height + 0.93 * side, text, ha="center", va=va, fontsize=11, color=color, fontweight=weight)


def _frame(axes):
    axes.set(xlim=(-0.6, 7.2), ylim=(-2.35, 2.3))
    axes.axis("off")


def blocks(rows):
    """Networks as chains of blocks. A row is (title, list of (name, what flows out, parameters or "")).

    Blue arrows: values forward. Red arrows: gradients back, and down to the parameters. Returns the figure.
    """
    figure, panels = plt.subplots(len(rows), 1, figsize=(9.5, 2.35 * len(rows)))
    widest = max(len(chain) for _, chain in rows)
    for axes, (title, chain) in zip(panels, rows, strict=True):
        for k, (name, out, parameters) in enumerate(chain):
            left = 2.2 * k + 1
            box = plt.Rectangle((left, -0.42), 1.25, 0.84, facecolor="#f2f2f2", edgecolor="black", lw=1.2)
            axes.add_patch(box)
            axes.text(left + 0.625, 0, name, ha="center", va="center", fontsize=11)
            _both_ways(axes, left + 1.25, out)
            if parameters:
                arrow(axes, (left + 0.5, 1.05), (left + 0.5, 0.45), color=BLUE)
                arrow(axes, (left + 0.75, 0.45), (left + 0.75, 1.05), color=RED)
                axes.text(left + 0.625, 1.1, parameters, ha="center", va="bottom", fontsize=11)
        _both_ways(axes, 0.05, "$x$")
        axes.set(xlim=(0, 2.2 * widest + 1), ylim=(-0.9, 1.55))
        axes.set_title(title)
        axes.axis("off")
    return figure


def _both_ways(axes, left, name):
    arrow(axes, (left + 0.05, 0.18), (left + 0.9, 0.18), color=BLUE)
    arrow(axes, (left + 0.9, -0.18), (left + 0.05, -0.18), color=RED)
    axes.text(left + 0.47, 0.26, name, ha="center", va="bottom", color=BLUE, fontsize=11)
    axes.text(left + 0.47, -0.28, rf"$\overline{{{name.strip('$')}}}$", ha="center", va="top", color=RED, fontsize=11)


def dependency_graph():
    """x → z¹ → h → z² → ŷ → L with both weights; the part of the way back that they share is thick. The figure."""
    figure, axes = plt.subplots(figsize=(9.5, 3.5))
    chain = ("$x$", "$z^{(1)}$", "$h$", "$z^{(2)}$", r"$\hat{y}$", "$L$")
    for k, name in enumerate(chain):
        node(axes, 2 * k, 0, name)
        if k:
            arrow(axes, (2 * k - 1.62, 0.12), (2 * k - 0.38, 0.12), color=BLUE)
    for left, name in ((2, "$W^{(1)}$"), (6, "$w^{(2)}$")):
        node(axes, left, 1.5, name)
        arrow(axes, (left - 0.08, 1.14), (left - 0.08, 0.36), color=BLUE)
    labels = {
        4: (r"$\dfrac{\partial L}{\partial\hat{y}}$", True),
        3: (r"$\dfrac{\partial\hat{y}}{\partial z^{(2)}}$", True),
        2: (r"$\dfrac{\partial z^{(2)}}{\partial h}$", False),
        1: (r"$\dfrac{\partial h}{\partial z^{(1)}}$", False),
    }
    for k, (label, shared) in labels.items():
        _thick(axes, (2 * k + 1.62, -0.12), (2 * k + 0.38, -0.12), 4 if shared else 1.6)
        axes.text(2 * k + 1, -0.3, label, ha="center", va="top", color=RED, fontsize=13)
    own = {2: r"$\dfrac{\partial z^{(1)}}{\partial W^{(1)}}$", 6: r"$\dfrac{\partial z^{(2)}}{\partial w^{(2)}}$"}
    for left, label in own.items():
        _thick(axes, (left + 0.08, 0.36), (left + 0.08, 1.14), 1.6)
        axes.text(left + 0.25, 0.75, label, ha="left", va="center", color=RED, fontsize=13)
    axes.plot([6.1, 9.9], [-1.3, -1.3], color=RED, lw=2)
    shared = r"shared: $\partial L/\partial z^{(2)} = \hat{y} - y$, computed once"
    axes.text(8, -1.38, shared, ha="center", va="top", color=RED)
    axes.set(xlim=(-0.6, 10.6), ylim=(-1.9, 2.0))
    axes.set_title("Two ways back begin alike")
    axes.axis("off")
    return figure


def _thick(axes, start, end, width):
    style = {"arrowstyle": "-|>", "color": RED, "lw": width, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", end, start, arrowprops=style)


def products(edges, curves):
    """Products counted against the depth of a network: curves is {label: list}. Returns the figure."""
    figure, axes = plt.subplots(figsize=(8, 3.8))
    depth = np.arange(1, len(edges) + 1)
    styles = zip(curves.items(), (ORANGE, GREEN, RED, BLUE), LINES[1:] + LINES[:1], "s^oD", strict=True)
    for (label, counts), colour, line, marker in styles:
        axes.semilogy(
            depth, counts, line, color=colour, marker=marker, ms=5, lw=3 if colour == RED else 1.6, label=label
        )
    axes.set(xlabel="layers of 10 units", ylabel="products", xticks=depth)
    axes.set_title("Reuse makes the way back cost two forward passes, at any depth")
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure


def shapes(m, n_in, n, n_out):
    """The three matrix products of a layer's backward pass, in rows, as boxes. Returns the figure."""
    delta, delta_next = r"$\Delta^{(l)}$", r"$\Delta^{(l+1)}$"
    lines = [
        ("The error goes one layer back", [
            (delta, m, n, "signals", "row"), "=  (", (delta_next, m, n_out, "signals", "row"),
            (r"$W^{(l+1)\top}$", n_out, n, "parameters"), r")  $\circ$", (r"$f'(Z^{(l)})$", m, n, "signals", "row"),
        ]),
        ("The weights of the layer get their share", [
            (r"$\partial J/\partial W^{(l)}$", n_in, n, "parameters"), r"=  $\frac{1}{m}$",
            (r"$A^{(l-1)\top}$", n_in, m, "examples", "column"),
            (delta, m, n, "signals", "row"),
        ]),
        ("And so do its biases", [
            (r"$\partial J/\partial b^{(l)}$", 1, n, "parameters"), r"=  $\frac{1}{m}$",
            (r"$\mathbf{1}$", 1, m, "signals", "column"), (delta, m, n, "signals", "row"),
        ]),
    ]  # fmt: skip
    figure, panels = plt.subplots(3, 1, figsize=(7.5, 8.2))
    for axes, (title, parts) in zip(panels, lines, strict=True):
        x = 0.3
        for part in parts:
            if isinstance(part, str):
                x += 1.9 if len(part) > 4 else 1.5
                axes.text(x - 0.85, 0, part, ha="center", va="center", fontsize=14)
            else:
                x = matrix(axes, x + 0.3, *part) + 0.3
        axes.set(xlim=(0, 21), ylim=(-m / 2 - 1.1, m / 2 + 1.5), aspect="equal", anchor="W")
        axes.set_title(title)
        axes.axis("off")
    return figure


def weights(axes, w, title):
    """How large the weights w (k,) are: a histogram on given Axes, their root mean square marked."""
    axes.hist(w, bins=np.arange(-4, 4.01, 0.25), color=BLUE, alpha=0.7)
    rms = np.sqrt((w**2).mean())
    for side in (-rms, rms):
        axes.axvline(side, color=RED, ls="--")
    axes.text(0.97, 0.93, f"± {rms:.2f}", color=RED, ha="right", va="top", transform=axes.transAxes)
    axes.set(xlabel="weight", ylabel="how many of 48", xlim=(-4, 4), ylim=(0, 25))
    axes.set_title(title, loc="left")


def starts(curves, levels, features, names):
    """Left: cost of every start against updates, coloured by the level it ends at. Right: hidden features of one.

    curves (k, updates); levels: {label: (J, colour)}; features (3, 2) of the points called names, the last two at one
    place. Returns the figure.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.9), width_ratios=(1.7, 1))
    for (label, (level, colour)), line in zip(levels.items(), LINES, strict=False):
        chosen = curves[np.abs(curves[:, -1] - level) < 0.02]
        left.plot(chosen.T, line, color=colour, lw=1.2)
        left.plot([], [], line, color=colour, label=f"{len(chosen)} starts: {label}")
        if level:
            left.axhline(level, color=GREY, lw=0.8, ls=":")
    left.set(xlabel="update", ylabel="cost J (nats)", ylim=(0, 1.2))
    left.set_title("The same net, 20 starts, three endings")
    left.legend()
    for point, label in zip(features, (1, 0, 1), strict=True):
        right.plot(*point, "o" if label else "^", color=BLUE if label else ORANGE, ms=16 if label else 8,
                   zorder=3 if label else 4)  # fmt: skip
    right.annotate(names[0], features[0], (-10, 8), textcoords="offset points", color=BLUE, ha="right")
    right.annotate(
        f"{names[1]} and {names[2]}\nat the same place", features[1], (24, 40), textcoords="offset points",
        color=RED, arrowprops={"arrowstyle": "->", "color": RED},
    )  # fmt: skip
    right.set(xlabel="hidden unit 1", ylabel="hidden unit 2")
    right.margins(0.25)
    right.set_title("Stuck: two labels, one place")
    return figure


def accuracies(table, costs):
    """Left: test accuracy of each split, joined from model to model. Right: training cost after each epoch."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.7))
    names, shares = list(table), np.array(list(table.values()))
    left.plot(shares, "-", color=GREY, lw=0.8, zorder=1)
    for k, (row, colour, marker) in enumerate(zip(shares, (ORANGE, BLUE), "s^", strict=True)):
        left.plot(np.full(len(row), k), row, marker, color=colour, ms=7)
        left.plot([k - 0.16, k + 0.16], [row.mean()] * 2, "-", color=RED, lw=3)
        left.annotate(f"mean {row.mean():.3f}", (k + (0.2 if k else -0.2), row.mean()), color=RED, va="center",
                      ha="left" if k else "right")  # fmt: skip
    left.set(xticks=[0, 1], xlim=(-0.95, 1.85), ylabel="test accuracy")
    left.set_xticklabels([name.replace(" ", "\n", 1) for name in names])
    left.set_title("Better on average, not on every split")
    for (name, J), colour, line in zip(costs.items(), (ORANGE, BLUE), ("--", "-"), strict=True):
        right.semilogy(np.arange(1, len(J) + 1), J, line, color=colour, label=name)
    right.set(xlabel="epoch", ylabel="training cost J (nats)")
    right.legend()
    right.set_title("The training data are fitted far better")
    return figure
