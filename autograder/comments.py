"""What the gradebook's comments say: a blank's findings as a few lines of plain text."""

import re

from autograder.verdict import PASSED, UNDECIDED, BlankVerdict

LONGEST_COMMENT = 2_000  # characters
NO_RESPONSE = "No response."  # nbgrader's own words


def comment_on(blank: BlankVerdict) -> str | None:
    """A blank's findings in a few lines of plain text; None where all is well."""
    lines = [": ".join(filter(None, (finding.property, finding.message))) for finding in blank.findings]
    if blank.outcome == UNDECIDED:
        lines.insert(0, "Not decided yet: a member of staff will look at this answer.")
    elif blank.outcome != PASSED:
        lines.insert(0, f"{blank.score:g} of {blank.points:g} points.")
    return _plain("\n".join(lines)) or None


def _plain(text: str) -> str:
    """Text a database and a page can hold: no control characters or lone surrogates, no tags, not too long."""
    text = re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", text)
    text = re.sub(r"<(?=[A-Za-z/!?])", "< ", text)
    return text if len(text) <= LONGEST_COMMENT else text[:LONGEST_COMMENT] + " […]"
