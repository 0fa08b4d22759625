"""Every assignment's notebook and checks agree; every known answer gets what it must, judged in this process.

`autograder verify` does the same in the sandbox, answers that never end included. What is an assignment's own stands in
a file of its own, like test_a1_neuron.py.
"""

import ast
import symtable

import pytest

import practice
from autograder.authoring.kernel import KernelGuest
from autograder.authoring.soundness import faults
from autograder.course.verdict import PASSED, UNDECIDED
from autograder.judging.blank import verdict_on
from autograder.notebook import cells
from tests.autograder.assignments import (
    FOLDER,
    answered,
    at_home,
    check,
    checks_of,
    each_assignment,
    each_blank,
    judged,
    known,
    source,
    texts,
    verdict,
    wrong,
)

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # some answers overflow, which costs no marks


@each_assignment
def test_notebook_and_checks_have_the_same_blanks(assignment):
    answers, tests = texts(assignment, cells.ANSWER), texts(assignment, cells.TEST)
    assert answers.keys() == tests.keys() == checks_of(assignment).keys()


def test_every_folder_of_an_assignment_is_tested():
    assert {path.name for path in FOLDER.iterdir() if path.is_dir()} == {path.stem for path in FOLDER.glob("*/*.ipynb")}


@each_assignment
def test_points_are_whole_numbers(assignment):
    points = [cells.points(cell) for cell in source(assignment).cells if cells.kind(cell) == cells.TEST]
    assert points and all(point == int(point) > 0 for point in points)


def arguments(text):
    """The names that functions in an answer's text take as arguments."""
    return {node.arg for node in ast.walk(ast.parse(text)) if isinstance(node, ast.arg)}


def left_behind(text):
    """The names that are there after a cell has run."""
    symbols = symtable.symtable(text, "cell", "exec").get_symbols()
    return {symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported()}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("X, y = 1, 2", {"X", "y"}),
        ("for w, _ in (): pass", {"w", "_"}),
        ("with open('x') as b, open('y'): z: int = 1", {"b", "z"}),
        ("if (lr := 1): from nnlib import graph as theta", {"lr", "theta"}),
        ("def picture(X):\n    y = X\n\npicture([Z for Z in (lambda s: s)(())])", {"picture"}),
    ],
)
def test_what_a_cell_leaves_behind_is_seen(text, names):
    assert left_behind(text) == names


@each_assignment
def test_our_cells_leave_nothing_that_an_answer_takes_as_an_argument(assignment):
    """An answer that forgets an argument, or misspells it, must not find another value of that name."""
    taken = set().union(*map(arguments, texts(assignment, cells.ANSWER).values()))
    ours = [c for c in source(assignment).cells if c.cell_type == "code" and cells.kind(c) != cells.ANSWER]
    found = {cells.grade_id(cell): left_behind(cell.source) & taken for cell in ours}
    assert taken and {name: names for name, names in found.items() if names} == {}


@each_assignment
def test_our_tests_take_no_name_from_an_answer(assignment):
    """A blank is judged as the notebook stands below its test: a helper that we name alike would be ours by then."""
    ours = [cell for cell in source(assignment).cells if cells.is_test(cell)]
    found = {cells.grade_id(cell): left_behind(cells.without_hidden(cell.source)) for cell in ours}
    taken = {name: [*filter(lambda one: not one.endswith("_at_home"), names)] for name, names in found.items()}
    assert ours and {name: names for name, names in taken.items() if names} == {}


@each_blank
def test_labels_of_known_answers_are_unique(assignment, blank):
    labels = [variant.label for variant in known(assignment, blank)]
    assert len({*labels}) == len(labels)


@each_blank
def test_every_check_is_sound_in_itself(assignment, blank):
    """Its reference is the notebook's solution and has a witness, each mistake has two answers that make it."""
    assert [*faults(check(assignment, blank), texts(assignment, cells.ANSWER)[blank])] == []


@each_blank
def test_no_property_outweighs_the_rest(assignment, blank):
    weights = check(assignment, blank).weights.values()
    assert sum(weights) == pytest.approx(1) and max(weights) <= 0.5


@each_blank
def test_the_notebooks_own_answer_passes(assignment, blank):
    assert verdict_on(check(assignment, blank), KernelGuest(answered(assignment)), b"").outcome == PASSED


@each_blank
def test_right_answers_get_everything_here_and_at_home(assignment, blank):
    for variant in known(assignment, blank, right=True):
        at_home(assignment, blank, variant.code)
        said = verdict(assignment, variant)
        assert said.score == 1 and not said.findings, (variant.label, said.findings)


@each_blank
def test_wrong_answers_keep_half_at_most_and_are_told_what_their_markers_say(assignment, blank):
    for variant in wrong(assignment, blank):
        said = verdict(assignment, variant)
        assert (said.score, said.diagnosis) == (variant.keeps, variant.diagnosis), (variant.label, said)
        assert said.score <= 0.5, variant.label


@each_blank
def test_the_stub_fails_at_home(assignment, blank):
    stub = f"def {blank}(*arguments):\n    raise NotImplementedError()"
    with pytest.raises((NotImplementedError, practice.Wrong)) as error:
        at_home(assignment, blank, stub)
    assert error.type is NotImplementedError or f"{blank} is not begun" in str(error.value)


TOO_LONG = {("a4-mlp", "train"), ("a6-project", "train_network")}  # calls that nobody would read


@each_blank
def test_the_example_of_a_stub_raises_again(assignment, blank):
    """Run again, the example that a student is shown fails as it said."""

    def stub(*arguments):
        raise NotImplementedError

    (finding,) = verdict_on(check(assignment, blank), KernelGuest({blank: stub}), b"seed").findings
    assert bool(finding.example) == ((assignment, blank) not in TOO_LONG)
    with pytest.raises(NotImplementedError):
        exec(finding.example or f"{blank}()", {blank: stub})


JUNK = ("[[1, 2], 3]", "{}", "('1', '2')", "object()", "(None, None, None)", "(1j, 2j)", "[[], []]", "np.nan")
HUGE = ("([10**400] * 2, 1)", "(np.array([np.inf, -np.inf]), np.nan)", "(True, 1e308)")


@pytest.mark.parametrize("junk", JUNK + HUGE)
@each_blank
def test_no_answer_can_choose_to_be_undecided(assignment, blank, junk):
    said = judged(assignment, blank, f"def {blank}(*arguments):\n    return {junk}")
    assert said.outcome != UNDECIDED and said.score == 0 and said.findings


TOGETHER = {  # properties that are lost with any other
    ("a1-neuron", "gate_weights"): {"all three"},
    ("a2-backprop", "check_gradient"): {"all together"},
    ("a4-mlp", "backward"): {"all layers"},
    ("a6-project", "faulty_lines"): {"all lines"},
    ("a6-project", "train_network"): {"88% of new images"},
}


def lost(assignment, variant):
    """The properties a wrong answer loses; its score is what the others give."""
    said, weights = verdict(assignment, variant), check(assignment, variant.blank).weights
    failed = {finding.property for finding in said.findings}
    failed = set(weights) if "call" in failed else failed & weights.keys()
    assert said.score == pytest.approx(sum(w for name, w in weights.items() if name not in failed))
    return failed


@each_blank
def test_each_property_can_be_lost_while_the_others_are_kept(assignment, blank):
    losses = [lost(assignment, variant) for variant in wrong(assignment, blank)]
    together = TOGETHER.get((assignment, blank), set())
    for property in check(assignment, blank).weights.keys() - together:
        others = [failed - {property} for failed in losses if property in failed]
        assert any(rest <= together for rest in others), property
