"""An assignment's allow-list: one sentence, the same at home as where files are absent; each case in a new Python."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import nnlib

NNLIB = Path(nnlib.__file__).parent
ONLY = "from nnlib import allow; allow.only('a1-neuron', 'datasets', 'metrics')\n"
SENTENCE = "ImportError: a1-neuron may import nnlib.datasets, nnlib.metrics; {} is not open in this assignment."


@pytest.fixture(scope="module")
def grader(tmp_path_factory):
    """A folder like the grader's: only the allowed modules are there."""
    package = tmp_path_factory.mktemp("grader") / "nnlib"
    package.mkdir()
    for name in ("__init__", "allow", "backend", "datasets", "metrics"):
        shutil.copy(NNLIB / f"{name}.py", package)
    return package.parent


@pytest.fixture(params=["home", "grader"])
def run(request, grader):
    """run(code): (last line of stderr, stdout) of a fresh Python at home or in the grader's folder."""

    def run(code):
        folder = NNLIB.parent if request.param == "home" else grader
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=folder)
        return (done.stderr.strip().splitlines() or [""])[-1], done.stdout.strip()

    return run


@pytest.mark.parametrize(
    "statement",
    [
        "import nnlib.losses",
        "from nnlib import losses",
        "from nnlib import datasets, losses",
        "from nnlib.losses import log_loss",
        "import importlib; importlib.import_module('nnlib.losses')",
    ],
)
def test_a_forbidden_import_says_one_sentence(run, statement):
    assert run(ONLY + statement)[0] == SENTENCE.format("nnlib.losses")


def test_it_is_refused_again_when_the_first_error_is_swallowed(run):
    code = "\ntry:\n    import nnlib.losses\nexcept ImportError:\n    pass\nfrom nnlib import losses"
    assert run(ONLY + code)[0] == SENTENCE.format("nnlib.losses")


def test_a_submodule_of_a_forbidden_module_is_forbidden(run):
    assert run(ONLY + "import nnlib.layers.dense")[0] == SENTENCE.format("nnlib.layers")


def test_allowed_modules_the_backend_and_the_list_itself_import(run):
    code = "from nnlib import datasets, metrics, backend, allow; import json, nnlib.datasets; print(datasets.xor()[1])"
    assert run(ONLY + code) == ("", "[0 1 1 0]")


def test_a_later_call_replaces_the_earlier(run):
    swap = "allow.only('a2-backprop', 'metrics')\nimport nnlib.metrics, sys\n"
    count = "print(sum('Gate' in type(f).__name__ for f in sys.meta_path))\n"
    error, out = run(ONLY + swap + count + "import nnlib.datasets")
    assert out == "1"
    assert error == (
        "ImportError: a2-backprop may import nnlib.metrics; nnlib.datasets is not open in this assignment."
    )


def test_an_empty_list_allows_nothing_else(run):
    error, _ = run("from nnlib import allow; allow.only('a2-backprop')\nimport nnlib.datasets")
    assert error.startswith("ImportError: a2-backprop may import nothing of nnlib; nnlib.datasets is not open")


def test_a_list_with_an_unknown_module_is_refused(run):
    error, _ = run("from nnlib import allow; allow.only('a1-neuron', 'datsets')")
    assert error == "ValueError: nnlib has no module 'datsets'; correct the list of what a1-neuron may import."


@pytest.mark.parametrize("again", ["import nnlib.losses", "from nnlib import losses", "from nnlib.losses import step"])
def test_a_forbidden_module_imported_before_is_forgotten(again):
    code = f"import nnlib.losses, nnlib.datasets\n{ONLY}import nnlib, sys\n"
    code += "print(hasattr(nnlib, 'losses'), 'nnlib.losses' in sys.modules, 'nnlib.activations' in sys.modules)\n"
    code += f"print(nnlib.datasets.xor()[1])\n{again}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=NNLIB.parent)
    assert done.stdout.splitlines() == ["False False False", "[0 1 1 0]"]
    assert done.stderr.strip().splitlines()[-1] == SENTENCE.format("nnlib.losses")
