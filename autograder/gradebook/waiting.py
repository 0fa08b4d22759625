"""Marks that are not complete, in words: what is undecided, not read yet, or to be looked at again."""

from collections.abc import Iterable

from autograder.notebook.cells import blank_of


def missing(marks: Iterable) -> str:
    """What has no mark yet among one student's rows of the gradebook: "undecided: two; written: why not read yet"."""
    without = [mark.cell for mark in marks if mark.score is None]
    undecided = [blank_of(cell) for cell in without if blank_of(cell) != cell]
    unread = [cell for cell in without if blank_of(cell) == cell]
    said = [f"undecided: {', '.join(undecided)}"] if undecided else []
    return "; ".join([*said, *([f"written: {', '.join(unread)} not read yet"] if unread else [])])


def waiting(marks: Iterable) -> str:
    """The same, and which marks given by hand are to be looked at again."""
    marks = list(marks)
    again = [blank_of(mark.cell) for mark in marks if mark.needs_manual and mark.manual is not None]
    said = [missing(marks), f"marked by hand, and changed since: {', '.join(again)}" if again else ""]
    return "; ".join(filter(None, said))
