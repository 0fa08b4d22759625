"""What a1-neuron alone promises: its points, what its references compute, which of its blanks need which."""

import json
import sys
from dataclasses import replace

import numpy as np
import pytest

from autograder.authoring.kernel import KernelGuest
from autograder.course.verdict import FAILED, PASSED
from autograder.judging.blank import verdict_on
from autograder.judging.catalogue import CATALOGUE
from autograder.judging.public_cases import public_cases
from autograder.notebook import cells
from nnlib.gradcheck import numerical_gradient
from nnlib.losses import log_loss_from_logits
from tests.autograder import assignments
from tests.autograder.assignments import answered, check, checks_of, explained, known, source
from tests.autograder.held_out import held_out
from tests.autograder.held_out_a1_neuron import TABLES
from tests.autograder.made_up import knowing

A1 = "a1-neuron"
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # some answers overflow, which costs no marks


def judged(blank, code):
    return assignments.judged(A1, blank, code)


def file_of(blank):
    """The module of a blank's check."""
    checks_of(A1)
    return sys.modules[f"autograder.checks.{A1}.{blank}"]


def test_points_of_a1():
    points = dict(cells.blanks(source(A1)))
    assert sum(points.values()) == 40 and max(points, key=points.get) == "row_gradients"
    # what a lecture prints pays little, what none prints pays most
    assert sum(points[name] for name in ("row_gradients", "weighted_gradients", "signed_loss", "train")) == 22


@pytest.mark.parametrize("blank", ["row_gradients", "weighted_gradients", "train"])
def test_one_example_and_one_input_are_seen_at_home(blank):
    shown = json.loads(public_cases(A1))["blanks"][blank]["cases"]
    shapes = [np.shape(case["args"]["$tuple"][0]["$array"]) for case in shown]
    assert any(m == 1 for m, _ in shapes) and any(n == 1 for _, n in shapes)


def test_blanks_of_the_same_quantity_do_not_need_each_other():
    needs = {name: set(made.needs) for name, made in checks_of(A1).items() if made.needs}
    assert needs == {
        "xor": {"perceptron"},
        "sigmoid_derivative": {"sigmoid"},
        "signed_loss": {"sigmoid", "log_loss"},
        "train": {"sigmoid", "log_loss", "row_gradients", "gradient_step"},
    }


# what its inputs and references are


def test_random_gates_are_gates():
    rng = np.random.default_rng(0)
    for _ in range(200):
        for name, (w, theta) in file_of("xor").random_gates(rng).items():
            fires = file_of("gate_weights").FIRES.of((w, theta), (name,))
            assert list(fires) == list(file_of("gate_weights").TABLES[name])


def test_reference_descends_along_the_numerical_gradient():
    X, y, lr, _ = next(args for _, args in file_of("train").training_sets(np.random.default_rng(1)))
    v = np.zeros(X.shape[1] + 1)
    for _ in range(5):
        v = v - lr * numerical_gradient(lambda v: log_loss_from_logits(y, X @ v[:-1] + v[-1]), v)
    w, b, _ = check(A1, "train").reference(X, y, lr, 5)
    assert np.allclose(v, [*w, b], rtol=1e-8)


@pytest.mark.parametrize("sure", [False, True])
def test_reference_of_the_signed_loss_is_the_numerical_gradient(sure):
    rng = np.random.default_rng(2)
    for label, (t, z) in file_of("signed_loss").signed_signals(rng):
        if ("sure" in label) == sure:
            J, delta = check(A1, "signed_loss").reference(t, z)
            cost = lambda z, t=t: np.sum(np.logaddexp(0, 1 - t * z))  # noqa: E731
            assert np.isclose(J, cost(z) / len(t), rtol=1e-12)
            assert np.allclose(delta, numerical_gradient(cost, z), rtol=0, atol=1e-7)


@pytest.mark.parametrize("blank", sorted(set(checks_of(A1)) - {"gate_weights"}))  # which has many right answers
def test_a_check_whose_reference_is_wrong_decides_nothing(blank):
    made = check(A1, blank)

    def wrong(*args):
        right = made.reference(*args)
        return tuple(1.01 * np.asarray(part) for part in right) if isinstance(right, tuple) else right + 0.01

    with pytest.raises(AssertionError, match=f"{blank}: (.* is not dJ|the reference and its witness differ)"):
        verdict_on(replace(made, names={**made.names, blank: wrong}), KernelGuest(answered(A1)), b"")


# what it says of answers


def test_changing_an_argument_in_place_is_told_and_costs_nothing():
    changing = "def gradient_step(w, b, dw, db, lr):\n    w -= lr * dw\n    return w, b - lr * db"
    said = judged("gradient_step", changing)
    assert (said.outcome, said.score, said.diagnosis) == (PASSED, 1.0, "")
    assert [finding.diagnosis for finding in said.findings] == ["modified_input"]
    assert "in place" in said.findings[0].message and "no marks" in said.findings[0].message


def test_not_a_number_says_nothing_of_its_cause():
    assert judged("log_loss", "def log_loss(y, z):\n    return np.nan").diagnosis == "not_finite"


@pytest.mark.parametrize("returned", ["w * 0, b", "w, 0.0"])
def test_training_with_one_parameter_wrong_keeps_half_at_most(returned):
    right = known(A1, "train", right=True)[0].code
    assert right.count("return w, b") == 1
    assert judged("train", right.replace("return w, b", f"return {returned}")).score <= 0.5


def test_random_gates_get_no_name():
    for number in range(12):
        rng = np.random.default_rng([4, number])
        gates = {name: (rng.normal(size=2), rng.normal()) for name in ("AND", "OR", "NAND")}
        said = verdict_on(check(A1, "gate_weights"), KernelGuest({"gate_weights": gates.get}), b"")
        assert said.score <= 0.5 and said.diagnosis == "", (number, said)


def test_its_checks_know_many_mistakes_and_its_held_out_set_is_large():
    told, others = explained(A1), {blank: [*held_out(A1, blank, 1)] for blank in checks_of(A1)}
    assert all(told.values()) and sum(map(len, told.values())) >= 70
    assert min(map(len, others.values())) >= 19 == len(TABLES) and sum(map(len, others.values())) >= 440


def test_two_mistakes_that_give_the_same_array_have_no_name():
    made = knowing(check(A1, "gradient_step"), "w, b, dw, db, lr", wrong_sign="(w + lr * dw, b + lr * db)")
    for mistake, name in (("ascent", ""), ("lr_forgotten", "lr_forgotten")):
        (variant,) = known(A1, "gradient_step", label=mistake)
        said = verdict_on(made, KernelGuest(answered(A1, gradient_step=variant.code)), b"")
        assert (said.outcome, said.score, said.diagnosis) == (FAILED, 0.0, name)
        told = [f for f in said.findings if f.diagnosis or any(text in f.message for text in CATALOGUE.values())]
        assert bool(told) == bool(name)


def test_weighted_sums_never_nearly_cancel():
    """Else the rounding of a right answer in another form would be as large as the sum."""
    draws = [
        args
        for seed in range(200)
        for _, args in file_of("weighted_gradients").weighted_rows(np.random.default_rng(seed))
    ]
    assert all(abs(s @ delta) > 0.1 * len(s) for _, delta, s in draws)
