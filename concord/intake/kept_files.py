"""Where the bytes of large inputs are kept: beside the database, named by their SHA-256."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings


def kept_file(sha256: str) -> Path:
    """The place of a large file's bytes; its folder is there, readable by its owner alone."""
    folder = Path(settings.DATA) / "inputs"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / sha256
