"""What outlives a cell, a call or a check, and what reaches back into a caller: no mark comes of it."""

import pytest

from tests.attacks.victims import A1, A4, each_victim

OUTLIVES = {
    "atexit": """
import atexit, os
atexit.register(lambda: os.write(1, b"4.0"))
atexit.register(os._exit, 0)
""",
    "__del__ of a global": """
import sys
class Last:
    def __del__(self, wire=sys.modules["wire"]):
        wire.send = lambda *args, **named: 0
last = Last()
""",
    "a thread that patches": """
import threading, numpy as np
def patch():
    while True:
        np.allclose = np.array_equal = lambda *args, **kwargs: True
        globals().update(perceptron=max, test_perceptron=4.0)
threading.Thread(target=patch, daemon=True).start()
""",
    "a thread that takes the checks' sockets": """
import os, socket, threading
def steal():
    while True:
        for descriptor in range(3, 32):
            try:
                sock = socket.socket(fileno=os.dup(descriptor))
                sock.recv(1 << 16, socket.MSG_DONTWAIT)
                sock.close()
            except OSError:
                pass
threading.Thread(target=steal, daemon=True).start()
""",
    "a process that answers": """
import os, sys
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True:
            for descriptor in range(3, 32):
                try:
                    os.write(descriptor, b"4.0")
                except OSError:
                    pass
    os._exit(0)
""",
    "signal handlers": """
import signal
def passed(*_):
    raise SystemExit("passed")
for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, passed)
signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
""",
    "a trace function": """
import sys, threading
def trace(frame, event, argument):
    if "want" in frame.f_locals:
        frame.f_locals["want"] = frame.f_locals.get("got")
    return trace
sys.settrace(trace); threading.settrace(trace); sys.setprofile(trace)
""",
    "import hooks": """
import importlib.abc, sys
class Ours(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        raise SystemExit
sys.meta_path.insert(0, Ours())
sys.path_hooks.clear()
sys.excepthook = lambda *args: None
""",
}
SLOW = {"a thread that takes the checks' sockets"}  # each check has to be waited for


@pytest.mark.parametrize(
    ("what", "victim"), [(what, A1) for what in OUTLIVES] + [(what, A4) for what in OUTLIVES if what not in SLOW],
    indirect=["victim"],
)  # fmt: skip
def test_what_outlives_a_cell_gains_nothing(scores, victim, what):
    """Neither a blank that has no answer nor one that has a wrong one."""
    assert set(scores(victim.wrong, before=OUTLIVES[what]).values()) == {0.0}


REDEFINED = {
    "what the tests call": """
import numpy as np
from types import SimpleNamespace
class Report:
    def raise_if_failed(self):
        return None
check_gradients = lambda *args, **kwargs: Report()
numerical_gradient = lambda *args, **kwargs: 0
np.allclose = np.shape = np.ndim = lambda *args, **kwargs: True
""",
    "the module the tests import": """
import sys, types
for name in ("nnlib", "nnlib.allow", "nnlib.gradcheck", "nnlib.datasets", "nnlib.plots"):
    module = sys.modules[name] = types.ModuleType(name)
    module.__path__, module.__getattr__ = [], lambda name: (lambda *args, **kwargs: None)
""",
    "list and print": "list = print = abs = zip = len = lambda *args, **kwargs: [1, 0, 0, 1]\n",
    "the magic of every cell": """
get_ipython().events.register("pre_run_cell", lambda info: setattr(info, "raw_cell", "pass"))
get_ipython().run_cell = get_ipython().run_cell_async = lambda *args, **kwargs: None
""",
}


@each_victim
@pytest.mark.parametrize("what", REDEFINED)
def test_redefining_what_locked_cells_call_gains_nothing(scores, victim, what):
    assert set(scores(victim.wrong, before=REDEFINED[what], after=REDEFINED[what]).values()) == {0.0}


def test_changing_what_was_sent_does_not_change_what_is_expected(scores):
    code = """\
def row_gradients(X, delta):
    X[...], delta[...] = 0, 0
    X.resize((0,), refcheck=False)
    return np.zeros(0), 0.0
"""
    same = "def gradient_step(w, b, dw, db, lr):\n    dw[...] = 0\n    w += 1\n    return w, b"
    got = scores({"row_gradients": code, "gradient_step": same}, solved=True)
    assert got["row_gradients"] == got["gradient_step"] == 0.0


def test_what_one_check_writes_down_helps_no_other(scores):
    """Every argument is written to a file and to a process; none of them holds a right answer."""
    code = """\
import os, pickle, tempfile
NOTES = os.path.join(tempfile.gettempdir(), "notes")
def note(*args):
    with open(NOTES, "ab") as file:
        pickle.dump(args, file)
    if os.fork() == 0:
        os.setsid()
        import time
        time.sleep(30)
    with open(NOTES, "rb") as file:
        return pickle.load(file)
def sigmoid(z):
    return note(z)[0]
def log_loss(y, z):
    return note(y, z)[0]
def row_gradients(X, delta):
    return note(X, delta)
"""
    got = scores({"sigmoid": code}, after=code)
    assert set(got.values()) == {0.0}


def test_answers_that_call_each_other_gain_nothing(scores):
    answers = {
        "row_gradients": "def row_gradients(X, delta):\n    return column_gradients(X.T, delta)",
        "column_gradients": "def column_gradients(X, delta):\n    return row_gradients(X.T, delta)",
        "sigmoid": "def sigmoid(z):\n    return sigmoid_derivative(z) / (1 - sigmoid(z))",
        "sigmoid_derivative": "def sigmoid_derivative(z):\n    return sigmoid(z) * (1 - sigmoid(z))",
    }
    got = scores(answers)
    assert {got[name] for name in answers if name != "sigmoid_derivative"} == {0.0}


TELLS = {
    "the time": "import time\ndef row_gradients(X, delta):\n    return np.full(X.shape[1], time.time()), time.time()",
    "chance": "def row_gradients(X, delta):\n    return np.random.normal(size=X.shape[1]), np.random.normal()",
    "the caller": """\
import gc, sys
def row_gradients(X, delta):
    frame = sys._getframe()
    while frame is not None:
        for name in ("want", "expected", "reference"):
            if name in frame.f_locals:
                return frame.f_locals[name]
        frame = frame.f_back
    found = [o["want"] for o in gc.get_objects() if type(o) is dict and "want" in o]
    return found[0] if found else (0.0, 0.0)""",
    "the text of the tests": """\
import re
def row_gradients(X, delta):
    text = "\\n".join(get_ipython().history_manager.input_hist_raw + In)
    known = re.findall(r"allclose\\(dw, \\[([^\\]]*)\\]", text)
    return np.array([float(x) for x in known[-1].split(",")]) if known else np.zeros(2), 0.1875""",
}


@pytest.mark.parametrize("what", TELLS)
def test_answers_taken_from_elsewhere_gain_nothing(scores, what):
    assert scores({"row_gradients": TELLS[what]}, solved=True)["row_gradients"] == 0.0
