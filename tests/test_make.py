"""`make` on machines that lack something: real runs of make in a copy of the project, on a PATH of stand-ins."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

# this very interpreter, calling itself another version
PYTHON = f"""exec "{sys.executable}" -c 'import sys; sys.version_info = (VERSION); exec(sys.argv[1])' "$2" """
OLD_PYTHON = PYTHON.replace("VERSION", "3, 9, 2")
# python3.12 that notes how it was called and, asked for a venv, leaves one whose python does nothing
NEW_PYTHON = f"""echo "$*" >> calls
case "$1" in -c) {PYTHON.replace("VERSION", "3, 12, 1")} ;; esac
mkdir -p .venv/bin; printf '#!/bin/sh\\nexit 0\\n' > .venv/bin/python; chmod +x .venv/bin/python"""
NO_ENSUREPIP = """case "$2" in *ensurepip*) exit 1 ;; *) exit 0 ;; esac"""
APT_GET = """echo "$*" >> calls; echo exit 0 > "$STUBS/bwrap"; chmod +x "$STUBS/bwrap" """


class Machine:
    """A copy of the Makefile and its scripts, in a folder with a space in its name, and the programs make finds."""

    def __init__(self, root: Path, directory: Path):
        self.project = directory / "a course"
        shutil.copytree(root / ".ci", self.project / ".ci")
        for name in ("Makefile", "requirements.txt", "pyproject.toml"):
            shutil.copy(root / name, self.project)
        self.programs = directory / "bin"
        self.programs.mkdir()
        for name in ("make", "sh", "mkdir", "chmod", "mktemp", "rm", "tail", "touch", "env"):
            (self.programs / name).symlink_to(shutil.which(name))

    def has(self, **scripts: str) -> "Machine":
        """Give the machine programs, by name (python312 is python3.12), each a line or two of shell."""
        for name, script in scripts.items():
            path = self.programs / name.replace("python312", "python3.12").replace("apt_get", "apt-get")
            path.write_text(f"#!/bin/sh\n{script}\n")
            path.chmod(0o755)
        return self

    def make(self, *arguments: str) -> tuple[int, list[str]]:
        """The exit status of make, and its lines but for make's own last one."""
        environment = {"PATH": str(self.programs), "STUBS": str(self.programs), "TMPDIR": str(self.programs)}
        done = subprocess.run(
            [shutil.which("make"), *arguments],
            cwd=self.project,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
        )
        lines = (done.stdout + done.stderr).splitlines()
        return done.returncode, [line for line in lines if not line.startswith("make: ***")]

    def calls(self) -> str:
        """How the programs that take notes were called."""
        notes = self.project / "calls"
        return notes.read_text() if notes.exists() else ""


@pytest.fixture
def machine(root, tmp_path) -> Machine:
    return Machine(root, tmp_path)


def fails_with_one_line(machine: Machine, *words: str, target: str = "demo", **variables: str) -> None:
    status, lines = machine.make(target, *(f"{name}={value}" for name, value in variables.items()))
    assert status != 0
    assert len(lines) == 1, lines
    assert all(word in lines[0] for word in words), lines


@pytest.mark.parametrize("target", ["demo", "test"])
def test_without_bubblewrap_one_line_names_the_command(machine, target):
    machine.has(id="echo 1000", apt_get=APT_GET)
    fails_with_one_line(machine, "bubblewrap", "sudo apt-get install bubblewrap", target=target)
    assert machine.calls() == ""


def test_without_bubblewrap_or_apt_one_line_says_so(machine):
    fails_with_one_line(machine.has(id="echo 0"), "bubblewrap", "package manager")


def test_root_gets_bubblewrap_installed(machine):
    machine.has(id="echo 0", apt_get=APT_GET, python3=OLD_PYTHON)
    status, lines = machine.make("demo")
    assert "install --no-install-recommends bubblewrap" in machine.calls()
    assert lines[0].startswith("Installing bubblewrap")
    assert status != 0 and "Python 3.11" in lines[-1]  # it went on to the next requirement


def test_a_failed_install_of_bubblewrap_is_one_more_line(machine):
    machine.has(id="echo 0", apt_get='echo "E: no network"; exit 100')
    status, lines = machine.make("test")
    assert status != 0
    assert lines[1:] == ["E: no network", lines[-1]] and "could not be installed" in lines[-1]


@pytest.mark.parametrize("target", ["demo", "test", "lab", "lint"])
def test_an_older_python_is_one_line(machine, target):
    machine.has(id="echo 1000", bwrap="exit 0", python3=OLD_PYTHON)
    fails_with_one_line(machine, "Python 3.11 or newer", "python3 is 3.9.2", "PYTHON=", target=target)


def test_no_python_is_one_line(machine):
    fails_with_one_line(machine.has(id="echo 1000", bwrap="exit 0"), "python3 is not found", "PYTHON=")


def test_a_python_asked_for_and_older_is_not_replaced_by_another(machine):
    machine.has(id="echo 1000", bwrap="exit 0", mine=OLD_PYTHON, python312=NEW_PYTHON)
    fails_with_one_line(machine, "mine is 3.9.2", PYTHON="mine")


def test_a_newer_python_is_found_where_python3_is_old(machine):
    machine.has(id="echo 1000", python3=OLD_PYTHON, python312=NEW_PYTHON)
    status, lines = machine.make("venv")
    assert status == 0, lines
    assert "-m venv --clear .venv" in machine.calls()
    assert "python3.12" in lines[0]


def test_a_venv_is_built_once_and_again_when_requirements_change(machine):
    machine.has(id="echo 1000", python3=NEW_PYTHON)
    machine.make("venv")
    assert machine.make("venv") == (0, ["make: Nothing to be done for 'venv'."])
    os.utime(machine.project / ".venv/.installed", (0, 0))
    assert "Installing the packages" in machine.make("venv")[1][0]
    assert machine.calls().count("-m venv") == 1  # the interpreter is kept, its packages brought up to date


def test_a_python_without_ensurepip_is_one_line(machine):
    machine.has(id="echo 1000", python3=NO_ENSUREPIP)
    fails_with_one_line(machine, "apt-get install python3-venv", target="lint")
