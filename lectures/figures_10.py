"""Figures of lecture 10, on the GPU. Times come in seconds and are drawn in µs."""

import matplotlib.pyplot as plt
import numpy as np
from figures import BLUE, GREEN, GREY, LINES, ORANGE, PURPLE, RED

PARTS = {"launch": RED, "memory": ORANGE, "arithmetic": BLUE, "transfer": PURPLE}
HATCHES = ("", "//", "..", "xx")


def two_chips(core, gpu):
    """Processor and GPU over their memories; a line's width is the root of its bytes a second. Returns the figure."""
    figure, axes = plt.subplots(figsize=(8.4, 3.4))
    places = {"processor": (0, 2.2), "its memory": (0, 0), "GPU": (6, 2.2), "its own memory": (6, 0)}
    notes = (f"{core.rate / 1e9:.0f} Gflop/s a core", "NumPy arrays", f"{gpu.rate / 1e9:,.0f} Gflop/s", "CuPy arrays")
    for (name, (x, y)), note in zip(places.items(), notes, strict=True):
        axes.add_patch(plt.Rectangle((x, y), 2.6, 1.2, facecolor="white", edgecolor="black", zorder=3))
        axes.text(x + 1.3, y + 0.78, name, ha="center", va="center", weight="bold", zorder=4)
        axes.text(x + 1.3, y + 0.36, note, ha="center", va="center", fontsize=10, zorder=4)
    for x, rate, colour, side in ((1.3, core.bandwidth, BLUE, 0.35), (7.3, gpu.bandwidth, GREEN, 0.6)):
        axes.plot([x, x], [1.2, 2.2], "-", color=colour, lw=np.sqrt(rate / 1e9), solid_capstyle="butt")
        axes.text(x + side, 1.7, f"{rate / 1e9:.0f} GB/s", va="center", color=colour)
    axes.plot([2.6, 6], [0.6, 0.6], "-", color=RED, lw=np.sqrt(gpu.link / 1e9), solid_capstyle="butt")
    axes.text(4.3, 0.95, f"the link (PCIe)\n{gpu.link / 1e9:.0f} GB/s", ha="center", va="bottom", color=RED)
    axes.annotate("", (6, 2.8), (2.6, 2.8), arrowprops={"arrowstyle": "-|>", "ls": "--", "color": GREY})
    axes.text(4.3, 2.9, f"“compute this”: {gpu.launch * 1e6:.0f} µs a call", ha="center", va="bottom", color=GREY)
    axes.set(xlim=(-0.2, 9.2), ylim=(-0.2, 3.6), title="The link between the two memories is the narrow place")
    axes.axis("off")
    return figure


def who_answers():
    """np.exp(x) asks x; three kinds of x, three answers. Returns the figure."""
    figure, axes = plt.subplots(figsize=(8.4, 2.9))
    axes.text(0, 1, "np.exp(x)", ha="center", va="center", family="monospace", bbox=_box("black"))
    axes.text(2.6, 1, "whose is x?", ha="center", va="center", bbox=_box("black"))
    answers = (
        ("a NumPy array's", "NumPy computes", BLUE),
        ("a CuPy array's", "CuPy computes on the GPU", GREEN),
        ("both, in one call", "all say NotImplemented: TypeError", RED),
    )
    _joined(axes, (0.82, 1), (1.68, 1), "black")
    for height, (kind, answer, colour) in zip((2, 1, 0), answers, strict=True):
        _joined(axes, (3.4, 1), (4.2, height), colour)
        axes.text(4.3, height, kind, va="center", fontsize=10)
        _joined(axes, (6.4, height), (6.9, height), colour)
        axes.text(7.0, height, answer, va="center", color=colour, weight="bold")
    axes.set(xlim=(-0.8, 11), ylim=(-0.4, 2.4), title="The data picks the device: one name, three answers")
    axes.axis("off")
    return figure


def _box(colour):
    return {"boxstyle": "round,pad=0.5", "facecolor": "white", "edgecolor": colour}


def _joined(axes, start, end, colour):
    axes.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": colour, "shrinkA": 0, "shrinkB": 0})


def rounding(errors, bounds, drift, u):
    """Each entry's float32 error against its bound, and how two orders of adding drift apart. Returns the figure."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.7))
    left.semilogy(1e6 * bounds.ravel(), errors.ravel(), ".", color=BLUE, ms=3)
    ends = np.array([0.8 * bounds.min(), 1.2 * bounds.max()])
    left.semilogy(1e6 * ends, ends, "-", color=RED)
    left.text(1e6 * ends[1], 1.5 * ends[1], "error = bound", color=RED, ha="right", va="bottom")
    left.set(xlabel=r"bound $n\,u \sum|x_j w_j|$ (millionths)", ylabel="error of an entry", ylim=(1e-11, 3e-4),
             title="Rounding stays far below its bound")  # fmt: skip
    updates = np.arange(1, len(drift) + 1)
    right.plot(updates, np.array(drift) / u, "-", color=BLUE)
    right.plot(1, drift[0] / u, "o", color=RED)
    right.text(8, drift[0] / u, "after one update", color=RED, va="center")
    right.set(xlabel="updates", ylabel="largest difference of W₁, in u", ylim=(0, None),
              title="Training carries the difference along")  # fmt: skip
    return figure


def shares(axes, times, names):
    """Stacked bars of 100 %: what each machine spends its step on; times: a dict of part → seconds a machine."""
    for place, of_one in enumerate(times):
        total, bottom = sum(of_one.values()), 0
        for (part, colour), hatch in zip(PARTS.items(), HATCHES, strict=True):
            share = 100 * of_one[part] / total
            axes.bar(place, share, 0.62, bottom, color=colour, hatch=hatch, edgecolor="white", lw=0.5,
                     label=part if place == 0 else None)  # fmt: skip
            if share > 12:
                axes.text(place, bottom + share / 2, f"{part}\n{share:.0f} %", ha="center", va="center", fontsize=10,
                          color="black" if part in ("memory", "transfer") else "white",
                          bbox={"boxstyle": "square,pad=0.1", "facecolor": colour, "lw": 0})  # fmt: skip
            bottom += share
        axes.text(place, 102, _microseconds(total), ha="center", va="bottom", weight="bold")
    axes.set_xticks(range(len(names)), names)
    axes.set(ylim=(0, 115), ylabel="share of a step (%)")


def _microseconds(seconds):
    return f"{seconds * 1e6:,.0f} µs" if seconds < 1e-3 else f"{seconds * 1e3:,.1f} ms"


def cross_over(widths, measured, lines, stars):
    """Step time against width: measured marks, model's lines, where two of them meet (by name). Returns the figure."""
    figure, axes = plt.subplots(figsize=(7.6, 4.2))
    for (name, times), marker, colour in zip(measured.items(), "os", (BLUE, GREEN), strict=False):
        axes.loglog(widths, 1e6 * np.array(times), marker, color=colour, mfc="white", ms=7, label=f"{name}, measured")
    for (name, (h, times)), style, colour in zip(lines.items(), LINES, (BLUE, GREEN, PURPLE), strict=False):
        axes.loglog(h, 1e6 * np.array(times), style, color=colour, label=name)
    for k, (name, (h, time)) in enumerate(stars.items()):
        axes.loglog(h, 1e6 * time, "*", color=RED, ms=16, zorder=5)
        axes.annotate(name, (h, 1e6 * time), (1100, 70 / 1.7**k), color=RED,
                      arrowprops={"arrowstyle": "-", "color": RED})  # fmt: skip
    axes.set(xlabel="hidden units h", ylabel="time of a step (µs)",
             title="Left of the star the processor wins, right of it the GPU")  # fmt: skip
    axes.legend()
    return figure


def timeline(axes, calls, launch, work):
    """Two lanes: the processor queues calls, the GPU works them off. All in µs."""
    finished = 0
    for k in range(calls):
        queued = (k + 1) * launch
        start = max(finished, queued)
        finished = start + work
        axes.barh(1, launch, 0.5, k * launch, color=ORANGE, edgecolor="white")
        axes.barh(0, work, 0.5, start, color=BLUE, edgecolor="white", alpha=0.95)
        if calls <= 8:
            axes.text(k * launch + launch / 2, 1, str(k + 1), ha="center", va="center", fontsize=10)
            axes.text(start + work / 2, 0, str(k + 1), ha="center", va="center", fontsize=10, color="white")
        axes.plot([queued, start], [0.75, 0.25], "-", color=GREY, lw=0.8)
    host = calls * launch
    for when, name, colour, height in ((host, "loop over", GREY, 1.45), (finished, "really done", RED, -0.62)):
        axes.axvline(when, color=colour, ls="--", lw=1.2)
        side = "right" if when > 0.5 * max(host, finished) else "left"
        axes.text(when, height, f" {name}: {when:.0f} µs ", ha=side, va="center", color=colour,
                  bbox={"boxstyle": "square,pad=0", "facecolor": "white", "lw": 0})  # fmt: skip
    axes.set_yticks([0, 1], ["GPU", "processor"])
    axes.set(xlim=(0, 1.04 * max(host, finished)), ylim=(-0.9, 1.7), xlabel="time (µs)")


def batch_time(axes, m, sizes, curves, now):
    """Time an example against batch size: a curve a machine, the chosen batch marked on each."""
    for (name, times), style, colour in zip(curves.items(), LINES, (BLUE, GREEN), strict=False):
        axes.loglog(sizes, 1e6 * np.array(times), style, color=colour, label=name)
        axes.loglog(m, 1e6 * now[name], "o", color=RED if now[name] == min(now.values()) else colour, ms=8)
    faster = min(now, key=now.get)
    axes.set(xlabel="minibatch m", ylabel="time an example (µs)")
    axes.set_title(f"m = {m:.0f}: {faster} wins,\n{1e6 * now[faster]:.2g} µs an example")
    axes.legend(loc="upper right")


def precisions(widths, measured, models):
    """Time in float64 over time in float32 against width, measured here and by the model. Returns the figure."""
    figure, axes = plt.subplots(figsize=(7, 3.6))
    axes.semilogx(widths, measured, "o", color=BLUE, mfc="white", ms=7, label="this processor, measured")
    for (name, ratios), style, colour in zip(models.items(), LINES, (BLUE, GREEN), strict=False):
        axes.semilogx(widths, ratios, style, color=colour, label=name)
    axes.axhline(2, color=GREY, lw=1, ls=":")
    axes.text(widths[-1], 2.04, "twice the bytes", color=GREY, ha="right", va="bottom")
    axes.set(xlabel="hidden units h", ylabel="float64 time / float32 time",
             ylim=(0.9, 2.75), title="Wide layers pay most for float64")  # fmt: skip
    axes.legend(loc="upper left")
    return figure
