"""Figures of lecture 2, logistic regression."""

import matplotlib.pyplot as plt
import numpy as np
from figures import BLUE, GREEN, GREY, ORANGE, RED, arrow, node

HALO = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1}  # behind letters among points


def five_views(sigmoid, w, b, points, labels, observed):
    """Five ways to read ŷ = σ(wᵀx + b), and the hard threshold beside them.

    w (2,), b a number, points (m, 2), labels (m,) of 0 and 1; observed: signals (k,), the log odds of the labels seen
    near each, and their standard errors. Returns the figure.
    """
    figure, panels = plt.subplots(2, 3, figsize=(11, 6.6))
    z = np.linspace(-6, 6, 241)
    _log_odds(panels[0, 0], *observed)
    _coin(panels[0, 1], sigmoid, (-2.0, 0.0, 1.5))
    _squash(panels[0, 2], z, sigmoid(z))
    boundary(panels[1, 0], sigmoid, w, b, points, labels)
    panels[1, 0].set_title("IV  the boundary is a line")
    _two_stages(panels[1, 1])
    _hard_and_soft(panels[1, 2], z, sigmoid(z))
    return figure


def _log_odds(axes, signals, log_odds, errors):
    axes.plot(signals, signals, color=BLUE, label="model: log odds = z")
    axes.errorbar(signals, log_odds, 2 * errors, fmt="o", color=ORANGE, ms=5, capsize=3, label="observed labels")
    axes.set(title="I  the log odds are linear", xlabel="signal $z = w^T x + b$", ylabel="log odds of $y = 1$")
    axes.legend(loc="upper left")


def _coin(axes, sigmoid, signals):
    """One coin per signal: the bar of heads (y = 1) beside the bar of tails."""
    heads, places = sigmoid(np.array(signals)), np.arange(len(signals))
    axes.bar(places - 0.2, 1 - heads, 0.38, color="white", edgecolor=ORANGE, hatch="//", label="$y = 0$")
    axes.bar(places + 0.2, heads, 0.38, color=BLUE, label="$y = 1$")
    axes.set_xticks(places, [f"z = {signal:g}" for signal in signals])
    axes.set(title="II  the label is a coin", xlabel="three inputs, by signal", ylabel="probability", ylim=(0, 1.3))
    axes.legend(ncols=2, loc="upper center")


def _squash(axes, z, a):
    axes.plot(z, a, color=BLUE)
    for level in (0, 1):
        axes.axhline(level, color=GREY, linestyle=":", linewidth=1)
    axes.set(title="III  an S squashes the line", xlabel="signal $z$", ylabel=r"$\hat y = \sigma(z)$")


def boundary(axes, sigmoid, w, b, points, labels, reach=3):
    """Points of two classes, the lines where ŷ is 0.1, 0.5 and 0.9, and w as an arrow from the boundary."""
    x1, x2 = np.meshgrid(np.linspace(-reach, reach, 121), np.linspace(-reach, reach, 121))
    a = sigmoid(w[0] * x1 + w[1] * x2 + b)
    styles = {"colors": "black", "linestyles": ["dotted", "solid", "dashed"], "linewidths": 1.3}
    lines = axes.contour(x1, x2, a, [0.1, 0.5, 0.9], **styles)
    axes.clabel(lines, fmt="%.1f", fontsize=10)
    axes.scatter(*points[labels == 0].T, marker="o", facecolors="none", edgecolors=ORANGE, s=30, label="$y = 0$")
    axes.scatter(*points[labels == 1].T, marker="x", color=BLUE, s=30, linewidths=1.4, label="$y = 1$")
    foot = -b * w / (w @ w)  # the point of the boundary nearest to the origin
    tip = foot + w / np.linalg.norm(w)
    axes.annotate("", tip, foot, arrowprops={"arrowstyle": "-|>", "color": RED, "lw": 2}, zorder=5)
    place = tip + 0.35 * w / np.linalg.norm(w)
    axes.text(*place, "w", color=RED, weight="bold", ha="center", va="center", zorder=6, bbox=HALO)
    axes.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal", xlim=(-reach, reach), ylim=(-reach, reach))
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), handletextpad=0.1)


def _two_stages(axes):
    axes.set(title="V  two stages: sum, then squash", xlim=(0, 10), ylim=(0, 6))
    axes.axis("off")
    for height, name in zip((5, 3, 1), ("$x_1$", "$x_2$", "$1$"), strict=True):
        axes.text(0.6, height, name, ha="center", va="center", fontsize=13)
        arrow(axes, (1.1, height), (3.3, 3 + (height - 3) * 0.25))
    for height, name in zip((4.75, 3.35, 1.25), ("$w_1$", "$w_2$", "$b$"), strict=True):
        axes.text(2.1, height, name, ha="center", va="center", color=BLUE, fontsize=12)
    for middle, name in ((4, "+"), (7, r"$\sigma$")):
        node(axes, middle, 3, name)
    arrow(axes, (4.7, 3), (6.3, 3), "$z$")
    arrow(axes, (7.7, 3), (9.5, 3), r"$\hat y$")
    axes.text(4, 1.4, "sum", ha="center", color=GREY)
    axes.text(7, 1.4, "squash", ha="center", color=GREY)


def _hard_and_soft(axes, z, a):
    axes.plot(z, z > 0, color=ORANGE, linestyle="--", drawstyle="steps-mid", label="threshold: 0 or 1")
    axes.plot(z, a, color=BLUE, label="logistic: a soft label")
    axes.plot(0, 0.5, "o", color=RED, ms=7, zorder=4)
    axes.set(title="the same side, with doubt", xlabel="signal $z$", ylabel="output", ylim=(-0.05, 1.45))
    axes.legend(loc="upper left")


def pmfs(labels, fitted, losses):
    """The observed pmf (1 - y, y) beside the fitted one (1 - ŷ, ŷ), one panel an example; its loss in the title."""
    figure, panels = plt.subplots(1, len(labels), figsize=(10.5, 3), sharey=True)
    places = np.arange(2)
    for axes, y, y_hat, loss in zip(panels, labels, fitted, losses, strict=True):
        axes.bar(places - 0.2, (1 - y, y), 0.38, color="white", edgecolor=ORANGE, hatch="//", label="observed $p$")
        axes.bar(places + 0.2, (1 - y_hat, y_hat), 0.38, color=BLUE, label="fitted $q$")
        axes.set_xticks(places, ["class 0", "class 1"])
        axes.set(title=rf"$y$ = {y:g}, $\hat y$ = {y_hat:g}: {loss:.3f} nats")
    panels[0].set(ylabel="probability", ylim=(0, 1.1))
    panels[0].legend(loc="upper left")
    figure.suptitle("the further the fitted pmf is from the observed one, the larger the loss")
    return figure


def forward_and_backward(x, forward, backward):
    """The neuron with one example in it: values go right (blue, above), derivatives of L go left (red, below).

    x: (x₁, x₂); forward, backward: dicts of the wires w1, w2, b, p1, p2 (products), z, a, L. Returns the figure.
    """
    figure, axes = plt.subplots(figsize=(11, 4))
    axes.set(xlim=(0, 15), ylim=(-2.9, 2.9), title=r"backwards, every wire gets its $\partial L/\partial$wire (red)")
    axes.axis("off")
    for place, name in (
        ((3.4, 1.9), f"× {x[0]:g}"),
        ((3.4, 0), f"× {x[1]:g}"),
        ((6.4, 0), "+"),
        ((9.2, 0), r"$\sigma$"),
        ((12, 0), "L"),
    ):
        node(axes, *place, name)
    wires = {
        "w1": ("$w_1$", (0.2, 1.9), (2.9, 1.9)),
        "w2": ("$w_2$", (0.2, 0), (2.9, 0)),
        "b": ("$b$", (0.2, -1.9), (5.9, -1.9)),
        "p1": ("", (3.9, 1.9), (5.9, 1.9)),
        "p2": ("", (3.9, 0), (5.9, 0)),
        "z": ("$z$", (6.9, 0), (8.7, 0)),
        "a": ("$a$", (9.7, 0), (11.5, 0)),
        "L": ("$L$", (12.5, 0), (14.6, 0)),
    }
    for key, (name, start, end) in wires.items():
        if key in ("p1", "b"):  # they turn towards the sum
            axes.plot(*np.transpose([start, end]), "-", color="black", lw=1)
        else:
            arrow(axes, start, end)
        middle = (start[0] + end[0]) / 2
        value = f"{name} = {forward[key]:.4g}" if name else f"{forward[key]:.4g}"
        axes.text(middle, start[1] + 0.15, value, color=BLUE, ha="center", va="bottom")
        style = {"color": RED, "style": "italic", "weight": "bold" if key in ("w1", "w2", "b") else "normal"}
        axes.text(middle, start[1] - 0.15, f"{backward[key]:.4f}", ha="center", va="top", **style)
    for height in (1.9, -1.9):
        arrow(axes, (5.9, height), (6.25, 0.5 if height > 0 else -0.5))
    return figure


def likelihood_of_a_coin(p, likelihood, mean_loss, heads_share):
    """The likelihood of p and the mean log loss J(p) side by side: one has its peak where the other has its foot."""
    figure, panels = plt.subplots(1, 2, figsize=(9.5, 3.3))
    names = (r"likelihood $P(\mathrm{data}\,|\,p)$", "$J(p)$, nats a toss")
    for axes, curve, name in zip(panels, (likelihood, mean_loss), names, strict=True):
        axes.plot(p, curve, color=BLUE)
        at = int(np.abs(p - heads_share).argmin())
        axes.plot(p[at], curve[at], "o", color=RED, ms=7, zorder=4)
        axes.axvline(heads_share, color=RED, linestyle=":", lw=1.2)
        axes.set(xlabel="$p$, the coin's probability of heads", ylabel=name)
    panels[0].set_title(f"most likely at the share of heads, {heads_share:g} …")
    panels[1].set_title("… where the mean loss is least")
    return figure


def cuts(distances, log_losses, squares, chords):
    """Straight cuts through two costs, rows of (k, len(distances)); chords: two indices on the last cut of each."""
    figure, panels = plt.subplots(1, 2, figsize=(10.5, 3.6))
    titles = ("log loss: no chord is below its curve", "squared error: this chord is below it")
    labels = ("$J$, nats", "mean ½ squared error")
    for axes, curves, ends, title, label in zip(panels, (log_losses, squares), chords, titles, labels, strict=True):
        for curve, style in zip(curves[:-1], ("--", "-.", ":"), strict=True):
            axes.plot(distances, curve, style, color=GREY, lw=1.4)
        axes.plot(distances, curves[-1], color=BLUE, lw=2.4)
        axes.plot(distances[list(ends)], curves[-1][list(ends)], "o-", color=RED, ms=6, zorder=4)
        axes.set(title=title, xlabel="distance along the cut", ylabel=label)
    return figure


def surface_and_paths(draw_surface, paths, best, gained, examples_per_step):
    """Paths of Algorithm 1 on the surface of J (left), and what each had gained per example seen (right).

    draw_surface(axes) draws J; paths and gained map a name to the (steps + 1, 2) array of (w, b) visited and to the
    J(θ) - J* of each; best is the minimum (2,).
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.3))
    draw_surface(left)
    styles = ((ORANGE, "--", 1), (BLUE, "-", 1.6), (GREEN, "-.", 2.4))  # stochastic, minibatch, batch: as in lecture 4
    for (name, path), (color, style, width) in zip(paths.items(), styles, strict=True):
        shown = path[:200] if len(path) > 1000 else path  # the rest of the stochastic path would be a blob
        left.plot(*shown.T, color="white", linewidth=width + 1.4, alpha=0.8)
        left.plot(*shown.T, color=color, linestyle=style, linewidth=width, label=name)
        marks = np.unique(np.geomspace(1, len(path) - 1, 60).astype(int))  # evenly spaced on a logarithmic axis
        seen = examples_per_step[name] * marks
        right.loglog(seen, gained[name][marks], color=color, linestyle=style, linewidth=width)
    left.plot(*next(iter(paths.values()))[0], "ko", markersize=7)
    left.plot(*best, "*", color=RED, markersize=15, markeredgecolor="white", zorder=6, label="minimum")
    left.set_title("many small steps, or few exact ones")
    left.legend(loc="upper right", framealpha=0.9, frameon=True)
    right.set(title="stochastic: first to arrive, never at rest", xlabel="examples seen", ylabel="$J - J^*$, nats")
    return figure


def growing_weights(cost, length, separated):
    """J and ‖w‖ against the step, both logarithmic; separated: the first step that puts every example right."""
    figure, panels = plt.subplots(1, 2, figsize=(10.5, 3.4))
    labels = ("$J$ on the training part, nats", r"$\Vert w\Vert$")
    for axes, curve, label in zip(panels, (cost, length), labels, strict=True):
        axes.loglog(range(1, len(curve)), curve[1:], color=BLUE)
        axes.plot(separated, curve[separated], "o", color=RED, ms=7, zorder=4)
        axes.set(xlabel="gradient-descent steps", ylabel=label)
    panels[0].set_title("the cost keeps falling …")
    panels[1].set_title("… and the weights keep growing")
    return figure


def chosen_on_validation(lams, training, validation, lengths, chosen):
    """Training and validation loss (seeds, len(lams)) against λ, and the mean ‖w‖; chosen: an index of lams."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(10.5, 3.6))
    for k, curve in enumerate(validation):
        left.loglog(lams, curve, "-", color=ORANGE, lw=0.8, alpha=0.8, label=None if k else "validation, each split")
    left.loglog(lams, validation.mean(axis=0), "s-", color=ORANGE, label="validation, mean")
    left.loglog(lams, training.mean(axis=0), "o--", color=BLUE, label="training, mean")
    left.plot(lams[chosen], validation.mean(axis=0)[chosen], "*", color=RED, ms=16, zorder=5, label="chosen")
    left.set(title="the validation loss has a lowest point inside", xlabel="λ", ylabel="log loss, nats")
    left.legend()
    right.loglog(lams, lengths.mean(axis=0), "o-", color=BLUE)
    right.plot(lams[chosen], lengths.mean(axis=0)[chosen], "*", color=RED, ms=16, zorder=5)
    right.set(title="the weaker the penalty, the longer w", xlabel="λ", ylabel=r"mean $\Vert w\Vert$")
    return figure
