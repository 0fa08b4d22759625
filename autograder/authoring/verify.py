"""The checks are themselves tested: every answer beside them goes through the judge and must get what it must get."""

import copy
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode

from autograder.authoring.release import check_source
from autograder.authoring.soundness import faults
from autograder.course.course import Course
from autograder.course.verdict import Verdict
from autograder.judging.assignment import load_assignment
from autograder.judging.check import Check
from autograder.judging.check_modules import checks_of, use_checks
from autograder.judging.judge import Judge
from autograder.judging.variants import Variant
from autograder.notebook import cells
from autograder.notebook.rebuild import rebuild
from autograder.sandbox.limits import Limits

LIMITS = Limits(cell_cpu=1, check_cpu=1)  # answers that never end need not be waited for longer
SEED = secrets.token_bytes(32)  # other hidden data every time
MOST_KEPT = 0.5  # of its points, by a wrong answer


@dataclass(frozen=True)
class Row:
    """What one answer got, and, where that is not what it must get, the complaint."""

    blank: str
    label: str
    kind: str  # "source", "release", "right", "wrong", "check"
    share: float | None
    diagnosis: str
    complaint: str = ""


@dataclass(frozen=True)
class Report:
    """The outcome of a verification; `ok` when nothing is to complain of."""

    assignment: str
    rows: tuple[Row, ...]

    @property
    def ok(self) -> bool:
        return bool(self.rows) and not self.complaints

    @property
    def complaints(self) -> list[Row]:
        return [row for row in self.rows if row.complaint]

    def count(self, kind: str) -> int:
        return sum(row.kind == kind for row in self.rows)

    def summary(self) -> str:
        """One line of counts."""
        source, release = (
            next((row.share for row in self.rows if row.kind == kind), None) for kind in ("source", "release")
        )
        blanks = len({row.blank for row in self.rows if row.blank})
        return (
            f"{self.assignment}: source {_percent(source)}, release {_percent(release)}, "
            f"{self.count('right')} right and {self.count('wrong')} wrong variants of {blanks} blanks, "
            f"{len(self.complaints)} not as they must be"
        )


def steps(course: Course, assignment: str) -> Iterator[tuple[int, Row]]:
    """(the number of rows in all, one row) as they are judged, on hidden data of their own.

    Raises FileNotFoundError where there is no such assignment, ReleaseError where its source cannot be graded and
    ChecksError where its checks cannot be used, each in one sentence and before anything is judged.
    """
    if not course.source(assignment).is_file():
        raise FileNotFoundError(f"there is no assignment {assignment!r} in {course.sources}.")
    check_source(course, assignment)
    made = load_assignment(course, assignment)
    use_checks(made.checks)
    source = nbformat.reads(made.source, as_version=4)
    checks = checks_of(assignment)
    known = [variant for check in checks.values() for variant in check.variants]
    rows = [*_unsound(source, checks)]
    total = len(rows) + 2 + len(known)
    yield from ((total, row) for row in rows)
    with Judge(assignment, limits=LIMITS) as judge:
        yield total, _whole(judge, source, "source", with_answers(source, {}), 1.0)
        yield total, _whole(judge, source, "release", released(source), 0.0)
        for variant in known:
            yield total, _row(variant, _judged_alone(judge, source, variant))


def _unsound(source: NotebookNode, checks: Mapping[str, Check]) -> Iterator[Row]:
    """Complaints about the checks themselves, and about those of blanks that there are not."""
    solutions = {cells.grade_id(cell): cell.source for cell in source.cells if cells.kind(cell) == cells.ANSWER}
    for name, check in sorted(checks.items()):
        known = name in solutions
        complaints = faults(check, solutions[name]) if known else ["the notebook does not have this blank"]
        yield from (Row(name, "", "check", None, "", complaint) for complaint in complaints)


def _verdict(judge: Judge, source: NotebookNode, submitted: NotebookNode) -> Verdict:
    return judge(rebuild(source, submitted).notebook, student="known", submission="known", seed=SEED)[0]


def _judged_alone(judge: Judge, source: NotebookNode, variant: Variant) -> Verdict:
    """The verdict on one blank answered with a variant, in a notebook without the other tests and what follows them."""
    notebook = rebuild(source, with_answers(source, {variant.blank: variant.code})).notebook
    last = max(index for index, cell in enumerate(notebook.cells) if cells.is_test(cell))
    mine = cells.test_of(variant.blank)
    notebook.cells = [c for c in notebook.cells[: last + 1] if not cells.is_test(c) or cells.grade_id(c) == mine]
    return judge(notebook, student="known", submission="known", seed=SEED)[0]


def _whole(judge: Judge, source: NotebookNode, kind: str, submitted: NotebookNode, must: float) -> Row:
    verdict = _verdict(judge, source, submitted)
    share = verdict.score / verdict.points if verdict.points else 0.0
    wrong = [blank.grade_id for blank in verdict.blanks if blank.score != must * blank.points]
    complaint = f"must get {_percent(must)} of every blank, differs in {', '.join(wrong)}" if wrong else ""
    return Row("", kind, kind, share, "", complaint + _briefly(verdict.staff_notes))


def _row(variant: Variant, verdict: Verdict) -> Row:
    kind = "right" if variant.right else "wrong"
    if not verdict.blanks:
        return Row(variant.blank, variant.label, kind, None, "", "there is no such blank")
    blank = verdict.blanks[0]
    share = None if blank.score is None else blank.score / blank.points
    return Row(
        variant.blank, variant.label, kind, share, blank.diagnosis, _complaint(variant, share, blank.diagnosis, verdict)
    )


def _complaint(variant: Variant, share: float | None, diagnosis: str, verdict: Verdict) -> str:
    if share is None:
        return "undecided: " + _briefly(verdict.staff_notes)
    if abs(share - variant.keeps) > 1e-9:
        return f"got {_percent(share)}, must get {_percent(variant.keeps)}"
    if not variant.right and share > MOST_KEPT:
        return f"a wrong answer keeps {_percent(share)}, at most half is allowed"
    if not variant.right and diagnosis != variant.diagnosis:
        return f"diagnosed {diagnosis or 'nothing'}, must be {variant.diagnosis or 'nothing'}"
    return ""


def _briefly(notes: tuple[str, ...]) -> str:
    """The staff's notes without the tracebacks that end in them."""
    return "; ".join(note.strip().splitlines()[-1] for note in notes)


def _percent(share: float | None) -> str:
    return "undecided" if share is None else f"{100 * share:.4g} %"


# notebooks made from the source


def released(source: NotebookNode) -> NotebookNode:
    """The source as students receive it: stubs for solutions, no hidden lines."""
    notebook = copy.deepcopy(source)
    for cell in notebook.cells:
        cell.source = cells.without_hidden(cell.source)
        if cells.kind(cell) in (cells.ANSWER, cells.WRITTEN):
            cell.source = cells.released(cell)
    return notebook


def with_answers(source: NotebookNode, answers: dict[str, str]) -> NotebookNode:
    """A submission that answers some blanks with {blank: text} and the others with the source's solutions."""
    notebook = copy.deepcopy(source)
    for cell in notebook.cells:
        cell.source = cells.without_hidden(cell.source)
        if cells.kind(cell) == cells.ANSWER:
            cell.source = answers.get(cells.grade_id(cell), cell.source)
    return notebook
