"""Figures of lecture 9, regularisation, normalisation and search. They draw what they are given and train nothing."""

import matplotlib.pyplot as plt
import numpy as np
from figures import BLUE, GREEN, GREY, LINES, ORANGE, PURPLE, RED


def random_labels(runs, reached):
    """Training and validation accuracy of two runs of `fit` (true labels, random labels); `reached` marks an epoch."""
    figure, panels = plt.subplots(1, 2, figsize=(9.5, 3.6), sharey=True)
    for (name, run), colour, line in zip(runs.items(), (BLUE, ORANGE), ("-", "--"), strict=True):
        epochs = np.arange(1, len(run.accuracy) + 1)
        panels[0].plot(epochs, run.accuracy, line, color=colour, label=name)
        panels[1].plot(epochs, run.validation_accuracy, line, color=colour, label=name)
    panels[0].axvline(reached, color=RED, lw=1.4, ls=":")
    panels[0].text(reached + 1, 0.5, "95 % of the\nrandom labels", color=RED)
    panels[1].text(60, 0.2, "guessing: 0.1", color=GREY, ha="right")
    panels[1].axhline(0.1, color=GREY, lw=1.2, ls=":")
    panels[0].set(xlabel="epoch", ylabel="training accuracy", ylim=(0, 1.04), title="both sets of labels are fitted")
    panels[1].set(xlabel="epoch", ylabel="validation accuracy", title="only one of them was learned")
    panels[0].legend(loc="lower right")
    return figure


def overfitting(history, lowest, sizes, gap):
    """Losses of one run with its lowest validation loss marked; accuracies (sizes, 2) by the number of examples."""
    figure, panels = plt.subplots(1, 2, figsize=(9.5, 3.7))
    epochs, least = np.arange(1, len(history.loss) + 1), history.validation_loss[lowest]
    panels[0].plot(epochs, history.loss, "-", color=BLUE, label="training")
    panels[0].plot(epochs, history.validation_loss, "--", color=ORANGE, label="validation")
    panels[0].plot(lowest + 1, least, "o", color=RED, ms=9, zorder=5)
    arrow = {"arrowstyle": "->", "color": RED}
    panels[0].annotate("stop here", (lowest + 1, least), (lowest + 6, 1.15), color=RED, arrowprops=arrow)
    panels[0].set(xlabel="epoch", ylabel="loss J (nats)", ylim=(0, 2), title="better on what it saw, worse on the rest")
    panels[0].legend()
    panels[1].semilogx(sizes, gap[:, 0], "o-", color=BLUE, label="training")
    panels[1].semilogx(sizes, gap[:, 1], "s--", color=ORANGE, label="validation")
    panels[1].set_xticks(sizes, [str(size) for size in sizes])
    panels[1].minorticks_off()
    panels[1].set(xlabel="training examples, labels right", ylabel="accuracy after 20 epochs")
    panels[1].set_title("more data close the gap")
    panels[1].legend(loc="lower right")
    return figure


def decay_path(H, w0, path, marked):
    """Contours of ½ (w - w₀)ᵀ H (w - w₀), circles of the penalty, and the minimum of both as λ grows."""
    figure, axes = plt.subplots(figsize=(6.2, 4.2))
    w1, w2 = np.meshgrid(np.linspace(-1.2, 2.6, 160), np.linspace(-0.6, 3.4, 160))
    d = np.stack([w1 - w0[0], w2 - w0[1]])
    cost = np.einsum("ixy,ij,jxy->xy", d, H, d) / 2
    axes.contour(w1, w2, cost, levels=[0.05, 0.2, 0.5, 1, 2, 4], colors=BLUE, linewidths=1)
    for radius in (0.6, 1.2, 1.8):
        axes.add_patch(plt.Circle((0, 0), radius, fill=False, color=GREY, lw=0.9, ls="--"))
    axes.plot(*path.T, color=RED, lw=2.4)
    axes.plot(*marked, "o", color=RED, ms=9)
    axes.annotate(r"$\lambda = 0.5$", marked, (10, -4), textcoords="offset points", color=RED)
    axes.plot(*w0, "*", color=BLUE, ms=15)
    axes.annotate("$w_0$", w0, (8, 6), textcoords="offset points", color=BLUE)
    axes.plot(0, 0, "+", color="black", ms=12)
    axes.set(xlabel="$w_1$", ylabel="$w_2$", aspect="equal", title="the flat direction shrinks first")
    return figure


def sure_and_unsure(images, mean, spread, labels):
    """Images (3, 64) beside the mean and spread (3, 10) of their ten probabilities."""
    figure, panels = plt.subplots(1, 6, figsize=(11, 2.9), width_ratios=[1, 1.9] * 3)
    titles = ("sure", "unsure", "unsure")
    for k, title in enumerate(titles):
        panels[2 * k].imshow(images[k].reshape(8, 8), cmap="gray_r")
        panels[2 * k].set(xticks=[], yticks=[], xlabel=f"a {labels[k]}", title=title)
        colours = [RED if c == mean[k].argmax() else BLUE for c in range(10)]
        panels[2 * k + 1].bar(range(10), mean[k], color=colours, alpha=0.75)
        panels[2 * k + 1].errorbar(range(10), mean[k], spread[k], fmt="none", ecolor="black", elinewidth=1.4, capsize=2)
        panels[2 * k + 1].set(xticks=range(10), ylim=(0, 1.15), xlabel="class")
    panels[1].set_ylabel("probability")
    return figure


def sweeps(lams, by_lam, rates, by_rate):
    """Validation accuracy (settings, seeds) against the penalty's strength and the dropout rate."""
    figure, panels = plt.subplots(1, 2, figsize=(9.5, 3.6), sharey=True)
    # λ = 0 has no place on a logarithmic axis: a place to the left of the first, with its own label
    for axes, values, results in ((panels[0], [lams[1] / 3, *lams[1:]], by_lam), (panels[1], list(rates), by_rate)):
        mean = results.mean(axis=1)
        axes.plot(values, results, ".", color=GREY, ms=8)
        axes.plot(values, mean, "o-", color=BLUE, ms=5)
        axes.plot(values[mean.argmax()], mean.max(), "o", color=RED, ms=11, zorder=5)
    panels[0].set_xscale("log")
    panels[0].set_xticks([lams[1] / 3, *lams[1:]], ["0", *(f"{lam:g}" for lam in lams[1:])])
    panels[0].minorticks_off()
    panels[0].set(xlabel="strength λ of the penalty", ylabel="validation accuracy")
    panels[1].set(xlabel="dropout rate p")
    panels[0].set_title(f"weight decay: best at λ = {lams[by_lam.mean(axis=1).argmax()]:g}")
    panels[1].set_title(f"dropout: best at p = {rates[by_rate.mean(axis=1).argmax()]:g}")
    return figure


def preprocessed(stages):
    """Points (m, 2) of each stage, a dict by name, with two standard deviations along each principal axis."""
    figure, panels = plt.subplots(1, len(stages), figsize=(11, 3.3))
    for axes, (name, points) in zip(panels, stages.items(), strict=True):
        variance, directions = np.linalg.eigh(np.cov(points.T))
        if variance[1] < 1.001 * variance[0]:  # a round cloud has no principal axes of its own
            directions = np.eye(2)
        axes.axhline(0, color=GREY, lw=0.7)
        axes.axvline(0, color=GREY, lw=0.7)
        axes.plot(*points.T, ".", color=BLUE, ms=4, alpha=0.6)
        for size, direction in zip(np.sqrt(variance), directions.T, strict=True):
            end = points.mean(axis=0) + 2 * size * direction * np.sign(direction[np.argmax(abs(direction))])
            style = {"arrowstyle": "-|>", "color": RED, "lw": 2, "shrinkA": 0, "shrinkB": 0}
            axes.annotate("", end, points.mean(axis=0), arrowprops=style, annotation_clip=False)
        axes.set(title=name, xlabel="radius")
        if name in ("standardised", "whitened"):
            axes.set(xlim=(-4.5, 4.5), ylim=(-4.5, 4.5), aspect="equal")
    panels[-1].set(xlabel="along axis 1", ylabel="along axis 2")
    panels[0].set_ylabel("concave points")
    figure.suptitle("only whitening makes the cloud round")
    return figure


def batch_norm_graph(arrived, output):
    """Batch normalisation as boxes: `arrived` maps a node's name to (value, gradient); output is that pair of out."""
    places = {"x": (0, 0), "mean": (1.8, 1.7), "centred": (3.6, 0), "variance": (3.6, -1.7), "std": (7.2, -1.7)}
    places |= {"x_hat": (7.2, 0), "gamma": (7.2, 1.7), "beta": (10.8, 1.7), "out": (10.8, 0)}
    labels = {"mean": r"mean $\bar x$", "centred": r"$x - \bar x$", "variance": "variance $s^2$", "x": "$x$"}
    labels |= {"std": r"$\sqrt{s^2 + \varepsilon_0}$", "x_hat": r"$\hat x$", "gamma": r"$\gamma$", "beta": r"$\beta$"}
    forward = [("x", "mean"), ("x", "centred"), ("mean", "centred"), ("centred", "variance"), ("variance", "std")]
    forward += [("std", "x_hat"), ("centred", "x_hat"), ("x_hat", "out"), ("gamma", "out"), ("beta", "out")]
    figure, axes = plt.subplots(figsize=(9.8, 4.4))
    for a, b in forward:
        axes.plot(*zip(places[a], places[b], strict=True), "-", color=GREY, lw=1, zorder=0)
    routes = [
        ("x_hat", "centred", "x"),
        ("x_hat", "std", "variance", "centred", "x"),
        ("x_hat", "centred", "mean", "x"),
    ]
    for k, (route, line, up) in enumerate(zip(routes, ("-", "--", ":"), (0, -0.2, 0.2), strict=True)):
        x, y = np.array([places[name] for name in route]).T
        axes.plot(x, y + up, line, color=RED, lw=2.2, label=f"path {k + 1}", zorder=1)
    for name, (x, y) in places.items():
        value, gradient = output if name == "out" else arrived[name]
        axes.add_patch(plt.Rectangle((x - 1.35, y - 0.56), 2.7, 1.12, facecolor="white", edgecolor="black", zorder=2))
        axes.text(x, y + 0.32, labels.get(name, name), ha="center", va="center", zorder=3)
        for text, down, colour in ((value, 0.02, BLUE), (gradient, 0.35, RED)):
            numbers = " ".join(f"{number:.2f}".replace("-", "−") for number in np.ravel(text))
            axes.text(x, y - down, numbers, ha="center", va="center", color=colour, fontsize=10, zorder=3)
    axes.set(xlim=(-1.5, 12.25), ylim=(-2.35, 2.35))
    axes.set_title(r"three paths lead from $\hat x$ back to $x$")
    axes.legend(loc="lower left")
    axes.axis("off")
    return figure


def four_claims(flow, lrs, by_lr, stds, by_std, gaps):
    """What batch normalisation changes: gradient norms, learning rates, initial scale, the gap."""
    figure, panels = plt.subplots(2, 2, figsize=(9.8, 6.2))
    styles = (("without", GREY, "s--"), ("with batch normalisation", BLUE, "o-"))
    for k, (name, colour, line) in enumerate(styles):
        panels[0, 0].semilogy(range(1, len(flow[k]) + 1), flow[k], line, color=colour, label=name, ms=5)
        panels[0, 1].semilogx(lrs, by_lr[k], line, color=colour, ms=5)
        panels[1, 0].semilogx(stds, by_std[k], line, color=colour, ms=5)
        panels[1, 1].bar(np.arange(2) + 0.4 * k - 0.2, gaps[k], 0.38, color=colour, hatch="//" if k == 0 else "")
    panels[0, 0].legend(loc="lower right")
    panels[0, 0].set(xlabel="layer", ylabel=r"$\Vert\partial J/\partial W\Vert$", title="1: gradients reach layer 1")
    panels[0, 1].set(xlabel="learning rate", ylabel="validation accuracy", title="2: higher rates work")
    panels[1, 0].set(
        xlabel="initial standard deviation of W", ylabel="validation accuracy", title="3: a tiny start will do"
    )
    panels[1, 1].set(xticks=[0, 1], ylabel="accuracy", title="4: wrong labels are remembered as before")
    panels[1, 1].set_xticklabels(["training", "validation"])
    return figure


def grid_and_random(score, grid, drawn):
    """Nine settings (dicts of a and b) of a grid and of random search, with the score's projections."""
    figure = plt.figure(figsize=(10, 4.9))
    line = np.linspace(0, 1, 200)
    a, b = np.meshgrid(line, line)
    halves = figure.subfigures(1, 2)
    for half, name, settings in zip(halves, ("grid", "random"), (grid, drawn), strict=True):
        parts = half.add_gridspec(2, 2, width_ratios=[4, 1], height_ratios=[1, 3.4])
        above, square, beside = (half.add_subplot(parts[place]) for place in ((0, 0), (1, 0), (1, 1)))
        points = np.array([(s["a"], s["b"]) for s in settings])
        best = points[np.argmax([score(*p) for p in points])]
        square.contourf(a, b, score(a, b), levels=12, cmap="Greys", alpha=0.6)
        square.plot(*points.T, "o", color=BLUE, ms=8, mec="white")
        square.plot(*best, "o", color=RED, ms=11, mec="white")
        above.plot(line, score(line, 0.6), color=GREY)
        above.plot(points[:, 0], np.zeros(len(points)), "|", color=BLUE, ms=14, mew=2)
        above.plot([best[0]] * 2, [0, score(best[0], 0.6)], ":", color=RED)
        beside.plot(score(0.37, line) - 1, line, color=GREY)
        beside.plot(np.zeros(len(points)), points[:, 1], "_", color=BLUE, ms=14, mew=2)
        beside.set_xlim(-0.05, 1.2)
        for axes in (above, beside):
            axes.set(xticks=[], yticks=[])
        above.set_xlim(0, 1)
        beside.set_ylim(0, 1)
        square.set(xlim=(0, 1), ylim=(0, 1), xlabel="$a$, important", ylabel="$b$, unimportant")
        values = len({round(p, 9) for p in points[:, 0]})
        above.set_title(f"{name}: {values} values of $a$")
    return figure


def rounds(tried, draws):
    """Settings (lr, weight decay, score) of a search in rounds of `draws`."""
    figure, axes = plt.subplots(figsize=(7.4, 3.9))
    styles = ((GREY, "o"), (ORANGE, "s"), (BLUE, "^"))
    for k, (colour, marker) in enumerate(styles):
        part = tried[draws * k : draws * (k + 1)]
        axes.plot(part[:, 0], part[:, 1], marker, color=colour, ms=8, mec="white", ls="none", label=f"round {k + 1}")
    best = tried[tried[:, 2].argmax()]
    axes.plot(*best[:2], "*", color=RED, ms=18, mec="white", ls="none", label="best")
    axes.set(xscale="log", yscale="log", xlabel="learning rate", ylabel="weight decay λ")
    axes.set_title("each round searches where the last one was good")
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def accuracies(table):
    """Test accuracies of each model (its row), a thin line a split, a bar at each mean."""
    figure, axes = plt.subplots(figsize=(7.6, 3.9))
    results = np.array(list(table.values()))
    for k, (split, colour) in enumerate(zip(results.T, (BLUE, ORANGE, GREEN, GREY, PURPLE, "black"), strict=True)):
        axes.plot(split, LINES[k % 4], color=colour, marker="o", ms=5, lw=1, label=f"split {k}")
    for place, mean in enumerate(results.mean(axis=1)):
        axes.plot([place - 0.12, place + 0.12], [mean, mean], "-", color=RED, lw=4, zorder=5)
        axes.text(place + 0.15, mean, f"{mean:.3f}", va="center", color=RED)
    axes.set_xticks(range(len(table)), list(table))
    axes.set(xlim=(-0.4, len(table) - 0.4), ylabel="test accuracy", title="a hidden layer gains more than the search")
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure
