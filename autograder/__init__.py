"""Grade nbgrader submissions where no student code can touch the verdict.

`autograder.check("a1-neuron.row_gradients", globals())` runs one check in the author's own kernel; everything else is
the command line (`autograder --help`).
"""

from autograder import startup  # noqa: F401

__version__ = "0.1.0"


def check(name: str, namespace: dict) -> None:
    """Run the check `name` ("<assignment>.<blank>") on the functions in `namespace`, print findings, raise on failure.

    The grader never executes this call: it recognises the line and asks the sandboxed notebook instead. Raises
    RuntimeError under a stock `nbgrader autograde`, so that a course without our configuration gives no marks.
    """
    from nnlib import allow

    with allow.lifted():  # an assignment's first cell restricts the kernel to what students may import
        from autograder.authoring.kernel import check_in_kernel

        check_in_kernel(name, namespace)
