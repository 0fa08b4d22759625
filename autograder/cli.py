"""The command line: release, grade, feedback, verify, demo. It parses, shows progress and prints, no more."""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from autograder.course import Course
from autograder.judge import UNSAFE_NOTE
from autograder.pipeline import NothingToGrade, grade, submissions, write_feedback
from autograder.record import NotReleased
from autograder.sandbox import SandboxUnavailable
from autograder.verdict import UNDECIDED, Verdict

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
                  help="Grade nbgrader submissions where no student code can touch the verdict.")  # fmt: skip
out, err = Console(), Console(stderr=True)

Assignment = Annotated[str, typer.Argument(help="The assignment's name, for example a1-neuron.")]
Directory = Annotated[
    Path | None, typer.Option("--course", help="The running class (default: $AUTOGRADER_COURSE, else course/).")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on standard output instead of a table.")]
Unsafe = Annotated[bool, typer.Option("--unsafe-no-sandbox", help="Grade without walls. Students' code can then do "
                                      "anything that you can; every report says so.")]  # fmt: skip


@app.command("release")
def release_command(assignment: Assignment, course: Directory = None, as_json: Json = False):
    """Verify the checks, make the students' version, register it in the gradebook, and pack the students' bundle."""
    from autograder.release import ReleaseError, release

    here = Course.here(course)
    with _one_line(ReleaseError, SandboxUnavailable, LookupError):
        released = release(here, assignment, verify=lambda name: _verified(here, name))
    if as_json:
        _print_json({"assignment": assignment, "release": str(released.directory), "bundle": str(released.bundle),
                     "files": list(released.files)})  # fmt: skip
    else:
        scanned = f"{len(released.files)} files, scanned: no solution, check or bank line in it"
        out.print(f"released {assignment}: {released.directory}\nfor students: {released.bundle} ({scanned})",
                  soft_wrap=True)  # fmt: skip


@app.command("grade")
def grade_command(
    assignment: Assignment,
    students: Annotated[list[str] | None, typer.Argument(help="Grade only these students.")] = None,
    course: Directory = None,
    as_json: Json = False,
    unsafe_no_sandbox: Unsafe = False,
):
    """Grade the submissions in the sandbox; write marks, autograded notebooks and verdicts."""
    here = Course.here(course)
    with _one_line(NothingToGrade, SandboxUnavailable, NotReleased, LookupError):
        names = submissions(here, assignment, students or ())
        verdicts = grade(here, assignment, names, unsafe_no_sandbox=unsafe_no_sandbox)
        judged = list(_progress(verdicts, len(names), f"grading {assignment}"))
    if as_json:
        _print_json([json.loads(verdict.to_json()) for verdict in judged])
        return
    out.print(marks_table(judged))
    for verdict in judged:
        for note in verdict.staff_notes:
            last = note.strip().splitlines()[-1]
            out.print(f"for staff: {verdict.student}: {last}", markup=False, soft_wrap=True)
    if unsafe_no_sandbox:
        out.print(f"[bold red]{UNSAFE_NOTE}[/]")
    out.print(f"gradebook: {here.gradebook}\nverdicts: {here.directory / 'verdicts' / assignment}", soft_wrap=True)


@app.command("feedback")
def feedback_command(
    assignment: Assignment,
    students: Annotated[list[str] | None, typer.Argument(help="Write only these students' pages.")] = None,
    course: Directory = None,
    as_json: Json = False,
):
    """Write a feedback page for each graded student."""
    here = Course.here(course)
    with _one_line(LookupError, FileNotFoundError, NotReleased):
        paths = write_feedback(here, assignment, students or None)
    if as_json:
        _print_json([str(path) for path in paths])
    else:
        out.print(f"{len(paths)} feedback pages: {here.directory / 'feedback'}", soft_wrap=True)


@app.command("verify")
def verify_command(assignment: Assignment, as_json: Json = False):
    """Judge every answer of the bank: right ones must get everything, wrong ones half at most and their diagnosis."""
    with _one_line(SandboxUnavailable, LookupError, FileNotFoundError):
        report = _verified(Course.here(), assignment)
    if as_json:
        _print_json({"ok": report.ok, "rows": [asdict(row) for row in report.rows]})
    else:
        for row in report.complaints:
            out.print(
                f"[red]{escape(row.blank)}, {escape(row.label or row.kind)}:[/] {escape(row.complaint)}", soft_wrap=True
            )
        out.print(report.summary(), soft_wrap=True)
    raise typer.Exit(0 if report.ok else 1)


@app.command("demo")
def demo_command(as_json: Json = False):
    """Release a1-neuron, make up a class from the bank, grade it, write feedback; exit 1 if a mark is unexpected."""
    from autograder import demo
    from autograder.release import ReleaseError

    here = Course.here(Path("course") / "demo")
    with _one_line(SandboxUnavailable, NothingToGrade, ReleaseError, LookupError):
        students = demo.prepare(here, verify=lambda name: _verified(here, name))
        verdicts = list(_progress(demo.grade_class(here), len(students), f"grading {len(students)} submissions"))
    rows = demo.compare(verdicts)
    result = demo.write(here, rows)
    differing = [row for row in rows if not row["as_expected"]]
    if as_json:
        _print_json(rows)
    else:
        out.print(marks_table(verdicts, {student.name: student.story for student in students}))
        out.print(_epilogue(here, result, len(rows), len(differing)), soft_wrap=True, highlight=False)
    for row in differing:
        got, expected = row["diagnosis"] or "no diagnosis", row["expected_diagnosis"] or "no diagnosis"
        err.print(f"{row['student']}, {row['cell']}: got {row['mark']} ({got}), the bank expects {row['expected']} "
                  f"({expected})", markup=False)  # fmt: skip
    raise typer.Exit(1 if differing else 0)


def _epilogue(course: Course, result: Path, cells: int, differing: int) -> str:
    def shown(path: Path) -> str:
        return str(path.relative_to(course.root))

    return (
        f"{cells - differing} of {cells} marks and diagnoses are what the bank expects: {shown(result)}\n"
        f"gradebook:      {shown(course.gradebook)}\n"
        f"feedback pages: {shown(course.directory / 'feedback')}/<student>/a1-neuron/a1-neuron.html\n"
        f"see this class in Formgrader: AUTOGRADER_COURSE={shown(course.directory)} make lab\n"
        "open the lectures in JupyterLab: make lab"
    )


def marks_table(verdicts: Iterable[Verdict], stories: dict[str, str] | None = None) -> Table:
    """Student, mark and diagnoses; with what each submission is about, where that is known."""
    table = Table("student", *(["submission"] if stories else []), "mark", "findings")
    table.columns[-2].justify = "right"
    for verdict in verdicts:
        story = [escape(stories[verdict.student])] if stories else []
        table.add_row(escape(verdict.student), *story, _mark(verdict), escape(_findings(verdict)))
    return table


def _mark(verdict: Verdict) -> str:
    undecided = sum(blank.outcome == UNDECIDED for blank in verdict.blanks)
    mark = f"{verdict.score:g} / {verdict.points:g}"
    return f"{mark}, {undecided} undecided" if undecided else mark


def _findings(verdict: Verdict) -> str:
    """Each blank that lost marks with its diagnosis, then the notes about the file."""
    lost = [b for b in verdict.blanks if b.score is not None and b.score < b.points]
    lines = [f"{blank.grade_id}: {blank.diagnosis or 'wrong'}" for blank in lost[:4]]
    if len(lost) > 4:
        lines.append(f"and {len(lost) - 4} more")
    return "\n".join([*lines, *verdict.notes])


def _verified(course: Course, assignment: str):
    from autograder.verify import Report, steps

    rows = []
    with _bar() as progress:
        task = progress.add_task(f"verifying {assignment}", total=None)
        for total, row in steps(course, assignment):
            rows.append(row)
            progress.update(task, total=total, advance=1)
    return Report(assignment, tuple(rows))


def _progress(items: Iterable, total: int, what: str) -> Iterator:
    with _bar() as progress:
        yield from progress.track(items, total=total, description=what)


def _bar() -> Progress:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=err, transient=True, disable=not err.is_terminal)


def _print_json(value) -> None:
    """UTF-8 whatever the terminal's encoding is; what UTF-8 cannot hold becomes JSON's own escape for it."""
    text = json.dumps(value, indent=1, ensure_ascii=False) + "\n"
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))


@contextmanager
def _one_line(*expected: type[Exception]) -> Iterator[None]:
    """An expected error becomes one sentence on standard error and exit code 2."""
    try:
        yield
    except expected as error:
        err.print(f"autograder: {error}", markup=False, soft_wrap=True)
        raise typer.Exit(2) from None
