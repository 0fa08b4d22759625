"""When work was handed in, and penalties for late work by nbgrader's own policies."""

from collections.abc import Iterator
from datetime import datetime

from dateutil import parser
from nbgrader.utils import parse_utc
from traitlets.config import Config

DEFAULTS = datetime(2000, 1, 1), datetime(2001, 2, 2)  # no part of the date is the same


def moment(text: str) -> datetime | None:
    """A time as nbgrader reads it (UTC); None where there is none, or no whole date: what is missing would be today's.

    A student can hand in any text.
    """
    parts = text.split(" ")
    local = " ".join(parts[:2]) if len(parts) == 3 else text  # nbgrader takes a third word for the time zone
    try:
        one, other = (parser.parse(local, default=default, ignoretz=True) for default in DEFAULTS)
        return parse_utc(text) if one == other else None
    except (ValueError, ArithmeticError):
        return None


def penalise(session, submission, config: Config | None) -> bool:
    """Do what nbgrader's AssignLatePenalties does, where `config` has a policy; returns whether a penalty changed.

    Where none is configured, penalties that are there stay. `session` is SQLAlchemy's, `submission` nbgrader's.
    """
    if not has_policy(config):
        return False
    session.flush()  # the scores are sums that the database makes
    changed = list(changes(session, submission, config))
    for notebook, penalty in changed:
        notebook.late_submission_penalty = penalty
    return bool(changed)


def has_policy(config: Config | None) -> bool:
    return bool(config and (config.AssignLatePenalties or config.LateSubmissionPlugin))


def changes(session, submission, config: Config) -> Iterator[tuple]:
    """(a submitted notebook, the penalty it should have) for each that has another one; changes nothing."""
    from nbgrader.preprocessors import AssignLatePenalties  # here, for it takes long to import and few courses need it

    policy = AssignLatePenalties(config=config)
    policy.init_plugin()
    ask = policy.plugin_inst.late_submission_penalty
    late = submission.total_seconds_late if submission.assignment.duedate else 0
    for notebook in submission.notebooks:
        session.refresh(notebook)
        penalty = ask(submission.student_id, notebook.score, late) if late else None
        penalty = None if penalty is None else policy._check_late_penalty(notebook, penalty)
        if notebook.late_submission_penalty != penalty:
            yield notebook, penalty
