"""Figures of lecture 8, training deep networks. Each draws what it is given and returns the figure."""

import matplotlib.pyplot as plt
import numpy as np
from figures import BLUE, GREEN, GREY, LINES, ORANGE, PURPLE, RED


def opening(losses, norms, spreads):
    """Loss per epoch of each network; gradient norm by layer; spread between images by layer."""
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(11, 3.3))
    for (name, values), colour, line in zip(losses.items(), (BLUE, ORANGE), LINES, strict=False):
        left.plot(np.arange(1, len(values) + 1), values, line, color=colour, label=name)
    left.axhline(np.log(10), color=GREY, linestyle=":", label="log 10")
    left.set(title="One layer learns, ten do not", xlabel="epoch", ylabel="training loss (nats)", ylim=(0, 2.6))
    left.legend(loc="center right")
    _by_layer(middle, norms, "Backward: the gradient dies", "‖∇J‖ of the layer", np.argmin(norms))
    _by_layer(right, spreads, "Forward: the images become equal", "std between images", np.argmax(-np.array(spreads)))
    return figure


def _by_layer(axes, values, title, ylabel, key):
    layers = np.arange(1, len(values) + 1)
    axes.semilogy(layers, values, "o-", color=BLUE)
    axes.plot(layers[key], values[key], "*", color=RED, markersize=15, zorder=3)
    axes.set(title=title, xlabel="layer", ylabel=ylabel, xticks=layers)


def activation_panels(activations):
    """`activations`: name → (f, derivative, …). The eighth panel is a maxout of two pieces."""
    figure, grid = plt.subplots(2, 4, figsize=(11, 5), sharex=True)
    z = np.linspace(-4, 4, 401)
    for axes, (name, (f, derivative, *_)) in zip(grid.flat, activations.items(), strict=False):
        _value_and_slope(axes, z, f(z), derivative(z), name)
    pieces = np.stack([-0.5 * z, z - 1])
    winner = pieces.argmax(axis=0)
    _value_and_slope(grid[1, 3], z, pieces.max(axis=0), np.array([-0.5, 1.0])[winner], "maxout of two lines")
    grid[0, 0].legend(loc="upper left")
    for axes in grid[1]:
        axes.set_xlabel("z")
    return figure


def _value_and_slope(axes, z, value, slope, name):
    jump = np.abs(np.diff(slope, prepend=slope[0])) > 0.05
    axes.fill_between(z, -1.5, 4, where=np.abs(slope) < 0.05, color=GREY, alpha=0.18, lw=0)
    axes.plot(z, np.where(np.abs(np.diff(value, prepend=value[0])) > 0.5, np.nan, value), color=BLUE, label="value")
    axes.plot(z, np.where(jump, np.nan, slope), "--", color=RED, label="derivative")
    axes.set(title=name, ylim=(-1.5, 4))
    axes.axhline(0, color=GREY, lw=0.5)


def histogram_grid(outputs, layers=(1, 2, 4, 7, 10)):
    """`outputs`: name → the arrays of layers 1 … 10. A row a case, a column a layer."""
    figure, grid = plt.subplots(len(outputs), len(layers), figsize=(11, 5.6), sharex=True)
    for line, (name, arrays) in zip(grid, outputs.items(), strict=True):
        for axes, layer in zip(line, layers, strict=True):
            values = arrays[layer - 1].ravel()
            axes.hist(values, np.linspace(-1, 1, 42), weights=np.full(values.size, 1 / values.size), color=BLUE)
            axes.text(0.97, 0.93, f"{values.std():.2g}", color=RED, ha="right", va="top", transform=axes.transAxes)
            axes.set(yticks=[], ylim=(0, 1.35 * axes.get_ylim()[1]))
        line[0].set_ylabel(name.replace("tanh, ", "weights\n"))
    for axes, layer in zip(grid[0], layers, strict=True):
        axes.set_title(f"layer {layer}")
    for axes in grid[-1]:
        axes.set_xlabel("output")
    figure.suptitle("Too small dies, too large saturates, 1/√n lives")
    return figure


def descent(axes, f, path):
    """A path over the contours of f; it may leave the picture."""
    x, y = np.meshgrid(np.linspace(-8, 4, 120), np.linspace(-4, 4, 100))
    axes.contour(x, y, f(np.stack([x, y], axis=-1)), levels=(0.05, 0.3, 1, 2, 4, 8, 14), colors=GREY, linewidths=0.6)
    axes.plot(*path.T, "o-", color=BLUE, markersize=3, linewidth=1)
    axes.plot(*path[0], "s", color=BLUE, markersize=7)
    axes.plot(0, 0, "x", color="black", markersize=8)
    axes.plot(*path[-1], "*", color=RED, markersize=14, zorder=4)
    axes.set(xlim=(-8, 4), ylim=(-4, 4), xlabel="x", ylabel="y")


def eight_paths(paths, f):
    figure, grid = plt.subplots(2, 4, figsize=(11.5, 5.4), sharex=True, sharey=True)
    for axes, (name, path) in zip(grid.flat, paths.items(), strict=True):
        descent(axes, f, path)
        axes.set_title(f"{name}: f = {f(path[-1]):.1g}")
        axes.label_outer()
    figure.suptitle("Momentum swings, scaling straightens")
    return figure


def schedules(rates, costs):
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.8))
    colours, lines = (RED, ORANGE, GREEN, BLUE, PURPLE), ("-", "--", "-.", ":", (0, (5, 1)))
    for (name, values), colour, line in zip(rates.items(), colours, lines, strict=True):
        width = 4 if name == "cosine" else 1.6  # broad, to be seen under another
        left.plot(values, color=colour, linestyle=line, lw=width, label=name)
        right.semilogy(costs[name], color=colour, linestyle=line, lw=width)
    left.set(title="Five schedules", xlabel="step", ylabel="learning rate")
    right.set(title="A constant rate stays on its floor", xlabel="step", ylabel="f, mean of 100 descents")
    left.legend(loc="upper right", bbox_to_anchor=(1, 0.95))
    return figure


def rates_watched(watched, floor=1e-3):
    """`watched`: rate → (loss of each minibatch, gradient norm after each epoch); a norm of 0 is drawn at `floor`."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6))
    for (rate, (losses, norms)), colour, line in zip(watched.items(), (GREEN, BLUE, RED), LINES, strict=False):
        left.semilogy(losses, line, color=colour, lw=1.2, label=f"ε = {rate:g}")
        right.semilogy(
            np.arange(1, len(norms) + 1), np.maximum(norms, floor), line, marker="o", markersize=4, color=colour
        )
    left.set(title="Too small crawls, too big diverges", xlabel="update", ylabel="loss of the minibatch")
    right.set(title="Dead units: a gradient of exactly 0", xlabel="epoch", ylabel="‖∇J‖ of layer 1")
    left.legend()
    return figure


def layers_watched(seen, sizes):
    """`seen`: name → `FitHistory` with monitored activations; `sizes`: name → gradient norms (layers, epochs)."""
    figure, grid = plt.subplots(len(seen), 2, figsize=(10, 6.2))
    for (left, right), (name, history) in zip(grid, seen.items(), strict=True):
        last = [values[-1] for key, values in history.activations.items() if "Linear" not in key]
        layers = np.arange(1, len(last) + 1)
        left.fill_between(
            layers, [s.lower_quartile for s in last], [s.upper_quartile for s in last], color=BLUE, alpha=0.25
        )
        left.plot(layers, [s.median for s in last], "o-", color=BLUE)
        left.set(title=f"{name}: activations", xlabel="layer", ylabel="median, quartiles", xticks=layers)
        for layer, colour, line in ((1, RED, "-"), (5, GREEN, "--"), (10, PURPLE, "-.")):
            norms = sizes[name][layer - 1]
            right.semilogy(np.arange(1, len(norms) + 1), norms, line, color=colour, label=f"layer {layer}")
        right.set(title="and gradients", xlabel="epoch", ylabel="‖∇J‖ of the layer", ylim=(1e-8, 30))
    grid[1, 1].legend(loc="lower right")
    return figure


def gaps(runs):
    """`runs`: name → (training accuracies, validation accuracies)."""
    figure, grid = plt.subplots(1, len(runs), figsize=(11, 3.3), sharey=True)
    verdicts = ("no gap, both poor", "a big gap", "both good")
    for axes, (name, (training, validation)), verdict in zip(grid, runs.items(), verdicts, strict=True):
        epochs = np.arange(1, len(training) + 1)
        axes.plot(epochs, training, color=BLUE, label="training")
        axes.plot(epochs, validation, "--", color=ORANGE, label="validation")
        axes.set(title=f"{name}\n{verdict}", xlabel="epoch", ylim=(0, 1.05))
        if training[-1] - validation[-1] > 0.05:
            ends = {"arrowstyle": "<->", "color": RED, "lw": 2, "shrinkA": 0, "shrinkB": 0}
            axes.annotate("", (36, training[-1]), (36, validation[-1]), arrowprops=ends)
    grid[0].set_ylabel("accuracy")
    grid[0].legend(loc="upper left")
    return figure


def trajectory(plane, shares, trajectories):
    """`plane` (T, 2): the trajectories' points one after the other; each value holds (thetas, last loss)."""
    figure, axes = plt.subplots(figsize=(7, 4.4))
    start = 0
    for (name, (thetas, last)), colour, line in zip(trajectories.items(), (BLUE, GREEN, PURPLE), LINES, strict=False):
        part = plane[start : start + len(thetas)]
        axes.plot(*part.T, line, marker="o", markersize=3.5, color=colour, label=f"{name}, last loss {last:.3f}")
        axes.plot(*part[-1], "*", color=RED, markersize=15, zorder=4)
        start += len(thetas)
    axes.plot(*plane[0], "s", color="black", markersize=9, zorder=4)
    axes.set(
        title="One start, different ways",
        xlabel=f"component 1 ({shares[0]:.0%} of the variance)",
        ylabel=f"component 2 ({shares[1]:.0%})",
    )
    axes.legend()
    return figure


def left_open(history, best):
    """Training and test loss on a logarithmic scale, and the test loss alone from its fifth epoch on a linear one."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8))
    epochs = np.arange(1, len(history.loss) + 1)
    left.semilogy(epochs, history.loss, color=BLUE, label="training")
    left.semilogy(epochs, history.validation_loss, "--", color=ORANGE, label="test")
    right.plot(epochs[4:], history.validation_loss[4:], "--", color=ORANGE)
    right.plot(epochs[best], history.validation_loss[best], "*", color=RED, markersize=15, zorder=3)
    left.set(title="The training loss goes to 0", xlabel="epoch", ylabel="loss (nats)")
    right.set(title="The test loss turns and rises", xlabel="epoch", ylabel="test loss (nats)")
    left.legend(loc="lower left")
    return figure
