"""What a6-project alone promises: devices, planted faults, a threshold that right answers pass, attacks that fail."""

import sys

import numpy as np
import pytest

from autograder.authoring.kernel import KernelGuest
from autograder.judging.blank import verdict_on
from autograder.notebook import cells
from autograder.sandbox.inside import wire
from nnlib.stand_in import where_it_runs
from tests.autograder import assignments
from tests.autograder.assignments import answered, check, checks_of, known, source

A6 = "a6-project"
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def judged(blank, code):
    return assignments.judged(A6, blank, code)


def file_of(blank):
    """The module of a blank's check."""
    checks_of(A6)
    return sys.modules[f"autograder.checks.{A6}.{blank}"]


def test_points_of_a6():
    assert sum(points for _, points in cells.blanks(source(A6))) == 36


# devices

ON_ONE_STACK = {
    "stacked_outputs": (np.ones((5, 3)), np.linspace(-1, 1, 52).reshape(2, 26), (3, 4, 2)),
    "stacked_costs": (np.linspace(-2, 2, 30).reshape(2, 5, 3), np.array([0, 2, 1, 1, 0])),
    "stacked_gradients": (
        np.linspace(-1, 1, 10).reshape(5, 2),
        np.array([0, 1, 1, 0, 1]),
        np.linspace(-1, 1, 34).reshape(2, 17) + 0.01,
        (2, 3, 2),
        np.array([0.1, 0.3]),
    ),
}


@pytest.mark.parametrize("blank", ON_ONE_STACK)
def test_the_solutions_run_where_their_arrays_lie(blank):
    told = where_it_runs(answered(A6)[blank], *ON_ONE_STACK[blank])
    assert told.endswith("it runs there, with NumPy's numbers"), told


@pytest.mark.parametrize(
    ("blank", "label"),
    [("stacked_costs", "one-hot rows"), ("stacked_gradients", "einsum"), ("stacked_outputs", "example by example")],
)
def test_a_right_answer_that_makes_arrays_from_nothing_is_refused_elsewhere_and_keeps_its_marks(blank, label):
    (variant,) = known(A6, blank, label=label)
    told = where_it_runs(answered(A6, **{blank: variant.code})[blank], *ON_ONE_STACK[blank])
    assert not told.endswith("it runs there, with NumPy's numbers")
    assert judged(blank, variant.code).score == 1


# the hunt


def test_just_the_planted_lines_are_faulty():
    hunt, rng = file_of("faulty_lines"), np.random.default_rng(0)
    for _ in range(60):
        guilty = [line for line in hunt.LINES if rng.random() < 0.4]
        log = hunt.planted(rng, guilty, hunt.USUAL, is_other=rng.random() < 0.5)
        assert check(A6, "faulty_lines").reference(log) == tuple(float(line in guilty) for line in hunt.LINES)


def test_each_line_is_faulty_in_the_same_number_of_logs_and_other_ones_for_another_submission():
    hunt = file_of("faulty_lines")
    truths = [[hunt.judged(log) for _, (log,) in hunt.logs(np.random.default_rng(seed))] for seed in (1, 2)]
    assert np.all(np.sum(truths, axis=1) == hunt.EACH) and len(truths[0]) >= 20
    assert not any(truths[0][0]) and truths[0] != truths[1]


def test_each_fault_can_be_planted_and_seen():
    hunt = file_of("faulty_lines")
    for line, rules in hunt.WRONG.items():
        for rule in rules:
            seen = 0
            for seed in range(20):
                log = hunt.given(np.random.default_rng(seed), 5, 3, 4, 3, is_other=seed % 2 == 1)
                for earlier in hunt.LINES[: hunt.LINES.index(line) + 1]:
                    right = np.asarray(hunt.RIGHT[earlier](log))
                    log[earlier] = np.round(rule(log) if earlier == line else right, hunt.DECIMALS)
                seen += hunt._off(log[line], right) > hunt.FAULTY
            assert seen >= 5, (line, rule)


# the classifier


def share_read(code, seed):
    """The share of new images that the network of this answer reads."""
    train = file_of("train_network")
    ((_, given),) = train.sets(np.random.default_rng([99, seed]))
    theta, sizes = train.network(*answered(A6, train_network=code)["train_network"](*given))
    X, y = train.new_images(*given)
    return np.mean(train.signals(X, theta[np.newaxis], sizes)[-1][0].argmax(axis=1) == y)


def test_right_answers_are_far_above_the_threshold():
    """By four standard deviations of 20 seeds and splits: a right answer fails less than once in ten thousand."""
    for variant in known(A6, "train_network", right=True):
        shares = [share_read(variant.code, seed) for seed in range(20)]
        assert np.mean(shares) - 4 * np.std(shares) > file_of("train_network").GOOD, (variant.label, shares)


def test_a_network_without_a_hidden_layer_is_far_below_it():
    (linear,) = known(A6, "train_network", label="no hidden layer")
    assert max(share_read(linear.code, seed) for seed in range(10)) < 0.45


def test_the_new_images_do_not_travel():
    train = file_of("train_network")
    ((_, (X, y, seed)),) = train.sets(np.random.default_rng(0))
    buffers = []
    wire.encode((X, y, seed), buffers)
    assert sum(map(len, buffers)) == X.nbytes + y.nbytes


@pytest.mark.parametrize(
    ("returned", "diagnosis"),
    [
        ("np.zeros(10**6), (64, 10**5, 10)", "wrong_shape"),
        ("np.zeros(650), (64, 0, 10)", "wrong_shape"),
        ("np.zeros(650), (64.5, 10)", "wrong_type"),
        ("np.zeros(650), (64, -3, 10)", "wrong_shape"),
        ("np.zeros(650), [[64, 10]]", "wrong_type"),
        ("np.zeros(650), (64, np.nan)", "wrong_type"),
        ("np.full(650, np.nan), (64, 10)", "not_finite"),
        ("np.zeros(650) + 1j, (64, 10)", "wrong_type"),
    ],
)
def test_what_is_no_network_is_said_in_one_sentence(returned, diagnosis):
    said = judged("train_network", f"def train_network(X, y, seed):\n    return {returned}")
    assert (said.score, said.diagnosis) == (0, diagnosis)


# attacks and oddities

ATTACKS = {
    "nothing faulty": ("faulty_lines", "def faulty_lines(log):\n    return [0] * 12"),
    "all faulty": ("faulty_lines", "def faulty_lines(log):\n    return [1] * 12"),
    "halves": ("faulty_lines", "def faulty_lines(log):\n    return [0.5] * 12"),
    "an array equal to everything": (
        "faulty_lines",
        "class Equal(np.ndarray):\n    def __eq__(self, other):\n        return True\n\n\n"
        "def faulty_lines(log):\n    return [np.ones(()).view(Equal)] * 12",
    ),
    "a copy of what is asked": ("stacked_outputs", "def stacked_outputs(X, theta, sizes):\n    return theta"),
    "zeros of the right shape": (
        "stacked_gradients",
        "def stacked_gradients(X, y, theta, sizes, lam):\n    return np.zeros_like(theta)",
    ),
    "the penalty alone": (
        "stacked_gradients",
        "def stacked_gradients(X, y, theta, sizes, lam):\n    return lam[:, None] * theta",
    ),
    "special cases by shape": (
        "stacked_costs",
        "def stacked_costs(Z, y):\n    return np.full(len(Z), {5: 1.7, 4: 1.3, 1: 1.1, 6: 0.9}.get(len(y), 1.5))",
    ),
    "the images by heart": (
        "train_network",
        "def train_network(X, y, seed):\n"
        "    known = datasets.load_digits()\n"
        "    means = np.array([(known.X[known.y == k] / 8 - 1).mean(axis=0) for k in range(10)])\n"
        "    return np.append(means.T.ravel(), np.zeros(10)), (64, 10)",
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_gains_nothing(attack):
    assert judged(*ATTACKS[attack]).score == 0


HONEST = {
    "Fortran's order": "np.asfortranarray(found)",
    "lists": "found.tolist()",
    "a tuple of arrays": "tuple(found)",
    "a masked array": "np.ma.array(found)",
    "a matrix of rows kept elsewhere": "kept.setdefault(0, found) if kept.clear() is None else found",
}


@pytest.mark.parametrize("oddity", HONEST)
def test_an_honest_oddity_costs_nothing(oddity):
    reference = check(A6, "stacked_gradients").variants[0].code.replace("def stacked_gradients", "def own")
    code = f"kept = {{}}\n{reference}\n\ndef stacked_gradients(*given):\n    found = own(*given)\n"
    code += f"    return {HONEST[oddity]}"
    assert judged("stacked_gradients", code).score == 1


def test_a_callable_object_is_a_function_too():
    namespace = answered(A6)
    outputs = namespace["stacked_outputs"]
    namespace["stacked_outputs"] = type("Network", (), {"__call__": lambda self, *given: outputs(*given)})()
    assert verdict_on(check(A6, "stacked_outputs"), KernelGuest(namespace), b"seed").score == 1
