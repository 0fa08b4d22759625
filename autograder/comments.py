"""What the gradebook's comments say: a blank's findings as a few lines of plain text."""

import re

from autograder.verdict import FAILED, UNDECIDED, BlankVerdict

LONGEST_COMMENT = 2_000  # characters
NO_RESPONSE = "No response."  # nbgrader's own words


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
