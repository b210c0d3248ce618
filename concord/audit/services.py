"""The only code that writes to the record of acts."""

import getpass
import os
from datetime import datetime
from typing import Protocol

from django.db import transaction
from django.db.models import F

from concord.audit.events import EventName
from concord.audit.models import ChainHead, Event
from concord.audit.rules import hash_of, instant_text
from concord.kernel.canonical import canonical_bytes
from concord.kernel.errors import ConcordError


class Actor(Protocol):
    """Who acts: an opaque reference and whether it is a system account."""

    @property
    def ref(self) -> str: ...
    @property
    def is_system(self) -> bool: ...


class Recorded(Protocol):
    """A thing that acts are about: it names itself to the record as (type, key)."""

    @property
    def audit_ref(self) -> tuple[str, str]: ...


About = tuple[str, str] | Recorded


def record(event: EventName, *, actor: Actor | None, about: About, at: datetime, **facts: object) -> Event:
    """Adds one act to the end of the chain, as part of the caller's transaction.

    Args:
        event: its name in the vocabulary (audit/events.py).
        actor: who did it; None only where nobody is signed in. Only the opaque reference is kept. For
            a system account the operating system's user is kept beside it.
        about: (type, key) of the thing, or the thing itself if it has `audit_ref`.
        at: the instant of the act, aware.
        facts: what JSON can hold (dates as text): counts, keys, codes, reasons. No names of persons, no
            addresses, no restricted text, since rows are kept for ever and read by the auditor.

    Raises:
        BadInput: facts that are not JSON, an instant without time zone.
        RuntimeError: called outside a transaction; the act and its record would not be one.
    """
    _require_transaction()
    about_type, about_key = about if isinstance(about, tuple) else about.audit_ref
    row: dict[str, object] = {
        "event": EventName(event).value,
        "actor_ref": actor.ref if actor else "",
        "os_user": _os_user() if actor and actor.is_system else "",
        "about_type": about_type,
        "about_key": str(about_key),
        "at": instant_text(at),
        "facts": canonical_bytes(facts).decode(),
    }
    head = _locked_head()
    row |= {"sequence": head.sequence, "previous_hash": head.hash}
    added = Event(**row | {"at": at, "hash": hash_of(row)})
    added.save()
    ChainHead.objects.filter(pk=ChainHead.ONLY).update(hash=added.hash)
    return added


def record_refusal(
    *, actor: Actor | None, permission: str, about: About, at: datetime, **facts: object
) -> Event:
    """Records that somebody was refused. Front doors call it after the refused act was rolled back.

    Args: as for `record`; permission is the name of what was missing.
    """
    with transaction.atomic():
        return record(
            EventName.PERMISSION_REFUSED, actor=actor, about=about, at=at, permission=permission, **facts
        )


def _require_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("record() belongs inside the transaction of the act that it records")


def _locked_head() -> ChainHead:
    """The head with its number already counted up; other writers wait until this transaction ends."""
    if not _count_up():
        # Somebody may have made the head between the two looks, together with the first event.
        if Event.objects.exists() and not ChainHead.objects.exists():
            raise ConcordError("The head of the record of acts is missing. Run: concord audit verify")
        ChainHead.objects.get_or_create(pk=ChainHead.ONLY)
        _count_up()
    return ChainHead.objects.get(pk=ChainHead.ONLY)


def _count_up() -> int:
    return ChainHead.objects.filter(pk=ChainHead.ONLY).update(sequence=F("sequence") + 1)


def _os_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user without an entry in passwd
        return f"uid {os.getuid()}"
