"""Whoever reports an action, or states a need, says that it still stands as written."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from concord.accounts.queries import can
from concord.accounts.rules import Permission
from concord.audit.events import EventName
from concord.audit.services import record
from concord.kernel.errors import IllegalMove, NotPermitted, StaleWrite
from concord.plan.models import Action, Need
from concord.plan.queries.scopes import require_on, scopes_of
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


def count_as_unconfirmed(action: Action) -> None:
    """Takes back that its source confirmed an action: what was just entered on its behalf, it has not seen.

    Part of the caller's transaction, which asked for the permission and records the act.
    """
    Action.objects.filter(pk=action.pk).update(last_confirmed_on=None)
    action.last_confirmed_on = None


@transaction.atomic
def confirm_need(need: Need, *, expected_version: int, by: Person, at: datetime) -> Need:
    """Records that a beneficiary's coordinator or authority says that a need still stands as stated.

    Raises:
        NotPermitted: by speaks for none of the beneficiaries that the need is stated for; StaleWrite: it
        was changed since it was read.
    """
    if not can_confirm_need(need, by):
        raise NotPermitted("You may not confirm this need: its beneficiary's coordinator or authority does.")
    read = Need.objects.filter(pk=need.pk, version=expected_version)
    if not read.update(version=F("version") + 1, last_confirmed_on=at.date()):
        raise StaleWrite("Somebody changed this need since you read it. Read it again before you confirm it.")
    need.refresh_from_db()
    record(EventName.NEED_CONFIRMED, actor=by, about=need, at=at)
    return need


def can_confirm_need(need: Need, actor: Person) -> bool:
    """Whether a person speaks for one of the beneficiaries of a need.

    Stating for everybody, as the secretariat does on behalf, is no confirmation by the source.
    """
    codes = need.beneficiary_rows.values_list("code", flat=True)
    return any(
        can(actor, Permission.STATE_NEED, within=scope, beneficiary=code)
        and not can(actor, Permission.STATE_NEED, within=scope)
        for scope in scopes_of(need)
        for code in codes
    )
