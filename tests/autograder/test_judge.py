"""The judge, behind the real walls: our faults become undecided, the student's findings, and nothing raises."""

from dataclasses import replace
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from autograder.course.course import Course
from autograder.course.verdict import FAILED, PASSED, UNDECIDED
from autograder.judging import judge as judge_module
from autograder.judging.blank import Blank
from autograder.judging.check import check
from autograder.judging.judge import Judge
from autograder.judging.staff_notes import unusual_numbers
from autograder.sandbox import walls
from autograder.sandbox.fault import StudentFault
from autograder.sandbox.outputs import _outputs
from autograder.sandbox.sandbox import Sandbox
from autograder.sandbox.session import Fork
from autograder.sandbox.walls import SandboxUnavailable
from tests.autograder import made_up
from tests.autograder.made_up import SHORT, cell_of_test, judged, numbers, outcomes
from tests.small_class import graded

ASSIGNMENT = "a0-judged"


@check({"one": 1.0})
def one(blank):
    """Twice."""
    for case in blank.cases(numbers):
        blank.close("one", blank.call("one", *case.args), 2 * case.args[0])


@check({"broken": 1.0})
def broken(blank):
    """A check with a bug of its own."""
    raise KeyError("the check's own bug")


@check({"two": 1.0})
def two(blank):
    """Three times."""
    for case in blank.cases(numbers):
        blank.close("two", blank.call("two", *case.args), 3 * case.args[0])


@pytest.fixture(scope="module")
def judge():
    """A judge of three blanks, of which the second one's check is broken."""
    with made_up.judge_of(ASSIGNMENT, one=one, broken=broken, two=two) as made:
        yield made


RIGHT = {"one": "def one(x):\n    return 2 * x", "two": "def two(x):\n    return 3 * x"}


def notebook(*own, blanks=("one", "two"), **answers):
    """A notebook that answers the blanks, followed by cells of the student's own."""
    answers = RIGHT | answers
    return made_up.notebook(*own, **{name: answers.get(name, "") for name in blanks})


def texts(executed):
    return [output.get("text", "") for cell in executed.cells for output in cell.get("outputs", ())]


# ours


def test_a_checks_own_exception_leaves_its_blank_undecided_and_the_others_judged(judge):
    verdict, blanks, _ = judged(judge, notebook(blanks=("one", "broken", "two"), broken="def broken(): pass"))
    assert outcomes(blanks) == {"one": (PASSED, 2.0), "broken": (UNDECIDED, None), "two": (PASSED, 2.0)}
    assert len(verdict.staff_notes) == 1 and verdict.staff_notes[0].startswith("broken: Traceback")
    assert "the check's own bug" in verdict.staff_notes[0]
    assert "bug" not in blanks["broken"].findings[0].message and not verdict.notes


def test_a_blank_without_a_check_is_undecided(judge):
    verdict, blanks, _ = judged(judge, notebook(blanks=("one", "nobodys")))
    assert outcomes(blanks) == {"one": (PASSED, 2.0), "nobodys": (UNDECIDED, None)}
    assert "KeyError: 'nobodys'" in verdict.staff_notes[0]


def test_a_sandbox_that_goes_wrong_leaves_all_undecided(judge, monkeypatch):
    def gone(self, ends):
        raise OSError("no more pids")

    monkeypatch.setattr(Sandbox, "session", gone)
    verdict, blanks, _ = judged(judge, notebook())
    assert {blank.outcome for blank in blanks.values()} == {UNDECIDED} and "no more pids" in verdict.staff_notes[0]
    assert verdict.score == 0 and {blank.score for blank in blanks.values()} == {None}


def test_a_warm_process_that_was_killed_is_started_again(judge):
    judge._box._zygote._process.kill()
    judge._box._zygote._process.wait()
    assert outcomes(judged(judge, notebook())[1]) == {"one": (PASSED, 2.0), "two": (PASSED, 2.0)}


# the student's


def test_a_right_notebook_and_its_outputs(judge):
    own = "print('hello')\nimport sys\nprint('oh', file=sys.stderr)\n1 + 1"
    verdict, blanks, executed = judged(judge, notebook(own))
    assert outcomes(blanks) == {"one": (PASSED, 2.0), "two": (PASSED, 2.0)} and (
        verdict.notes,
        verdict.staff_notes,
    ) == ((), ())
    assert "visible one\n" in texts(executed) and "hello\n" in texts(executed)
    kinds = [output.output_type for output in executed.cells[-1].outputs]
    assert kinds == ["stream", "stream", "execute_result"]
    nbformat.validate(executed)


def test_the_hidden_line_is_not_run(judge):
    _, _, executed = judged(judge, notebook())
    assert not [output for cell in executed.cells for output in cell.outputs if output.output_type == "error"]


def test_the_submitted_notebook_is_not_changed(judge):
    submitted = notebook("print(1)")
    before = nbformat.writes(submitted)
    judged(judge, submitted)
    assert nbformat.writes(submitted) == before


@pytest.mark.parametrize(
    "end",
    ["import os; os._exit(3)", "import ctypes; ctypes.string_at(0)", "import os; os.execv('/bin/true', ['true'])"],
)
def test_a_cell_that_kills_the_process_is_left_out_and_said(judge, end):
    verdict, blanks, executed = judged(judge, notebook(end, "print('still here')"))
    assert outcomes(blanks) == {"one": (PASSED, 2.0), "two": (PASSED, 2.0)}
    (note,) = verdict.notes
    assert note.startswith("Code cell 5 was left out: ") and note.endswith(".") and "still here\n" in texts(executed)
    assert verdict.staff_notes == ()


def test_too_many_killing_cells_fail_and_are_not_undecided(judge):
    verdict, blanks, _ = judged(judge, notebook(*["import os; os._exit(3)"] * 9, one="import os; os._exit(1)"))
    assert {blank.outcome for blank in blanks.values()} <= {PASSED, FAILED} and verdict.staff_notes == ()
    assert blanks["one"].score == 0


def test_a_blank_that_ends_its_process_costs_itself_only(judge):
    _, blanks, _ = judged(judge, notebook(one="def one(x):\n    import os\n    os._exit(0)"))
    assert outcomes(blanks) == {"one": (FAILED, 0.0), "two": (PASSED, 2.0)} and blanks["one"].diagnosis == "died"


@pytest.mark.parametrize(
    ("body", "wall", "tries"), [("import time; time.sleep(99)", 1.5, 2), ("while True: pass", 30, 1)]
)
def test_a_check_that_waited_is_tried_once_more_and_one_that_computed_is_not(judge, monkeypatch, body, wall, tries):
    seen = []
    examine = Blank.examine

    def counted(self, guest, *, public, singly=False):
        seen.append((self.check.name, public, singly))
        return examine(self, guest, public=public, singly=singly)

    monkeypatch.setattr(Blank, "examine", counted)
    monkeypatch.setattr(judge._box, "limits", replace(SHORT, check_wall=wall))
    _, blanks, _ = judged(judge, notebook(one=f"def one(x):\n    {body}"))
    at_once, alone = [("one", True, False), ("two", True, False)], [("one", True, True)] * tries
    assert blanks["one"].diagnosis == "timed_out"
    assert seen == [*at_once, *alone, ("two", True, True), ("two", False, False)]


def test_a_check_that_waited_once_is_judged_by_its_second_try(judge, monkeypatch):
    """The machine was busy: the first try runs out of time, the second one is right."""
    calls, asked = Fork.calls, []

    def slow_at_first(self, name, many):
        if name == "one":
            asked.append(many[0][0].tolist())
        if name == "one" and len(asked) < 3:
            self.stalled = True
            raise StudentFault("timed_out", "one did not return within 3 seconds.")
        return calls(self, name, many)

    monkeypatch.setattr(Fork, "calls", slow_at_first)
    assert outcomes(judged(judge, notebook())[1])["one"] == (PASSED, 2.0)
    public, *fresh = asked  # the second try of the public example asks call by call
    assert len(fresh) == 2 and fresh[0] != fresh[1]


@pytest.mark.parametrize("shift", ["1j * h", "complex(0, h)", "np.complex128(complex(0, h))", "(-1) ** 0.5 * h"])
def test_a_complex_step_is_a_note_to_staff_and_costs_nothing(judge, shift):
    step = f"import numpy as np\ndef one(x):\n    h = 1e-200\n    return ((x + {shift}) ** 2).imag / h"
    verdict, blanks, _ = judged(judge, notebook(one=step))
    assert outcomes(blanks)["one"] == (PASSED, 2.0)
    assert verdict.staff_notes == ("one: the answer uses complex numbers (a complex step?)",) and verdict.notes == ()


NOTED = [
    ("from nnlib.gradcheck import complex_step_gradient as d", ["complex numbers (a complex step?)"]),
    ("i = np.emath.sqrt(-1)", ["complex numbers (a complex step?)"]),
    ("x = x.astype('D')", ["complex numbers (a complex step?)"]),
    ("x = np.asarray(x, 'g')", ["extended precision (a numerical derivative?)"]),
    ("from practice.asking import _near", ["`practice`"]),
    ("D, G, g, sign = x**2, x ** 0.5, -(x ** 1.5), (-1) ** 2", []),
]


@pytest.mark.parametrize(("line", "said"), NOTED)
def test_staff_are_told_of_numbers_that_make_differences_exact_and_of_help_from_beside(line, said):
    noted = unusual_numbers(notebook(one=f"def one(x):\n    {line}\n    return 2 * x"))
    assert [*noted] == [f"one: the answer uses {what}" for what in said]


def thrice(rng):
    yield from (case for _ in range(3) for case in numbers(rng))


@check({"each": 1.0})
def each(blank):
    """Twice, of three arrays that are asked at once."""
    for case in blank.cases(thrice):
        blank.close("each", blank.call("each", *case.args), 2 * case.args[0])


def test_an_array_that_is_filled_anew_at_each_call_is_each_time_what_it_was_then():
    kept = "import numpy as np\nroom = np.empty(3)\ndef each(x):\n    return np.multiply(x, 2, out=room)"
    with made_up.judge_of(ASSIGNMENT, each=each) as made:
        _, blanks, _ = judged(made, made_up.notebook(each=kept))
    assert outcomes(blanks)["each"] == (PASSED, 2.0)


def test_a_course_where_submissions_can_read_is_refused(tmp_path):
    with pytest.raises(SandboxUnavailable, match="move the course elsewhere"):
        walls.refuse_what_shows(tmp_path, Path("/usr/local/course"))
    walls.refuse_what_shows(tmp_path)


DEEP = {
    "lambdas": "lambda: " * 3_000 + "1",
    "powers": "1 ** " * 5_000 + "1",
    "minuses": "-" * 200_000 + "1",
    "calls": "f" + "()" * 100_000,
    "a null byte": "x = '\0'",
    "a lone surrogate": "x = '\ud800'",
    "a syntax error": "def (",
}


@pytest.mark.parametrize("what", DEEP)
def test_source_that_does_not_parse_is_wrong_and_never_undecided(judge, what):
    verdict, blanks, _ = judged(judge, notebook(one=DEEP[what]))
    assert outcomes(blanks) == {"one": (FAILED, 0.0), "two": (PASSED, 2.0)} and verdict.staff_notes == ()


# Replies that the guest's own code may make up: whatever they are, they are the student's doing.
HOSTILE = {
    "an empty array of huge dimensions": "np.zeros(0)",
    "far too deep": "[" * 40 + "]" * 40,
    "an integer without end": "10 ** 5000",
    "a hundred megabytes": "np.zeros(13_000_000)",
    "many keys": "dict.fromkeys(range(100_000))",
    "a lone surrogate": "'\\ud800'",
    "objects": "np.array([object()])",
    "itself": "(lambda a: (a.append(a), a)[1])([])",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_odd_values_are_wrong_and_never_undecided(judge, what):
    code = f"import numpy as np\ndef one(x):\n    return {HOSTILE[what]}"
    verdict, blanks, _ = judged(judge, notebook(one=code))
    assert outcomes(blanks) == {"one": (FAILED, 0.0), "two": (PASSED, 2.0)} and verdict.staff_notes == ()


FORGED_NODE = """\
import sys
wire = sys.modules["wire"]
def one(x):
    wire.encode = lambda value, buffers, depth=0: (buffers.append(b""), {"dict": [
        ["value", {"array": 0, "dtype": "<f8", "shape": [0, *[1 << 26] * 3]}], ["changed", {"list": []}]]})[1]
"""


def test_a_forged_reply_that_numpy_refuses_is_wrong_and_never_undecided(judge):
    verdict, blanks, _ = judged(judge, notebook(one=FORGED_NODE))
    assert outcomes(blanks) == {"one": (FAILED, 0.0), "two": (PASSED, 2.0)} and verdict.staff_notes == ()


# outputs


@pytest.mark.parametrize("output", [
    {}, {"output_type": "stream"}, {"output_type": "stream", "name": "elsewhere", "text": "x"},
    {"output_type": "stream", "name": "stdout", "text": 3}, {"output_type": "display_data", "data": "x"},
    {"output_type": "update_display_data", "data": {}}, {"output_type": None}, {"output_type": ["stream"]},
    {"output_type": "error", "ename": 1, "evalue": "", "traceback": []}, {"output_type": np.zeros(3)},
    {"output_type": "stream", "name": np.zeros(3), "text": "x"}, {"output_type": "error", "ename": np.zeros(2)},
])  # fmt: skip
def test_outputs_of_another_form_are_dropped(output):
    kept = {"output_type": "stream", "name": "stdout", "text": "kept"}
    assert [o["text"] for o in _outputs([output, kept])] == ["kept"]


def test_data_that_is_no_text_is_dropped_from_an_output():
    (output,) = _outputs([{"output_type": "display_data", "data": {"text/plain": "x", "image/png": 3, 4: "y"}}])
    assert output.data == {"text/plain": "x"}


FORGED_OUTPUTS = """\
import sys
wire = sys.modules["wire"]
send = wire.send
def forged(connection, kind, nonce, value, descriptors=()):
    if kind == "cell":
        value = VALUE
    send(connection, kind, nonce, value, descriptors)
wire.send = forged
"""


@pytest.mark.parametrize(
    "value",
    [
        "None",
        "{}",
        "{'outputs': 3, 'dropped': 0}",
        "{'outputs': [3], 'dropped': 0}",
        "[]",
        "{'outputs': [{'output_type': 'error'}], 'dropped': -1}",
    ],
)
def test_forged_outputs_decide_nothing_and_raise_nothing(judge, value):
    verdict, blanks, executed = judged(judge, notebook(FORGED_OUTPUTS.replace("VALUE", value)))
    assert {blank.outcome for blank in blanks.values()} <= {PASSED, FAILED} and verdict.staff_notes == ()
    nbformat.validate(executed)


def test_a_flood_of_output_is_cut_and_said(judge):
    verdict, _, executed = judged(judge, notebook("print('x' * 50_000_000)"))
    assert verdict.score == 4 and verdict.notes == (
        "Code cell 5 wrote more than is kept: 49,900,001 characters were cut.",
    )
    assert sum(map(len, texts(executed))) < 200_000


# notebooks of any shape

NOTEBOOKS = {
    "no cells": new_notebook(),
    "no code": new_notebook(cells=[new_markdown_cell("# nothing")]),
    "a test without an answer": new_notebook(cells=[cell_of_test("one")]),
    "an answer without a test": new_notebook(cells=[graded(RIGHT["one"], "one", solution=True)]),
    "the test before the answer": new_notebook(cells=[cell_of_test("one"), graded(RIGHT["one"], "one", solution=True)]),
    "a thousand cells": notebook(*["pass"] * 1_000),
    "magics": notebook(
        "%matplotlib inline\n%time 1\n!ls /\n%%nonsense", "%%bash\nls", "?print", "get_ipython().ask_exit()"
    ),
    "input": notebook("input('?')"),
    "an empty answer": notebook(one=""),
    "an exit": notebook("exit()", "raise SystemExit", "raise KeyboardInterrupt"),
    "control characters": notebook("print('\\x00\\x1b[31m\\ud800')", "raise ValueError('\\ud800')"),
}


@pytest.mark.parametrize("what", NOTEBOOKS)
def test_any_notebook_gets_a_verdict_and_nothing_is_undecided(judge, what):
    verdict, blanks, executed = judged(judge, NOTEBOOKS[what])
    assert {blank.outcome for blank in blanks.values()} <= {PASSED, FAILED} and verdict.staff_notes == ()
    assert len(executed.cells) == len(NOTEBOOKS[what].cells)
    nbformat.validate(executed)


# the same twice


def first_hidden_number(judge, seed):
    seen = []

    def examine(blank):
        seen.extend(case.args[0].tolist() for case in blank.cases(numbers) if not case.public)
        blank.true("one", True, "")

    examine.__name__ = "one"
    kept, judge._checks = judge._checks, {"one": check({"one": 1.0})(examine)}
    try:
        judged(judge, notebook(blanks=("one",)), seed)
    finally:
        judge._checks = kept
    return seen[0]


def test_the_same_submission_gets_the_same_verdict_twice(judge):
    submitted = notebook(one="def one(x):\n    return 2 * x + (x > 1.5)", two="def two(x):\n    return 3 + x")
    assert judged(judge, submitted)[0] == judged(judge, submitted)[0]


def test_hidden_data_depend_on_the_seed(judge):
    assert first_hidden_number(judge, b"a") == first_hidden_number(judge, b"a") != first_hidden_number(judge, b"b")


def test_the_seed_depends_on_submission_assignment_and_class(tmp_path):
    ours, others = Course(tmp_path, tmp_path / "ours"), Course(tmp_path, tmp_path / "others")
    seeds = {ours.seed("a1", "one"), ours.seed("a1", "two"), ours.seed("a2", "one"), others.seed("a1", "one")}
    assert len(seeds) == 4 and ours.seed("a1", "one") in seeds


def test_a_sandbox_that_computes_wrongly_is_refused(judge, monkeypatch):
    monkeypatch.setattr(judge_module.np, "array_equal", lambda *_: False)
    with pytest.raises(judge_module.SandboxUnavailable, match="self-test"):
        judge._self_test()


def test_an_assignment_without_checks_has_no_judge():
    with pytest.raises(LookupError, match="no checks for the assignment 'a9-nothing'"):
        Judge("a9-nothing")
    assert np is judge_module.np
