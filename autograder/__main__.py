"""`python -m autograder` is `autograder`."""

from autograder.cli import app

if __name__ == "__main__":  # a worker process imports this file too
    app(prog_name="autograder")
