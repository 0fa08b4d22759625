"""A check that is not sound in itself is seen: each fault is planted in a check of a1-neuron that has none."""

from dataclasses import replace

import pytest

from autograder.authoring import soundness
from autograder.authoring.soundness import faults
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
