"""Ctrl-C, which a terminal sends to every process, is answered by one alone, which ends the others."""

import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import resource_tracker


@contextmanager
def held_back() -> Iterator[None]:
    """Ctrl-C waits for the end of this; processes started meanwhile, and theirs, are deaf to it."""
    resource_tracker.ensure_running()  # else it is started in here, and it unblocks the signal
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def ignored() -> None:
    """In a process started so. It is not SIG_IGN, which the sandbox would inherit, and with it the students' code."""
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])


def end_now(pool: ProcessPoolExecutor) -> None:
    """End the processes of a pool now, with what they are doing; to be shut down next."""
    for process in list((pool._processes or {}).values()):  # Python has no public way before 3.14
        process.kill()
    if pool._call_queue is not None:  # before 3.11.5 it would wait for ever to hand on what nobody reads any more
        pool._call_queue._reader.close()
