"""Made-up classes of a1-neuron to measure graders with, and courses of this package and of stock nbgrader for them."""

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
from tests.a1_class import ASSIGNMENT, hand_in, nbgrader, released

ROOT = Path(__file__).parents[2]
BAD = 40  # one submission in so many ends its process
CRASH = "def sigmoid(z):\n    import os\n    os._exit(1)\n"
# a blank, a blank after it, and the label of a right answer to that which calls the first
FOLLOWED = (
    ("log_loss", "train", "of the parts above"),
    ("row_gradients", "train", "of the parts above"),
    ("sigmoid", "sigmoid_derivative", "from the activation"),
    ("perceptron", "xor", "AND of NAND and OR"),
)
# right, but no class's right answer: `train` multiplies these gradients by the learning rate, and a list cannot be
LIST = "a list of weights' gradients"
SEED = 4


class Made(NamedTuple):
    """A made-up student: "right", "wrong", "wrong and followed" or "crash", and {blank: text} of all answers."""

    name: str
    kind: str
    answers: dict[str, str]


def made_up(number: int, seed: int = SEED) -> list[Made]:
    """A class of this size, always the same one."""
    rng = np.random.default_rng(seed)
    known = [v for v in answers_of(ASSIGNMENT) if v.diagnosis != "timed_out" and v.label != LIST]
    kinds = ("right", "wrong", "right", "wrong and followed")
    return [_student(rng, known, k, "crash" if k % BAD == BAD // 2 else kinds[k % 4]) for k in range(number)]


def _student(rng: np.random.Generator, known: list[Variant], k: int, kind: str) -> Made:
    right = {blank: _drawn(rng, known, blank, right=True) for blank in sorted({v.blank for v in known})}
    if kind == "wrong":
        wrong = rng.choice(list(right), size=rng.integers(1, 4), replace=False)
        right |= {blank: _drawn(rng, known, blank, right=False) for blank in wrong}
    elif kind == "wrong and followed":
        first, later, label = FOLLOWED[k // 4 % len(FOLLOWED)]
        right[first] = _drawn(rng, known, first, right=False)
        right[later] = next(v.code for v in known if (v.blank, v.label) == (later, label))
    elif kind == "crash":
        right["sigmoid"] = CRASH
    return Made(f"s{k:04}", kind, right)


def _drawn(rng: np.random.Generator, known: list[Variant], blank: str, *, right: bool) -> str:
    return str(rng.choice([v.code for v in known if v.blank == blank and v.right == right]))


def copies(some: list[Made], number: int) -> Iterator[Made]:
    """This many students, whose answers are those of `some`, in turns."""
    return (some[k % len(some)]._replace(name=f"s{k:04}") for k in range(number))


def notebook(source: NotebookNode, student: Made) -> NotebookNode:
    """What the student hands in; the written answer tells it from every other student's."""
    made = with_answers(source, student.answers)
    for cell in made.cells:
        if cells.kind(cell) == cells.WRITTEN:
            cell.source = f"{student.name} says: σ′ is positive, so the cost is convex."
    return made


def shares(students: list[Made]) -> str:
    counts = Counter(student.kind for student in students)
    return f"{len(students)} submissions: " + ", ".join(f"{number} {kind}" for kind, number in sorted(counts.items()))


# two courses


def course_here(home: Path, students: list[Made]) -> Course:
    """A course of this package at `home`, with everybody's submission."""
    course = released(ROOT, home)
    source = nbformat.read(course.source(ASSIGNMENT), as_version=4)
    for student in students:
        hand_in(course, student.name, notebook(source, student))
    return course


def course_there(home: Path, students: list[Made]) -> Course:
    """A course of nbgrader's own at `home`, without hidden tests, with everybody's submission."""
    source = nbformat.read(ROOT / "assignments" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
    path = home / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(with_answers(source, {}), path)  # without the hidden lines
    nbgrader(ROOT, home, "generate_assignment", ASSIGNMENT).check_returncode()
    for student in students:
        hand_in(Course(home, home), student.name, notebook(source, student))
    return Course(home, home)
