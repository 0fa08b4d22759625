"""Which of `nnlib` an assignment may use: some of its modules are what the student is asked to write.

The locked first cell of an assignment calls `only`. It is a reminder at home, worded as in the grader, where the other
modules' files are simply not there.
"""

import sys
from contextlib import contextmanager
from importlib.util import find_spec

ALWAYS = ("allow", "backend")


def only(assignment, *modules):
    """From now on importing any `nnlib.X` but `modules` (and allow, backend) raises ImportError with one sentence.

    Forbidden modules imported earlier are forgotten. A later call replaces this one. A listed module must bring along
    what it imports itself: list that too. Raises ValueError for a listed module that does not exist.
    """
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, _Gate)]
    for name in modules:
        if find_spec(f"nnlib.{name}") is None:
            raise ValueError(f"nnlib has no module {name!r}; correct the list of what {assignment} may import.")
    gate = _Gate(assignment, modules)
    sys.meta_path.insert(0, gate)
    for fullname in [name for name in sys.modules if gate.forbids(name)]:
        _forget(fullname)


@contextmanager
def lifted():
    """Inside the block everything may be imported, for an author's checks; afterwards `only` holds as before."""
    gates = [finder for finder in sys.meta_path if isinstance(finder, _Gate)]
    sys.meta_path[:] = [finder for finder in sys.meta_path if finder not in gates]
    try:
        yield
    finally:
        sys.meta_path[:0] = gates
        for fullname in [name for name in sys.modules if any(gate.forbids(name) for gate in gates)]:
            _forget(fullname)


class _Gate:
    """Stands first on `sys.meta_path`, which Python asks for each module that is not yet imported."""

    def __init__(self, assignment, modules):
        self.assignment, self.modules = assignment, modules

    def forbids(self, fullname):
        package, _, rest = fullname.partition(".")
        return package == "nnlib" and rest != "" and rest.partition(".")[0] not in (*ALWAYS, *self.modules)

    def find_spec(self, fullname, path=None, target=None):
        if self.forbids(fullname):
            # not ModuleNotFoundError: `from nnlib import losses` would replace that one's message by its own
            raise ImportError(self.sentence(fullname), name=fullname)
        return None

    def sentence(self, fullname):
        allowed = ", ".join(f"nnlib.{name}" for name in self.modules) or "nothing of nnlib"
        return f"{self.assignment} may import {allowed}; {fullname} is not open in this assignment."


def _forget(fullname):
    del sys.modules[fullname]
    parent, _, name = fullname.rpartition(".")
    if name in vars(sys.modules.get(parent, object)):
        delattr(sys.modules[parent], name)
