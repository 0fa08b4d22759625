"""One processor core for each submission under way, so that one which keeps its core busy slows nobody else's."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product

NAME = "autograder-core"
MOST_SHARING = 64  # submissions on one core


def allowed_cores() -> list[int]:
    """The cores that this process may use; none where the system does not say."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


@contextmanager
def core_of_its_own() -> Iterator[int | None]:
    """A core that is ours until the block ends; one with as few others as can be, once all are held.

    What holds it is a socket's name, which a machine gives to one at a time and takes back from whoever ends.
    """
    with socket.socket(socket.AF_UNIX) as name:
        yield _named(name)


def _named(name: socket.socket) -> int | None:
    for place, core in product(range(MOST_SHARING), allowed_cores()):
        try:
            name.bind(f"\0{NAME}-{core}-{place}")
        except OSError:  # it is another's
            continue
        return core
    return None
