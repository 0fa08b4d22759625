"""The shortcuts of the notebook's kernel change nothing that a notebook can see."""

import importlib
import sys
from itertools import product

import pytest
from IPython.core.async_helpers import _should_be_async
from IPython.core.inputtransformer2 import TransformerManager

from autograder.sandbox import Sandbox


@pytest.fixture(scope="module")
def shell(root):
    """The guest's module, which finds its neighbour `wire` beside it."""
    sys.path.insert(0, str(root / "autograder"))
    yield importlib.import_module("shell")
    sys.path.remove(str(root / "autograder"))


@pytest.fixture(scope="module")
def run():
    """The outputs of a notebook's code cells."""
    with Sandbox() as box:

        def outputs(*sources):
            with box.submission() as submission:
                results = submission.run([{"source": source, "isolated": False} for source in sources])
            return [result["outputs"] for result in results]

        yield outputs


LINES = ("x = 1", "    y = 2", "%time x", "!ls", "x = %pwd", "x = !ls", "x?", "?x", ",f a b", ";f a b", "/f a", "",
         "  %time x", ">>> x = 1", "... x", "In [1]: x", "   ...: x", "def f():", "'''", "#%%", "x \\", "\tx", "x = (",
         "a, b = 1, 2", "x; y", "%%time", "!!ls", "??x", "x ??")  # fmt: skip


def transformed(text):
    """IPython's text for a cell; a cell that it cannot read is left to Python, which then must not read it either."""
    try:
        return TransformerManager().transform_cell(text)
    except SyntaxError:
        with pytest.raises(SyntaxError):
            compile(text, "", "exec")
        return text.rstrip("\n") + "\n"


def test_what_is_not_looked_at_more_closely_is_what_ipython_leaves_alone(shell):
    texts = ["\n".join(lines) for lines in product(LINES, repeat=3)]
    changed = [text for text in texts if transformed(text) != text.rstrip("\n") + "\n"]
    assert len(changed) > len(texts) / 2
    assert [text for text in changed if text.strip().count("\n") and not shell.MAGIC.search(text)] == []
    assert not shell.MAGIC.search("def f(x):\n    return x.T @ x / 2, [1]\n\n\nprint(f'{f(1)}')")


ASYNC = ("await f()", "async def f():\n    pass\nawait f()", "[x async for x in f()]", "async with f():\n    pass")


@pytest.mark.parametrize("text", [*ASYNC, "def f():\n    return 1", "async def f():\n    await g()", "x = 'await'"])
def test_a_cell_is_run_asynchronously_as_in_jupyter(shell, text):
    made = shell.Shell.should_run_async
    assert made(_Quiet(shell), text, transformed_cell=text) == _should_be_async(text) == (text in ASYNC)


def _Quiet(shell):
    made = shell.Shell.__new__(shell.Shell)
    made.autoawait = True
    return made


def test_await_magics_and_several_lines_do_what_they_do_in_jupyter(run):
    first, second, third, fourth = run(
        "import asyncio\nasync def f():\n    await asyncio.sleep(0)\n    return 7",
        "x = await f()\nprint(x)",
        "%%capture shown\nprint(8)",
        "import numpy as np\nnames = %who_ls function\nprint(names, shown.stdout.strip())",
    )
    assert (first, third) == ([], [])
    assert second[0]["text"] == "7\n" and fourth[0]["text"] == "['f'] 8\n"


def test_a_syntax_error_is_shown_as_one(run):
    ((error,),) = run("x = 1\ny = = 2")
    assert (error["ename"], error["output_type"]) == ("SyntaxError", "error")
