"""The shortcuts of the notebook's kernel change nothing that a notebook can see."""

import importlib
import sys
from itertools import product

import pytest
from IPython.core.async_helpers import _should_be_async
from IPython.core.inputtransformer2 import TransformerManager

from autograder.sandbox.limits import Limits
from autograder.sandbox.sandbox import Sandbox


@pytest.fixture(scope="module")
def shell(root):
    """The guest's module, which finds its neighbour `wire` beside it."""
    sys.path.insert(0, str(root / "autograder" / "sandbox" / "inside"))
    yield importlib.import_module("shell")
    sys.path.remove(str(root / "autograder" / "sandbox" / "inside"))


@pytest.fixture(scope="module")
def box():
    with Sandbox() as made:
        yield made


@pytest.fixture
def run(box):
    """The outputs of a notebook's code cells."""

    def outputs(*sources):
        with box.session() as session:
            results = session.run([{"source": source, "isolated": False} for source in sources])
        return [result["outputs"] for result in results]

    return outputs


LINES = (
    "x = 1",
    "    y = 2",
    "%time x",
    "!ls",
    "x = %pwd",
    "x = !ls",
    "x?",
    "?x",
    ",f a b",
    ";f a b",
    "/f a",
    "",
    "  %time x",
    ">>> x = 1",
    "... x",
    "In [1]: x",
    "   ...: x",
    "def f():",
    "'''",
    "#%%",
    "x \\",
    "\tx",
    "x = (",
    "a, b = 1, 2",
    "x; y",
    "%%time",
    "!!ls",
    "??x",
    "x ??",
)


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


DRAWS = """
import matplotlib.pyplot as plt
from IPython.display import clear_output, display
from matplotlib.figure import Figure
draws = []
def draw(figure, renderer, usual=Figure.draw):
    draws.append(figure)
    usual(figure, renderer)
Figure.draw = draw
def live(steps):
    for step in range(steps):
        clear_output(wait=True)
        plt.plot([step])
        plt.show()
    return len(draws)
"""
SAVE = """
def save():
    figure = plt.figure()
    display(figure)
    plt.pause(0.001)
    figure.canvas.draw()
    figure.savefig("x.png")
    return len(draws)
"""


def images(outputs):
    return sum("image/png" in output.get("data", ()) for output in outputs)


@pytest.mark.parametrize("shown", ["'<p>é</p>' * 250_000", "'\\\\0' * 700_000", "'\U0001f600' * 300_000"])
def test_however_long_what_is_shown_is_when_written_the_notebook_goes_on(run, shown):
    floods = "from IPython.display import HTML, publish_display_data\nfor _ in range(40_000): publish_display_data(ONE)"
    _, floods, after = run("ONE = {'text/plain': '1'}", f"{floods}\nHTML({shown})", "'still here'")
    assert len(floods) < 40_000 and after[0]["data"]["text/plain"] == "'still here'"


def test_of_a_picture_at_every_step_what_was_cleared_away_is_not_drawn(run):
    _, shown, counted = run(DRAWS, "live(30);", "len(draws)")
    assert [images(shown), len(shown)] == [1, 1]
    assert counted[0]["data"]["text/plain"] == "5"  # the first four when they were shown, the last when the cell ended


def test_of_many_figures_the_first_are_drawn_and_the_others_named(run):
    _, shown, closed = run(DRAWS, "for i in range(30):\n    plt.figure(); plt.plot([i])", "live(1)")
    assert images(shown) == 12 and len([o for o in shown if "data" in o]) == 30
    assert shown[-1]["data"]["text/plain"] == "<Figure size 640x480 with 1 Axes>"
    assert images(closed) == 1


def test_a_figure_that_is_captured_is_drawn_where_it_is_shown(run):
    _, captured, shown = run(DRAWS, "%%capture kept\nfor i in range(6):\n    plt.plot([i]); plt.show()", "kept.show()")
    assert captured == [] and images(shown) == 6


def test_in_a_check_nothing_is_drawn_but_what_is_saved(box):
    with box.session() as session:
        session.run([{"source": source, "isolated": False} for source in (DRAWS, SAVE)])
        with session.fork() as fork:
            assert [fork.call("live", (20,)).value, fork.call("save", ()).value] == [0, 1]


def test_clearing_takes_away_what_was_shown_before_it(run):
    now, later, never, text = run(
        "from IPython.display import clear_output\nprint(1)\nclear_output()\nprint(2)",
        "print(1)\nclear_output(wait=True)\nx = 3\nprint(x)\nprint(4)",
        "print(1)\nclear_output(wait=True)",
        "for i in range(2000):\n    print('x' * 1000)\n    clear_output(wait=True)\n1 / 0",
    )
    assert [now[0]["text"], later[0]["text"], never[0]["text"]] == ["2\n", "3\n4\n", "1\n"]
    assert [output["output_type"] for output in text] == ["error"]


@pytest.mark.parametrize(
    "line",
    [
        "%matplotlib widget",
        "%matplotlib notebook",
        "%matplotlib qt",
        "%autosave 60",
        "%store x",
        "import sys; sys.stdout.encoding.upper(), sys.stderr.fileno()",
        "import faulthandler; faulthandler.enable()",
        "_, __, ___",
    ],
)
def test_what_works_in_jupyter_does_not_stop_a_cell_here(run, line):
    (shown,) = run(f"x = 1\n{line}\nimport matplotlib.pyplot as plt\nplt.plot([1]);\nplt.show()")
    assert images(shown) == 1 and "error" not in {output["output_type"] for output in shown}


def test_however_many_cells_do_not_end_there_is_time_for_the_checks():
    slow = [{"source": f"x = {i}\nimport time; time.sleep(100)", "isolated": i % 2 == 0} for i in range(8)]
    with Sandbox(limits=Limits(wall=8, cell_wall=3)) as box, box.session() as session:
        last = {"source": "def f():\n    return x", "isolated": False}
        assert len(session.run([*slow, last])) == 9
        with session.fork() as fork:
            assert fork.call("f", ()).value == 7


def test_a_syntax_error_is_shown_as_one(run):
    ((error,),) = run("x = 1\ny = = 2")
    assert (error["ename"], error["output_type"]) == ("SyntaxError", "error")
