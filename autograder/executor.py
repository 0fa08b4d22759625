"""Many submissions at once: one way of handing them to workers, here (processes) or on a cluster (Dask).

Both speak `concurrent.futures`. Few submissions are under way at a time, so that memory does not grow with the class.
"""

import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import forkserver

from autograder.course import interrupts
from autograder.sandbox.pinning import allowed_cores

GONE = "the scheduler went away: what was judged is kept; run the command again when it is back, or without it."
MOST_LOSSES = 3  # worker processes that may end over one submission


class Lost(Exception):
    """Worker after worker ended while it judged this submission."""


class NoWorkers(Exception):
    """Worker processes end whatever they are asked; the text is one sentence."""


class SchedulerError(Exception):
    """The Dask scheduler cannot be used; the text is one sentence."""


def cores() -> int:
    """The number of processors that this process may use."""
    return len(allowed_cores()) or os.cpu_count() or 1


class Processes:
    """Worker processes on this machine; `workers` opens and closes them."""

    def __init__(self, jobs: int | None = None, lent: tuple | None = None):
        """`lent` is what `worker.shared` yields."""
        self.width, self._lent = jobs or cores(), lent
        self._pool = self._new()

    def _new(self) -> Executor:
        context = multiprocessing.get_context("forkserver")
        start_forkserver()
        return ProcessPoolExecutor(self.width, mp_context=context, initializer=_begin, initargs=(self._lent,))

    def submit(self, function: Callable, *args) -> Future:
        try:
            return self._pool.submit(function, *args)
        except BrokenProcessPool:  # a worker process ended; the pool is of no more use
            self._pool.shutdown(wait=False)
            self._pool = self._new()
            return self._pool.submit(function, *args)

    def close(self) -> None:
        """End the processes once they have done what they are doing."""
        self._pool.shutdown(cancel_futures=True)

    def abandon(self) -> None:
        """End the processes now; their sandboxes die with them."""
        interrupts.end_now(self._pool)


def start_forkserver() -> None:
    """Start what forks the workers, and do not wait; it imports what they need."""
    multiprocessing.set_forkserver_preload(["autograder.worker"])
    with interrupts.held_back():
        forkserver.ensure_running()


def _begin(lent: tuple | None) -> None:
    """First thing in a worker process."""
    from autograder.worker import borrow, end_with_parent

    interrupts.ignored()
    end_with_parent()
    borrow(lent)


class Cluster:
    """The workers of a Dask scheduler, reached over TLS; `workers` opens and closes it."""

    def __init__(self, address: str):
        """`address` is tls://host:port; certificates are those of Dask's configuration. Raises SchedulerError."""
        if not address.startswith("tls://"):
            raise SchedulerError(
                f"the scheduler's address is {address!r}, expected tls://host:port: whoever reaches an open scheduler "
                "can run code on its workers and give marks."
            )
        try:
            from distributed import Client, Security
        except ImportError:
            raise SchedulerError("--scheduler needs Dask: pip install 'neural-networks-course[dask]'.") from None
        if Security().get_connection_args("client").get("ssl_context") is None:
            raise SchedulerError(
                f"the scheduler {address} cannot be reached without certificates: give Dask's configuration "
                "distributed.comm.tls.ca-file, .client.cert and .client.key."
            )
        try:
            self._client = Client(address, timeout=10, set_as_default=False)
        except (OSError, TypeError, ValueError) as error:
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise SchedulerError(f"the scheduler {address} cannot be reached: {reason}") from None
        self._executor = self._client.get_executor(pure=False)

    @property
    def width(self) -> int:
        """The workers' threads, as many as there are now. Raises SchedulerError."""
        try:
            return max(1, sum(self._client.nthreads().values()))
        except OSError:
            raise SchedulerError(GONE) from None

    def submit(self, function: Callable, *args) -> Future:
        return self._executor.submit(function, *args)

    def close(self) -> None:
        self._client.close()

    def abandon(self) -> None:
        """The workers are not ours to end: closing tells the scheduler to forget what it was asked for."""


@contextmanager
def workers(
    jobs: int | None = None, scheduler: str | None = None, lent: tuple | None = None
) -> Iterator[Processes | Cluster]:
    """Workers here, or those of a scheduler; after Ctrl-C or an error they do not finish what they are doing.

    `lent` is a warm process for those here (`worker.shared`). Raises SchedulerError.
    """
    found = Processes(jobs, lent) if scheduler is None else Cluster(scheduler)
    try:
        yield found
    except BaseException:
        found.abandon()
        raise
    finally:
        found.close()


def completed(pool: Processes | Cluster, function: Callable, tasks: Iterable[tuple]) -> Iterator[tuple]:
    """(task, result) of `function(*task)` for each task, as they are done; the result is a Lost where workers end.

    The workers begin at once, not when the first result is asked for. A worker that ends takes the others' submissions
    with it: those under way are then run one by one, so that only the one that ends its worker each time is given up.
    Other exceptions are raised, NoWorkers among them.
    """
    waiting, alone, running = enumerate(tasks), deque(), {}
    _fill(pool, function, waiting, alone, running)
    return _as_completed(pool, function, waiting, alone, running)


def _as_completed(pool, function: Callable, waiting: Iterator, alone: deque, running: dict) -> Iterator[tuple]:
    losses = {}
    while running:
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            number, task = running.pop(future)
            try:
                result = future.result()
            except CancelledError:
                raise SchedulerError(GONE) from None
            except Exception as error:
                if not _is_loss(error):
                    raise
                losses[number] = losses.get(number, 0) + 1
                if losses[number] == MOST_LOSSES:
                    _prove(pool)
                    yield task, Lost(f"{MOST_LOSSES} worker processes ended while they judged it")
                else:
                    alone.append((number, task))
            else:
                yield task, result
        _fill(pool, function, waiting, alone, running)


def _fill(pool, function: Callable, waiting: Iterator, alone: deque, running: dict) -> None:
    """Keep the workers busy; while there are tasks to be run alone, run nothing else."""
    if alone:
        if not running:
            number, task = alone.popleft()
            running[pool.submit(function, *task)] = number, task
        return
    while len(running) < 2 * pool.width:
        number, task = next(waiting, (None, ()))
        if number is None:
            return
        running[pool.submit(function, *task)] = number, task


def _prove(pool: Processes | Cluster) -> None:
    """Raise NoWorkers where a worker ends over the least of tasks: then no submission is to blame."""
    try:
        pool.submit(os.getpid).result()
    except Exception as error:
        if not _is_loss(error):
            raise
        raise NoWorkers(
            "worker processes end before they have judged anything (out of memory, perhaps): what was judged is kept; "
            "run this again with fewer --jobs."
        ) from None


def _is_loss(error: Exception) -> bool:
    return isinstance(error, BrokenProcessPool) or type(error).__name__ == "KilledWorker"
