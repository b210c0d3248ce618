"""Which workers live. Each holds a lock on a file of its own, which the system lets go when the process dies.

So a death is seen at once and for certain: a process number may be given to another process, and the time of
a last sign of life says nothing about a machine that slept.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TextIO

from concord.work.notes import folder


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker by its mark. stopping: it was told to stop, so that what it had in hand is put back."""

    mark: str
    pid: int
    host: str
    since: datetime
    stopping: bool


class Presence:
    """Being there as a worker, for as long as the `with` block lasts or the process lives."""

    def __init__(self) -> None:
        self.mark = secrets.token_hex(8)
        self._file: TextIO | None = None

    def __enter__(self) -> Presence:
        begun = _file_of(self.mark).with_suffix(".begun")  # nobody looks at it before it is locked
        self._file = begun.open("x", encoding="utf-8")
        fcntl.flock(self._file, fcntl.LOCK_EX)
        now = datetime.now(UTC).timestamp()
        self._file.write(json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": now}))
        self._file.flush()
        begun.replace(_file_of(self.mark))
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
        forget(self.mark)

    def note_stopping(self) -> None:
        """Says that this worker was told to stop."""
        _stopping(self.mark).touch(mode=0o600)


def is_alive(mark: str) -> bool:
    """Whether the worker of this mark still runs."""
    try:
        with _file_of(mark).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def was_stopping(mark: str) -> bool:
    """Whether a worker was told to stop before it ended."""
    return _stopping(mark).exists()


def live_workers() -> list[Worker]:
    """The workers that run, the longest at work first."""
    found = [_read(path.stem) for path in folder().glob("*.worker") if is_alive(path.stem)]
    return sorted((worker for worker in found if worker), key=lambda worker: worker.since)


def dead_marks() -> list[str]:
    """The marks of workers that left their files behind."""
    return [path.stem for path in folder().glob("*.worker") if not is_alive(path.stem)]


def forget(mark: str) -> None:
    """Takes away the files of a worker that ended."""
    _file_of(mark).unlink(missing_ok=True)
    _stopping(mark).unlink(missing_ok=True)


def _read(mark: str) -> Worker | None:
    try:
        read = json.loads(_file_of(mark).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):  # ended, or began, in this moment
        return None
    since = datetime.fromtimestamp(read["since"], UTC)
    return Worker(mark, read["pid"], read["host"], since, was_stopping(mark))


def _file_of(mark: str) -> Path:
    return folder() / f"{mark}.worker"


def _stopping(mark: str) -> Path:
    return folder() / f"{mark}.stopping"
