"""When work was handed in: through nbgrader's real exchange, as students who write every byte of it themselves."""

import json
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.course.course import Course
from autograder.gradebook.late import handed_in
from autograder.gradebook.record import marks
from tests.a1_class import ASSIGNMENT, autograder, hand_in, nbgrader, released, solved
from tests.ordinary_user import AS_USER, PYTHON, path, why_not

WRITES = "(attempt / 'timestamp.txt').write_text('2000-01-01 00:00:00 UTC')"
OLD = "attempt.with_name(f'{student}+{assignment}+2000-01-01 00:00:00.000000 UTC+aaaa')"
# what a student runs after `nbgrader submit`; `attempt` is the folder which that made in the exchange
LIES = {
    "late": "",
    "writes": WRITES,
    "folder": "(attempt / 'timestamp.txt').unlink(); (attempt / 'timestamp.txt').mkdir()",
    "renames": f"{WRITES}; attempt.rename({OLD})",
    "ages": f"""{WRITES}; attempt = attempt.rename({OLD})
for path in [*attempt.rglob("*"), attempt]:
    os.utime(path, (946684800, 946684800))""",
    "links": f"{WRITES}; moved = attempt.rename(pathlib.Path.home() / 'elsewhere'); {OLD}.symlink_to(moved)",
    "inside": f"""{WRITES}; attempt = attempt.rename({OLD}); file = attempt / (assignment + ".ipynb")
file.symlink_to(file.rename(pathlib.Path.home() / "elsewhere"))""",
    "garbles": f"{WRITES}; attempt.rename(attempt.with_name(f'{{student}}+{{assignment}}+yesterday+bbbb'))",
    "in time": "",  # by an extension
}
NOTHING = {"links", "inside"}  # through a link nothing is handed in: there is no notebook to mark
# as each student in turn: `nbgrader submit` in a process of its own, then the lie
SUBMIT = """
import json, os, pathlib, sys
from nbgrader.apps.nbgraderapp import NbGraderApp
assignment, inbound, lies = sys.argv[1:]
class_ = os.getcwd()
for student, lie in json.loads(lies).items():
    os.environ["HOME"] = os.path.join(class_, student)
    os.chdir(os.environ["HOME"])
    child = os.fork()
    if child == 0:
        sys.exit(NbGraderApp.launch_instance(["submit", assignment]))
    if os.waitpid(child, 0)[1]:
        sys.exit(student + " could not submit")
    (attempt,) = pathlib.Path(inbound).glob(f"{student}+{assignment}+*")
    exec(lie)
"""
POLICY = 'c.LateSubmissionPlugin.penalty_method = "zero"'


@pytest.fixture(scope="module")
def exchange(root):
    """A class whose deadline was an hour ago, and its exchange, to which everybody has handed in just now."""
    home = Path(tempfile.mkdtemp(prefix="exchange-"))
    home.chmod(0o755)
    course = released(root, home / "class")
    with Gradebook(course.db_url) as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=_now() - timedelta(hours=1))
        gradebook.add_student("in time")
        gradebook.add_submission(ASSIGNMENT, "in time")
        gradebook.grant_extension(ASSIGNMENT, "in time", hours=2)
    inbound, outbound = (home / "exchange" / "nn" / name for name in ("inbound", "outbound"))
    inbound.mkdir(parents=True)
    inbound.chmod(0o777)
    (home / "exchange").chmod(0o777)
    shutil.copytree(course.directory / "release" / ASSIGNMENT, outbound / ASSIGNMENT)
    lines = [f"c.Exchange.root = {str(home / 'exchange')!r}", "c.CourseDirectory.course_id = 'nn'"]
    for student in LIES:
        _prepare(home, student, lines, solved(course))
    _submit(root, home, inbound)
    config = course.root / "nbgrader_config.py"
    config.write_text("\n".join([config.read_text(), *lines, POLICY]))
    yield home
    shutil.rmtree(home)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _prepare(home, student, lines, notebook):
    """A student's own folder, with the notebook and the settings for handing it in."""
    folder = home / student
    (folder / ASSIGNMENT).mkdir(parents=True)
    nbformat.write(notebook, folder / ASSIGNMENT / f"{ASSIGNMENT}.ipynb")
    more = [f"c.CourseDirectory.student_id = {student!r}", f"c.Exchange.cache = {str(folder / 'cache')!r}"]
    (folder / "nbgrader_config.py").write_text("\n".join(["c = get_config()", *lines, *more]))


def _submit(root, home, inbound):
    """Everybody hands in as an ordinary user would, where that can be had, and then lies."""
    words, python = ["env"], sys.executable
    if not why_not(root):
        subprocess.run(["chown", "-R", "1000:1000", *(home / student for student in LIES)], check=True)
        words, python = AS_USER, PYTHON
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONPATH": ":".join(path(root))}
    settings = [f"{name}={value}" for name, value in environment.items()]
    command = [*words, *settings, python, "-c", SUBMIT, ASSIGNMENT, inbound, json.dumps(LIES)]
    ran = subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr


@pytest.fixture(scope="module")
def graded(exchange, root):
    """The class, collected and then graded by `autograder grade`, and beside that by `nbgrader autograde`."""
    collected = nbgrader(root, exchange / "class", "collect", ASSIGNMENT)
    assert collected.returncode == 0, collected.stderr
    return graded_by_both(root, exchange / "class", exchange / "again")


def graded_by_both(root, home, again):
    """The class at `home`, graded by `autograder grade`, and its copy at `again`, by `nbgrader autograde`."""
    shutil.copytree(home, again)
    with ThreadPoolExecutor() as both:
        runs = [
            both.submit(autograder, root, home, "grade", ASSIGNMENT),
            both.submit(nbgrader, root, again, "autograde", ASSIGNMENT),
        ]
    for run in runs:
        assert run.result().returncode == 0, run.result().stderr
    return [Course(place, place / "course") for place in (home, again)]


def penalties(course):
    with Gradebook(course.db_url) as gradebook:
        submissions = gradebook.assignment_submissions(ASSIGNMENT)
        return {each.student_id: (each.score, each.late_submission_penalty) for each in submissions}


def test_a_time_that_a_student_made_up_saves_no_penalty(graded):
    for course in graded:
        found = penalties(course)
        assert all(found.pop(student, (0.0, 0.0)) == (0.0, 0.0) for student in NOTHING)
        assert found == {name: (40.0, 0.0 if name == "in time" else 40.0) for name in LIES.keys() - NOTHING}


def test_the_time_that_counts_is_the_same_on_both_routes(graded):
    ours, theirs = (
        [mark for mark in marks(course.db_url, ASSIGNMENT) if mark.student not in NOTHING] for course in graded
    )
    assert ours == theirs
    for student in LIES.keys() - NOTHING:
        times = []
        for course in graded:
            with Gradebook(course.db_url) as gradebook:
                times.append(gradebook.find_submission(ASSIGNMENT, student).timestamp)
        assert times[0] == times[1]
        assert all(timedelta() <= _now() - time < timedelta(hours=1) for time in times)


def test_who_says_when_is_on_record(graded):
    for course in graded:
        for student in LIES:
            source = handed_in(course, ASSIGNMENT, student).source
            believed = student in ("late", "in time", "writes", "folder")
            assert (source == "by nbgrader's exchange") == believed and "exchange" in source


def test_a_time_among_the_files_of_a_plain_folder_is_not_believed(root, tmp_path):
    course = released(root, tmp_path / "class")
    config = course.root / "nbgrader_config.py"
    config.write_text(f"{config.read_text()}\n{POLICY}\n")
    with Gradebook(course.db_url) as gradebook:
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=_now() - timedelta(hours=1))
    for student in ("ada", "bob"):
        path = hand_in(course, student, solved(course))
        path.with_name("timestamp.txt").write_text("2000-01-01 00:00:00 UTC")
    note = course.handed_in(ASSIGNMENT, "ada")
    note.parent.mkdir(parents=True)
    note.write_text(f"{_now():%Y-%m-%d %H:%M} UTC\n")  # what staff know
    for graded in graded_by_both(root, course.root, tmp_path / "again"):
        assert penalties(graded) == {"ada": (40.0, 40.0), "bob": (40.0, 0.0)}
        with Gradebook(graded.db_url) as gradebook:
            assert gradebook.find_submission(ASSIGNMENT, "bob").timestamp is None  # not known, and not the student's
