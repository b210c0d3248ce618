"""Archives without a clock: the same parts give the same bytes, whenever they are written."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from io import BytesIO

EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)
"""The first day that a zip archive can hold; the day of everything that has none of its own."""


def without_clock(content: bytes) -> bytes:
    """The archive with the first day that it can hold on every part, instead of the time of writing."""
    packed = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as made, zipfile.ZipFile(packed, "w") as archive:
        for name in made.namelist():
            entry = zipfile.ZipInfo(name, EARLIEST.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, made.read(name))
    return packed.getvalue()
