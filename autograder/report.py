"""What the command line prints of a graded class: a row a student, and whose marks changed."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from autograder.course.verdict import UNDECIDED, Verdict
from autograder.gradebook.waiting import waiting
from autograder.terminal import visible, visible_lines

if TYPE_CHECKING:
    from autograder.gradebook.late import Late  # which imports nbgrader

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


def row(
    verdict: Verdict,
    before: Verdict | None = None,
    judged: bool = True,
    retried: bool = False,
    late: "Late | None" = None,
    penalty_before: float = 0.0,
) -> Row:
    """The row of a verdict that replaces another one; `late` says what lateness costs, where that was asked."""
    for_staff = tuple(visible(note.strip().splitlines()[-1]) for note in verdict.staff_notes)
    change = visible_lines(_change(before, verdict, late, penalty_before)) if before else ""
    mark, findings = _mark(verdict, late), visible_lines(_findings(verdict, late))
    return Row(visible(verdict.student), mark, findings, for_staff, change, judged, retried)


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


def print_graded(out: Console, assignment: str, rows: list[Row], *, dry: bool) -> None:
    """How many were judged, their marks, and whose marks changed."""
    kept, changed = sum(not one.judged for one in rows), [one for one in rows if one.change]
    if kept:
        nothing = "nobody to judge again" if changed else "nothing to grade"
        what = nothing if kept == len(rows) else f"{len(rows) - kept} judged"
        out.print(f"{assignment}: {kept} of {len(rows)} submissions are unchanged since they were graded, {what}")
    if retried := sum(one.retried for one in rows):
        out.print(f"{retried} of {len(rows)} were judged again because the grader had failed with them")
    if kept < len(rows) and not dry:
        out.print(marks_table(one for one in rows if one.judged))
    if changed:
        out.print(changes_table(changed))
    if changed or dry:
        out.print(f"{len(changed)} of {len(rows)} students' marks {'would change' if dry else 'changed'}")
    for one in rows:
        for note in one.for_staff:
            out.print(f"for staff: {one.student}: {note}", markup=False, soft_wrap=True)


def print_waiting(out: Console, place: Path, students: list[str], marks: Iterable, late: dict[str, "Late"]) -> None:
    """Of `students`: whose marks wait for staff, and of whom nobody has noted, in `place`, when they handed in."""
    of_student = defaultdict(list)
    for mark in marks:
        of_student[mark.student].append(mark)
    waits = {student: why for student in students if (why := waiting(of_student[student]))}
    if waits:
        out.print(waiting_table(waits.items()))
        out.print(f"{len(waits)} of {len(students)} students' marks wait for staff")
    if untimed := [student for student in students if student in late and late[student].nobody_knows]:
        out.print(
            f"nobody knows when {', '.join(untimed)} handed in, which counts as in time: a line like 2027-01-31 "
            f"22:15 UTC in {place} says when",
            markup=False,
            soft_wrap=True,
        )


def waiting_table(rows: Iterable[tuple[str, str]]) -> Table:
    """Whose marks are not complete, or are to be looked at again, and why."""
    table = Table("student", "waits for staff")
    for student, why in rows:
        table.add_row(escape(student), escape(why))
    return table


VERIFIED = """\
How many are as they must be, of how many: right answers, wrong ones, names that these are given, and mutants that the
check sees; same: mutants that are listed as no mistake. Of these there may be none: right answers that a set of fresh
inputs refuses (false fails), and made-up wrong values that are given the name of a mistake (wrong name)."""


def verified_table(lines: list[dict[str, str]]) -> Table:
    """A line for each blank, or assignment; its columns fit into 80 characters, its name is folded."""
    blank, *columns = lines[0] if lines else [""]
    numbers = (Column(name.replace(" ", "\n"), no_wrap=True, justify="right") for name in columns)
    table = Table(Column(blank, overflow="fold"), *numbers, box=SIMPLE_HEAD, padding=0)
    table.caption, table.caption_justify = " ".join(VERIFIED.split()), "left"
    for line in lines:
        table.add_row(*map(escape, line.values()))
    return table


def _mark(verdict: Verdict, late: "Late | None") -> str:
    undecided = sum(blank.outcome == UNDECIDED for blank in verdict.blanks)
    mark = f"{verdict.score:g} / {verdict.points:g}"
    penalty = [f"−{late.penalty:g} late"] if late and late.penalty else []
    return ", ".join([mark, *penalty, *([f"{undecided} undecided"] if undecided else [])])


def _findings(verdict: Verdict, late: "Late | None") -> str:
    """Each blank that lost marks with its diagnosis, then the notes about the file, and how late it was."""
    lost = [b for b in verdict.blanks if b.score is not None and b.score < b.points]
    lines = [f"{blank.grade_id}: {blank.diagnosis or 'wrong'}" for blank in lost]
    return "\n".join([*_bounded(lines), *verdict.notes, *([late.said] if late and late.penalty else [])])


def _change(before: Verdict, after: Verdict, late: "Late | None", penalty_before: float) -> str:
    """The marks of each blank that changed: "+2.5: row_gradients 0 → 2.5"; undecided ones have a dash."""
    old = {blank.grade_id: blank.score for blank in before.blanks}
    new = {blank.grade_id: blank.score for blank in after.blanks}
    names = [name for name in old | new if old.get(name) != new.get(name)]
    lines = _bounded([f"{name} {_score(old.get(name))} → {_score(new.get(name))}" for name in names])
    more = late.penalty - penalty_before if late else 0.0
    if more:
        lines.append(f"late penalty {penalty_before:g} → {late.penalty:g}: {late.said}")
    return "\n".join([f"{after.score - before.score - more:+g}:", *lines]) if lines else ""


def _score(score: float | None) -> str:
    return "–" if score is None else f"{score:g}"


def _bounded(lines: list[str]) -> list[str]:
    left_out = len(lines) - MOST_NAMED
    return lines if left_out <= 0 else [*lines[:MOST_NAMED], f"and {left_out} more"]
