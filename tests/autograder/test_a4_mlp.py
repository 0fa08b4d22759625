"""What a4-mlp alone promises: its points, which of its blanks need which, what a trained network is judged by."""

import sys

import numpy as np
import pytest

from autograder.authoring.kernel import KernelGuest
from autograder.course.verdict import FAILED, PASSED
from autograder.judging.blank import Blank
from autograder.judging.follow_through import carried
from autograder.notebook import cells
from nnlib.gradcheck import numerical_gradient
from nnlib.losses import softmax_cross_entropy
from tests.autograder import assignments
from tests.autograder.assignments import answered, check, checks_of, explained, source

A4 = "a4-mlp"
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # some answers overflow, which costs no marks


def judged(blank, code):
    return assignments.judged(A4, blank, code)


def file_of(blank):
    """The module of a blank's check."""
    checks_of(A4)
    return sys.modules[f"autograder.checks.{A4}.{blank}"]


def test_points_of_a4():
    assert sum(points for _, points in cells.blanks(source(A4))) == 50


def test_blanks_of_the_same_quantity_do_not_need_each_other():
    needs = {name: set(made.needs) for name, made in checks_of(A4).items() if made.needs}
    assert needs == {
        "shortcut_backward": {"linear_forward", "tanh_backward", "linear_backward"},
        "two_layer_backward": {"linear_forward", "relu_backward", "linear_backward"},
        "forward": {"linear_forward"},
        "backward": {"forward", "linear_backward", "tanh_backward", "hidden_gradients"},
        "train": {"forward", "backward"},
    }


def test_its_checks_know_many_mistakes():
    told = explained(A4)
    assert all(told[blank] for blank in told.keys() - {"train"}) and sum(map(len, told.values())) >= 90


def test_gradients_of_many_layers_are_those_of_the_cost_by_differences():
    for _, (X, Y, *parameters) in file_of("backward").networks(np.random.default_rng(3)):
        gradients = check(A4, "backward").reference(X, Y, *parameters)
        for k, gradient in enumerate(gradients):

            def cost(array, k=k, X=X, Y=Y, parameters=parameters):
                moved = [*parameters[:k], array, *parameters[k + 1 :]]
                return softmax_cross_entropy(Y, answered(A4)["forward"](X, *moved)[-1])

            assert np.allclose(gradient, numerical_gradient(cost, parameters[k]), rtol=0, atol=1e-7)


def test_no_hidden_signal_is_near_the_kink_of_a_relu():
    for seed in range(50):
        for _, (X, _, W1, b1, *_) in file_of("two_layer_backward").networks(np.random.default_rng(seed)):
            assert np.abs(X @ W1 + b1).min() > 0.02


# the trained network


TASKS = pytest.mark.parametrize("make", ["two_classes", "three_classes"])


def shares(train, make, seeds):
    """The share of new examples that a network is right of: a row for each task, a column for each way to number."""
    file, found = file_of("train"), []
    for seed in seeds:
        tasks = [args for _, args in getattr(file, make)(np.random.default_rng(seed))]
        found.append([file.share_right(train(*given), X_new, y_new) for *given, X_new, y_new in tasks])
    return np.array(found)


@TASKS
def test_a_right_answer_is_far_above_what_is_asked(make):
    """The share hardly varies between 60 splits, each with a start of its own: ten times as much would do no harm."""
    found = shares(answered(A4)["train"], make, range(30))
    assert found.mean() - 10 * found.std() > file_of("train").ENOUGH and found.min() > 0.93


@TASKS
def test_a_network_of_one_layer_and_one_that_trains_its_last_layer_alone_are_far_below(make):
    def linear(X, y, sizes, seed):
        design = np.column_stack([X, np.ones(len(X))])
        W = np.linalg.lstsq(design, np.eye(sizes[-1])[y], rcond=None)[0]
        start = [np.zeros(shape) for n, k in zip(sizes, sizes[1:], strict=False) for shape in ((n, k), (k,))]
        for k in range(0, len(start) - 2, 2):  # hidden units that hand the inputs on, nearly
            np.fill_diagonal(start[k], 1e-3 if not k else 1)
        start[-2][:2], start[-1] = 1e3 * W[:2], W[2]
        return start

    (last,) = [one for one in check(A4, "train").variants if one.label == "the hidden layers are never trained"]
    for train in (linear, last.function(check(A4, "train").names)):
        assert shares(train, make, range(10)).max() < 0.8


@TASKS
def test_no_network_computed_beforehand_is_right(make):
    """Not even that of the very same clouds: it is right of one numbering at most."""
    for _, (*given, _, _) in getattr(file_of("train"), make)(np.random.default_rng(3)):
        stored = answered(A4)["train"](*given)
        found = shares(lambda *args, stored=stored: stored, make, range(60))
        assert found[3].max() > 0.9 and found.sum(axis=1).max() <= 1


NUMERICAL = """
def train(X, y, sizes, seed):
    rng, shapes = np.random.default_rng(seed), [shape for n, k in zip(sizes, sizes[1:]) for shape in ((n, k), (k,))]
    theta = np.concatenate([rng.normal(size=np.prod(shape)) / np.sqrt(shape[0]) for shape in shapes])
    ends = np.cumsum([np.prod(shape) for shape in shapes])[:-1]

    def parameters(theta):
        return [part.reshape(shape) for part, shape in zip(np.split(theta, ends), shapes)]

    def cost(theta):
        return -np.mean(np.log(softmax(forward(X, *parameters(theta))[-1])[np.arange(len(y)), y]))

    for _ in range(60):
        here = cost(theta)
        theta = theta - [(cost(theta + step) - here) / 1e-6 for step in 1e-6 * np.eye(len(theta))]
    return parameters(theta)
"""


def test_training_by_numerical_derivatives_is_right():
    """As the statement says. It gains nothing: one who has no `backward` is judged with ours, where he calls it."""
    assert judged("train", NUMERICAL).outcome == PASSED


def test_what_a_student_says_of_the_accuracy_is_not_believed():
    said = judged("train", "def accuracy(*_): return 1.0\npredicted_labels = accuracy\ndef train(*_): return 1.0")
    assert (said.outcome, said.score) == (FAILED, 0.0)


def test_the_message_tells_the_accuracy():
    (never,) = [one for one in check(A4, "train").variants if one.label == "never trained"]
    messages = [finding.message for finding in judged("train", never.code).findings]
    assert all("of 1000 new examples are right, expected 85% or more." in message for message in messages)


def test_training_with_wrong_gradients_is_explained_by_them_and_training_that_is_wrong_is_not():
    uphill = "def backward(X, Y, *parameters):\n    return tuple(-g for g in backward_of_ours(X, Y, *parameters))"
    ours = answered(A4)
    names = {"backward_of_ours": ours["backward"]}
    exec(uphill, names)
    made = check(A4, "train")
    form = made.forms[0].function({**made.names, "backward": names["backward"]})
    for label, followed in (("full-batch gradient descent", True), ("never trained", False)):
        (variant,) = [one for one in made.variants if one.label == label]
        train = variant.function({**ours, "backward": names["backward"]})
        blank = Blank(made, b"seed")
        for public in (True, False):
            blank.examine(KernelGuest({"train": train}), public=public, singly=True)
        assert not blank.passed() and carried(blank, form) == {"two classes", "three classes"}
        again = Blank(made, b"seed", shown=blank.shown, helped=("backward",))
        train = variant.function({**ours, "backward": made.names["backward"]})
        again.examine(KernelGuest({"train": train}), public=False, singly=True)
        assert (again.passed() == {"two classes", "three classes"}) == followed


def test_the_notebooks_own_answer_passes_with_prerequisites_written_otherwise():
    for blank in ("two_layer_backward", "backward", "shortcut_backward"):
        for variant in check(A4, blank).variants:
            if variant.right:
                assert judged(blank, variant.code).outcome == PASSED
