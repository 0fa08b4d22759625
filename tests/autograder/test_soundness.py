"""A check that is not sound in itself is seen: each fault is planted in a check of a1-neuron that has none."""

from dataclasses import replace

import numpy as np
import pytest

from autograder.authoring import soundness, trials
from autograder.authoring.kernel import KernelGuest
from autograder.authoring.soundness import faults
from autograder.judging.blank import verdict_on
from autograder.kit import check as by_hand
from autograder.notebook import cells
from tests.autograder.assignments import check, checks_of, texts

A1, A2 = "a1-neuron", "a2-backprop"
WITNESSED = sorted(set(checks_of(A1)) - {"gate_weights"})  # which compares with truth tables


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(soundness, "SEEDS", 3)


def found(made, solution=None):
    return [*faults(made, solution or texts(A1, cells.ANSWER)[made.name])]


def without(made, unwanted):
    return replace(made, variants=tuple(variant for variant in made.variants if not unwanted(variant)))


@pytest.mark.parametrize("blank", checks_of(A1))
def test_each_second_answer_that_is_missing_is_seen(blank):
    made = check(A1, blank)
    for mistake in made.mistakes:
        name = mistake.diagnosis
        once = without(made, lambda variant, name=name: variant.diagnosis == name and not variant.defines)
        assert found(once) == [f"no other answer is told {name}: write one in other algebra"]


def test_too_few_answers_are_seen():
    made = check(A1, "sigmoid")
    assert found(without(made, lambda variant: variant.right and variant.label != "exponent never positive")) == [
        "there are 1 right answers, expected 3 or more"
    ]
    assert found(without(made, lambda variant: True)) == [
        "there are 0 right answers, expected 3 or more",
        "there are 0 wrong answers, expected 6 or more",
    ]


@pytest.mark.parametrize("blank", WITNESSED)
def test_a_reference_without_a_witness_is_seen(blank):
    alone = replace(check(A1, blank), witness=None, derivative_of=None)
    assert found(alone) == ["its reference has no witness: give `witness` or `derivative_of`"]


@pytest.mark.parametrize("blank", ["gram_backward", "sigmoid_backward"])
def test_a_wrong_cost_is_seen_where_one_gradient_is_examined_on_several_kinds_of_inputs(blank):
    made = check(A2, blank)
    assert found(made, texts(A2, cells.ANSWER)[blank]) == []
    twice = replace(made, derivative_of=lambda *args: 2 * made.derivative_of(*args))
    (said,) = found(twice, texts(A2, cells.ANSWER)[blank])
    assert said.startswith(f"{blank}: ") and said.endswith("is not dJ")


@pytest.mark.parametrize("blank", WITNESSED)
def test_a_wrong_answer_for_a_reference_is_seen_by_its_witness(blank):
    made = check(A1, blank)
    (mistake, *_) = [m for m in made.mistakes if m.keeps == 0 and m.diagnosis not in ("not_summed", "overflow")]
    wrong = replace(made, names={**made.names, blank: mistake.function(made.names)})
    (said,) = found(wrong)
    assert said.startswith(f"{blank}: ") and ("witness differ" in said or "is not dJ" in said)


@pytest.mark.parametrize("blank", checks_of(A1))
def test_the_solution_may_be_written_in_another_way_and_not_be_another(blank):
    made = check(A1, blank)
    right = [variant for variant in made.variants if variant.right]
    for variant in right:
        assert found(made, variant.code) == [], variant.label
    if blank != "gate_weights":
        mistake = next(mistake for mistake in made.mistakes if mistake.keeps == 0)
        assert found(made, mistake.code) == ["its reference, the first right answer, is not the notebook's solution"]


def test_a_solution_that_needs_what_is_not_there_is_seen():
    assert found(check(A1, "sigmoid"), "import nothing_of_this_name") == [
        "the notebook's solution does not run beside the references: "
        "ModuleNotFoundError: No module named 'nothing_of_this_name'"
    ]


def test_a_reference_that_its_own_check_refuses_is_seen():
    @by_hand(weights={"σ(z)": 1.0})
    def sigmoid(blank):
        for case in blank.cases(lambda rng: [("one", (rng.uniform(1, 2, 3),))]):
            blank.close("σ(z)", blank.call("sigmoid", *case.args), 0.0)

    real = check(A1, "sigmoid")
    made = replace(sigmoid, variants=real.variants, names=real.names)
    assert found(made) == ["its reference, the first right answer, is not right"]


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_a_witness_that_is_not_finite_is_no_witness(value):
    made = replace(check(A1, "sigmoid"), witness=lambda z: np.full(z.shape, value))
    assert found(made) == ["sigmoid: the reference and its witness differ"]


def test_a_witness_that_is_off_by_little_is_seen():
    real = check(A1, "sigmoid")
    made = replace(real, witness=lambda z: real.witness(z) * (1 + 1e-7))
    assert found(made) == ["sigmoid: the reference and its witness differ"]


def test_a_cost_whose_slope_is_infinite_is_no_witness():
    made = replace(check(A1, "row_gradients"), derivative_of=lambda w, b, X, delta: np.inf * (w.sum() + b))
    (said,) = found(made)
    assert "is not dJ" in said


def refusing(blank):
    """A check of sigmoid that says nothing of why it stops."""
    raise AssertionError


def test_what_a_check_says_nothing_of_is_said():
    real = check(A1, "sigmoid")
    made = replace(by_hand(weights={"σ(z)": 1.0})(refusing), name="sigmoid", variants=real.variants, names=real.names)
    assert found(made) == ["it ends in an AssertionError without a word"]


# inputs


def drawn(make):
    """The check of sigmoid with other inputs, and written by hand, so that nothing is wanted of its reference."""
    real = check(A1, "sigmoid")

    @by_hand(weights={"σ(z)": 1.0})
    def sigmoid(blank):
        for case in blank.cases(make):
            blank.close("σ(z)", blank.call("sigmoid", case.args[0]), real.reference(case.args[0]))

    return replace(sigmoid, variants=real.variants, names=real.names)


def test_inputs_that_are_the_same_every_time_are_seen():
    assert found(drawn(lambda rng: [("three", (np.array([1.0, 2.0, 3.0]),))])) == [
        "its fresh inputs are the same every time: draw them from the generator that is passed in"
    ]


def test_inputs_that_do_not_come_from_the_generator_are_seen():
    assert found(drawn(lambda rng: [("three", (np.random.normal(size=3),))])) == [
        "its inputs, or what it wants, differ from one run to the next: draw them from the generator that is passed in"
    ]
    assert found(drawn(lambda rng: [("three", (rng.normal(size=3),))])) == []


def test_functions_and_nan_among_inputs_are_no_difference():
    made = drawn(lambda rng: [("three", (rng.normal(size=3), [lambda z: z], np.array([np.nan]), float("nan")))])
    assert found(made) == []


# what is never asked, and what never ends


def test_a_witness_that_is_never_asked_is_seen():
    made = replace(drawn(lambda rng: [("three", (rng.normal(size=3),))]), witness=check(A1, "sigmoid").witness)
    assert found(made) == ["its witness is never asked: compare with what `blank.want` returns"]


@pytest.mark.parametrize("what", ["inputs", "witness", "solution"])
def test_what_has_no_end_is_ended(monkeypatch, what):
    monkeypatch.setattr(trials, "SECONDS", 0.5)
    solution, said = None, "one set of its inputs takes more than 0.5 s"
    if what == "inputs":
        made = drawn(endless)
    elif what == "witness":
        made = replace(check(A1, "sigmoid"), witness=endless)
    else:
        made, solution = check(A1, "sigmoid"), "def sigmoid(z):\n    while True:\n        pass\n"
        said = "its reference, the first right answer, is not the notebook's solution"
    assert found(made, solution) == [said]


def endless(_):
    while True:
        pass


def test_values_that_share_a_property_lose_and_keep_it_together():
    made = replace(check(A1, "row_gradients"), returns={"both": 1.0}, values=("both", "both"))
    assert found(made) == []
    right = made.reference
    for changed in (lambda dw, db: (dw + 1, db), lambda dw, db: (dw, db + 1)):
        guest = KernelGuest({made.name: lambda *args, changed=changed: changed(*right(*args))})
        assert verdict_on(made, guest, b"").score == 0
    with pytest.raises(ValueError, match="`values` names other properties than `returns`"):
        replace(made, values=("both", "neither"))


def test_what_is_wanted_is_computed_once_for_the_same_arguments_and_nobody_can_change_it():
    asked = []

    def witness(X, delta):
        asked.append(len(X))
        return X.T @ delta / len(X), delta.mean()

    made = replace(check(A1, "row_gradients"), witness=witness, derivative_of=None)
    X, delta = np.ones((3, 2)), np.ones(3)
    for _ in range(2):
        dw, _ = made.wanted((X, delta))
        assert list(dw) == [1, 1]
        dw += 1
    made.wanted((np.ones((4, 2)), np.ones(4)))
    for _ in range(2):  # too large to be kept
        made.wanted((np.ones((2000, 2)), np.ones(2000)))
    assert asked == [3, 4, 2000, 2000]
    assert by_hand(weights={"f": 1.0})(lambda blank: None)._known == {}
