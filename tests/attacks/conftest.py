"""Real submissions of a1-neuron, judged behind the real walls."""

import hashlib
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from autograder.authoring.verify import released, with_answers
from autograder.course.course import Course
from autograder.judging.judge import Judge
from autograder.notebook import cells
from autograder.notebook.rebuild import rebuild
from autograder.sandbox.limits import Limits

ASSIGNMENT = "a1-neuron"
SHORT = Limits(cell_cpu=1, cell_wall=4, check_cpu=1, check_wall=3, wall=60)  # attackers wait for nothing


class Class_:
    """Judges submissions made of the release (or the solution) with some answers and the student's own cells."""

    def __init__(self, root: Path, directory: Path, limits: Limits | None = SHORT):
        self.course = Course(root, directory)
        self.source = nbformat.read(self.course.source(ASSIGNMENT), as_version=4)
        self.judge = Judge(ASSIGNMENT, limits=limits)

    def notebook(self, answers=None, *, before="", after="", solved=False):
        """A submission whose own cells stand `before` and `after` everything else."""
        notebook = with_answers(self.source if solved else released(self.source), answers or {})
        notebook.cells = [new_code_cell(before), *notebook.cells, new_code_cell(after)]
        return notebook

    def verdict(self, *args, **kwargs):
        """The verdict on `notebook(...)`."""
        return self.judged(self.notebook(*args, **kwargs))

    def judged(self, notebook):
        """The verdict on a submitted notebook."""
        rebuilt = rebuild(self.source, notebook)
        name = hashlib.sha256(nbformat.writes(notebook).encode()).hexdigest()
        verdict, _ = self.judge(
            rebuilt.notebook,
            student="attacker",
            submission=name,
            seed=self.course.seed(ASSIGNMENT, name),
            notes=rebuilt.notes,
        )
        return verdict

    @property
    def blanks(self):
        return [name for name, _ in cells.blanks(self.source)]


@pytest.fixture(scope="session")
def attacked(tmp_path_factory, root):
    """A judge for a class of attackers, one warm process for all of them."""
    made = Class_(root, tmp_path_factory.mktemp("attacked"))
    yield made
    made.judge.close()


@pytest.fixture
def scores(attacked):
    """{blank: share of the points} of a submission; undecided may not be chosen by a student, so it fails the test."""

    def judge(*args, **kwargs):
        verdict = attacked.verdict(*args, **kwargs)
        assert not verdict.staff_notes or all("complex" in note for note in verdict.staff_notes), verdict.staff_notes
        assert all(blank.score is not None for blank in verdict.blanks)
        return {blank.grade_id: blank.score / blank.points for blank in verdict.blanks}

    return judge
