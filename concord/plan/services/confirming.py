"""Whoever reports an action says that it still stands as written."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from concord.accounts.rules import Permission
from concord.audit.events import EventName
from concord.audit.services import record
from concord.kernel.errors import IllegalMove, StaleWrite
from concord.plan.models import Action
from concord.plan.queries.scopes import require_on
from concord.plan.services.withdrawing import require_standing

if TYPE_CHECKING:
    from concord.accounts.models import Person


@transaction.atomic
def confirm_action(action: Action, *, expected_version: int, by: Person, at: datetime) -> Action:
    """Records that its reporting organisation confirms an action as it stands; `at` gives the day.

    Args:
        expected_version: the version that the person read and confirms.

    Raises:
        NotPermitted: by does not report for that organisation; IllegalMove: the reporter is not
        identified, or the action was merged away; StaleWrite: it was changed since it was read.
    """
    require_on(by, Permission.REPORT_OWN, action, organisation=action.reporting_organisation)
    if action.merged_into_id is not None:
        raise IllegalMove("This action was merged into another one. Confirm that one.")
    require_standing(action)
    if action.reported_by_as_written:
        raise IllegalMove("Nobody has identified yet who reports this action. Identify that name first.")
    read = Action.objects.filter(pk=action.pk, version=expected_version)
    if not read.update(version=F("version") + 1, last_confirmed_on=at.date()):
        raise StaleWrite(
            "Somebody changed this action since you read it. Read it again before you confirm it."
        )
    action.refresh_from_db()
    record(EventName.ACTION_CONFIRMED, actor=by, about=action, at=at)
    return action
