"""Why blanks failed, where the cause lies elsewhere: in the cell that was to define them, or in one that all need."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from nbformat import NotebookNode

from autograder.course.verdict import FAILED, BlankVerdict
from autograder.judging.catalogue import CATALOGUE
from autograder.notebook import cells

LONGEST = 300  # characters of an error
MOST_NAMED = 3  # cells whose errors are told
NOT_RUN = "not_run"  # the diagnosis where the notebook could not be run to its end
SHARED = 3  # blanks that fail in the same words have one cause
PLACE = re.compile(r"\s*\((?:<[^>]*>|[^(),]*), line (\d+)\)$")  # in a syntax error: a file that nobody knows, a line
MODULE = re.compile(r"No module named '([\w.]+)'")


def explained(judged: list[BlankVerdict], executed: NotebookNode) -> tuple[list[BlankVerdict], tuple[str, ...]]:
    """(the blanks, each told what happened in its own cell; notes on what is to be said once, above all of them)."""
    if all(blank.outcome != FAILED for blank in judged):
        return judged, ()
    errors = {cells.grade_id(cell): error for cell in executed.cells if (error := _error(cell))}
    judged = [_of_its_cell(blank, errors.get(blank.grade_id)) for blank in judged]
    notes = tuple(_elsewhere(executed)) if any(_unknown_name(blank) for blank in judged) else ()
    judged, shared = _said_once(judged)
    return judged, (*notes, *shared)


def _error(cell: NotebookNode) -> str:
    """What a cell ended in, as one clause: "SyntaxError: expected ':' (line 1)"; "" where it came to its end."""
    output = next((output for output in cell.get("outputs", ()) if output.output_type == "error"), None)
    if output is None:
        return ""
    if output.ename in ("ModuleNotFoundError", "ImportError") and (module := MODULE.search(output.evalue[:LONGEST])):
        return f"{output.ename}: {module[1]} is not available here and not needed"
    text = PLACE.sub(r" (line \1)", " ".join(output.evalue[:LONGEST].split()))
    return f"{output.ename[:LONGEST]}: {text}"[:LONGEST].rstrip(": .")


def _of_its_cell(blank: BlankVerdict, error: str | None) -> BlankVerdict:
    """A blank whose function does not exist because its own cell ended before it was defined, told so."""
    if not error or [finding.diagnosis for finding in blank.findings] != ["not_defined"]:
        return blank
    message = f"The cell of this blank ended in {error}. So {blank.grade_id} is not defined."
    sentence = CATALOGUE["cell_failed"]
    finding = replace(blank.findings[0], message=f"{message} {sentence}", diagnosis="cell_failed")
    return replace(blank, findings=(finding,), diagnosis="cell_failed", sentence=sentence)


def _unknown_name(blank: BlankVerdict) -> bool:
    """Whether a blank lacks something that another cell should have given it."""
    return any(
        " raised NameError: " in finding.message or finding.diagnosis == "not_defined" for finding in blank.findings
    )


def _elsewhere(executed: NotebookNode) -> Iterator[str]:
    """One sentence for each of the student's own cells that ended in an error, up to a few."""
    code = [cell for cell in executed.cells if cell.cell_type == "code"]
    found = [
        (number, error)
        for number, cell in enumerate(code, start=1)
        if cells.kind(cell) == cells.OWN and (error := _error(cell))
    ]
    yield from (f"Code cell {number} ended in {error}." for number, error in found[:MOST_NAMED])


def _said_once(judged: list[BlankVerdict]) -> tuple[list[BlankVerdict], tuple[str, ...]]:
    """A cause that several blanks share becomes a note, and they point to it."""
    [(shared, times)] = Counter(filter(None, map(_cause, judged))).most_common(1) or [("", 0)]
    if times < SHARED:
        return judged, ()
    return (
        [_pointing(blank) if _cause(blank) == shared else blank for blank in judged],
        (f"{times} of {len(judged)} blanks failed for one reason: {shared}",),
    )


def _cause(blank: BlankVerdict) -> str:
    """What kept a blank from giving anything, in words that others may have in common with it; "" where nothing did."""
    message = blank.findings[0].message if len(blank.findings) == 1 and not blank.score else ""
    if blank.diagnosis == "raised":
        return f"they raised {message.partition(' raised ')[2]}." if " raised " in message else ""
    if blank.diagnosis == "cell_failed":
        return f"their cells ended in {message.partition(' ended in ')[2].partition(' So ')[0]}"
    return message if blank.diagnosis == NOT_RUN else ""


def _pointing(blank: BlankVerdict) -> BlankVerdict:
    message = f"{blank.grade_id} failed for the reason that the notes on the whole notebook give."
    return replace(blank, findings=(replace(blank.findings[0], message=message),))
