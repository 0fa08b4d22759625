"""Starting a program as an ordinary user, from a session of root."""

import os
import shutil
import subprocess
import sys
import sysconfig
from functools import cache
from pathlib import Path

USER = "1000"
AS_USER = ("setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "env", "-i")
PYTHON = "/usr/bin/python3"  # readable by everybody, which the interpreter that runs this test need not be


@cache
def why_not(root: Path) -> str:
    """Why this cannot be tried here; nothing where it can."""
    if os.getuid() != 0:
        return "the other tests already run as an ordinary user"
    if not (shutil.which("setpriv") and Path(PYTHON).exists()):
        return f"setpriv or {PYTHON} is missing"
    asked = subprocess.run([PYTHON, "-c", "import sys; print(*sys.version_info[:2])"], capture_output=True, text=True)
    if asked.stdout.split() != [str(n) for n in sys.version_info[:2]]:
        return (
            f"{PYTHON} is Python {'.'.join(asked.stdout.split())}, this is {'.'.join(map(str, sys.version_info[:2]))}"
        )
    probe = f"import sys; sys.path[:0] = {path(root)!r}; import numpy, nbgrader, autograder.cli"
    tried = subprocess.run([*AS_USER, PYTHON, "-c", probe], cwd="/", capture_output=True, text=True)
    return (
        "" if tried.returncode == 0 else f"an ordinary user cannot import this checkout: {tried.stderr.strip()[-200:]}"
    )


def path(root: Path) -> list[str]:
    return [str(root), sysconfig.get_path("purelib")]
