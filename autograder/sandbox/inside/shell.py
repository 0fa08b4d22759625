"""The notebook's kernel inside the sandbox: IPython's InteractiveShell, its outputs collected as a notebook's are."""

import ast
import builtins
import dis
import gc
import importlib
import os
import re
import signal
import socket
import sys
import time
import warnings
from functools import cache
from types import CodeType, FunctionType

import matplotlib
import wire
from display import Formatter, Hook, Outputs, Publisher, Stream
from IPython.core.interactiveshell import InteractiveShell
from matplotlib.backends.backend_agg import FigureCanvasAgg
from traitlets import Type
from traitlets.config import Config

__builtins__ = dict(vars(builtins))  # a notebook may put functions of its own among those of the whole process
FRONT_END = ("autosave", "connect_info", "qtconsole", "store")  # magics that Jupyter adds to IPython's
# what IPython's transformers act on: %magic, !command, help?, ;quoted and /called lines, prompts, indented first lines
MAGIC = re.compile(r"[%!?]|^\s*([,;/>]|\.\.\.|In \[)|\A\s", re.MULTILINE)


class CellTimeLimit(BaseException):
    """The cell ran longer than a notebook cell may. Not an Exception, so that `except Exception` does not hide it."""


class Shell(InteractiveShell):
    """An InteractiveShell that collects instead of printing."""

    displayhook_class = Type(Hook)
    display_pub_class = Type(Publisher)
    collected = Outputs()
    usual_transformers = None

    def init_display_formatter(self):
        self.display_formatter = Formatter(parent=self)
        self.configurables.append(self.display_formatter)

    def enable_gui(self, gui=None):
        pass

    def enable_matplotlib(self, gui=None):
        """Inline, where another front end, window system or package would be needed."""
        try:
            return super().enable_matplotlib(gui)
        except (ImportError, RuntimeError) as error:
            print(f"{error}: figures are drawn inline here")
            return super().enable_matplotlib("inline")

    def transform_cell(self, raw_cell):
        """Several lines of Python stay as they are: finding out that they hold no magic takes longer than running them.

        (One line may be an automagic, and a notebook may have put transformers of its own in place.)
        """
        if "\n" in raw_cell.strip() and self._transformers() == self.usual_transformers:
            if not MAGIC.search(raw_cell) or _is_python(raw_cell):
                return raw_cell.rstrip("\n") + "\n"
        return super().transform_cell(raw_cell)

    def should_run_async(self, raw_cell, *, transformed_cell=None, preprocessing_exc_tuple=None):
        """Whether there is an `await` outside of functions; where no such word is, nothing is parsed to find out."""
        text = raw_cell if transformed_cell is None else transformed_cell
        return ("await" in text or "async" in text) and super().should_run_async(
            raw_cell, transformed_cell=transformed_cell, preprocessing_exc_tuple=preprocessing_exc_tuple
        )

    def _transformers(self) -> list:
        manager = self.input_transformer_manager
        return [
            *manager.cleanup_transforms,
            *manager.line_transforms,
            *manager.token_transformers,
            *self.input_transformers_post,
        ]

    def _showtraceback(self, etype, evalue, stb):
        self.collected.error(getattr(etype, "__name__", "error"), str(evalue), [str(line) for line in stb])


def _is_python(source: str) -> bool:
    try:
        with warnings.catch_warnings(action="ignore"):  # they come when the cell runs
            ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _start_timers(cpu: float, wall: float) -> None:
    """Raise CellTimeLimit after `cpu` seconds of CPU or `wall` of the clock, again and again; 0 stops the timers."""

    def stop(*_):
        raise CellTimeLimit(f"this cell ran longer than {cpu:.2g} seconds and was stopped")

    signal.signal(signal.SIGPROF, stop)
    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_PROF, cpu, 0.5)
    signal.setitimer(signal.ITIMER_REAL, wall, 0.5)


def _drawn_where_seen(draw):
    """`canvas.draw()`, which live plots call at every step, but in a check only where a file is written."""

    def drawn(canvas):
        if Shell.collected.open or canvas.is_saving():
            draw(canvas)

    return drawn


# what is slow the first time: each kind of artist, formulas in labels, a table of numbers, a traceback
FIRST_TIME = r"""
import matplotlib.pyplot as plt
import numpy as np
fig, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
left.contourf(np.eye(3), levels=[-0.5, 0.5, 1.5], alpha=0.2)
left.contour(np.eye(3), levels=[0.5])
left.scatter([0.25, 1], [1.5, -1], label="class 0", edgecolors="white")
right.plot([0.1, 2], label=r"$x_1$")
for ax in (left, right):
    ax.set(xlabel="$x_1$", ylabel="$x_2$", title="0123456789")
    ax.legend()
    ax.grid(True)
plt.show()
print(f"{np.linspace(0, 1, 3)} {np.random.default_rng(0).normal(size=(2, 2)).round(2)}")
1 / 0
"""


def warm_up(modules: tuple[str, ...] = ()) -> None:
    """Do what is slow the first time and import `modules`, then leave a clean namespace behind."""
    config = Config()
    # cutting margins off would draw each figure twice, packing its bytes tighter takes longer than it saves
    config.InlineBackend.print_figure_kwargs = {"bbox_inches": None, "pil_kwargs": {"compress_level": 1}}
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    # a title looks for nothing it could collide with, which lays out all ticks twice; letters are not fitted to pixels
    matplotlib.rcParams.update({"axes.titley": 1.0, "text.hinting": "none"})
    matplotlib.use("module://matplotlib_inline.backend_inline")
    FigureCanvasAgg.draw = _drawn_where_seen(FigureCanvasAgg.draw)
    shell = Shell.instance(config=config)
    shell.usual_transformers = shell._transformers()
    shell.enable_matplotlib("inline")
    for name in FRONT_END:
        shell.register_magic_function(lambda line: None, "line", name)
    shell.run_cell(FIRST_TIME, store_history=False)
    for module in modules:
        importlib.import_module(module)
    shell.collected.clear()
    shell.reset(new_session=True)
    shell.user_ns.update(dict.fromkeys(("_", "__", "___"), ""))
    for name in ("last_type", "last_value", "last_traceback"):  # %debug and %tb would go there
        delattr(sys, name)
    gc.collect()
    gc.freeze()  # a collection in a fork would write to, and so copy, every page


def end(child: int) -> None:
    """End a fork and all that it started, which would fill the limit on processes or answer in a later check."""
    first = os.getpid() == 1  # of a namespace of its own: all the others in it are of this submission
    os.kill(-1 if first else child, signal.SIGKILL)
    os.waitpid(child, 0)
    while first and _reaped():
        pass


def _reaped() -> bool:
    """Whether there was a child left to wait for."""
    try:
        return os.waitpid(-1, 0)[0] > 0
    except ChildProcessError:
        return False


CACHED = type(cache(len))


@cache
def _globals_of(code: CodeType) -> frozenset[str]:
    """The global names that a function, or one defined in it, refers to."""
    steps = dis.get_instructions(code)
    found = {step.argval for step in steps if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    return found.union(*(_globals_of(constant) for constant in code.co_consts if type(constant) is CodeType))


class Kernel:
    """Runs a submission's cells in order in one namespace."""

    def __init__(self):
        self._shell, self._spent = Shell.instance(), 0.0
        sys.stdout, sys.stderr = (Stream(name, self._shell.collected) for name in ("stdout", "stderr"))
        self.namespace = self._shell.user_ns
        self._states: dict[str, dict] = {}  # what names were bound to, after some cells
        sys.path.insert(0, "")  # as in Jupyter: a module that a cell wrote beside the notebook can be imported

    def run(self, source: str, limits: dict) -> dict:
        """Run one cell. Returns {"outputs", "dropped"}: notebook outputs, and how many characters were too many."""
        outputs, begun = self._shell.collected, time.monotonic()
        share = max((limits["wall"] / 2 - self._spent) / 6, 0.5)  # however many cells: half the time is the checks'
        try:
            _start_timers(min(limits["cell_cpu"], share), min(limits["cell_wall"], share))
            outputs.open = True
            self._shell.run_cell(source, store_history=True)
            outputs.draw(self._shell.display_formatter.drawn)
        except CellTimeLimit:
            pass
        finally:
            _start_timers(0, 0)
            outputs.open = False
            self._spent += time.monotonic() - begun
        return outputs.take()

    def keep(self, state: str | None) -> None:
        """Keep what all names are bound to now, under a name; None keeps nothing. What they name is not copied."""
        if state is not None:
            self._states[state] = dict(self.namespace)

    def restore(self, state: str) -> None:
        """Bind all names as they were when `state` was kept, or at the end where nothing was."""
        self.namespace.clear()
        self.namespace.update(self._states.get(state, self._states[""]))

    def moved(self) -> list[str]:
        """The states in which the function of that name, or what it uses, is not what is so called at the end."""
        return [name for name, kept in self._states.items() if name and self._has_moved(name, kept)]

    def _has_moved(self, name: str, kept: dict) -> bool:
        todo, seen, last = [name], set(), self._states[""]
        while todo:
            if (key := todo.pop()) in seen or key not in kept:
                continue
            if last.get(key) is not kept[key]:
                return True
            seen.add(key)
            value = kept[key].__wrapped__ if type(kept[key]) is CACHED else kept[key]
            if type(value) is FunctionType and value.__globals__ is self.namespace:
                todo += _globals_of(value.__code__)
        return False

    def run_apart(self, cell: dict, limits: dict) -> dict:
        """Run a test cell in a fork, so that what it calls cannot end or change the notebook's state."""
        ours, theirs = socket.socketpair()
        begun = time.monotonic()
        child = os.fork()
        if child == 0:
            ours.close()
            try:
                wire.send(theirs, "cell", "", self.run(cell["source"], limits))
            finally:
                os._exit(0)
        theirs.close()
        try:
            return wire.receive(ours, time.monotonic() + limits["cell_wall"] + 2).body
        except wire.WireError:
            message = "the notebook's process ended or hung while this cell ran"
            died = {"output_type": "error", "ename": "KernelDied", "evalue": message, "traceback": [message]}
            return {"outputs": [died], "dropped": 0}
        finally:
            end(child)
            ours.close()
            self._spent += time.monotonic() - begun
