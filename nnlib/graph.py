"""Reverse-mode differentiation on a graph of arrays.

Every operation below computes a value with NumPy (or CuPy) and keeps, for each input, an edge: the input and its
*vjp* (vector-Jacobian product), a function that turns dout = ∂J/∂(value) into the input's share of ∂J. `gradients`
walks the edges backward and adds up what arrives:

    w, x = variable(2.0, "w"), variable(3.0, "x")
    J = (w * x - 1) ** 2
    gradients(J, [w, x])          # [30., 20.]; ask as often as you like, nothing is stored in the nodes

To add an operation, copy its neighbour. (Linnainmaa 1970; Griewank & Walther, "Evaluating Derivatives", 2008.)

A node owns its value: variables are copied in, values are read-only, so an array you change later changes no graph.
Numbers and plain arrays in an expression are constants: they take the variables' dtype and get no gradient.
"""

import numpy as np

from nnlib import activations, losses
from nnlib.backend import array_module
from nnlib.gradcheck import check_gradients


class Node:
    """A quantity: its `value` (float array), and an edge (input node, vjp) to each quantity it depends on directly.

    Made by `variable` and by operations, written + - * / ** @ too. `name` is free to set; drawings show it.
    """

    __slots__ = ("value", "name", "op", "edges", "constant")
    __array_ufunc__ = None  # makes `array * node` call node.__rmul__, not a NumPy loop over the array's entries

    def __init__(self, value, op, edges, constant, name=""):
        value = array_module(value).asarray(value)
        if hasattr(value, "setflags"):  # CuPy has no read-only arrays
            value.setflags(write=False)
        self.value, self.op, self.edges, self.constant, self.name = value, op, edges, constant, name

    def __repr__(self):
        return f"Node({self.name or self.op or 'constant'}, {self.value})"


def variable(value, name=""):
    """A node to differentiate by. value: float array (copied, dtype kept), or a number or list (float64).

    Raises TypeError for an array of integers or booleans: nothing is small enough a step for a derivative there.
    """
    value = array_module(value).array(value, dtype=getattr(value, "dtype", float))
    if value.dtype.kind != "f":
        raise TypeError(f"a variable needs floats to have a gradient, given {value.dtype}; pass x.astype(float).")
    return Node(value, "", (), constant=False, name=name)


def operation(op, value, *edges):
    """The node of an operation: its symbol, its value, and an edge (input node, vjp) for each input.

    vjp(dout) takes ∂J/∂value (shape of value) and returns ∂J/∂input (shape of the input). It must not modify dout.
    """
    return Node(value, op, edges, constant=all(node.constant for node, _ in edges))


# --- operations: the value, and under it a vjp for each input ---


def add(a, b):
    """a + b. The gate passes dout on to both."""
    a, b = _operands(a, b)
    value = a.value + b.value
    return operation("+", value, (a, lambda dout: _unbroadcast(dout, a)), (b, lambda dout: _unbroadcast(dout, b)))


def subtract(a, b):
    """a - b."""
    a, b = _operands(a, b)
    value = a.value - b.value
    return operation("−", value, (a, lambda dout: _unbroadcast(dout, a)), (b, lambda dout: _unbroadcast(-dout, b)))


def multiply(a, b):
    """a ∘ b. The gate swaps its inputs: ∂J/∂a = dout ∘ b, ∂J/∂b = dout ∘ a."""
    a, b = _operands(a, b)
    to_a = (a, lambda dout: _unbroadcast(dout * b.value, a))
    to_b = (b, lambda dout: _unbroadcast(dout * a.value, b))
    return operation("×", a.value * b.value, to_a, to_b)


def divide(a, b):
    """a / b. ∂J/∂a = dout / b, ∂J/∂b = -dout ∘ (a/b) / b."""
    a, b = _operands(a, b)
    value = a.value / b.value
    to_a = (a, lambda dout: _unbroadcast(dout / b.value, a))
    to_b = (b, lambda dout: _unbroadcast(-dout * value / b.value, b))
    return operation("÷", value, to_a, to_b)


def matmul(a, b):
    """a b. ∂J/∂a = dout bᵀ, ∂J/∂b = aᵀ dout, for a (m, n) or (n,) and b (n, k) or (n,); else ValueError."""
    a, b = _operands(a, b)
    rows, columns = _conforming(a.value, b.value)  # a vector is a matrix of one row, or of one column
    m, k = rows.shape[0], columns.shape[1]
    to_a = (a, lambda dout: (dout.reshape(m, k) @ columns.T).reshape(a.value.shape))
    to_b = (b, lambda dout: (rows.T @ dout.reshape(m, k)).reshape(b.value.shape))
    return operation("@", a.value @ b.value, to_a, to_b)


def power(x, p):
    """xᵖ for a number p (x is a node; p is not). ∂J/∂x = dout ∘ p xᵖ⁻¹."""
    if isinstance(p, Node) or getattr(p, "shape", ()) != ():
        raise TypeError("the exponent must be a number; write exp(p * log(x)) for an exponent that varies.")
    (x,) = _operands(x)
    p = getattr(p, "item", lambda: p)()  # a NumPy number would turn float32 into float64
    return operation(f"^{p:g}", x.value**p, (x, lambda dout: dout * (p * x.value ** (p - 1 if p else 0))))


def exp(x):
    """eˣ. ∂J/∂x = dout ∘ eˣ."""
    (x,) = _operands(x)
    value = np.exp(x.value)
    return operation("exp", value, (x, lambda dout: dout * value))


def log(x):
    """The natural logarithm. ∂J/∂x = dout / x."""
    (x,) = _operands(x)
    return operation("log", np.log(x.value), (x, lambda dout: dout / x.value))


def cos(x):
    """cos x. ∂J/∂x = -dout ∘ sin x."""
    (x,) = _operands(x)
    return operation("cos", np.cos(x.value), (x, lambda dout: -dout * np.sin(x.value)))


def activation(f, derivative, x):
    """f(x) for a pair from `nnlib.activations`. ∂J/∂x = dout ∘ f'(x)."""
    (x,) = _operands(x)
    return operation(f.__name__, f(x.value), (x, lambda dout: dout * derivative(x.value)))


def sigmoid(x):
    """σ(x)."""
    return activation(activations.sigmoid, activations.sigmoid_derivative, x)


def tanh(x):
    """tanh(x)."""
    return activation(activations.tanh, activations.tanh_derivative, x)


def relu(x):
    """max(0, x), with derivative 0 at 0."""
    return activation(activations.relu, activations.relu_derivative, x)


def maximum(a, b):
    """The larger, entry by entry. The gate hands dout to the larger input, and to a where they are equal."""
    a, b = _operands(a, b)
    a_wins = a.value >= b.value
    to_a = (a, lambda dout: _unbroadcast(np.where(a_wins, dout, 0), a))
    to_b = (b, lambda dout: _unbroadcast(np.where(a_wins, 0, dout), b))
    return operation("max", np.maximum(a.value, b.value), to_a, to_b)


def max(x, axis=None, keepdims=False):
    """The largest entry, of all or along one axis. dout goes to it alone; of equal entries, to the first."""
    (x,) = _operands(x)
    largest = x.value.max(axis=axis, keepdims=True)
    to_x = (x, lambda dout: np.where(_first_largest(x.value, axis), dout.reshape(largest.shape), 0))
    return operation("max", largest if keepdims else largest.squeeze(axis), to_x)


def sum(x, axis=None, keepdims=False):
    """Σ x, over all entries or along `axis` (a number or a tuple). Forward sum is backward fan-out."""
    (x,) = _operands(x)
    total = x.value.sum(axis=axis, keepdims=True)
    to_x = (x, lambda dout: np.broadcast_to(dout.reshape(total.shape), x.value.shape))
    return operation("sum", total if keepdims else total.squeeze(axis), to_x)


def mean(x, axis=None, keepdims=False):
    """Σ x / n over the n entries summed. ∂J/∂x = dout / n in each."""
    (x,) = _operands(x)
    average = x.value.mean(axis=axis, keepdims=True)
    n = x.value.size // average.size
    to_x = (x, lambda dout: np.broadcast_to(dout.reshape(average.shape) / n, x.value.shape))
    return operation("mean", average if keepdims else average.squeeze(axis), to_x)


def reshape(x, shape):
    """The entries of x in another shape. The gradient goes back to the old one."""
    (x,) = _operands(x)
    return operation("reshape", x.value.reshape(shape), (x, lambda dout: dout.reshape(x.value.shape)))


def transpose(x):
    """xᵀ, all axes reversed. ∂J/∂x = doutᵀ."""
    (x,) = _operands(x)
    return operation("T", x.value.T, (x, lambda dout: dout.T))


def index(x, key):
    """x[key] for any key NumPy takes. Each entry of dout goes back to where it was read; read twice, it adds up."""
    (x,) = _operands(x)
    shape = x.value.shape
    places = array_module(x.value).arange(x.value.size).reshape(shape)[key].reshape(-1)
    to_x = (x, lambda dout: np.bincount(places, dout.reshape(-1), x.value.size).reshape(shape))
    return operation("[ ]", x.value[key], to_x)


def loss(f, gradient, y, prediction):
    """The mean cost f(y, prediction) for a pair from `nnlib.losses`; y is an array. ∂J/∂prediction carries 1/m."""
    return _loss(f.__name__.replace("_", " "), losses.Loss(f, gradient), y, prediction)


def softmax_cross_entropy(y, z):
    """-(1/m) Σ log softmax(z)_y for logits z (m, K), labels y (m,) or one-hot (m, K). ∂J/∂z = dout (softmax - y)/m."""
    return _loss("softmax cross entropy", losses.SoftmaxCrossEntropy(), y, z)


def _loss(op, pair, y, prediction):
    if isinstance(y, Node):
        raise TypeError("y is a node, but labels get no gradient; pass the array itself.")
    (prediction,) = _operands(prediction)
    y = Node(array_module(y).array(y), "", (), constant=True)
    J = array_module(prediction.value).asarray(pair.forward(y.value, prediction.value), dtype=prediction.value.dtype)
    return operation(op, J, (y, None), (prediction, lambda dout: dout * pair.backward()))


# --- expressions: w * x + 1, X @ W, x[key], x.T ---

Node.__add__, Node.__radd__ = add, lambda a, b: add(b, a)
Node.__sub__, Node.__rsub__ = subtract, lambda a, b: subtract(b, a)
Node.__mul__, Node.__rmul__ = multiply, lambda a, b: multiply(b, a)
Node.__truediv__, Node.__rtruediv__ = divide, lambda a, b: divide(b, a)
Node.__matmul__, Node.__rmatmul__ = matmul, lambda a, b: matmul(b, a)
Node.__neg__, Node.__pow__, Node.__getitem__, Node.T = lambda a: multiply(-1, a), power, index, property(transpose)


# --- the sweep ---


def topological_order(output):
    """Every node that `output` depends on, each after its inputs; `output` is last. Takes graphs of any depth."""
    order, seen, stack = [], set(), [(output, False)]
    while stack:
        node, inputs_are_done = stack.pop()
        if inputs_are_done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((parent, False) for parent, _ in reversed(node.edges))
    return order


def sweep(output, dout=None):
    """Yield (node, dout, messages) from output back to the variables: messages[k] is what edge k brings its input.

    A node comes up once, when everything that uses it has sent its message: its dout is their sum. An edge to a
    constant brings None.
    """
    arrived = {output: _upstream(output, dout)}
    for node in reversed(topological_order(output)):
        if node.constant:
            continue
        dout = arrived.pop(node)
        messages = [None if parent.constant else _message(node, parent, vjp, dout) for parent, vjp in node.edges]
        yield node, dout, messages
        for (parent, _), message in zip(node.edges, messages, strict=True):
            if not parent.constant:  # never `+=`: the same array may have gone to several nodes
                arrived[parent] = arrived[parent] + message if parent in arrived else message


def gradients(output, inputs, dout=None):
    """[∂(Σ dout ∘ output)/∂x for x in inputs]: new arrays with each input's shape and dtype; zeros if x is not used.

    dout: upstream gradient with the shape of output; 1 if output is a single number (else ValueError). inputs: a list
    of nodes, variables or results (TypeError for one node, ValueError for a constant). Costs a small multiple of the
    forward pass, however many inputs are asked for.
    """
    if isinstance(inputs, Node) or not all(isinstance(x, Node) for x in inputs):
        raise TypeError("inputs must be a list of nodes, as in gradients(J, [w, b]).")
    if any(x.constant for x in inputs):
        raise ValueError("one of the inputs is a constant; make it with variable(...) to differentiate by it.")
    found = dict.fromkeys(inputs)
    found.update((node, arrived) for node, arrived, _ in sweep(output, dout) if node in found)
    return [_own_array(found[x], x.value) for x in inputs]


def value_and_gradients(f, parameters, dout=None):
    """(value, dict of gradients) of f(**nodes) → node at `parameters`, a dict of name → array.

    What `gradient_descent` and `check_gradients` ask for. f's result may also be an array, with dout of its shape.
    """
    nodes = {name: variable(x, name) for name, x in parameters.items()}
    output = f(**nodes)
    return output.value, dict(zip(nodes, gradients(output, list(nodes.values()), dout), strict=True))


def check_graph(f, parameters, *, rng):
    """`check_gradients` of the sweep through f(**nodes) → node at `parameters`, a dict of name → array."""

    def value(**arrays):
        return f(**{name: variable(x) for name, x in arrays.items()}).value

    return check_gradients(value, parameters, lambda dout: value_and_gradients(f, parameters, dout)[1], rng=rng)


def _operands(*inputs):
    """The inputs as nodes; what is not one becomes a constant of the nodes' dtype and, if a number, on their device."""
    nodes = [x.value for x in inputs if isinstance(x, Node)]
    dtype = nodes[0].dtype if nodes else float
    return [x if isinstance(x, Node) else _constant(x, dtype, nodes) for x in inputs]


def _constant(x, dtype, nodes):
    # an array stays where it is: NumPy and CuPy do not mix unasked
    xp = array_module(x) if getattr(x, "shape", ()) else array_module(*nodes)
    return Node(xp.array(x, dtype=dtype), "", (), constant=True)


def _unbroadcast(dout, x):
    """dout summed over the axes along which x was repeated: the adjoint of broadcasting is summation."""
    shape = x.value.shape
    if dout.shape == shape:
        return dout
    new = dout.ndim - len(shape)
    repeated = tuple(range(new)) + tuple(new + axis for axis, size in enumerate(shape) if size == 1)
    return dout.sum(axis=repeated).reshape(shape)


def _conforming(a, b):
    """a as a matrix of rows and b as one of columns."""
    if not (1 <= a.ndim <= 2 and 1 <= b.ndim <= 2 and a.shape[-1] == b.shape[0]):
        raise ValueError(f"cannot multiply {a.shape} by {b.shape}; expected (m, n) or (n,) by (n, k) or (n,).")
    return a.reshape(-1, len(b)) if a.ndim == 1 else a, b.reshape(len(b), -1) if b.ndim == 1 else b


def _first_largest(x, axis):
    """True at the first largest entry, of all or along the axis; shape of x."""
    xp = array_module(x)
    after = 0 if axis is None else x.ndim - 1 - axis % x.ndim
    places = xp.arange(x.size).reshape(x.shape) if axis is None else xp.arange(x.shape[axis]).reshape(-1, *[1] * after)
    return places == x.argmax(axis=axis, keepdims=True)


def _upstream(output, dout):
    shape = output.value.shape
    if output.constant:
        raise ValueError("the output depends on no variable; make its inputs with variable(...).")
    if dout is None and output.value.size == 1:
        return np.ones_like(output.value)
    if dout is None or getattr(dout, "shape", ()) != shape:
        given = "no dout" if dout is None else f"dout of shape {getattr(dout, 'shape', ())}"
        raise ValueError(f"the output has shape {shape}, given {given}; pass an upstream gradient of its shape.")
    xp = array_module(output.value if shape == () else dout)
    return xp.asarray(dout, dtype=output.value.dtype)


def _message(node, parent, vjp, dout):
    message = vjp(dout)
    if message.shape != parent.value.shape:
        raise ValueError(f"a vjp of {node.op} returned shape {message.shape}; its input has {parent.value.shape}.")
    return message.astype(parent.value.dtype, copy=False)  # bincount counts in float64


def _own_array(gradient, x):
    """A copy, for messages share memory: both inputs of a sum receive the very same array."""
    return np.zeros_like(x) if gradient is None else array_module(x).array(gradient)
