"""What commands have in common: progress, JSON on standard output, and one sentence for whatever goes wrong."""

import errno
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from autograder.course.course import Course, GradebookError, denied, write_whole
from autograder.course.settings import SettingsError
from autograder.terminal import visible_lines

out, err = Console(), Console(stderr=True)


def progress(items: Iterable, total: int, what: str) -> Iterator:
    with progress_bar() as bar:
        yield from bar.track(items, total=total, description=what)


class _Rate(ProgressColumn):
    """Submissions a second, so far."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.1f}/s" if task.speed else "")


def progress_bar() -> Progress:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=err, transient=True, disable=not err.is_terminal)


def print_json(value, before: str = "") -> None:
    """UTF-8 whatever the terminal's encoding is; what UTF-8 cannot hold becomes JSON's own escape for it."""
    write_text(before + json.dumps(value, indent=1, ensure_ascii=False) + "\n")


def write_text(text: str, to: Path | None = None) -> None:
    """To a file, or to standard output."""
    data = text.encode("utf-8", "backslashreplace")
    if to is not None:
        write_whole(to, data)
        return
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


@contextmanager
def interruptible(kept: str = "what was judged is kept; run the command again") -> Iterator[None]:
    """Ctrl-C becomes one line on standard error and the exit code that shells give it."""
    try:
        yield
    except KeyboardInterrupt:
        err.print(f"autograder: interrupted: {kept}.")
        raise typer.Exit(130) from None


@contextmanager
def one_line(*expected: type[Exception]) -> Iterator[None]:
    """An expected error becomes one sentence on standard error and exit code 2; the gradebook's always do, and files
    that the system refuses.
    """
    try:
        yield
    except (GradebookError, SettingsError, *expected) as error:
        said = str(error)
    except OSError as error:
        if error.errno not in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise
        said = denied(error)
    else:
        return
    err.print(f"autograder: {visible_lines(said)}", markup=False, soft_wrap=True)
    raise typer.Exit(2)


def say_if_open(course: Course) -> None:
    if course.open_to_others():
        err.print(
            f"autograder: other accounts of this machine can look into {course.directory}, where the students' "
            "work is: chmod 700 it.",
            markup=False,
            soft_wrap=True,
        )
