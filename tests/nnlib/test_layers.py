"""Layers: backward against differences of forward, purity, dtypes, one vector, numbers worked by hand, planted bugs."""

import numpy as np
import pytest

from nnlib import layers, optimizers
from nnlib.backend import array_module, to_device, to_numpy
from nnlib.gradcheck import check_gradients, check_layer, layer_function
from nnlib.initializers import lecun_normal
from nnlib.layers import ELU, BatchNorm, Dropout, LeakyReLU, Linear, Maxout, ReLU, Sequential, Sigmoid, Softmax
from nnlib.losses import SoftmaxCrossEntropy, squared_error, squared_error_gradient

PLAIN = ("Identity", "Step", "Sigmoid", "Tanh", "ReLU", "Softplus", "Softmax", "LogSoftmax")


def rng_of(seed):
    return np.random.default_rng(seed)


def network(n, dtype=np.float64):
    """Every kind of layer with something to learn or to remember, and a network inside a network."""
    rng = rng_of(5)
    first, second, third = (Linear(a, b, rng=rng, dtype=dtype) for a, b in ((n, 6), (6, 4), (2, 3)))
    inner = Sequential(first, BatchNorm(6, dtype=dtype), ReLU(), Dropout(0.3, rng_of(3)))
    return Sequential(inner, second, Maxout(2), ELU(0.5), third)


LAYERS = {
    **{name: lambda n, dtype=None, name=name: getattr(layers, name)() for name in PLAIN},
    "LeakyReLU": lambda n, dtype=None: LeakyReLU(0.2),
    "ELU": lambda n, dtype=None: ELU(0.4),
    "Linear": lambda n, dtype=np.float64: Linear(n, 3, rng=rng_of(4), dtype=dtype),
    "square Linear": lambda n, dtype=np.float64: Linear(n, n, rng=rng_of(4), dtype=dtype),
    "Maxout": lambda n, dtype=None: Maxout(n),
    "Dropout": lambda n, dtype=None: Dropout(0.4, rng_of(3)),
    "BatchNorm": lambda n, dtype=np.float64: BatchNorm(n, dtype=dtype),
    "Sequential": network,
}
SHAPES = [(1, 1), (1, 4), (6, 1), (5, 2), (2, 2), (7, 5)]


def fresh_masks(layer):
    """Every dropout inside draws from its beginning: the same function at each call."""
    for inner in getattr(layer, "layers", ()):
        fresh_masks(inner)
    if isinstance(layer, Dropout):
        layer.rng = rng_of(3)


def check(layer, x, rng):
    """The random check, at parameters that are no special ones (γ = 1 and b = 0 hide errors)."""
    for value in layer.parameters.values():
        value[...] = to_device(rng.standard_normal(value.shape), "cpu" if isinstance(value, np.ndarray) else "gpu")
    return check_layer(layer, x, rng=rng, before=lambda: fresh_masks(layer))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", LAYERS)
def test_backward_is_the_derivative_of_forward(name, shape, device, rng):
    layer = LAYERS[name](shape[1]).to_device(device)
    check(layer, to_device(rng.standard_normal(shape), device), rng).raise_if_failed()


@pytest.mark.parametrize("name", LAYERS)
def test_x_upstream_and_parameters_stay(name, device, rng):
    layer = LAYERS[name](4).to_device(device)
    x = to_device(rng.standard_normal((5, 4)), device)
    out = layer.forward(x, training=True)
    dout = to_device(rng.standard_normal(out.shape), device)
    kept = [x, dout, *layer.parameters.values()]
    before = [to_numpy(value).copy() for value in kept]
    results = [layer.backward(dout), layer.forward(x), layer.forward(x, training=True)]
    assert not any(np.shares_memory(to_numpy(mine), to_numpy(given)) for mine in results for given in (x, dout))
    assert all(np.array_equal(to_numpy(value), old) for value, old in zip(kept, before, strict=True))


@pytest.mark.parametrize("name", LAYERS)
def test_float32_stays_float32_and_is_close_to_float64(name, rng):
    x, dout = rng.standard_normal((6, 4)), None
    results = {}
    for dtype in (np.float32, np.float64):
        layer = LAYERS[name](4, dtype)
        out = layer.forward(x.astype(dtype), training=True)
        dout = rng.standard_normal(out.shape) if dout is None else dout
        results[dtype] = [out, layer.backward(dout.astype(dtype)), layer.gradient.copy()]
        results[dtype] += [layer.forward(x.astype(dtype)), *layer.state.values()]
        assert {value.dtype for value in results[dtype] if value.size} == {np.dtype(dtype)}
    if name not in ("Dropout", "Sequential"):  # the masks of the two dtypes are other draws
        pairs = zip(results[np.float32], results[np.float64], strict=True)
        assert all(np.allclose(single, double, rtol=2e-5, atol=2e-6) for single, double in pairs)


@pytest.mark.parametrize("name", LAYERS)
def test_what_is_returned_is_the_callers(name, device, rng):
    layer = LAYERS[name](4).to_device(device)
    first, second = (to_device(rng.standard_normal((5, 4)), device) for _ in range(2))
    dout = to_device(rng.standard_normal(layer.forward(first).shape), device)
    results = []
    for x in (first, second, first[:2]):  # the last is the smaller batch at an epoch's end
        results += [layer.forward(x), layer.forward(x, training=True), layer.backward(dout[: len(x)])]
    fresh_masks(layer)
    kept = [to_numpy(result).copy() for result in results]
    again = layer.forward(first, training=True)
    results[1][...] = 7.0  # one's own to change, also between forward and backward
    before = to_numpy(layer.backward(dout)).copy()
    layer.forward(first, training=True)[...] = 7.0
    if name not in ("Dropout", "Sequential"):  # whose masks are new
        assert np.array_equal(to_numpy(layer.backward(dout)), before)
    unchanged = [k for k in range(len(results)) if k != 1]
    assert all(np.array_equal(to_numpy(results[k]), kept[k]) for k in unchanged) and again.shape == dout.shape
    assert not any(np.shares_memory(to_numpy(a), b) for a in results for b in map(to_numpy, (first, second, dout)))


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_may_move_after_it_was_used(name, cupy, rng):
    layer, x = LAYERS[name](4), rng.standard_normal((5, 4))
    expected = layer.forward(x)
    assert np.allclose(layer.to_device("gpu").forward(cupy.asarray(x)).get(), expected)
    assert np.allclose(layer.to_device("cpu").forward(x), expected)


# One vector


def vector_of(arrays):
    return np.concatenate([to_numpy(array).ravel() for array in arrays.values()])


@pytest.mark.parametrize("name", ["Linear", "BatchNorm", "Sequential", "ReLU"])
def test_parameters_and_gradients_are_views_of_one_vector_each(name, device, rng):
    layer = LAYERS[name](4).to_device(device)
    for vector, arrays in ((layer.theta, layer.parameters), (layer.gradient, layer.gradients)):
        vector[...] = to_device(rng.standard_normal(vector.shape), device)
        assert vector.flags.c_contiguous
        assert np.array_equal(to_numpy(vector), vector_of(arrays) if arrays else np.zeros(0))
        for array in arrays.values():
            array *= 2
        assert np.array_equal(to_numpy(vector), vector_of(arrays) if arrays else np.zeros(0))


def test_a_vector_that_is_assigned_to_reaches_its_parts(device):
    model = network(4).to_device(device)
    best, parameters = model.theta.copy(), dict(model.parameters)
    model.gradient = 2.0
    model.theta -= 0.5 * model.gradient
    assert all(np.allclose(to_numpy(parameters[f"{k}.b"]), -1) for k in ("0.0", "1", "4"))
    model.theta = best
    assert np.array_equal(vector_of(parameters), to_numpy(best)) and model.theta is not best
    model.theta += 1
    assert not np.array_equal(vector_of(parameters), to_numpy(best))


def test_a_network_inside_a_network_and_its_layers_have_their_parts_of_the_vector(device, rng):
    model = network(4).to_device(device)
    inner, second = model.layers[:2]
    model.theta += 1
    model.gradient += 2
    assert np.array_equal(to_numpy(model.theta[: inner.theta.size]), to_numpy(inner.theta))
    assert np.array_equal(to_numpy(inner.layers[0].theta), to_numpy(model.theta[: 4 * 6 + 6]))
    assert to_numpy(inner.layers[1].parameters["beta"]).tolist() == [1] * 6
    assert to_numpy(second.gradients["W"]).tolist() == [[2] * 4] * 6
    second.parameters["W"][...] = 9.0
    assert np.array_equal(to_numpy(model.parameters["1.W"]), np.full((6, 4), 9.0))


def test_weight_decay_acts_on_weights_and_not_on_biases_gamma_and_beta():
    model = network(4)
    decaying = {name for name in model.parameters if name.endswith("W")}
    expected = [np.full(array.size, name in decaying) for name, array in model.parameters.items()]
    assert np.array_equal(model.decays, np.concatenate(expected)) and model.decays.dtype == bool


@pytest.mark.parametrize("k", [0, 1])
def test_parameters_of_two_dtypes_make_no_network(k):
    parts = [Linear(2, 3, rng=rng_of(0), dtype=np.float32), ReLU(), Linear(3, 2, rng=rng_of(0)), BatchNorm(2)]
    parts = parts if k == 0 else [Sequential(*parts[:2]), Sequential(*parts[2:])]
    with pytest.raises(ValueError, match="^The parameters are float32 and float64; give every layer the same dtype.$"):
        Sequential(*parts)
    assert Sequential(*parts[1:]).theta.dtype == np.float64  # what was refused stays free


def test_a_layer_stands_in_one_network_and_there_once():
    layer, relu = Linear(2, 2, rng=rng_of(0)), ReLU()
    for twice in ((layer, relu, layer), (relu, layer, relu)):
        with pytest.raises(ValueError, match="^Layer 2, .*, is in a network already; give it a new layer.$"):
            Sequential(*twice)
    model = Sequential(layer, relu)
    for other in ((layer,), (relu,), (model.layers[0], ReLU())):
        with pytest.raises(ValueError, match="^Layer 0, .*, is in a network already"):
            Sequential(*other)
    assert np.shares_memory(layer.theta, model.theta)  # nothing was taken from it


def test_a_part_is_not_moved_alone(cupy):
    model = network(4)
    for part in (model.layers[1], model.layers[0].layers[2]):
        with pytest.raises(ValueError, match="is part of a network; move the network as a whole"):
            part.to_device("gpu")
    model.to_device("gpu")
    assert all(type(value) is type(model.theta) for value in (*model.layers[0].state.values(), model.decays))


def test_a_layer_of_ones_own_has_its_vectors_too(rng):
    class Scale(layers.Layer):
        def __init__(self, n):
            super().__init__({"s": np.ones(n)})

        def forward(self, x, training=False):
            return self._keep(training, x * self.parameters["s"], x)

        def backward(self, dout, input_gradient=True):
            (x,) = self._kept(dout)
            self.gradients["s"][...] = (dout * x).sum(axis=0)
            return dout * self.parameters["s"]

    check(Sequential(Linear(3, 2, rng=rng), Scale(2)), rng.standard_normal((4, 3)), rng).raise_if_failed()


# Each layer's own


def test_linear_starts_from_its_initializer_and_a_zero_bias():
    layer = Linear(3, 2, rng=rng_of(0), init=lecun_normal)
    assert np.array_equal(layer.parameters["W"], lecun_normal(3, 2, rng_of(0)))
    assert layer.parameters["b"].tolist() == [0, 0]


def test_the_inputs_gradient_is_left_out_when_not_asked_for(rng):
    model, x = network(4), rng.standard_normal((5, 4))
    dout = np.ones(model.forward(x, training=True).shape)
    assert model.backward(dout).shape == (5, 4)
    gradients = {name: value.copy() for name, value in model.gradients.items()}
    assert model.backward(dout, input_gradient=False) is None
    assert all(np.array_equal(model.gradients[name], value) for name, value in gradients.items())


def test_batch_norm_gives_mean_0_and_variance_1_then_gamma_and_beta(rng):
    layer, x = BatchNorm(3, epsilon=1e-12), 5 + 2 * rng.standard_normal((50, 3))
    out = layer.forward(x, training=True)
    assert np.allclose(out.mean(axis=0), 0, atol=1e-12) and np.allclose(out.std(axis=0), 1, rtol=1e-10)
    layer.parameters["gamma"][:], layer.parameters["beta"][:] = x.std(axis=0), x.mean(axis=0)
    assert np.allclose(layer.forward(x, training=True), x, rtol=1e-10)  # it can undo itself


def test_batch_norm_predicts_with_running_statistics(rng):
    layer, x = BatchNorm(3, momentum=0.25), 5 + 2 * rng.standard_normal((50, 3))
    layer.forward(x, training=True)
    mean, variance = 0.25 * x.mean(axis=0), 0.75 + 0.25 * x.var(axis=0, ddof=1)
    assert np.allclose(layer.state["mean"], mean) and np.allclose(layer.state["variance"], variance)
    assert np.allclose(layer.forward(x[:1]), (x[:1] - mean) / np.sqrt(variance + 1e-5))  # one row, no batch needed
    assert np.allclose(layer.state["mean"], mean)  # prediction moves nothing
    layer.forward(x[:1], training=True)
    assert np.allclose(layer.state["variance"], variance)  # one row has no variance


def test_dropout_keeps_the_mean_and_drops_the_share_p(rng):
    layer, x = Dropout(0.3, rng), np.ones((200, 500))
    out = layer.forward(x, training=True)
    assert set(np.unique(out)) == {0, 1 / 0.7}
    assert abs((out == 0).mean() - 0.3) < 5 * np.sqrt(0.3 * 0.7 / out.size)
    assert np.array_equal(layer.backward(x), out)  # the same entries
    assert not np.array_equal(layer.forward(x, training=True), out)  # another draw
    assert np.array_equal(layer.forward(x), x)


def test_monte_carlo_dropout_is_active_at_prediction_and_batch_norm_is_not(rng):
    model, x = Sequential(BatchNorm(4), Sequential(Dropout(0.5, rng))), rng.standard_normal((3, 4))
    mean, std = layers.monte_carlo(model, x, 2000)
    exact = x / np.sqrt(1 + 1e-5)
    assert np.allclose(std, abs(exact), rtol=0.1)  # x or -x about the mean: ± |x| at p = ½
    assert np.allclose(mean, exact, atol=5 * abs(exact).max() / np.sqrt(2000))
    assert np.array_equal(model.forward(x), model.layers[0].forward(x)) and not model.layers[1].layers[0].monte_carlo


def test_ten_tanh_layers_have_the_standard_deviations_of_lecuns_initialisation():
    rng = rng_of(0)
    x, stds = rng.standard_normal((1000, 500)), []
    for _ in range(10):
        x = Sequential(Linear(500, 500, rng=rng, init=lecun_normal), layers.Tanh()).forward(x)
        stds.append(x.std())
        assert abs(x.mean()) < 1e-3
    expected = [0.628, 0.486, 0.408, 0.357, 0.321, 0.292, 0.273, 0.255, 0.239, 0.228]
    assert np.allclose(stds, expected, rtol=0, atol=0.01)


def test_a_step_of_two_layers_worked_by_hand(device):
    model = Sequential(Linear(2, 2, rng=rng_of(0)), ReLU(), Linear(2, 2, rng=rng_of(0))).to_device(device)
    start = {
        "0.W": [[0.5, -1.0], [0.25, 0.0]], "0.b": [0.0, 0.5], "2.W": [[1.0, 0.0], [2.0, -1.0]], "2.b": [0.0, 0.0],
    }  # fmt: skip
    for name, value in start.items():
        model.parameters[name][...] = to_device(np.array(value), device)
    x, t = (to_device(np.array(row), device) for row in ([[1.0, 2.0]], [[0.0, 2.0]]))
    y = model.forward(x, training=True)  # z = (1, -½), h = (1, 0), y = (1, 0)
    assert to_numpy(y).tolist() == [[1, 0]] and float(squared_error(t, y)) == 2.5
    model.backward(squared_error_gradient(t, y))  # dout (1, -2); dh = (1, 4), of which (1, 0) goes on
    assert to_numpy(model.gradients["2.W"]).tolist() == [[1, -2], [0, 0]]
    assert to_numpy(model.gradients["0.W"]).tolist() == [[1, 0], [2, 0]]
    assert to_numpy(model.gradients["0.b"]).tolist() == [1, 0]
    optimizers.SGD(0.1).step(model.theta, model.gradient)
    after = {"0.W": [[0.4, -1], [0.05, 0]], "0.b": [-0.1, 0.5], "2.W": [[0.9, 0.2], [2, -1]], "2.b": [-0.1, 0.2]}
    assert all(np.allclose(to_numpy(model.parameters[name]), value) for name, value in after.items())


def trained(device):
    """(the network, its costs) after 40 steps of Adam, the same draws on every device."""
    model, y = network(4).to_device(device), to_device(rng_of(2).integers(0, 3, 20), device)
    x, loss = to_device(rng_of(1).standard_normal((20, 4)), device), SoftmaxCrossEntropy()
    optimizer, costs = optimizers.Adam(0.02, weight_decay=0.01), []
    for _ in range(40):
        costs.append(loss.forward(y, model.forward(x, training=True)))
        model.backward(loss.backward())
        optimizer.step(model.theta, model.gradient, model.decays)
    return model, costs


def test_a_network_trains_alike_on_every_device(device):
    model, costs = trained(device)
    parameter = model.parameters["0.0.W"]
    assert array_module(parameter) is array_module(to_device(np.ones(1), device))
    assert costs[-1] < costs[0] / 1.5 and np.allclose(costs, trained("cpu")[1], rtol=1e-8)


# Planted bugs: the check is tested for failing


def plant(layer, backward):
    """`layer` with another backward: backward(layer, x, dout, dx) where dx and layer.gradients are the right ones."""
    right = type(layer).backward

    def wrong(dout, input_gradient=True):
        return backward(layer, layer.x, dout, right(layer, dout))

    def forward(x, training=False):
        layer.x = x
        return type(layer).forward(layer, x, training)

    layer.forward, layer.backward = forward, wrong
    return layer


def in_gradients(name, change):
    def backward(layer, x, dout, dx):
        layer.gradients[name][...] = change(layer, x, dout, layer.gradients[name])
        return dx

    return backward


PLANTED = {
    "a thousandth too large": (LAYERS["Linear"], in_gradients("W", lambda layer, x, dout, dW: 1.001 * dW)),
    "dx a thousandth too large": (LAYERS["Sigmoid"], lambda layer, x, dout, dx: 1.001 * dx),
    "zero": (LAYERS["Linear"], in_gradients("b", lambda layer, x, dout, db: 0 * db)),
    "softmax zero": (LAYERS["Softmax"], lambda layer, x, dout, dx: 0 * dx),
    "transposed": (LAYERS["square Linear"], in_gradients("W", lambda layer, x, dout, dW: dW.T)),
    "weights transposed": (LAYERS["square Linear"], lambda layer, x, dout, dx: dout @ layer.parameters["W"]),
    "missing upstream": (LAYERS["Sigmoid"], lambda layer, x, dout, dx: dx / dout),
    "mean for sum": (LAYERS["Linear"], in_gradients("b", lambda layer, x, dout, db: dout.mean(axis=0))),
    "wrong broadcast axis": (LAYERS["square Linear"], in_gradients("b", lambda layer, x, dout, db: dout.sum(axis=1))),
    "batch-norm dx = 0": (LAYERS["BatchNorm"], lambda layer, x, dout, dx: 0 * dx),
    "batch-norm statistics as constants": (
        LAYERS["BatchNorm"],
        lambda layer, x, dout, dx: dout * layer.parameters["gamma"] / np.sqrt(x.var(axis=0) + layer.epsilon),
    ),
    "ELU without α": (LAYERS["ELU"], lambda layer, x, dout, dx: np.where(x > 0, dx, dx / 0.4)),
    "dropout without its scale": (LAYERS["Dropout"], lambda layer, x, dout, dx: 0.6 * dx),
    "maxout to every piece": (LAYERS["Maxout"], lambda layer, x, dout, dx: np.repeat(dout, 4, axis=1)),
}


def test_checking_a_layer_leaves_its_parameters_even_if_it_breaks_off(rng):
    layer, x = LAYERS["Linear"](3), rng.standard_normal((4, 3))
    theta = layer.theta.copy()
    check_layer(layer, x, rng=rng)
    assert np.array_equal(layer.theta, theta)
    forwards = iter(range(5))  # the fifth is at moved parameters
    with pytest.raises(StopIteration):
        check_layer(layer, x, rng=rng, before=lambda: next(forwards))
    assert np.array_equal(layer.theta, theta)


@pytest.mark.parametrize("bug", PLANTED)
def test_a_planted_bug_is_caught(bug, rng):
    make, backward = PLANTED[bug]
    x = rng.standard_normal((4, 4))
    assert check(make(4), x, rng).passed
    assert not check(plant(make(4), backward), x, rng).passed


@pytest.mark.parametrize("bug", ["softmax zero", "missing upstream", "batch-norm dx = 0"])
def test_a_constant_upstream_would_have_missed_it(bug, rng):
    make, backward = PLANTED[bug]
    f, at, gradients = layer_function(plant(make(4), backward), rng.standard_normal((4, 4)))
    ones = np.ones((4, 4))
    assert check_gradients(lambda **arrays: f(**arrays).sum(), at, gradients(ones), rng=rng).passed
    assert not check_gradients(f, at, gradients, rng=rng).passed


def test_a_batch_of_one_would_have_missed_the_zero_of_batch_norm(rng):
    make, backward = PLANTED["batch-norm dx = 0"]
    assert check(plant(make(4), backward), rng.standard_normal((1, 4)), rng).passed


# Bad input is one sentence


@pytest.mark.parametrize(
    ("make", "x", "sentence"),
    [
        (LAYERS["Linear"], np.ones((5, 3)), r"Linear was given float64 \(5, 3\); expected float64 of shape \(m, 4\)"),
        (LAYERS["Linear"], np.ones(4), r"Linear was given float64 \(4,\)"),
        (LAYERS["Linear"], np.ones((5, 4), "f"), r"Linear was given float32 \(5, 4\); expected float64"),
        (LAYERS["BatchNorm"], np.ones((5, 3)), r"BatchNorm was given float64 \(5, 3\); expected float64 of shape"),
        (LAYERS["Maxout"], np.ones((5, 3)), r"Maxout was given shape \(5, 3\); expected \(m, n\), n a multiple of 4"),
        (LAYERS["ReLU"], np.ones((5, 4), int), "ReLU was given int64; expected floats: convert x with astype"),
    ],
)
def test_a_wrong_shape_or_dtype_is_refused(make, x, sentence):
    with pytest.raises(ValueError, match=sentence):
        make(4).forward(x)


def test_backward_needs_a_forward_in_training_and_its_shape():
    layer = ReLU()
    layer.forward(np.ones((5, 4)))
    with pytest.raises(RuntimeError, match="ReLU.backward needs a forward with training=True before it"):
        layer.backward(np.ones((5, 4)))
    layer.forward(np.ones((5, 4)), training=True)
    with pytest.raises(ValueError, match=r"given dout of shape \(4,\); expected that of forward's result, \(5, 4\)"):
        layer.backward(np.ones(4))


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Dropout(1, rng_of(0)), "p is 1; expected"),
        (lambda: ELU(0), "alpha is 0; expected"),
        (lambda: LeakyReLU(2), "slope is 2; expected"),
        (lambda: Maxout(0), "pieces is 0; expected"),
    ],
)
def test_a_constant_out_of_range_is_refused(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make()


def test_names_are_positions_and_the_arrays_are_the_layers_own():
    model = Sequential(Sequential(Linear(2, 3, rng=rng_of(0)), BatchNorm(3)), Softmax(), Sigmoid())
    assert list(model.parameters) == ["0.0.W", "0.0.b", "0.1.gamma", "0.1.beta"] == list(model.gradients)
    assert list(model.state) == ["0.1.mean", "0.1.variance"]
    assert model.parameters["0.0.W"] is model.layers[0].layers[0].parameters["W"]
    with pytest.raises(TypeError):
        model.parameters["0.0.W"] = np.zeros((2, 3))  # would change the model's dict and not the layer
