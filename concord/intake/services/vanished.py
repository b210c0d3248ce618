"""What became of records that a source sends no longer: kept, withdrawn, or left for later; never deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from concord.audit.events import EventName
from concord.audit.services import record
from concord.intake import rules
from concord.intake.models import Input, VanishedAnswer
from concord.intake.preview import require_entry
from concord.intake.queries import SaidOfVanished, target_of, vanished_from
from concord.intake.services.keeping import move
from concord.kernel.errors import BadInput, IllegalMove, NotFound, StaleWrite
from concord.plan.services import restore_action, withdraw_action

if TYPE_CHECKING:
    from concord.accounts.models import Person
    from concord.plan.models import Action, Need

KIND = VanishedAnswer.Kind


def answer_vanished(
    received: Input, *, kind: str, keys: Sequence[str] = (), reason: str = "", by: Person, at: datetime
) -> int:
    """Says of records that are no longer in the file what became of them; gives their number.

    Args:
        kind: planned (kept, and not asked again), withdrawn (the action is withdrawn at once), or later
            (asked again with the next file). keys: of the records; none means all that are asked about.
        reason: why actions are withdrawn, in plain words.

    Raises:
        NotPermitted: to hand in here, or to withdraw one of the actions; IllegalMove: the input was
        withdrawn or undone; NotFound: a record is not asked about; BadInput: another kind, no reason, or
        a need, which can't be withdrawn; StaleWrite: somebody changed it in the same moment.
    """
    who = require_entry(target_of(received), by)
    after = rules.state_after(received.state, rules.MEND)
    if kind not in KIND.values or (kind == KIND.WITHDRAWN and not keys):
        raise BadInput("Choose what became of the record.")
    with transaction.atomic():
        move(received, after)
        asked = {each.key: each for each in vanished_from(received, actor=who)}
        if not keys:
            keys = list(asked)
        if not keys or not set(keys) <= asked.keys():
            raise NotFound("This record is not asked about, or no longer. Look at the file again.")
        if kind == KIND.WITHDRAWN:
            for key in keys:
                _withdraw(asked[key], reason, who, at)
        VanishedAnswer.objects.bulk_create(
            VanishedAnswer(input=received, record_key=key, kind=kind, by=who, at=at) for key in keys
        )
        facts = {"answer": kind, "records": len(keys)}
        record(EventName.VANISHED_ANSWERED, actor=who, about=received, at=at, **facts)
    return len(keys)


def _withdraw(found: Action | Need, reason: str, who: Person, at: datetime) -> None:
    if hasattr(found, "statement"):
        raise BadInput("A need is not withdrawn here. Open it, and amend or close it there.")
    withdraw_action(found, reason=reason, expected_version=found.version, by=who, at=at)


@transaction.atomic
def take_back_vanished(said: SaidOfVanished, *, by: Person, at: datetime) -> None:
    """Takes such an answer back: the record is asked about again, a withdrawn action stands again.

    Raises:
        NotPermitted; IllegalMove: taken back before, or the action was restored meanwhile; StaleWrite.
    """
    answer, found = said.answer, said.record
    received = answer.input
    who = require_entry(target_of(received), by)
    after = rules.state_after(received.state, rules.MEND)
    if answer.taken_back_at is not None:
        raise IllegalMove("This was taken back before.")
    move(received, after)
    holding = VanishedAnswer.objects.filter(pk=answer.pk, taken_back_at=None)
    if not holding.update(taken_back_at=at):
        raise StaleWrite("Somebody took this back in the same moment.")
    if answer.kind == KIND.WITHDRAWN and not hasattr(found, "statement") and found.withdrawn_at is not None:
        restore_action(found, expected_version=found.version, by=who, at=at)
    record(EventName.VANISHED_ANSWER_TAKEN_BACK, actor=who, about=received, at=at, answer=answer.kind)
