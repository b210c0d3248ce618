"""`concord worker`: works through what people asked for in the background, and through mails that wait.

This process only keeps the one that works: it starts another when that one dies, and stops it at Ctrl-C.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from types import FrameType

HELP = "do what waits in the background; `concord serve` starts one by itself"

STOP_SECONDS = 12  # the worker itself takes up to 8 to reach a point where its work can be put back
LONG_LIFE_SECONDS = 60  # a worker that lived so long did not die of its start
LONGEST_PAUSE_SECONDS = 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whether to come back once nothing waits."""
    parser.add_argument("--once", action="store_true", help="do what waits now, then end")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)  # what the keeper starts
    parser.add_argument("--of-server", type=int, metavar="PID", help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> int:
    """Work, or keep a process that does."""
    if options.once or options.alone:
        return _work(once=options.once)
    if options.of_server is None:
        _prepare()
        print("Concord's worker is waiting for work  (Ctrl-C stops it)", flush=True)
    return Keeper(server=options.of_server).keep()


def start_beside_server() -> None:
    """Starts a keeper that ends with this process; for `concord serve`, which then becomes the server."""
    words = [sys.executable, "-m", "concord.commands.main", "worker", "--of-server", str(os.getpid())]
    subprocess.Popen(  # noqa: S603  (our own interpreter and module)
        words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, process_group=0
    )


def _prepare() -> None:
    from concord.commands.main import prepare_django

    prepare_django()


def _work(*, once: bool) -> int:
    _prepare()
    from concord.work.worker import work_on, work_through

    work_through() if once else work_on()
    return 0


class Keeper:
    """Keeps one working process alive until it is told to stop.

    server: the process that started this one; when it has ended, even by kill -9, this one ends too.
    """

    def __init__(self, *, server: int | None) -> None:
        self.server = server
        self.stopping = False
        self.pause = 0.5

    def keep(self) -> int:
        """Start, watch, start again; 0 after being stopped."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        while not self._is_over():
            began = time.monotonic()
            worker = self._start()
            while worker.poll() is None and not self._is_over():
                time.sleep(0.2)
            if self._is_over():
                _stop(worker)
                break
            self._breathe(lived=time.monotonic() - began)
        return 0

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _is_over(self) -> bool:
        return self.stopping or (self.server is not None and os.getppid() != self.server)

    def _start(self) -> subprocess.Popen[bytes]:
        words = [sys.executable, "-m", "concord.commands.main", "worker", "--alone"]
        # a group of its own: Ctrl-C reaches this process alone, which then stops the worker once
        return subprocess.Popen(words, stdin=subprocess.DEVNULL, process_group=0)  # noqa: S603

    def _breathe(self, *, lived: float) -> None:
        """Wait a little before the next start, longer each time that one dies early."""
        self.pause = 0.5 if lived > LONG_LIFE_SECONDS else min(self.pause * 2, LONGEST_PAUSE_SECONDS)
        print(
            f"concord: the worker ended; starting another in {self.pause:.0f} s.", file=sys.stderr, flush=True
        )
        until = time.monotonic() + self.pause
        while time.monotonic() < until and not self._is_over():
            time.sleep(0.1)


def _stop(worker: subprocess.Popen[bytes]) -> None:
    worker.terminate()
    try:
        worker.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
