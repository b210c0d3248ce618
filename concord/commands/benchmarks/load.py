"""A small load generator on the standard library: kept connections, one thread each, loopback only."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Reading:
    """Seconds of each answered request, and how many answers were not 200."""

    seconds: list[float] = field(default_factory=list)
    failures: int = 0


def load(*, port: int, path: str, connections: int, seconds: int) -> Reading:
    """Reads one page over and over for some seconds, in a process of its own.

    The generator shares the machine's cores with the server, so the figures are on the low side.
    """
    words = [sys.executable, "-m", __name__, str(port), path, str(connections), str(seconds)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)  # noqa: S603
    return Reading(**json.loads(done.stdout))


def _generate(port: int, path: str, connections: int, seconds: int) -> Reading:
    reading, until = Reading(), time.monotonic() + seconds
    lock = threading.Lock()
    workers = [
        threading.Thread(target=_read, args=(port, path, until, reading, lock)) for _ in range(connections)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return reading


def _read(port: int, path: str, until: float, reading: Reading, lock: threading.Lock) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    mine, failures = [], 0
    while (began := time.monotonic()) < until:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        mine.append(time.monotonic() - began)
        failures += answer.status != 200
    connection.close()
    with lock:
        reading.seconds += mine
        reading.failures += failures


if __name__ == "__main__":
    done = _generate(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    print(json.dumps({"seconds": done.seconds, "failures": done.failures}))
