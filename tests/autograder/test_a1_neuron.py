"""What a1-neuron alone promises: its points, what its references compute, which of its blanks need which."""

import numpy as np
import pytest

from autograder.authoring.kernel import KernelGuest
from autograder.checks import a1_neuron_inputs, a1_neuron_mistakes, a1_neuron_right
from autograder.course.verdict import FAILED, PASSED
from autograder.judging.blank import Blank, verdict_on
from autograder.judging.catalogue import CATALOGUE
from autograder.judging.diagnosis import UnknownMistake
from autograder.notebook import cells
from nnlib.gradcheck import numerical_gradient
from nnlib.losses import log_loss_from_logits
from tests.autograder import assignments
from tests.autograder.assignments import bank, check, checks_of, explained, names_passed, source, texts
from tests.autograder.held_out import held_out
from tests.autograder.held_out_a1_neuron import TABLES

A1 = "a1-neuron"
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # some answers overflow, which costs no marks


def judged(blank, code):
    return assignments.judged(A1, blank, code)


def wrong(blank, **wanted):
    """A wrong answer of the bank to a blank with these attributes."""
    return assignments.wrong(A1, blank, **wanted)[0]


def test_points_of_a1():
    assert sum(points for _, points in cells.blanks(source(A1))) == 40


def test_blanks_of_the_same_quantity_do_not_need_each_other():
    needs = {name: set(made.needs) for name, made in checks_of(A1).items() if made.needs}
    assert needs == {
        "xor": {"perceptron"},
        "sigmoid_derivative": {"sigmoid"},
        "train": {"sigmoid", "log_loss", "row_gradients", "gradient_step"},
    }


# what its inputs and references are


def test_mistakes_are_not_the_right_answer():
    """A catalogue entry equal to the truth on every kind of input could never be told from it."""
    X, delta = dict(a1_neuron_inputs.rows(np.random.default_rng(0)))["m = 6, n = 3"]
    wrong = a1_neuron_mistakes.mean_gradients(delta, X.shape[1], X)
    assert not [name for name, value in wrong.items() if np.array_equal(value, X.T @ delta / len(X))]


def test_random_gates_are_gates():
    rng = np.random.default_rng(0)
    for _ in range(200):
        for name, (w, theta) in a1_neuron_inputs.random_gates(rng).items():
            assert list(a1_neuron_right.CORNERS @ w > theta) == list(a1_neuron_right.TABLES[name])


def test_reference_descends_along_the_numerical_gradient():
    X, y, lr, _ = next(args for _, args in a1_neuron_inputs.training_sets(np.random.default_rng(1)))
    v = np.zeros(X.shape[1] + 1)
    for _ in range(5):
        v = v - lr * numerical_gradient(lambda v: log_loss_from_logits(y, X @ v[:-1] + v[-1]), v)
    w, b, _ = a1_neuron_right.train(X, y, lr, 5)
    assert np.allclose(v, [*w, b], rtol=1e-8)


def test_a_check_whose_reference_is_wrong_decides_nothing(monkeypatch):
    monkeypatch.setattr(a1_neuron_inputs, "SHAPES", (("m = 6, n = 3", 6, 3, 1),))
    gradient = Blank.gradient
    twice = lambda self, name, got, want, *rest: gradient(self, name, got, 2 * want, *rest)  # noqa: E731
    monkeypatch.setattr(Blank, "gradient", twice)
    with pytest.raises(AssertionError, match="is not dJ"):
        judged("row_gradients", texts(A1, cells.ANSWER)["row_gradients"])


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
    right = bank(A1, "train", correct=True)[0].code
    assert right.count("return w, b") == 1
    assert judged("train", right.replace("return w, b", f"return {returned}")).score <= 0.5


def test_random_gates_get_no_name():
    for number in range(12):
        rng = np.random.default_rng([4, number])
        gates = {name: (rng.normal(size=2), rng.normal()) for name in ("AND", "OR", "NAND")}
        said = verdict_on(check(A1, "gate_weights"), KernelGuest({"gate_weights": gates.get}), b"")
        assert said.score <= 0.5 and said.diagnosis == "", (number, said)


def test_its_checks_know_many_mistakes_and_its_held_out_set_is_large():
    known, others = explained(A1), {blank: [*held_out(A1, blank, 1)] for blank in checks_of(A1)}
    assert all(known.values()) and sum(map(len, known.values())) >= 70
    assert min(map(len, others.values())) >= 19 == len(TABLES) and sum(map(len, others.values())) >= 440


# planted: what the tests of the catalogue must see


def test_a_mistake_renamed_in_a_check_is_seen(monkeypatch):
    steps = a1_neuron_mistakes.gradient_step
    monkeypatch.setattr(a1_neuron_mistakes, "gradient_step", lambda *case: _renamed(steps(*case), "ascent", "uphill"))
    named = names_passed(A1, "gradient_step")
    assert "uphill" in named and "ascent" not in named
    with pytest.raises(UnknownMistake, match="uphill"):  # no sentence, no verdict
        judged("gradient_step", wrong("gradient_step", diagnosis="ascent").code)


def _renamed(mistakes, old, new):
    return {new if name == old else name: value for name, value in mistakes.items()}


def test_two_mistakes_that_give_the_same_array_have_no_name(monkeypatch):
    steps = a1_neuron_mistakes.gradient_step
    twice = lambda *case: steps(*case) | {"wrong_sign": steps(*case)["ascent"]}  # noqa: E731
    monkeypatch.setattr(a1_neuron_mistakes, "gradient_step", twice)
    said = judged("gradient_step", wrong("gradient_step", label="ascent").code)
    assert (said.outcome, said.score, said.diagnosis) == (FAILED, 0.0, "")
    assert not [f for f in said.findings if f.diagnosis or any(text in f.message for text in CATALOGUE.values())]
    assert judged("gradient_step", wrong("gradient_step", label="lr_forgotten").code).diagnosis != ""


def test_weighted_sums_never_nearly_cancel():
    """Else the rounding of a right answer in another form would be as large as the sum."""
    draws = [args for seed in range(200) for _, args in a1_neuron_inputs.weighted_rows(np.random.default_rng(seed))]
    assert all(abs(s @ delta) > 0.1 * len(s) for _, delta, s in draws)
