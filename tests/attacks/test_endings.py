"""Submissions that crash, hang, flood or swell: each costs its own marks at most, and the others are still judged."""

import time

import pytest

from autograder.sandbox.limits import Limits
from autograder.sandbox.sandbox import Sandbox
from autograder.sandbox.session import Died
from tests.a1_judged import Class_, shares
from tests.attacks.endings import BOMBS, ENDINGS, HANGS, in_a_blank

# less of everything than a class has: here all of it is used up
BRIEF = Limits(
    cell_cpu=1, cell_wall=1, check_cpu=1, check_wall=2, start_wall=5, wall=60, AS=1 << 30, memory=1 << 30, NPROC=32
)


@pytest.fixture(scope="module")
def brief(tmp_path_factory, root):
    """A judge that gives little."""
    made = Class_(root, tmp_path_factory.mktemp("brief"), limits=BRIEF)
    yield made
    made.judge.close()


def at_once(judge, endings):
    notebooks = [judge.notebook(in_a_blank(ending), solved=True) for ending in endings.values()]
    return dict(zip(endings, judge.judged_at_once(notebooks), strict=True))


@pytest.fixture(scope="module")
def hung(brief):
    """{how: the verdict} of what only a clock ends."""
    return at_once(brief, HANGS)


@pytest.fixture(scope="module")
def bombed(brief):
    """{how: the verdict} of what leaves no process to be had, each on a core of its own."""
    return at_once(brief, BOMBS)


@pytest.fixture
def ended(request, brief):
    """The verdict on a blank that ends in one of the ways."""

    def verdict(how):
        if how in ENDINGS:
            return brief.verdict(in_a_blank(ENDINGS[how]), solved=True)
        return request.getfixturevalue("hung" if how in HANGS else "bombed")[how]

    return verdict


@pytest.mark.parametrize("how", [*ENDINGS, *HANGS, *BOMBS])
def test_a_blank_that_ends_badly_costs_its_own_marks_only(ended, how):
    got = shares(ended(how))
    assert got.pop("weighted_gradients") == 0.0
    assert set(got.values()) == {1.0}, got


@pytest.mark.parametrize("how", ["os._exit", "segfault", "swallowed interrupts", "flood", "heap"])
def test_a_cell_that_ends_badly_does_not_cost_the_other_answers(attacked, how):
    verdict = attacked.verdict(after={**ENDINGS, **HANGS}[how], solved=True)
    assert verdict.score == verdict.points, verdict


@pytest.mark.parametrize("signal", ["SIGSTOP", "SIGKILL", "SIGTERM"])
def test_a_signal_to_the_group_reaches_no_other_submission(attacked, signal):
    attacked.verdict(before=f"import os, signal\nos.kill(0, signal.{signal})", solved=True)
    assert attacked.verdict(solved=True).score == 40


def test_an_answer_too_large_to_send_is_the_students_loss_and_decided(scores):
    assert set(scores({"sigmoid": f"# {'x' * 5_000_000}"}, solved=True).values()) == {0.0}


def test_exits_that_python_catches_are_harmless(attacked):
    verdict = attacked.verdict(after="exit()\nraise SystemExit", solved=True)
    assert verdict.score == verdict.points


def test_threads_timers_and_exit_handlers_that_outlive_a_cell_change_nothing(attacked):
    before = """
import atexit, signal, threading, time
atexit.register(lambda: print("bye"))
threading.Thread(target=lambda: [time.sleep(0.01) for _ in range(10**4)], daemon=True).start()
signal.signal(signal.SIGTERM, signal.SIG_IGN)
class Dying:
    def __del__(self):
        raise SystemExit
d = Dying()
"""
    verdict = attacked.verdict(before=before, solved=True)
    assert verdict.score == verdict.points


SWOLLEN = """
import os, time
import numpy as np
x = np.ones(SIZE, dtype=np.uint8)
done, say = os.pipe()
for _ in range(4):
    if os.fork() == 0:
        x[:TOUCHED] = 2
        os.write(say, b".")
        time.sleep(60)
for _ in range(4):
    os.read(done, 1)
time.sleep(1)
"""


@pytest.mark.parametrize(("touched", "dies"), [(0, False), (400 << 20, True)])
def test_memory_is_that_of_the_whole_tree_and_shared_pages_count_once(touched, dies):
    source = SWOLLEN.replace("SIZE", str(400 << 20)).replace("TOUCHED", str(touched))
    with Sandbox((), Limits(memory=1000 << 20)) as box, box.session() as session:
        if dies:
            with pytest.raises(Died, match="more than 1000 MB"):
                session.run([{"source": source, "isolated": False}])
        else:
            session.run([{"source": source, "isolated": False}])


BUFFERED = """
import os, socket, time
def fill():
    while True:
        for end in socket.socketpair():
            kept.append(end)
            end.setblocking(False)
            try:
                while True:
                    end.send(b"x" * 65536)
            except BlockingIOError:
                pass
done, say = os.pipe()
for _ in range(8):
    if os.fork() == 0:
        kept = []
        try:
            fill()
        except OSError:  # no more descriptors
            os.write(say, b".")
        time.sleep(60)
for _ in range(8):
    os.read(done, 1)
time.sleep(1)
"""


def test_what_sockets_hold_is_memory():
    with Sandbox((), Limits(memory=400 << 20)) as box:
        with box.session() as session, pytest.raises(Died, match="more than 400 MB"):
            session.run([{"source": BUFFERED, "isolated": False}])
        with box.session() as session:
            source = "import socket\nkept = [socket.socketpair() for _ in range(9)]"
            session.run([{"source": source, "isolated": False}])


@pytest.mark.parametrize("how", ["sleep", "handlers of one's own"])
def test_a_timed_out_blank_says_so(hung, how):
    """Whether the clock ended it or the time that it computed."""
    blank = next(blank for blank in hung[how].blanks if blank.grade_id == "weighted_gradients")
    assert (blank.diagnosis, blank.score) == ("timed_out", 0.0)


def test_all_runs_of_a_notebook_together_have_the_time_of_one(tmp_path, root):
    """Cells that take long, and then a blank that ends the notebook's process, so that it is run again."""
    wall = 5
    made = Class_(root, tmp_path, limits=Limits(cell_cpu=1, cell_wall=6, check_cpu=1, check_wall=3, wall=wall))
    kill = "import os, signal\ndef sigmoid(z):\n    os.kill(os.getppid(), signal.SIGKILL)"
    with made.judge:
        began = time.monotonic()
        verdict = made.verdict({"sigmoid": kill}, before="import time\ntime.sleep(4)")
        assert time.monotonic() - began < wall + 4  # three for a cell that cannot be interrupted
    assert verdict.score == 0 and verdict.staff_notes == ()
