"""Runs again, runs that are killed, checks that change: with the real sandbox, worker processes and gradebook."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import psutil
import pytest

from autograder import pipeline, replay
from autograder.course import lock, receipt, verdicts
from autograder.course.course import Course
from autograder.course.handed_in import submissions
from autograder.course.verdict import Verdict
from autograder.gradebook import record
from autograder.worker import OtherGrader
from tests.a1_class import autograder, environment
from tests.runs import state, ungraded
from tests.small_class import ASSIGNMENT, RIGHT, WRONG, by_hand, hand_in, row

CLASS = {"ada": RIGHT, "ben": RIGHT | WRONG, "cleo": {}, "dan": RIGHT | {"one": "import os\nos._exit(0)"}, "eve": WRONG}


def judged(graded):
    return sorted(one.verdict.student for one in graded if one.judged)


def saved(course, student) -> Verdict:
    return verdicts.load(course, ASSIGNMENT, student)


@pytest.fixture(scope="module")
def done(released_class, tmp_path_factory, grade):
    """A class that was graded without disturbance: what every other way must lead to. Not to be changed."""
    root = tmp_path_factory.mktemp("done") / "class"
    shutil.copytree(released_class, root)
    course = Course(root, root / "course")
    course.secret()
    for student, answers in CLASS.items():
        hand_in(course, student, answers)
    grade(course)
    return course


@pytest.fixture
def again(done, tmp_path):
    """A copy of that class."""
    shutil.copytree(done.root, tmp_path / "again")
    return Course(tmp_path / "again", tmp_path / "again" / "course")


@pytest.fixture
def fresh(done, tmp_path):
    """The same class before it was graded: same files, same secret."""
    return ungraded(done, tmp_path / "fresh")


def test_the_class_has_the_marks_that_it_deserves(done):
    assert {s: saved(done, s).score for s in CLASS} == {"ada": 6.5, "ben": 3.5, "cleo": 0, "dan": 4.5, "eve": 0}


def test_a_second_run_grades_nothing_and_changes_nothing(again, grade):
    before = state(again, ASSIGNMENT)
    assert judged(grade(again)) == []
    assert state(again, ASSIGNMENT) == before
    assert len(list((again.directory / "backups").iterdir())) == 1


def test_a_second_run_says_that_there_is_nothing_to_do(again, ask_warm):
    run = ask_warm(again.root, "grade", ASSIGNMENT)
    assert run.returncode == 0, run.stderr
    assert "5 of 5 submissions are unchanged since they were graded, nothing to grade" in run.stdout


def test_only_who_handed_in_something_else_is_judged(again, grade):
    hand_in(again, "cleo", RIGHT)
    assert judged(grade(again)) == ["cleo"]
    assert saved(again, "cleo").score == 6.5


@pytest.mark.parametrize("gone", ["verdict", "autograded"])
def test_a_missing_verdict_or_notebook_is_made_again(again, done, gone, grade):
    getattr(again, gone)(ASSIGNMENT, "ben").unlink()
    assert judged(grade(again)) == ["ben"]
    assert state(again, ASSIGNMENT) == state(done, ASSIGNMENT)


@pytest.mark.parametrize("text", ["", "{}", '{"blanks": 3}', '{"blanks": [], "colour": 1}'])
def test_a_verdict_that_cannot_be_read_is_no_verdict(again, done, text, grade):
    again.verdict(ASSIGNMENT, "ben").write_text(text)
    assert judged(grade(again)) == ["ben"]
    assert state(again, ASSIGNMENT) == state(done, ASSIGNMENT)


def test_everybody_can_be_judged_again(again, done, grade):
    assert judged(grade(again, again=True)) == sorted(CLASS)
    assert state(again, ASSIGNMENT) == state(done, ASSIGNMENT)


# checks that change


def stricter(course):
    """ben's 22 becomes right, and 2 becomes wrong."""
    path = course.root / "checks" / ASSIGNMENT / "two.py"
    path.write_text(path.read_text().replace('blank.call("two"), 2)', 'blank.call("two"), 22)'))


def test_a_changed_check_regrades_the_class_and_says_who_changed_by_how_much(again, ask_warm):
    stricter(again)
    run = ask_warm(again.root, "grade", ASSIGNMENT)
    assert run.returncode == 0, run.stderr
    assert {s: saved(again, s).score for s in CLASS} == {"ada": 3.5, "ben": 6.5, "cleo": 0, "dan": 1.5, "eve": 3}
    assert "+3:" in run.stdout and "-3:" in run.stdout and "two 3 → 0" in run.stdout and "two 0 → 3" in run.stdout
    assert "4 of 5 students' marks changed" in run.stdout


def test_diff_shows_the_same_and_writes_nothing(again, ask_warm):
    stricter(again)
    before = state(again, ASSIGNMENT)
    run = ask_warm(again.root, "grade", ASSIGNMENT, "--diff")
    assert "4 of 5 students' marks would change" in run.stdout and "two 3 → 0" in run.stdout
    assert state(again, ASSIGNMENT) == before
    assert len(list((again.directory / "backups").iterdir())) == 1


def test_a_check_that_only_reads_differently_changes_no_mark(again, ask_warm):
    path = again.root / "checks" / ASSIGNMENT / "two.py"
    path.write_text("# a remark\n" + path.read_text())
    run = ask_warm(again.root, "grade", ASSIGNMENT, "--diff")
    assert "0 of 5 students' marks would change" in run.stdout


# killed


def _hear_ctrl_c():
    """What is started in the background, as these tests may be, ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def begun(course, root, ready, *options) -> tuple[subprocess.Popen, list[psutil.Process]]:
    """(a process that grades, in a process group of its own, as `ready` said so; all that it has started)."""
    command = [sys.executable, "-m", "autograder", "grade", ASSIGNMENT, "--jobs", "2", *options]
    process = subprocess.Popen(
        command,
        cwd=course.root,
        env=environment(root),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=_hear_ctrl_c,
    )
    deadline = time.monotonic() + 60
    while not ready() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    return process, psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []


def kill_when(course, root, ready) -> None:
    """Start grading in a process, and kill it and nothing else, when `ready` says so."""
    process, family = begun(course, root, ready)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == [], "processes outlived the run that was killed"
    with lock.held(course):
        pass  # nor does its lock


# judging this takes twenty seconds
STUCK = {"one": "import time\ndef one():\n    while True: time.sleep(1)", "two": "import time\ntime.sleep(8)"}


@pytest.mark.parametrize(("options", "whom"), [((), "group"), (("--json",), "parent")])
def test_ctrl_c_ends_the_run_at_once_and_the_next_goes_on(fresh, done, root, whom, options, grade):
    for student in ("ben", "cleo", "dan", "eve"):
        hand_in(fresh, student, STUCK)
    ready = fresh.verdict(ASSIGNMENT, "ada").exists
    process, family = begun(fresh, root, ready, *options)
    (os.killpg if whom == "group" else os.kill)(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=8)  # which is too short for any of the others
    # 130 to a shell, both: where Ctrl-C falls into Python's exec of a text, `python -m` ends by the signal itself
    assert process.returncode in (130, -signal.SIGINT)
    assert err == "autograder: interrupted: what was judged is kept; run the command again.\n"
    if options:
        assert [verdict["student"] for verdict in json.loads(out or "[]")] in ([], ["ada"])
    assert len(family) > 4
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == [], "processes outlived the run that was interrupted"
    for student in ("ben", "cleo", "dan", "eve"):
        shutil.copytree(
            done.directory / "submitted" / student, fresh.directory / "submitted" / student, dirs_exist_ok=True
        )
    assert judged(grade(fresh)) == ["ben", "cleo", "dan", "eve"]
    assert state(fresh, ASSIGNMENT) == state(done, ASSIGNMENT)


@pytest.mark.parametrize("verdicts", [0, 1, 4])
def test_killed_at_any_moment_and_run_again_equals_a_run_undisturbed(fresh, done, root, verdicts, grade):
    def there(name):
        return len(list((fresh.directory / name).rglob("*.json" if name == "verdicts" else "*.ipynb")))

    kill_when(fresh, root, lambda: there("verdicts") >= verdicts if verdicts else there("autograded"))
    finished = there("verdicts")
    assert len(judged(grade(fresh))) == len(CLASS) - finished
    assert state(fresh, ASSIGNMENT) == state(done, ASSIGNMENT)


@pytest.fixture
def end_before(monkeypatch, grade):
    """`end_before(step, count, course)`: a run that ends just before the count-th verdict is saved, or recorded, or
    file of the pipeline's written: of each student the notebook, a note (new students') and the note again; or file
    for the exchange ("receipt"), two of each.
    """

    def run(step, count, course):
        owner = {"write_whole": pipeline, "save": verdicts, "note": verdicts, "receipt": receipt}.get(step, record)
        step = "write_whole" if owner is receipt else step
        real, left = getattr(owner, step), [count]

        def ending(*args, **kwargs):
            left[0] -= 1
            if left[0] == 0:
                raise KeyboardInterrupt
            return real(*args, **kwargs)

        with monkeypatch.context() as patch:
            patch.setattr(owner, step, ending)
            with pytest.raises(KeyboardInterrupt):
                grade(course)

    return run


TWICE = [(step, count) for step in ("write_whole", "note", "receipt") for count in (1, 2)]
STEPS = [("save", 1), ("record", 3), *TWICE]
NEXT_STEPS = [("save", 1), ("record", 1), ("write_whole", 1), ("note", 1), ("receipt", 1), ("receipt", 2)]


@pytest.mark.parametrize(("step", "count"), STEPS)
def test_ended_between_any_two_steps_and_run_again_equals_a_run_undisturbed(
    fresh, done, end_before, step, count, grade
):
    end_before(step, count, fresh)
    grade(fresh)
    assert state(fresh, ASSIGNMENT) == state(done, ASSIGNMENT)
    by_hand(fresh, "ada", "why", manual_score=4.0, needs_manual_grade=False)
    by_hand(fresh, "ben", "why", manual_score=4.0, needs_manual_grade=False)
    assert judged(grade(fresh)) == [] and not row(fresh, "ada", "why").needs_manual
    for student in ("ada", "ben"):  # each of whom may have been the one whose note was not written
        hand_in(fresh, student, CLASS[student], written="Something else.")
    grade(fresh)
    assert row(fresh, "ada", "why").needs_manual and row(fresh, "ben", "why").needs_manual


@pytest.mark.parametrize(("step", "count"), NEXT_STEPS)
def test_a_new_essay_is_put_before_staff_wherever_the_run_ended(again, end_before, step, count, grade):
    """All automatic marks and the time of handing in stay what they were."""
    by_hand(again, "ben", "why", manual_score=4.0, needs_manual_grade=False)
    hand_in(again, "ben", CLASS["ben"], written="Something else.")
    end_before(step, count, again)
    grade(again)
    assert (row(again, "ben", "why").manual, row(again, "ben", "why").needs_manual) == (4.0, True)
    by_hand(again, "ben", "why", manual_score=2.0, needs_manual_grade=False)
    assert judged(grade(again)) == []
    assert (row(again, "ben", "why").manual, row(again, "ben", "why").needs_manual) == (2.0, False)


def test_who_was_marked_and_handed_in_again_after_a_run_that_ended_is_put_before_staff(fresh, end_before, grade):
    """The run ends where the marks are recorded, and which file they are of is not yet noted."""
    for student in CLASS.keys() - {"ada"}:
        shutil.rmtree(fresh.directory / "submitted" / student)
    end_before("note", 2, fresh)
    by_hand(fresh, "ada", "why", manual_score=4.0, needs_manual_grade=False)
    hand_in(fresh, "ada", RIGHT, written="Something else.")
    grade(fresh)
    assert row(fresh, "ada", "why").needs_manual


def test_what_the_gradebook_lacks_is_recorded_without_judging(again, done, grade):
    shutil.copyfile(next((done.directory / "backups").iterdir()), again.gradebook)  # an old gradebook is put back
    assert judged(grade(again)) == []
    assert state(again, ASSIGNMENT) == state(done, ASSIGNMENT)


# what people entered


def test_marks_given_by_hand_survive_a_regrade_and_changed_ones_are_put_before_staff(again, grade):
    by_hand(again, "ben", "test_two", manual_score=2.0, extra_credit=0.5, needs_manual_grade=False)
    by_hand(again, "ada", "test_one", manual_score=1.0, needs_manual_grade=False)
    by_hand(again, "ben", "why", manual_score=4.0, needs_manual_grade=False)
    stricter(again)
    grade(again)
    ben, ada, why = row(again, "ben", "test_two"), row(again, "ada", "test_one"), row(again, "ben", "why")
    assert (ben.auto, ben.manual, ben.extra, ben.needs_manual) == (3.0, 2.0, 0.5, True)
    assert (ada.auto, ada.manual, ada.needs_manual) == (2.0, 1.0, False)
    assert (why.manual, why.needs_manual) == (4.0, False)


def test_a_new_file_puts_what_was_marked_by_hand_before_staff_again(again, grade):
    by_hand(again, "ben", "why", manual_score=4.0, needs_manual_grade=False)
    hand_in(again, "ben", RIGHT, written="Something else.")
    grade(again)
    assert (row(again, "ben", "why").manual, row(again, "ben", "why").needs_manual) == (4.0, True)


# replay


@pytest.fixture
def replayed(ask):
    return lambda course, student: ask(course.root, "replay", student, ASSIGNMENT)


def test_a_verdict_is_reached_again_to_the_letter(again, replayed):
    for student in ("ben", "dan"):
        run = replayed(again, student)
        assert run.returncode == 0 and "the same to the letter" in run.stdout, run.stdout + run.stderr


def test_a_verdict_that_differs_is_seen(again, replayed):
    path = again.verdict(ASSIGNMENT, "ben")
    path.write_text(path.read_text().replace('"score": 0.0', '"score": 1.0'))
    run = replayed(again, "ben")
    assert run.returncode == 1 and "NOT the verdict on record" in run.stdout and "two 1 → 0" in run.stdout


def test_another_file_or_other_checks_cannot_be_replayed(again, replayed):
    hand_in(again, "cleo", RIGHT)
    stricter(again)
    assert "cleo has handed in another file since" in replayed(again, "cleo").stderr
    run = replayed(again, "ben")
    assert run.returncode == 2 and "other notebook or checks" in run.stderr
    assert "no verdict" in replayed(again, "nobody").stderr


def test_what_was_judged_without_walls_is_not_run_again_without_being_allowed_to(again, replayed, ask_warm, tmp_path):
    mark = f"open({str(tmp_path / 'mark')!r}, 'w').close()\n"
    hand_in(again, "ben", RIGHT | {"one": mark + RIGHT["one"]})
    assert ask_warm(again.root, "grade", ASSIGNMENT, "ben", "--unsafe-no-sandbox").returncode == 0
    (tmp_path / "mark").unlink()
    run = replayed(again, "ben")
    assert run.returncode == 2 and "--unsafe-no-sandbox" in run.stderr and len(run.stderr.splitlines()) == 1
    assert not (tmp_path / "mark").exists()
    allowed = ask_warm(again.root, "replay", "ben", ASSIGNMENT, "--unsafe-no-sandbox")
    assert allowed.returncode == 0 and "the same to the letter" in allowed.stdout
    assert (tmp_path / "mark").exists()


def test_a_verdict_that_does_not_say_whether_there_were_walls_cannot_be_replayed(again):
    path = again.verdict(ASSIGNMENT, "ben")
    data = json.loads(path.read_text())
    del data["provenance"]["versions"]["sandbox"]
    path.write_text(json.dumps(data))
    with pytest.raises(replay.NotReproducible, match="does not say whether it was reached in a sandbox.*grade again"):
        replay.replay(again, ASSIGNMENT, "ben", unsafe_no_sandbox=True)


# two at once, and what fails


def test_a_class_is_graded_by_one_at_a_time_and_looked_at_by_any(again, ask_warm, root):
    before = state(again, ASSIGNMENT)
    with lock.held(again):
        run = autograder(root, again.root, "grade", ASSIGNMENT, "--again")
        assert run.returncode == 2 and "somebody else is grading the class" in run.stderr
        assert len(run.stderr.splitlines()) == 1 and state(again, ASSIGNMENT) == before
        assert ask_warm(again.root, "grade", ASSIGNMENT, "--diff").returncode == 0
    assert ask_warm(again.root, "grade", ASSIGNMENT).returncode == 0


def test_a_grading_run_holds_the_lock_from_its_first_mark_to_its_last(fresh, pool):
    for _ in pipeline.grade(fresh, ASSIGNMENT, ["ada", "ben"], pool):
        with pytest.raises(lock.GradedElsewhere), lock.held(fresh):
            pass
    with lock.held(fresh):
        pass


def test_where_nobody_can_judge_nothing_is_settled_or_backed_up(again, done):
    shutil.copyfile(next((done.directory / "backups").iterdir()), again.gradebook)  # the kept ones lack their marks
    shutil.rmtree(again.directory / "backups")
    hand_in(again, "cleo", RIGHT)
    before = state(again, ASSIGNMENT)

    class Refusing:
        width = 1

        def submit(self, *_):
            raise OtherGrader("another version.")

    with pytest.raises(OtherGrader):
        list(pipeline.grade(again, ASSIGNMENT, submissions(again, ASSIGNMENT), Refusing()))
    assert state(again, ASSIGNMENT) == before and not (again.directory / "backups").exists()


def test_whom_the_grader_failed_is_judged_again_and_counted(again, ask_warm):
    path = again.verdict(ASSIGNMENT, "ben")
    data = json.loads(path.read_text())
    data["blanks"][0] |= {"outcome": "undecided", "score": None}
    path.write_text(json.dumps(data | {"staff_notes": ["ValueError: a check's own bug"]}))
    hand_in(again, "cleo", RIGHT)
    run = ask_warm(again.root, "grade", ASSIGNMENT)
    assert "1 of 5 were judged again because the grader had failed with them" in run.stdout
    assert "had failed" not in ask_warm(again.root, "grade", ASSIGNMENT, "--again").stdout


def test_what_judged_is_on_record(done):
    provenance = saved(done, "ada").provenance
    assert set(provenance.versions) == {"python", "numpy", "matplotlib", "ipython", "sandbox"}
    assert len({provenance.seed, provenance.grader, provenance.assignment}) == 3
    assert provenance.seed == done.seed(ASSIGNMENT, saved(done, "ada").submission).hex()
