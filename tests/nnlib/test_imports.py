"""Who may import whom in nnlib, read from the source; and what an import brings along, seen in a fresh interpreter."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import nnlib

NNLIB = Path(nnlib.__file__).parent
# an assignment may mount every module but activations, losses and training: those it may mount see backend alone
MAY_IMPORT = {
    "__init__": set(),
    "allow": set(),
    "backend": {"importlib", "numpy"},
    "activations": {"numpy", "nnlib.backend"},
    "losses": {"numpy", "nnlib.backend", "nnlib.activations"},
    "initializers": {"numpy"},
    "layers": {"numpy", "nnlib.backend", "nnlib.activations", "nnlib.initializers"},
    "optimizers": {"numpy", "nnlib.backend"},
    "graph": {"numpy", "nnlib.backend", "nnlib.activations", "nnlib.losses", "nnlib.gradcheck"},
    "drawing": {"nnlib.backend", "nnlib.graph"},
    "gradcheck": {"numpy", "nnlib.backend"},
    "datasets": {"numpy", "urllib.request"},
    "preprocess": {"numpy"},
    "metrics": {"numpy"},
    "checkpoint": {"numpy", "nnlib.backend"},
    "monitoring": {"numpy"},
    "training": {"numpy", "nnlib.backend", "nnlib.checkpoint", "nnlib.metrics", "nnlib.monitoring", "tqdm.auto"},
    "search": set(),
    "stand_in": {"numpy", "nnlib.backend"},
    "plots": {"numpy", "nnlib.backend"},
}
STANDARD = {"contextlib", "dataclasses", "functools", "gzip", "hashlib", "html", "importlib", "importlib.util", "io"}
STANDARD |= {"itertools", "math", "os", "pathlib", "sys", "types", "typing", "warnings", "zipfile"}
# These make an array from nothing: there is none to ask for its device, so it would be NumPy's beside CuPy's.
MAKERS = {"array", "asarray", "asanyarray", "ascontiguousarray", "arange", "linspace", "zeros", "ones", "empty", "full"}
MAKERS |= {"eye", "identity", "diag", "tri", "indices", "fromiter", "frombuffer", "random", "r_", "c_", "meshgrid"}
# a layer is made on the CPU and then moved; complex steps are NumPy's alone; files hold NumPy's arrays
MAY_MAKE = {"layers": {"zeros", "ones", "full"}, "gradcheck": {"empty"}}
DEVICE_AGNOSTIC = "activations losses layers optimizers graph gradcheck preprocess metrics monitoring training".split()


def imported(source):
    """Names of the modules that `source` imports, anywhere in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"nnlib.{a.name}" for a in node.names) if node.module == "nnlib" else [node.module]


def breaches(name, source):
    return set(imported(source)) - MAY_IMPORT[name] - STANDARD


def test_every_module_has_its_rule():
    assert {path.stem for path in NNLIB.glob("*.py")} == set(MAY_IMPORT)


@pytest.mark.parametrize("name", MAY_IMPORT)
def test_a_module_imports_only_what_it_may(name):
    assert breaches(name, (NNLIB / f"{name}.py").read_text()) == set()


@pytest.mark.parametrize(
    "line", ["import autograder", "from nnlib import losses", "from nnlib.losses import l2_penalty", "import cupy"]
)
def test_a_forbidden_import_is_seen_even_inside_a_function(line):
    assert breaches("gradcheck", f"def f():\n    {line}\n")


def made(source):
    """The functions of `np` in `source` that make an array from nothing, so on the CPU."""
    attributes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)]
    return {node.attr for node in attributes if getattr(node.value, "id", "") in ("np", "numpy")} & MAKERS


@pytest.mark.parametrize("name", DEVICE_AGNOSTIC)
def test_numpy_makes_no_array_where_data_may_lie_on_a_gpu(name):
    assert made((NNLIB / f"{name}.py").read_text()) == MAY_MAKE.get(name, set())


@pytest.mark.parametrize("line", ["np.zeros(z.shape)", "z @ np.eye(len(z))", "np.asarray(z).sum()", "np.random.rand()"])
def test_an_array_made_by_numpy_is_seen(line):
    assert made(f"def f(z):\n    return {line}\n") and not made("def f(z):\n    return np.zeros_like(np.exp(z))\n")


def written_to(source):
    """What is passed as `out` anywhere in `source`."""
    keywords = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.keyword)]
    return [ast.unparse(node.value) for node in keywords if node.arg == "out"]


def test_no_formula_writes_its_result_into_an_array_but_the_weights_gradient():
    written = [target for path in NNLIB.glob("*.py") for target in written_to(path.read_text())]
    assert written == ["self.gradients['W']"]
    assert written_to("np.exp(np.multiply(z, 2, out=z), out=work)") == ["work", "z"]


def loaded_by(statement):
    code = f"import sys; {statement}; print(*[m for m in sys.modules if m.split('.')[0] in {WATCHED}])"
    run = [sys.executable, "-c", code]
    return set(subprocess.run(run, capture_output=True, text=True, check=True, cwd=NNLIB.parent).stdout.split())


WATCHED = ("nnlib", "numpy", "matplotlib", "cupy", "IPython", "nbformat", "autograder")


def test_the_package_alone_loads_nothing():
    assert loaded_by("import nnlib, nnlib.allow") == {"nnlib", "nnlib.allow"}


def test_what_an_assignment_may_import_brings_no_answer_along():
    loaded = loaded_by("from nnlib import datasets, gradcheck, metrics, preprocess")
    assert not loaded & {"nnlib.activations", "nnlib.losses", "nnlib.training", "matplotlib", "cupy", "IPython"}
    assert "nnlib.gradcheck" in loaded


def test_cupy_is_named_in_one_file():
    assert [path.stem for path in NNLIB.glob("*.py") if "import_module(" in path.read_text()] == ["backend"]
    assert not any("import cupy" in path.read_text() for path in NNLIB.glob("*.py") if path.stem != "backend")
