"""`autograder forget`: nothing is left of a student, or the marks alone, and what it cannot do it says."""

import json
import os
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from functools import partial

import pytest
from nbgrader.api import Gradebook

from autograder.cli import app
from autograder.course import lock
from autograder.course.course import Course
from autograder.course.receipt import SECRET
from autograder.gradebook import late
from autograder.gradebook.record import marks
from tests.forked import at_a_terminal
from tests.small_class import ASSIGNMENT

WORDS = b"words-of-hers-alone"


@pytest.fixture(scope="module")
def graded(released_class, tmp_path_factory, grade):
    """The small class, graded with pages twice: of zora there is more than of zo and of those whose names begin so."""
    root = tmp_path_factory.mktemp("forget")
    shutil.copytree(released_class, root, dirs_exist_ok=True)
    course = Course(root, root / "course")
    release = (course.directory / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_bytes()
    for student in ("zora", "zo", "zora.json", "zorah"):
        path = course.submission(ASSIGNMENT, student)
        path.parent.mkdir(parents=True)
        path.write_bytes(release.replace(b"YOUR ANSWER HERE", WORDS) if student == "zora" else release)
        late.note(course, ASSIGNMENT, student, datetime(2026, 11, 3, 12, 30), "by nbgrader's exchange")
    for _ in range(2):
        grade(course, again=True, pages=True)
    with Gradebook(course.db_url) as gradebook:
        gradebook.update_or_create_student("zora", first_name="Zora-by-name", email="zora@example.org")
        grade = gradebook.find_grade("why", ASSIGNMENT, ASSIGNMENT, "zora")
        grade.manual_score = 3.0
        comment = gradebook.find_comment("why", ASSIGNMENT, ASSIGNMENT, "zora")
        comment.manual_comment = WORDS.decode()
        gradebook.db.commit()
    course.verdict(ASSIGNMENT, ".zora.json.123").with_name(".zora.json.123.part").write_text("half of it")
    return course


@pytest.fixture
def course(graded, tmp_path):
    shutil.copytree(graded.root, tmp_path / "copy")
    return Course(tmp_path / "copy", tmp_path / "copy" / "course")


@pytest.fixture
def forget(course, ask):
    return partial(ask, course.root, "forget")


def holds(course, *words, but=()):
    """The files of a class in whose name or bytes one of these words stands."""
    return {
        str(path.relative_to(course.directory))
        for path in course.directory.rglob("*")
        if path.is_file()
        and path.relative_to(course.directory).parts[0] not in but
        and any(word in str(path).encode() or word in path.read_bytes() for word in words)
    }


OTHERS = ("zo", "zora.json", "zorah")


def rows(course, *students):
    return [mark for mark in marks(course.db_url, ASSIGNMENT) if mark.student in students]


def test_nothing_is_left_of_the_student_and_everything_of_the_others(course, forget, grade):
    before, files = rows(course, *OTHERS), {name for name in holds(course, b"") if "/zora/" not in name}
    said = forget("zora", "--yes")
    assert said.returncode == 0, said
    gone = (b"Zora-by-name", b"zora@example.org", WORDS)
    assert holds(course, *gone, but=("backups",)) == set()
    assert rows(course, "zora") == [] and rows(course, *OTHERS) == before
    left = {f"verdicts/{ASSIGNMENT}/{name}" for name in ("zora.json", "zora.recorded", ".zora.json.123.part")}
    left.add(f"handed_in/{ASSIGNMENT}/zora.txt")
    assert holds(course, b"") == files - left
    assert "in the gradebook: 1 submissions removed" in said.stdout and "removed submitted/zora" in said.stdout
    grade(course)
    assert {mark.student for mark in marks(course.db_url, ASSIGNMENT)} == set(OTHERS)


def test_what_it_cannot_do_is_said(course, forget, root, tmp_path):
    text = (root / "nbgrader_config.py").read_text()
    more = f"\nc.Exchange.root = {str(tmp_path / 'exchange')!r}\nc.CourseDirectory.course_id = 'nn'\n"
    (course.root / "nbgrader_config.py").write_text(text + more)
    inbound, feedback = (tmp_path / "exchange" / "nn" / name for name in ("inbound", "feedback"))
    for name in (f"zora+{ASSIGNMENT}+2026-11-01 10:00:00 UTC+x", f"zorah+{ASSIGNMENT}+2026-11-01 10:00:00 UTC+x"):
        (inbound / name).mkdir(parents=True)
    feedback.mkdir()
    from nbgrader.utils import notebook_hash

    secret = course.feedback(ASSIGNMENT, "zora").with_name(SECRET).read_text()
    page = feedback / f"{notebook_hash(secret=secret, notebook_id=ASSIGNMENT)}.html"
    page.write_text("hers")
    backups = sorted(map(str, (course.directory / "backups").iterdir()))
    (course.root / "downloaded").mkdir()
    done = json.loads(forget("zora", "--yes", "--json").stdout)
    mine = str(inbound / f"zora+{ASSIGNMENT}+2026-11-01 10:00:00 UTC+x")
    assert len(backups) == 2 and done["left"] == [*backups, str(course.root / "downloaded"), mine, str(page)]


def test_marks_can_be_kept_without_a_name_and_without_words(course, forget):
    before = sorted(mark[1:6] for mark in rows(course, "zora"))
    said = forget("zora", "--keep-marks", "--yes")
    assert said.returncode == 0 and "1 submissions kept under a made-up name" in said.stdout
    kept = [mark for mark in marks(course.db_url, ASSIGNMENT) if mark.student not in OTHERS]
    (name,) = {mark.student for mark in kept}
    assert name.startswith("anonymous-") and name not in said.stdout
    assert sorted(mark[1:6] for mark in kept) == before and {mark.comment for mark in kept} == {None}
    assert holds(course, b"Zora-by-name", b"zora@example.org", WORDS, but=("backups",)) == set()
    assert not any("/zora/" in path for path in holds(course, b""))
    assert forget("zora", "--yes").returncode == 2


def test_what_was_deleted_before_goes_from_the_gradebooks_free_space(course, forget):
    with closing(sqlite3.connect(course.gradebook)) as database:
        database.execute("PRAGMA secure_delete = OFF")
        for statement in ("CREATE TABLE t (text)", "INSERT INTO t VALUES ('zora-of-old')", "DROP TABLE t"):
            database.execute(statement)
        database.commit()
    assert b"zora-of-old" in course.gradebook.read_bytes()
    assert forget("zora", "--yes").returncode == 0
    assert b"zora-of-old" not in course.gradebook.read_bytes()


@pytest.mark.parametrize("name", ["", ".", "..", "../zora", "zora/a0-small", "/etc", ".grading", "*", "zor?", "nobody"])
def test_a_name_that_is_nobodys_removes_nothing(course, forget, name):
    before = holds(course, b"")
    said = forget("--yes", "--", name)
    assert said.returncode == 2 and said.stderr.startswith("autograder: ") and said.stderr.count("\n") == 1
    assert holds(course, b"") == before


def test_links_are_removed_and_not_followed(course, forget, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "kept").write_text("x")
    shutil.rmtree(course.directory / "submitted" / "zora")
    (course.directory / "submitted" / "zora").symlink_to(tmp_path / "elsewhere")
    (course.directory / "feedback" / "zora" / "link").symlink_to(tmp_path / "elsewhere")
    assert forget("zora", "--yes").returncode == 0
    assert (tmp_path / "elsewhere" / "kept").exists()
    assert not os.path.lexists(course.directory / "submitted" / "zora")


def test_nobody_is_forgotten_without_being_asked_for(course, forget):
    before = holds(course, b"")
    said = forget("zora")
    assert said.returncode == 2 and "say --yes" in said.stderr and said.stderr.count("\n") == 1
    assert holds(course, b"") == before


@pytest.mark.parametrize(("answer", "there"), [(b"n\n", True), (b"\n", True), (b"y\n", False)])
def test_it_asks_at_a_terminal(course, answer, there):
    code, shown = at_a_terminal(lambda: app(["forget", "zora"], prog_name="autograder"), course.root, answer)
    assert b"Remove everything of 'zora'" in shown
    assert code == (1 if there else 0) and course.submission(ASSIGNMENT, "zora").exists() == there


def test_while_somebody_grades_it_waits_for_another_time(course, forget):
    before = holds(course, b"")
    with lock.held(course):
        said = forget("zora", "--yes")
    assert said.returncode == 2 and "somebody else is grading" in said.stderr
    assert holds(course, b"") == before
