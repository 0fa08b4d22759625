"""At home practice is used in every wrong way: it says what the grader would, or one sentence; it never breaks."""

import json
import subprocess
import sys
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import practice
from autograder.authoring.kernel import KernelGuest
from autograder.course.verdict import Verdict
from autograder.feedback import render
from autograder.judging.blank import Blank, verdict_on
from autograder.judging.check import check
from autograder.judging.public_cases import _coded, public_cases
from tests.autograder.assignments import checks_of
from tests.runs import words

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
A1 = "a1-neuron"
SUMS = "def row_gradients(X, delta):\n    return X.T @ delta, delta.sum()"


@cache
def cases(assignment):
    return public_cases(assignment)


@pytest.fixture(autouse=True)
def at_home():
    """A notebook's kernel knows the cases of one assignment."""
    practice.cases.load(cases(A1))
    yield
    practice.cases.used.clear()


def notebook(blank, code):
    """The names of a notebook in which one blank has this answer, the others their solutions."""
    namespace = {**checks_of(A1)[blank].names, "practice": practice}
    del namespace[blank]
    exec(code, namespace)
    return namespace


def examined(blank, code):
    namespace = notebook(blank, code)
    with np.errstate(all="ignore"):
        return practice.examine(blank, namespace.get(blank), namespace)


def graded(blank, code):
    """What the grader finds in the public examples."""
    examination = Blank(checks_of(A1)[blank], b"")
    with np.errstate(all="ignore"):
        examination.examine(KernelGuest(notebook(blank, code)), public=True, singly=True)
    return examination.verdict(1.0).findings


# a sentence of the blank's own file

OWN = "One was added where none was asked for."


@pytest.fixture
def own_sentence(monkeypatch):
    """a1-neuron, where one mistake's sentence stands in its blank's file alone."""
    made = dict(checks_of(A1))
    answers = made["row_gradients"].variants
    renamed = (replace(v, label="own", diagnosis="own", sentence=OWN) for v in answers if v.defines == "missing_mean")
    made["row_gradients"] = replace(made["row_gradients"], variants=(answers[0], *renamed))
    monkeypatch.setattr("autograder.judging.public_cases.checks_of", lambda assignment: made)
    return made["row_gradients"]


def test_the_page_says_the_sentence_of_a_blanks_own_file_as_practice_does(own_sentence):
    practice.cases.load(public_cases(A1))
    assert examined("row_gradients", SUMS).likely == OWN
    verdict = verdict_on(own_sentence, KernelGuest(notebook("row_gradients", SUMS)), b"")
    assert (verdict.diagnosis, verdict.sentence) == ("own", OWN)
    page = words(render(Verdict(A1, "ada", "ab" * 32, (verdict,)), None))
    assert f"Most likely: {OWN}" in page and page.count(OWN) == 1


# what a notebook may have set


@pytest.mark.parametrize("options", [{"precision": 2, "sign": "+"}, {"legacy": "1.13"}], ids=["sign", "legacy"])
def test_the_call_that_is_shown_is_the_same_however_the_notebook_prints_arrays(options):
    nothing = "def log_loss(y, z):\n    return 0.0"
    usual = examined("log_loss", nothing).findings
    with np.printoptions(**options):
        assert examined("log_loss", nothing).findings == usual


# functions of every kind

ODD = {
    "lists in lists without end": "def sigmoid(z):\n    a = []\n    a.append(a)\n    return a",
    "an object that can be nothing": "class O:\n    def __eq__(self, other): raise ValueError('eq')\n"
    "    def __float__(self): raise KeyError('float')\ndef sigmoid(z):\n    return O()",
    "a generator": "def sigmoid(z):\n    yield from z",
    "a generator without end": "def sigmoid(z):\n    while True:\n        yield 1.0",
    "calling itself": "def sigmoid(z):\n    return sigmoid(z)",
    "another class": "class sigmoid:\n    def __init__(self, z): self.z = z",
    "complex": "def sigmoid(z):\n    return 1j * z",
    "None among numbers": "def sigmoid(z):\n    return [None for _ in z]",
}


@pytest.mark.parametrize("code", ODD.values(), ids=ODD)
def test_of_odd_values_it_says_what_the_grader_says(code):
    assert (*examined("sigmoid", code).findings,) == graded("sigmoid", code)


ENDING = {
    "SystemExit: 3": "raise SystemExit(3)",
    "GeneratorExit: ": "raise GeneratorExit",
    "Silent: ": "raise Silent()",
}
SILENT = "class Silent(Exception):\n    def __str__(self):\n        raise ValueError('no')\n\n\n"


@pytest.mark.parametrize("said", ENDING)
def test_a_function_that_ends_the_program_ends_neither_the_check_nor_the_table(said):
    code = f"{SILENT}def sigmoid(z):\n    {ENDING[said]}"
    assert examined("sigmoid", code).findings[0].message == f"For z of shape (9,): sigmoid raised {said}"
    table = eval("practice.overview()", notebook("sigmoid", code))
    assert {one.state for one in table if one.name == "xor"} == {"right"}


def test_an_interrupt_ends_the_check():
    with pytest.raises(KeyboardInterrupt):
        examined("sigmoid", "def sigmoid(z):\n    raise KeyboardInterrupt")


def test_a_forward_function_that_changes_its_arguments_leaves_the_examples_as_they_are():
    practice.cases.used["blanks"]["gradient_step"]["forward"] = "cost"
    spoils = "def cost(w, b, dw, db, rate):\n    dw[...] = 0\n    return w.sum() + b"
    before = repr(practice.cases.used)
    examined("gradient_step", f"{checks_of(A1)['gradient_step'].variants[0].code}\n\n\n{spoils}")
    assert repr(practice.cases.used) == before


def test_float32_whose_numbers_are_right_gets_no_picture_of_what_is_wrong():
    right = checks_of(A1)["xor"].variants[0].code
    found = examined(
        "xor", f"{right}\n\n\nours = xor\n\n\ndef xor(X, gates):\n    return ours(X, gates).astype(np.float32)"
    )
    assert "got dtype float32" in found.sentence() and "Where" not in repr(found)


def test_before_use_nothing_passes():
    practice.cases.used.clear()
    with pytest.raises(RuntimeError, match="^Nothing can be checked yet: run the cell with `practice.use` first.$"):
        practice.check(np.sum)
    assert repr(practice.overview()).startswith("Nothing can be checked yet")


def test_no_function_at_all_is_told_so():
    with pytest.raises(ValueError, match="^this is no blank of a1-neuron: "):
        exec("practice.check(print())", {"practice": practice})


def test_a_forward_function_that_prints_is_not_heard_while_its_slope_is_taken(capsys):
    code = checks_of(A1)["sigmoid_derivative"].variants[0].code
    examined("sigmoid_derivative", f"{code}\n\n\ndef sigmoid(z):\n    print('here')\n    return 1 / (1 + np.exp(-z))")
    assert capsys.readouterr().out.count("here") <= 6


# the file of cases


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (lambda: cases(A1)[:5000], "is no whole file of examples"),
        (lambda: "", "is no whole file of examples"),
        (lambda: "[1]", "is no whole file of examples"),
        (lambda: '{"assignment": "a1-neuron", "tell": "diagnose"}', "is no whole file of examples"),
        (lambda: cases(A1).replace('"a1-neuron"', '"a2"', 1), "is no whole file of examples"),
    ],
    ids=["truncated", "empty", "a list", "of another release", "of another assignment"],
)
def test_a_file_of_cases_that_is_not_this_assignments_is_told_in_one_sentence(folder, text, said):
    (folder / f"{A1}.cases.json").write_text(text(), encoding="utf-8")
    with pytest.raises(ValueError, match=f"^{A1}.cases.json {said} of {A1}: copy it again out of the zip") as error:
        practice.use(A1)
    assert error.value.__context__ is None
    assert practice.cases.tells_nothing().startswith("Nothing can be checked yet")


def test_windows_line_ends_and_a_byte_order_mark_are_nothing(folder):
    (folder / f"{A1}.cases.json").write_bytes(
        b"\xef\xbb\xbf" + json.dumps(json.loads(cases(A1)), indent=1).replace("\n", "\r\n").encode()
    )
    practice.use(A1)
    assert practice.cases.used["blanks"].keys() == checks_of(A1).keys()


def test_two_assignments_in_one_kernel_do_not_mix(folder):
    (folder / "a2.cases.json").write_text(
        cases(A1).replace('"a1-neuron"', '"a2"', 1).replace("sigmoid", "tanh"), "utf-8"
    )
    practice.use("a2")
    with pytest.raises(ValueError, match="^sigmoid is no blank of a2: "):
        exec("def sigmoid(z): ...\n\n\npractice.check(sigmoid)", {"practice": practice})


def test_where_signs_cannot_be_printed_the_sentence_is_all_the_same():
    program = f"import practice\npractice.cases.load({cases(A1)!r})\ndef sigmoid(z): return z\npractice.check(sigmoid)"
    done = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-"],
        input=f"# coding: utf-8\n{program}".encode(),
        env={"PYTHONIOENCODING": "cp1252", "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
    )
    assert b"sigmoid: ?(z): For z of shape (9,):" in done.stdout, done.stderr.decode()
    assert b"practice.Wrong: sigmoid: " in done.stderr


# what is not examined at home


def test_a_blank_of_which_there_are_no_examples_is_not_said_to_be_right(capsys):
    practice.cases.used["blanks"]["xor"]["cases"] = []
    for code in ("", "def xor(X, gates):\n    return 1"):
        namespace = notebook("xor", code)
        found = next(one for one in eval("practice.overview()", namespace) if one.name == "xor")
        assert (
            found.state != "right"
            and "✓" not in repr(found)
            and "right" not in practice.Overview([found])._repr_html_()
        )


def test_what_cannot_be_examined_at_home_is_named():
    practice.cases.used["blanks"]["xor"]["later"] = ["order"]
    found = examined("xor", checks_of(A1)["xor"].variants[0].code)
    assert found.lines() == ["right on 4 public examples; what is examined only when you hand in: order"]


@check({"sum": 0.5, "order": 0.5})
def examined_by_hand(blank):
    """A sum, and in which order."""
    for case in blank.cases(lambda rng: [("m = 2", (np.ones(2),))]):
        blank.close("sum", blank.call("total", *case.args), 2.0)
        blank.true("order", True, "It is not the order.")


@check({"sum": 1.0})
def examined_by_what_is_no_json(blank):
    """A sum of complex numbers."""
    for case in blank.cases(lambda rng: [("m = 2", (1j,))]):
        blank.close("sum", blank.call("total", *case.args), 2.0)


@pytest.mark.parametrize(
    ("made", "state", "later"),
    [(examined_by_hand, "right", ["order"]), (examined_by_what_is_no_json, "not examined", ["sum"])],
    ids=["a condition", "no JSON"],
)
def test_a_check_that_cannot_be_told_in_values_is_left_to_the_grader_and_stops_no_other(
    monkeypatch, made, state, later
):
    made = replace(made, name="total", names={"total": lambda x: 2.0})
    checks = {**checks_of(A1), "total": made}
    monkeypatch.setattr("autograder.judging.public_cases.checks_of", lambda assignment: checks)
    practice.cases.load(public_cases(A1))
    found = practice.examine("total", lambda x: 2.0, {})
    assert (found.state, found.later) == (state, later)
    assert examined("sigmoid", "def sigmoid(z):\n    return z").state == "wrong"


def test_whole_numbers_keep_their_size_where_those_of_numpy_are_shorter():
    for array in (
        np.arange(3),
        np.arange(3, dtype=np.uint8),
        np.zeros((0, 2)),
        np.array([True]),
        np.array([1.5, np.nan]),
    ):
        again = json.loads(json.dumps(_coded(array)))
        assert array.dtype in (np.float64, np.bool_) or np.dtype(again["dtype"]) == array.dtype
        practice.cases.load(json.dumps({"it": again}))
        assert practice.cases.used["it"].dtype == array.dtype and practice.cases.used["it"].shape == array.shape


# right or wrong alone


def test_where_right_or_wrong_alone_is_told_no_note_tells_more():
    practice.cases.used["tell"] = "tell"
    code = "def sigmoid_derivative(z):\n    a = sigmoid(z)\n    z[...] = 0\n    return 2 * a * (1 - a)"
    found = examined("sigmoid_derivative", f"{code}\n\n\ndef sigmoid(z):\n    return 1 / (1 + np.exp(-2 * z))")
    assert repr(found) == "✗ sigmoid_derivative: not right yet"


def test_blanks_that_need_each_other_are_asked_once_a_blank_that_needs_them():
    blanks, asked = practice.cases.used["blanks"], []
    for k, blank in enumerate(blanks.values()):
        blank["needs"] = [*blanks][:k]
    namespace = {name: lambda *args: asked.append(args) for name in blanks}  # all wrong
    assert len(eval("practice.overview()", namespace | {"practice": practice})) == len(blanks) == 12
    assert len(asked) == 12 + 12 * 11 / 2


def test_a_student_with_a_class_that_cannot_be_printed_or_measured_is_told_its_name():
    odd = "class Odd:\n    def __repr__(self): raise ValueError\n    def __len__(self): raise ValueError\n"
    assert (
        "got an Odd, expected an array" in examined("sigmoid", f"{odd}\n\ndef sigmoid(z):\n    return Odd()").sentence()
    )
