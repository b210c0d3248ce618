"""An action that its source no longer plans: it stays as a record and counts nowhere, until restored."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from concord.accounts.rules import Permission
from concord.audit.events import EventName
from concord.audit.services import record
from concord.kernel.errors import BadInput, IllegalMove, StaleWrite
from concord.plan.events import announce_actions
from concord.plan.models import Action
from concord.plan.queries.scopes import can_on, require_on

if TYPE_CHECKING:
    from concord.accounts.models import Person

LONGEST_REASON = 1000


@transaction.atomic
def withdraw_action(
    action: Action, *, reason: str, expected_version: int, by: Person, at: datetime
) -> Action:
    """Records that its source no longer plans an action: it leaves lists, figures, drafts and analysis.

    Nothing is deleted; versions and editions that hold it keep it.

    Args:
        reason: why, in plain words; members who may see the action read it. It stands with the action
            and not in the record of acts, which holds no restricted text.

    Raises:
        NotPermitted: by neither reports for its organisation nor enters on behalf of others;
        BadInput: no reason, or a very long one; IllegalMove: merged away, or withdrawn already;
        StaleWrite: somebody changed it since it was read.
    """
    on_behalf = _require_source(action, by)
    said = reason.strip()
    if not said or len(said) > LONGEST_REASON:
        raise BadInput(f"Say in up to {LONGEST_REASON} characters why the action is withdrawn.")
    if action.merged_into_id is not None:
        raise IllegalMove("This action was merged into another one. Withdraw that one, or undo the merge.")
    require_standing(action)
    _compare_and_set(
        action,
        expected_version,
        withdrawn_at=at,
        withdrawn_by=by,
        withdrawn_reason=said,
        withdrawn_on_behalf=on_behalf,
    )
    record(EventName.ACTION_WITHDRAWN, actor=by, about=action, at=at, on_behalf=on_behalf)
    return action


@transaction.atomic
def restore_action(action: Action, *, expected_version: int, by: Person, at: datetime) -> Action:
    """Takes a withdrawal back: the action counts again, in the places and with the links it had.

    Raises:
        NotPermitted; IllegalMove: it is not withdrawn; StaleWrite.
    """
    on_behalf = _require_source(action, by)
    if action.withdrawn_at is None:
        raise IllegalMove("This action is not withdrawn.")
    _compare_and_set(
        action,
        expected_version,
        withdrawn_at=None,
        withdrawn_by=None,
        withdrawn_reason="",
        withdrawn_on_behalf=False,
    )
    record(EventName.ACTION_RESTORED, actor=by, about=action, at=at, on_behalf=on_behalf)
    announce_actions(action.framework, [action.key])
    return action


def require_standing(action: Action) -> None:
    """Lets pass an action that is not withdrawn.

    Raises:
        IllegalMove: it is; the text says what to do.
    """
    if action.withdrawn_at is not None:
        raise IllegalMove("This action was withdrawn by its source. Restore it first.")


def _require_source(action: Action, by: Person) -> bool:
    """Lets pass who speaks for the action's source; says whether on its behalf."""
    on_behalf = can_on(by, Permission.ENTER_ON_BEHALF, action)
    if not on_behalf:
        require_on(by, Permission.REPORT_OWN, action, organisation=action.reporting_organisation)
    return on_behalf


def _compare_and_set(action: Action, expected_version: int, **values: object) -> None:
    found = Action.objects.filter(pk=action.pk, version=expected_version)
    if not found.update(version=F("version") + 1, **values):
        raise StaleWrite("Somebody changed this action since you read it. Read it again first.")
    action.refresh_from_db()
