"""Submissions, of a1-neuron unless told otherwise, judged in this process behind the real walls."""

import hashlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell

from autograder.authoring.verify import released, with_answers
from autograder.course.course import Course
from autograder.course.verdict import Verdict
from autograder.judging.judge import Judge
from autograder.notebook import cells
from autograder.notebook.rebuild import rebuild
from autograder.sandbox.limits import Limits

ASSIGNMENT = "a1-neuron"
SHORT = Limits(cell_cpu=1, cell_wall=4, check_cpu=1, check_wall=3, wall=60)  # attackers wait for nothing
FIGURE = "figure"  # the last code cell: drawing it takes longer than all else, and no mark hangs on it
# an answer to one blank, without the mean
WRONG = {"row_gradients": "def row_gradients(X, delta):\n    return X.T @ delta, delta.sum()"}


class Class_:
    """Judges submissions made of the release (or the solution) with some answers and the student's own cells."""

    def __init__(self, root: Path, directory: Path, limits: Limits | None = SHORT, assignment: str = ASSIGNMENT):
        self.course, self.assignment = Course(root, directory), assignment
        self.source = nbformat.read(self.course.source(assignment), as_version=4)
        self.source.cells = [cell for cell in self.source.cells if cells.grade_id(cell) != FIGURE]
        self.course.secret()  # before several ask at once
        self.judge = Judge(assignment, limits=limits)

    def notebook(self, answers=None, *, before="", after="", solved=False):
        """A submission whose own cells stand `before` and `after` everything else."""
        notebook = with_answers(self.source if solved else released(self.source), answers or {})
        notebook.cells = [new_code_cell(before), *notebook.cells, new_code_cell(after)]
        return notebook

    def verdict(self, *args, **kwargs):
        """The verdict on `notebook(...)`."""
        return self.judged(self.notebook(*args, **kwargs))

    def judged(self, notebook) -> Verdict:
        """The verdict on a submitted notebook."""
        rebuilt = rebuild(self.source, notebook)
        name = hashlib.sha256(nbformat.writes(notebook).encode()).hexdigest()
        verdict, _ = self.judge(
            rebuilt.notebook,
            student="attacker",
            submission=name,
            seed=self.course.seed(self.assignment, name),
            notes=rebuilt.notes,
        )
        return verdict

    def judged_at_once(self, notebooks: Iterable) -> list[Verdict]:
        """The verdicts on notebooks that mostly wait for a clock to stop them: beside one another they wait once."""
        notebooks = list(notebooks)
        with ThreadPoolExecutor(len(notebooks)) as pool:
            return list(pool.map(self.judged, notebooks))

    @property
    def blanks(self):
        return [name for name, _ in cells.blanks(self.source)]


def shares(verdict):
    """{blank: share of the points}; undecided may not be chosen by a student, so it fails the test."""
    assert all("the answer uses" in note for note in verdict.staff_notes), verdict.staff_notes
    assert all(blank.score is not None for blank in verdict.blanks)
    return {blank.grade_id: blank.score / blank.points for blank in verdict.blanks}
