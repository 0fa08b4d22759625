"""Grade nbgrader submissions where no student code can touch the verdict.

`autograder.check("a1-neuron.row_gradients", globals())` runs one check in the author's own kernel; everything else is
the command line (`autograder --help`).

A submission's way from file to mark leads through these rooms, none of which looks into a later one:

    course      what was handed in, and where a class keeps things
    notebook    the file read, rebuilt from the source notebook, and cleaned before it is shown
    sandbox     the walls behind which it runs; `inside/` is what students' processes can read of us
    judging     its functions asked, and what comes back compared: the verdict
    gradebook   the verdict's marks recorded, lateness, export

`worker` judges one submission, `executor` many at once, `pipeline` puts the steps in order and writes what comes out,
`feedback` makes the page. `cli` and `nbgrader_steps` call the pipeline; `console`, `report` and `terminal` are what is
printed. `authoring` and `kit` are for those who write `checks/`. (Values that later rooms hand on, such as a
`course.verdict.Verdict`, lie in `course`, the first.)
"""

from autograder import startup  # noqa: F401

__version__ = "0.1.0"


def public_cases(assignment: str) -> str:
    """What `practice` knows of an assignment, in its author's kernel: the text of the file that students get."""
    from nnlib import allow

    with allow.lifted():
        from autograder.authoring.kernel import use_own_checks
        from autograder.judging.public_cases import public_cases

        use_own_checks(assignment)
        return public_cases(assignment)


def check(name: str, namespace: dict) -> None:
    """Run the check `name` ("<assignment>.<blank>") on the functions in `namespace`, print findings, raise on failure.

    The grader never executes this call: it cuts the line out, and examines the blank for which the test cell is named.
    Raises RuntimeError under a stock `nbgrader autograde`, so that a course without our configuration gives no marks.
    """
    from nnlib import allow

    with allow.lifted():  # an assignment's first cell restricts the kernel to what students may import
        from autograder.authoring.kernel import check_in_kernel

        check_in_kernel(name, namespace)
