"""Made-up classes to measure graders with, and courses of this package and of stock nbgrader for them."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import nbformat
import numpy as np
from nbformat import NotebookNode

from autograder.authoring.verify import with_answers
from autograder.course.course import Course
from autograder.judging.check_modules import answers_of
from autograder.judging.variants import Variant
from autograder.notebook import cells
from tests.a1_class import hand_in, nbgrader, released

ROOT = Path(__file__).parents[2]
BAD = 40  # one submission in so many ends its process
SEED = 4


class Subject(NamedTuple):
    """What a class is made of: `crash` ends its process, `endless` never ends, as {blank: text}.

    `followed` has a blank, a blank after it, and the label of a right answer to that which calls the first; `left_out`
    the labels of right answers that no class gives, for right answers to later blanks cannot compute with theirs.
    """

    assignment: str
    crash: dict[str, str]
    endless: dict[str, str]
    followed: tuple[tuple[str, str, str], ...]
    left_out: tuple[str, ...] = ()


NEURON = Subject(
    "a1-neuron",
    {"sigmoid": "def sigmoid(z):\n    import os\n    os._exit(1)\n"},
    {"log_loss": "def log_loss(y, z):\n    while True:\n        pass\n"},
    (
        ("log_loss", "train", "of the parts above"),
        ("row_gradients", "train", "of the parts above"),
        ("sigmoid", "sigmoid_derivative", "from the activation"),
        ("perceptron", "xor", "AND of NAND and OR"),
    ),
    ("a list of weights' gradients",),
)
MLP = Subject(
    "a4-mlp",
    {"tanh_backward": "def tanh_backward(dout, Z):\n    import os\n    os._exit(1)\n"},
    {"penalised": "def penalised(J, dW, db, W, b, lam):\n    while True:\n        pass\n"},
    (
        ("linear_backward", "two_layer_backward", "of the parts above"),
        ("tanh_backward", "shortcut_backward", "of the parts above"),
        ("hidden_gradients", "backward", "by the blank on hidden layers"),
        ("linear_forward", "forward", "layer by layer"),
    ),
)
SUBJECTS = {one.assignment: one for one in (NEURON, MLP)}


class Made(NamedTuple):
    """A made-up student: "right", "wrong", "wrong and followed" or "crash", and {blank: text} of all answers."""

    name: str
    kind: str
    answers: dict[str, str]


def made_up(number: int, seed: int = SEED, of: Subject = NEURON) -> list[Made]:
    """A class of this size, always the same one."""
    rng = np.random.default_rng(seed)
    known = [v for v in answers_of(of.assignment) if v.diagnosis != "timed_out" and v.label not in of.left_out]
    kinds = ("right", "wrong", "right", "wrong and followed")
    return [_student(rng, of, known, k, "crash" if k % BAD == BAD // 2 else kinds[k % 4]) for k in range(number)]


def _student(rng: np.random.Generator, of: Subject, known: list[Variant], k: int, kind: str) -> Made:
    right = {blank: _drawn(rng, known, blank, right=True) for blank in sorted({v.blank for v in known})}
    if kind == "wrong":
        wrong = rng.choice(list(right), size=rng.integers(1, 4), replace=False)
        right |= {blank: _drawn(rng, known, blank, right=False) for blank in wrong}
    elif kind == "wrong and followed":
        first, later, label = of.followed[k // 4 % len(of.followed)]
        right[first] = _drawn(rng, known, first, right=False)
        right[later] = next(v.code for v in known if (v.blank, v.label) == (later, label))
    elif kind == "crash":
        right |= of.crash
    return Made(f"s{k:04}", kind, right)


def _drawn(rng: np.random.Generator, known: list[Variant], blank: str, *, right: bool) -> str:
    return str(rng.choice([v.code for v in known if v.blank == blank and v.right == right]))


def copies(some: list[Made], number: int) -> Iterator[Made]:
    """This many students, whose answers are those of `some`, in turns."""
    return (some[k % len(some)]._replace(name=f"s{k:04}") for k in range(number))


def notebook(source: NotebookNode, student: Made) -> NotebookNode:
    """What the student hands in; the written answer, or else a comment, tells it from every other student's."""
    made = with_answers(source, student.answers)
    written = [cell for cell in made.cells if cells.kind(cell) == cells.WRITTEN]
    for cell in written:
        cell.source = f"{student.name} says: σ′ is positive, so the cost is convex."
    if not written:
        answer = next(cell for cell in made.cells if cells.kind(cell) == cells.ANSWER)
        answer.source += f"\n# by {student.name}"
    return made


def shares(students: list[Made]) -> str:
    counts = Counter(student.kind for student in students)
    return f"{len(students)} submissions: " + ", ".join(f"{number} {kind}" for kind, number in sorted(counts.items()))


# two courses


def course_here(home: Path, students: list[Made], of: Subject = NEURON) -> Course:
    """A course of this package at `home`, with everybody's submission."""
    course = released(ROOT, home, of.assignment)
    source = nbformat.read(course.source(of.assignment), as_version=4)
    for student in students:
        hand_in(course, student.name, notebook(source, student), of.assignment)
    return course


def course_there(home: Path, students: list[Made], of: Subject = NEURON) -> Course:
    """A course of nbgrader's own at `home`, without hidden tests, with everybody's submission."""
    source = nbformat.read(Course(ROOT, ROOT).source(of.assignment), as_version=4)
    path = home / "source" / of.assignment / f"{of.assignment}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(with_answers(source, {}), path)  # without the hidden lines
    nbgrader(ROOT, home, "generate_assignment", of.assignment).check_returncode()
    for student in students:
        hand_in(Course(home, home), student.name, notebook(source, student), of.assignment)
    return Course(home, home)
