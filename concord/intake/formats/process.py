"""Running one of our modules on a file from outside, with limits; what ends it becomes one sentence."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import concord
from concord.intake.formats.ahead import ReadAhead
from concord.intake.formats.child import OUT_OF_MEMORY
from concord.intake.formats.parts import UnreadableFile

_ROOT = Path(concord.__file__ or ".").resolve().parent.parent
PIPE_BYTES = 1 << 20  # what the pipe holds until it is read; Linux lets everybody have that much
SMALLER = "Split the table, or remove sheets, pictures and formatting, and hand it in again."


class Child:
    """A process of ours that answers line by line; leaving the `with` block ends it.

    Args:
        module: run as `python -m`. arguments: its own. wall_seconds: after that it is killed.
    """

    def __init__(self, module: str, arguments: Sequence[str], wall_seconds: float) -> None:
        self._process = subprocess.Popen(  # noqa: S603  (our interpreter and module; a path is one argument)
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=child_environment(),
            cwd=os.sep,
        )
        self._ahead: ReadAhead | None = None
        if self._process.stdout and hasattr(fcntl, "F_SETPIPE_SZ"):
            with suppress(OSError):  # a small pipe is only slower
                fcntl.fcntl(self._process.stdout, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        self._timer = threading.Timer(wall_seconds, self._process.kill)

    def __enter__(self) -> Self:
        self._timer.start()
        if self._process.stdout:
            self._ahead = ReadAhead(self._process.stdout)
        return self

    @property
    def lines(self) -> Iterable[str]:
        """What it says, line by line, until it ends."""
        return self._ahead.lines() if self._ahead else ()

    def ended(self) -> int:
        """Waits for its end; its exit code, below zero for a signal."""
        return self._process.wait()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        if self._ahead:
            self._ahead.close()
        if self._process.stdout:
            self._process.stdout.close()


def child_environment() -> dict[str, str]:
    """Only what the interpreter needs: no address, name or key of ours reaches the child."""
    return {"PYTHONPATH": str(_ROOT), "PYTHONIOENCODING": "utf-8", "LC_ALL": "C.UTF-8"}


def broken_off(code: int) -> UnreadableFile:
    """Why a child stopped before it had finished, by its exit code."""
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return UnreadableFile("too-slow", "Reading the file took too long and was stopped.", SMALLER)
    if code in (OUT_OF_MEMORY, -signal.SIGABRT, -signal.SIGSEGV):
        return UnreadableFile(
            "too-much-memory", "Reading the file took too much memory and was stopped.", SMALLER
        )
    return UnreadableFile(
        "unreadable",
        "The file could not be read.",
        "Open it in Excel or LibreOffice, save it again as .xlsx or CSV UTF-8 and hand that in.",
    )
