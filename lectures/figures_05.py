"""Figures of lecture 5, softmax and loss functions. They draw the numbers they are given."""

import figures
import matplotlib.pyplot as plt
import numpy as np
from figures import BLUE, GREEN, GREY, ORANGE, PURPLE, RED
from matplotlib.colors import to_rgb

from nnlib import plots

COSTS = {
    "cross entropy": {"color": BLUE, "linestyle": "-"},
    "squared error": {"color": ORANGE, "linestyle": "--"},
}


def digit(axes, x, title="", color="black"):
    """An image of 64 grey values, dark on white as on paper."""
    axes.imshow(x.reshape(8, 8), cmap="gray_r", vmin=0, vmax=1)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(True)
    axes.set_title(title, color=color, loc="center", fontweight="normal")


def bars(axes, values, marked, ylabel):
    """A bar for each class, the marked ones red, with its value above it."""
    colours = [RED if k in marked else BLUE for k in range(len(values))]
    axes.bar(range(len(values)), values, color=colours, edgecolor="black", lw=0.5)
    axes.set(xticks=range(len(values)), xlabel="digit k", ylabel=ylabel)


def digit_and_scores(x, z):
    """The image, and its ten scores z with the two highest marked. Returns the figure."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.5, 3.2), width_ratios=(1, 2.4))
    digit(left, x)
    left.set_title("Which digit?")
    bars(right, z, np.argsort(z)[-2:], "score $z_k$")
    for k, score in enumerate(z):
        right.text(k, score + 0.1, f"{score:.2f}", ha="center", fontsize=10)
    right.set_ylim(0, z.max() + 0.7)
    right.set_title("Ten scores: 9 wins, 3 is close behind")
    return figure


def neurons(pixels=784, classes=10):
    """K neurons that share their inputs, and the softmax that joins their signals. Returns the figure."""
    figure, axes = plt.subplots(figsize=(8.5, 3.9))
    heights = (3, 2, 0)
    inputs, outputs = ("$x_1$", "$x_2$", f"$x_{{{pixels}}}$"), ("0", "1", str(classes - 1))
    for name, y in zip(inputs, heights, strict=True):
        figures.node(axes, 0, y, name)
        for other in heights:
            axes.plot([0, 3], [y, other], "-", color=GREY, lw=0.9, zorder=1)
    for k, y in zip(outputs, heights, strict=True):
        figures.node(axes, 3, y, f"$z_{k}$")
        figures.arrow(axes, (3.35, y), (4.6, y), color=BLUE)
        figures.arrow(axes, (5.7, y), (6.8, y), color=BLUE)
        axes.text(6.95, y, rf"$\hat y_{k} = P({k}\,|\,x)$", va="center", fontsize=12)
    axes.add_patch(plt.Rectangle((4.6, -0.5), 1.1, 4, facecolor="#cfe3f1", edgecolor="black"))
    axes.text(5.15, 1.5, "softmax", rotation=90, ha="center", va="center", fontsize=13)
    for x in (0, 3):
        axes.text(x, 1, "⋮", ha="center", va="center", fontsize=16)
    axes.plot([0, 3], [3, 2], "-", color=RED, lw=2.2, zorder=2)
    axes.text(1.5, 3.2, r"$W_{11}$ from $x_1$ to $z_1$", color=RED, ha="center")
    axes.text(1.5, -0.75, f"{pixels} × {classes} weights, {classes} biases", ha="center")
    axes.set(xlim=(-0.6, 9.2), ylim=(-1, 3.7), title="Ten neurons look at the same pixels; softmax joins their signals")
    axes.axis("off")
    return figure


def shift_and_temperature(z, p, shifted, T, by_temperature):
    """Scores z, z + 3 and 3z (`shifted`: name → scores, probabilities); probabilities (len(T), K) against T."""
    figure, panels = plt.subplots(1, 3, figsize=(10.5, 3.3), width_ratios=(1, 1, 1.3))
    width, fills = 0.27, (BLUE, ORANGE, GREEN)
    for j, ((name, (scores, probabilities)), fill) in enumerate(zip(shifted.items(), fills, strict=True)):
        for axes, values in zip(panels, (scores, probabilities), strict=False):
            hatch = ("", "//", "..")[j]
            axes.bar(np.arange(3) + (j - 1) * width, values, width, color=fill, label=name, hatch=hatch, ec="white")
    panels[0].set(title="Scores", ylabel="score", xticks=range(3), xlabel="class")
    panels[1].set(title="A shift changes nothing", ylabel="probability", xticks=range(3), xlabel="class", ylim=(0, 1))
    panels[0].legend()
    panels[0].axhline(0, color="black", lw=0.8)
    for k, (colour, line) in enumerate(zip((BLUE, ORANGE, GREEN), figures.LINES, strict=False)):
        panels[2].semilogx(T, by_temperature[:, k], line, color=colour, label=f"class {k}")
        panels[2].plot(1, p[k], "o", color=RED, ms=6, zorder=3)
    panels[2].axhline(1 / 3, color=GREY, lw=1, ls=":")
    panels[2].set(title="A factor does: hot is undecided", xlabel="temperature T", ylabel="probability", ylim=(0, 1.02))
    panels[2].legend()
    return figure


def staircase(moved, accuracies, costs):
    """Accuracy and cross entropy of the same examples as one bias moves. Returns the figure."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2))
    left.step(moved, accuracies, where="mid", color=ORANGE)
    left.set(xlabel="added to the bias of class 8", ylabel="accuracy", title="Accuracy: flat steps, slope 0")
    right.plot(moved, costs, color=BLUE)
    best = np.argmin(costs)
    right.plot(moved[best], costs[best], "o", color=RED, ms=8)
    right.annotate(
        "one minimum", (moved[best], costs[best]), (0, 30), textcoords="offset points", color=RED, ha="center"
    )
    right.set(
        xlabel="added to the bias of class 8", ylabel="cross entropy (nats)", title="Cross entropy: a slope everywhere"
    )
    return figure


def regions(axes, probabilities, x):
    """The plane coloured by probabilities (points (k, 2) → (k, 3)), the borders between the classes, P(0) at x (2,)."""
    side, up = np.linspace(-4, 4, 161), np.linspace(-2, 6, 161)
    P = probabilities(np.stack(np.meshgrid(side, up), axis=-1).reshape(-1, 2)).reshape(161, 161, 3)
    fills = np.array([to_rgb(colour) for colour in (ORANGE, BLUE, GREEN)])
    axes.imshow(0.3 + 0.7 * P @ fills, extent=(-4, 4, -2, 6), origin="lower", interpolation="bilinear")
    for k in range(3):
        axes.contour(side, up, P[..., k] - np.delete(P, k, axis=-1).max(axis=-1), (0,), colors="black", linewidths=1)
    for k, place in enumerate(((2.3, 0), (-0.8, 5), (-2.3, 0))):
        axes.text(*place, f"class {k}", ha="center", va="center", color="black", fontsize=11)
    axes.plot(*x, "o", color="white", mec="black", ms=8)
    at_x = probabilities(np.array([x]))[0, 0]
    axes.annotate(f"{at_x:.2f}", x, (8, -4), textcoords="offset points", fontsize=11, fontweight="bold")
    axes.set(xlabel="$x_1$", ylabel="$x_2$", xticks=(-4, 0, 4), yticks=(-2, 2, 6))


def jacobian(J, pushed, change):
    """The Jacobian (K, K) as a heat map, and column `pushed` beside the measured change. Returns the figure."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.8))
    largest = -J.min()  # the colours of the small entries; the diagonal is off the scale
    image = left.imshow(J, cmap="RdBu", vmin=-largest, vmax=largest)
    figure.colorbar(image, ax=left, extend="max")
    left.add_patch(plt.Rectangle((pushed - 0.5, -0.5), 1, len(J), fill=False, edgecolor=RED, lw=2.2))
    left.set(xlabel="score j that moves", ylabel="probability i that answers", xticks=range(10), yticks=range(10))
    left.set_title("Each score moves all ten")
    column, payer = J[:, pushed], J[:, pushed].argmin()
    right.bar(range(len(J)), column, color=[BLUE if v > 0 else RED for v in column])
    right.text(pushed + 0.55, column[pushed], f"{column[pushed]:+.3f}", color=BLUE, va="top", fontsize=12)
    right.text(pushed + 0.55, -0.085, f"together {np.delete(column, pushed).sum():+.3f}", color=RED, fontsize=12)
    right.text(payer, column[payer] - 0.004, "most", color=RED, ha="center", va="top")
    right.plot(range(len(J)), change, "kx", ms=7, mew=1.8, label="measured")
    right.axhline(0, color="black", lw=0.8)
    right.set(xlabel="probability i", ylabel=rf"$\partial\hat y_i/\partial z_{pushed}$", xticks=range(10))
    right.set_title(f"Push score {pushed}: one gains what nine lose")
    right.set_ylim(-0.1, None)
    right.legend()
    return figure


def saturation(z, slopes, title, axes):
    """∂L/∂z of two costs (name → values) against the score z of the right class."""
    for name, values in slopes.items():
        axes.plot(z, values, label=name, **COSTS[name])
    axes.axhline(0, color="black", lw=0.8)
    axes.axvspan(z[0], -4, color=RED, alpha=0.1)
    axes.text(-6, -0.45, "sure and\nwrong", color=RED, ha="center")
    axes.set(xlabel="score z of the right class", ylabel=r"$\partial L/\partial z$", title=title, ylim=(-1.1, 0.15))


def loss_and_tangents(axes, zs, curves, z, points):
    """Losses against z (name → values), at z a point and its tangent: `points` is name → (loss, slope)."""
    for name, values in curves.items():
        loss, slope = points[name]
        axes.plot(zs, values, label=name, **COSTS[name])
        axes.plot([z - 1.8, z + 1.8], [loss - 1.8 * slope, loss + 1.8 * slope], "-", color=RED, lw=2.4)
        axes.plot(z, loss, "o", color=RED, ms=7, zorder=3)
    steepness = "\n".join(f"{name}: slope {slope:.4f}" for name, (_, slope) in points.items())
    axes.text(0.98, 0.62, steepness, transform=axes.transAxes, ha="right", color=RED, fontsize=10)
    axes.set(xlabel="score z of the right class", ylabel="loss L", ylim=(-0.6, 9), xlim=(zs[0], zs[-1]))
    axes.legend(loc="upper right")


def confused(C, pair, images, captions):
    """A confusion matrix with the cells of a pair of classes framed; beside it images that were called wrongly."""
    figure = plt.figure(figsize=(10.5, 4.6))
    left, right = figure.subfigures(1, 2, width_ratios=(1.15, 1))
    axes = left.subplots()
    plots.confusion(axes, C)
    for i, j in (pair, pair[::-1]):
        axes.add_patch(plt.Rectangle((j - 0.5, i - 0.5), 1, 1, fill=False, edgecolor=RED, lw=2.5))
    axes.set_title(f"Most often confused: {pair[0]} and {pair[1]}")
    for panel, x, caption in zip(right.subplots(3, 4).flat, images, captions, strict=True):
        digit(panel, x)
        panel.set_title(caption, fontsize=10, loc="center", fontweight="normal")
    return figure


def ceiling(centred, moved, nearest):
    """Accuracy after each epoch: on centred digits (training, validation), on moved ones; `nearest` to compare with."""
    figure, panels = plt.subplots(1, 2, figsize=(9.5, 3.5), sharey=True)
    names = ("Digits in their place: nearly all learned", "Moved by a pixel: a ceiling near 0.8")
    for axes, (training, test), title in zip(panels, (centred, moved), names, strict=True):
        epochs = np.arange(1, len(training) + 1)
        axes.plot(epochs, training, color=BLUE, label="training")
        axes.plot(epochs, test, "--", color=ORANGE, label="validation")
        axes.set(xlabel="epoch", title=title, ylim=(0.3, 1.02))
    panels[1].axhline(nearest, color=PURPLE, ls="-.", label="nearest neighbour")
    panels[1].axhline(0.8, color=RED, ls=":")
    panels[0].set_ylabel("accuracy")
    for axes in panels:
        axes.legend(loc="lower right")
    return figure


def averages_of_shifts(pair, some_shifts, average):
    """Two images (name → image), a few of their 64 shifts each, and the average of all 64, which is one grey."""
    columns = 2 + len(some_shifts[next(iter(pair))])
    figure, axes = plt.subplots(2, columns, figsize=(1.35 * columns, 3.3))
    for line, (name, x) in zip(axes, pair.items(), strict=True):
        digit(line[0], x, name)
        for panel, moved in zip(line[1:-1], some_shifts[name], strict=True):
            digit(panel, moved)
        digit(line[-1], average[name], "average of 64", RED)
        line[-1].spines[:].set(color=RED, linewidth=2)
    figure.suptitle("Moved over all places, a 1 and an 8 have the same average")
    return figure
