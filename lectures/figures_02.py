"""Figures of lecture 2, logistic regression."""

import matplotlib.pyplot as plt
import numpy as np
from figures import BLUE, GREEN, GREY, ORANGE, RED, arrow, node


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
        arrow(axes, (1.1, height), (3.3, 3 + (height - 3) * 0.25))
    for height, name in zip((4.7, 3.3, 1.3), ("$w_1$", "$w_2$", "$b$"), strict=True):
        axes.text(2.1, height, name, ha="center", va="center", color=BLUE)
    for middle, name in ((4, "+"), (7, r"$\sigma$")):
        node(axes, middle, 3, name)
    arrow(axes, (4.7, 3), (6.3, 3), "$z$")
    arrow(axes, (7.7, 3), (9.5, 3), r"$\hat y$")
    axes.text(4, 1.4, "sum", ha="center", color=GREY)
    axes.text(7, 1.4, "squash", ha="center", color=GREY)


def _hard_and_soft(axes, z, a):
    axes.plot(z, z > 0, color=ORANGE, linestyle="--", drawstyle="steps-mid", label="threshold: 0 or 1")
    axes.plot(z, a, color=BLUE, label="logistic: a soft label")
    axes.set(title="the same side, with doubt", xlabel="signal $z$", ylabel="output")
    axes.legend(loc="upper left", fontsize=8)


def forward_and_backward(wires, slopes):
    """The neuron with one example in it: values above the wires go right, derivatives of L below them go left.

    wires: (name, value, derivative of L) of wᵀx, z, a and L, in that order; slopes: the text under each block, its
    factor going back. Returns the figure.
    """
    figure, axes = plt.subplots(figsize=(10, 2.3), layout="constrained")
    axes.set(xlim=(0, 14), ylim=(-1.5, 1.3))
    axes.axis("off")
    for x, name, slope in zip((3.2, 7, 10.8), ("+ b", r"$\sigma$", "log\nloss"), slopes, strict=True):
        node(axes, x, 0, name)
        axes.text(x, -0.95, slope, color=RED, ha="center", va="top", fontsize=9)
    spans = ((0.2, 2.5), (3.9, 6.3), (7.7, 10.1), (11.5, 13.8))
    for (start, end), (name, value, derivative) in zip(spans, wires, strict=True):
        arrow(axes, (start, 0.2), (end, 0.2), f"{name} = {value:.4g}", color=BLUE)
        arrow(axes, (end, -0.2), (start, -0.2), f"{derivative:.4g}", color=RED, above=False)
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
