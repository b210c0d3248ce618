"""Keeps records as their files held them; part of recording, which asked who may do it."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from concord.kernel.canonical import sha256_hex
from concord.plan.models import ReceivedRecord

BATCH = 500


def keep_received(texts: Iterable[str]) -> None:
    """Keeps each text once; the statements name it by its hash."""
    contents = {sha256_hex(content): content for content in (text.encode() for text in texts)}
    ReceivedRecord.objects.bulk_create(
        (ReceivedRecord(sha256=key, content=zlib.compress(text)) for key, text in contents.items()),
        batch_size=BATCH,
        ignore_conflicts=True,
    )
