"""Grading from files to marks: read → judge (in a worker) → write notebook, verdict, marks. Feedback pages after that.

A run can be killed at any moment: a verdict is whole or not there, it is written before the marks, and the next run
judges what has none and records what the gradebook lacks.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

from autograder import worker
from autograder.course import lock, receipt, verdicts
from autograder.course.course import Course, write_whole
from autograder.course.handed_in import submission
from autograder.course.verdict import UNDECIDED, Provenance, Verdict
from autograder.executor import Cluster, Lost, Processes, completed
from autograder.judging.assignment import Assignment, load_assignment
from autograder.sandbox import walls
from autograder.startup import lazily
from autograder.worker import Judged, judge_submission

# 0.6 s, in which workers can begin
record, late, feedback = (lazily(f"autograder.{name}") for name in ("gradebook.record", "gradebook.late", "feedback"))


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
    made = load_assignment(course, assignment, sandboxed=not unsafe_no_sandbox)
    with nullcontext() if dry else lock.held(course):
        kept, to_judge, failed = _sorted_out(course, made, students, again)
        tasks = ((made, submission(course, assignment, student)) for student in to_judge)
        results = _results(completed(pool, judge_submission, tasks))  # the workers begin
        record.require_released(course, assignment)
        for student in students:
            late.handed_in(course, assignment, student)  # raises where a note of it makes no sense
        first = list(islice(results, 1))  # raises where nobody can judge
        unrecorded = _unrecorded(course, assignment, kept)
        with _gradebook(course, dry) if unrecorded or to_judge else nullcontext() as gradebook:
            penalties = record.recorded_penalties(gradebook, assignment) if gradebook else {}
            costs = {one.student: _settled(course, gradebook, one, dry) for one in unrecorded}
            if kept and pages and not dry:
                write_feedback(course, assignment, [verdict.student for verdict in kept])
            for one in kept:
                yield Graded(one, one, False, False, costs.get(one.student), penalties.get(one.student, 0.0))
            for judged in chain(first, results):
                student = judged.verdict.student
                before = verdicts.load(course, assignment, student)
                cost = _kept(course, gradebook, judged, dry, pages)
                yield Graded(judged.verdict, before, True, student in failed, cost, penalties.get(student, 0.0))


def _kept(course: Course, gradebook, judged: Judged, dry: bool, pages: bool) -> "late.Late":
    """What lateness costs, once notebook, verdict, marks and page are written, unless `dry`."""
    if dry:
        return _settled(course, gradebook, judged.verdict, dry)
    assignment, student = judged.verdict.assignment, judged.verdict.student
    write_whole(course.autograded(assignment, student), judged.notebook.encode())
    verdicts.save(course, judged.verdict)
    cost = _settled(course, gradebook, judged.verdict, dry)
    if pages:
        marks = record.marks_in(gradebook, assignment, student)
        feedback.write_feedback(course, assignment, marks, {student: cost}, [student])
    return cost


def _settled(course: Course, gradebook, verdict: Verdict, dry: bool) -> "late.Late":
    """What lateness costs once a verdict is settled, or, where it must not be, would cost."""
    if dry:
        return record.foreseen(gradebook, course, verdict)
    settle(course, gradebook, verdict)
    return record.lateness(gradebook, course, verdict.assignment, verdict.student)[verdict.student]


def _sorted_out(
    course: Course, made: Assignment, students: Iterable[str], again: bool
) -> tuple[list[Verdict], list[str], set[str]]:
    """(the verdicts that still hold, the students to judge, those of them with whom the grader failed last time)."""
    kept, to_judge, failed = [], [], set()
    for student in students:
        verdict = None if again else verdicts.load(course, made.name, student)
        if verdict and _is_current(course, made, verdict):
            if not _failed(verdict):
                kept.append(verdict)
                continue
            failed.add(student)
        to_judge.append(student)
    return kept, to_judge, failed


def _is_current(course: Course, made: Assignment, verdict: Verdict) -> bool:
    """Whether a verdict is of the file as it is now, by these checks and this grader, with its notebook beside it."""
    handed_in = submission(course, verdict.assignment, verdict.student)
    same = (verdict.submission, verdict.provenance) == (handed_in.digest, made.provenance(handed_in.seed))
    return same and course.autograded(verdict.assignment, verdict.student).exists()


def _failed(verdict: Verdict) -> bool:
    """Whether the grader itself, not the submission, left something undecided."""
    return bool(verdict.staff_notes) and any(blank.outcome == UNDECIDED for blank in verdict.blanks)


def _unrecorded(course: Course, assignment: str, kept: list[Verdict]) -> list[Verdict]:
    """Those of which the gradebook, or the note beside them, says something else: a run was killed, or an old gradebook
    was put back.
    """
    lacking = record.lacking(course, assignment, kept) if kept else []
    return [verdict for verdict in kept if verdict in lacking or verdicts.noted(course, verdict) != verdict.submission]


def _results(done: Iterable[tuple]) -> Iterator[Judged]:
    for (made, handed_in), result in done:
        yield worker.gave_up(made, handed_in, str(result)) if isinstance(result, Lost) else result


@contextmanager
def _gradebook(course: Course, dry: bool) -> Iterator:
    if not dry:
        record.backup(course)
    with record.open_gradebook(course.db_url) as gradebook:
        yield gradebook


def settle(course: Course, gradebook, verdict: Verdict) -> None:
    """Bring the gradebook to a saved verdict, and note beside the verdict which submission is recorded, beside the
    notebook what nbgrader's exchange needs of it.
    """
    names = verdict.assignment, verdict.student
    when = late.handed_in(course, *names)
    late.show(course.submission(*names).with_name(receipt.TIMESTAMP), when and when.when, keep=True)
    receipt.keep(course, *names, when and when.when)
    noted = verdicts.noted(course, verdict)
    if noted is None:
        verdicts.note(
            course, verdict, ""
        )  # none; should this run end here, the gradebook may hold one that is not noted
    resubmitted = noted not in (None, verdict.submission)
    record.record(gradebook, verdict, timestamp=when and when.when, resubmitted=resubmitted, config=course.settings)
    if noted != verdict.submission:
        verdicts.note(course, verdict, verdict.submission)


def judged_here(course: Course, assignment: str, student: str) -> Judged:
    """One submission judged in this process. Raises SandboxUnavailable, ChecksError."""
    walls.refuse_what_shows(course.root, course.directory)
    return judge_submission(load_assignment(course, assignment), submission(course, assignment, student))


class NotReproducible(Exception):
    """A verdict cannot be reached again; the text is one sentence."""


def replay(
    course: Course, assignment: str, student: str, *, unsafe_no_sandbox: bool = False
) -> tuple[Verdict, Verdict]:
    """(the verdict on disk, the same submission judged again by what judged it). Raises NotReproducible.

    Without walls only what was judged without them, and only if `unsafe_no_sandbox` allows it.
    """
    recorded = verdicts.load(course, assignment, student)
    if recorded is None or recorded.provenance is None:
        raise NotReproducible(f"there is no verdict on {assignment} by {student}: run `autograder grade` first.")
    handed_in = submission(course, assignment, student)
    if handed_in.digest != recorded.submission:
        raise NotReproducible(
            f"{student} has handed in another file since (then {recorded.submission[:12]}, now "
            f"{handed_in.digest[:12]}): put the old one back, or grade the new one."
        )
    handed_in = replace(handed_in, seed=bytes.fromhex(recorded.provenance.seed))
    made = load_assignment(course, assignment, sandboxed=_had_walls(recorded, unsafe_no_sandbox))
    if changed := _differences(recorded.provenance, made.provenance(handed_in.seed)):
        raise NotReproducible(f"{student}'s verdict was reached with other {changed}: restore them, or grade again.")
    return recorded, judge_submission(made, handed_in).verdict


def _had_walls(recorded: Verdict, unsafe_no_sandbox: bool) -> bool:
    """Whether a verdict was reached in the sandbox. Raises NotReproducible where it was not and that is not allowed."""
    sandboxed = recorded.provenance.versions.get("sandbox")
    if sandboxed not in ("True", "False"):
        raise NotReproducible(
            f"{recorded.student}'s verdict does not say whether it was reached in a sandbox (an older version's "
            "do not): grade again."
        )
    if sandboxed == "False" and not unsafe_no_sandbox:
        raise NotReproducible(
            f"{recorded.student}'s verdict was reached without a sandbox, and the code could again do anything that "
            "you can: grade again, or allow it with --unsafe-no-sandbox."
        )
    return sandboxed == "True"


def _differences(then: Provenance, now: Provenance) -> str:
    """What differs between two provenances, in words; "" where nothing does."""
    pairs = {
        "notebook or checks": (then.assignment[:12], now.assignment[:12]),
        "grader": (then.grader[:12], now.grader[:12]),
    }
    pairs |= {name: (then.versions.get(name), version) for name, version in now.versions.items()}
    return ", ".join(f"{what} ({old}, now {new})" for what, (old, new) in pairs.items() if old != new)


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
