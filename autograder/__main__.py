"""`python -m autograder` is `autograder`."""

import sys

from autograder.executor import start_forkserver
from autograder.startup import as_a_command


def main() -> None:
    """The command `autograder`."""
    as_a_command()
    if sys.argv[1:2] == ["grade"]:
        start_forkserver()  # while this process imports what follows
    from autograder.cli import app

    app(prog_name="autograder")


if __name__ == "__main__":  # a worker process imports this file too
    main()
