"""The gradient check: right gradients pass, planted bugs do not, and no tolerance is picked by hand."""

import numpy as np
import pytest

from nnlib.activations import relu, relu_derivative, sigmoid, sigmoid_derivative
from nnlib.gradcheck import check_gradients, complex_step_gradient, numerical_gradient
from nnlib.losses import log_loss_from_logits, log_loss_from_logits_gradient

X = np.random.default_rng(1).standard_normal((6, 4))
Y = np.array([0, 1, 1, 0, 1, 0])


def cost(w, b):
    return log_loss_from_logits(Y, X @ w + b)


def cost_gradients(w, b):
    dz = log_loss_from_logits_gradient(Y, X @ w + b)
    return {"w": X.T @ dz, "b": dz.sum()}


def exp(z):
    return np.exp(z)


def sin(z):
    return np.sin(z)


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def softmax_gradient(z, dout):
    a = softmax(z)
    return a * (dout - (dout * a).sum(axis=1, keepdims=True))


@pytest.fixture
def at(rng):
    return {"w": rng.standard_normal(4), "b": np.array(0.3)}


@pytest.fixture
def check(rng):
    return lambda f, parameters, gradients: check_gradients(f, parameters, gradients, rng=rng)


# right gradients pass


def test_right_gradients_pass_with_one_row_a_parameter(check, at):
    report = check(cost, at, cost_gradients(**at))
    report.raise_if_failed()
    assert [row.name for row in report.rows] == ["w", "b"]
    assert all(row.error <= row.tolerance < 1e-8 and row.skipped == 0 for row in report.rows)


@pytest.mark.parametrize("seed", range(25))
def test_no_false_alarm_at_small_large_and_zero_arguments(seed):
    rng = np.random.default_rng(seed)
    W, z = rng.standard_normal((3, 5)), 10.0 ** rng.integers(-3, 4) * rng.standard_normal((4, 3))
    zero = {"z": np.zeros((4, 3)), "W": np.zeros((3, 5))}
    for at in ({"z": z, "W": W}, zero):
        check_gradients(
            lambda z, W: z @ W, at, lambda d, at=at: {"z": d @ at["W"].T, "W": at["z"].T @ d}, rng=rng
        ).raise_if_failed()
    check_gradients(softmax, {"z": z}, lambda d: {"z": softmax_gradient(z, d)}, rng=rng).raise_if_failed()
    check_gradients(sigmoid, {"z": z}, lambda d: {"z": d * sigmoid_derivative(z)}, rng=rng).raise_if_failed()
    check_gradients(sin, {"z": z}, lambda d: {"z": d * np.cos(z)}, rng=rng).raise_if_failed()


def test_a_linear_function_at_zero_weights_raises_no_false_alarm(check):
    at = {"w": np.zeros(4), "b": np.zeros(())}  # f is exactly 0 here, and so is its rounding error
    assert check(lambda w, b: X @ w + b, at, lambda dout: {"w": X.T @ dout, "b": dout.sum()}).passed


def test_nothing_handed_in_is_modified(check, at):
    before, gradients = {n: x.copy() for n, x in at.items()}, cost_gradients(**at)
    check(cost, at, gradients)
    assert all(np.array_equal(at[n], before[n]) for n in at)
    assert all(np.array_equal(gradients[n], g) for n, g in cost_gradients(**before).items())


def test_parameters_on_the_gpu_are_checked_there(cupy, check):
    z = cupy.asarray(np.linspace(-2, 2, 6).reshape(2, 3))
    assert check(sigmoid, {"z": z}, lambda dout: {"z": dout * sigmoid_derivative(z)}).passed
    assert not check(sigmoid, {"z": z}, lambda dout: {"z": dout * sigmoid(z)}).passed


# planted bugs are caught

PLANTED = {
    "a thousandth too large": lambda g: {**g, "w": g["w"] * 1.001},
    "zero": lambda g: {**g, "w": 0 * g["w"]},
    "sum for mean": lambda g: {n: 6 * v for n, v in g.items()},
    "sign": lambda g: {n: -v for n, v in g.items()},
    "one entry of one parameter": lambda g: {**g, "w": g["w"] + 1e-6 * np.eye(4)[2]},
    "only b": lambda g: {**g, "b": g["b"] * 1.001},
}


@pytest.mark.parametrize("bug", PLANTED)
def test_planted_bug_is_caught(bug, check, at):
    report = check(cost, at, PLANTED[bug](cost_gradients(**at)))
    assert not report.passed
    with pytest.raises(AssertionError, match="gradient check failed"):
        report.raise_if_failed()


def test_the_report_tells_which_parameter_and_entry_is_wrong(check, at):
    report = check(cost, at, PLANTED["one entry of one parameter"](cost_gradients(**at)))
    w, b = report.rows
    assert not w.passed and w.index == (2,) and np.isclose(w.error, 1e-6, rtol=1e-3) and b.passed


def test_a_transposed_gradient_is_caught_even_where_shapes_agree(check, rng):
    W, x = rng.standard_normal((3, 3)), rng.standard_normal((5, 3))
    assert check(lambda W: x @ W, {"W": W}, lambda dout: {"W": x.T @ dout}).passed
    assert not check(lambda W: x @ W, {"W": W}, lambda dout: {"W": dout.T @ x}).passed


def test_a_missing_upstream_is_caught(check, rng):
    z = rng.standard_normal((4, 3))
    assert check(exp, {"z": z}, lambda dout: {"z": dout * np.exp(z)}).passed
    assert not check(exp, {"z": z}, lambda dout: {"z": np.exp(z)}).passed


def test_a_constant_upstream_would_have_missed_them(check, rng):
    z = rng.standard_normal((4, 3))
    # under dout = 1 the check is that of the sum
    assert check(lambda z: softmax(z).sum(), {"z": z}, {"z": np.zeros((4, 3))}).passed
    assert check(lambda z: np.exp(z).sum(), {"z": z}, {"z": np.exp(z)}).passed
    # a random dout catches the zero softmax gradient (the missing upstream is caught above)
    assert not check(softmax, {"z": z}, lambda dout: {"z": np.zeros((4, 3))}).passed
    assert check(softmax, {"z": z}, lambda dout: {"z": softmax_gradient(z, dout)}).passed


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_gradient_that_is_not_finite_fails(bad, check, at):
    gradients = cost_gradients(**at)
    gradients["w"][1] = bad
    row = check(cost, at, gradients).rows[0]
    assert row.verdict == "not finite" and row.index == (1,)


def test_a_function_that_is_not_finite_fails(check):
    assert check(lambda x: x * np.nan, {"x": np.ones(2)}, lambda dout: {"x": dout}).rows[0].verdict == "not finite"


def test_float32_is_checked_as_far_as_it_goes(check, at):
    w = at["w"].astype(np.float32)

    def f(w):
        return np.tanh(w)

    assert check(f, {"w": w}, lambda dout: {"w": dout / np.cosh(w) ** 2}).passed
    assert not check(f, {"w": w}, lambda dout: {"w": 1.02 * dout / np.cosh(w) ** 2}).passed


# kinks


def test_an_entry_on_a_kink_is_skipped_whatever_its_slope(check, rng):
    z = rng.uniform(0.5, 2, 20)
    z[3] = 0
    for slope in (0.0, 0.5, 1.0):
        report = check(relu, {"z": z}, lambda dout, slope=slope: {"z": dout * np.where(z == 0, slope, 1)})
        assert report.passed and report.rows[0].skipped == 0.05


def test_a_kink_beside_the_entry_is_stepped_around_and_not_forgiven(check, rng):
    z = np.concatenate([rng.uniform(0.5, 2, 20), [2e-6, -3e-6, 4e-6, -5e-6, 1e-5]])
    right = check(relu, {"z": z}, lambda dout: {"z": dout * relu_derivative(z)})
    assert right.passed and right.rows[0].skipped == 0
    assert not check(relu, {"z": z}, lambda dout: {"z": dout * np.where(abs(z) < 1e-3, 0.5, 1)}).passed


def test_too_many_kinks_fail(check):
    z = np.array([0.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0])
    row = check(relu, {"z": z}, lambda dout: {"z": dout * relu_derivative(z)}).rows[0]
    assert row.verdict == "too many kinks" and row.skipped == 0.2


def test_a_kink_excuses_no_nan(check):
    z = np.append(np.zeros(1), np.ones(19))
    assert not check(relu, {"z": z}, lambda dout: {"z": np.where(z == 0, np.nan, dout)}).passed


def test_a_function_that_is_zero_all_around_has_gradient_zero(check):
    assert check(lambda x: 0 * x, {"x": np.ones(2)}, lambda dout: {"x": 0 * dout}).passed
    assert not check(lambda x: 0 * x, {"x": np.ones(2)}, lambda dout: {"x": 1e-9 * dout}).passed


def test_strong_curvature_is_not_a_kink(check):
    x = np.linspace(-0.02, 0.02, 9)
    report = check(lambda x: sigmoid(500 * x), {"x": x}, lambda dout: {"x": dout * 500 * sigmoid_derivative(500 * x)})
    assert report.passed and report.rows[0].skipped == 0


# bad input is one clear sentence


@pytest.mark.parametrize(
    ("gradients", "sentence"),
    [
        ({}, r"gradients are named \[\]; expected \['b', 'w'\]"),
        ({"w": np.zeros(4)}, r"named \['w'\]; expected \['b', 'w'\]"),
        ({"w": np.zeros(4), "b": 0.0, "c": 0.0}, r"named \['b', 'c', 'w'\]"),
        ({"w": np.zeros((4, 1)), "b": 0.0}, r"gradient of w has shape \(4, 1\); expected its own, \(4,\)"),
        ({"w": np.zeros(4), "b": np.zeros(1)}, r"gradient of b has shape \(1,\); expected its own, \(\)"),
    ],
)
def test_names_and_shapes_must_match(gradients, sentence, check, at):
    with pytest.raises(ValueError, match=sentence):
        check(cost, at, gradients)


def test_nothing_to_check_is_refused(check):
    with pytest.raises(ValueError, match="one or more"):
        check(lambda: 1.0, {}, {})


def test_integers_are_refused(check):
    with pytest.raises(ValueError, match="w has dtype int64"):
        check(lambda w: w.sum(), {"w": np.arange(3)}, {"w": np.ones(3)})


def test_an_array_valued_function_needs_an_upstream(check):
    with pytest.raises(ValueError, match="pass gradients as a function of dout"):
        check(exp, {"z": np.ones(2)}, {"z": np.exp(np.ones(2))})
    with pytest.raises(ValueError, match=r"shape \(2,\); pass dout"):
        numerical_gradient(np.exp, np.ones(2))


# the two plain differences


def test_central_differences_are_best_near_the_cube_root_of_epsilon():
    def error(h, dtype):
        x = np.array([0.7], dtype=dtype)
        return abs(numerical_gradient(lambda x: np.exp(x).sum(), x, step=h)[0] - np.exp(dtype(0.7)))

    for dtype, best in ((np.float64, 6e-6), (np.float32, 5e-3)):
        assert error(best, dtype) < error(best * 100, dtype) / 50
        assert error(best, dtype) < max(error(best / s, dtype) for s in (500, 1000, 3000)) / 10


def test_the_step_divided_by_is_the_one_taken():
    x = np.array([0.7], dtype=np.float32)  # x + h is rounded, x + h - (x - h) is not 2 h
    assert numerical_gradient(lambda x: 2 * x.sum(), x).tolist() == [2]


@pytest.mark.parametrize("shape", [(), (1,), (3, 2)])
def test_plain_differences_match_the_derivative(shape, rng):
    x, dout = rng.standard_normal(shape), rng.standard_normal(shape)
    before = x.copy()
    assert np.allclose(numerical_gradient(np.sin, x, dout), dout * np.cos(x), rtol=0, atol=1e-9)
    assert np.allclose(complex_step_gradient(np.sin, x, dout), dout * np.cos(x), rtol=1e-15, atol=0)
    assert np.array_equal(x, before)


def test_complex_step_refuses_a_function_that_drops_the_imaginary_part():
    with pytest.raises(ValueError, match="f returned a real result"):
        complex_step_gradient(lambda x: np.abs(x).sum(), np.ones(2))


def test_the_report_is_an_aligned_table(check, at):
    lines = str(check(cost, at, PLANTED["only b"](cost_gradients(**at)))).splitlines()
    assert lines[0].split() == "parameter worst entry analytic numeric error tolerance relative skipped verdict".split()
    assert lines[1].endswith("ok") and lines[2].endswith("off")
    assert len({line.rindex("  ") for line in lines}) == 1
