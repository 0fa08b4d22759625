"""How much memory a process and all that it started hold, as Linux counts it."""

import os
import socket
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")  # bytes
MOST_SENT = 1 << 16  # bytes that a socket takes at once, however little room is left


def uses_more(pid: int, most: int) -> bool:
    """Whether a process and its descendants hold more than `most` bytes of memory; what forks share counts once."""
    tree, most = [*_tree(pid)], most - _buffered(pid)
    return sum(map(_resident, tree)) > most and sum(map(_proportional, tree)) > most  # the second takes a millisecond


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for child in _children(pid):
        yield from _tree(child)


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for file in Path(f"/proc/{pid}/task").glob("*/children") for child in _read(file).split()]
    except OSError:  # it has ended, while we looked
        return []


def _resident(pid: int) -> int:
    """The memory of a process in bytes, with all that it shares."""
    pages = _read(Path(f"/proc/{pid}/statm")).split()[1:2]
    return sum(map(int, pages)) * PAGE


def _proportional(pid: int) -> int:
    """The memory of a process in bytes; of what it shares, its share."""
    lines = _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines()
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:"))


def _buffered(pid: int) -> int:
    """The most bytes that sockets can hold, which no process shows, in a network namespace other than ours."""
    try:
        if os.path.samefile(f"/proc/{pid}/ns/net", "/proc/self/ns/net"):
            return 0
    except OSError:
        return 0
    used = _read(Path(f"/proc/{pid}/net/sockstat")).split()[2:3]  # sockets: used 2 …
    return sum(map(int, used)) * (_send_buffer() + MOST_SENT)


@cache
def _send_buffer() -> int:
    """The bytes that a socket takes before it is full."""
    with socket.socket(socket.AF_UNIX) as fresh:
        return fresh.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)


def _read(file: Path) -> str:
    """ "" for a process that has ended."""
    try:
        return file.read_text()
    except OSError:
        return ""
