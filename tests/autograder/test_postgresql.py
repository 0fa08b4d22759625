"""One class with its gradebook in SQLite and in PostgreSQL: a real server, by nbgrader_config.py, on both routes."""

import glob
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
import sqlalchemy
from nbgrader.api import Gradebook

from autograder.authoring import leaks
from autograder.authoring.release import ReleaseError, release
from autograder.course.course import Course
from autograder.course.verdict import FAILED, PASSED, UNDECIDED, BlankVerdict, Finding, Verdict
from autograder.gradebook.database import GradebookUnreachable
from autograder.gradebook.record import backup, marks, open_gradebook, record, require_released
from autograder.notebook import cells
from tests.a1_class import autograder
from tests.forked import nbgrader
from tests.small_class import ASSIGNMENT, source_notebook, write_checks

PASSWORD = "hunter2-of-the-class"
VERDICT = Verdict(
    ASSIGNMENT,
    "ada",
    "0" * 64,
    (
        BlankVerdict("one", 2.0, PASSED, 2.0),
        BlankVerdict("two", 3.0, FAILED, 1.5, (Finding("∂J/∂w", "is 3 times too large"),)),
        BlankVerdict("three", 1.5, UNDECIDED, None),
    ),
)


def program(name):
    """One of the server's programs, which Debian keeps off PATH."""
    found = shutil.which(name) or next(iter(sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"))[::-1]), None)
    return found or pytest.skip(f"PostgreSQL's {name} is not installed (Debian: apt-get install postgresql)")


@pytest.fixture(scope="module")
def server():
    """The address, without a database's name, of a server of its own; it refuses to run as root, so nobody runs it."""
    initdb, pg_ctl = program("initdb"), program("pg_ctl")
    home = Path(tempfile.mkdtemp(prefix="pg-"))
    (home / "password").write_text(PASSWORD)
    ordinary = {}
    if os.geteuid() == 0:
        ordinary = {"user": 65534, "group": 65534, "extra_groups": []}
        os.chown(home, 65534, 65534)
        os.chown(home / "password", 65534, 65534)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(*command):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT, "cwd": home, "timeout": 60}
        subprocess.run(command, check=True, **ordinary, **quiet)

    run(
        initdb,
        "-D",
        home / "data",
        "-U",
        "grader",
        "-A",
        "scram-sha-256",
        f"--pwfile={home / 'password'}",
        "--no-sync",
        "-E",
        "UTF8",
        "--no-locale",
    )
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c fsync=off -k {home}"
    run(pg_ctl, "-D", home / "data", "-o", options, "-l", home / "log", "-w", "start")
    yield f"postgresql://grader:{PASSWORD}@127.0.0.1:{port}"
    run(pg_ctl, "-D", home / "data", "-m", "immediate", "-w", "stop")
    shutil.rmtree(home)


def statement(server, text):
    engine = sqlalchemy.create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text(text))
    engine.dispose()


def configured(root, home, *lines):
    """nbgrader_config.py as the project has it, with what a class adds to it."""
    text = (root / "nbgrader_config.py").read_text()
    (home / "nbgrader_config.py").write_text(text + "\n".join(lines) + "\n")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def gradebook(request, tmp_path_factory):
    """(kind, an address for a class's gradebook that nothing is at yet)"""
    if request.param == "sqlite":
        return "sqlite", f"sqlite:///{tmp_path_factory.mktemp('elsewhere') / 'marks.db'}"
    server = request.getfixturevalue("server")
    statement(server, "CREATE DATABASE class_of_2027")
    return "postgresql", f"{server}/class_of_2027"


@pytest.fixture(scope="module")
def released(gradebook, root, tmp_path_factory):
    """A class of a0-small whose nbgrader_config.py names that gradebook, released by `release`."""
    home = tmp_path_factory.mktemp(gradebook[0])
    shutil.copytree(root / "lectures", home / "lectures", ignore=shutil.ignore_patterns("*.ipynb", "__pycache__"))
    shutil.copytree(root / "nnlib", home / "nnlib", ignore=shutil.ignore_patterns("__pycache__"))
    (home / "assignments" / ASSIGNMENT).mkdir(parents=True)
    for name in ("checks", "trusted/checks"):
        write_checks(home / name)
    nbformat.write(source_notebook(), home / "assignments" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb")
    configured(root, home, f"c.CourseDirectory.db_url = {gradebook[1]!r}")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        patch.setattr(leaks, "TRUSTED", home / "trusted")
        course = Course.here()
        release(course, ASSIGNMENT, verify=lambda name: SimpleNamespace(ok=True))
        yield course


def by_hand(course, student, cell, **values):
    with Gradebook(course.db_url) as gradebook:
        grade = gradebook.find_grade(cell, ASSIGNMENT, ASSIGNMENT, student)
        for name, value in values.items():
            setattr(grade, name, value)
        gradebook.db.commit()


def rows(course, student):
    return {mark.cell: mark for mark in marks(course.db_url, ASSIGNMENT) if mark.student == student}


def test_the_release_is_in_the_gradebook_that_nbgrader_config_names(released, gradebook):
    assert released.db_url == gradebook[1]
    assert not released.gradebook.exists()
    require_released(released, ASSIGNMENT)


def test_recorded_recorded_again_and_marked_by_staff(released):
    with open_gradebook(released.db_url) as gradebook:
        assert record(gradebook, VERDICT)
        assert not record(gradebook, VERDICT)
    found = rows(released, "ada")
    assert [found[f"test_{name}"].auto for name in ("one", "two", "three")] == [2.0, 1.5, None]
    assert found["test_two"].comment == "1.5 of 3 points.\n∂J/∂w: is 3 times too large"
    by_hand(released, "ada", "test_two", manual_score=2.5, extra_credit=0.5, needs_manual_grade=False)
    with open_gradebook(released.db_url) as gradebook:
        assert not record(gradebook, VERDICT, resubmitted=False)
        assert not rows(released, "ada")["test_two"].needs_manual
        assert record(gradebook, VERDICT)
    assert rows(released, "ada")["test_two"][3:6] == (2.5, 0.5, True)


def test_released_again_over_submissions_unless_cells_change(released, monkeypatch):
    monkeypatch.setattr(leaks, "TRUSTED", released.root / "trusted")
    with open_gradebook(released.db_url) as gradebook:
        record(gradebook, VERDICT)
    before, source = marks(released.db_url, ASSIGNMENT), released.source(ASSIGNMENT)
    assert release(released, ASSIGNMENT, verify=lambda name: SimpleNamespace(ok=True)).bundle.exists()
    changed = source_notebook()
    changed.cells[7:9] = []
    nbformat.write(changed, source)
    try:
        with pytest.raises(ReleaseError, match=r"are recorded \(\d+\), and since then three is gone; restore"):
            release(released, ASSIGNMENT, verify=lambda name: SimpleNamespace(ok=True))
    finally:
        nbformat.write(source_notebook(), source)
    assert marks(released.db_url, ASSIGNMENT) == before


def test_the_commands_grade_into_it_and_keep_what_staff_entered(released, root, ask, gradebook):
    """`autograder grade`, staff, `nbgrader autograde`, `autograder feedback`: one gradebook, a password nobody sees."""
    notebook = nbformat.read(released.directory / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
    for cell in notebook.cells:
        if cells.grade_id(cell) in ("one", "two"):
            cell.source = f"def {cells.grade_id(cell)}():\n    return 1"
    path = released.submission(ASSIGNMENT, "zoe")
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)
    graded = autograder(root, released.root, "grade", ASSIGNMENT)
    assert graded.returncode == 0, graded.stdout + graded.stderr
    assert f"gradebook: {released.db_name}" in graded.stdout.splitlines()
    ours = rows(released, "zoe")
    assert [ours[f"test_{name}"].auto for name in ("one", "two", "three")] == [2.0, 0.0, 0.0]
    by_hand(released, "zoe", "test_two", manual_score=1.0, extra_credit=0.5, needs_manual_grade=False)
    theirs = nbgrader(released.root, "autograde", ASSIGNMENT, "--force")
    assert theirs.returncode == 0, theirs.stderr
    kept = ours["test_two"]._replace(manual=1.0, extra=0.5, needs_manual=False)
    assert rows(released, "zoe") == ours | {"test_two": kept}
    pages = ask(released.root, "feedback", ASSIGNMENT)
    assert pages.returncode == 0, pages.stderr
    page = re.sub("<[^>]*>", " ", released.feedback(ASSIGNMENT, "zoe").read_text())
    assert "two Partly right 1.5 of 3 three Not right yet 0 of 1.5" in " ".join(page.split())
    for run in (graded, theirs, pages):
        assert PASSWORD not in run.stdout + run.stderr
    assert not released.gradebook.exists()


def test_a_backup_can_be_put_back(released, gradebook, request, tmp_path):
    with open_gradebook(released.db_url) as book:
        record(book, VERDICT)
    before, copy = marks(released.db_url, ASSIGNMENT), backup(released)
    assert copy.stat().st_mode & 0o777 == 0o600 and not list(copy.parent.glob(".*"))
    if gradebook[0] == "sqlite":
        assert marks(f"sqlite:///{copy}", ASSIGNMENT) == before
        return
    server = request.getfixturevalue("server")
    statement(server, "CREATE DATABASE restored")
    subprocess.run([program("pg_restore"), f"--dbname={server}/restored", copy], check=True, timeout=60)
    assert marks(f"{server}/restored", ASSIGNMENT) == before and before


# PostgreSQL alone


@pytest.fixture
def refused(root, tmp_path, ask_warm):
    """The sentence with which `autograder grade` ends when nbgrader_config.py says `line`."""
    shutil.copytree(root / "assignments" / "a1-neuron", tmp_path / "assignments" / "a1-neuron")
    (tmp_path / "course" / "submitted" / "ada" / "a1-neuron").mkdir(parents=True)

    def grade(line):
        configured(root, tmp_path, line)
        run = ask_warm(tmp_path, "grade", "a1-neuron")
        assert run.returncode == 2 and PASSWORD not in run.stdout + run.stderr, run.stdout + run.stderr
        assert len(run.stderr.splitlines()) == 1, run.stderr
        return run.stderr.strip()

    return grade


def test_a_server_that_is_not_there_is_one_sentence(refused):
    said = refused(f"c.CourseDirectory.db_url = 'postgresql://grader:{PASSWORD}@127.0.0.1:9/marks'")
    assert said.startswith("autograder: The gradebook postgresql://grader:***@127.0.0.1:9/marks cannot be used: ")
    assert "refused" in said and said.endswith("See c.CourseDirectory.db_url in nbgrader_config.py.")


def test_a_configuration_that_cannot_be_run_is_one_sentence(refused):
    assert refused("c.CourseDirectory.db_url = password").endswith(
        "nbgrader_config.py cannot be run: NameError: name 'password' is not defined"
    )


@pytest.mark.parametrize(
    ("db_url", "said"),
    [
        (f"postgresql//grader:{PASSWORD}@host/marks", "The gradebook's address cannot be read: "),
        (f"postgresql://grader:{PASSWORD}@host:port/marks", "The gradebook's address cannot be read: "),
        (f"oracel://grader:{PASSWORD}@host/marks", "Can't load plugin: sqlalchemy.dialects:oracel"),
        (f"mysql://grader:{PASSWORD}@host/marks", "No module named 'MySQLdb'"),
        (f"postgresql://grader:{PASSWORD}@127.0.0.1:9/marks?connect_timeout={PASSWORD}", "***"),  # the driver quotes it
        ("sqlite:////nowhere/all.db", "The gradebook /nowhere/all.db cannot be used: unable to open database file"),
    ],
)
def test_an_address_that_is_none_is_one_sentence(db_url, said):
    with pytest.raises(GradebookUnreachable) as error, open_gradebook(db_url):
        pass
    assert said in str(error.value) and PASSWORD not in str(error.value) and "\n" not in str(error.value)


def test_a_wrong_password_and_a_missing_right_are_one_sentence_each(server):
    wrong = server.replace(PASSWORD, "wrong-" + PASSWORD)
    with pytest.raises(GradebookUnreachable, match="password authentication failed") as error, open_gradebook(wrong):
        pass
    assert PASSWORD not in str(error.value)
    statement(server, f"CREATE ROLE guest LOGIN PASSWORD '{PASSWORD}'")
    guest = server.replace("grader", "guest") + "/postgres"
    with pytest.raises(GradebookUnreachable, match="permission denied for schema public"), open_gradebook(guest):
        pass


def test_a_server_that_goes_away_is_one_sentence_and_the_next_verdict_is_recorded(server, released, gradebook):
    if gradebook[0] == "sqlite":
        pytest.skip("a file does not go away")
    with open_gradebook(released.db_url) as book:
        record(book, VERDICT)
        statement(server, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'class_of_2027'")
        with pytest.raises(GradebookUnreachable, match="terminat"):
            record(book, VERDICT)
        assert not record(book, VERDICT)


def test_without_pg_dump_a_line_says_who_makes_backups(released, gradebook, monkeypatch, capsys):
    if gradebook[0] == "sqlite":
        pytest.skip("a file is copied without any program")
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    assert backup(released) is None
    assert capsys.readouterr().err == (
        f"{released.db_name} is not backed up by this program, only by its server: the program pg_dump is not on PATH\n"
    )


def test_another_class_of_the_same_folder_keeps_its_own_gradebook(released, gradebook):
    demo = Course.here("course/demo")
    assert demo.db_url == f"sqlite:///{demo.gradebook}"
    assert Course.here().db_url == gradebook[1] and PASSWORD not in Course.here().db_name + repr(Course.here())
