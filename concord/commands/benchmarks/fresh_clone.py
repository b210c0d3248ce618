"""`make demo` from a fresh clone to the first page, with a warm package cache."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from concord.commands.benchmarks.figures import Figure
from concord.commands.benchmarks.first_plan import PAGE, checkout, free_port

TITLE = "A fresh clone: make demo to the first page"
LONGEST_SECONDS = 900


def measure() -> list[Figure]:
    """Clone this checkout's last commit, run `make demo` twice, and time each until the plan page answers."""
    with tempfile.TemporaryDirectory(prefix="concord-clone-") as folder:
        clone = Path(folder) / "concord"
        git = shutil.which("git") or "git"
        subprocess.run([git, "clone", "--quiet", str(checkout()), str(clone)], check=True)  # noqa: S603
        first, second = seconds_to_page(clone), seconds_to_page(clone)
    return [
        Figure("First run, with install and load", f"{first:.0f} s", "under 180 s"),
        Figure("Second run", f"{second:.1f} s"),
    ]


def seconds_to_page(clone: Path) -> float:
    """Wall seconds from `make demo` until the plan page answers; the server is stopped again."""
    port = free_port()
    environment = {
        key: value for key, value in os.environ.items() if key not in {"CONCORD_DATA", "VIRTUAL_ENV"}
    }
    began = time.monotonic()
    process = subprocess.Popen(  # noqa: S603  (our own make target)
        [shutil.which("make") or "make", "demo", f"PORT={port}"],
        cwd=clone,
        env=environment,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while time.monotonic() - began < LONGEST_SECONDS:
            if process.poll() is not None:
                raise RuntimeError(f"make demo stopped with {process.returncode}")
            if _answers(port):
                return time.monotonic() - began
            time.sleep(0.5)
        raise TimeoutError(f"no page within {LONGEST_SECONDS} s")
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{PAGE}", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError):
        return False
