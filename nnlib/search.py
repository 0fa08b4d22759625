"""Choosing settings (learning rate, decay, widths): grid, random, and coarse to fine, on a validation split alone.

A space is a dict of name → `LogUniform`, `Uniform` or a list of choices; a setting is a dict of name → value. You give
`score(**setting)`: train with this setting and return the **validation** accuracy, or minus the validation loss:
larger is better. Nothing here sees a test split; use that once, with the setting chosen.
"""

from dataclasses import dataclass
from itertools import product
from math import exp, isnan, log


@dataclass(frozen=True)
class Uniform:
    """A number between `low` and `high`, every one as likely."""

    low: float
    high: float

    def __post_init__(self):
        if not self.low <= self.high:
            raise ValueError(f"the range is {self.low} … {self.high}; give the smaller number first.")

    def sample(self, rng):
        return float(rng.uniform(self.low, self.high))

    def around(self, values, margin):
        """The range of `values`, wider by `margin` (a share of this range) at both ends, within this range."""
        more = margin * (self.high - self.low)
        return Uniform(max(self.low, min(values) - more), min(self.high, max(values) + more))


@dataclass(frozen=True)
class LogUniform:
    """A positive number between `low` and `high`, every factor of ten as likely: its logarithm is uniform.

    For what acts by its order of magnitude, as a learning rate does: 10**uniform(-6, 1) is `LogUniform(1e-6, 10)`.
    """

    low: float
    high: float

    def __post_init__(self):
        if not 0 < self.low <= self.high:
            raise ValueError(f"the range is {self.low} … {self.high}; a logarithmic one needs 0 < low ≤ high.")

    def sample(self, rng):
        return exp(self._logarithm().sample(rng))

    def around(self, values, margin):
        """As `Uniform.around`, on the logarithms."""
        logarithm = self._logarithm().around([log(value) for value in values], margin)
        # exp(log(x)) may pass x by a rounding
        return LogUniform(max(self.low, exp(logarithm.low)), min(self.high, exp(logarithm.high)))

    def _logarithm(self):
        return Uniform(log(self.low), log(self.high))


RANGES = (Uniform, LogUniform)


def grid(space):
    """Every combination of the space's lists of choices, the last name varying fastest: a list of settings."""
    ranges = [name for name, choices in space.items() if isinstance(choices, RANGES)]
    if ranges:
        raise ValueError(f"{', '.join(ranges)} is a range; a grid needs a list of values for each name.")
    return [dict(zip(space, values, strict=True)) for values in product(*space.values())]


def random_settings(space, n, rng):
    """n settings drawn independently: a list.

    With the same number of trainings more values of each name are tried than by a grid, so the few names that matter
    are searched more finely (Bergstra & Bengio, "Random search for hyper-parameter optimization", JMLR 13, 2012).
    """
    return [{name: _draw(among, rng) for name, among in space.items()} for _ in range(n)]


def search(score, settings):
    """score(**setting) for each of `settings`: a list of dicts {"score": …, **setting}, best first, NaN last.

    Equal scores keep the order in which they were tried.
    """
    return _best_first([{"score": float(score(**setting)), **setting} for setting in settings])


def coarse_to_fine(score, space, rng, *, rounds=2, draws=10, keep=3):
    """Random search in `rounds` rounds of `draws` settings, each in the space narrowed to the best `keep` so far.

    Returns the rows of all rounds as `search` does. A best value at the end of its range says: widen the space.
    """
    rows = []
    for _ in range(rounds):
        rows = _best_first(rows + search(score, random_settings(space, draws, rng)))
        space = narrowed(space, [row for row in rows[:keep] if not isnan(row["score"])])
    return rows


def narrowed(space, rows, margin=0.1):
    """The part of `space` around `rows`: a range shrinks to their values and a margin, a list to the choices they took.

    `margin` is a share of the range as it was, on the logarithm's scale for `LogUniform`. No rows: the space as it is.
    """
    if not rows:
        return space
    return {name: _narrowed(among, [row[name] for row in rows], margin) for name, among in space.items()}


def table(rows):
    """`rows` as text: a line a setting, columns aligned, numbers to 4 digits."""
    if not rows:
        return "no settings were tried"
    lines = [list(rows[0])] + [[_text(value) for value in row.values()] for row in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(c.rjust(w) for c, w in zip(line, widths, strict=True)) for line in lines)


def _best_first(rows):
    return sorted(rows, key=lambda row: (isnan(row["score"]), -row["score"]))


def _draw(among, rng):
    return among.sample(rng) if isinstance(among, RANGES) else among[rng.integers(len(among))]


def _narrowed(among, values, margin):
    if isinstance(among, RANGES):
        return among.around(values, margin)
    return [choice for choice in among if choice in values]


def _text(value):
    return f"{value:.4g}" if isinstance(value, float) else str(value)
