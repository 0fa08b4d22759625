"""Penalties for late submissions, by nbgrader's own policies."""

from traitlets.config import Config


def penalise(session, submission, config: Config | None) -> bool:
    """Do what nbgrader's AssignLatePenalties does, where `config` has a policy; returns whether a penalty changed.

    Where none is configured, penalties that are there stay. `session` is SQLAlchemy's, `submission` nbgrader's.
    """
    if not config or not (config.AssignLatePenalties or config.LateSubmissionPlugin):
        return False
    from nbgrader.preprocessors import AssignLatePenalties  # here, for it takes long to import and few courses need it

    session.flush()  # the scores are sums that the database makes
    policy = AssignLatePenalties(config=config)
    policy.init_plugin()
    late = submission.total_seconds_late if submission.assignment.duedate else 0
    ask, changed = policy.plugin_inst.late_submission_penalty, False
    for notebook in submission.notebooks:
        session.refresh(notebook)
        penalty = ask(submission.student_id, notebook.score, late) if late else None
        penalty = None if penalty is None else policy._check_late_penalty(notebook, penalty)
        changed |= notebook.late_submission_penalty != penalty
        notebook.late_submission_penalty = penalty
    return changed
