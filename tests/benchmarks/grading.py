"""A class graded by `autograder` and by nbgrader as it comes, from files to marks and pages.

    python -m tests.benchmarks.grading [a4-mlp]   throughput: ratio of submissions a second, at least TARGET
    python -m tests.benchmarks.grading --scale    classes of 50 to 1,000: time a submission and memory stay flat

The class is drawn from the answers below the checks: half of the students answer everything rightly, the others get one
to three blanks wrong, half of these in a blank that a right answer to a later one calls. One in 40 ends its own
process. Both programs grade the same files in fresh courses, as commands, by the clock, to marks in the gradebook and
to pages: `autograder grade --feedback` writes them as it goes, nbgrader has a second command. nbgrader has no
nbgrader_config.py there, and the source notebook it is given has no hidden tests, only the visible ones: the hidden
line is this package's own, and every stand-in for it would be work of our choosing added to nbgrader's side. It thus
does less than it would have to. A crash leaves that student without marks in nbgrader.

An endless loop is not in the class, for it measures two time limits (nbgrader waits 30 s in each cell that calls it)
rather than two programs; what one costs here is printed apart. `--scale` grades the same 50 submissions again and
again, each with a text and so a hash of its own: the mix is the same at every size. Time a submission is there counted
from the first result on, since a fixed start-up would hide a slow growth; memory is the sum over the processes of the
grader, without the students' sandboxes, of the most that each ever held. Exits 1 if a target is missed.
"""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import mean, median
from time import perf_counter, sleep
from typing import NamedTuple

import nbformat

from autograder import feedback
from autograder.course.course import Course
from autograder.course.handed_in import submission
from autograder.course.settings import path_to_alembic
from autograder.executor import cores
from autograder.gradebook import record
from autograder.judging.judge import Judge
from autograder.notebook.read import read_submission
from autograder.notebook.rebuild import rebuild
from autograder.notebook.showable import clean_notebook
from tests.a1_class import environment, hand_in
from tests.benchmarks.classes import (
    NEURON,
    ROOT,
    SUBJECTS,
    Made,
    Subject,
    copies,
    course_here,
    course_there,
    made_up,
    notebook,
    shares,
)

STUDENTS, TARGET = 200, 15.0
SCALE = ((50, 3), (200, 1), (1000, 1))  # submissions, runs (their median counts: a short run is a noisy one)
FLAT = 1.1  # the most that 1,000 may take of what 50 take, in time a submission and in memory
SAMPLE = 0.05  # seconds between looks at a running command


# a command, watched


class Run(NamedTuple):
    """A command that ended: seconds, seconds until its first result (None without one), most bytes of memory."""

    seconds: float
    first: float | None
    peak: int


def run(home: Path, module: str, *arguments: str, result: Callable[[], bool] = lambda: False, codes=(0,)) -> Run:
    """Run `python -m module …` in `home`; `result` says whether there is a first one. Raises RuntimeError."""
    command = [sys.executable, "-m", module, *arguments]
    with tempfile.TemporaryFile() as log:
        start, first, peak = perf_counter(), None, 0
        with subprocess.Popen(command, cwd=home, env=environment(ROOT), stdout=log, stderr=log) as process:
            try:
                while process.poll() is None:
                    first = perf_counter() - start if first is None and result() else first
                    peak = max(peak, sum(map(most_held, hosts(process.pid))))
                    sleep(SAMPLE)
                seconds = perf_counter() - start
            finally:
                process.kill()
        if process.returncode not in codes:
            log.seek(0)
            raise RuntimeError(f"{command} ended with {process.returncode}: {log.read().decode()[-2000:]}")
    return Run(seconds, first, peak)


def hosts(pid: int) -> list[int]:
    """A process and its descendants, without the sandboxes that bwrap keeps students' code in."""
    try:
        if Path(f"/proc/{pid}/comm").read_text().strip() == "bwrap":
            return []
        children = [int(c) for file in Path(f"/proc/{pid}/task").glob("*/children") for c in file.read_text().split()]
    except OSError:  # it has ended
        return []
    return [pid, *(one for child in children for one in hosts(child))]


def most_held(pid: int) -> int:
    """The most resident memory that a process ever had, in bytes; 0 when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM:"))


def graded_here(course: Course, *arguments: str, of: Subject = NEURON) -> Run:
    verdicts = course.verdict(of.assignment, "").parent
    command = "autograder", "grade", of.assignment, *arguments
    return run(course.root, *command, result=lambda: any(verdicts.glob("*.json")))


def graded_there(course: Course, of: Subject) -> Run:
    """nbgrader writes each notebook twice; the second time it takes the right to write away. It exits 1 for a crash."""

    def result():
        return any(
            path.stat().st_mode & 0o222 == 0 for path in course.root.glob(f"autograded/*/{of.assignment}/*.ipynb")
        )

    return run(course.root, "nbgrader", "autograde", of.assignment, result=result, codes=(0, 1))


def outcome(course: Course, db_url: str, students: list[Made], of: Subject = NEURON) -> tuple[int, int]:
    """(students with marks, with all the points). Raises RuntimeError unless all but crashes have marks and a page."""
    points = Counter()
    for mark in record.marks(db_url, of.assignment):
        if mark.auto is not None:
            points[mark.student] += mark.auto
    for student in students:
        page = course.feedback(of.assignment, student.name)
        if student.kind != "crash" and (student.name not in points or not page.exists()):
            raise RuntimeError(f"{student.name} has no marks or no page in {course.directory}: nothing was measured.")
    return len(points), sum(total == max(points.values()) for total in points.values())


# where our time goes


def where_time_goes(course: Course, students: list[Made], of: Subject = NEURON) -> dict[str, float]:
    """Mean seconds that each part of grading a submission takes in one process: the parts' own functions, in order.

    `fork` and `run` (the cells) are timed inside the judge; `check` is what else it does.
    """
    source, taken = nbformat.read(course.source(of.assignment), as_version=4), Counter()
    with Judge(of.assignment) as judge, record.open_gradebook(course.db_url) as gradebook:
        judge._box.session = partial(_timed, taken, judge._box.session)
        for student in students:
            one = submission(course, of.assignment, student.name)
            with part(taken, "read"):
                submitted = rebuild(source, read_submission(one.data, f"{of.assignment}.ipynb")).notebook
            with part(taken, "judge"):
                verdict, executed = judge(submitted, student=one.student, submission=one.digest, seed=one.seed)
            assert not verdict.staff_notes, verdict.staff_notes  # our fault, and then no judgement is timed
            with part(taken, "notebook"):
                shown = clean_notebook(executed)
                json.dumps(shown)
            with part(taken, "record"):  # a new student's rows, as in a first run
                record.record(gradebook, replace(verdict, student=f"{one.student}-again"))
            with part(taken, "page"):
                feedback.render(verdict, shown)
    taken["check"] = taken.pop("judge") - taken["fork"] - taken["run"]
    order = ("read", "fork", "run", "check", "notebook", "record", "page")
    return {name: taken[name] / len(students) for name in order}


@contextmanager
def part(taken: Counter, name: str) -> Iterator[None]:
    """Add the seconds that the block takes to taken[name]."""
    start = perf_counter()
    yield
    taken[name] += perf_counter() - start


@contextmanager
def _timed(taken: Counter, session: Callable, ends: float | None = None) -> Iterator:
    """A session of the sandbox whose fork and cells are timed."""
    with ExitStack() as stack:
        with part(taken, "fork"):
            opened = stack.enter_context(session(ends))
        run = opened.run

        def timed(tasks: list[dict]) -> list[dict]:
            with part(taken, "run"):
                return run(tasks)

        opened.run = timed
        yield opened


# what is printed


def at_least(ratio: float, target: float) -> tuple[int, str]:
    """(exit status, last line)."""
    return int(not ratio >= target), f"ratio {ratio:.2f} target {target:.2f}"


def at_most(time_ratio: float, memory_ratio: float, target: float) -> tuple[int, str]:
    """(exit status, last two lines): both ratios are judged, the second line is that of time."""
    lines = f"memory: ratio {memory_ratio:.2f} target {target:.2f}\nratio {time_ratio:.2f} target {target:.2f}"
    return int(not max(time_ratio, memory_ratio) <= target), lines


def throughput(home: Path, students: list[Made], of: Subject = NEURON) -> tuple[int, str]:
    failing = mean(student.kind != "right" for student in students)
    print(f"{shares(students)} ({failing:.0%} with failing answers); {cores()} cores; no endless loop, see below")
    columns = "".join(f"{name:>10}" for name in ("marks, s", "pages, s", "both, s", "a second", "first, s"))
    print(f"{'':12}{columns}  students with marks, with all the points")

    here = course_here(home / "here", students, of)
    grading = graded_here(here, "--feedback", of=of)  # the pages are in its time
    found = outcome(here, here.db_url, students, of)
    if found[1] != sum(student.kind == "right" for student in students):
        raise RuntimeError(f"{found[1]} students have all the points, not those who are right: nothing was measured.")
    print(row("autograder", grading, 0.0, len(students)), *found, flush=True)
    mine = grading.seconds

    there = course_there(home / "there", students, of)
    grading = graded_there(there, of)
    pages = run(there.root, "nbgrader", "generate_feedback", of.assignment, codes=(0, 1))
    found = outcome(there, f"sqlite:///{there.root}/gradebook.db", students, of)
    print(row("nbgrader", grading, pages.seconds, len(students)), *found, flush=True)

    parts = where_time_goes(here, [student for student in students if student.kind != "crash"][:8], of)
    print("ms a submission in one process: " + ", ".join(f"{name} {1e3 * s:.1f}" for name, s in parts.items()))
    source = nbformat.read(here.source(of.assignment), as_version=4)
    endless = students[0]._replace(name="endless", answers=students[0].answers | of.endless)
    hand_in(here, endless.name, notebook(source, endless), of.assignment)
    print(f"an endless loop, graded alone: {graded_here(here, endless.name, of=of).seconds:.1f} s")
    return at_least((grading.seconds + pages.seconds) / mine, TARGET)


def row(name: str, grading: Run, pages: float, number: int) -> str:
    seconds = grading.seconds + pages
    times = (grading.seconds, pages, seconds, number / seconds, grading.first)
    return f"{name:12}" + "".join(f"{time:10.2f}" for time in times) + " "


def scale(home: Path, sizes=SCALE) -> tuple[int, str]:
    some, rows = made_up(sizes[0][0]), []
    print(f"the mix at every size, {shares(some)}; no endless loop; {cores()} cores")
    print(f"{'submissions':>11}{'runs':>6}{'all, s':>9}{'first, s':>9}{'ms each':>9}{'memory, MB':>12}")
    for number, repeats in sizes:
        runs = []
        for repeat in range(repeats):
            course = course_here(home / f"{number}-{repeat}", list(copies(some, number)))
            runs.append(graded_here(course))
        each = median(after_first(one, number) for one in runs)
        seconds, first, peak = (median(of_one) for of_one in zip(*runs, strict=True))
        rows.append((each, peak))
        print(f"{number:11}{repeats:6}{seconds:9.2f}{first:9.2f}{1e3 * each:9.1f}{peak / 1e6:12.1f}", flush=True)
    return at_most(rows[-1][0] / rows[0][0], rows[-1][1] / rows[0][1], FLAT)


def after_first(one: Run, number: int) -> float:
    """Seconds a submission, once the first is done."""
    return (one.seconds - one.first) / (number - 1)


def main(arguments: list[str]) -> int:
    named = arguments or [NEURON.assignment]
    if named != ["--scale"] and not (len(named) == 1 and named[0] in SUBJECTS):
        print(f"unknown arguments {arguments}: expected nothing, {' or '.join(SUBJECTS)}, or --scale")
        return 2
    path_to_alembic()
    with tempfile.TemporaryDirectory() as home:
        if named == ["--scale"]:
            status, line = scale(Path(home))
        else:
            subject = SUBJECTS[named[0]]
            status, line = throughput(Path(home), made_up(STUDENTS, of=subject), subject)
    print(line)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
