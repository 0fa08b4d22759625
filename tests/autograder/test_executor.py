"""Worker processes: all results come, whatever becomes of a process."""

import os
import signal
import time

import pytest

from autograder.executor import Lost, NoWorkers, Processes, SchedulerError, completed, workers


def double(x):
    return 2 * x


def fatal(x, mark=None):
    """2 x, unless x is 3, which ends its process; with a file to leave a mark in, the first time only."""
    if x == 3 and not (mark and os.path.exists(mark)):
        if mark:
            open(mark, "w").close()
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * x


def slow(x):
    time.sleep(0.01)
    return x


def refusing(x):
    raise ValueError(f"not {x}")


@pytest.fixture
def pool():
    with workers(2) as made:
        yield made


def results(pool, function, tasks):
    return {task[0]: result for task, result in completed(pool, function, tasks)}


def test_every_task_has_its_result(pool):
    assert results(pool, double, ((x,) for x in range(50))) == {x: 2 * x for x in range(50)}


def test_a_task_that_ends_its_process_each_time_is_lost_and_no_other_is(pool):
    found = results(pool, fatal, ((x,) for x in range(12)))
    assert isinstance(found.pop(3), Lost)
    assert found == {x: 2 * x for x in range(12) if x != 3}


def test_a_process_that_ends_once_costs_nothing(pool, tmp_path):
    found = results(pool, fatal, ((x, str(tmp_path / "mark")) for x in range(12)))
    assert found == {x: 2 * x for x in range(12)}


def dying(_):
    os._exit(1)


def test_where_every_worker_ends_no_task_is_blamed(monkeypatch):
    monkeypatch.setattr("autograder.executor._begin", dying)
    with workers(2) as pool, pytest.raises(NoWorkers, match="^worker processes end before they have judged anything"):
        results(pool, double, ((x,) for x in range(12)))


def test_an_exception_is_raised(pool):
    with pytest.raises(ValueError, match="not 1"):
        results(pool, refusing, [(1,)])


def test_the_workers_begin_before_a_result_is_asked_for(pool, tmp_path):
    found = completed(pool, marked, [(str(tmp_path / "mark"),)])
    while not (tmp_path / "mark").exists():
        time.sleep(0.01)
    assert [*found] == [((str(tmp_path / "mark"),), None)]


def marked(path):
    open(path, "w").close()


def test_few_tasks_are_under_way_at_a_time(pool):
    taken = 0

    def tasks():
        nonlocal taken
        for taken in range(1, 101):
            yield (taken,)

    for done, _ in enumerate(completed(pool, slow, tasks()), start=1):
        assert taken - done < 2 * pool.width
    assert done == 100


def test_processes_are_ended_while_work_is_being_handed_to_them():
    """More than a pipe holds: before Python 3.11.5 a pool whose processes ended waited for somebody to read it."""
    with pytest.raises(KeyboardInterrupt), workers(1) as pool:
        waiting = [pool.submit(measured, bytes(10_000_000)) for _ in range(3)]
        assert waiting[0].result(60) == 10_000_000
        raise KeyboardInterrupt
    assert not waiting[-1].done() or waiting[-1].cancelled() or waiting[-1].exception()


def measured(x):
    time.sleep(0.5)
    return len(x)


def test_the_number_of_processes_can_be_chosen():
    with workers(1) as one:
        assert isinstance(one, Processes) and one.width == 1
        assert len({pid for _, pid in completed(one, getpid, ((k,) for k in range(5)))}) == 1


def getpid(_):
    return os.getpid()


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:8786", "127.0.0.1:8786", "http://x", ""])
def test_a_scheduler_without_tls_is_refused(address):
    with pytest.raises(SchedulerError, match="expected tls://host:port"):
        workers(None, address).__enter__()


def for_ever(mark):
    open(mark, "w").close()
    while True:
        signal.pause()


@pytest.mark.parametrize("why", [KeyboardInterrupt, ValueError])
def test_after_an_interruption_or_an_error_the_processes_are_ended_and_not_waited_for(tmp_path, why):
    with pytest.raises(why), workers(1) as pool:
        pool.submit(for_ever, str(tmp_path / "mark"))
        while not (tmp_path / "mark").exists():
            pass
        (process,) = pool._pool._processes.values()
        raise why
    assert process.exitcode == -signal.SIGKILL


def handler_and_mask(_):
    return signal.getsignal(signal.SIGINT) is signal.SIG_IGN, signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_what_a_worker_starts_can_be_interrupted(pool):
    """It inherits neither a signal that is ignored nor one that is blocked."""
    assert results(pool, handler_and_mask, [(1,)]) == {1: (False, set())}
