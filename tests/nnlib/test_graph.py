"""The graph engine: each operation against numerical derivatives, hand numbers, and what may not happen to the data."""

import numpy as np
import pytest

from nnlib import activations, graph, losses
from nnlib.graph import Node, check_graph, gradients, operation, sweep, topological_order, value_and_gradients, variable
from nnlib.layers import Linear, Sequential, Sigmoid

M, N, K = 4, 3, 2
LOG_LOSS = losses.log_loss_from_logits, losses.log_loss_from_logits_gradient
SIZES = [(4, 3, 2), (1, 3, 2), (4, 1, 2), (2, 5, 1), (1, 1, 1)]

# name → (f of nodes, shapes of its inputs as functions of m, n, k)
OPERATIONS = {
    "add": (lambda a, b: a + b, "mn mn"),
    "add a row": (lambda a, b: a + b, "mn n"),
    "add to a row": (lambda a, b: a + b, "n mn"),
    "add row and column": (lambda a, b: a + b, "1n m1"),
    "add a number": (lambda a, b: a + b, "mn -"),
    "add in three dimensions": (lambda a, b: a + b, "kmn m1"),
    "subtract": (lambda a, b: a - b, "mn n"),
    "subtract from a column": (lambda a, b: a - b, "m1 mn"),
    "multiply": (lambda a, b: a * b, "mn mn"),
    "multiply by a column": (lambda a, b: a * b, "mn m1"),
    "multiply a number": (lambda a, b: a * b, "- mn"),
    "divide": (lambda a, b: a / (b * b + 1), "mn n"),
    "divide a number": (lambda a, b: a / (b * b + 1), "- mn"),
    "negate": (lambda a: -a, "mn"),
    "constants": (lambda a: 2 - (1 / (3 + a * a) - 0.5) * 2 + 1, "mn"),
    "matmul": (lambda a, b: a @ b, "mn nk"),
    "matmul with a vector": (lambda a, b: a @ b, "mn n"),
    "matmul of a vector": (lambda a, b: a @ b, "m mn"),
    "matmul of two vectors": (lambda a, b: a @ b, "n n"),
    "matmul of a constant": (lambda a: np.arange(6.0).reshape(2, 3) @ (a @ np.ones((1, 3))).T[:3], "m1"),
    "square": (lambda a: a**2, "mn"),
    "cube": (lambda a: a**3, "mn"),
    "power 0": (lambda a: a**0 + a, "mn"),
    "root": (lambda a: (a * a + 0.5) ** 0.5, "mn"),
    "reciprocal": (lambda a: (a * a + 0.5) ** -1, "mn"),
    "exp": (graph.exp, "mn"),
    "log": (lambda a: graph.log(a * a + 0.5), "mn"),
    "cos": (graph.cos, "mn"),
    "sigmoid": (graph.sigmoid, "mn"),
    "tanh": (graph.tanh, "mn"),
    "relu": (graph.relu, "mn"),
    "softplus": (lambda a: graph.activation(activations.softplus, activations.softplus_derivative, a), "mn"),
    "maximum": (graph.maximum, "mn n"),
    "maximum of a column": (graph.maximum, "m1 mn"),
    "max": (graph.max, "mn"),
    "max over rows": (lambda a: graph.max(a, axis=0), "mn"),
    "max over columns, kept": (lambda a: a - graph.max(a, axis=-1, keepdims=True), "mn"),
    "max in the middle": (lambda a: graph.max(a, axis=1), "kmn"),
    "sum": (graph.sum, "mn"),
    "sum over rows": (lambda a: graph.sum(a, axis=0), "mn"),
    "sum over columns, kept": (lambda a: a * graph.sum(a, axis=1, keepdims=True), "mn"),
    "sum over two axes": (lambda a: graph.sum(a, axis=(0, 2)), "kmn"),
    "mean": (graph.mean, "mn"),
    "mean over rows": (lambda a: a - graph.mean(a, axis=0), "mn"),
    "mean over columns": (lambda a: graph.mean(a, axis=-1), "mn"),
    "mean over two axes, kept": (lambda a: graph.mean(a, axis=(0, 1), keepdims=True), "kmn"),
    "reshape": (lambda a: graph.reshape(a, (-1, 2)) if a.value.size % 2 == 0 else graph.reshape(a, -1), "mn"),
    "transpose": (lambda a: a.T, "mn"),
    "transpose in three dimensions": (lambda a: a.T, "kmn"),
    "index a row": (lambda a: a[0], "mn"),
    "index a slice": (lambda a: a[::2, -1:], "mn"),
    "index one entry": (lambda a: a[-1, 0], "mn"),
    "index with repeats": (lambda a: a[[0, -1, 0, 0]], "mn"),
    "index entries": (lambda a: a[[0, -1], [-1, 0]], "mn"),
    "index with a mask": (lambda a: a[np.arange(a.value.shape[0]) % 2 == 0], "mn"),
    "index a new axis": (lambda a: a[:, None] * a, "mn"),
    "fan-out": (lambda a: a * a + graph.exp(a) * a, "mn"),
    "softmax": (lambda a: graph.exp(a) / graph.sum(graph.exp(a), axis=1, keepdims=True), "mn"),
    "log loss": (lambda z: graph.loss(*LOG_LOSS, np.ones(z.value.shape), z), "m"),
    "labels": (lambda z: graph.softmax_cross_entropy(np.arange(len(z.value)) % z.value.shape[1], z), "mn"),
    "one-hot": (lambda z: graph.softmax_cross_entropy(np.eye(z.value.shape[1])[[0] * len(z.value)], z) * 3, "mn"),
}


def arrays(shapes, sizes, rng):
    lengths = dict(zip("mnk", sizes, strict=True)) | {"1": 1}
    shapes = [tuple(lengths[letter] for letter in word if letter != "-") for word in shapes.split()]
    return {name: np.asarray(rng.standard_normal(shape)) for name, shape in zip("xyz", shapes, strict=False)}


def checked(f, parameters, rng):
    """The report on f's gradients, under a random upstream gradient."""
    return check_graph(lambda **nodes: f(*nodes.values()), parameters, rng=rng)


@pytest.mark.parametrize("sizes", SIZES, ids=str)
@pytest.mark.parametrize("name", OPERATIONS)
def test_gradients_agree_with_differences(name, sizes, rng):
    f, shapes = OPERATIONS[name]
    checked(f, arrays(shapes, sizes, rng), rng).raise_if_failed()


@pytest.mark.parametrize("name", OPERATIONS)
def test_float32_stays_float32_and_agrees_with_float64(name, rng):
    f, shapes = OPERATIONS[name]
    parameters = arrays(shapes, (M, N, K), rng)
    dout = rng.standard_normal(f(*map(variable, parameters.values())).value.shape)
    results = {}
    for dtype in ("float32", "float64"):
        nodes = [variable(x.astype(dtype)) for x in parameters.values()]
        output = f(*nodes)
        results[dtype] = [output.value, *gradients(output, nodes, dout)]
        assert all(result.dtype == dtype for result in results[dtype])
    for single, double in zip(results["float32"], results["float64"], strict=True):
        np.testing.assert_allclose(single, double, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", OPERATIONS)
def test_nothing_given_is_modified_and_asking_again_gives_the_same(name, rng):
    f, shapes = OPERATIONS[name]
    parameters = arrays(shapes, (M, N, K), rng)
    before = {key: x.copy() for key, x in parameters.items()}
    nodes = [variable(x) for x in parameters.values()]
    output = f(*nodes)
    dout = np.asarray(rng.standard_normal(output.value.shape))
    dout_before, value_before = dout.copy(), output.value.copy()
    first = gradients(output, nodes, dout)
    copies = [gradient.copy() for gradient in first]
    for gradient in first:
        gradient *= 7  # one's own to change
    second = gradients(output, nodes, dout)
    assert all(np.array_equal(a, b) for a, b in zip(copies, second, strict=True))
    assert np.array_equal(dout, dout_before) and np.array_equal(output.value, value_before)
    assert all(np.array_equal(parameters[key], before[key]) for key in before)


WITH_NUMPY_CONSTANTS = {"matmul of a constant", "index with a mask", "log loss", "labels", "one-hot"}


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name not in WITH_NUMPY_CONSTANTS])
def test_it_runs_on_arrays_that_refuse_numpy(name, cupy, rng):
    f, shapes = OPERATIONS[name]
    parameters = arrays(shapes, (M, N, K), rng)
    on_cpu, on_gpu = [[variable(make(x)) for x in parameters.values()] for make in (np.asarray, cupy.asarray)]
    dout = rng.standard_normal(f(*on_cpu).value.shape)
    want, got = gradients(f(*on_cpu), on_cpu, dout), gradients(f(*on_gpu), on_gpu, cupy.asarray(dout))
    assert all(np.array_equal(a, b.get()) for a, b in zip(want, got, strict=True))


def test_a_loss_runs_on_arrays_that_refuse_numpy(cupy, rng):
    Z, y = rng.standard_normal((M, N)), np.array([0, 2, 1, 1])
    on_cpu, on_gpu = variable(Z), variable(cupy.asarray(Z))
    (want,) = gradients(graph.softmax_cross_entropy(y, on_cpu), [on_cpu])
    (got,) = gradients(graph.softmax_cross_entropy(cupy.asarray(y), on_gpu), [on_gpu])
    np.testing.assert_allclose(got.get(), want, rtol=1e-12)


def test_the_two_devices_are_not_mixed_unasked(cupy):
    with pytest.raises(TypeError):
        variable(cupy.asarray([1.0, 2.0])) * np.ones(2)


# --- hand numbers ---


def test_a_product_in_a_chain():
    a, b, c = variable(2.0), variable(-3.0), variable(10.0)
    d = (a * b + c) * -2.0
    assert d.value == -8 and gradients(d, [a, b, c]) == [6, -4, -2]


def test_twice_doubled_gives_four_and_not_six():
    a = variable(1.0)
    b = a + a
    c = b + b
    assert c.value == 4 and gradients(c, [a, b]) == [4, 2]


def test_eighteen_doublings_send_one_message_an_edge():
    a = b = variable(1.0)
    for _ in range(18):
        b = b + b
    assert gradients(b, [a]) == [2**18]
    assert len(list(sweep(b))) == 19


@pytest.mark.parametrize("x", [-2.0, -0.5, 0.0, 1.0, 3.0])
def test_polynomials_of_the_lecture(x):
    at = variable(x)
    g = at**3 + 2 * at
    f = 2 * g**2 - 3 * g + 1
    assert gradients(f, [at])[0] == pytest.approx(12 * x**5 + 32 * x**3 - 9 * x**2 + 16 * x - 6, abs=1e-9)
    assert gradients(f, [g])[0] == pytest.approx(4 * (x**3 + 2 * x) - 3, abs=1e-12)
    g1, g2 = 3 * at, at**2 + 2 * at
    f = 2 * g1**2 - 3 * g1 * g2 + 1
    assert f.value == pytest.approx(1 - 9 * x**3) and gradients(f, [at])[0] == pytest.approx(-27 * x**2, abs=1e-12)


def test_exponential_of_the_lecture():
    w1, w2, x = variable(0.5), variable(2.0), variable(3.0)
    y = w2 * graph.exp(w1 * x)
    e = np.exp(1.5)
    np.testing.assert_allclose(gradients(y, [w1, w2, x]), [2 * 3 * e, e, 2 * 0.5 * e], rtol=1e-14)


def test_two_paths_of_the_lecture():
    t = variable(0.7)
    x, y = graph.cos(t), t**2
    f = y + graph.exp(x * y)
    e = np.exp(np.cos(0.7) * 0.49)
    by_hand = e * 0.49 * -np.sin(0.7) + (1 + e * np.cos(0.7)) * 1.4
    np.testing.assert_allclose(gradients(f, [t])[0], by_hand, rtol=1e-14)


def test_a_two_layer_step_by_hand():
    """z = xW₁ + b₁ = (1, −1), a = relu(z) = (1, 0), ŷ = 2, J = ½ (2 − 3)²: every number is exact."""
    x = np.array([[1.0, 2.0]])
    W1, b1 = variable([[1.0, -1.0], [0.5, 1.0]]), variable([-1.0, -2.0])
    W2, b2 = variable([[1.5], [4.0]]), variable([0.5])
    y_hat = graph.relu(x @ W1 + b1) @ W2 + b2
    J = graph.sum((y_hat - 3.0) ** 2) / 2
    assert y_hat.value == 2 and J.value == 0.5
    dW1, db1, dW2, db2 = gradients(J, [W1, b1, W2, b2])
    assert dW2.tolist() == [[-1], [0]] and db2.tolist() == [-1]
    assert dW1.tolist() == [[-1.5, 0], [-3, 0]] and db1.tolist() == [-1.5, 0]


def test_a_network_in_the_graph_equals_the_formulas_by_hand(rng):
    X, y = rng.standard_normal((6, 4)), np.array([0, 2, 1, 1, 0, 2])
    W1, b1, W2, b2 = [rng.standard_normal(shape) for shape in ((4, 5), (5,), (5, 3), (3,))]
    nodes = [variable(p) for p in (W1, b1, W2, b2)]
    J = graph.softmax_cross_entropy(y, graph.tanh(X @ nodes[0] + nodes[1]) @ nodes[2] + nodes[3])
    A = np.tanh(X @ W1 + b1)
    E = np.exp(A @ W2 + b2)
    P, T = E / E.sum(axis=1, keepdims=True), np.eye(3)[y]
    D2 = (P - T) / 6
    D1 = (D2 @ W2.T) * (1 - A**2)
    by_hand = [X.T @ D1, D1.sum(axis=0), A.T @ D2, D2.sum(axis=0)]
    assert J.value == pytest.approx(-(T * np.log(P)).sum() / 6, rel=1e-12)
    for got, want in zip(gradients(J, nodes), by_hand, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-15)


def test_a_network_in_the_graph_equals_the_same_in_layers(rng):
    X, y = rng.standard_normal((7, 4)), np.array([0, 2, 1, 1, 0, 2, 2])
    model, loss = Sequential(Linear(4, 5, rng=rng), Sigmoid(), Linear(5, 3, rng=rng)), losses.SoftmaxCrossEntropy()
    want_J = loss.forward(y, model.forward(X, training=True))
    model.backward(loss.backward())

    def J(**w):
        return graph.softmax_cross_entropy(y, graph.sigmoid(X @ w["0.W"] + w["0.b"]) @ w["2.W"] + w["2.b"])

    got_J, got = value_and_gradients(J, model.parameters)
    assert got_J == pytest.approx(want_J, rel=1e-12) and set(got) == set(model.gradients)
    for name, want in model.gradients.items():
        np.testing.assert_allclose(got[name], want, rtol=1e-12, atol=1e-15)


def test_ties_go_to_the_first():
    a, b = variable([1.0, 2.0, 3.0]), variable([1.0, 5.0, 0.0])
    by_a, by_b = gradients(graph.maximum(a, b), [a, b], np.array([7.0, 8.0, 9.0]))
    assert by_a.tolist() == [7, 0, 9] and by_b.tolist() == [0, 8, 0]
    x = variable([[1.0, 4.0, 4.0], [4.0, 2.0, 4.0]])
    assert gradients(graph.max(x), [x])[0].tolist() == [[0, 1, 0], [0, 0, 0]]
    assert gradients(graph.sum(graph.max(x, axis=1)), [x])[0].tolist() == [[0, 1, 0], [1, 0, 0]]
    assert gradients(graph.sum(graph.max(x, axis=0)), [x])[0].tolist() == [[0, 1, 1], [1, 0, 0]]
    assert gradients(graph.sum(graph.relu(variable(0.0) * x)), [x])[0].tolist() == [[0, 0, 0], [0, 0, 0]]


# --- the sweep ---


def test_a_chain_of_100_000_nodes():
    x = y = variable(1.0)
    for _ in range(100_000):
        y = y + 0.5
    assert gradients(y, [x]) == [1] and y.value == 50_001
    assert len(topological_order(y)) == 200_001  # with the constants
    del y  # must not overflow the stack either


def test_every_node_comes_after_its_inputs_and_once(rng):
    nodes = [variable(1.0) for _ in range(3)]
    for _ in range(60):
        i, j = rng.integers(len(nodes), size=2)
        nodes.append(nodes[i] * 0.5 + nodes[j])
    output = graph.sum(nodes[-1] + nodes[-2])
    order = topological_order(output)
    place = {node: k for k, node in enumerate(order)}
    assert len(place) == len(order) and order[-1] is output
    assert all(place[parent] < place[node] for node in order for parent, _ in node.edges)


def test_values_can_be_asked_for_anywhere_in_the_graph():
    x, unused = variable([1.0, 2.0]), variable([[5.0]])
    h = x * 3
    J = graph.sum(h * h)
    by_h, by_x, by_J, by_unused, again = gradients(J, [h, x, J, unused, x])
    assert by_h.tolist() == [6, 12] and by_x.tolist() == [18, 36] and by_J == 1
    assert by_unused.tolist() == [[0]] and np.array_equal(again, by_x) and again is not by_x


def test_no_gradient_shares_memory_with_another():
    a, b = variable([1.0, 2.0]), variable([3.0, 4.0])
    dout = np.array([1.0, 1.0])
    by_a, by_b = gradients(a + b, [a, b], dout)
    by_a += 5
    assert by_b.tolist() == [1, 1] and dout.tolist() == [1, 1]


def test_an_array_changed_later_changes_no_graph():
    W, X, key = np.array([2.0, 3.0]), np.array([1.0, 1.0]), np.array([0, 0])
    w = variable(W)
    J = graph.sum((w * X)[key])
    W -= 1
    X *= 100
    key += 1
    assert J.value == 4 and gradients(J, [w])[0].tolist() == [2, 0]


def test_labels_changed_later_change_no_gradient():
    y, z = np.array([0]), variable([[0.0, 0.0]])
    J = graph.softmax_cross_entropy(y, z)
    y += 1
    assert gradients(J, [z])[0].tolist() == [[-0.5, 0.5]]


def test_values_are_read_only():
    w = variable([1.0, 2.0])
    for node in (w, w * 2, w.T, w[:1], graph.sum(w)):
        with pytest.raises(ValueError, match="read-only"):
            node.value += 1


def test_an_array_on_the_left_makes_one_node():
    x = variable([1.0, 2.0])
    for result in (np.ones(2) * x, np.ones(2) + x, np.ones(2) - x, np.ones(2) / x, np.ones((3, 2)) @ x):
        assert isinstance(result, Node)


def test_numbers_and_integers_take_the_nodes_dtype():
    x = variable(np.ones(3, "float32"))
    for result in (x * 2, x * np.float64(2), x + np.arange(3), x * True, x ** np.float64(2), x / np.ones(3)):
        assert result.value.dtype == "float32"


def test_constants_get_no_message():
    x = variable([1.0])
    J = graph.sum(x * graph.exp(2.0))
    assert [m is None for node, _, messages in sweep(J) if node.op == "×" for m in messages] == [False, True]


def test_numbers_and_lists_become_float64():
    assert variable(3).value.dtype == variable([1, 2]).value.dtype == "float64"


def test_a_new_operation_is_three_lines():
    def cube(x):
        return operation("³", x.value**3, (x, lambda dout: dout * 3 * x.value**2))

    x = variable([2.0])
    assert gradients(cube(x), [x]) == [12]


def test_gradient_descent_can_use_it():
    J, found = value_and_gradients(lambda w, b: (w * 2 + b) ** 2, {"w": np.array(1.0), "b": np.array(1.0)})
    assert J == 9 and found == {"w": 12, "b": 6}


@pytest.mark.parametrize(
    ("attempt", "error", "words"),
    [
        (lambda: variable(np.array([1, 2])), TypeError, "needs floats.*given int64"),
        (lambda: variable(np.array([True])), TypeError, "needs floats.*given bool"),
        (lambda: variable(np.array([1j])), TypeError, "needs floats.*given complex128"),
        (lambda: variable(np.ones((2, 3))) @ np.ones((2, 3)), ValueError, r"cannot multiply \(2, 3\) by \(2, 3\)"),
        (lambda: variable(2.0) @ np.ones(3), ValueError, r"cannot multiply \(\) by \(3,\)"),
        (lambda: variable(2.0) ** variable(2.0), TypeError, "exponent must be a number"),
        (lambda: variable(2.0) ** np.ones(2), TypeError, "exponent must be a number"),
        (lambda: gradients(variable([1.0, 2.0]) * 2, []), ValueError, r"shape \(2,\), given no dout"),
        (lambda: gradients(variable([1.0, 2.0]) * 2, [], np.ones((2, 1))), ValueError, r"dout of shape \(2, 1\)"),
        (lambda: gradients(graph.exp(1.0), []), ValueError, "depends on no variable"),
        (lambda: gradients(variable(1.0) * 2, [graph.exp(1.0)]), ValueError, "is a constant"),
        (lambda: gradients(variable(1.0) * 2, variable(1.0)), TypeError, "list of nodes"),
        (lambda: gradients(variable(1.0) * 2, [1.0]), TypeError, "list of nodes"),
        (lambda: graph.softmax_cross_entropy(variable([[1.0]]), [[1.0]]), TypeError, "labels get no gradient"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(attempt, error, words):
    with pytest.raises(error, match=words):
        attempt()


def test_a_vjp_of_the_wrong_shape_is_named():
    x = variable(np.ones((2, 3)))
    wrong = operation("oops", x.value, (x, lambda dout: dout.T))
    with pytest.raises(ValueError, match=r"vjp of oops returned shape \(3, 2\); its input has \(2, 3\)"):
        gradients(wrong, [x], np.ones((2, 3)))


# --- the tests above can fail: planted bugs are caught ---


def with_vjp(change):
    """A multiplication whose vjp to its first input is changed."""

    def f(a, b):
        a, b = (x if isinstance(x, Node) else variable(x) for x in (a, b))
        to_a, to_b = graph.multiply(a, b).edges
        return operation("×", a.value * b.value, (a, lambda dout: change(to_a[1], dout, b)), to_b)

    return f


PLANTED = {
    "off by a thousandth": (lambda vjp, dout, b: 1.001 * vjp(dout), "mn mn"),
    "zero": (lambda vjp, dout, b: 0 * vjp(dout), "mn mn"),
    "sign": (lambda vjp, dout, b: -vjp(dout), "mn mn"),
    "upstream missing": (lambda vjp, dout, b: vjp(np.ones_like(dout)), "mn mn"),
    "upstream summed": (lambda vjp, dout, b: vjp(np.full_like(dout, dout.sum())), "mn mn"),
    "transposed": (lambda vjp, dout, b: vjp(dout).T, "nn nn"),
    "mean for sum": (lambda vjp, dout, b: vjp(dout) / len(dout), "n mn"),
    "summed along the wrong axis": (lambda vjp, dout, b: (dout * b.value).sum(axis=1), "n nn"),
    "one row for the sum": (lambda vjp, dout, b: (dout * b.value)[0], "n mn"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_bug_is_caught(name, rng):
    change, shapes = PLANTED[name]
    parameters = arrays(shapes, (M, N, K), rng)
    assert checked(with_vjp(lambda vjp, dout, b: vjp(dout)), parameters, rng).passed
    assert not checked(with_vjp(change), parameters, rng).passed


def test_broadcasting_left_as_it_is_is_caught(monkeypatch, rng):
    monkeypatch.setattr(graph, "_unbroadcast", lambda dout, x: dout)
    with pytest.raises(ValueError, match=r"vjp of \+ returned shape"):
        checked(*OPERATIONS["add a row"][:1], arrays("mn n", (M, N, K), rng), rng)


@pytest.mark.parametrize("name", ["add a row", "multiply by a column", "maximum", "divide a number"])
def test_broadcasting_undone_by_picking_is_caught(name, monkeypatch, rng):
    def first_of(dout, x):
        return dout.reshape(-1)[: x.value.size].reshape(x.value.shape)

    monkeypatch.setattr(graph, "_unbroadcast", first_of)
    f, shapes = OPERATIONS[name]
    assert not checked(f, arrays(shapes, (M, N, K), rng), rng).passed


def test_passing_on_what_has_accumulated_would_be_caught(monkeypatch, rng):
    """Recursion that sends a node's running total once for each of its users gives 6 for twice doubled."""

    def recursive(output, inputs, dout=None):
        total = {}

        def send(node, message):
            total[node] = total.get(node, 0) + message
            for parent, vjp in node.edges:
                if not parent.constant:
                    send(parent, vjp(total[node]))

        send(output, np.ones(output.value.shape) if dout is None else dout)
        return [total[x] for x in inputs]

    a = variable(1.0)
    b = a + a
    assert recursive(b + b, [a]) == [6]
    parameters = arrays("mn", (M, N, K), rng)
    assert checked(twice_squared, parameters, rng).passed
    monkeypatch.setattr(graph, "gradients", recursive)
    assert not checked(twice_squared, parameters, rng).passed


def twice_squared(x):
    square = x * x
    return square * square
