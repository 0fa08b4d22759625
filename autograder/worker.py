"""What runs in a worker process, here or on another machine: assignment and submission in, verdict and notebook out.

A worker keeps one judge, of the assignment that it was asked for last: starting one takes most of a second.
"""

import atexit
import json
import multiprocessing
import os
import platform
import socket
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import nbformat
from nbformat import NotebookNode

from autograder.course.handed_in import Submission
from autograder.course.verdict import UNDECIDED, BlankVerdict, Finding, Verdict
from autograder.judging.assignment import PACKAGE, Assignment, grader_digest
from autograder.judging.check_modules import ChecksError, allowed_modules, use_checks
from autograder.judging.judge import Judge
from autograder.judging.public_cases import public_cases
from autograder.notebook import cells
from autograder.notebook.read import Unreadable, read_submission
from autograder.notebook.rebuild import rebuild, restored
from autograder.notebook.schemes import with_schemes
from autograder.notebook.showable import clean_notebook
from autograder.sandbox.walls import SandboxUnavailable
from autograder.sandbox.zygote import Zygote, borrowed

_lock = threading.Lock()  # one judge, whatever the number of a worker's threads
_judge: tuple[Assignment, Judge, NotebookNode] | None = None  # what it was made for, the judge, the source notebook
_lent: tuple[Assignment, socket.socket] | None = None  # what a warm process was made for, its control


class OtherGrader(Exception):
    """The worker runs another version of this package; the text is one sentence."""


@dataclass(frozen=True)
class Judged:
    """A verdict and the notebook to show with it (JSON text)."""

    verdict: Verdict
    notebook: str


def end_with_parent() -> None:
    """End this process when its parent has: a worker must not outlive a run that was killed."""

    def wait():
        multiprocessing.parent_process().join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


@contextmanager
def shared(assignment: Assignment) -> Iterator[tuple[Assignment, socket.socket] | None]:
    """A warm process for all workers of this machine to `borrow`; None where there cannot be one: they will say why."""
    use_checks(assignment.checks)
    try:
        known = {"cases": public_cases(assignment.name), "unsafe_no_sandbox": not assignment.sandboxed}
        zygote = Zygote(allowed_modules(assignment.name), **known)
    except (SandboxUnavailable, ChecksError):
        yield None
        return
    with zygote:
        yield assignment, zygote.control


def borrow(lent: tuple[Assignment, socket.socket] | None) -> None:
    """Have this process's judge use a warm process that is shared, where it is the one it needs."""
    global _lent
    _lent = lent


def warm(assignment: Assignment) -> None:
    """Start this process's judge before the first submission comes. Raises SandboxUnavailable, OtherGrader."""
    with _lock:
        _judge_for(assignment)


def judge_submission(assignment: Assignment, submission: Submission) -> Judged:
    """Judge one submission. Raises SandboxUnavailable, OtherGrader; what the submission does is in the verdict."""
    with _lock:
        verdict, notebook = _verdict_on(*_judge_for(assignment), submission)
        if verdict.staff_notes and all(blank.outcome == UNDECIDED for blank in verdict.blanks):
            dismiss()  # the fault is ours: perhaps its sandbox is gone, or the one that is shared
            borrow(None)
            verdict, notebook = _verdict_on(*_judge_for(assignment), submission)
    return _pack(assignment, submission, verdict, notebook)


def _verdict_on(judge: Judge, source: NotebookNode, submission: Submission) -> tuple[Verdict, NotebookNode]:
    try:
        if isinstance(submission.data, str):
            raise Unreadable(submission.data)
        rebuilt = rebuild(source, read_submission(submission.data, f"{submission.assignment}.ipynb"))
        verdict, executed = judge(
            rebuilt.notebook,
            student=submission.student,
            submission=submission.digest,
            seed=submission.seed,
            notes=rebuilt.notes,
        )
        return replace(verdict, unanswered=rebuilt.unanswered), clean_notebook(executed)
    except Unreadable as error:
        return undecided_file(source, submission, str(error)), restored(source)
    except Exception:  # ours: staff must look, and the class goes on
        return _failed(source, submission, traceback.format_exc()), restored(source)


def gave_up(assignment: Assignment, submission: Submission, why: str) -> Judged:
    """What is kept of a submission with which the grader itself failed; `why` is for staff."""
    source = nbformat.reads(assignment.source, as_version=4)
    return _pack(assignment, submission, _failed(source, submission, why), restored(source))


def _failed(source: NotebookNode, submission: Submission, why: str) -> Verdict:
    note = "The grader could not deal with this file; staff will look at it."
    return undecided_file(source, submission, note, (why,))


def undecided_file(
    source: NotebookNode, submission: Submission, note: str, staff_notes: tuple[str, ...] = ()
) -> Verdict:
    """The verdict on a file that could not be read or judged: every blank undecided, `note` said to the student."""
    finding = (Finding("the submission", note),)
    blanks = tuple(BlankVerdict(name, points, UNDECIDED, None, finding) for name, points in cells.blanks(source))
    names = submission.assignment, submission.student, submission.digest
    return Verdict(*names, blanks, notes=(note,), staff_notes=staff_notes)


def _pack(assignment: Assignment, submission: Submission, verdict: Verdict, notebook: NotebookNode) -> Judged:
    verdict = replace(verdict, provenance=assignment.provenance(submission.seed))
    notebook = with_schemes(notebook, assignment.source)
    # as nbformat writes, but for the line breaks inside (which cost as much time as drawing a figure's axes)
    return Judged(verdict, json.dumps(notebook, ensure_ascii=False, sort_keys=True) + "\n")


def _judge_for(assignment: Assignment) -> tuple[Judge, NotebookNode]:
    global _judge
    if _judge is None or _judge[0] != assignment:
        dismiss()
        if assignment.grader != grader_digest():
            raise OtherGrader(
                f"a worker on {platform.node()} runs another version of this package, from {PACKAGE}, than the "
                f"command, from {assignment.place}: install the same one, or run the command where the other is not "
                "found."
            )
        use_checks(assignment.checks)
        control = borrowed(_lent[1]) if _lent and _lent[0] == assignment else None
        judge = Judge(assignment.name, unsafe_no_sandbox=not assignment.sandboxed, control=control)
        _judge = assignment, judge, nbformat.reads(assignment.source, as_version=4)
    return _judge[1:]


@atexit.register
def dismiss() -> None:
    """Close this process's judge, if there is one; the next submission gets a new one."""
    global _judge
    if _judge:
        _judge[1].close()
    _judge = None
