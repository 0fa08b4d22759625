"""What holds for the project as a whole: who imports whom in autograder, what is tracked, what is pinned."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

STAGES = {"sanitise", "judge", "record", "feedback"}
IN_THE_GUEST = {"guest", "plain_data", "shell", "wire"}
GUEST_IMPORTS = {"numpy", "matplotlib", "IPython", "traitlets"} | IN_THE_GUEST | sys.stdlib_module_names
NBGRADER_METADATA = re.compile(r"""metadata(\.nbgrader\b|\[["']nbgrader["']\]|\.get\(["']nbgrader["'])""")

TOP_LEVEL = {
    *("README.md", "SECURITY.md", "CHANGELOG.md", "LICENSE", "requirements.txt", "pyproject.toml", "Makefile"),
    *("nbgrader_config.py", "nnlib", "lectures", "assignments", "autograder", "tests"),
    *(".ci", ".gitignore", ".gitattributes"),
}
# in parts, so that this file does not hold what it looks for
PLACES = rb"work|root|opt/pypi|home/[a-z]+"
SOMEONES_MACHINE = re.compile(rb"(?<![\w.~])/(" + PLACES + rb")/\w")
EXACT = re.compile(r"[A-Za-z0-9._-]+==\d[\w.]*")


def imports(path: Path) -> set[str]:
    """The dotted names that a file imports anywhere in it: `from a import b` counts as a.b."""
    package = path.parent.name
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = ".".join(filter(None, [package if node.level else "", node.module]))
            found |= {f"{module}.{alias.name}" for alias in node.names}
    return found


def tops(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imports(path)}


def siblings(path: Path) -> set[str]:
    """The modules of its own package that a file imports."""
    return {name.split(".")[1] for name in imports(path) if name.startswith(path.parent.name + ".")}


def autograder_faults(package: Path) -> Iterator[str]:
    for path in sorted(package.glob("*.py")):
        name, text = path.stem, path.read_text(encoding="utf-8")
        if name in STAGES:
            yield from (f"{name} imports {other}" for other in sorted(siblings(path) & STAGES))
        if name in IN_THE_GUEST:
            yield from (f"{name} imports {other}" for other in sorted(tops(path) - GUEST_IMPORTS))
        if name != "record" and any(module.startswith("nbgrader.api") for module in imports(path)):
            yield f"{name} knows the gradebook"
        if name != "walls" and "bwrap" in text:
            yield f"{name} knows the sandbox"
        if name != "cells" and NBGRADER_METADATA.search(text):
            yield f"{name} knows nbgrader's cell metadata"
    for path in sorted((package / "checks").glob("*.py")):
        allowed = {"autograder", "nnlib", "numpy"} | sys.stdlib_module_names
        yield from (f"checks/{path.stem} imports {other}" for other in sorted(tops(path) - allowed))
        used = {name.split(".")[1] for name in imports(path) if name.startswith("autograder.")}
        yield from (f"checks/{path.stem} imports {other}" for other in sorted(used - {"judgement", "checks"}))


def test_one_file_each_knows_nbgrader_the_gradebook_and_the_sandbox(root):
    assert list(autograder_faults(root / "autograder")) == []


@pytest.mark.parametrize(
    ("file", "line", "fault"),
    [
        ("sanitise", "from autograder import record", "sanitise imports record"),
        ("feedback", "from autograder.judge import Judge", "feedback imports judge"),
        ("wire", "import nbformat", "wire imports nbformat"),
        ("guest", "from autograder import judgement", "guest imports autograder"),
        ("pipeline", "from nbgrader.api import Gradebook", "pipeline knows the gradebook"),
        ("demo", "COMMAND = 'bwrap'", "demo knows the sandbox"),
        ("release", "cell.metadata['nbgrader']", "release knows nbgrader's cell metadata"),
        ("checks/a1_neuron", "import nbgrader", "checks/a1_neuron imports nbgrader"),
        ("checks/a1_neuron", "from autograder.sandbox import Guest", "checks/a1_neuron imports sandbox"),
    ],
)
def test_a_wrong_import_in_autograder_is_seen(root, tmp_path, file, line, fault):
    planted(root / "autograder", tmp_path / "autograder", file, line)
    assert fault in list(autograder_faults(tmp_path / "autograder"))


def planted(package: Path, copy: Path, file: str, line: str) -> None:
    """A copy of a package in which one file, perhaps a new one, has one more line at its end."""
    shutil.copytree(package, copy, ignore=shutil.ignore_patterns("__pycache__", "bank"))
    (copy / file).parent.mkdir(exist_ok=True)
    with (copy / f"{file}.py").open("a", encoding="utf-8") as source:
        source.write(f"\n{line}\n")


@pytest.fixture(scope="module")
def tracked(root) -> list[Path]:
    """The files that git tracks, relative to the checkout."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True)
    if listing.returncode:
        pytest.skip("not a git checkout: nothing is tracked")
    return [Path(name) for name in listing.stdout.split("\0") if name and (root / name).exists()]


def test_the_top_level_stays_sparse(tracked):
    assert {path.parts[0] for path in tracked} <= TOP_LEVEL


def test_assignments_hold_nothing_but_notebooks(tracked):
    """nbgrader copies every other file in these folders into the release."""
    assert {path.suffix for path in tracked if path.parts[0] == "assignments"} <= {".ipynb"}


def test_tracked_files_are_small(root, tracked):
    assert {str(path) for path in tracked if (root / path).stat().st_size >= 1_000_000} == set()


def test_no_tracked_file_names_a_path_of_someones_machine(root, tracked):
    found = {str(path): SOMEONES_MACHINE.search((root / path).read_bytes()) for path in tracked}
    assert {path: hit.group() for path, hit in found.items() if hit} == {}


@pytest.mark.parametrize("parts", [("", "work", "main"), ("", "root", "x"), ("file:", "", "", "home", "ada", "x")])
def test_a_path_of_someones_machine_is_seen(parts):
    assert SOMEONES_MACHINE.search(b"see " + "/".join(parts).encode())


def test_the_tests_that_security_md_names_exist(root):
    named = set(re.findall(r"`(test_\w+)`", (root / "SECURITY.md").read_text(encoding="utf-8")))
    sources = (path.read_text(encoding="utf-8") for path in (root / "tests").rglob("*.py"))
    assert len(named) > 30 and named <= {name for text in sources for name in re.findall(r"def (test_\w+)", text)}


def ruff(root: Path, *paths: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--config", str(root / "pyproject.toml"), *paths]
    return subprocess.run(command, cwd=root, capture_output=True, text=True)


def test_the_project_is_clean_under_its_own_lint_rules(root):
    run = ruff(root, ".")
    assert run.returncode == 0, run.stdout[-4000:]


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        ("import os\n", "F401"),
        ("def f(): ...\n\n\ndef f(): ...\n", "F811"),
        (f"x = '{120 * 'a'}'\n", "E501"),
    ],
)
def test_what_lint_is_for_is_seen(root, tmp_path, source, rule):
    (tmp_path / "planted.py").write_text(source)
    assert rule in ruff(root, str(tmp_path)).stdout


def pins(path: Path) -> dict[str, str]:
    """Package → version of a requirements file, each line of which must be `package==version` and nothing more."""
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    assert [line for line in lines if not EXACT.fullmatch(line)] == []
    return {name.lower().replace("_", "-"): version for name, version in (line.split("==") for line in lines)}


@pytest.mark.parametrize("line", ["numpy", "numpy>=2", "numpy==2.*", "--index-url https://x", "x @ file:///x", "-e ."])
def test_a_requirement_that_is_not_exact_is_seen(tmp_path, line):
    (tmp_path / "requirements.txt").write_text(f"# comment\nnumpy==2.4.6\n{line}\n")
    with pytest.raises(AssertionError):
        pins(tmp_path / "requirements.txt")


def test_students_install_the_versions_of_the_course(root):
    assert pins(root / "lectures/requirements.txt").items() <= pins(root / "requirements.txt").items()


def test_the_pins_are_what_pyproject_asks_for(root):
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    pinned = pins(root / "requirements.txt")
    asked = [Requirement(line) for line in project["dependencies"] + project["optional-dependencies"]["dev"]]
    assert [str(need) for need in asked if not need.specifier.contains(pinned.get(need.name.lower(), "0"))] == []
