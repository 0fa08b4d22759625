"""Files that students control: read and copied only where they are plain files of a sensible size.

No link is followed, not even one that is put there while we look: a file is opened within a folder that is open.
"""

import os
import shutil
import stat
from pathlib import Path

FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)  # Windows has neither
FILE = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)  # a pipe is not waited for
MOST_FILES, MOST_BYTES = 1000, 100_000_000  # of one folder; nbgrader stops at folders of more bytes


def read(path: Path | str, most: int, folder: int | None = None) -> bytes | None:
    """The bytes of a plain file of at most `most`, in the folder of that descriptor; None where there is no such."""
    try:
        descriptor = os.open(path, FILE, dir_fd=folder)
        with os.fdopen(descriptor, "rb") as file:
            plain = stat.S_ISREG(os.fstat(descriptor).st_mode)
            data = file.read(most + 1) if plain else b""
    except OSError:
        return None
    return data if plain and len(data) <= most else None


def copy(source: Path, target: Path, most: int) -> list[str]:
    """Copy a folder's plain files, of at most `most` bytes each, to another; returns the names of what was left out.

    What is no plain file, subfolders among it, is left out. Of a folder that is a link or cannot be read, so is all.
    """
    try:
        folder = os.open(source, FOLDER)
    except OSError:
        return ["."]
    left_out, room = [], MOST_BYTES
    try:
        for number, name in enumerate(sorted(os.listdir(folder))):
            data = read(name, min(most, room), folder) if number < MOST_FILES else None
            if data is None:
                left_out.append(name)
                continue
            room -= len(data)
            (target / name).write_bytes(data)
    finally:
        os.close(folder)
    return left_out


def remove(path: Path) -> None:
    """Remove a file, a link, or a folder with all that is in it."""
    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
