"""Answers that every blank gets: each gets what it must, and a kit without one of its rules is seen by them."""

from dataclasses import replace

import numpy as np
import pytest

from autograder.authoring import blank_trials, generated, held_out, trials
from autograder.authoring.blank_trials import tried
from autograder.authoring.trials import function_of
from autograder.judging import blank
from autograder.kit import check as by_hand
from autograder.notebook import cells
from practice import comparing
from tests.autograder.assignments import check, checks_of, each_blank, texts

A1 = "a1-neuron"
STUB = "def {}(*given):\n    raise NotImplementedError()\n"
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(blank_trials, "SEEDS", 5)


def rows(made, kind=None, stub=STUB):
    solution = texts(A1, cells.ANSWER)[made.name]
    return [row for row in tried(made, solution, stub.format(made.name)) if kind in (None, row.kind)]


def wrong(made, kind, **more):
    return {row.label for row in rows(made, kind, **more) if row.complaint}


@each_blank
def test_every_blank_stands_all_trials(assignment, blank):
    made = check(assignment, blank)
    assert [
        row for row in tried(made, texts(assignment, cells.ANSWER)[blank], STUB.format(blank)) if row.complaint
    ] == []


def test_what_is_generated_fits_the_blank():
    made = {name: {one.variant.label for one in generated.generated(check(A1, name), STUB)} for name in checks_of(A1)}
    always = {"the blank as it was", "a forgotten return", "text for a number", "an endless loop"}
    assert made["gate_weights"] == always  # other weights may be right as well, and there is nothing to draw
    most = always | {
        "changes its arguments",
        "float32",
        "one axis more",
        "lists for arrays",
        "the public examples by heart",
    }
    assert made["sigmoid"] == made["train"] == most
    assert made["row_gradients"] == most | {"central differences"}  # a square's differences with large steps are exact


def test_differences_of_each_order_are_made_of_a_cost_that_is_no_polynomial():
    made = replace(check(A1, "row_gradients"), derivative_of=curved)
    assert {*generated.SCHEMES} <= {one.variant.label for one in generated.generated(made, STUB)}


def curved(w, b, X, delta):
    return np.mean(np.tanh((X @ w + b) / 1e4) * delta) * 1e4


# planted faults


def test_a_stub_that_is_an_answer_is_seen():
    stub = "def {}(z):\n    return 1 / (1 + np.exp(-z))\n"
    assert wrong(check(A1, "sigmoid"), "generated", stub=stub) == {"the blank as it was"}


@pytest.mark.parametrize(
    ("label", "wanted"),
    [
        ("float32", "wrong_dtype"),
        ("one axis more", "wrong_shape"),
    ],
)
def test_a_comparison_that_does_not_look_is_seen(monkeypatch, label, wanted):
    """Where float32, or another shape, counts as right."""
    careful = comparing.compare

    def careless(got, want, rtol):
        kind, said = careful(got, want, rtol)
        return (None, "") if kind == wanted else (kind, said)

    monkeypatch.setattr(blank.Blank, "compare", staticmethod(careless))
    assert label in wrong(check(A1, "sigmoid"), "generated")


def test_a_wide_tolerance_is_seen_by_differences():
    assert wrong(replace(check(A1, "row_gradients"), rtol=1e-6), "generated") == {"central differences"}


def test_a_tolerance_that_refuses_right_answers_is_seen():
    assert wrong(replace(check(A1, "row_gradients"), rtol=1e-17), "seeds")


def test_fresh_inputs_that_are_the_public_ones_are_seen():
    real = check(A1, "gradient_step")
    same = lambda rng: real.inputs(np.random.default_rng(1))  # noqa: E731
    assert wrong(replace(real, inputs=same), "generated") == {"the public examples by heart"}


def test_a_note_that_is_not_made_is_seen(monkeypatch):
    monkeypatch.setattr(blank.Blank, "_note_changed", lambda *_: None)
    assert wrong(check(A1, "sigmoid"), "generated") == {"changes its arguments"}


def test_a_name_given_to_a_held_out_answer_is_seen(monkeypatch):
    doubled = {"twice": lambda rng, a: 2 * a}
    monkeypatch.setattr(held_out, "kinds", lambda parts: doubled)
    assert wrong(check(A1, "row_gradients"), "held-out") == {"twice"}  # which is the mistake "doubled"


@pytest.mark.parametrize("why", ["it is slow", "fresh inputs are not looked at"])
def test_a_reference_that_cannot_be_tried_is_said_and_not_passed_over(monkeypatch, why):
    made = check(A1, "sigmoid")
    if why == "it is slow":
        monkeypatch.setattr(trials, "SECONDS", 0.01)
        monkeypatch.setattr(trials.Blank, "examine", busy(trials.Blank.examine))
    else:
        made = replace(public_alone(made), variants=made.variants, names=made.names)
    said = [row.complaint for row in rows(made) if row.kind == "check"]
    assert said[-1].startswith("on fresh inputs alone its reference is not right, or needs more than")


def busy(real):
    def examine(self, *args, **named):
        for _ in range(30):  # a third of a second at least: such a timer may be some ticks late
            sum(range(10**6))
        return real(self, *args, **named)

    return examine


def public_alone(real):
    @by_hand(weights={"σ(z)": 1.0})
    def sigmoid(blank):
        for case in blank.cases(real.inputs["σ(z)"] if isinstance(real.inputs, dict) else real.inputs):
            got = blank.call("sigmoid", *case.args)
            if case.public:
                blank.close("σ(z)", got, real.reference(*case.args))

    return sigmoid


def test_a_right_answer_that_does_not_run_is_named():
    real = check(A1, "sigmoid")
    broken = replace(real.variants[1], code="def sigmoid(z:\n    return z\n")
    made = replace(real, variants=(real.variants[0], broken, *real.variants[2:]))
    (said,) = [row.complaint for row in rows(made) if row.complaint]
    assert said.startswith(f"{broken.label}: SyntaxError: ")


GENERATED = ["a forgotten return", "float32", "one axis more", "the public examples by heart", "central differences"]


@pytest.mark.parametrize("label", GENERATED)
def test_a_generator_that_makes_a_right_answer_is_seen(monkeypatch, label):
    made, real = check(A1, "row_gradients"), generated.generated
    reference = made.variants[0].code
    monkeypatch.setattr(blank_trials, "generated", lambda *given: map(righted, real(*given)))

    def righted(one):
        return replace(one, variant=replace(one.variant, code=reference)) if one.variant.label == label else one

    assert wrong(made, "generated") == {label}


def test_a_generator_with_another_diagnosis_is_seen(monkeypatch):
    made, real = check(A1, "sigmoid"), generated.generated
    monkeypatch.setattr(blank_trials, "generated", lambda *given: map(renamed, real(*given)))

    def renamed(one):
        return replace(one, variant=replace(one.variant, diagnosis="died")) if not one.variant.right else one

    assert len(wrong(made, "generated")) == 5


@pytest.mark.parametrize(
    ("label", "does"),
    [
        ("lists for arrays", lambda value: type(value) is list),
        ("float32", lambda value: value.dtype == np.float32),
        ("one axis more", lambda value: value.shape == (3, 1)),
        ("changes its arguments", lambda value: value.shape == (3,)),
    ],
)
def test_what_is_generated_does_what_it_is_called(label, does):
    made = check(A1, "sigmoid")
    (one,) = [one for one in generated.generated(made, STUB) if one.variant.label == label]
    z = np.array([-1.0, 0.0, 2.0])
    value = function_of(made, one.variant.code)(z)
    assert does(value) and np.allclose(np.ravel(value), made.reference(np.array([-1.0, 0.0, 2.0])))
    assert (z[1] == 1) == (label == "changes its arguments")
