"""What every test can count on, however pytest was started."""

import os
import sys
from pathlib import Path

import matplotlib
import pytest

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.pop("MPLBACKEND", None)  # a kernel started by a test chooses its own backend, which stores figures
os.environ.pop("AUTOGRADER_COURSE", None)  # a class that is really running is never a test's class
os.environ["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
for name in ("COLUMNS", "LINES"):  # pytest-xdist's, of a terminal that is none
    os.environ.pop(name, None)
matplotlib.use("Agg")  # in this process


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return Path(__file__).resolve().parent.parent
