"""One warm process for many: lent, outlived, replaced; and how a command starts."""

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from autograder import startup, worker
from autograder.course.course import Course
from autograder.course.handed_in import Submission
from autograder.executor import workers
from autograder.judging.assignment import load_assignment
from autograder.notebook.rebuild import restored
from autograder.sandbox import walls
from autograder.sandbox.memory import uses_more
from autograder.sandbox.sandbox import Sandbox
from autograder.sandbox.walls import SandboxUnavailable
from autograder.sandbox.zygote import Zygote, borrowed

PROBE = """
import select
def probe():
    poll = select.poll()
    for descriptor in range(3, 200):
        poll.register(descriptor, 0)
    return 197 - sum(event == select.POLLNVAL for _, event in poll.poll(0))
"""


@pytest.fixture
def zygote():
    with Zygote() as made:
        yield made


def opened(box):
    """How many descriptors a submission of this sandbox finds open: its own socket should be the only one."""
    with box.session() as session:
        session.run([{"source": PROBE, "isolated": False}])
        with session.fork() as fork:
            return fork.call("probe", ()).value


def test_many_are_served_and_see_nothing_of_each_other(zygote):
    with Sandbox(control=borrowed(zygote.control)) as one, Sandbox(control=borrowed(zygote.control)) as two:
        with one.session() as ours:  # under way while another host asks
            assert opened(two) == 1
            assert ours.run([{"source": "1 + 1", "isolated": False}])[0]["outputs"]
        one.close()
        assert opened(two) == 1
        assert two._zygote is None


def test_what_has_been_lent_is_replaced_when_it_has_ended(zygote):
    with Sandbox(control=borrowed(zygote.control)) as box:
        assert opened(box) == 1
        zygote.close()
        assert opened(box) == 1
        assert box._zygote is not None


def test_a_host_that_asks_and_goes_costs_the_others_nothing(zygote):
    for _ in range(3):
        with Sandbox(control=borrowed(zygote.control)) as gone:
            gone.session().__enter__()  # never ended
    with Sandbox(control=borrowed(zygote.control)) as box:
        assert opened(box) == 1


def test_it_ends_with_its_owner(zygote):
    lent = borrowed(zygote.control)
    zygote.wait()
    zygote.control.close()
    assert zygote._process.wait(10) == 0
    assert lent.recv(1) == b""


def test_walls_that_fall_are_told_by_whoever_waits(monkeypatch):
    monkeypatch.setattr(walls, "command", lambda *_: [sys.executable, "-c", "raise SystemExit('no such namespace')"])
    with Zygote() as broken, pytest.raises(SandboxUnavailable, match="no such namespace"):
        broken.wait()
    with pytest.raises(SandboxUnavailable, match="no such namespace"), Zygote() as dying:
        Sandbox(control=borrowed(dying.control)).session().__enter__()  # it may have ended before or after that
    dying = Zygote()
    dying._process.wait()
    assert borrowed(dying.control) is None
    dying.close()


def test_without_bubblewrap_nothing_is_shared_and_the_workers_say_why(root, monkeypatch):
    made = load_assignment(Course(root, root / "course"), "a1-neuron")
    with worker.shared(made) as (_, control):
        assert control.fileno() >= 0
    monkeypatch.setenv("PATH", "/nowhere")
    with worker.shared(made) as lent:
        assert lent is None
    with pytest.raises(SandboxUnavailable, match="bubblewrap is not installed"):
        worker.warm(made)


def judge_of(made):
    """Whether this worker process's judge has borrowed its warm process."""
    worker.warm(made)
    return worker._judge[1]._box._zygote is None


def test_workers_of_a_machine_share_one_and_never_that_of_other_checks(root):
    made = load_assignment(Course(root, root / "course"), "a1-neuron")
    with worker.shared(made) as lent, workers(2, lent=lent) as pool:
        assert [pool.submit(judge_of, one).result() for one in (made, made, made)] == [True] * 3
        assert not pool.submit(judge_of, replace(made, sandboxed=False)).result()
        other = made.source.replace("perceptron", "neuron")
        assert not pool.submit(judge_of, replace(made, source=other)).result()


def test_after_a_fault_of_ours_a_worker_starts_its_own(root, monkeypatch):
    made = load_assignment(Course(root, root / "course"), "a1-neuron")
    tried = []

    def failing(judge, source, submission):
        tried.append(judge._box._zygote is None)
        return worker._failed(source, submission, "ours"), restored(source)

    monkeypatch.setattr(worker, "_verdict_on", failing)
    with worker.shared(made) as lent:
        worker.borrow(lent)
        worker.judge_submission(made, Submission("a1-neuron", "ada", b"", "5ub", b"5eed"))
        worker.dismiss()
    assert tried == [True, False]


# memory


def test_what_forks_share_counts_once():
    program = """
import os, sys, time
block = bytearray(b"x") * (100 << 20)
for _ in range(4):
    if os.fork() == 0:
        time.sleep(60)
print("ready", flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, start_new_session=True) as process:
        try:
            assert process.stdout.readline() == b"ready\n"
            time.sleep(0.2)
            assert uses_more(process.pid, 100 << 20) and not uses_more(process.pid, 200 << 20)
        finally:
            os.killpg(process.pid, 9)
    assert not uses_more(process.pid, 0) and not uses_more(-1, 0)


def test_a_process_may_end_while_it_is_looked_at(monkeypatch):
    def gone(path, _):
        raise FileNotFoundError(path)

    monkeypatch.setattr(Path, "glob", gone)
    assert uses_more(os.getpid(), 0)


# a command


def test_a_lazy_module_is_imported_on_use_and_is_the_module():
    program = """
import sys
from autograder import startup, pipeline
assert "nbgrader" not in sys.modules and "sqlalchemy" not in sys.modules
import autograder.gradebook.record
from autograder.gradebook.record import Mark
record = autograder.gradebook.record
assert "nbgrader" in sys.modules and record is pipeline.record is sys.modules["autograder.gradebook.record"]
assert startup.lazily("autograder.gradebook.record") is pipeline.record
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_command_computes_in_one_thread(monkeypatch):
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    startup.as_a_command()
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"
    os.environ["OPENBLAS_NUM_THREADS"] = "4"
    startup.as_a_command()
    assert os.environ["OPENBLAS_NUM_THREADS"] == "4"
