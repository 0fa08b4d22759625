"""Grading from files to marks: read → judge (in a worker) → write notebook, verdict, marks. Feedback pages after that.

A run can be killed at any moment: a verdict is whole or not there, it is written before the marks, and the next run
judges what has none and records what the gradebook lacks.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from autograder import worker
from autograder.course import lock, receipt, verdicts
from autograder.course.course import Course, write_whole
from autograder.course.handed_in import submission
from autograder.course.verdict import Verdict
from autograder.executor import Cluster, Lost, Processes, completed
from autograder.judging.assignment import Assignment, load_assignment
from autograder.sandbox import walls
from autograder.startup import lazily
from autograder.worker import Judged, judge_submission

# 0.6 s, in which workers can begin
record = lazily("autograder.gradebook.record")
late = lazily("autograder.gradebook.late")
feedback = lazily("autograder.feedback")


@dataclass(frozen=True)
class Graded:
    """One student's verdict, the one there was before, whether it was judged in this run, and whether that was only
    because the grader itself had failed; where marks were recorded (or would be), what lateness costs now, and before.
    """

    verdict: Verdict
    before: Verdict | None
    judged: bool
    retried: bool = False
    late: "late.Late | None" = None
    penalty_before: float = 0.0


def grade(
    course: Course,
    assignment: str,
    students: Iterable[str],
    pool: Processes | Cluster,
    *,
    again: bool = False,
    dry: bool = False,
    pages: bool = False,
    unsafe_no_sandbox: bool = False,
) -> Iterator[Graded]:
    """Grade students: those whose verdict still holds, then the others as they are done.

    Notebook, verdict and marks (and with `pages` the feedback page) are written before each is yielded; `dry` writes
    nothing, `again` judges everybody. Nobody else can grade the class meanwhile, unless `dry`.
    Raises NotReleased, NoTime, GradedElsewhere, and SandboxUnavailable or OtherGrader where nobody can judge, before a
    mark, a verdict or a notebook is touched; no submission can stop the batch. Where one worker of a cluster cannot
    judge, the same may come later: what was judged until then is kept.
    """
    students = list(students)
    if not unsafe_no_sandbox:
        walls.refuse_what_shows(course.root, course.directory)
    if not (course.directory / "release" / assignment).exists():  # else the workers begin first: asking takes a second
        record.require_released(course, assignment)
    run = _Run(course, load_assignment(course, assignment, sandboxed=not unsafe_no_sandbox), dry, pages)
    with nullcontext() if dry else lock.held(course):
        run.sort_out(students, again)
        results = run.results(pool)  # the workers begin
        record.require_released(course, assignment)
        for student in students:
            late.handed_in(course, assignment, student)  # raises where a note of it makes no sense
        first = list(islice(results, 1))  # raises where nobody can judge
        unrecorded = run.unrecorded()
        with run.open() if unrecorded or run.to_judge else nullcontext():
            costs = {}
            for verdict in unrecorded:
                run.settle(verdict)
                costs[verdict.student] = run.cost(verdict)
            if run.holding and pages and not dry:
                write_feedback(course, assignment, [verdict.student for verdict in run.holding])
            yield from (run.graded(verdict, verdict, costs.get(verdict.student)) for verdict in run.holding)
            yield from map(run.write, chain(first, results))


class _Run:
    """One run of grading over a class: which verdicts hold, and what is written of those that are new."""

    def __init__(self, course: Course, assignment: Assignment, dry: bool, pages: bool):
        self.course, self.assignment, self.dry, self.pages = course, assignment, dry, pages
        self.holding: list[Verdict] = []  # as they are of what would be judged now
        self.to_judge: list[str] = []
        self._failed: set[str] = set()  # those to judge with whom the grader itself failed last time
        self._gradebook, self._penalties = None, {}

    def sort_out(self, students: Iterable[str], again: bool) -> None:
        """Find whose verdict holds; with `again`, nobody's does."""
        for student in students:
            verdict = None if again else verdicts.load(self.course, self.assignment.name, student)
            if verdict and self._is_current(verdict):
                if not verdict.grader_failed:
                    self.holding.append(verdict)
                    continue
                self._failed.add(student)
            self.to_judge.append(student)

    def _is_current(self, verdict: Verdict) -> bool:
        """Whether it is of the file as it is now, by these checks and this grader, with its notebook beside it."""
        handed_in = submission(self.course, verdict.assignment, verdict.student)
        now = handed_in.digest, self.assignment.provenance(handed_in.seed)
        notebook = self.course.autograded(verdict.assignment, verdict.student)
        return (verdict.submission, verdict.provenance) == now and notebook.exists()

    def results(self, pool: Processes | Cluster) -> Iterator[Judged]:
        """What the workers make of those to judge, as they are done; they begin at once."""
        tasks = ((self.assignment, submission(self.course, self.assignment.name, one)) for one in self.to_judge)
        return _given_up(completed(pool, judge_submission, tasks))

    def unrecorded(self) -> list[Verdict]:
        """Those that hold of which the gradebook, or the note beside them, says something else: a run was killed, or an
        old gradebook was put back.
        """
        lacking = record.lacking(self.course, self.assignment.name, self.holding) if self.holding else []
        return [one for one in self.holding if one in lacking or verdicts.noted(self.course, one) != one.submission]

    @contextmanager
    def open(self) -> Iterator[None]:
        """The gradebook open, and backed up unless nothing will be written."""
        if not self.dry:
            record.backup(self.course)
        with record.open_gradebook(self.course.db_url) as self._gradebook:
            self._penalties = record.recorded_penalties(self._gradebook, self.assignment.name)
            yield

    def write(self, judged: Judged) -> Graded:
        """Write notebook, verdict, marks and page, unless `dry`."""
        verdict, course = judged.verdict, self.course
        names = verdict.assignment, verdict.student
        before = verdicts.load(course, *names)
        if not self.dry:
            write_whole(course.autograded(*names), judged.notebook.encode())
            verdicts.save(course, verdict)
        self.settle(verdict)
        cost = self.cost(verdict)
        if self.pages and not self.dry:
            marks = record.marks_in(self._gradebook, *names)
            feedback.write_feedback(course, verdict.assignment, marks, {verdict.student: cost}, [verdict.student])
        return self.graded(verdict, before, cost, judged=True)

    def settle(self, verdict: Verdict) -> None:
        """Record it, unless `dry`."""
        if not self.dry:
            settle(self.course, self._gradebook, verdict)

    def cost(self, verdict: Verdict) -> "late.Late":
        """What lateness costs, or would."""
        if self.dry:
            return record.foreseen(self._gradebook, self.course, verdict)
        return record.lateness(self._gradebook, self.course, verdict.assignment, verdict.student)[verdict.student]

    def graded(
        self, verdict: Verdict, before: Verdict | None, cost: "late.Late | None", judged: bool = False
    ) -> Graded:
        """What there is to say of one student."""
        retried, penalty = verdict.student in self._failed, self._penalties.get(verdict.student, 0.0)
        return Graded(verdict, before, judged, retried, cost, penalty)


def _given_up(done: Iterable[tuple]) -> Iterator[Judged]:
    """Each result; where worker after worker ended over a submission, what is kept of that."""
    for (assignment, handed_in), result in done:
        yield worker.gave_up(assignment, handed_in, str(result)) if isinstance(result, Lost) else result


def settle(course: Course, gradebook, verdict: Verdict) -> None:
    """Bring the gradebook to a saved verdict, and note beside the verdict which submission is recorded, beside the
    notebook what nbgrader's exchange needs of it.
    """
    names = verdict.assignment, verdict.student
    handed_in = late.handed_in(course, *names)
    time = handed_in and handed_in.when
    late.show(course.submission(*names).with_name(receipt.TIMESTAMP), time, keep=True)  # the student's is put aside
    receipt.keep(course, *names, time)
    before = verdicts.noted(course, verdict)
    if before is None:
        verdicts.note(course, verdict, verdicts.NOT_YET)  # should this run end here, one may be recorded and not noted
    resubmitted = before not in (None, verdict.submission)
    record.record(gradebook, verdict, timestamp=time, resubmitted=resubmitted, config=course.settings)
    if before != verdict.submission:
        verdicts.note(course, verdict, verdict.submission)


def judged_here(course: Course, assignment: str, student: str) -> Judged:
    """One submission judged in this process. Raises SandboxUnavailable, ChecksError."""
    walls.refuse_what_shows(course.root, course.directory)
    return judge_submission(load_assignment(course, assignment), submission(course, assignment, student))


def feedback_page(course: Course, assignment: str, student: str) -> str:
    """One student's feedback page. Raises FileNotFoundError, in one sentence, where nothing was graded yet."""
    marks, costs = record.standing(course, assignment, student)
    return feedback.page(course, assignment, student, marks, costs.get(student))


def write_feedback(course: Course, assignment: str, students: Iterable[str] | None = None) -> list[Path]:
    """Write the feedback pages of `students` (default: all who were graded); returns the files.

    Raises FileNotFoundError, in one sentence, where nothing was graded yet.
    """
    course.require()
    if not verdicts.students(course, assignment):
        raise FileNotFoundError(
            f"nothing of {assignment} has been graded in {course.directory}: run `autograder grade {assignment}`."
        )
    return feedback.write_feedback(course, assignment, *record.standing(course, assignment), students)
