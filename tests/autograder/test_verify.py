"""What verifying remembers, and how it shares out its work: never a wrong memory, and the same report either way."""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from itertools import takewhile
from pathlib import Path

import pytest
from rich.console import Console

from autograder.authoring import verify as module
from autograder.authoring.new import new
from autograder.authoring.verify import verify
from autograder.course.course import Course
from autograder.judging.assignment import load_assignment
from autograder.judging.check_modules import use_checks
from autograder.report import verified_table

A2 = "a2-mine"


@pytest.fixture
def quick(monkeypatch):
    """A few seeds alone, and nothing that never ends."""
    monkeypatch.setattr("autograder.authoring.blank_trials.SEEDS", 3)
    monkeypatch.setattr(module, "walled", lambda check, stub: [])


@pytest.fixture(scope="module")
def verified_once(tmp_path_factory):
    """A course of two blanks that was verified."""
    root = tmp_path_factory.mktemp("verified")
    made = Course(root, root / "course")
    new(made, A2, "one")
    new(made, A2, "two")
    with pytest.MonkeyPatch.context() as patched:
        quick.__wrapped__(patched)
        assert verify(made, A2).ok
    return root


@pytest.fixture
def course(verified_once, quick, tmp_path):
    shutil.copytree(verified_once, tmp_path, dirs_exist_ok=True)
    return Course(tmp_path, tmp_path / "course")


@pytest.fixture
def judged(monkeypatch):
    """Which blanks were tried."""
    names, real = [], module._tried

    def counted(check, *more):
        names.append(check.name)
        return real(check, *more)

    monkeypatch.setattr(module, "_tried", counted)
    return names


def changed(course, blank, old, new):
    path = course.root / "checks" / A2 / f"{blank}.py"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def found(report):
    """What no seed decides."""
    return [(row.blank, row.label, row.kind, row.complaint) for row in report.rows]


def test_what_was_good_and_did_not_change_is_remembered(course, judged):
    remembered = verify(course, A2)
    assert judged == [] and remembered.ok and remembered.remembered == ("", "one", "two")
    again = verify(course, A2, again=True)
    assert judged == ["one", "two"] and again.remembered == ()
    assert found(again) == found(remembered)


def test_another_wrong_answer_tries_its_blank_alone_again(course, judged):
    changed(course, "two", "return 2 * c * x", "return c * 2 * x")
    assert verify(course, A2).remembered == ("", "one") and judged == ["two"]


@pytest.mark.parametrize("what", ["a right answer", "what is shared", "the notebook", "the grader"])
def test_what_any_blank_may_depend_on_tries_all_again(course, judged, monkeypatch, what):
    if what == "a right answer":
        changed(course, "one", "return x / (1 / c)", "return x / c**-1")
    elif what == "what is shared":
        changed(course, "__init__", "ALLOWED = ()", 'ALLOWED = ("datasets",)')
    elif what == "the notebook":
        path = course.source(A2)
        path.write_text(path.read_text().replace("Say here what this assignment", "This assignment"))
    else:
        monkeypatch.setattr("autograder.judging.assignment.grader_digest", lambda: "another")
    assert verify(course, A2).remembered == () and judged == ["one", "two"]


def test_what_is_not_good_is_tried_again_and_said_again(course, judged):
    changed(course, "two", "return x * c**0", "return x * c")  # a wrong answer that is right
    for _ in range(2):
        report = verify(course, A2)
        assert [(row.blank, row.label) for row in report.complaints] == [("two", "times one")]
    assert judged == ["two", "two"]


def test_what_never_ends_is_waited_for_once(verified_once):
    made = load_assignment(Course(verified_once, verified_once / "course"), A2)
    use_checks(made.checks)
    labels = [one.label for task in module._tasks({A2: made}, {A2: ["", "one", "two"]}) for one in task.variants]
    assert labels.count("an endless loop") == 1 and labels.count("text for a number") == 2


@pytest.mark.parametrize(
    ("forward", "said"),
    [
        ("", []),
        ("too", ["forward is 'too', expected the name of a blank"]),
        (
            "one",
            ["at home a product is told: But it is not the derivative of your own `one`: check that one."],
        ),
    ],
)
def test_what_is_said_at_home_of_a_right_answer_is_seen(course, judged, forward, said):
    """The derivative of c x with respect to x is not c x."""
    changed(course, "two", "witness=np.multiply,", f'witness=np.multiply, forward="{forward}",')
    report = verify(course, A2)
    assert [row.complaint for row in report.complaints] == said


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a": 1}'])
def test_a_memory_that_cannot_be_read_is_none(course, judged, text):
    (path,) = (course.directory / "verified").iterdir()
    path.write_text(text)
    assert verify(course, A2).remembered == ()


def test_a_memory_of_other_hashes_is_none(course, judged):
    (path,) = (course.directory / "verified").iterdir()
    kept = json.loads(path.read_text())
    path.write_text(json.dumps({key[::-1]: rows for key, rows in kept.items()}))
    assert verify(course, A2).remembered == ()


def test_several_workers_find_the_same(course, monkeypatch):
    alone = verify(course, A2)
    monkeypatch.setattr(module, "FEW", 0)
    told = []
    together = verify(course, A2, jobs=2, again=True, tell=lambda *at: told.append(at))
    assert sorted(found(together)) == sorted(found(alone))
    assert told[-1][0] == told[-1][1] == len(told)


def test_the_table_counts_what_is_as_it_must_be(course, judged):
    changed(course, "two", "return x * c**0", "return x * c")
    report = verify(course, A2, again=True)
    one, two = report.table()
    assert one == {
        "blank": "one",
        "right": "3/3",
        "wrong": "13/13",
        "named": "10/10",
        "mutants": "3/3",
        "same": "0",
        "false fails": "0/3",
        "wrong name": "0/72",
    }
    assert two["wrong"] == "12/13" and two["blank"] == "two"
    before = replace(report, remembered=("one",))
    assert before.summary().endswith("2 blanks (1 tried before, and unchanged), 1 not as they must be")


@pytest.mark.parametrize(
    ("of", "name", "counts"),
    [
        ("blank", "weighted_gradients", ("12/12", "33/33", "30/30", "114/120", "12", "0/12", "0/72")),
        ("blank", "a_name_that_is_longer_than_any_other", ("12/12", "33/33", "30/30", "114/120", "12", "0/12", "0/72")),
        ("assignment", "all", ("61", "350/350", "2193/2195", "1783/1785", "2379/2500", "121", "2/350", "0/3626")),
    ],
)
def test_the_table_fits_a_narrow_terminal_and_cuts_nothing(of, name, counts):
    columns = "blanks", "right", "wrong", "named", "mutants", "same", "false fails", "wrong name"
    console = Console(width=80, file=io.StringIO())
    console.print(verified_table([{of: name} | dict(zip(columns[-len(counts) :], counts, strict=True))]))
    head, rest = console.file.getvalue().split("─ \n")
    assert set(head.split()) >= {of, *" ".join(columns[-len(counts) :]).split()}
    rows = [*takewhile(str.strip, rest.splitlines())]
    first, *folded = map(str.split, rows)
    assert tuple(first[1:]) == counts and first[0] + "".join(map("".join, folded)) == name


@pytest.mark.parametrize(
    ("what", "code", "said"),
    [
        ("the terminal's Ctrl-C", 130, "autograder: interrupted: nothing of it is remembered."),
        ("the end of a worker", 2, "autograder: a worker process ended while it tried a1-neuron: is there memory"),
    ],
)
def test_work_that_is_broken_off_ends_at_once_in_one_sentence(root, tmp_path, what, code, said):
    """a1-neuron, which takes a minute, in a folder of its own."""
    shutil.copytree(root / "assignments" / "a1-neuron", tmp_path / "assignments" / "a1-neuron")
    command = [sys.executable, "-m", "autograder", "verify", "a1-neuron", "--jobs", "2"]
    own = {**os.environ, "PYTHONPATH": str(root)}
    options = {"stderr": subprocess.PIPE, "text": True, "start_new_session": True, "preexec_fn": hear_ctrl_c}
    run = subprocess.Popen(command, cwd=tmp_path, env=own, **options)
    try:
        workers = until(lambda: [pid for child in children(run.pid) if forks(child) for pid in children(child)])
        time.sleep(1)  # and they have begun
        if what == "the end of a worker":
            os.kill(workers[0], signal.SIGKILL)
        else:
            os.killpg(run.pid, signal.SIGINT)
        stderr = run.communicate(timeout=30)[1]
    finally:
        with suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)
    assert (run.returncode, stderr.count("\n")) == (code, 1) and stderr.startswith(said), stderr


def hear_ctrl_c():
    """What is started in the background, as tests may be, ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def children(pid):
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def forks(pid):
    return b"forkserver" in Path(f"/proc/{pid}/cmdline").read_bytes()


def until(found):
    """What is found, once there is something."""
    while not found():
        time.sleep(0.05)
    return found()
