"""What the blanks of a5-training (lectures 8 and 9) share.

Answers that draw at random are judged by statistics of N numbers. A right one fails with a probability below δ = 1e-10
for each statistic, by bounds that hold for every N:

- a share, or a mean of independent terms in an interval of length c, is off by more than c √(log(2/δ)/(2N)): Hoeffding;
- the mean square of N normal numbers is off by more than 2 √(x/N) + 2x/N of it, where x = log(2/δ): Laurent & Massart.

No blank compares more than 100 statistics in an examination, and it is examined on public examples and once or twice on
fresh inputs: 3 · 100 · δ = 3e-8 in all, below the 1e-6 that students are told. Each check says what it compares. Two
answers that make the same mistake are as near to each other, too.
"""

from math import log, sqrt

import numpy as np

ALLOWED = ("activations", "datasets", "gradcheck", "losses", "metrics", "plots", "preprocess")  # of nnlib
RARE = log(2 / 1e-10)


def off_by(N):
    """How far a mean of N independent terms between 0 and 1 is from its expectation, but for δ."""
    return sqrt(RARE / (2 * N))


def mean_square_off_by(N):
    """How far, relatively, the root of the mean square of N normal numbers is from its expectation, but for δ."""
    return 2 * sqrt(RARE / N) + 2 * RARE / N


# of weights W: how many are positive, and how many neighbours have one sign; ½ where signs are tossed like coins
SIGNS = "(lambda P: np.array([P.mean(), *(np.mean(p[1:] == p[:-1]) for p in (P.ravel(), P.T.ravel()))]))(W > 0)"
# how each of three statistics differs, in words: of single precision alone the type is wrong
IN_WORDS = "'' if got.dtype.itemsize < 8 else "
OF_SPREAD = IN_WORDS + "f'the standard deviation (around 0) is {got:.3g} times the wanted one.'"
OF_SIGNS = IN_WORDS + "(lambda k: ('positive weights', 'neighbours in a row that have one sign', "
OF_SIGNS += "'neighbours in a column that have one sign')[k] + f': {got[k]:.0%}, expected is about half.')"
OF_SIGNS += "(int(np.argmax(np.abs(got - want))))"


def of_shares(steps, unit):
    """How the shares of weights nearer to 0 than these steps differ from those wanted, in words."""
    near = f"of the weights should be nearer to 0 than {{{steps}[k]:g}} {unit}"
    return f"{IN_WORDS}(lambda k: f'{{want[k]:.0%}} {near}, {{got[k]:.0%}} are.')(int(np.argmax(np.abs(got - want))))"


def layers(rng):
    """n_in, n_out and a seed: 4,000 weights each; three kinds have the same size, and two of these the same seed."""
    seeds = rng.choice(10_000, size=5, replace=False)
    sizes = ("40 inputs, 100 units", 40, 100), ("100 inputs, 40 units", 100, 40), ("one input", 1, 4000)
    sizes += ("one unit", 4000, 1), ("another seed", 40, 100), ("the same seed again", 40, 100)
    for (label, n_in, n_out), seed in zip(sizes, [*seeds, seeds[0]], strict=True):
        yield label, (n_in, n_out, int(seed))


def initial(blank, name, spread_off_by, shares):
    """Compare statistics of the weights an initialiser draws, shares beside 1 for scale, and those of two seeds.

    Of each of six layers: the spread, four shares, three shares of signs; of two seeds: the share of like signs. So 49
    statistics in an examination, and a right answer fails three of them with a probability below 3 · 49 · δ = 1.5e-8.
    That a tenth of 4,000 weights are there twice, or two seeds give the same ones, is far rarer still.
    """
    drawn = {}
    for case in blank.cases(layers):
        W = blank.call(name, *case.args)
        spread, distribution, signs = blank.view((W,))
        N = case.args[0] * case.args[1]
        blank.close("spread", spread, 1.0, rtol=spread_off_by(N))
        blank.close("distribution", distribution, np.append(shares, 1.0), rtol=off_by(N))
        blank.close("distribution", signs, np.full(3, 0.5), rtol=2 * off_by(N - 1))
        drawn.setdefault(case.args[:2], []).append(np.asarray(W, dtype=np.float64))
    one, other, again = drawn[40, 100]
    blank.close("distribution", np.mean((one > 0) == (other > 0)), 0.5, rtol=2 * off_by(one.size))
    blank.close("distribution", float(np.array_equal(one, again)), 1.0)
    blank.close("distribution", float(len(np.unique(one)) < 0.9 * one.size), 0.0)


def states(rng):
    """θ, g, v, s, t and a learning rate: from the first step on, small and large, and where nothing ever moved."""
    kinds = ("the first step (t = 1), n = 3", 3, 1, 1), ("the second step, n = 4", 4, 2, 1)
    kinds += ("step 10, one parameter (n = 1)", 1, 10, 1), ("step 500, n = 3", 3, 500, 1)
    kinds += ("gradients in the thousands, step 3", 3, 3, 1000), ("a parameter whose gradient was always 0", 3, 2, 1)
    for label, n, t, scale in kinds:
        theta, g = rng.uniform(1, 3, n).round(3), scale * signed(rng, n)
        v, s = (0 * g, 0 * g) if t == 1 else (0.3 * scale * signed(rng, n), scale**2 * rng.uniform(0.01, 0.5, n))
        while np.abs(9 * v + g).min() < 0.1 * scale:  # the new v is not near 0
            v = 0.3 * scale * signed(rng, n)
        if "always 0" in label:
            g[0] = v[0] = s[0] = 0.0
        yield label, (theta, g.round(3), v.round(3), s.round(4), t, round(rng.uniform(0.2, 0.6), 2))


def stepped(blank, name, inputs):
    """Compare new parameters, and two memories that go together."""
    for case in blank.cases(inputs):
        got, want = blank.call(name, *case.args, returns=3), blank.want(*case.args)
        for property, ours, theirs in zip(("new θ", "new v and s", "new v and s"), got, want, strict=True):
            blank.close(property, ours, theirs)


def signed(rng, n):
    """n numbers that are not near 0, of either sign."""
    return rng.choice([-1.0, 1.0], n) * rng.uniform(0.3, 2, n).round(3)


def batches(rng):
    """x (m, s, n), γ (n,), β (n,) and ε₀."""
    kinds = ("m = 3, s = 2, n = 3", 3, 2, 3, 0.05), ("m = s = n = 2, entries in the hundreds", 2, 2, 2, 0.2)
    kinds += ("one example (m = 1)", 1, 3, 2, 0.3), ("one position (s = 1)", 4, 1, 2, 0.1)
    kinds += ("one example, one position", 1, 1, 3, 0.4), ("one feature (n = 1)", 2, 3, 1, 0.1)
    kinds += (("a feature that is constant", 2, 2, 3, 0.01),)
    for label, m, s, n, epsilon in kinds:
        x = rng.normal(1, 2, size=(m, s, n)).round(2)
        x = 100 * x if "hundreds" in label else x
        if "constant" in label:
            x[..., 1] = 0.5
        yield label, (x, signed(rng, n), signed(rng, n), epsilon)
