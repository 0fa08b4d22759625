"""The command line: it parses, shows progress and prints, no more."""

import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from autograder import worker
from autograder.console import (
    err,
    interruptible,
    one_line,
    out,
    print_json,
    progress,
    progress_bar,
    say_if_open,
    write_text,
)
from autograder.course.course import Course, NotWritten
from autograder.course.handed_in import NothingToGrade, left_out, submissions
from autograder.course.verdict import Verdict
from autograder.executor import Cluster, NoWorkers, Processes, SchedulerError, cores, workers
from autograder.judging.assignment import Assignment, load_assignment
from autograder.judging.check_modules import ChecksError
from autograder.judging.judge import UNSAFE_NOTE
from autograder.replay import NotReproducible, replay
from autograder.report import Row, marks_table, print_graded, print_waiting, row, verified_table
from autograder.sandbox.walls import SandboxUnavailable
from autograder.terminal import visible
from autograder.worker import OtherGrader

# what imports nbgrader is imported in the commands: that takes 0.6 s, in which workers can start

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Grade nbgrader submissions where no student code can touch the verdict.",
)

AssignmentName = Annotated[str, typer.Argument(help="The assignment's name, for example a1-neuron.")]
Directory = Annotated[
    Path | None, typer.Option("--course", help="The running class (default: $AUTOGRADER_COURSE, else course/).")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on standard output instead of a table.")]
Unsafe = Annotated[
    bool,
    typer.Option(
        "--unsafe-no-sandbox",
        help="Grade without walls. Students' code can then do anything that you can; every report says so.",
    ),
]


@app.command("release")
def release_command(assignment: AssignmentName, course: Directory = None, as_json: Json = False):
    """Verify the checks, make the students' version, register it in the gradebook, and pack the students' bundle."""
    from autograder.authoring.release import ReleaseError, release

    here = Course.here(course)
    say_if_open(here)
    with one_line(ReleaseError, SandboxUnavailable, ChecksError):
        released = release(here, assignment, verify=lambda name: _verified(here, [name])[0])
    if as_json:
        print_json(
            {
                "assignment": assignment,
                "release": str(released.directory),
                "bundle": str(released.bundle),
                "files": list(released.files),
            }
        )
    else:
        scanned = f"{len(released.files)} files, scanned: no line of a solution, check or answer in it"
        out.print(
            f"released {assignment}: {released.directory}\nfor students: {released.bundle} ({scanned})", soft_wrap=True
        )


@app.command("grade")
def grade_command(
    assignment: AssignmentName,
    students: Annotated[list[str] | None, typer.Argument(help="Grade only these students.")] = None,
    course: Directory = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Submissions at once (default: one a processor).")] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            metavar="tls://HOST:PORT", help="Have a Dask cluster judge; certificates are those of Dask's configuration."
        ),
    ] = None,
    pages: Annotated[bool, typer.Option("--feedback", help="Write the feedback pages, too.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Judge those, too, of whom nothing changed.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show whose marks would change; write nothing.")] = False,
    as_json: Json = False,
    unsafe_no_sandbox: Unsafe = False,
):
    """Grade the submissions in the sandbox; write marks, autograded notebooks and verdicts.

    Those are left alone whose file has not changed since they were graded, nor the checks, nor this program.
    """
    here = Course.here(course)
    say_if_open(here)
    refused = one_line(NothingToGrade, ChecksError, NoWorkers, SchedulerError, SandboxUnavailable, OtherGrader)
    with refused, interruptible():
        names = submissions(here, assignment, students or ())
        with _warm(jobs, scheduler, load_assignment(here, assignment, sandboxed=not unsafe_no_sandbox)) as pool:
            from autograder import pipeline
            from autograder.gradebook import record

            graded = pipeline.grade(
                here, assignment, names, pool, again=again, dry=diff, pages=pages, unsafe_no_sandbox=unsafe_no_sandbox
            )
            rows = _rows(graded, len(names), f"grading {assignment}", as_json)
    if not as_json:
        print_graded(out, assignment, rows, dry=diff)
        if not diff:
            place, names = here.handed_in(assignment, "<student>"), [one.student for one in rows]
            print_waiting(out, place, names, *record.standing(here, assignment))
            verdicts = here.directory / "verdicts" / assignment
            out.print(f"gradebook: {here.db_name}\nverdicts: {verdicts}", soft_wrap=True)
    for why in () if students else left_out(here, assignment).values():
        err.print(f"autograder: {why}", markup=False, soft_wrap=True)
    if unsafe_no_sandbox and not as_json:
        out.print(f"[bold red]{UNSAFE_NOTE}[/]")


def _rows(graded: Iterable, total: int, what: str, as_json: bool) -> list[Row]:
    """What is said of each student at the end; as JSON each verdict is printed as soon as it is there."""
    if as_json:
        _print_verdicts(one.verdict for one in progress(graded, total, what))
        return []
    rows = [
        row(one.verdict, one.before, one.judged, one.retried, one.late, one.penalty_before)
        for one in progress(graded, total, what)
    ]
    return sorted(rows, key=lambda one: one.student)


def _print_verdicts(verdicts: Iterable[Verdict]) -> None:
    """A JSON list, each verdict as soon as it is there; where an error ends it midway, the list ends too."""
    before = "["
    try:
        for verdict in verdicts:
            print_json(json.loads(verdict.to_json()), before=before)
            before = ","
    except BaseException:
        sys.stdout.write("]\n" if before == "," else "")
        raise
    sys.stdout.write("]\n" if before == "," else "[]\n")


@app.command("export")
def export_command(
    assignments: Annotated[list[str], typer.Argument(help="The assignments, for example a1-neuron.")],
    to: Annotated[Path | None, typer.Option("--to", metavar="FILE", help="Write to this file.")] = None,
    course: Directory = None,
    as_json: Json = False,
):
    """Write marks as CSV, late penalties applied; what is undecided or not read yet is empty, and a column says why."""
    from autograder.gradebook import export

    with one_line():
        found = export.rows(Course.here(course), dict.fromkeys(assignments))
        text = json.dumps(found, indent=1, ensure_ascii=False) + "\n" if as_json else export.as_csv(found)
        write_text(text, to)
    lacking, where = sum(bool(one["missing"]) for one in found), f" in {to}" if to else ""
    total = f"{lacking} without a total: see the column `missing`" if lacking else "each with a total"
    err.print(f"{len(found)} rows{where}, {total}", markup=False, soft_wrap=True)


@app.command("replay")
def replay_command(
    student: Annotated[str, typer.Argument(help="Whose verdict.")],
    assignment: AssignmentName,
    course: Directory = None,
    as_json: Json = False,
    unsafe_no_sandbox: Unsafe = False,
):
    """Judge a graded submission again, on the same hidden data, and say whether the verdict is the same to the letter.

    Exit code 1 when it is not, 2 when the file, the checks or the grader are no longer those that reached it.
    """
    with one_line(NotReproducible, SandboxUnavailable, ChecksError, FileNotFoundError):
        recorded, again = replay(Course.here(course), assignment, student, unsafe_no_sandbox=unsafe_no_sandbox)
    if as_json:
        print_json(json.loads(again.to_json()))
    else:
        out.print(marks_table([row(again)]))
        what = "the same to the letter" if again == recorded else "NOT the verdict on record"
        seed = f"{recorded.provenance.seed[:12]}…"
        out.print(f"{assignment} by {visible(student)}, judged again with seed {seed}: {what}", markup=False)
        if change := row(again, recorded).change:
            out.print(change, markup=False)
    raise typer.Exit(0 if again == recorded else 1)


@contextmanager
def _warm(jobs: int | None, scheduler: str | None, made: Assignment) -> Iterator[Processes | Cluster]:
    """Workers; those of this machine share a sandbox, and get ready while this process imports nbgrader."""
    if scheduler is None and (jobs or 0) > cores():
        err.print(
            f"autograder: {jobs} submissions at once share {cores()} core(s), where a busy one slows the others: "
            f"--jobs {cores()} gives each its own.",
            soft_wrap=True,
        )
    with worker.shared(made) if scheduler is None else nullcontext() as lent, workers(jobs, scheduler, lent) as pool:
        if scheduler is None:
            for _ in range(pool.width):
                pool.submit(worker.warm, made)
        yield pool


@app.command("feedback")
def feedback_command(
    assignment: AssignmentName,
    students: Annotated[list[str] | None, typer.Argument(help="Write only these students' pages.")] = None,
    course: Directory = None,
    as_json: Json = False,
):
    """Write a feedback page for each graded student."""
    from autograder import pipeline

    here = Course.here(course)
    with one_line(ChecksError, FileNotFoundError):
        paths = pipeline.write_feedback(here, assignment, students or None)
    if as_json:
        print_json([str(path) for path in paths])
    else:
        out.print(f"{len(paths)} feedback pages: {here.directory / 'feedback'}", soft_wrap=True)


@app.command("forget")
def forget_command(
    student: Annotated[str, typer.Argument(help="Whose work, marks and name.")],
    course: Directory = None,
    keep_marks: Annotated[bool, typer.Option("--keep-marks", help="Leave the marks, under a made-up name.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
):
    """Remove everything of a student from the class, and say what else still holds something."""
    from autograder.gradebook.forget import NobodyOfThatName, forget, require

    here = Course.here(course)
    with one_line(NobodyOfThatName):
        require(here, student)
        if not yes and not sys.stdin.isatty():
            raise NobodyOfThatName("what is removed cannot be brought back, and nobody is there to ask: say --yes.")
        if not yes:
            what = "all but the marks" if keep_marks else "everything"
            typer.confirm(f"Remove {what} of {student!r} from {here.directory}?", abort=True, err=True)
        done = forget(here, student, keep_marks=keep_marks)
    if as_json:
        print_json(asdict(done))
        return
    what = "kept under a made-up name, without comments" if keep_marks else "removed"
    lines = [*(f"removed {path}" for path in done.removed), f"in the gradebook: {done.submissions} submissions {what}"]
    if done.left:
        lines += [f"{student!r} is still, until you delete it, in:", *(f"  {place}" for place in done.left)]
    out.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)


@app.command("verify")
def verify_command(
    assignments: Annotated[list[str], typer.Argument(help="Which, for example a1-neuron (default: all).")] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Trials at once (default: one a processor).")] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Try those, too, that were found good and did not change.")
    ] = False,
    as_json: Json = False,
):
    """Try every check: right answers must get everything, wrong ones half at most and their name, mutants nothing."""
    from autograder.authoring.release import ReleaseError
    from autograder.authoring.table import totals

    here = Course.here()
    with (
        interruptible("nothing of it is remembered"),
        one_line(SandboxUnavailable, ChecksError, FileNotFoundError, ReleaseError),
    ):
        reports = _verified(here, assignments or here.assignments(), jobs, every)
    table = reports[0].table() if len(reports) == 1 else totals(reports)
    if as_json:
        rows = [{"assignment": report.assignment, **asdict(row)} for report in reports for row in report.rows]
        print_json({"ok": all(report.ok for report in reports), "table": table, "rows": rows})
    else:
        for row in (row for report in reports for row in report.complaints):
            out.print(
                f"[red]{escape(row.blank)}, {escape(row.label or row.kind)}:[/] {escape(row.complaint)}", soft_wrap=True
            )
        out.print(verified_table(table))
        for report in reports:
            out.print(report.summary(), soft_wrap=True)
    raise typer.Exit(0 if all(report.ok for report in reports) else 1)


@app.command("new")
def new_command(
    assignment: AssignmentName,
    blank: Annotated[str, typer.Argument(help="A function that students write: one blank more.")] = "",
    as_json: Json = False,
):
    """Begin an assignment, or add a blank to one: a notebook, a check and answers that pass `verify` as they are."""
    from autograder.authoring.new import NewError, new

    here = Course.here()
    with one_line(NewError, NotWritten):
        made = [str(path.relative_to(here.root)) for path in new(here, assignment, blank)]
    if as_json:
        print_json(made)
    else:
        out.print("\n".join(made), f"next: autograder verify {assignment}", sep="\n", markup=False, soft_wrap=True)


@app.command("demo")
def demo_command(as_json: Json = False):
    """Release all assignments, grade two classes of known answers, write feedback; exit 1 if a mark is unexpected."""
    from autograder import demo
    from autograder.authoring.release import ReleaseError

    here = Course.here(Path("course") / "demo")
    marks, begun = [], time.monotonic()
    with one_line(SandboxUnavailable, NothingToGrade, ReleaseError, ChecksError):
        released = demo.prepare(here, verify=lambda names: _verified(here, names, blanks=False))
        took = {f"released {', '.join(released)}": time.monotonic() - begun}
        for assignment, students in demo.CLASSES.items():
            begun = time.monotonic()
            grading = f"grading {len(students)} submissions of {assignment}"
            verdicts = list(progress(demo.grade_class(here, assignment), len(students), grading))
            marks += demo.compare(assignment, verdicts)
            took[f"graded {len(students)} submissions of {assignment}"] = time.monotonic() - begun
            if not as_json:
                stories = {student.name: student.story for student in students}
                out.print(marks_table(map(row, verdicts), stories))
    result = demo.write(here, marks)
    differing = [mark for mark in marks if not mark["as_expected"]]
    if as_json:
        print_json(marks)
    else:
        out.print(_epilogue(here, took, result, len(marks), len(differing)), soft_wrap=True, highlight=False)
    for mark in differing:
        got, expected = mark["diagnosis"] or "no diagnosis", mark["expected_diagnosis"] or "no diagnosis"
        err.print(
            f"{mark['assignment']}, {mark['student']}, {mark['cell']}: got {mark['mark']} ({got}), "
            f"must get {mark['expected']} ({expected})",
            markup=False,
        )
    raise typer.Exit(1 if differing else 0)


def _epilogue(course: Course, took: dict[str, float], result: Path, cells: int, differing: int) -> str:
    def shown(path: Path) -> str:
        return str(path.relative_to(course.root))

    return "\n".join(
        [
            *(f"{what}: {seconds:.0f} s" for what, seconds in took.items()),
            f"{cells - differing} of {cells} marks and diagnoses are what they must be: {shown(result)}",
            f"gradebook:      {shown(course.gradebook)}",
            f"feedback pages: {shown(course.directory / 'feedback')}/<student>/<assignment>/<assignment>.html",
            f"see this class in Formgrader: AUTOGRADER_COURSE={shown(course.directory)} make lab",
            "try every check: autograder verify",
            "open the lectures in JupyterLab: make lab",
        ]
    )


def _verified(
    course: Course, assignments: Sequence[str], jobs: int | None = None, every: bool = False, blanks: bool = True
):
    from autograder.authoring.verify import verify_all

    with progress_bar() as bar:
        task = bar.add_task(f"verifying {', '.join(assignments)}", total=None)
        tell = lambda done, total: bar.update(task, total=total, completed=done)  # noqa: E731
        return verify_all(course, assignments, jobs or cores(), every, tell, blanks)
