"""The walls when an ordinary user puts them up: started as root, as tests mostly are, they differ (uid, /proc)."""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.gradebook.record import Mark, marks
from tests.a1_class import ASSIGNMENT, hand_in, hurried, released, solved, verdict
from tests.ordinary_user import AS_USER, PYTHON, USER, path, why_not

ENDS = "def sigmoid(z):\n    import os\n    os._exit(0)"
FORKS = "def gradient_step(w, b, dw, db, lr):\n    import os\n    while True:\n        os.fork()"
READS = """\
def sigmoid(z):
    import glob
    for path in ["CLASS/secret", "CLASS/gradebook.db", "CHECKS", "/etc/passwd", *glob.glob("/proc/[0-9]*/environ")]:
        try:
            open(path, "rb").read(1)
            return path
        except OSError:
            pass
    import ctypes, os
    if os.getuid() == 0 or ctypes.CDLL(None).unshare(0x10000000) == 0:
        return "became somebody else"
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)"""  # the right answer, given only if all doors are shut


@pytest.fixture(scope="module")
def home(root):
    """A folder that belongs to the ordinary user, all the way up."""
    if reason := why_not(root):
        pytest.skip(reason)
    directory = Path(tempfile.mkdtemp(prefix="ordinary-"))
    yield directory
    shutil.rmtree(directory)


@pytest.fixture(scope="module")
def ended(root, home):
    """The class, twice, and how `autograder grade` and `nbgrader autograde` ended for the ordinary user."""
    course = released(root, home)
    reads = READS.replace("CLASS", str(course.directory)).replace(
        "CHECKS", str(root / "autograder/checks/a1-neuron/sigmoid.py")
    )
    hand_in(course, "right", solved(course))
    hand_in(course, "ends", solved(course, sigmoid=ENDS))
    hand_in(course, "forks", solved(course, gradient_step=FORKS))
    hand_in(course, "reads", solved(course, sigmoid=reads))
    hand_in(course, "broken", b"{")
    course.secret()
    shutil.copytree(course.directory, home / "again")
    subprocess.run(["chown", "-R", f"{USER}:{USER}", home], check=True)
    home.chmod(0o755)
    commands = {"course": ["autograder", "grade", ASSIGNMENT, "--json"], "again": ["nbgrader", "autograde", ASSIGNMENT]}
    return {where: _as_user(root, home, where, command) for where, command in commands.items()}


def _as_user(root: Path, home: Path, where: str, command: list[str]) -> subprocess.CompletedProcess:
    environment = {
        "HOME": home,
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONPATH": ":".join([hurried(root), *path(root)]),
        "AUTOGRADER_COURSE": where,
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    words = [f"{name}={value}" for name, value in environment.items()]
    return subprocess.run(
        [*AS_USER, *words, PYTHON, "-m", *command], cwd=home, capture_output=True, text=True, timeout=280
    )


@pytest.mark.parametrize("where", ["course", "again"])
def test_it_runs(ended, where):
    assert ended[where].returncode == 0, ended[where].stderr


def test_it_was_an_ordinary_user_who_graded(ended, home):
    for where in ("course", "again"):
        for student in ("right", "broken"):
            assert Course(home, home / where).verdict(ASSIGNMENT, student).stat().st_uid == int(USER)


def test_each_gets_what_is_deserved(ended, home):
    course = Course(home, home / "course")
    scores = {student: verdict(course, student).score for student in course.students(ASSIGNMENT)}
    # sigmoid has 3 points, gradient_step 1; what calls them is judged with ours in their place
    assert scores == {"right": 40.0, "ends": 37.0, "forks": 39.0, "reads": 40.0, "broken": 0.0}
    assert all(not verdict(course, student).staff_notes for student in scores)
    assert sorted(entry["student"] for entry in json.loads(ended["course"].stdout)) == sorted(scores)


def test_what_ended_its_process_says_so(ended, home):
    for student, blank in (("ends", "sigmoid"), ("forks", "gradient_step")):
        blanks = {b.grade_id: b for b in verdict(Course(home, home / "course"), student).blanks}
        assert blanks[blank].diagnosis in ("died", "timed_out", "raised") and blanks["row_gradients"].score == 7.0


def test_both_commands_give_equal_marks_cell_by_cell(ended, home):
    ours, theirs = (marks(Course(home, home / where).db_url, ASSIGNMENT) for where in ("course", "again"))
    assert [_settled(mark) for mark in ours] == [_settled(mark) for mark in theirs] and len(ours) == 65


def _settled(mark: Mark) -> Mark:
    """How a fork bomb ends is a race: whether it raises first or dies is not the same twice, that it gets 0 is."""
    raced = mark.student == "forks" and mark.cell in ("test_gradient_step", "test_train")
    return mark._replace(comment="") if raced else mark
