"""What a2-backprop alone promises: its points, any right order, a checker asked evenly, nothing for tricks."""

import re
import sys

import numpy as np
import pytest

from autograder.authoring.kernel import KernelGuest
from autograder.course.verdict import PASSED
from autograder.judging.blank import verdict_on
from autograder.notebook import cells
from autograder.sandbox.callbacks import MOST_CALLS
from nnlib.gradcheck import check_gradients
from tests.autograder import assignments
from tests.autograder.assignments import checks_of, source

A2 = "a2-backprop"
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # some answers divide by 0, which costs no marks


def judged(blank, code):
    return assignments.judged(A2, blank, code)


def own(blank, name):
    """The notebook's answer to a blank, under another name."""
    return assignments.texts(A2, cells.ANSWER)[blank].replace(f"def {blank}(", f"def {name}(")


def file_of(blank):
    """The module of a blank's check."""
    checks_of(A2)
    return sys.modules[f"autograder.checks.{A2}.{blank}"]


def test_points_of_a2():
    points = dict(cells.blanks(source(A2)))
    assert sum(points.values()) == 40 and max(points, key=points.get) == "check_gradient"


def test_blanks_of_the_same_quantity_do_not_need_each_other():
    assert {name: set(made.needs) for name, made in checks_of(A2).items() if made.needs} == {
        "multiply_backward": {"add_backward"},
        "gram_backward": {"matmul_backward"},
        "error_signals": {"topological_order"},
        "check_gradient": {"numerical_gradient"},
    }


# any right order


RANDOM_ORDER = """\
def topological_order(n, edges, output):
    rng = np.random.default_rng(SEED)
    inputs = [set() for _ in range(n)]
    for source, user in edges.tolist():
        inputs[user].add(source)
    needed, order = {output}, []
    for _ in range(n):
        needed = needed.union(*(inputs[node] for node in needed))
    while needed:
        order.append(int(rng.choice([node for node in sorted(needed) if inputs[node] <= {*order}])))
        needed.remove(order[-1])
    return order
"""


@pytest.mark.parametrize("seed", range(8))
def test_any_order_with_inputs_first_is_right(seed):
    assert judged("topological_order", RANDOM_ORDER.replace("SEED", str(seed))).outcome == PASSED


@pytest.mark.parametrize("seed", range(4))
def test_any_order_with_two_neighbours_exchanged_that_need_each_other_is_wrong(seed):
    exchanged = "    if len(order) > 1:\n        order[-2:] = order[:-3:-1]\n    return order"
    code = RANDOM_ORDER.replace("SEED", str(seed)).replace("    return order", exchanged)
    assert judged("topological_order", code).score == 0


# what the gradient checker is asked


def asked(seed):
    """(f, gradient, x) of each case, of one set of inputs."""
    return [args for _, args in file_of("check_gradient").asked(np.random.default_rng(seed))]


def test_the_checker_is_asked_of_as_many_right_gradients_as_wrong_ones():
    right = [gradient.is_right for _, gradient, _ in asked(0)]
    assert len(right) >= 20 and abs(2 * sum(right) - len(right)) <= 2


@pytest.mark.parametrize("seed", range(5))
def test_a_gradient_said_to_be_right_is_so_to_another_checker_and_one_that_is_not_has_an_entry_far_off(seed):
    for f, gradient, x in asked(seed):
        if gradient.is_right:
            check_gradients(f, {"x": x}, {"x": gradient(x)}, rng=np.random.default_rng(seed)).raise_if_failed()
        elif gradient(x).shape == x.shape and np.isfinite(gradient(x)).all():
            report = check_gradients(f, {"x": x}, {"x": gradient(x)}, rng=np.random.default_rng(seed))
            assert max(row.error / max(abs(row.analytic), abs(row.numeric)) for row in report.rows) > 1e-3


@pytest.mark.parametrize("step", [1e-7, 1e-6, 6e-6, 2e-5, 1e-4])
@pytest.mark.parametrize("tolerance", [1e-4, 3e-4])
def test_every_usual_step_and_tolerance_passes_the_checker(step, tolerance):
    code = f"""\
def check_gradient(f, gradient, x):
    analytic, units = gradient(x), {step} * np.maximum(1, np.abs(x)) * np.eye(x.size).reshape(-1, *x.shape)
    numeric = np.array([(f(x + u) - f(x - u)) / (2 * u.sum()) for u in units]).reshape(x.shape)
    return analytic.shape == x.shape and bool(np.abs(analytic - numeric).max() < {tolerance} * np.abs(numeric).max())
"""
    assert judged("check_gradient", code).outcome == PASSED


REPEATING = """
said = []


def check_gradient(f, gradient, x):
    said.append(check(f, gradient, x) if len(said) < NUMBER else said[-NUMBER])
    return said[-1]
"""


@pytest.mark.parametrize("seed", range(8))
def test_the_answers_to_the_public_examples_in_their_order_are_wrong_for_fresh_inputs(seed):
    """Of three pairs whose order is drawn, an answer that looks at nothing is right by chance once in eight times."""
    code = own("check_gradient", "check") + REPEATING.replace("NUMBER", str(len(asked(0))))
    guest = KernelGuest(assignments.answered(A2, check_gradient=code))
    assert verdict_on(checks_of(A2)["check_gradient"], guest, bytes([seed])).score <= 0.15


def test_at_every_place_right_gradients_are_asked_of_and_wrong_ones():
    shares = np.mean([[gradient.is_right for _, gradient, _ in asked(seed)] for seed in range(200)], axis=0)
    assert np.all((0.2 < shares) & (shares < 0.8))


def kinds(seed):
    """What distinguishes the questions of a set but for numbers, in any order."""
    return sorted(re.sub(r"[-.\d]+(e[-+]?\d+)?", "#", f.__doc__ + gradient.__doc__) for f, gradient, _ in asked(seed))


def test_each_set_asks_of_every_kind_of_right_and_of_wrong_gradient():
    assert kinds(0) == kinds(1) == kinds(2)


@pytest.mark.parametrize("always", [True, False, 1, 0])
def test_the_same_answer_to_all_earns_nothing(always):
    said = judged("check_gradient", f"def check_gradient(f, gradient, x):\n    return {always}")
    assert said.score == 0


def test_the_statement_says_how_often_functions_may_be_called_and_of_how_many_gradients_is_asked():
    statement = next(cell.source for cell in source(A2).cells if cell.source.startswith("## 10."))
    right = sum(gradient.is_right for _, gradient, _ in asked(0))
    assert f"{MOST_CALLS:,} times, some {MOST_CALLS // len(asked(0)) // 10 * 10} times a question" in statement
    assert f"{len(asked(0))} gradients" in statement and f"{right} right and {len(asked(0)) - right} wrong" in statement


# tricks


TRICKS = {
    "yes to everything": ("check_gradient", "return True"),
    "no to everything": ("check_gradient", "return False"),
    "by chance": ("check_gradient", "return bool(np.random.default_rng().random() < 0.5)"),
    "no to what looks odd": (
        "check_gradient",
        "g = gradient(x)\n    return g.shape == x.shape and bool(np.isfinite(g).all() and np.all(g != 0))",
    ),
    "by the source of the function": ("check_gradient", "return '*' in (gradient.__doc__ or '')[:40]"),
    "zeros": ("matmul_backward", "return 0 * A, 0 * B"),
    "right for one row alone": (
        "matmul_backward",
        "right = dout @ B.T, A.T @ dout\n    return right if len(A) == 1 else (0 * A, 0 * B)",
    ),
    "right without broadcasting alone": (
        "add_backward",
        "return (dout, dout) if np.shape(a) == np.shape(b) else (0 * np.asarray(a), 0 * np.asarray(b))",
    ),
    "the numbers in their order": ("topological_order", "return list(range(n))"),
    "the chain alone": ("error_signals", "return np.ones(n) if len(edges) < 30 else np.cumprod(local)"),
    "messages by central differences": (
        "gram_backward",
        "J, h, units = lambda A: np.sum(dout * (A @ A.T)), 6e-6, np.eye(A.size).reshape(-1, *A.shape)\n"
        "    return np.array([(J(A + h * u) - J(A - h * u)) / (2 * h) for u in units]).reshape(A.shape)",
    ),
    "a tie for none": ("max_backward", "return dout[:, None] * (X == X.max(axis=1, keepdims=True))"),
}


def written(blank, body):
    """An answer with this body, and the arguments that the notebook gives the function."""
    head = next(line for line in assignments.texts(A2, cells.ANSWER)[blank].splitlines() if line.startswith("def "))
    return f"{head}\n    {body}\n"


@pytest.mark.parametrize("what", TRICKS)
def test_a_trick_earns_half_at_most(what):
    blank, body = TRICKS[what]
    assert judged(blank, written(blank, body)).score <= 0.5


ODDITIES = {
    "lists": ("matmul_backward", "return (dout @ B.T).tolist(), (A.T @ dout).tolist()"),
    "columns first in memory": (
        "matmul_backward",
        "return np.asfortranarray(dout @ B.T), np.asfortranarray(A.T @ dout)",
    ),
    "a view": ("max_backward", "e = np.eye(X.shape[1])[X.argmax(axis=1)]\n    return (e.T * dout).T"),
    "one for yes": ("check_gradient", "return int(check(f, gradient, x))"),
    "NumPy's own yes": ("check_gradient", "return np.bool_(check(f, gradient, x))"),
    "floats for numbers of nodes": ("topological_order", "return [float(node) for node in order(n, edges, output)]"),
    "a tuple": ("topological_order", "return tuple(order(n, edges, output))"),
    "a class": ("error_signals", "return Sweep(n, edges, local).of(output)"),
    "a helper that is not of this cell": ("numerical_gradient", "return slope_of(f, x)"),
}
HELPERS = """
check, order, slope_of = REFERENCES


class Sweep:
    def __init__(self, n, edges, local):
        self.D = np.zeros((n, n))
        np.add.at(self.D, (edges[:, 0], edges[:, 1]), local)

    def of(self, output):
        return np.linalg.solve(np.eye(len(self.D)) - self.D, np.eye(len(self.D))[output])
"""


@pytest.mark.parametrize("what", ODDITIES)
def test_honest_oddities_cost_nothing(what):
    blank, body = ODDITIES[what]
    names = {"check_gradient": "check", "topological_order": "order", "numerical_gradient": "slope_of"}
    helpers = HELPERS.replace("check, order, slope_of = REFERENCES", "\n".join(own(*pair) for pair in names.items()))
    assert judged(blank, helpers + "\n" + written(blank, body)).outcome == PASSED
