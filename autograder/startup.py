"""Imported before everything else: what makes commands and workers start faster."""

import atexit
import gc
import os
import sys
from importlib.util import LazyLoader, find_spec, module_from_spec
from types import ModuleType


def as_a_command() -> None:
    """What speeds up a process that is ours alone; call it before NumPy is imported."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # idle threads wait in a loop, and our matrices are small
    atexit.register(gc.freeze)  # else Python, ending, looks through all that is loaded: 0.15 s


def lazily(name: str) -> ModuleType:
    """The module `name`, imported at the first use of something in it (the recipe of importlib's documentation)."""
    if name not in sys.modules:
        spec = find_spec(name)
        loader = spec.loader = LazyLoader(spec.loader)
        module = sys.modules[name] = module_from_spec(spec)
        loader.exec_module(module)
        package, _, last = name.rpartition(".")
        setattr(sys.modules[package], last, module)
    return sys.modules[name]


def import_jsonschema() -> None:
    """Import jsonschema without its optional grammars of internationalised addresses and of durations.

    nbformat imports it to validate notebooks, which have neither; compiling the first takes 0.8 s.
    """
    optional = {"rfc3987_syntax", "isoduration"} - sys.modules.keys()
    if "jsonschema" in sys.modules:
        return
    sys.modules |= dict.fromkeys(optional)  # None makes an import fail, which jsonschema expects
    try:
        import jsonschema  # noqa: F401
    finally:
        for name in optional:
            del sys.modules[name]


import_jsonschema()
