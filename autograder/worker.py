"""What runs in a worker process, here or on another machine: bundle and submission in, verdict and notebook out.

A worker keeps one judge, of the bundle that it was asked for last: starting one takes most of a second.
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

from autograder.bundle import HERE, Bundle, grader_digest, use_checks
from autograder.display import clean_notebook
from autograder.handed_in import Submission
from autograder.judge import Judge
from autograder.judgement import ChecksError, allowed_modules
from autograder.sanitise import Unreadable, read_submission, restored, sanitise, undecided
from autograder.verdict import UNDECIDED, Verdict
from autograder.walls import SandboxUnavailable
from autograder.zygote import Zygote, borrowed

_lock = threading.Lock()  # one judge, whatever the number of a worker's threads
_judge: tuple[tuple, Judge, NotebookNode] | None = None  # what it was made for, the judge, the source notebook
_lent: tuple[tuple, socket.socket] | None = None  # what a warm process was made for, its control


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
def shared(bundle: Bundle) -> Iterator[tuple[tuple, socket.socket] | None]:
    """A warm process for all workers of this machine to `borrow`; None where there cannot be one: they will say why."""
    use_checks(bundle.checks)
    try:
        zygote = Zygote(allowed_modules(bundle.assignment), unsafe_no_sandbox=not bundle.sandboxed)
    except (SandboxUnavailable, ChecksError):
        yield None
        return
    with zygote:
        yield _wanted(bundle), zygote.control


def borrow(lent: tuple[tuple, socket.socket] | None) -> None:
    """Have this process's judge use a warm process that is shared, where it is the one it needs."""
    global _lent
    _lent = lent


def warm(bundle: Bundle) -> None:
    """Start this process's judge before the first submission comes. Raises SandboxUnavailable, OtherGrader."""
    with _lock:
        _judge_for(bundle)


def judge_submission(bundle: Bundle, submission: Submission) -> Judged:
    """Judge one submission. Raises SandboxUnavailable, OtherGrader; what the submission does is in the verdict."""
    with _lock:
        verdict, notebook = _judged(*_judge_for(bundle), submission)
        if verdict.staff_notes and all(blank.outcome == UNDECIDED for blank in verdict.blanks):
            dismiss()  # the fault is ours: perhaps its sandbox is gone, or the one that is shared
            borrow(None)
            verdict, notebook = _judged(*_judge_for(bundle), submission)
    return _pack(bundle, submission, verdict, notebook)


def _judged(judge: Judge, source: NotebookNode, submission: Submission) -> tuple[Verdict, NotebookNode]:
    try:
        if isinstance(submission.data, str):
            raise Unreadable(submission.data)
        sanitised = sanitise(source, read_submission(submission.data, f"{submission.assignment}.ipynb"))
        verdict, executed = judge(sanitised.notebook, student=submission.student, submission=submission.digest,
                                  seed=submission.seed, notes=sanitised.notes)  # fmt: skip
        return replace(verdict, unanswered=sanitised.unanswered), clean_notebook(executed)
    except Unreadable as error:
        return undecided(source, note=str(error), **_identity(submission)), restored(source)
    except Exception:  # ours: staff must look, and the class goes on
        return _failed(source, submission, traceback.format_exc()), restored(source)


def gave_up(bundle: Bundle, submission: Submission, why: str) -> Judged:
    """What is kept of a submission with which the grader itself failed; `why` is for staff."""
    source = nbformat.reads(bundle.source, as_version=4)
    return _pack(bundle, submission, _failed(source, submission, why), restored(source))


def _failed(source: NotebookNode, submission: Submission, why: str) -> Verdict:
    note = "The grader could not deal with this file; staff will look at it."
    return undecided(source, note=note, staff_note=why, **_identity(submission))


def _identity(submission: Submission) -> dict[str, str]:
    return {"assignment": submission.assignment, "student": submission.student, "submission": submission.digest}


def _pack(bundle: Bundle, submission: Submission, verdict: Verdict, notebook: NotebookNode) -> Judged:
    verdict = replace(verdict, provenance=bundle.provenance(submission.seed))
    # as nbformat writes, but for the line breaks inside (which cost as much time as drawing a figure's axes)
    return Judged(verdict, json.dumps(notebook, ensure_ascii=False, sort_keys=True) + "\n")


def _wanted(bundle: Bundle) -> tuple:
    """What a judge is made for."""
    return bundle.digest, bundle.grader, bundle.sandboxed


def _judge_for(bundle: Bundle) -> tuple[Judge, NotebookNode]:
    global _judge
    wanted = _wanted(bundle)
    if _judge is None or _judge[0] != wanted:
        dismiss()
        if bundle.grader != grader_digest():
            raise OtherGrader(
                f"a worker on {platform.node()} runs another version of this package, from {HERE}, than the command, "
                f"from {bundle.place}: install the same one, or run the command where the other is not found."
            )
        use_checks(bundle.checks)
        control = borrowed(_lent[1]) if _lent and _lent[0] == wanted else None
        judge = Judge(bundle.assignment, unsafe_no_sandbox=not bundle.sandboxed, control=control)
        _judge = wanted, judge, nbformat.reads(bundle.source, as_version=4)
    return _judge[1:]


@atexit.register
def dismiss() -> None:
    """Close this process's judge, if there is one; the next submission gets a new one."""
    global _judge
    if _judge:
        _judge[1].close()
    _judge = None
