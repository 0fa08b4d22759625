"""Hand an assignment out: check its source, generate nbgrader's release, and pack what students need into one zip.

Nothing leaves while the checks fail their own tests, or while a line that students must not see is in the bundle.
"""

import json
import os
import re
import shutil
import zipfile
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode
from nbgrader.apps import NbGraderAPI

import practice
from autograder.authoring import leaks
from autograder.course.course import Course
from autograder.gradebook.record import prepare, released_cells
from autograder.judging.check_modules import blanks_of, checks_in, use_checks
from autograder.judging.public_cases import public_cases
from autograder.notebook.cells import ANSWER, TEST, blank_of, grade_id, hidden_check, kind, points, test_of
from autograder.notebook.layout import differences, layout, pointless
from practice.cases import DIAGNOSE, NONE, TELL

MOST_LEAKS = 10  # named in one message
README = """\
{assignment}

1. Install (once, in this folder; Python 3.11 or newer):

     python3 -m venv .venv
     .venv/bin/python -m pip install -r requirements.txt

   On Windows: py -m venv .venv, then .venv\\Scripts\\python -m pip install -r requirements.txt

2. Start:

     .venv/bin/python -m jupyter lab

   On Windows: .venv\\Scripts\\python -m jupyter lab

3. Open {notebooks} and fill the blanks. Keep the cells that are there and the names of the functions.
   The lectures are the notebooks whose names start with a number.

4. {told}
   Keep the folder practice and {assignment}.cases.json beside the notebook. Marks come from other inputs.

5. Before you hand in: Kernel > Restart Kernel and Run All Cells. Then hand in {notebooks} under that name.
"""
SAYS = "Each test cell says at once whether your function is right on public examples"
TOLD = {
    DIAGNOSE: f"{SAYS}, in the words of the feedback page.",
    TELL: f"{SAYS}.",
    NONE: "Test cells do not say at home what is right.",
}


class ReleaseError(Exception):
    """Why an assignment cannot be released, in one sentence."""


class Release(NamedTuple):
    """What was handed out: nbgrader's release folder, the students' zip, and the names in it."""

    assignment: str
    directory: Path
    bundle: Path
    files: tuple[str, ...]


def release(course: Course, assignment: str, *, verify: Callable) -> Release:
    """Release `assignment` to the class: course/release/, the gradebook, and course/bundle/<assignment>.zip.

    `verify(assignment)` tests the assignment's checks; its report's `.ok` must be true. Raises ReleaseError
    where the source is wrong, the checks fail, nbgrader refuses, the bundle leaks or would lack something; then no
    bundle is left. Raises ChecksError where the checks are no Python.
    """
    check_source(course, assignment)
    if not verify(assignment).ok:
        raise ReleaseError(f"{assignment} is not released: its checks fail; see `autograder verify {assignment}`.")
    _refuse_a_gap(course)
    _refuse_a_break(course, assignment)
    directory = _generate(course, assignment)
    bundle = course.directory / "bundle" / f"{assignment}.zip"
    bundle.unlink(missing_ok=True)
    files = _files(course, assignment, directory)
    sources = {name: _read(course, name) for name in course.assignments()}
    found = list(leaks.leaks(files, leaks.secrets(sources, _tree(course.root / "nnlib"), [course.root])))
    if found:
        shutil.rmtree(directory)
        more = [f"and {len(found) - MOST_LEAKS} more"] if len(found) > MOST_LEAKS else []
        named = "; ".join(found[:MOST_LEAKS] + more)
        raise ReleaseError(f"{assignment} is not released, students would see what they must not: {named}.")
    _zip(bundle, assignment, files)
    return Release(assignment, directory, bundle, tuple(sorted(files)))


# ------------------------------------------------------------------------------------------------------------- source


def check_source(course: Course, assignment: str) -> None:
    """Raise ReleaseError unless the source notebook is one that can be graded."""
    notebook = _read(course, assignment)
    names = [grade_id(cell) for cell in notebook.cells if grade_id(cell)]
    for name in names:
        if names.count(name) > 1:
            raise ReleaseError(f"{assignment}: {names.count(name)} cells share the grade_id {name!r}; rename one.")
    if not any(kind(cell) == TEST for cell in notebook.cells):
        raise ReleaseError(f"{assignment}: no cell is graded; a test cell needs `grade: true` and points.")
    checks = _checks(course, assignment)
    before = [None, *notebook.cells]
    for cell, previous, following in zip(notebook.cells, before, [*notebook.cells[1:], None], strict=False):
        if kind(cell) == ANSWER:
            _check_answer(assignment, cell, following, checks)
        if kind(cell) == TEST:
            _check_test(assignment, cell, previous)


def _read(course: Course, assignment: str) -> NotebookNode:
    path = course.source(assignment)
    if not path.is_file():
        known = ", ".join(course.assignments()) or "none yet"
        raise ReleaseError(f"There is no assignment {assignment!r}; this course has: {known}.")
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except (ValueError, AttributeError, nbformat.ValidationError) as error:
        raise ReleaseError(f"{path.name} is not a valid notebook: {str(error).splitlines()[0]}") from error
    return notebook


def _checks(course: Course, assignment: str) -> list[str]:
    """The blanks for which an assignment has checks, read without running them."""
    folders = _folders(course)
    if not any((folder / assignment).is_dir() for folder in folders):
        raise ReleaseError(f"{assignment} has no checks: write them in {folders[0] / assignment}.")
    return blanks_of(assignment, checks_in(assignment, folders))


def _folders(course: Course) -> list[Path]:
    """Where checks are looked for."""
    return [folder / "checks" for folder in (course.root, leaks.TRUSTED)]


def _check_answer(assignment: str, cell: NotebookNode, following: NotebookNode | None, checks: list[str]) -> None:
    name = grade_id(cell)
    if following is None or grade_id(following) != test_of(name) or kind(following) != TEST:
        raise ReleaseError(f"{assignment}: after the answer cell {name!r} must stand its test cell {test_of(name)!r}.")
    if name not in checks:
        raise ReleaseError(f"{assignment}: the blank {name!r} has no check; write checks/{assignment}/{name}.py.")


def _check_test(assignment: str, cell: NotebookNode, previous: NotebookNode | None) -> None:
    name = grade_id(cell)
    if previous is None or kind(previous) != ANSWER or name != test_of(grade_id(previous)):
        raise ReleaseError(f"{assignment}: before the test cell {name!r} must be the answer cell {blank_of(name)!r}.")
    if points(cell) <= 0:
        raise ReleaseError(f"{assignment}: the test cell {name!r} is worth {points(cell):g} points; give it some.")
    wanted, found = f"{assignment}.{grade_id(previous)}", hidden_check(cell)
    if found != wanted:
        said = f"names {found!r}" if found else "is missing or is not that one call"
        raise ReleaseError(
            f"{assignment}: the hidden line of {name!r} {said}; "
            f'it must be `import autograder; autograder.check("{wanted}", globals())`.'
        )


# ----------------------------------------------------------------------------------------------------------- nbgrader


def _refuse_a_break(course: Course, assignment: str) -> None:
    """Raise ReleaseError where nbgrader could no longer place recorded answers: cells are gone, new or of another kind.

    Other points are no break: the gradebook takes them over, and the next grading run marks by them.
    """
    cells, submissions = released_cells(course, assignment) or ({}, 0)
    changed = differences(pointless(cells), pointless(layout(_read(course, assignment)))) if submissions else []
    if changed:
        raise ReleaseError(
            f"{assignment} is not released: submissions of its earlier release are recorded ({submissions}), and since "
            f"then {', '.join(changed)}; restore those cells and their names, or release this under another name."
        )


def _generate(course: Course, assignment: str) -> Path:
    """nbgrader's release version of the assignment, in course/release/ and in the gradebook."""
    course.make()
    prepare(course)
    config = deepcopy(course.settings)
    config.NbGraderAPI.log_level = "ERROR"  # the reason for a refusal stands in the log alone
    result = NbGraderAPI(config=config).generate_assignment(assignment)
    prepare(course)  # nbgrader has made its default course again
    directory = course.directory / "release" / assignment
    if not result["success"] or not (directory / f"{assignment}.ipynb").is_file():
        raise ReleaseError(_reason(assignment, result))
    if not (directory / f"{assignment}.cases.json").is_file():
        kept = "in nbgrader_config.py append to c.GenerateAssignment.preprocessors after `configure`, set it before"
        raise ReleaseError(f"Students would lack {assignment}.cases.json: {kept}.")
    return directory


def _reason(assignment: str, result: dict) -> str:
    """nbgrader's refusal in one sentence."""
    log = result.get("log", "") + result.get("error", "")
    reasons = re.findall(r"^ *([\w.]+(?:Error|Exception): .*)", log, re.MULTILINE) or ["it wrote no notebook"]
    return f"nbgrader could not generate {assignment}: {reasons[0]}"


# ------------------------------------------------------------------------------------------------------------- bundle


def _files(course: Course, assignment: str, directory: Path) -> dict[str, bytes]:
    """What students get, name -> bytes: all in one folder, so that every notebook finds nnlib beside it."""
    lectures = course.root / "lectures"
    files = _tree(directory) | _tree(course.root / "nnlib", "nnlib")
    for path in sorted(path for files_of in ("*.ipynb", "*.py", "*.mplstyle") for path in lectures.glob(files_of)):
        files[path.name] = path.read_bytes()
    files["requirements.txt"] = (lectures / "requirements.txt").read_bytes()
    notebooks = " and ".join(sorted(path.name for path in directory.glob("*.ipynb")))
    told = TOLD[json.loads(files[f"{assignment}.cases.json"])["tell"]]
    files["README.txt"] = README.format(assignment=assignment, notebooks=notebooks, told=told).encode()
    return files


def beside(course: Course, assignment: str) -> dict[str, bytes]:
    """What a notebook's test cells ask at home, name -> bytes: the public cases, and what compares with them.

    Nothing where the assignment has no checks. Raises ChecksError.
    """
    folders = _folders(course)
    if not any((folder / assignment).is_dir() for folder in folders):
        return {}
    use_checks(checks_in(assignment, folders))
    cases = {f"{assignment}.cases.json": public_cases(assignment).encode()}
    return cases | _tree(Path(practice.__file__).parent, "practice")


def _refuse_a_gap(course: Course) -> None:
    """Raise ReleaseError where what students need besides the assignment is not there."""
    needed = course.root / "lectures" / "requirements.txt", course.root / "nnlib" / "__init__.py"
    if missing := [str(path.relative_to(course.root)) for path in needed if not path.is_file()]:
        raise ReleaseError(
            f"Students would lack {' and '.join(missing)}, of which there is none in {course.root}: run this in the "
            "course's folder, or copy lectures/ and nnlib/ there."
        )


def _tree(directory: Path, prefix: str = "") -> dict[str, bytes]:
    """The files below a directory, without caches and hidden files."""
    files = {}
    for path in sorted(directory.rglob("*")):
        inside = path.relative_to(directory)
        if path.is_file() and not any(part.startswith((".", "__pycache__")) for part in inside.parts):
            files[(Path(prefix) / inside).as_posix()] = path.read_bytes()
    return files


def _zip(bundle: Path, assignment: str, files: dict[str, bytes]) -> None:
    """Write the files below one folder, dated today; on one day equal files give an equal zip, byte for byte."""
    today = date.today().timetuple()[:3]
    bundle.parent.mkdir(parents=True, exist_ok=True)
    part = bundle.with_suffix(".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{assignment}/{name}", (*today, 0, 0, 0))
            entry.create_system, entry.external_attr, entry.compress_type = 3, 0o644 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    os.replace(part, bundle)
