"""The command line as a stranger uses it: what goes wrong is one clear line, and nothing is lost on the way."""

import hashlib
import json
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder import cli, pipeline
from autograder.cli import app
from autograder.executor import SchedulerError, cores
from autograder.judging.judge import UNSAFE_NOTE
from autograder.sandbox.sandbox import Sandbox
from autograder.sandbox.walls import SandboxUnavailable
from tests.a1_class import ASSIGNMENT, UNCHECKED, autograder, environment, hand_in, released, solved, verdict

WRONG = "def row_gradients(X, delta):\n    return X.T @ delta, delta.sum()"


@pytest.fixture(scope="module")
def course(root, tmp_path_factory):
    """A released class of two who handed in."""
    course = released(root, tmp_path_factory.mktemp("cli"))
    hand_in(course, "ada", solved(course))
    hand_in(course, "bob", solved(course, row_gradients=WRONG))
    return course


@pytest.fixture
def bare(root, tmp_path):
    """A course in which nothing has happened yet."""
    (tmp_path / "assignments").symlink_to(root / "assignments")
    return tmp_path


def contents(directory: Path) -> dict:
    """What every file below a directory holds."""
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in directory.rglob("*") if path.is_file()}


def refused(ended, *words):
    """One clear line on standard error, nothing on standard output, and an exit code that says so."""
    assert ended.returncode == 2, ended
    assert ended.stdout == ""
    line, *more = ended.stderr.splitlines()
    assert more == [], ended.stderr
    assert line.startswith("autograder: ") and line.endswith(".") and "Traceback" not in line
    for word in words:
        assert word in line, line


# what can be asked for wrongly


@pytest.mark.parametrize("command", ["grade", "release", "verify", "feedback"])
def test_an_unknown_assignment(ask, course, command):
    before = contents(course.directory)
    refused(ask(course.root, command, "a9-nothing"), "a9-nothing")
    assert contents(course.directory) == before


def test_grading_names_the_assignments_that_there_are(ask, course):
    refused(ask(course.root, "grade", "a9-nothing"), "known: a1-neuron")


def test_nobody_has_handed_in(ask, bare):
    refused(ask(bare, "grade", ASSIGNMENT), "There is no class")
    assert not (bare / "course").exists()
    (bare / "course").mkdir()
    refused(ask(bare, "grade", ASSIGNMENT), "nobody has handed in", "submitted/<student>/a1-neuron")
    assert list((bare / "course").iterdir()) == []


def test_a_student_who_has_not_handed_in(ask, course):
    before = contents(course.directory)
    refused(ask(course.root, "grade", ASSIGNMENT, "ada", "zoe"), "no submission", "by zoe", "ada, bob")
    assert contents(course.directory) == before


def test_an_assignment_that_was_not_released(ask, bare):
    handed_in = bare / "course" / "submitted" / "ada" / ASSIGNMENT
    handed_in.mkdir(parents=True)
    (handed_in / f"{ASSIGNMENT}.ipynb").write_text("{}")
    before = contents(bare / "course")
    refused(ask(bare, "grade", ASSIGNMENT), "release", ASSIGNMENT)
    assert contents(bare / "course") == before


def test_feedback_before_grading(ask, bare):
    (bare / "course").mkdir()
    refused(ask(bare, "feedback", ASSIGNMENT), "a1-neuron")


def test_feedback_for_a_student_who_was_not_graded(ask, ask_warm, course):
    assert ask_warm(course.root, "grade", ASSIGNMENT, "ada").returncode == 0
    refused(ask(course.root, "feedback", ASSIGNMENT, "zoe"), "zoe")


def test_no_arguments_and_unknown_commands_explain_themselves(ask, bare):
    for arguments, said in (
        ((), "grade"),
        (("--help",), "Commands"),
        (("nonsense",), "nonsense"),
        (("grade",), "assignment"),
    ):
        run = ask(bare, *arguments)
        assert said in run.stdout + run.stderr and "Traceback" not in run.stderr
        assert run.returncode == (0 if arguments == ("--help",) else 2)


# what it prints


def test_json_is_all_that_standard_output_gets(root, course):
    run = autograder(root, course.root, "grade", ASSIGNMENT, "--json")
    assert (run.returncode, run.stderr) == (0, "")
    ada, bob = json.loads(run.stdout)
    assert (ada["student"], sum(blank["score"] for blank in ada["blanks"])) == ("ada", 40.0)
    assert [blank["diagnosis"] for blank in bob["blanks"] if blank["score"] < blank["points"]] == ["missing_mean"]
    assert json.loads(run.stdout)[1] == json.loads(course.verdict(ASSIGNMENT, "bob").read_text())


def test_more_jobs_than_cores_are_told_what_they_share(ask, course):
    told = [ask(course.root, "grade", ASSIGNMENT, "ada", "--jobs", str(jobs)) for jobs in (cores() + 1, cores())]
    assert [run.returncode for run in told] == [0, 0]
    assert f"{cores() + 1} submissions at once share {cores()} core" in told[0].stderr and "share" not in told[1].stderr


@pytest.mark.parametrize(("graded", "printed"), [(2, ["ada", "bob"]), (1, ["ada"]), (0, None)])
def test_json_parses_where_an_error_ends_it(ask_warm, course, monkeypatch, graded, printed):
    real = pipeline.grade

    def failing(*args, **kwargs):
        yield from islice(real(*args, **kwargs), graded)
        raise SchedulerError("the scheduler went away.")

    monkeypatch.setattr(pipeline, "grade", failing)
    run = ask_warm(course.root, "grade", ASSIGNMENT, "--json")
    assert run.returncode == 2 and run.stderr == "autograder: the scheduler went away.\n"
    assert (run.stdout and [verdict["student"] for verdict in json.loads(run.stdout)]) == (printed or "")


def test_an_empty_scheduler_is_not_this_machine(ask, course):
    refused(ask(course.root, "grade", ASSIGNMENT, "--scheduler", ""), "the scheduler's address is ''")


def test_a_fault_of_this_program_is_not_passed_off_as_the_users(course, monkeypatch):
    """What says KeyError to us says nothing to them: it keeps its traceback."""

    def broken(*_, **__):
        raise KeyError("ada")

    monkeypatch.chdir(course.root)
    monkeypatch.setattr(pipeline, "grade", broken)
    monkeypatch.setattr(cli, "replay", broken)
    monkeypatch.setattr(pipeline, "write_feedback", broken)
    for command in (("grade", ASSIGNMENT), ("replay", "ada", ASSIGNMENT), ("feedback", ASSIGNMENT)):
        assert isinstance(CliRunner().invoke(app, command).exception, KeyError)


def test_json_of_the_feedback_pages(ask_warm, course):
    assert ask_warm(course.root, "grade", ASSIGNMENT, "ada").returncode == 0
    run = ask_warm(course.root, "feedback", ASSIGNMENT, "ada", "--json")
    assert json.loads(run.stdout) == [str(course.feedback(ASSIGNMENT, "ada"))]


def test_the_console_script_is_the_same_program(root, course):
    script = Path(sys.executable).parent / "autograder"
    command = [script, "grade", ASSIGNMENT, "ada", "--again"]
    run = subprocess.run(command, cwd=course.root, env=environment(root), **UNCHECKED)
    assert run.returncode == 0, run.stderr
    (line,) = [line for line in run.stdout.splitlines() if "ada" in line and "/ 40" in line]
    assert "40 / 40" in line and "bob" not in run.stdout
    assert f"gradebook: {course.gradebook}" in run.stdout.splitlines()


def test_another_class_by_option_and_by_environment(ask, ask_warm, course):
    for arguments, more in (
        (("--course", "course"), {"AUTOGRADER_COURSE": "elsewhere"}),
        ((), {"AUTOGRADER_COURSE": "course"}),
    ):
        assert ask_warm(course.root, "grade", ASSIGNMENT, "ada", *arguments, **more).returncode == 0
    refused(
        ask_warm(course.root, "grade", ASSIGNMENT, AUTOGRADER_COURSE="elsewhere"), "There is no class", "/elsewhere:"
    )
    assert not (course.root / "elsewhere").exists()


# walls


@pytest.fixture
def ungraded(root, course):
    """What the class's files were; and that they are the same afterwards."""
    before = contents(course.directory)
    yield
    after = contents(course.directory)
    for name in ("secret", ".grading"):  # drawn, or made, on first use, whatever comes of it
        after.pop(str(course.directory / name), None)
        before.pop(str(course.directory / name), None)
    assert after == before


def test_without_bubblewrap_nothing_is_graded(root, course, ungraded, tmp_path):
    (tmp_path / "python").symlink_to(sys.executable)  # a PATH without bwrap
    run = autograder(root, course.root, "grade", ASSIGNMENT, "--again", "--jobs", "1", PATH=str(tmp_path))
    refused(run, "bubblewrap", "apt-get install")


@pytest.mark.parametrize("script", [
    "echo 'bwrap: No permissions to create a new namespace' >&2; exit 1",
    "exit 0",
    "kill -9 $$",
    "echo '[/red] markup [bold]' >&2; exit 1",
])  # fmt: skip
def test_a_bubblewrap_that_fails_is_one_line(root, course, ungraded, tmp_path, script):
    stub = tmp_path / "bwrap"
    stub.write_text(f"#!/bin/sh\n{script}\n")
    stub.chmod(0o755)
    first = f"{tmp_path}:{os.environ['PATH']}"
    run = autograder(root, course.root, "grade", ASSIGNMENT, "--again", "--jobs", "1", PATH=first)
    refused(run, "cannot make a sandbox here", "nothing is graded without one")
    if "namespace" in script:
        assert "No permissions to create a new namespace" in run.stderr


def test_verify_and_release_need_walls_too(ask, course, ungraded, tmp_path):
    for command in ("verify", "release"):
        refused(ask(course.root, command, ASSIGNMENT, PATH=str(tmp_path)), "bubblewrap")


def test_without_a_sandbox_every_report_says_so(ask, ask_warm, course):
    run = ask(course.root, "grade", ASSIGNMENT, "--unsafe-no-sandbox", PATH="/nowhere")
    assert run.returncode == 0, run.stderr
    assert UNSAFE_NOTE in run.stdout.splitlines()  # and not only in the table
    for student, score in (("ada", 40.0), ("bob", 33.0)):
        found = verdict(course, student)
        assert (found.score, found.notes) == (score, (UNSAFE_NOTE,))
    assert ask(course.root, "feedback", ASSIGNMENT).returncode == 0
    assert UNSAFE_NOTE in course.feedback(ASSIGNMENT, "ada").read_text()
    unsafe = json.loads(ask_warm(course.root, "grade", ASSIGNMENT, "--json", "--unsafe-no-sandbox").stdout)
    assert [entry["notes"] for entry in unsafe] == [[UNSAFE_NOTE]] * 2
    safe = json.loads(ask_warm(course.root, "grade", ASSIGNMENT, "--json").stdout)
    assert [entry["notes"] for entry in safe] == [[]] * 2


def test_on_another_system_it_says_that_linux_is_needed(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(SandboxUnavailable, match="needs Linux, and this is darwin"):
        Sandbox()


def test_without_the_seccomp_library_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyseccomp", None)
    with pytest.raises(SandboxUnavailable, match="libseccomp2"):
        Sandbox()


def test_the_command_line_starts_where_there_is_no_seccomp(root, bare):
    program = "import sys; sys.modules['pyseccomp'] = None; from autograder.cli import app; app(['grade', 'a1-neuron'])"
    run = subprocess.run([sys.executable, "-c", program], cwd=bare, env=environment(root), **UNCHECKED)
    refused(run, "There is no class")
