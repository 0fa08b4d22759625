"""A second guess: code that answers otherwise at a later attempt, or by what an earlier one left, gains nothing."""

import tracemalloc

import numpy as np
import pytest

from autograder.judging import examination
from autograder.judging.blank import Blank
from autograder.judging.check_modules import checks_of
from autograder.notebook import cells
from tests.attacks.victims import A4


@pytest.fixture(autouse=True)
def unhurried(monkeypatch):
    """On a busy machine all would be late, and be asked once more as if they had said nothing."""
    monkeypatch.setattr(examination, "AT_ONCE", 60)


# what a later attempt can be told by; every count is kept in a file, which all processes of a submission share
LATER = """\
import builtins, os, sys, tempfile

NOTES = os.path.join(tempfile.gettempdir(), "attempts-")

def _request():
    frame = sys._getframe()
    while frame is not None and "request" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["request"].nonce if frame else ""

def is_late(name, what, first):
    if not _request():  # a test cell, not the judge
        return False
    notes = NOTES + name
    seen = open(notes).read().split() if os.path.exists(notes) else []
    mark = {"process": str(os.getpid()), "message": _request(), "call": str(len(seen))}[what]
    if mark not in seen:
        seen.append(mark)
        open(notes, "w").write(" ".join(seen))
    return seen.index(mark) + 1 >= first

def spoiled(value):
    if isinstance(value, (tuple, list)):
        return tuple(map(spoiled, value))
    return -1000 - np.asarray(value, dtype=float)  # other gates, and networks, too

def late(name, right, what, first, early):
    def answer(*args):
        if is_late(name, what, first):
            return right(*args)
        return early(right, args)
    return answer

def gives_another(right, args):
    return spoiled(right(*args))

def gives_nothing(right, args):
    return None

def raises(right, args):
    raise ValueError("not yet")
"""


def guessing(attacked, what, first, early="gives_another", blanks=()):
    """A solved notebook whose `blanks` (all) are right only from the `first` process, message or call on."""
    notebook = attacked.notebook(before=LATER, solved=True)
    for cell in notebook.cells:
        name = cells.grade_id(cell)
        if cells.kind(cell) == cells.ANSWER and name in (blanks or attacked.blanks):
            cell.source += f"\n{name} = late({name!r}, {name}, {what!r}, {first}, {early})"
    return notebook


def shares(attacked, notebook):
    verdict = attacked.judged(notebook)
    assert verdict.staff_notes == () and all(blank.score is not None for blank in verdict.blanks)
    return {blank.grade_id: blank.score / blank.points for blank in verdict.blanks}


def most(attacked, what, first, early):
    """The largest share of its points that a blank gets; those that others need to be right are late apart."""
    dependent = {name for name, made in checks_of("a1-neuron").items() if made.needs}
    groups = (dependent, set(attacked.blanks) - dependent)
    got = {late: shares(attacked, guessing(attacked, what, first, early, late)) for late in map(frozenset, groups)}
    return max(shares[name] for late, shares in got.items() for name in late)


@pytest.mark.parametrize("early", ["gives_another", "gives_nothing", "raises"])
@pytest.mark.parametrize("first", [2, 3, 4])
def test_right_only_from_a_later_process_on_gains_nothing(attacked, first, early):
    assert most(attacked, "process", first, early) == 0.0


@pytest.mark.parametrize("victim", [A4], indirect=True, ids=lambda victim: victim.assignment)
@pytest.mark.parametrize(("what", "keeps"), [("process", 0.0), ("call", 0.5)])
def test_nor_does_it_in_another_assignment(attacked, what, keeps):
    blanks = ("penalised", "hidden_gradients", "shortcut_backward", "two_layer_backward", "train")
    got = shares(attacked, guessing(attacked, what, 2, blanks=blanks))
    assert max(got[name] for name in blanks) <= keeps


@pytest.mark.parametrize("early", ["gives_another", "raises"])
@pytest.mark.parametrize("first", [2, 3, 4])
def test_right_only_from_a_later_message_or_call_on_keeps_what_was_right_at_once(attacked, first, early):
    """A property of which no value was wrong is right: no more than half of a blank, and nothing after an exception."""
    for what in ("message", "call"):
        assert most(attacked, what, first, early) <= (0.5 if early == "gives_another" else 0.0), what


@pytest.mark.parametrize("blank", ["xor", "sigmoid_derivative", "train"])
@pytest.mark.parametrize("first", [2, 3, 4])
def test_a_wrong_prerequisite_is_no_second_guess(attacked, blank, first):
    """Its prerequisites are given up, so that it is judged with stand-ins: in another process."""
    wrong = {
        "perceptron": "def perceptron(X, w, theta):\n    return 1.0 * (X @ w >= -theta)",
        "sigmoid": "def sigmoid(z):\n    return np.tanh(z)",
    }
    notebook = guessing(attacked, "process", first, blanks=(blank,))
    for cell in notebook.cells:
        if cells.kind(cell) == cells.ANSWER:
            cell.source = wrong.get(cells.grade_id(cell), cell.source)
    assert shares(attacked, notebook)[blank] == 0.0


SECOND = """\
def sigmoid_derivative(z):
    if type(sigmoid).__name__ == "partial":  # a stand-in
        a = sigmoid(z)
        return a * (1 - a)
    return 7.0 * z
"""
TRAIN = """\
def train(X, y, lr, steps):
    if type(sigmoid).__name__ != "partial":
        return np.ones(X.shape[1]) * 77, 5.0, np.ones(steps) * 9
    w, b, costs = np.zeros(X.shape[1]), 0.0, []
    for _ in range(steps):
        z = X @ w + b
        costs.append(log_loss(y, z))
        w, b = gradient_step(w, b, *row_gradients(X, sigmoid(z) - y), lr)
    return w, b, costs
"""
COMPOSED = """\
def xor(X, gates):
    if type(perceptron).__name__ != "partial":
        return X[:, 0] * 99
    hidden = [perceptron(X, *gates[gate]) for gate in ("NAND", "OR")]
    return perceptron(np.column_stack(hidden), *gates["AND"])
"""
NOT_FINITE = {
    "a derivative": ("sigmoid_derivative", {"sigmoid": "def sigmoid(z):\n    return z * np.nan",
                                            "sigmoid_derivative": SECOND}),
    "a training": ("train", {"sigmoid": "def sigmoid(z):\n    return z * np.nan",
                             "log_loss": "def log_loss(y, z):\n    return np.nan", "train": TRAIN}),
    "a composition": ("xor", {"perceptron": "def perceptron(X, w, theta):\n    return np.full(len(X), np.nan)",
                              "xor": COMPOSED}),
}  # fmt: skip


@pytest.mark.parametrize("what", NOT_FINITE)
def test_a_prerequisite_that_is_not_finite_excuses_no_wrong_number(attacked, what):
    blank, answers = NOT_FINITE[what]
    assert shares(attacked, attacked.notebook(answers, solved=True))[blank] == 0.0


BOMBS = {
    "texts": ("perceptron", "def perceptron(X, w, theta):\n    return ['a' * 200_000] + ['b'] * 1_500",
              "xor", "def xor(X, gates):\n    return X[:, 0] * 99"),
    "a text or a number": ("sigmoid", "n = 0\ndef sigmoid(z):\n    global n\n    n += 1\n"
                           "    return 'a' if n % 2 else 300_000_000", "sigmoid_derivative", SECOND),
    "a large array": ("sigmoid", "def sigmoid(z):\n    return np.ones((15_000_000, 1), bool)", "train",
                      "def train(X, y, lr, steps):\n    return X[0] * 3 - 1, 2.0, np.arange(steps) * 1.0"),
}  # fmt: skip


@pytest.mark.parametrize("what", BOMBS)
def test_what_a_prerequisite_gives_is_no_bomb_for_our_reference(attacked, what):
    prerequisite, code, blank, wrong = BOMBS[what]
    tracemalloc.start()
    try:
        got = shares(attacked, attacked.notebook({prerequisite: code, blank: wrong}, solved=True))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert got[prerequisite] == got[blank] == 0.0 and peak < 200_000_000


KILLS = """
import os, tempfile, threading, time
END = os.path.join(tempfile.gettempdir(), "end")
def end():  # of the notebook's own process, once a check asks for it
    while not os.path.exists(END):
        time.sleep(0.01)
    os._exit(1)
threading.Thread(target=end, daemon=True).start()
def weighted_gradients(X, delta, s):
    open(END, "w").close()
    time.sleep(0.5)
    os._exit(1)
"""


def test_ending_the_notebooks_process_asks_nobody_twice(attacked, monkeypatch):
    """It is run again from the start; what was wrong before stays so."""
    asked, ask = [], examination.Examination.ask
    monkeypatch.setattr(examination.Examination, "ask", lambda self, guest: asked.append(guest) or ask(self, guest))
    for first in (2, 3, 4):
        notebook = guessing(attacked, "process", first, blanks=("row_gradients", "sigmoid", "log_loss"))
        at = next(i for i, c in enumerate(notebook.cells) if cells.grade_id(c) == "weighted_gradients")
        notebook.cells[at].source = KILLS
        asked.clear()
        got = shares(attacked, notebook)
        assert len(asked) > 1  # it was run again
        assert (got["row_gradients"], got["sigmoid"], got["log_loss"]) == (0.0, 0.0, 0.0)


SHOWS = """\
import os, tempfile
NOTES = os.path.join(tempfile.gettempdir(), "seen")

def NAME(*args):
    seen = open(NOTES).read() if os.path.exists(NOTES) else ""
    open(NOTES, "w").write(seen + "".join(repr([np.ravel(x).tolist() for x in args if not isinstance(x, dict)])))
    raise ValueError(seen[-300:])
"""


@pytest.mark.parametrize("blank", ["row_gradients", "sigmoid"])
def test_no_fresh_input_is_shown_in_what_an_exception_says(attacked, blank, fresh_inputs):
    notebook = attacked.notebook({blank: SHOWS.replace("NAME", blank)}, solved=True)
    text = attacked.judged(notebook).to_json()
    assert "raised ValueError: " in text and len(fresh_inputs) > 20
    assert [shown for shown in fresh_inputs if shown in text] == []


@pytest.fixture
def fresh_inputs(monkeypatch):
    """The numbers of each array of three or more that is a fresh input of any blank, as `SHOWS` writes them."""
    seen = []
    made = Blank._made

    def watched(self, make):
        for case in made(self, make):
            arrays = [] if case.public else [a for a in case.args if isinstance(a, np.ndarray) and a.size >= 3]
            seen.extend(str(array.ravel().tolist())[1:-1] for array in arrays)
            yield case

    monkeypatch.setattr(Blank, "_made", watched)
    return seen
