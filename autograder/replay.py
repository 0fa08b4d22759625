"""A verdict reached again: the same file, judged on the same hidden data by what judged it."""

from dataclasses import replace

from autograder.course import verdicts
from autograder.course.course import Course
from autograder.course.handed_in import submission
from autograder.course.verdict import Provenance, Verdict
from autograder.judging.assignment import load_assignment
from autograder.worker import judge_submission


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
