"""When work was handed in and who says so, and what nbgrader's own policies take off for late work."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from dateutil import parser
from dateutil.tz import gettz
from nbgrader.utils import parse_utc
from traitlets.config import Config

from autograder.course import plain_files
from autograder.course.course import Course, GradebookError, NotWritten, write_whole

FORM = "%Y-%m-%d %H:%M:%S.%f UTC"  # nbgrader's
OFFSET = re.compile(r"[+-]\d\d:?\d\d")
DEFAULTS = datetime(2000, 1, 1), datetime(2001, 2, 2)  # no part of the date is the same
BY_STAFF = "noted by staff"
UNITS = {"day": 86400, "h": 3600, "min": 60, "s": 1}  # of a time span, in seconds


class NoTime(GradebookError):
    """A note of when something was handed in has no time in it; the text is one sentence."""


class PolicyError(GradebookError):
    """The course's policy for late work cannot be asked; the text is one sentence."""


class HandedIn(NamedTuple):
    """When a file was handed in (UTC), and who says so, in a few words."""

    when: datetime
    source: str


@dataclass(frozen=True)
class Late:
    """What is known of when one student's work was due (UTC, with the student's extension) and handed in, and what that
    costs: `score` points are what the gradebook has, `penalty` what `policy` (its name, "" where there is none) takes.
    """

    handed_in: HandedIn | None
    due: datetime | None
    score: float
    penalty: float
    policy: str

    @property
    def seconds(self) -> float:
        """How late it was; 0 where it was in time, or where that is not known."""
        return seconds_late(self.handed_in and self.handed_in.when, self.due)

    @property
    def nobody_knows(self) -> bool:
        """Whether a penalty is not taken only because nobody noted when this was handed in."""
        return bool(self.policy and self.due and self.handed_in is None)

    @property
    def said(self) -> str:
        """Why the penalty is what it is, in a few words."""
        if not self.policy:
            return "there is no policy for late work"
        if self.handed_in is None:
            return "nobody knows when it was handed in"
        if not self.seconds:
            return "handed in in time"
        return f"handed in {span(self.seconds)} late: {self.score:g} − {self.penalty:g} points by {self.policy}"


def moment(text: str) -> datetime | None:
    """A time (UTC), in any of the forms that nbgrader reads; None where there is none, no whole date (what is missing
    would be today's), or a time zone that nobody knows. A student can name a folder with any text.
    """
    parts = text.split(" ")
    local = " ".join(parts[:2]) if len(parts) == 3 else text  # a third word is the time zone
    try:
        one, other = (parser.parse(local, default=default, ignoretz=True) for default in DEFAULTS)
        if one != other:
            return None
        if len(parts) == 3 and OFFSET.fullmatch(parts[2]):  # which nbgrader would take for seconds
            return parse_utc(local + parts[2])
        return None if len(parts) == 3 and gettz(parts[2]) is None else parse_utc(text)
    except (ValueError, ArithmeticError):
        return None


def handed_in(course: Course, assignment: str, student: str) -> HandedIn | None:
    """When a submission was handed in, by the class's own note of it, which no student can write; None without one.

    A timestamp.txt among the files of a submission is the student's word, and not asked. Raises NoTime.
    """
    path = course.handed_in(assignment, student)
    try:
        first, _, source = path.read_bytes().decode(errors="replace").partition("\n")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise NoTime(f"{path}, which says when {student} handed in, cannot be read: {error.strerror}.") from None
    if (when := moment(first.strip())) is None:
        raise NoTime(
            f"{path} begins with {first[:40]!r}, expected a date and a time, like 2027-01-31 22:15 UTC: correct it, or "
            "delete it if nobody knows when this was handed in."
        )
    return HandedIn(when, source.strip() or BY_STAFF)


def note(course: Course, assignment: str, student: str, when: datetime, source: str) -> Path:
    """Note when a submission was handed in (UTC), and who says so."""
    text = f"{when.strftime(FORM)}\n{source}\n"
    return write_whole(course.handed_in(assignment, student), text.encode(), mode=0o600)


def show(path: Path, when: datetime | None, *, keep: bool = False) -> None:
    """Have a timestamp.txt, which nbgrader and Formgrader read, say what counts; where nobody knows, there is none.

    What else is there under that name, a student has put there, or staff: with `keep` it gets another name where nobody
    knows better. Whatever is in the way is no reason to stop, for nothing that we record is read there.
    """
    if path.parent.is_symlink() or path.parent.parent.is_symlink():  # perhaps to somebody else's work
        return
    aside = path.with_name(f"{path.name}.unconfirmed")
    with suppress(OSError, NotWritten):
        if when is not None and _says(path) == when:
            return
        if keep and when is None and not os.path.lexists(aside):
            os.rename(path, aside)
        elif os.path.lexists(path):
            plain_files.remove(path)
        if when is not None and path.parent.is_dir():
            write_whole(path, when.strftime(FORM).encode(), lasting=False)


def _says(path: Path) -> datetime | None:
    if path.is_symlink() or not path.is_file():
        return None
    with path.open(encoding="utf-8", errors="replace") as file:
        return moment(file.read(100).strip())


def seconds_late(when: datetime | None, due: datetime | None) -> float:
    """0 where it was in time, or where either is not known."""
    return 0.0 if when is None or due is None else max(0.0, (when - due).total_seconds())


def due_for(submission) -> datetime | None:
    """A submission's deadline with its extension, if it has either."""
    due = submission.assignment.duedate
    return due and due + (submission.extension or timedelta())


def span(seconds: float) -> str:
    """A time span in its two largest units: "2 days 3 h", "10 min"."""
    words, left = [], max(1, round(seconds))
    for unit, size in UNITS.items():
        number, left = divmod(left, size)
        if number:
            words.append(f"{number} {unit}{'s' if unit == 'day' and number > 1 else ''}")
    return " ".join(words[:2])


def has_policy(config: Config | None) -> bool:
    return bool(config and (config.AssignLatePenalties or config.LateSubmissionPlugin))


def penalise(session, submission, config: Config | None) -> bool:
    """Record what the policy that `config` has now takes off, as nbgrader's AssignLatePenalties does: nothing, where
    there is none. Returns whether a penalty changed. `session` is SQLAlchemy's, `submission` nbgrader's.
    """
    session.flush()  # the scores are sums that the database makes
    changed = list(changes(session, submission, config))
    for notebook, penalty in changed:
        notebook.late_submission_penalty = penalty
    return bool(changed)


def changes(session, submission, config: Config | None) -> Iterator[tuple]:
    """(a submitted notebook, the penalty it should have) for each that has another one; changes nothing."""
    late = seconds_late(submission.timestamp, due_for(submission)) if has_policy(config) else 0.0
    for notebook, penalty in penalties(session, submission, config, late):
        if notebook.late_submission_penalty != penalty:
            yield notebook, penalty


def penalties(session, submission, config: Config | None, late: float) -> list[tuple]:
    """(a submitted notebook, what the policy takes off for so many seconds, None for nothing). Raises PolicyError."""
    if not late or not has_policy(config):
        return [(notebook, None) for notebook in submission.notebooks]
    with _no_fault_of_ours(f"asked about {submission.student_id}"):
        return [(notebook, _asked(session, submission, notebook, config, late)) for notebook in submission.notebooks]


@contextmanager
def _no_fault_of_ours(when: str) -> Iterator[None]:
    """A policy is a program of the course's, which can raise anything: that becomes PolicyError."""
    try:
        yield
    except Exception as error:
        said = " ".join(str(error).split())
        raise PolicyError(
            f"The policy for late work in nbgrader_config.py, {when}, ends in {type(error).__name__}: {said}."
        ) from error


def late_for(session, submission, score: float, course: Course) -> Late:
    """What is known of one submission's lateness, and what it costs by the policy that the course has now."""
    noted = handed_in(course, submission.assignment.name, submission.student_id)
    due, config = due_for(submission), course.settings
    seconds = seconds_late(noted and noted.when, due)
    asked = penalties(session, submission, config, seconds) if seconds else []
    return Late(noted, due, score, sum(penalty or 0.0 for _, penalty in asked), policy_name(config))


def _asked(session, submission, notebook, config: Config, late: float) -> float | None:
    step = _policy(config)
    session.refresh(notebook)
    penalty = step.plugin_inst.late_submission_penalty(submission.student_id, notebook.score, late)
    return None if penalty is None else step._check_late_penalty(notebook, penalty)


def _policy(config: Config):
    """nbgrader's step with the configured policy in it."""
    from nbgrader.preprocessors import AssignLatePenalties  # here, for it takes long to import and few courses need it

    step = AssignLatePenalties(config=config)
    step.init_plugin()
    return step


def policy_name(config: Config | None) -> str:
    """What the course's policy is called: its class, and of nbgrader's own which one; "" where there is none."""
    if not has_policy(config):
        return ""
    with _no_fault_of_ours("looked up"):
        plugin = _policy(config).plugin_inst
    name = type(plugin).__name__
    return f"nbgrader's {plugin.penalty_method!r}" if name == "LateSubmissionPlugin" else name
