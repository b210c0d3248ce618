"""Undoing a whole import: the plan says again what it said before, and the receipt says so for ever."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from concord.audit.events import EventName
from concord.audit.services import record
from concord.intake import rules
from concord.intake.models import Input
from concord.intake.preview import require_entry
from concord.intake.queries import later_inputs, target_of
from concord.intake.services.keeping import move
from concord.kernel.errors import IllegalMove
from concord.plan.services import undo_recording

if TYPE_CHECKING:
    from concord.accounts.models import Person


@transaction.atomic
def undo_import(received: Input, *, by: Person, at: datetime) -> Input:
    """Takes back all that an input wrote, however many rounds it had. Handing the file in again works.

    Organisations and names that the register learnt on the way stay.

    Raises:
        NotPermitted; IllegalMove: not applied, undone before, or something builds on it: a later file
        about the same records, or what plan.services.undo_recording names; StaleWrite.
    """
    who = require_entry(target_of(received), by)
    after = rules.state_after(received.state, rules.UNDO)
    if later := later_inputs(received).first():
        raise IllegalMove(
            f"This import can’t be undone, because a later file says something about the same records"
            f" (receipt {later.key}). Undo that one first."
        )
    move(received, after, undone_at=at, undone_by=who)
    undone = undo_recording(received.key, framework=received.framework, by=who, at=at)
    facts = {"removed": undone.removed, "restored": undone.restored}
    record(EventName.IMPORT_UNDONE, actor=who, about=received, at=at, **facts)
    return received
