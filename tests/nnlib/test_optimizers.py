"""Optimizers: two steps worked by hand, the four endpoints of the lecture, weight decay, blocks; schedules."""

import numpy as np
import pytest

from nnlib import optimizers
from nnlib.backend import to_device, to_numpy
from nnlib.layers import Layer
from nnlib.optimizers import (
    BLOCK,
    SGD,
    Adadelta,
    AdaGrad,
    Adam,
    Adamax,
    Momentum,
    Nesterov,
    RMSprop,
    cosine_decay,
    exponential_decay,
    step_decay,
    warm_up,
)

# From w = 1 with the gradients 1, then ½: w after each step, ε = 0 where it can be.
BY_HAND = [
    (SGD(0.1), 0.9, 0.85),
    (Momentum(0.1, 0.9), 0.9, 0.9 - 0.14),  # v = -0.1, then -0.09 - 0.05
    (Nesterov(0.1, 0.9), 1 - 0.09 - 0.1, 0.81 - 0.126 - 0.05),
    (AdaGrad(0.1, epsilon=0), 0.9, 0.9 - 0.05 / 1.25**0.5),  # s = 1, then 1¼
    (RMSprop(0.1, decay=0.75, epsilon=0), 0.8, 0.7),  # s = ¼ both times
    (Adadelta(1.0, decay=0.75, epsilon=0.01), 0.803884, 0.666549),  # Δ = -√.01/√.26, then -½ √.0196154/√.26
    (Adam(0.1, 0.5, 0.75, epsilon=0), 0.9, 0.9 - 0.1 * (2 / 3) / (4 / 7) ** 0.5),  # m̂ = ½/¾, v̂ = ¼/(7/16)
    (Adamax(0.1, 0.5, 0.75, epsilon=0), 0.9, 0.9 - 0.1 / 0.75 * 0.5 / 0.75),  # m = ½; u = max(¾, ½)
]
NAMES = [type(optimizer).__name__ for optimizer, *_ in BY_HAND]


def fresh(optimizer):
    """A copy without memory."""
    constants = {name: value for name, value in vars(optimizer).items() if name not in ("t", "memory")}
    return type(optimizer)(**constants)


@pytest.mark.parametrize(("optimizer", "first", "second"), BY_HAND, ids=NAMES)
def test_two_steps_worked_by_hand(optimizer, first, second, device):
    optimizer, w, g = fresh(optimizer), *(to_device(np.ones(1), device) for _ in range(2))
    optimizer.step(w, g)
    assert np.allclose(to_numpy(w), first, rtol=1e-6)
    g *= 0.5
    optimizer.step(w, g)
    assert np.allclose(to_numpy(w), second, rtol=1e-6)
    assert to_numpy(g).tolist() == [0.5]  # not modified


@pytest.mark.parametrize(
    ("optimizer", "w"),
    [
        (AdaGrad(0.3, epsilon=1), 1 - 0.3 * 2 / (2 + 1)),
        (RMSprop(0.3, decay=0.75, epsilon=1), 1 - 0.3 * 2 / (1 + 1)),  # s = ¼ · 4
        (Adam(0.3, 0.5, 0.75, epsilon=1), 1 - 0.3 * 2 / (2 + 1)),  # m̂ = g, v̂ = g²
        (Adamax(0.3, 0.5, 0.75, epsilon=1), 1 - 0.3 * 2 / (2 + 1)),
    ],
    ids=["AdaGrad", "RMSprop", "Adam", "Adamax"],
)
def test_epsilon_stands_beside_the_root(optimizer, w):
    theta = np.ones(1)
    optimizer.step(theta, np.array([2.0]))
    assert np.allclose(theta, w, rtol=1e-14)


def descend(optimizer, steps=30):
    """The end of a descent on x²/20 + y² from (-7, 2)."""
    theta = np.array([-7.0, 2.0])
    for _ in range(steps):
        optimizer.step(theta, theta * [0.1, 2])
    return theta


@pytest.mark.parametrize(
    ("optimizer", "end"),
    [
        (SGD(0.95), (-0.350, 0.085)),
        (Momentum(0.1, 0.9), (0.896, 0.088)),
        (AdaGrad(1.5), (-0.120, 0.0)),
        (Adam(0.3), (0.136, 0.318)),
    ],
    ids=["SGD", "Momentum", "AdaGrad", "Adam"],
)
def test_the_lectures_endpoints_after_thirty_steps(optimizer, end):
    assert np.allclose(descend(optimizer), end, rtol=0, atol=5e-4)


def test_gradient_descent_bounces_at_2_over_the_largest_curvature_and_diverges_above():
    assert np.isclose(abs(descend(SGD(1.0))[1]), 2) and abs(descend(SGD(1.05))[1]) > 10


@pytest.mark.parametrize(
    "optimizer",
    [Nesterov(0.1), RMSprop(0.05), Adadelta(1.0), Adamax(0.5)],
    ids=lambda optimizer: type(optimizer).__name__,
)
def test_the_others_get_to_the_minimum(optimizer):  # RMSprop at last hops from -lr/2 to lr/2
    steps = 5000 if isinstance(optimizer, Adadelta) else 400
    assert (descend(optimizer, steps) ** 2 / [20, 1]).sum() < 0.01


def test_nesterov_is_the_gradient_at_the_look_ahead_point():
    point, v, optimizer = np.array([-7.0, 2.0]), np.zeros(2), Nesterov(0.1, 0.8)
    for steps in range(1, 6):
        v = 0.8 * v - 0.1 * (point + 0.8 * v) * [0.1, 2]  # g is taken at point + μ v
        point = point + v
        assert np.allclose(descend(fresh(optimizer), steps), point + 0.8 * v, rtol=1e-12)


def test_weight_decay_adds_lambda_w_and_exempts_biases(device):
    layer = Layer({"W": np.array([[2.0, -4.0]]), "b": np.array([2.0])}).to_device(device)
    layer.gradient += 1
    SGD(0.1, weight_decay=0.5).step(layer.theta, layer.gradient, layer.decays)
    assert np.allclose(to_numpy(layer.parameters["W"]), [[2 - 0.1 * 2, -4 + 0.1]])
    assert np.allclose(to_numpy(layer.parameters["b"]), [1.9])
    assert to_numpy(layer.gradient).tolist() == [1, 1, 1]


@pytest.mark.parametrize("decays", [None, np.ones(3, bool), np.array(True)])
def test_weight_decay_that_is_not_told_where_it_acts_is_refused(decays):
    theta = np.ones(2)
    with pytest.raises(ValueError, match=r"^Weight decay needs to know where: step\(.*, model.decays\)\.$"):
        SGD(0.1, weight_decay=0.5).step(theta, np.ones(2), decays)
    assert theta.tolist() == [1, 1]


@pytest.mark.parametrize("name", NAMES)
def test_weight_decay_is_the_penaltys_gradient_under_every_rule(name, rng):
    w, g = rng.standard_normal((2, 12))
    decays = rng.integers(0, 2, 12).astype(bool)
    decayed, by_hand = w.copy(), w.copy()
    decaying, plain = (getattr(optimizers, name)(lr=0.1, weight_decay=decay) for decay in (0.2, 0.0))
    for _ in range(3):
        plain.step(by_hand, g + 0.2 * decays * by_hand)
        decaying.step(decayed, g, decays)
    assert np.allclose(decayed, by_hand, rtol=1e-12) and not np.allclose(decayed, w)


@pytest.mark.parametrize("name", NAMES)
def test_large_parameters_in_blocks_move_like_small_ones(name, rng):
    w, g = rng.standard_normal((2, 2 * BLOCK + 7)).astype(np.float32)
    decays = rng.integers(0, 2, len(w)).astype(bool)
    end = w[-9:].copy()
    of_all, of_end = (getattr(optimizers, name)(lr=0.1, weight_decay=0.1) for _ in range(2))
    for _ in range(3):
        of_all.step(w, g, decays)
        of_end.step(end, g[-9:], decays[-9:])
    assert w.dtype == np.float32 and np.allclose(w[-9:], end, rtol=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_float32_is_close_to_float64(name, rng):
    w, ends = rng.standard_normal(6), []
    for dtype in (np.float32, np.float64):
        theta, optimizer = w.astype(dtype), getattr(optimizers, name)(lr=0.1, weight_decay=0.01)
        for k in range(5):
            optimizer.step(theta, (w * (k - 1)).astype(dtype), np.ones(6, bool))
        assert theta.dtype == dtype and all(moment.dtype == dtype for moment in optimizer.memory)
        ends.append(theta)
    assert np.allclose(*ends, rtol=1e-4, atol=1e-5)


def test_a_gradient_that_has_always_been_zero_moves_nothing_and_warns_of_nothing():
    with np.errstate(all="raise"):
        for name in NAMES:
            theta = np.ones(2)
            getattr(optimizers, name)(lr=0.1).step(theta, np.zeros(2))
            assert theta.tolist() == [1, 1]


def test_the_learning_rate_may_change():
    optimizer, theta = SGD(0.1), np.ones(2)
    optimizer.step(theta, np.ones(2))
    optimizer.lr = 0.5
    optimizer.step(theta, np.full(2, 2.0))
    assert np.allclose(theta, -0.1)


@pytest.mark.parametrize("shapes", [[(2, 3), (2, 3)], [(3,), (3, 1)], [(3,), (4,)], [(), ()]])
def test_what_is_not_one_vector_and_its_gradient_is_refused(shapes):
    theta, gradient = map(np.ones, shapes)
    with pytest.raises(ValueError, match=r"have shapes .*; expected one, \(n,\)\."):
        (optimizer := Adam(0.1)).step(theta, gradient)
    assert (theta == 1).all() and optimizer.t == 0 and not optimizer.memory


def test_the_memory_belongs_to_one_theta():
    optimizer = Adam(0.1)
    optimizer.step(np.ones(3), np.ones(3))
    with pytest.raises(ValueError, match="this optimizer's memory have shapes"):
        optimizer.step(np.ones(2), np.ones(2))


def test_schedules_by_hand():
    drop, smooth = step_decay(0.8, every=10, factor=0.5), exponential_decay(0.8, steps=10)
    wave = cosine_decay(1, steps=8)
    assert [drop(t) for t in (0, 9, 10, 25)] == [0.8, 0.8, 0.4, 0.2]
    assert np.allclose([smooth(t) for t in (0, 5, 10)], [0.8, 0.8 / 10**0.5, 0.08])
    assert np.allclose([wave(t) for t in (0, 2, 4, 8, 20)], [1, (1 + 0.5**0.5) / 2, 0.5, 0, 0])
    assert np.isclose(cosine_decay(1, steps=8, final=0.2)(4), 0.6)
    assert np.allclose([warm_up(drop, steps=4)(t) for t in (0, 1, 3, 4, 10)], [0.2, 0.4, 0.8, 0.8, 0.4])


def test_hats_left_out_and_a_stale_velocity_would_be_seen():
    """The hand numbers tell these planted rules from the right one."""

    class Uncorrected(Adam):
        def update(self, theta, g, m, v):
            self.t = 10**6  # hats of 1
            super().update(theta, g, m, v)

    class Stale(Momentum):
        def update(self, theta, g, v):
            theta += v
            v *= self.momentum
            v -= self.lr * g

    right = {type(optimizer): second for optimizer, _, second in BY_HAND}
    for planted in (Uncorrected(0.1, 0.5, 0.75, epsilon=0), Stale(0.1, 0.9)):
        theta = np.ones(1)
        for g in (1.0, 0.5):
            planted.step(theta, np.array([g]))
        assert not np.isclose(theta[0], right[type(planted).__mro__[1]], rtol=1e-3)
