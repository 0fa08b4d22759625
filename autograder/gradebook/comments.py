"""What the gradebook says of a verdict: scores, and as comments the findings in a few lines of plain text."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from autograder.course.verdict import FAILED, UNDECIDED, BlankVerdict, Verdict
from autograder.notebook.cells import test_of

LONGEST_COMMENT = 2_000  # characters
NO_RESPONSE = "No response."  # nbgrader's own words


class Wanted(NamedTuple):
    """What a verdict says of one cell of the gradebook."""

    score: float | None
    comment: str | None


def wanted(verdict: Verdict, grades: Iterable[str], comments: Iterable[str]) -> dict[str, Wanted]:
    """What each cell should hold: a blank's score on its test cell, its findings on its answer cell."""
    entries = dict.fromkeys([*grades, *comments], Wanted(None, None))
    for blank in verdict.blanks:
        entries[test_of(blank.grade_id)] = Wanted(blank.score, None)
        entries[blank.grade_id] = Wanted(None, comment_on(blank))
    for question in verdict.unanswered:
        entries[question] = Wanted(0.0, NO_RESPONSE)
    return entries


def comment_on(blank: BlankVerdict) -> str | None:
    """A blank's findings in a few lines of plain text; None where all is well."""
    lines = [": ".join(filter(None, (finding.property, finding.message))) for finding in blank.findings]
    if blank.outcome == UNDECIDED:
        lines.insert(0, "Not decided yet: a member of staff will look at this answer.")
    if blank.followed:
        lines.insert(0, follow_through(blank.followed))
    if blank.outcome == FAILED:
        lines.insert(0, f"{blank.score:g} of {blank.points:g} points.")
    return _plain("\n".join(lines)) or None


def follow_through(names: tuple[str, ...]) -> str:
    """How a blank was judged whose prerequisites `names` were answered by right ones; nothing where there are none."""
    *others, last = names or ("",)
    listed = f"{', '.join(others)} and {last}" if others else last
    return f"Judged with a correct {listed} in place of yours: one mistake costs once." if names else ""


def _plain(text: str) -> str:
    """Text a database and a page can hold: no control characters or lone surrogates, no tags, not too long."""
    text = re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", text)
    text = re.sub(r"<(?=[A-Za-z/!?])", "< ", text)
    return text if len(text) <= LONGEST_COMMENT else text[:LONGEST_COMMENT] + " […]"
