"""What this room does when two organisations become one: refuses a clash of ids, reads names again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.dispatch import receiver

from concord.accounts.events import organisation_merge_undone, organisations_merging
from concord.kernel.errors import IllegalMove
from concord.kernel.names import fold
from concord.plan.models import Action
from concord.plan.queries import actions_visible_to
from concord.plan.services.naming import read_rows_again

if TYPE_CHECKING:
    from concord.accounts.models import Organisation, Person


@receiver(organisations_merging)
def refuse_one_id_twice(target: Organisation, merged: Organisation, by: Person, **_signal: Any) -> None:
    """Two actions with one id of their reporter would be one identity: a person merges them first.

    Where they are one action already, the merged one stays with its reporter and leads to the other.
    """
    own = {
        (action.framework_id, action.reported_by_as_written, action.own_id): action
        for action in Action.objects.filter(reporting_organisation=target).exclude(own_id="")
    }
    for action in Action.objects.filter(reporting_organisation=merged).exclude(own_id=""):
        other = own.get((action.framework_id, action.reported_by_as_written, action.own_id))
        if other is not None and _live(action) != _live(other):
            raise IllegalMove(
                f"Both report an action with the id {action.own_id}: {_named(other, by)} and "
                f"{_named(action, by)}. Merge these two actions, or change one id, and try again."
            )


@receiver(organisation_merge_undone)
def read_names_again(target: Organisation, merged: Organisation, **_signal: Any) -> None:
    """Rows written since the merge that name the reopened body go back to it."""
    names = {fold(name) for name in merged.names.values_list("text", flat=True)}
    read_rows_again(names, owner=target, key=merged.key)


def _live(action: Action) -> Action:
    while action.merged_into is not None:
        action = action.merged_into
    return action


def _named(action: Action, by: Person) -> str:
    if actions_visible_to(by, action.framework).filter(pk=_live(action).pk).exists():
        return f"“{action.title}” ({action.key})"
    return "an action that you may not see"
