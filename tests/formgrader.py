"""A real Jupyter server on a class, and a real browser in it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.a1_class import environment

BROWSER = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
STARTS_WITHIN = 60  # seconds


@contextmanager
def chromium() -> Iterator:
    """A headless Chromium; the test is skipped, saying why, where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pages are not opened")
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("there is no chromium on PATH: pages are not opened in a browser")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=program, args=BROWSER)
        yield browser
        browser.close()


@contextmanager
def jupyter(root: Path, home: Path) -> Iterator[str]:
    """JupyterLab with nbgrader's extensions, started in the course at `home`; yields its address, without a slash."""
    _show_all_cells(home)
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    options = ["--no-browser", "--allow-root", "--IdentityProvider.token=", f"--ServerApp.port={port}"]
    with open(home / "jupyter.log", "wb") as log:
        command = [sys.executable, "-m", "jupyterlab", *options, "--ServerApp.port_retries=0"]
        running = subprocess.Popen(command, cwd=home, env=_environment(root, home), stdout=log, stderr=log)
    try:
        _wait_for(f"{url}/api", running, home / "jupyter.log")
        yield url
    finally:
        running.terminate()
        running.wait(30)


def own_folders(home: Path) -> dict[str, str]:
    """Jupyter's own folders, below `home`: the settings of whoever runs the tests play no part."""
    names = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime"}
    return {name: str(home / "jupyter" / folder) for name, folder in names.items()}


def _show_all_cells(home: Path) -> None:
    """Have JupyterLab draw every cell of a notebook, not only those in sight."""
    folder = Path(own_folders(home)["JUPYTER_CONFIG_DIR"], "lab/user-settings/@jupyterlab/notebook-extension")
    folder.mkdir(parents=True)
    (folder / "tracker.jupyterlab-settings").write_text('{"windowingMode": "none"}')


def _environment(root: Path, home: Path) -> dict[str, str]:
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # nbgrader starts alembic
    return environment(root, **own_folders(home), PATH=programs, IPYTHONDIR=str(home / "jupyter" / "ipython"))


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def _wait_for(url: str, running: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while running.poll() is None and time.monotonic() < until:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    running.kill()
    raise RuntimeError(f"JupyterLab did not start: {log.read_text(errors='replace')[-2000:]}")
