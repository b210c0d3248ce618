"""What a person chooses in a preview where the plan and the file both changed a field."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from concord.audit.events import EventName
from concord.intake import rules
from concord.intake.models import Input, InputRow, SettledConflict
from concord.intake.preview import Preview, require_entry
from concord.intake.queries import file_of, target_of
from concord.intake.services.keeping import move
from concord.intake.services.receiving import compare
from concord.kernel.errors import BadInput, NotFound
from concord.plan.rules import encode

if TYPE_CHECKING:
    from concord.accounts.models import Person


def settle_conflict(row: InputRow, *, field: str, choice: str, by: Person, at: datetime) -> Preview:
    """Chooses whose value counts for one field in conflict: "ours" (the plan's) or "theirs" (the file's).

    Another value is written by mending the cell, and then choosing "theirs". The choice is carried out
    when the file is applied, and can be changed until then.

    Raises:
        NotPermitted; BadInput: another choice; NotFound: the field is not in conflict;
        IllegalMove: the input was withdrawn or undone; StaleWrite: somebody changed it meanwhile.
    """
    if choice not in SettledConflict.Choice.values:
        raise BadInput("Choose what stands in the plan, or what the file says.")
    received = row.input
    who = require_entry(target_of(received), by)
    conflict = next((each for each in row.conflicts if each["field"] == field), None)
    settled = received.settled_conflicts.filter(sheet=row.sheet, row=row.number, field=field).first()
    if conflict is None and settled is None:
        raise NotFound("This field of the row is not in conflict.")
    new = encode(conflict["new"]) if conflict else settled.new if settled else ""
    after = rules.state_after(received.state, rules.MEND)
    file = file_of(received)
    with transaction.atomic():
        move(received, after)
        received.settled_conflicts.update_or_create(
            sheet=row.sheet,
            row=row.number,
            field=field,
            defaults={"new": new, "choice": choice, "by": who, "at": at},
        )
        facts = {"row": row.number, "field": field, "choice": choice}
        return compare(received, file, EventName.CONFLICT_SETTLED, who=who, at=at, **facts)


def unsettle_conflict(row: InputRow, *, field: str, by: Person, at: datetime) -> Preview:
    """Takes a choice back: the field is in conflict again.

    Raises:
        NotPermitted; NotFound: nothing was chosen; IllegalMove; StaleWrite: as settle_conflict.
    """
    received: Input = row.input
    who = require_entry(target_of(received), by)
    after = rules.state_after(received.state, rules.MEND)
    file = file_of(received)
    with transaction.atomic():
        move(received, after)
        found = received.settled_conflicts.filter(sheet=row.sheet, row=row.number, field=field)
        if not found.delete()[0]:
            raise NotFound("Nothing was chosen about this field.")
        facts = {"row": row.number, "field": field, "choice": "asked again"}
        return compare(received, file, EventName.CONFLICT_SETTLED, who=who, at=at, **facts)
