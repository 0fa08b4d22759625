"""`python -m autograder` is `autograder`."""

from autograder.startup import as_a_command


def main() -> None:
    """The command `autograder`."""
    as_a_command()
    from autograder.cli import app

    app(prog_name="autograder")


if __name__ == "__main__":  # a worker process imports this file too
    main()
