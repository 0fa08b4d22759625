"""Grading from files to marks: read → judge (in a worker) → write notebook, verdict, marks. Feedback pages after that.

A run can be killed at any moment: a verdict is whole or not there, it is written before the marks, and the next run
judges what has none and records what the gradebook lacks.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

from autograder import lock, receipt, walls, worker
from autograder.bundle import Bundle, bundle
from autograder.course import Course, write_whole
from autograder.executor import Cluster, Lost, Processes, completed
from autograder.handed_in import submission
from autograder.startup import lazily
from autograder.verdict import UNDECIDED, Provenance, Verdict
from autograder.worker import Judged, judge_submission

record, feedback = lazily("autograder.record"), lazily("autograder.feedback")  # 0.6 s, in which workers can begin


@dataclass(frozen=True)
class Graded:
    """One student's verdict, the one there was before, whether it was judged in this run, and whether that was only
    because the grader itself had failed.
    """

    verdict: Verdict
    before: Verdict | None
    judged: bool
    retried: bool = False


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
    Raises NotReleased, GradedElsewhere, and SandboxUnavailable or OtherGrader where nobody can judge, before a mark, a
    verdict or a notebook is touched; no submission can stop the batch. Where one worker of a cluster cannot judge, the
    same may come later: what was judged until then is kept.
    """
    if not unsafe_no_sandbox:
        walls.refuse_what_shows(course.root, course.directory)
    if not (course.directory / "release" / assignment).exists():  # else the workers begin first: asking takes a second
        record.require_released(course, assignment)
    made = bundle(course, assignment, sandboxed=not unsafe_no_sandbox)
    with nullcontext() if dry else lock.held(course):
        kept, to_judge, failed = _sorted_out(course, made, students, again)
        tasks = ((made, submission(course, assignment, student)) for student in to_judge)
        results = _judged(completed(pool, judge_submission, tasks))  # the workers begin
        record.require_released(course, assignment)
        first = list(islice(results, 1))  # raises where nobody can judge
        unrecorded = [] if dry else _unrecorded(course, assignment, kept)
        with _gradebook(course) if unrecorded or (to_judge and not dry) else nullcontext() as gradebook:
            for verdict in unrecorded:
                settle(course, gradebook, verdict)
            if kept and pages and not dry:
                write_feedback(course, assignment, [verdict.student for verdict in kept])
            yield from (Graded(verdict, verdict, judged=False) for verdict in kept)
            for judged in chain(first, results):
                before = saved(course, assignment, judged.verdict.student)
                if not dry:
                    _write(course, gradebook, judged, pages)
                yield Graded(judged.verdict, before, judged=True, retried=judged.verdict.student in failed)


def _write(course: Course, gradebook, judged: Judged, pages: bool) -> None:
    write_whole(course.autograded(judged.verdict.assignment, judged.verdict.student), judged.notebook.encode())
    record.save_verdict(course, judged.verdict)
    settle(course, gradebook, judged.verdict)
    if pages:
        _write_page(course, gradebook, judged.verdict)


def _sorted_out(
    course: Course, made: Bundle, students: Iterable[str], again: bool
) -> tuple[list[Verdict], list[str], set[str]]:
    """(the verdicts that still hold, the students to judge, those of them with whom the grader failed last time)."""
    kept, to_judge, failed = [], [], set()
    for student in students:
        verdict = None if again else saved(course, made.assignment, student)
        if verdict and _is_current(course, made, verdict):
            if not _failed(verdict):
                kept.append(verdict)
                continue
            failed.add(student)
        to_judge.append(student)
    return kept, to_judge, failed


def _is_current(course: Course, made: Bundle, verdict: Verdict) -> bool:
    """Whether a verdict is of the file as it is now, by these checks and this grader, with its notebook beside it."""
    handed_in = submission(course, verdict.assignment, verdict.student)
    same = (verdict.submission, verdict.provenance) == (handed_in.digest, made.provenance(handed_in.seed))
    return same and course.autograded(verdict.assignment, verdict.student).exists()


def _failed(verdict: Verdict) -> bool:
    """Whether the grader itself, not the submission, left something undecided."""
    return bool(verdict.staff_notes) and any(blank.outcome == UNDECIDED for blank in verdict.blanks)


def _unrecorded(course: Course, assignment: str, verdicts: list[Verdict]) -> list[Verdict]:
    """Those of which the gradebook, or the note beside them, says something else: a run was killed, or an old gradebook
    was put back.
    """
    lacking = record.lacking(course, assignment, verdicts) if verdicts else []
    return [verdict for verdict in verdicts if verdict in lacking or _noted(course, verdict) != verdict.submission]


def _judged(done: Iterable[tuple]) -> Iterator[Judged]:
    for (made, handed_in), result in done:
        yield worker.gave_up(made, handed_in, str(result)) if isinstance(result, Lost) else result


@contextmanager
def _gradebook(course: Course) -> Iterator:
    record.backup(course)
    with record.open_gradebook(course.db_url) as gradebook:
        yield gradebook


def saved(course: Course, assignment: str, student: str) -> Verdict | None:
    """The verdict on disk; None where there is none, or none of this version's form. Raises PermissionError."""
    try:
        return Verdict.from_json(course.verdict(assignment, student).read_text(encoding="utf-8"))
    except PermissionError:  # another account's: not to be judged once more
        raise
    except (OSError, ValueError, TypeError, KeyError):
        return None


def settle(course: Course, gradebook, verdict: Verdict) -> None:
    """Bring the gradebook to a saved verdict, and note beside the verdict which submission is recorded, beside the
    notebook what nbgrader's exchange needs of it.
    """
    noted = _noted(course, verdict)
    if noted is None:
        _note(course, verdict, "")  # none; should this run end here, the gradebook may hold one that is not noted
    timestamp = record.submitted_at(course, verdict.assignment, verdict.student)
    receipt.keep(course, verdict.assignment, verdict.student, timestamp)
    resubmitted = noted not in (None, verdict.submission)
    record.record(gradebook, verdict, timestamp=timestamp, resubmitted=resubmitted, config=course.settings)
    if noted != verdict.submission:
        _note(course, verdict, verdict.submission)


def _note_file(course: Course, verdict: Verdict) -> Path:
    return course.verdict(verdict.assignment, verdict.student).with_name(f"{verdict.student}.recorded")


def _noted(course: Course, verdict: Verdict) -> str | None:
    """The hash of the submission that was recorded last; None where none was noted."""
    path = _note_file(course, verdict)
    return path.read_text() if path.exists() else None


def _note(course: Course, verdict: Verdict, submission: str) -> None:
    write_whole(_note_file(course, verdict), submission.encode(), mode=0o600, lasting=False)


def _write_page(course: Course, gradebook, verdict: Verdict) -> None:
    marks = record.marks_in(gradebook, verdict.assignment, verdict.student)
    feedback.write_feedback(course, verdict.assignment, marks, [verdict.student])


def judged_here(course: Course, assignment: str, student: str) -> Judged:
    """One submission judged in this process. Raises SandboxUnavailable, ChecksError."""
    walls.refuse_what_shows(course.root, course.directory)
    return judge_submission(bundle(course, assignment), submission(course, assignment, student))


class NotReproducible(Exception):
    """A verdict cannot be reached again; the text is one sentence."""


def replay(
    course: Course, assignment: str, student: str, *, unsafe_no_sandbox: bool = False
) -> tuple[Verdict, Verdict]:
    """(the verdict on disk, the same submission judged again by what judged it). Raises NotReproducible.

    Without walls only what was judged without them, and only if `unsafe_no_sandbox` allows it.
    """
    recorded = saved(course, assignment, student)
    if recorded is None or recorded.provenance is None:
        raise NotReproducible(f"there is no verdict on {assignment} by {student}: run `autograder grade` first.")
    handed_in = submission(course, assignment, student)
    if handed_in.digest != recorded.submission:
        raise NotReproducible(
            f"{student} has handed in another file since (then {recorded.submission[:12]}, now "
            f"{handed_in.digest[:12]}): put the old one back, or grade the new one."
        )
    handed_in = replace(handed_in, seed=bytes.fromhex(recorded.provenance.seed))
    made = bundle(course, assignment, sandboxed=_had_walls(recorded, unsafe_no_sandbox))
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
    pairs = {"notebook or checks": (then.assignment[:12], now.assignment[:12]),
             "grader": (then.grader[:12], now.grader[:12])}  # fmt: skip
    pairs |= {name: (then.versions.get(name), version) for name, version in now.versions.items()}
    return ", ".join(f"{what} ({old}, now {new})" for what, (old, new) in pairs.items() if old != new)


def feedback_page(course: Course, assignment: str, student: str) -> str:
    """One student's feedback page. Raises FileNotFoundError, in one sentence, where nothing was graded yet."""
    return feedback.page(course, assignment, student, record.marks(course.db_url, assignment))


def write_feedback(course: Course, assignment: str, students: Iterable[str] | None = None) -> list[Path]:
    """Write the feedback pages of `students` (default: all who were graded); returns the files.

    Raises FileNotFoundError, in one sentence, where nothing was graded yet.
    """
    course.require()
    if not any(course.verdict(assignment, "").parent.glob("*.json")):
        raise FileNotFoundError(
            f"nothing of {assignment} has been graded in {course.directory}: run `autograder grade {assignment}`."
        )
    return feedback.write_feedback(course, assignment, record.marks(course.db_url, assignment), students)
