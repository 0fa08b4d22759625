"""The checks are themselves tested: answers beside them, and those that need no author, must get what they must get.

What never ends, and all that stands in a blank's file, is judged behind the walls; the rest here, many times over.
"""

import copy
import hashlib
import json
import multiprocessing
import platform
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import asdict, dataclass

import nbformat
from nbformat import NotebookNode

from autograder.authoring.at_home import said_at_home
from autograder.authoring.blank_trials import tried, walled
from autograder.authoring.release import check_source
from autograder.authoring.table import WHOLE, complaint, percent
from autograder.authoring.table import Report as Report
from autograder.authoring.table import Row as Row
from autograder.authoring.trials import limited
from autograder.course import interrupts
from autograder.course.course import Course, NotWritten, write_whole
from autograder.course.verdict import Verdict
from autograder.judging.assignment import Assignment, load_assignment
from autograder.judging.check import Check
from autograder.judging.check_modules import ChecksError, checks_of, telling, use_checks
from autograder.judging.judge import Judge
from autograder.judging.public_cases import public_cases
from autograder.judging.variants import Variant
from autograder.notebook import cells
from autograder.notebook.rebuild import rebuild
from autograder.sandbox.limits import Limits

LIMITS = Limits(cell_cpu=1, check_cpu=1)  # answers that never end need not be waited for longer
SEED = secrets.token_bytes(32)  # other hidden data every time
LOADING = 20  # seconds of this process's own time in which all checks of an assignment must be loaded
TOGETHER = 6  # answers, each to another blank, that stand in one notebook
FEW = 30  # answers of an assignment that are judged sooner than workers start


def verify(
    course: Course, assignment: str, jobs: int = 1, again: bool = False, tell: Callable = lambda *_: None
) -> Report:
    """Try an assignment's checks: what `verify_all` says of it."""
    (report,) = verify_all(course, [assignment], jobs, again, tell)
    return report


def verify_all(
    course: Course,
    assignments: Iterable[str],
    jobs: int = 1,
    again: bool = False,
    tell: Callable = lambda *_: None,
    blanks: bool = True,
) -> list[Report]:
    """Try the checks of assignments, on hidden data of their own. `tell(done, total)` is called as it goes on.

    Blanks that were found good before are not tried `again`, where nothing has changed that they could depend on.
    Without `blanks` it is seen alone that the whole source gets all points, and its release none.
    Raises FileNotFoundError where there is no such assignment, ReleaseError where its source cannot be graded and
    ChecksError where its checks cannot be used, each in one sentence and before anything is judged.
    """
    made = {name: _loaded(course, name) for name in assignments}
    if not made:
        raise FileNotFoundError(f"there is no assignment in {course.sources}: `autograder new` begins one.")
    _use(made)
    with limited(LOADING * len(made)):
        names = {name: ["", *checks_of(name)] if blanks else [""] for name in made}
        [*map(telling, made)]
    memories = {name: Memory(course, one) for name, one in made.items()}
    known = {name: {} if again else memory.known() for name, memory in memories.items()}
    rows = {name: {blank: [] for blank in names[name] if blank not in known[name]} for name in made}
    for done, (total, name, found) in enumerate(_found(made, rows, jobs), start=1):
        tell(done, total)
        for row in found:
            rows[name][row.blank].append(row)
    return [_report(name, memories[name], known[name], rows[name], names[name]) for name in made]


def _loaded(course: Course, assignment: str) -> Assignment:
    if not course.source(assignment).is_file():
        raise FileNotFoundError(f"there is no assignment {assignment!r} in {course.sources}.")
    check_source(course, assignment)
    return load_assignment(course, assignment)


def _use(made: Mapping[str, Assignment]) -> None:
    """Their checks are those of this process: files have the names of their assignments."""
    use_checks({name: text for one in made.values() for name, text in one.checks.items()})


def _report(name: str, memory: "Memory", known: dict, rows: dict, blanks: list[str]) -> Report:
    memory.keep({blank: those for blank, those in rows.items() if not any(row.complaint for row in those)} | known)
    found = known | rows
    return Report(name, tuple(row for blank in blanks for row in found[blank]), tuple(known))


# what is to do, and who does it


@dataclass(frozen=True)
class Task:
    """A whole notebook ("source", "release"), a blank to be tried here, or answers to be judged, in one notebook."""

    assignment: str
    blank: str
    what: str
    variants: tuple[Variant, ...] = ()


def _found(made: Mapping[str, Assignment], names: Mapping[str, Iterable[str]], jobs: int) -> Iterator[tuple]:
    """(the number of tasks, an assignment, the rows of one of its tasks), in any order."""
    tasks = _tasks(made, names)
    if tasks:
        Judge(tasks[0].assignment, limits=LIMITS).close()  # no walls here? said before anything is tried
    if jobs == 1 or sum(len(task.variants) for task in tasks) < FEW:
        with _Worker(made) as worker:
            yield from ((len(tasks), task.assignment, worker(task)) for task in tasks)
        return
    context = multiprocessing.get_context("forkserver")
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=(made,))
    try:
        with interrupts.held_back():
            futures = {pool.submit(_work, task): task.assignment for task in tasks}
        for future in as_completed(futures):
            yield len(tasks), futures[future], future.result()
    except BrokenProcessPool:
        raise ChecksError(
            f"a worker process ended while it tried {', '.join(made)}: is there memory enough, or does an answer end "
            "the process? `--jobs 1` tries one after the other."
        ) from None
    finally:
        interrupts.end_now(pool)  # what is under way is of no more use
        pool.shutdown(cancel_futures=True)


def _tasks(made: Mapping[str, Assignment], names: Mapping[str, Iterable[str]]) -> list[Task]:
    """Those that take long come first. One blank, another one each time, gets the answer that never ends: that takes
    three seconds, and what ends it is the same for all.
    """
    blanks = [(name, blank) for name, those in names.items() for blank in those if blank]
    endless = secrets.choice(blanks) if blanks else None
    tasks = [Task(name, "", what) for name, those in names.items() if "" in those for what in WHOLE]
    stubs = {name: _texts(released(nbformat.reads(one.source, as_version=4))) for name, one in made.items()}
    answers = {name: [] for name in made}
    for name, blank in blanks:
        check = checks_of(name)[blank]
        tasks.append(Task(name, blank, "tried"))
        answers[name] += check.variants
        if blank in stubs[name] and any(variant.right for variant in check.variants):
            harmful = walled(check, stubs[name][blank])
            answers[name] += [one for one in harmful if one.diagnosis != "timed_out" or (name, blank) == endless]
    for name, known in answers.items():
        tasks += [Task(name, "", "judged", notebook) for notebook in _notebooks(known, checks_of(name))]
    return sorted(tasks, key=lambda task: task.what != "tried")


def _notebooks(answers: list[Variant], checks: Mapping[str, Check]) -> list[tuple[Variant, ...]]:
    """The answers, those together that one notebook can have: to blanks of which none needs another.

    What takes its time is on its own.
    """
    notebooks, open_ones = [], []
    for one in answers:
        if one.diagnosis == "timed_out":
            notebooks.append([one])
            continue
        for notebook in open_ones:
            if not any(_related(one.blank, other.blank, checks) for other in notebook):
                break
        else:
            notebook = []
            notebooks.append(notebook)
            open_ones.append(notebook)
        notebook.append(one)
        if len(notebook) == TOGETHER:
            open_ones.remove(notebook)
    return [*map(tuple, notebooks)]


def _related(one: str, other: str, checks: Mapping[str, Check]) -> bool:
    return one == other or other in _needed(one, checks) or one in _needed(other, checks)


def _needed(blank: str, checks: Mapping[str, Check]) -> set[str]:
    """What a blank needs, and what that needs."""
    needs = {of for of in checks[blank].needs if of in checks}
    return needs.union(*(_needed(of, checks) for of in needs))


def _texts(notebook: NotebookNode) -> dict[str, str]:
    """{blank: the text of its cell}."""
    return {cells.grade_id(cell): cell.source for cell in notebook.cells if cells.kind(cell) == cells.ANSWER}


class _Worker:
    """Does tasks of these assignments; what it needs of one is made when its first task comes."""

    def __init__(self, made: Mapping[str, Assignment]):
        _use(made)
        self._made, self._desks = made, {}

    def __call__(self, task: Task) -> list[Row]:
        if task.assignment not in self._desks:
            self._desks[task.assignment] = _Desk(self._made[task.assignment])
        return self._desks[task.assignment](task)

    def __enter__(self) -> "_Worker":
        return self

    def __exit__(self, *_) -> None:
        for desk in self._desks.values():
            desk.close()


class _Desk:
    """What a worker has of one assignment; its judge is made when one is needed."""

    def __init__(self, made: Assignment):
        self._source, self._checks = nbformat.reads(made.source, as_version=4), checks_of(made.name)
        self._name, self._judge, self._public = made.name, None, ""

    def __call__(self, task: Task) -> list[Row]:
        if task.what == "tried":
            self._public = self._public or public_cases(self._name)
            return [*_tried(self._checks[task.blank], self._source, self._public)]
        self._judge = self._judge or Judge(self._name, limits=LIMITS)
        if task.what == "source":
            return [_whole(self._judge, self._source, "source", with_answers(self._source, {}), 1.0)]
        if task.what == "release":
            return [_whole(self._judge, self._source, "release", released(self._source), 0.0)]
        verdict = _judged(self._judge, self._source, task.variants)
        return [self._judged(one, verdict, len(task.variants) == 1) for one in task.variants]

    def _judged(self, one: Variant, verdict: Verdict, alone: bool) -> Row:
        """One that is not as it must be among others is judged again, alone: that decides."""
        row = _row(one, verdict, one in self._checks[one.blank].variants)
        if not row.complaint or alone:
            return row
        return self._judged(one, _judged(self._judge, self._source, [one]), alone=True)

    def close(self) -> None:
        if self._judge:
            self._judge.close()


def _begin(made: Mapping[str, Assignment]) -> None:
    """First thing in a worker process, whose sandboxes end with it."""
    global _worker
    interrupts.ignored()
    _worker = _Worker(made)


def _work(task: Task) -> list[Row]:
    return _worker(task)


def _tried(check: Check, source: NotebookNode, public: str) -> Iterator[Row]:
    solutions = _texts(source)
    if check.name not in solutions:
        yield Row(check.name, "", "check", None, "", "the notebook does not have this blank")
        return
    try:
        yield from tried(check, solutions[check.name], _texts(released(source))[check.name])
        yield from (Row(check.name, "", "check", None, "", said) for said in said_at_home(check, public))
    except Exception as error:  # the author's code, of which all runs here
        yield Row(check.name, "", "check", None, "", f"{type(error).__name__}: {error}")


# what was found good before


class Memory:
    """The rows of the blanks that were found good, in the class's folder; "" stands for the whole notebooks.

    They are under the hash of all that they could depend on: this program and what it computes with, the machine's
    system, the notebook, what decides a mark in any blank, and the whole of the blank's own file.
    """

    def __init__(self, course: Course, made: Assignment):
        self._course, self._made = course, made
        self._path = course.directory / "verified" / f"{made.name}.json"

    def _key(self, name: str) -> str:
        own = self._made.checks.get(f"{self._made.name}.{name}", "")
        parts = (self._made.grader, platform.platform(), self._made.digest, name, own)
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def known(self) -> dict[str, list[Row]]:
        """{blank: its rows}; what cannot be read is not known."""
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            names = ["", *checks_of(self._made.name)]
            return {name: [Row(*row) for row in kept[self._key(name)]] for name in names if self._key(name) in kept}
        except (OSError, ValueError, TypeError):
            return {}

    def keep(self, found: Mapping[str, list[Row]]) -> None:
        """Keep these alone; where the class's folder cannot be written, they are tried again next time."""
        kept = {self._key(name): [[*asdict(row).values()] for row in rows] for name, rows in found.items()}
        with suppress(NotWritten):
            self._course.make()
            write_whole(self._path, json.dumps(kept, ensure_ascii=False).encode())


# judged behind the walls


def _verdict(judge: Judge, source: NotebookNode, submitted: NotebookNode) -> Verdict:
    return judge(rebuild(source, submitted).notebook, student="known", submission="known", seed=SEED)[0]


def _judged(judge: Judge, source: NotebookNode, answers: Iterable[Variant]) -> Verdict:
    """The verdict on some blanks, each answered with a variant, in a notebook that ends with their tests."""
    notebook = rebuild(source, with_answers(source, {one.blank: one.code for one in answers})).notebook
    tests = {cells.test_of(one.blank) for one in answers}
    end = max((k for k, cell in enumerate(notebook.cells) if cells.grade_id(cell) in tests), default=-1) + 1
    notebook.cells = [c for c in notebook.cells[:end] if not cells.is_test(c) or cells.grade_id(c) in tests]
    return judge(notebook, student="known", submission="known", seed=SEED)[0]


def _whole(judge: Judge, source: NotebookNode, kind: str, submitted: NotebookNode, must: float) -> Row:
    verdict = _verdict(judge, source, submitted)
    share = verdict.score / verdict.points if verdict.points else 0.0
    wrong = [blank.grade_id for blank in verdict.blanks if blank.score != must * blank.points]
    complaint = f"must get {percent(must)} of every blank, differs in {', '.join(wrong)}" if wrong else ""
    return Row("", kind, kind, share, "", complaint + _briefly(verdict.staff_notes))


def _row(variant: Variant, verdict: Verdict, written: bool) -> Row:
    kind = "generated" if not written else "right" if variant.right else "wrong"
    blank = next((blank for blank in verdict.blanks if blank.grade_id == variant.blank), None)
    if blank is None:
        return Row(variant.blank, variant.label, kind, None, "", "there is no such blank")
    share = None if blank.score is None else blank.score / blank.points
    return Row(
        variant.blank, variant.label, kind, share, blank.diagnosis, _complaint(variant, share, blank.diagnosis, verdict)
    )


def _complaint(variant: Variant, share: float | None, diagnosis: str, verdict: Verdict) -> str:
    if share is None:
        return "undecided: " + _briefly(verdict.staff_notes)
    return complaint(variant, share, diagnosis)


def _briefly(notes: tuple[str, ...]) -> str:
    """The staff's notes without the tracebacks that end in them."""
    return "; ".join(note.strip().splitlines()[-1] for note in notes)


# notebooks made from the source


def released(source: NotebookNode) -> NotebookNode:
    """The source as students receive it: stubs for solutions, no hidden lines."""
    notebook = copy.deepcopy(source)
    for cell in notebook.cells:
        cell.source = cells.without_hidden(cell.source)
        if cells.kind(cell) in (cells.ANSWER, cells.WRITTEN):
            cell.source = cells.released(cell)
    return notebook


def with_answers(source: NotebookNode, answers: dict[str, str]) -> NotebookNode:
    """A submission that answers some blanks with {blank: text} and the others with the source's solutions."""
    notebook = copy.deepcopy(source)
    for cell in notebook.cells:
        cell.source = cells.without_hidden(cell.source)
        if cells.kind(cell) == cells.ANSWER:
            cell.source = answers.get(cells.grade_id(cell), cell.source)
    return notebook
