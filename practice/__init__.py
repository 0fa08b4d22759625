"""Hold your answers against public examples: what this says at home is what the feedback page says of them.

    import practice

    practice.use("a1-neuron")        # the cases in a1-neuron.cases.json, which lies beside the notebook
    practice.check(row_gradients)    # one line where it is right; where it is not, it says how and raises Wrong
    practice.overview()              # a table of all blanks

Marks come from inputs that are not here, so nothing is gained by knowing these by heart. It needs NumPy alone.
"""

import sys
import textwrap
from collections.abc import Mapping
from typing import Any

from practice.asking import examine
from practice.cases import tells_nothing, use, used
from practice.examined import Overview

__all__ = ["Wrong", "check", "overview", "use"]


class Wrong(AssertionError):
    """An answer is not right; the text says how."""

    def _render_traceback_(self) -> list[str]:
        """What Jupyter shows in place of a traceback, which would end in this file; Validate cuts longer lines."""
        return textwrap.wrap(f"Wrong: {self}", 80)


def check(function: Any) -> None:
    """Say whether the function of a blank is right on its public examples. Raises Wrong, with the sentence.

    Raises RuntimeError before `use`: else Run All would come to its end as if all were right.
    """
    if not used:
        raise RuntimeError(tells_nothing())
    if tells_nothing():
        return print(tells_nothing())
    namespace = sys._getframe(1).f_globals
    name = _name_of(function, namespace)
    found = examine(name, function, namespace)
    if not found.findings:
        return _print(found)
    _show(found)
    raise Wrong(f"{name}: {found.sentence()}") from None


def _name_of(function: Any, namespace: Mapping[str, Any]) -> str:
    """The blank that this is: by the name it has in the notebook, else by its own. Raises ValueError for none."""
    blanks = used["blanks"]
    own = getattr(function, "__name__", "")
    name = next((name for name in blanks if name in namespace and namespace[name] is function), own)
    if name not in blanks:
        raise ValueError(f"{name or 'this'} is no blank of {used['assignment']}: those are {', '.join(blanks)}.")
    return name


def _show(found: Any) -> None:
    """In a notebook with bold text and colours, elsewhere as text."""
    if "IPython" in sys.modules and sys.modules["IPython"].get_ipython() is not None:
        from IPython.display import display

        display(found)
    else:
        _print(found)


def _print(found: Any) -> None:
    """As text, with question marks for what cannot be printed here, on Windows the signs."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(str(found).encode(encoding, "replace").decode(encoding))


def overview() -> Overview:
    """A table of all blanks: right, wrong in which way, or not begun."""
    namespace = sys._getframe(1).f_globals
    blanks = {} if tells_nothing() else used["blanks"]
    defined = [name for name in namespace if name in blanks]  # in the order of the notebook
    return Overview(examine(name, namespace.get(name), namespace) for name in dict.fromkeys([*defined, *blanks]))
