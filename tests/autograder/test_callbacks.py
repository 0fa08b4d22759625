"""Functions of the host, lent to the notebook: what it calls them with is seen, plain and bounded."""

from dataclasses import replace

import numpy as np
import pytest

from autograder.authoring.kernel import KernelGuest
from autograder.course.verdict import FAILED, PASSED
from autograder.judging.blank import verdict_on
from autograder.judging.check import check
from autograder.sandbox import callbacks
from autograder.sandbox.callbacks import Callbacks
from autograder.sandbox.fault import StudentFault
from autograder.sandbox.inside import wire
from tests.autograder.made_up import SHORT, judge_of, judged, notebook, outcomes

BEST = 1e-4  # the step of this check's statement


def points(rng):
    yield "x of three", (rng.uniform(1, 2, size=3),)


@check({"gradient": 0.5, "step": 0.5})
def gradient_check(blank):
    """The gradient of a function of a vector by centred differences of step 1e-4."""
    for case in blank.cases(points):
        (x,) = case.args
        seen = []

        def cubes(v, seen=seen):
            """lambda v: np.sum(v**3)"""
            seen.append(v)
            return np.sum(v**3)

        got = blank.call("gradient_check", cubes, x)
        steps = np.max([np.abs(v - x) for v in seen], axis=1)
        blank.close("gradient", got, 3 * x**2, rtol=1e-6)
        blank.true("step", len(seen) == 6 and np.allclose(steps, BEST, rtol=1e-9), "the step is not 1e-4.")


@check({"last": 1.0})
def last(blank):
    """A blank without callbacks, judged after the other."""
    for case in blank.cases(points):
        blank.close("last", blank.call("last", *case.args), case.args[0])


@check({"lent": 1.0})
def lent(blank):
    """What the notebook gets is what a function of its own would give."""
    for _ in blank.cases(points):
        blank.true("lent", blank.call("lent", scaled, [plus], {"f": np.sum}) == "fine", "is not so.")


def scaled(x, by=2.0):
    return (by * x, {"by": by})


def plus(x, y):
    return x + y


CHECKS = {"gradient_check": gradient_check, "last": last, "lent": lent}


@pytest.fixture(scope="module")
def judge():
    with judge_of("a0-lent", replace(SHORT, check_wall=2), **CHECKS) as made:
        yield made


def in_the_sandbox(judge, name, code):
    """The verdict on `name`; whatever it does, the blank after it keeps its marks and nothing is our fault."""
    answers = {name: f"import numpy as np\n{code}", "last": "def last(x):\n    return x"}
    verdict, blanks, _ = judged(judge, notebook(**answers))
    assert outcomes(blanks)["last"] == (PASSED, 2.0) and verdict.staff_notes == ()
    return blanks[name]


def in_a_kernel(name, code):
    namespace = {"np": np}
    exec(code, namespace)
    return verdict_on(CHECKS[name], KernelGuest(namespace), b"5eed", 2.0)


DIFFERENCES = """\
def gradient_check(f, x):
    h, g = STEP, np.zeros_like(x)
    for i in range(x.size):
        e = h * np.eye(x.size)[i]
        g[i] = (f(x + e) - f(x - e)) / (2 * h)
    return g
"""


@pytest.mark.parametrize(("step", "score"), [("1e-4", 2.0), ("1e-5", 1.0), ("1e-1", 0.0)])
def test_the_host_sees_which_step_a_gradient_checker_takes(judge, step, score):
    code = DIFFERENCES.replace("STEP", step)
    for verdict in (in_the_sandbox(judge, "gradient_check", code), in_a_kernel("gradient_check", code)):
        assert verdict.score == score
    if score == 0:
        assert "gradient_check(\n    lambda v: np.sum(v**3),\n    np.array([" in verdict.findings[0].example


def test_knowing_the_gradient_does_not_stand_in_for_calling_the_function(judge):
    code = "def gradient_check(f, x):\n    f(x)\n    return 3 * x**2"
    assert in_the_sandbox(judge, "gradient_check", code).score == 1


LENT = """\
def lent(f, functions, named):
    BODY
    return "fine"
"""
RAISES = "try:\n        {}\n    except {} as error:\n        assert str(error)\n    else:\n        return 'none'"
FINE = {
    "values come back plain": "assert f(2.0) == (4.0, {'by': 2.0}) and functions[0](1, 2) == named['f']([1, 2]) == 3",
    "arguments may be named": "assert f(by=3, x=np.ones(2))[0].tolist() == [3, 3]",
    "everything is float64": "assert f(np.ones(2, np.float32))[0].dtype == np.float64 and f(True)[0] == 2.0",
    "its results are the callers own": "f(np.ones(2))[0][:] = 7\n    assert f(np.ones(2))[0].tolist() == [2, 2]",
    "its arguments are not shared": "a = np.ones(2)\n    functions[0](a, a)\n    assert a.tolist() == [1, 1]",
    "wrong shapes are a ValueError": RAISES.format("functions[0](np.ones(2), np.ones(3))", "ValueError"),
    "too few arguments are a TypeError": RAISES.format("functions[0](1)", "TypeError"),
    "a text is a TypeError": RAISES.format("f('2')", "TypeError"),
    "a complex number is a TypeError": RAISES.format("f(np.ones(2, 'c16'))", "TypeError"),
    "None is a TypeError": RAISES.format("f(None)", "TypeError"),
    "an object is a TypeError": RAISES.format("f(object())", "TypeError"),
    "a function handed back is a TypeError": RAISES.format("f(f)", "TypeError"),
    "an integer without end is a TypeError": RAISES.format("f(10**400)", "TypeError"),
    "what broadcasting would blow up is a ValueError": RAISES.format(
        "functions[0](np.ones((3000, 1)), np.ones(3000))", "ValueError"),
    "what three would blow up together is a ValueError": RAISES.format(
        "named['f'](np.zeros((300, 1, 1)), np.zeros((300, 1)) + np.zeros((1, 300)))", "ValueError"
    ),
    "so is what summing nothing would": RAISES.format("named['f'](np.zeros((0, 1 << 26)), 0)", "ValueError"),
}  # fmt: skip


@pytest.mark.parametrize("what", FINE)
def test_a_lent_function_behaves_as_ones_own(judge, what):
    code = LENT.replace("BODY", FINE[what])
    for verdict in (in_the_sandbox(judge, "lent", code), in_a_kernel("lent", code)):
        assert verdict.outcome == PASSED, verdict.findings


def test_an_argument_that_is_a_function_object_keeps_what_it_has_seen():
    class Counted:
        """abs"""

        def __init__(self):
            self.calls = 0

        def __call__(self, x):
            self.calls += 1
            return abs(x)

    counted = Counted()
    assert KernelGuest({"twice": lambda f: f(f(-1))}).call("twice", (counted,)).value == 1 and counted.calls == 2


# what ends in a finding, for that blank alone

FORGE = "import sys\n    wire, call = sys.modules['wire'], f.func\n    host = call.__self__\n    "
SENT = FORGE + "wire.send(host._connection, 'callback', {nonce}, {body})\n    wire.receive(host._connection)"
BODY = "{'callback': 0, 'args': (1,), 'named': {}}"
BAD = {
    "one call too many": ("for k in range(501): f(k)", "timed_out"),
    "calls without end": ("while True:\n        try: f(1)\n        except Exception: pass", "timed_out"),
    "too many bytes": ("for k in range(40): f(np.ones(200_000))", "died"),
    "a function it was not given": (SENT.format(nonce="host.nonce", body=BODY.replace("0", "9", 1)), "died"),
    "a function before the first": (SENT.format(nonce="host.nonce", body=BODY.replace("0", "-1", 1)), "died"),
    "a function by name": (SENT.format(nonce="host.nonce", body=BODY.replace("0", "'eval'", 1)), "died"),
    "arguments of another form": (SENT.format(nonce="host.nonce", body=BODY.replace("(1,)", "1")), "died"),
    "names that are no text": (SENT.format(nonce="host.nonce", body=BODY.replace("{}", "{1: 2}")), "died"),
    "a body of nothing": (SENT.format(nonce="host.nonce", body="None"), "died"),
    "a nonce of its own": (SENT.format(nonce="'0' * 32", body=BODY), "died"),
    "calls whose answers it does not read": (FORGE + "while True: wire.send(host._connection, 'callback', host.nonce, "
                                             + BODY + ")", "timed_out"),
    "an end in the middle": (FORGE + "host._connection.close()", "died"),
    "a call that it makes after its answer": (FORGE + "wire.send(host._connection, 'value', host.nonce, "
                                              "{'value': 'not fine', 'changed': []})\n    f(1)", ""),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_what_no_function_call_is_costs_that_blank_alone(judge, what, monkeypatch):
    monkeypatch.setattr(callbacks, "MOST_CALLS", 500)
    monkeypatch.setattr(judge._box, "limits", replace(SHORT, check_wall=1))  # who reads no answer is waited for
    body, diagnosis = BAD[what]
    verdict = in_the_sandbox(judge, "lent", LENT.replace("BODY", body))
    assert (verdict.outcome, verdict.score, verdict.diagnosis) == (FAILED, 0.0, diagnosis), verdict.findings


def test_the_author_is_told_of_too_many_calls_even_where_they_are_caught(monkeypatch):
    monkeypatch.setattr(callbacks, "MOST_CALLS", 3)
    code = LENT.replace("BODY", "for k in range(4):\n        try: f(k)\n        except BaseException: pass")
    assert in_a_kernel("lent", code).diagnosis == "timed_out"


def test_a_stand_in_is_handed_the_functions_that_were_lent_and_each_entry_beside_them_counts(monkeypatch):
    monkeypatch.setattr(callbacks, "MOST_CALLS", 100)
    lender = Callbacks({"plus_one": lambda f, x: f(x) + 1})
    (own,) = lender.lend("g", (np.sum,))

    def asked(function, size):
        kind, value = lender.answer({"callback": 0, "args": (function, np.ones(size)), "named": {}})
        return value if kind == "value" else value["type_name"]

    assert asked(own, 3) == 4 and asked(wire.Callback(0), 3) == asked(wire.Callback(2), 3) == "TypeError"
    assert asked(own, 200) == "ValueError"
    with pytest.raises(StudentFault, match="more than 100 times"):
        asked(own, 1)


def test_only_functions_of_the_open_request_are_lent():
    lender = Callbacks()
    assert lender.lend("f", (1, [abs])) == (1, [wire.Callback(0)])
    assert lender.answer({"callback": 0, "args": (-1,), "named": {}}) == ("value", 1.0)
    lender.lend("g", ())
    with pytest.raises(StudentFault, match="g called a function of the test that it was not given"):
        lender.answer({"callback": 0, "args": (-1,), "named": {}})


def test_stand_ins_come_first_in_every_request():
    lender = Callbacks({"log_loss": min, "sigmoid": max})
    assert lender.stand_ins == {"log_loss": wire.Callback(0), "sigmoid": wire.Callback(1)}
    for _ in range(2):
        assert lender.lend("train", (sum,)) == (wire.Callback(2),)
        assert lender.answer({"callback": 1, "args": (1, 2), "named": {}}) == ("value", 2.0)


@pytest.mark.parametrize("error", [ZeroDivisionError("by zero"), KeyError("k"), MemoryError(), RecursionError("deep")])
def test_what_a_lent_function_raises_is_told_and_never_raised_here(error):
    def fails():
        raise error

    lender = Callbacks()
    lender.lend("f", (fails,))
    told = {"type_name": type(error).__name__, "message": str(error)}
    assert lender.answer({"callback": 0, "args": (), "named": {}}) == ("fault", told)
