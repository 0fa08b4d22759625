"""Initializers: shapes, variances, ranges, and that the draw is the Generator's."""

from math import sqrt

import numpy as np
import pytest

from nnlib import initializers
from nnlib.initializers import he_normal, lecun_normal, normal, xavier_normal, xavier_uniform, zeros

VARIANCES = {  # of a (300, 500) matrix
    lecun_normal: 1 / 300,
    xavier_normal: 2 / 800,
    xavier_uniform: 2 / 800,
    he_normal: 2 / 300,
    normal(0.01): 0.01**2,
}


@pytest.mark.parametrize("init", VARIANCES)
def test_mean_and_variance(init, rng):
    W = init(300, 500, rng)
    variance = VARIANCES[init]
    assert W.shape == (300, 500) and W.dtype == np.float64
    assert abs(W.mean()) < 5 * sqrt(variance / W.size)
    assert abs(W.var() / variance - 1) < 5 * sqrt(2 / W.size)  # the relative error of a normal's variance


@pytest.mark.parametrize("init", VARIANCES)
def test_the_draw_is_the_generators(init):
    first, again = (init(4, 3, np.random.default_rng(1)) for _ in range(2))
    assert np.array_equal(first, again)


def test_uniform_is_bounded_and_flat(rng):
    W = xavier_uniform(300, 500, rng)
    r = sqrt(6 / 800)
    assert 0.999 * r < abs(W).max() <= r
    counts = np.histogram(W, bins=10, range=(-r, r))[0]
    assert abs(counts - W.size / 10).max() < 5 * sqrt(W.size / 10)


def test_a_square_layer_has_lecuns_variance_under_xaviers_rule(rng):
    seeds = [np.random.default_rng(3) for _ in range(2)]
    assert np.allclose(lecun_normal(7, 7, seeds[0]), xavier_normal(7, 7, seeds[1]))


def test_constants():
    assert zeros(2, 3).tolist() == [[0] * 3] * 2
    assert initializers.constant(2)(1, 2).tolist() == [[2, 2]] and initializers.constant(2)(1, 2).dtype == np.float64
