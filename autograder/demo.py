"""Two classes made up from known answers: right, wrong in named ways, files gone bad; and what each must get."""

import copy
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder import pipeline
from autograder.authoring.release import release
from autograder.authoring.verify import released, with_answers
from autograder.course.course import Course
from autograder.course.handed_in import submissions
from autograder.course.verdict import Verdict
from autograder.executor import workers
from autograder.judging.check_modules import answers_of
from autograder.notebook import cells

SOLUTION_MARKERS = {"### BEGIN SOLUTION", "### END SOLUTION"}
# correct answers that call no other blank: one mistake then costs its own marks only
ALONE = {
    "a1-neuron": {
        "xor": "the step written out",
        "sigmoid_derivative": "hyperbolic",
        "signed_loss": "logarithms of sums of exponentials",
        "train": "everything written out",
    },
    "a4-mlp": {},  # there, mistakes of prerequisites are followed through
}
DIFFERENCES = """\
def row_gradients(X, delta):
    def J(parameters):
        return np.mean((X @ parameters[:-1] + parameters[-1] + delta) ** 2) / 2

    gradient = numerical_gradient(J, np.zeros(X.shape[1] + 1))
    return gradient[:-1], gradient[-1]
"""
Expected = tuple[float | None, str]  # share of the points (None: undecided), diagnosis
Damage = Callable[[NotebookNode], bytes]


def _as_it_is(notebook: NotebookNode) -> bytes:
    return nbformat.writes(notebook).encode()


def _cut_short(notebook: NotebookNode) -> bytes:
    return _as_it_is(notebook)[:-200]


def _copied_cell(notebook: NotebookNode) -> bytes:
    """A first, wrong try stands above its correction, with the same grade_id."""
    at = _index(notebook, "row_gradients")
    first_try = copy.deepcopy(notebook.cells[at])
    first_try.source, first_try.id = "def row_gradients(X, delta):\n    return X.T @ delta, delta.sum()", "first-try"
    notebook.cells.insert(at, first_try)
    return _as_it_is(notebook)


def _missing_cell(notebook: NotebookNode) -> bytes:
    del notebook.cells[_index(notebook, "gradient_step")]
    return _as_it_is(notebook)


def _patched(notebook: NotebookNode) -> bytes:
    """np.allclose and the visible asserts always agree."""
    source = (
        "import ast\nimport numpy as np\nnp.allclose = lambda *args, **kwargs: True\n\n\n"
        "class Drop(ast.NodeTransformer):\n    def visit_Assert(self, node):\n        return None\n\n\n"
        "get_ipython().ast_transformers.append(Drop())"
    )
    notebook.cells.insert(0, new_code_cell(source))
    return _as_it_is(notebook)


def _index(notebook: NotebookNode, name: str) -> int:
    return next(index for index, cell in enumerate(notebook.cells) if cells.grade_id(cell) == name)


@dataclass(frozen=True)
class Student:
    """One made-up submission.

    `answers` maps blanks to labels of known answers, whose marks and diagnoses are then expected; `code` maps blanks to
    text of its own, with `expected` saying what that must get; `damage` turns the notebook into the file handed in.
    Blanks named nowhere are answered correctly and must get everything, unless `every_blank` says otherwise.
    """

    name: str
    story: str
    answers: dict[str, str] = field(default_factory=dict)
    code: dict[str, str] = field(default_factory=dict)
    expected: dict[str, Expected] = field(default_factory=dict)
    every_blank: Expected = (1.0, "")
    damage: Damage = _as_it_is
    blank: bool = False  # hands in the release as it was given


NEURON = (
    Student("amara", "right"),
    Student(
        "ben",
        "right, written differently",
        {
            "perceptron": "bias as an extra weight",
            "sigmoid": "log-sum-exp",
            "log_loss": "a dot product",
            "row_gradients": "einsum",
            "weighted_gradients": "np.average",
            "gradient_step": "entry by entry",
        },
    ),
    Student("chloe", "sums over the minibatch", {"row_gradients": "missing_mean"}),
    Student("david", "divides by the inputs' number", {"row_gradients": "divided_by_n"}),
    Student("elif", "copies the lecture's unweighted form", {"weighted_gradients": "weights_ignored"}),
    Student("farid", "goes uphill", {"gradient_step": "ascent"}),
    Student("grace", "logarithm of 0", {"log_loss": "log_of_zero"}),
    Student(
        "hiro",
        "hands in finite differences",
        code={"row_gradients": DIFFERENCES},
        expected={"row_gradients": (0.0, "inaccurate")},
    ),
    Student(
        "ines",
        "wrong in three places",
        {
            "perceptron": "fires_at_threshold",
            "xor": "or_for_xor",
            "sigmoid": "overflow",
        },
    ),
    Student("jamal", "exchanges two gates", {"gate_weights": "gates_swapped"}),
    Student(
        "kim",
        "crashes: os._exit",
        code={"sigmoid": "def sigmoid(z):\n    import os\n    os._exit(1)"},
        expected={"sigmoid": (0.0, "died")},
    ),
    Student(
        "lena",
        "loops for ever",
        code={"log_loss": "def log_loss(y, z):\n    while True:\n        pass"},
        expected={"log_loss": (0.0, "timed_out")},
    ),
    Student("marco", "copied cell, the last copy right", damage=_copied_cell),
    Student("nina", "missing cell", expected={"gradient_step": (0.0, "not_defined")}, damage=_missing_cell),
    Student(
        "omar",
        "only a NumPy RuntimeWarning",
        code={
            "row_gradients": "def row_gradients(X, delta):\n"
            "    np.log(np.zeros(1))  # NumPy warns, and nothing is wrong\n"
            "    return X.T @ delta / len(X), delta.mean()"
        },
    ),
    Student("priya", "bad JSON", every_blank=(None, ""), damage=_cut_short),
    Student("quinn", "nothing filled in", every_blank=(0.0, "not_begun"), blank=True),
    Student("rosa", "patches np.allclose, drops asserts", {"row_gradients": "missing_mean"}, damage=_patched),
)

MLP = (
    Student("amara", "right"),
    Student(
        "ben",
        "right, written differently",
        {
            "linear_backward": "loops",
            "tanh_backward": "the hyperbolic cosine",
            "hidden_gradients": "einsum",
            "shortcut_backward": "one Jacobian an example",
            "penalised": "a dot product",
        },
    ),
    Student("chloe", "divides by the examples' number twice", {"linear_backward": "divided_twice"}),
    Student("david", "takes signals for activations", {"tanh_backward": "activation_for_preactivation"}),
    Student("elif", "forgets the shortcut", {"shortcut_backward": "shortcut_left_out"}),
    Student("farid", "penalises biases, too", {"penalised": "biases_penalised"}),
    Student("hiro", "hands in finite differences", {"tanh_backward": "central differences"}),
    Student("ines", "starts with all weights 0", {"train": "all parameters 0 to start with"}),
    Student("quinn", "nothing filled in", every_blank=(0.0, "not_begun"), blank=True),
)
CLASSES = {"a1-neuron": NEURON, "a4-mlp": MLP}


def prepare(course: Course, verify: Callable) -> list[str]:
    """Release all assignments into a fresh `course` and hand in everybody's files; the names of the assignments.

    Raises what `release` raises.
    """
    shutil.rmtree(course.directory, ignore_errors=True)
    assignments = course.assignments()
    reports = {report.assignment: report for report in verify(assignments)}
    for assignment in assignments:
        release(course, assignment, verify=reports.get)
    for assignment, students in CLASSES.items():
        source = nbformat.read(course.source(assignment), as_version=4)
        for student in students:
            path = course.submission(assignment, student.name)
            path.parent.mkdir(parents=True)
            path.write_bytes(student.damage(_notebook(assignment, source, student)))
    return assignments


def _notebook(assignment: str, source: NotebookNode, student: Student) -> NotebookNode:
    if student.blank:
        return released(source)
    texts = {(variant.blank, variant.label): variant.code for variant in answers_of(assignment)}
    labels = ALONE[assignment] | student.answers
    answers = {blank: texts[blank, label] for blank, label in labels.items()} | student.code
    return _without_markers(with_answers(source, answers))


def _without_markers(notebook: NotebookNode) -> NotebookNode:
    """A notebook that says nothing of solutions: the release that a student fills in has no such lines."""
    for cell in notebook.cells:
        lines = cell.source.splitlines()
        cell.source = "\n".join(line for line in lines if line.strip() not in SOLUTION_MARKERS)
    return notebook


def grade_class(course: Course, assignment: str) -> Iterator[Verdict]:
    """Grade everybody, then write the feedback pages."""
    with workers() as pool:
        for graded in pipeline.grade(course, assignment, submissions(course, assignment), pool):
            yield graded.verdict
    pipeline.write_feedback(course, assignment)


def compare(assignment: str, verdicts: list[Verdict]) -> list[dict]:
    """For each student and blank: the mark, the one that its answer must get, the diagnosis; are all as expected?"""
    students = {student.name: student for student in CLASSES[assignment]}
    known = {(variant.blank, variant.label): variant for variant in answers_of(assignment)}
    rows = []
    for verdict in verdicts:
        for blank in verdict.blanks:
            share, diagnosis = _expected(students[verdict.student], blank.grade_id, known)
            expected = None if share is None else share * blank.points
            same = blank.score == expected and blank.diagnosis == diagnosis
            rows.append(
                {
                    "assignment": assignment,
                    "student": verdict.student,
                    "cell": blank.grade_id,
                    "mark": blank.score,
                    "expected": expected,
                    "points": blank.points,
                    "diagnosis": blank.diagnosis,
                    "expected_diagnosis": diagnosis,
                    "as_expected": same,
                }
            )
    return rows


def _expected(student: Student, blank: str, known: dict) -> Expected:
    if blank in student.answers:
        variant = known[blank, student.answers[blank]]
        return variant.keeps, variant.diagnosis
    return student.expected.get(blank, student.every_blank)


def write(course: Course, rows: list[dict]) -> Path:
    """Write the comparison beside the class, to course/demo.json."""
    path = course.directory.parent / "demo.json"
    path.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
    return path
