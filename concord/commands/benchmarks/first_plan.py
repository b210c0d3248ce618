"""The demonstration from its files to its public page: import, analysis, publication, and serving."""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from concord.commands.benchmarks.figures import Figure
from concord.commands.benchmarks.load import load

TITLE = "The first plan: import, analysis, public page"
PAGE = "/plans/wbcsci-2018-2020/"
CONNECTIONS, SECONDS = 16, 15
START_SECONDS = 60


def measure() -> list[Figure]:
    """Load the demonstration into an empty folder step by step, then serve it and read its plan page."""
    with tempfile.TemporaryDirectory(prefix="concord-bench-") as folder:
        environment = os.environ | {"CONCORD_DATA": folder}
        steps = timed_steps(environment)
        with_server = serve_and_read(environment)
    imports = [(title, seconds) for title, seconds in steps if "actions of" in title or "needs" in title]
    analyses = [(title, seconds) for title, seconds in steps if title.startswith("Analysis")]
    total = sum(seconds for _, seconds in steps)
    return [
        *(Figure(f"Import: {title}", f"{seconds:.2f} s") for title, seconds in imports),
        *(Figure(title, f"{seconds:.2f} s", "under 3 s") for title, seconds in analyses),
        Figure("The whole demonstration into an empty database", f"{total:.1f} s"),
        *with_server,
    ]


def timed_steps(environment: dict[str, str]) -> list[tuple[str, float]]:
    """Title and wall seconds of each step of `concord demo`, run in a process of its own."""
    words = [sys.executable, "-m", "concord.commands.benchmarks.steps"]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)  # noqa: S603
    return [(title, seconds) for title, seconds in json.loads(done.stdout.splitlines()[-1])]


def serve_and_read(environment: dict[str, str]) -> list[Figure]:
    """Requests per second and latency of the public plan page over kept connections."""
    port = free_port()
    words = [sys.executable, "-m", "concord.commands.main", "serve", "--port", str(port)]
    server = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603
    try:
        size = wait_for(f"http://127.0.0.1:{port}{PAGE}")
        reading = load(port=port, path=PAGE, connections=CONNECTIONS, seconds=SECONDS)
    finally:
        server.terminate()
        server.wait(timeout=20)
    times = sorted(reading.seconds)
    title = f"Public plan page ({size / 1000:.0f} kB), {CONNECTIONS} connections, {SECONDS} s"
    return [
        Figure(f"{title}: requests per second", f"{len(times) / SECONDS:.0f}"),
        Figure(f"{title}: median", f"{statistics.median(times) * 1000:.0f} ms"),
        Figure(f"{title}: 95th percentile", f"{times[int(len(times) * 0.95)] * 1000:.0f} ms", "under 150 ms"),
        Figure(f"{title}: answers other than 200", str(reading.failures), "none"),
    ]


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str) -> int:
    """Waits until a page answers; gives its size in bytes.

    Raises:
        TimeoutError: it did not within a minute.
    """
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310  (our own server)
                return len(answer.read())
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise TimeoutError(f"{address} did not answer within {START_SECONDS} s")


def checkout() -> Path:
    """The folder of this checkout."""
    return Path(__file__).resolve().parents[3]
