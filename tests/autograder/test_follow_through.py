"""One mistake costs once: a blank that failed is judged again with what is right for the prerequisites that failed."""

from contextlib import ExitStack
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from autograder.authoring.kernel import KernelGuest
from autograder.course.verdict import FAILED, PASSED, BlankVerdict
from autograder.gradebook.comments import comment_on, follow_through
from autograder.judging.blank import Blank, verdict_on
from autograder.judging.catalogue import STRUCTURAL
from autograder.judging.check import check
from autograder.judging.check_modules import ChecksError, checks_of
from autograder.judging.judge import Judge
from autograder.notebook import cells
from autograder.sandbox import callbacks
from autograder.sandbox.limits import Limits
from autograder.sandbox.session import Fork
from tests.autograder import assignments, made_up
from tests.autograder.assignments import BLANKS
from tests.autograder.guests import Ending
from tests.autograder.made_up import judged, notebook, numbers

A1 = "a1-neuron"
ANSWERS = assignments.texts(A1, cells.ANSWER)
LIMITS = Limits(cell_cpu=2, check_cpu=2)
TRAIN = ("sigmoid", "log_loss", "row_gradients", "gradient_step", "train")
WRONG = {
    "perceptron": "def perceptron(X, w, theta):\n    return (X @ w >= -theta).astype(float)",
    "sigmoid": "def sigmoid(z):\n    return np.tanh(z)",
    "log_loss": "def log_loss(y, z):\n    return np.sum(np.logaddexp(0, z) - y * z) + 1",
    "row_gradients": "def row_gradients(X, delta):\n    return X.T @ delta, delta.sum()",
    "gradient_step": "def gradient_step(w, b, dw, db, lr):\n    return w + lr * dw, b + lr * db",
}


@pytest.fixture(scope="module")
def judges():
    """A warm judge of each assignment."""
    with ExitStack() as opened:
        yield cache(lambda assignment: opened.enter_context(Judge(assignment, limits=LIMITS)))


@pytest.fixture
def judge(judges):
    return judges(A1)


def judged_a1(judge, names, **answers):
    """{blank: verdict} of a notebook that answers `names` as the source does but for `answers`."""
    return judged_with(judge, A1, names, **answers)


def judged_with(judge, assignment, names, **answers):
    right = assignments.texts(assignment, cells.ANSWER)
    submitted = notebook(points=4, **{name: answers.get(name, right[name]) for name in names})
    submitted.cells[:0] = assignments.imports(assignment)
    verdict, blanks, _ = judged(judge, submitted)
    assert verdict.staff_notes == ()
    return blanks


def marks(blanks):
    return {name: (blank.score, blank.followed) for name, blank in blanks.items()}


# what is earned


NEEDED = [(assignment, then, of) for assignment, then in BLANKS for of in assignments.check(assignment, then).needs]


def shows(assignment, variant, then, code):
    """Whether a wrong answer to one blank makes this answer to another wrong."""
    namespace = assignments.answered(assignment, **{variant.blank: variant.code, then: code})
    return verdict_on(assignments.check(assignment, then), KernelGuest(namespace), b"5eed").outcome == FAILED


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("assignment", "then", "wrong"), NEEDED)
def test_a_wrong_prerequisite_costs_its_own_marks_only(judges, assignment, then, wrong):
    mistaken = [v for v in assignments.wrong(assignment, wrong, keeps=0.0) if v.diagnosis not in STRUCTURAL | {""}]
    caller = next(form for form in assignments.check(assignment, then).forms if form.calls(wrong)).code
    mistake = next(variant for variant in mistaken if shows(assignment, variant, then, caller))
    names = assignments.before(assignment, then)
    blanks = judged_with(judges(assignment), assignment, names, **{wrong: mistake.code, then: caller})
    assert (blanks[wrong].score, blanks[wrong].followed) == (0.0, ())
    assert {name: blanks[name].score for name in names if name != wrong} == dict.fromkeys(set(names) - {wrong}, 4.0)
    assert (blanks[then].outcome, blanks[then].findings, blanks[then].diagnosis) == (PASSED, (), "")
    helped = [of for of in assignments.check(assignment, then).needs if of == wrong or blanks[of].followed]
    assert blanks[then].followed == tuple(helped) and comment_on(blanks[then]) == follow_through(tuple(helped))


def test_that_one_mistake_costs_once_is_said_to_who_made_it(judge):
    blanks = judged_a1(judge, TRAIN, log_loss=WRONG["log_loss"])
    assert comment_on(blanks["train"]) == "Judged with a correct log_loss in place of yours: one mistake costs once."


def test_all_prerequisites_may_be_wrong_or_missing_at_once(judge):
    wrong = {**WRONG, "sigmoid": "", "gradient_step": "def gradient_step(*args):\n    raise NotImplementedError()"}
    blanks = judged_a1(judge, TRAIN, **wrong)
    assert marks(blanks)["train"] == (4.0, ("sigmoid", "log_loss", "row_gradients", "gradient_step"))


def test_arguments_may_be_named(judge):
    train = ANSWERS["train"].replace("log_loss(y, z)", "log_loss(z=z, y=y)").replace("db, lr)\n", "db, lr=lr)\n")
    assert "log_loss(z=z, y=y)" in train and "lr=lr" in train
    blanks = judged_a1(judge, TRAIN, train=train, log_loss=WRONG["log_loss"], gradient_step=WRONG["gradient_step"])
    assert marks(blanks)["train"] == (4.0, ("log_loss", "gradient_step"))


def test_a_prerequisite_that_ends_the_process_costs_its_own_marks_only(judge):
    blanks = judged_a1(judge, TRAIN, log_loss="def log_loss(y, z):\n    import os\n    os._exit(1)")
    assert marks(blanks)["train"] == (4.0, ("log_loss",))


FILLED = """\
def train(X, y, lr, steps):
    w, b, costs = np.zeros(X.shape[1]), 0.0, np.zeros(steps)
    for k in range(steps):
        z = X @ w + b
        costs[k] = log_loss(y, z)
        w, b = gradient_step(w, b, *row_gradients(X, sigmoid(z) - y), lr)
    return w, b, costs
"""
WRONG_SHAPES = {
    "one gradient an example": ("row_gradients", "def row_gradients(X, delta):\n    m = len(X)\n"
                                "    return X * delta[:, None] / m, delta.sum() / m", TRAIN, "train", None),
    "one loss an example": ("log_loss", "def log_loss(y, z):\n    return np.logaddexp(0, z) - y * z", TRAIN, "train",
                            FILLED),
    "no return": ("log_loss", "def log_loss(y, z):\n    np.mean(np.logaddexp(0, z) - y * z)", TRAIN, "train", None),
    "float32": ("sigmoid", "def sigmoid(z):\n    return (1 / (1 + np.exp(-z))).astype(np.float32)",
                ("sigmoid", "sigmoid_derivative"), "sigmoid_derivative",
                "def sigmoid_derivative(z):\n    a = sigmoid(z)\n    return a - a**2"),
    "the negative half alone": ("sigmoid", WRONG["sigmoid"], ("sigmoid", "sigmoid_derivative"), "sigmoid_derivative",
                                "def sigmoid_derivative(z):\n    a = sigmoid(-np.abs(z))\n    return a * (1 - a)"),
    "no step": ("perceptron", "def perceptron(X, w, theta):\n    return X @ w - theta", ("perceptron", "xor"), "xor",
                "def xor(X, gates):\n    hidden = [perceptron(X, *gates[g]) for g in ('OR', 'NAND')]\n"
                "    return perceptron(np.column_stack(hidden), *gates['AND'])"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG_SHAPES)
def test_a_mistake_of_any_kind_costs_once_in_every_usual_form(judge, what):
    wrong, code, names, then, answer = WRONG_SHAPES[what]
    blanks = judged_a1(judge, names, **{wrong: code}, **({then: answer} if answer else {}))
    assert blanks[wrong].score < 4 and marks(blanks)[then] == (4.0, (wrong,)), blanks[then].findings


# what is not


def test_a_wrong_answer_gains_nothing_from_right_prerequisites(judge):
    train = ANSWERS["train"].replace("gradient_step(w, b, dw, db, lr)", "gradient_step(w, b, dw, db, 2 * lr)")
    train = train.replace("costs.append(log_loss(y, z))", "costs.append(3 * log_loss(y, z))")
    blanks = judged_a1(judge, TRAIN, log_loss=WRONG["log_loss"], train=train)
    assert marks(blanks)["train"] == (0.0, ())


@pytest.mark.parametrize(
    "returned",
    [
        "log_loss(y, X @ np.zeros(X.shape[1]))",
        "(log_loss, log_loss, log_loss)",
        "(log_loss(y, y),) * 3",
        "[log_loss(y, 0 * y)] * steps",
        "log_loss.func.__self__",
        "row_gradients(X, y) + (log_loss(y, y),)",
    ],
)
def test_handing_on_what_a_stand_in_returns_gains_nothing(judge, returned):
    train = f"def train(X, y, lr, steps):\n    return {returned}"
    blanks = judged_a1(judge, TRAIN, log_loss=WRONG["log_loss"], row_gradients=WRONG["row_gradients"], train=train)
    assert marks(blanks)["train"] == (0.0, ())


def test_a_prerequisite_that_passed_is_not_replaced(judge):
    seen = []
    answer = callbacks.Callbacks.answer

    def watched(self, body):
        seen.append((len(self.stand_ins), body["callback"]))
        return answer(self, body)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(callbacks.Callbacks, "answer", watched)
        blanks = judged_a1(judge, TRAIN, log_loss=WRONG["log_loss"])
    assert marks(blanks)["train"] == (4.0, ("log_loss",))
    assert set(seen) == {(1, 0)} and len(seen) == 20 + 15 + 10 + 1 + 50


MUTUAL = {
    "row_gradients": "def row_gradients(X, delta):\n    return column_gradients(X.T, delta)",
    "column_gradients": "def column_gradients(X, delta):\n    return row_gradients(X.T, delta)",
}
THROUGH = {
    "row_gradients": "def row_gradients(X, delta):\n    return train(X, delta, 1.0, 1)[:2]",
    "train": "def train(X, y, lr, steps):\n    return (*row_gradients(X, y), np.ones(steps))",
}


@pytest.mark.parametrize("answers", [MUTUAL, THROUGH])
def test_blanks_that_call_each_other_gain_nothing(judge, answers):
    blanks = judged_a1(judge, ("sigmoid", "log_loss", "gradient_step", *answers), **answers)
    assert all(marks(blanks)[name] == (0.0, ()) for name in answers)


# a reference stays here

SEARCH = """\
import gc, sys
def train(X, y, lr, steps):
    log_loss(y, y)
    functions = [o for o in gc.get_objects() if callable(o) and hasattr(o, "__code__")]
    codes = [c for c in map(lambda f: f.__code__, functions) if "autograder/checks" in c.co_filename]
    codes += [c for c in map(lambda f: f.__code__, functions) if c.co_name == "log_loss_from_logits"]
    modules = [name for name in sys.modules if "checks" in name or name in ("nnlib.losses", "nnlib.activations")]
    holds = log_loss.func.__code__.co_filename.endswith("processes.py"), log_loss.args
    return "nothing" if (codes, modules, holds) == ([], [], (True, (0,))) else str((codes, modules, holds))
"""


def test_of_a_reference_the_notebook_holds_a_proxy_without_its_code(judge, monkeypatch):

    def train(blank):
        for case in blank.cases(lambda rng: iter([("", (np.ones((2, 1)), np.ones(2), 0.1, 3))])):
            blank.true("train", blank.call("train", *case.args) == "nothing", "a reference was found.")

    real = checks_of("a1-neuron")["train"]
    searched = check({"train": 1.0}, needs=real.needs)(train)
    monkeypatch.setitem(judge._checks, "train", replace(searched, variants=real.variants, names=real.names))
    broken = "def log_loss(y, z):\n    raise ValueError"
    blanks = judged_a1(judge, TRAIN, log_loss=broken, train=SEARCH)
    assert marks(blanks)["train"] == (4.0, ("log_loss",)), blanks["train"].findings


# assignments of our own


@check({"base": 1.0})
def base(blank):
    """Twice."""
    for case in blank.cases(numbers):
        blank.close("base", blank.call("base", *case.args), blank.want(*case.args))


@check({"twice": 0.5, "first": 0.5}, needs=("base",))
def upper(blank):
    """Four times."""
    for case in blank.cases(numbers):
        got, want = blank.call("upper", *case.args), blank.want(*case.args)
        blank.close("twice", got, want)
        blank.close("first", got[0], want[0])


@check({"last": 1.0}, needs=("base", "upper"))
def last(blank):
    """Eight times."""
    for case in blank.cases(numbers):
        blank.close("last", blank.call("last", *case.args), blank.want(*case.args))


@pytest.fixture(scope="module")
def small():
    answers = {"base": BASE, "upper": UPPER, "last": LAST}
    with made_up.judge_of("a0-followed", answers=answers, base=base, upper=upper, last=last) as made:
        yield made


BASE = "def base(x):\n    return 2 * x"
BAD_BASE = "def base(x):\n    return 3 * x"
UPPER = "def upper(x):\n    return base(base(x))"
LAST = "def last(x):\n    return 4 * base(x)"


def small_ones(small, base, upper=UPPER, last=LAST):
    return judged(small, notebook(base=base, upper=upper, last=last))


def test_without_a_mistake_nothing_is_judged_twice(small, monkeypatch):
    tried = []
    examine = Blank.examine

    def counted(self, guest, *, public, singly=False):
        if isinstance(guest, Fork):
            tried.append((self.check.name, public, *self.helped))
        return examine(self, guest, public=public, singly=singly)

    monkeypatch.setattr(Blank, "examine", counted)
    once = [(name, public) for public in (True, False) for name in ("base", "upper", "last")]
    small_ones(small, BASE)
    assert tried == once
    small_ones(small, BASE, upper="def upper(x):\n    return x")
    assert tried == once * 2  # last is right without upper
    tried.clear()
    small_ones(small, BAD_BASE)
    assert tried == [*once, ("upper", False, "base"), ("last", False, "base", "upper")]
    tried.clear()
    small_ones(small, BAD_BASE, upper="def upper(x):\n    return base(x)")  # as no form of the reference does
    assert tried == [*once, ("last", False, "base", "upper")]


def test_what_earned_its_marks_by_follow_through_is_replaced_for_the_next(small):
    blanks = small_ones(small, BAD_BASE)[1]
    assert [blanks[name].followed for name in ("base", "upper", "last")] == [(), ("base",), ("base", "upper")]


def test_what_comes_after_an_end_is_not_called_wrong(small):
    crash = "import os\ndef upper(x):\n    os._exit(1)"
    blanks = small_ones(small, BAD_BASE, crash, "def last(x):\n    return 8 * x")[1]
    assert {name: (blank.score, blank.followed) for name, blank in blanks.items()} == {
        "base": (0.0, ()),
        "upper": (0.0, ()),
        "last": (2.0, ()),
    }


def test_more_marks_count_even_where_they_are_not_all(small):
    upper = "def upper(x):\n    return np.append(base(base(x))[:1], x[1:])"
    verdict, blanks, _ = small_ones(small, f"import numpy as np\n{BAD_BASE}", upper=upper)
    assert (blanks["upper"].outcome, blanks["upper"].score, blanks["upper"].followed) == (FAILED, 1.0, ("base",))
    assert comment_on(blanks["upper"]).startswith("1 of 2 points.\nJudged with a correct base in place of yours")


def test_a_stand_in_called_without_end_costs_that_blank_alone(small, monkeypatch):
    monkeypatch.setattr(callbacks, "MOST_CALLS", 500)
    flood = "def upper(x):\n    return [base(x) for _ in range(10**4)]"
    verdict, blanks, _ = small_ones(small, BAD_BASE, upper=flood)
    assert (blanks["upper"].score, blanks["upper"].followed) == (0.0, ()) and verdict.staff_notes == ()
    assert (blanks["last"].score, blanks["last"].followed) == (2.0, ("base", "upper"))


def test_a_stand_in_that_stalls_is_tried_once_more(small, monkeypatch):
    shown = []
    examine = Blank.examine

    def slow(self, guest, *, public, singly=False):
        if self.helped and self.check.name == "upper":
            shown.append(self.shown)
            if len(shown) == 1:
                guest.stalled = True
                guest = Ending("timed_out")
        return examine(self, guest, public=public, singly=singly)

    monkeypatch.setattr(Blank, "examine", slow)
    assert small_ones(small, BAD_BASE)[1]["upper"].score == 2.0 and shown == [1, 2]  # other inputs each time


@pytest.mark.parametrize("public", [True, False])
def test_what_did_not_answer_at_once_is_not_called_wrong(small, monkeypatch, public):
    ended = []
    examine = Blank.examine

    def ends_at_first(self, guest, *, public, singly=False):
        if (self.check.name, public) == ("upper", wanted) and not ended:
            ended.append(True)
            guest = Ending("died")
        return examine(self, guest, public=public, singly=singly)

    wanted = public
    monkeypatch.setattr(Blank, "examine", ends_at_first)
    blanks = small_ones(small, BAD_BASE, upper="def upper(x):\n    return 4 * x")[1]
    assert (blanks["upper"].outcome, blanks["upper"].followed) == (PASSED, ())


def test_a_stand_in_that_raises_is_the_callers_error(small, monkeypatch):
    def broken(x):
        raise KeyError("ours")

    made = small._checks["upper"]
    names = {**made.names, "base": broken, "upper": lambda x: 4 * x}
    monkeypatch.setitem(small._checks, "upper", replace(made, names=names))
    verdict, blanks, _ = small_ones(small, "def base(x):\n    raise ValueError")
    assert (blanks["upper"].outcome, blanks["upper"].score) == (FAILED, 0.0) and verdict.staff_notes == ()


# declared wrongly


def declared(**needs):
    """The checks of an assignment in which blanks need what is given."""
    checks = {name: check({"p": 1.0}, needed)(lambda blank: None) for name, needed in needs.items()}
    with made_up.checks_of("a0-circle", {name: f"def {name}(x):\n    return x" for name in needs}, **checks):
        return checks_of("a0-circle")


@pytest.mark.parametrize(
    ("needs", "circle"),
    [
        ({"a": ["b"], "b": ["a"]}, {"a → b → a", "b → a → b"}),
        ({"a": ["b"], "b": ["c"], "c": ["a"], "d": []}, {"a → c → b → a", "b → a → c → b", "c → b → a → c"}),
        ({"a": ["a"]}, {"a → a"}),
    ],
)
def test_a_circle_is_refused_and_named(needs, circle):
    with pytest.raises(ChecksError, match="^in a0-circle, blanks need each other in a circle: ") as refused:
        declared(**needs)
    assert str(refused.value).partition("circle: ")[2].rstrip(".") in circle


def test_a_need_that_is_no_blank_is_refused():
    with pytest.raises(ChecksError, match="^in a0-circle, a needs c, d: expected names of blanks.$"):
        declared(a=["b", "d", "c"], b=[])


def test_needs_without_a_circle_are_fine():
    assert set(declared(a=["b", "c"], b=["c"], c=[])) == {"a", "b", "c"}


def test_a_need_without_a_right_answer_is_refused():
    checks = {name: check({"p": 1.0}, needed)(lambda blank: None) for name, needed in (("a", ["b"]), ("b", []))}
    with made_up.checks_of("a0-lacking", **checks), pytest.raises(ChecksError, match="b, to which there is no right"):
        checks_of("a0-lacking")


# how it is said


def test_the_sentence_names_them_all():
    assert follow_through(()) == ""
    said = follow_through(("sigmoid", "log_loss", "train"))
    assert said == "Judged with a correct sigmoid, log_loss and train in place of yours: one mistake costs once."
    assert comment_on(BlankVerdict("a", 2.0, PASSED, 2.0)) is None
