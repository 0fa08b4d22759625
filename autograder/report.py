"""What the command line prints of a graded class: a row a student, and whose marks changed."""

from collections.abc import Iterable
from dataclasses import dataclass

from rich.markup import escape
from rich.table import Table

from autograder.terminal import visible, visible_lines
from autograder.verdict import UNDECIDED, Verdict

MOST_NAMED = 4  # blanks, in one row


@dataclass(frozen=True)
class Row:
    """What is kept of a verdict until the end of a run: a few lines of text, fit to be printed."""

    student: str
    mark: str
    findings: str
    for_staff: tuple[str, ...]
    change: str  # "" where no mark changed, or there was none before
    judged: bool
    retried: bool  # judged only because the grader had failed with it


def row(verdict: Verdict, before: Verdict | None = None, judged: bool = True, retried: bool = False) -> Row:
    """The row of a verdict that replaces another one."""
    for_staff = tuple(visible(note.strip().splitlines()[-1]) for note in verdict.staff_notes)
    change = visible_lines(_change(before, verdict)) if before else ""
    findings = visible_lines(_findings(verdict))
    return Row(visible(verdict.student), _mark(verdict), findings, for_staff, change, judged, retried)


def marks_table(rows: Iterable[Row], stories: dict[str, str] | None = None) -> Table:
    """Student, mark and diagnoses; with what each submission is about, where that is known."""
    table = Table("student", *(["submission"] if stories else []), "mark", "findings")
    table.columns[-2].justify = "right"
    for one in rows:
        story = [escape(stories[one.student])] if stories else []
        table.add_row(escape(one.student), *story, one.mark, escape(one.findings))
    return table


def changes_table(rows: Iterable[Row]) -> Table:
    """Whose marks changed, from what to what, in which blanks."""
    table = Table("student", "mark", "changed")
    table.columns[1].justify = "right"
    for one in rows:
        table.add_row(escape(one.student), one.mark, escape(one.change))
    return table


def _mark(verdict: Verdict) -> str:
    undecided = sum(blank.outcome == UNDECIDED for blank in verdict.blanks)
    mark = f"{verdict.score:g} / {verdict.points:g}"
    return f"{mark}, {undecided} undecided" if undecided else mark


def _findings(verdict: Verdict) -> str:
    """Each blank that lost marks with its diagnosis, then the notes about the file."""
    lost = [b for b in verdict.blanks if b.score is not None and b.score < b.points]
    lines = [f"{blank.grade_id}: {blank.diagnosis or 'wrong'}" for blank in lost]
    return "\n".join([*_bounded(lines), *verdict.notes])


def _change(before: Verdict, after: Verdict) -> str:
    """The marks of each blank that changed: "+2.5: row_gradients 0 → 2.5"; undecided ones have a dash."""
    old = {blank.grade_id: blank.score for blank in before.blanks}
    new = {blank.grade_id: blank.score for blank in after.blanks}
    names = [name for name in old | new if old.get(name) != new.get(name)]
    lines = [f"{name} {_score(old.get(name))} → {_score(new.get(name))}" for name in names]
    return "\n".join([f"{after.score - before.score:+g}:", *_bounded(lines)]) if lines else ""


def _score(score: float | None) -> str:
    return "–" if score is None else f"{score:g}"


def _bounded(lines: list[str]) -> list[str]:
    left_out = len(lines) - MOST_NAMED
    return lines if left_out <= 0 else [*lines[:MOST_NAMED], f"and {left_out} more"]
