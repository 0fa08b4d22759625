"""The grading benchmark's own parts: its class, the processes whose memory counts, its verdicts. No timing."""

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

import nbformat
import pytest

from autograder.judging.check_modules import answers_of
from autograder.notebook import cells
from tests.a1_class import ASSIGNMENT
from tests.benchmarks import classes, grading


@pytest.fixture(scope="module")
def source(root):
    return nbformat.read(root / "assignments" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)


each_subject = pytest.mark.parametrize("of", classes.SUBJECTS.values(), ids=classes.SUBJECTS)


@each_subject
def test_the_class_is_always_the_same_and_fails_often_enough(of):
    students = classes.made_up(grading.STUDENTS, of=of)
    assert students == classes.made_up(grading.STUDENTS, of=of) != classes.made_up(grading.STUDENTS, seed=5, of=of)
    assert len(students) >= 40 and sum(student.kind != "right" for student in students) >= 0.4 * len(students)
    assert sum(student.kind == "wrong and followed" for student in students) >= 4
    assert [student.kind for student in students].count("crash") == len(students) // classes.BAD


@each_subject
def test_right_and_wrong_answers_are_what_their_files_say(of):
    right = {(v.blank, v.code): v.right for v in answers_of(of.assignment)}
    for student in classes.made_up(grading.STUDENTS, of=of):
        if student.kind == "crash":
            continue
        wrong = [blank for blank, code in student.answers.items() if not right[blank, code]]
        least, most = {"right": (0, 0), "wrong": (1, 3), "wrong and followed": (1, 1)}[student.kind]
        assert least <= len(wrong) <= most, student.kind


@each_subject
def test_a_followed_blank_is_answered_rightly_by_calling_the_wrong_one(of):
    for student in classes.made_up(grading.STUDENTS, of=of):
        if student.kind == "wrong and followed":
            assert any(f"{first}(" in student.answers[later] for first, later, _ in of.followed)


def test_copies_keep_the_mix_and_differ_in_the_file(source):
    some = classes.made_up(3)
    many = list(classes.copies(some, 9))
    assert [student.kind for student in many] == 3 * [student.kind for student in some]
    files = {json.dumps(classes.notebook(source, student)) for student in many}
    assert len(files) == len({student.name for student in many}) == 9


def test_what_is_handed_in_says_nothing_of_solutions_or_hidden_tests(source):
    made = classes.notebook(source, classes.made_up(1)[0])
    assert not [cell for cell in made.cells if "SOLUTION" in cell.source or "HIDDEN" in cell.source]
    written = [cell.source for cell in made.cells if cells.kind(cell) == cells.WRITTEN]
    assert len(written) == 1 and written[0].startswith("s0000 says")


def test_ratios_are_judged_on_the_right_side():
    assert grading.at_least(15.0, 15.0) == (0, "ratio 15.00 target 15.00")
    assert grading.at_least(14.9, 15.0) == (1, "ratio 14.90 target 15.00")
    assert grading.at_most(1.1, 0.9, 1.1) == (0, "memory: ratio 0.90 target 1.10\nratio 1.10 target 1.10")
    assert grading.at_most(1.0, 1.2, 1.1)[0] == grading.at_most(1.2, 1.0, 1.1)[0] == 1
    assert grading.at_least(float("nan"), 15.0)[0] == grading.at_most(float("nan"), 1.0, 1.1)[0] == 1


def test_the_start_up_is_no_part_of_a_submissions_time():
    assert grading.after_first(grading.Run(seconds=12.0, first=2.0, peak=0), 51) == 0.2


def test_memory_counts_the_graders_processes_without_the_sandboxes(tmp_path):
    sandbox = shutil.copy(shutil.which("sleep"), tmp_path / "bwrap")
    command = f'"{sandbox}" 60 & sleep 60 & echo "$!"; wait'
    with subprocess.Popen(["sh", "-c", command], stdout=subprocess.PIPE, text=True, start_new_session=True) as shell:
        try:
            sleeping = int(shell.stdout.readline())
            assert _until_named(shell.pid, 2) and sorted(grading.hosts(shell.pid)) == sorted([shell.pid, sleeping])
            assert grading.most_held(shell.pid) > 100_000
        finally:
            os.killpg(shell.pid, signal.SIGKILL)
    assert grading.hosts(shell.pid) == [] and grading.most_held(shell.pid) == 0


def _until_named(pid: int, number: int) -> bool:
    """Wait until the shell's children are no longer the shell itself."""
    while True:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        names = [Path(f"/proc/{child}/comm").read_text().strip() for child in children]
        if sorted(names) == ["bwrap", "sleep"]:
            return len(names) == number


def test_a_command_that_fails_is_no_measurement(tmp_path):
    (tmp_path / "fails.py").write_text("raise SystemExit('no such option')\n")
    with pytest.raises(RuntimeError, match=r"no-such-thing.* ended with 1: no such option"):
        grading.run(tmp_path, "fails", "--no-such-thing")


def test_a_command_is_timed_to_its_first_result(tmp_path):
    (tmp_path / "works.py").write_text("import time\nopen('first', 'w').close()\ntime.sleep(0.3)\n")
    one = grading.run(tmp_path, "works", result=(tmp_path / "first").exists)
    assert 0 < one.first < one.seconds and one.peak > 1_000_000


def test_a_class_without_marks_or_pages_is_no_measurement(tmp_path):
    students = classes.made_up(1)
    course = classes.course_here(tmp_path / "here", students)
    with pytest.raises(RuntimeError, match="s0000 has no marks or no page"):
        grading.outcome(course, course.db_url, students)


def test_unknown_arguments_are_told(capsys):
    assert (
        grading.main(["--size"]) == 2 and "expected nothing, a1-neuron or a4-mlp, or --scale" in capsys.readouterr().out
    )


def test_every_part_of_grading_is_timed_where_it_happens(tmp_path):
    students = classes.made_up(2)
    parts = grading.where_time_goes(classes.course_here(tmp_path / "here", students), students)
    assert all(seconds > 0 for seconds in parts.values()), parts
    print({name: round(1000 * seconds, 1) for name, seconds in parts.items()})
