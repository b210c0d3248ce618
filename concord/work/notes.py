"""What stands beside the database while a job runs: how far it is, and that somebody wants it stopped.

A job's work is one transaction, and on SQLite nobody else can write while that is open: progress kept in a
table would be seen only when all is done, and a wish to stop would wait as long. So both are small files in
CONCORD_DATA/work, written whole or not at all, and gone when the job has ended. They hold no restricted
text. Several machines on one PostgreSQL database share CONCORD_DATA.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Note:
    """How far a job is. done of total are counted in the step's own units; total 0: not known."""

    step: str
    done: int
    total: int
    at: datetime


def folder() -> Path:
    """CONCORD_DATA/work, made where it is missing."""
    place = Path(settings.DATA) / "work"
    place.mkdir(mode=0o700, exist_ok=True)
    return place


def write_note(key: str, note: Note) -> None:
    """Keeps how far a job is; readers see the note before or this one, never a part."""
    text = json.dumps({"step": note.step, "done": note.done, "total": note.total, "at": note.at.timestamp()})
    descriptor, fresh = tempfile.mkstemp(dir=folder(), prefix=".note-")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    Path(fresh).replace(_note_file(key))


def read_note(key: str) -> Note | None:
    """How far a job is; None before its first step and after its end."""
    try:
        read = json.loads(_note_file(key).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Note(read["step"], read["done"], read["total"], datetime.fromtimestamp(read["at"], UTC))


def ask_to_stop(key: str) -> None:
    """Leaves word that the job is to be stopped."""
    _stop_file(key).touch(mode=0o600)


def stop_asked_for(key: str) -> float | None:
    """Since how many seconds the job is to be stopped; None where nobody wants that."""
    try:
        asked = _stop_file(key).stat().st_mtime
    except FileNotFoundError:
        return None
    return max(0.0, datetime.now(UTC).timestamp() - asked)


def clear(key: str) -> None:
    """Takes the job's files away."""
    _note_file(key).unlink(missing_ok=True)
    _stop_file(key).unlink(missing_ok=True)


def _note_file(key: str) -> Path:
    return folder() / f"{key}.json"


def _stop_file(key: str) -> Path:
    return folder() / f"{key}.stop"
