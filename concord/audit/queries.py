"""Reading the record of acts and proving that it is whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError

from concord.audit.models import ChainHead, Event
from concord.audit.rules import FIRST_PREVIOUS_HASH, HASHED, hash_of
from concord.audit.services import About
from concord.kernel.errors import BadInput

CHUNK = 1_000  # rows read at a time: the chain may be longer than memory

_COLUMNS = (*(name for name in HASHED if name != "at"), "at_text", "hash")


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What checking the whole record found.

    events: rows found in order before the first fault (all, if none). head: the hash of the last of
    them. bad_row: the sequence number of the first faulty row, or None. why: a sentence, or empty.
    """

    ok: bool
    events: int
    head: str
    bad_row: int | None = None
    why: str = ""


def history_of(about: About) -> list[Event]:
    """The acts about one thing, oldest first; empty if there are none."""
    about_type, about_key = about if isinstance(about, tuple) else about.audit_ref
    return list(Event.objects.filter(about_type=about_type, about_key=str(about_key)))


def latest_events(limit: int = 100, *, before: int | None = None) -> list[Event]:
    """The last acts, newest first; `before` (a sequence number, not included) turns the page."""
    events = Event.objects.order_by("-sequence")
    return list(events.filter(sequence__lt=before)[:limit] if before else events[:limit])


def verify_chain() -> ChainReport:
    """Recomputes every row's hash from its stored columns and checks order, gaps, links and the head.

    A change of one byte in any column of any row, a row taken out, put in or swapped, and a cut tail
    are found; the first faulty row is named. Reads only.
    """
    checked, last_hash = 0, FIRST_PREVIOUS_HASH
    for row in _stored_rows():
        if why := _fault(row, expected=checked + 1, previous_hash=last_hash):
            return ChainReport(False, checked, last_hash, checked + 1, why)
        checked, last_hash = checked + 1, str(row["hash"])
    return _compared_with_head(checked, last_hash)


def _stored_rows() -> Iterator[dict[str, Any]]:
    """Every row in order, as stored; a row that cannot even be read comes as {"unreadable": why}."""
    last = None
    while True:
        rows = _rows_after(last, CHUNK)
        yield from rows
        if not rows or "unreadable" in rows[-1]:
            return
        last = rows[-1]["sequence"]


def _rows_after(last: Any, limit: int) -> list[dict[str, Any]]:
    rows = Event.objects.with_stored_text().order_by("sequence").values(*_COLUMNS)
    if last is not None:
        rows = rows.filter(sequence__gt=last)
    try:
        return list(rows[:limit])
    except (DatabaseError, ValueError) as error:  # bytes that are no text
        if limit > 1:
            return _rows_after(last, 1)
        return [{"unreadable": str(error)}]


def _fault(row: dict[str, Any], *, expected: int, previous_hash: str) -> str:
    if "unreadable" in row:
        return f"The row cannot be read: {row['unreadable']}"
    if row["sequence"] != expected:
        return f"Row {expected} is missing: the next row found is {row['sequence']}."
    if row["previous_hash"] != previous_hash:
        return "The row does not follow from the row before it."
    try:
        recomputed = hash_of({**row, "at": row["at_text"]})
    except BadInput:
        return "The row holds something that the record never writes."
    return "" if recomputed == row["hash"] else "The row was changed: its hash does not match its contents."


def _compared_with_head(checked: int, last_hash: str) -> ChainReport:
    """The report on rows that are all in order: they must end where the head says."""
    head = ChainHead.objects.filter(pk=ChainHead.ONLY).first() or ChainHead()
    if (head.sequence, head.hash) == (checked, last_hash):
        return ChainReport(True, checked, last_hash)
    if head.sequence > checked:
        why = f"The record ends at row {checked}, its head says {head.sequence}: rows were cut off."
        return ChainReport(False, checked, last_hash, checked + 1, why)
    if head.sequence < checked:
        why = (
            f"The head of the record ends at row {head.sequence}: this row was put in, or the head put back."
        )
        return ChainReport(False, checked, last_hash, head.sequence + 1, why)
    return ChainReport(False, checked, last_hash, checked, "The head does not match the last row.")
