"""Merges two records of one action, and takes a merge back without a trace in the plan."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import F, Max

from concord.accounts.rules import Marking, Permission
from concord.audit.events import EventName
from concord.audit.services import record
from concord.kernel.errors import BadInput, IllegalMove, StaleWrite
from concord.plan.events import announce_actions
from concord.plan.models import Action, Merge, MergeChoice, NeedLink, Placement, Statement
from concord.plan.naming import Chosen
from concord.plan.queries.scopes import require_on
from concord.plan.rules import ACTION_FIELDS, decode, period_of
from concord.plan.services.columns import set_action_columns, write_action_rows
from concord.plan.services.placing import place_actions_by_rule
from concord.plan.services.withdrawing import require_standing

if TYPE_CHECKING:
    from concord.accounts.models import Person


@transaction.atomic
def merge_actions(
    *, target: Action, merged: Action, take: Collection[str], reason: str, by: Person, at: datetime
) -> Merge:
    """Makes two records one: `merged` becomes a tombstone, `target` takes the named fields from it.

    Nothing is deleted. The statements taken are copied and marked; where the merged record stands
    in plans or answers needs that the target does not, the target does so from now on.

    Args:
        take: fields whose chosen statement comes from the merged record; the others stay.

    Raises:
        NotPermitted; BadInput: the same record twice, two frameworks, an unknown field, an end
        before the start; IllegalMove: one of them is merged away; StaleWrite: one changed meanwhile.
    """
    for action in (target, merged):
        require_on(by, Permission.MERGE_ACTIONS, action, organisation=action.reporting_organisation)
    _require_two(target, merged, take)
    _compare_and_set(target, merged_into=None)
    _compare_and_set(merged, merged_into=target)
    try:
        merge = Merge.objects.create(target=target, merged=merged, reason=reason, merged_by=by, merged_at=at)
    except IntegrityError as error:
        raise StaleWrite("One of these two was merged in the same moment.") from error
    _take_statements(merge, take)
    _redo_columns(target, take)
    place_actions_by_rule([target], framework=target.framework, plan=None)
    _take_places(merge)
    _take_links(merge)
    record(EventName.ACTIONS_MERGED, actor=by, about=target, at=at, merged=merged.key, fields=sorted(take))
    announce_actions(target.framework, [target.key])
    return merge


@transaction.atomic
def undo_merge(merge: Merge, *, by: Person, at: datetime) -> Merge:
    """Takes a merge back: both records stand as before, later changes of other values are kept.

    Statements that re-sent rows of the merged record brought meanwhile go back to it.

    Raises:
        NotPermitted; IllegalMove: undone already, or a later merge builds on it; StaleWrite.
    """
    # What counts is that the merge still holds; its records may have been amended since it was made.
    merge = Merge.objects.select_related("target", "merged").get(pk=merge.pk)
    target, merged = merge.target, merge.merged
    for action in (target, merged):
        require_on(by, Permission.MERGE_ACTIONS, action, organisation=action.reporting_organisation)
    _require_last(merge)
    fields = set(merge.choices.values_list("field", flat=True))
    if not Merge.objects.filter(pk=merge.pk, undone_at=None).update(undone_by=by, undone_at=at):
        raise StaleWrite("Somebody undid this merge in the same moment.")
    _compare_and_set(target, merged_into=None)
    _compare_and_set(merged, merged_into=None)
    _return_choices(merge)
    returned = _return_statements(merge)
    Placement.objects.filter(via_merge=merge).delete()
    NeedLink.objects.filter(via_merge=merge).delete()
    _redo_columns(target, fields | returned)
    _redo_columns(merged, returned)
    place_actions_by_rule([target, merged], framework=target.framework, plan=None)
    record(EventName.MERGE_UNDONE, actor=by, about=target, at=at, merged=merged.key)
    announce_actions(target.framework, [target.key, merged.key])
    merge.refresh_from_db()
    return merge


def _require_two(target: Action, merged: Action, take: Collection[str]) -> None:
    if target.pk == merged.pk or target.framework_id != merged.framework_id:
        raise BadInput("A merge takes two different actions of one framework.")
    if unknown := set(take) - set(ACTION_FIELDS):
        raise BadInput(f"There is no field “{sorted(unknown)[0]}”.")
    strictness = list(Marking.values)
    if take and strictness.index(merged.marking) > strictness.index(target.marking):
        raise BadInput(
            "The other record is marked more strictly. Merge the other way round, or take no field."
        )
    for action in (target, merged):
        require_standing(action)
    if target.merged_into_id is not None or merged.merged_into_id is not None:
        raise IllegalMove("One of these two was merged into another action already. Undo that merge first.")


def _require_last(merge: Merge) -> None:
    if merge.undone_at is not None:
        raise IllegalMove("This merge was undone already.")
    later = Merge.objects.filter(undone_at=None, pk__gt=merge.pk)
    if later.filter(target=merge.target).exists() or later.filter(merged=merge.target).exists():
        raise IllegalMove("A later merge builds on this one. Undo the later one first.")


def _compare_and_set(action: Action, *, merged_into: Action | None) -> None:
    found = Action.objects.filter(pk=action.pk, version=action.version)
    if not found.update(version=F("version") + 1, merged_into=merged_into):
        raise StaleWrite("Somebody changed one of these two actions meanwhile. Look at them again.")
    action.version += 1
    action.merged_into = merged_into


def _take_statements(merge: Merge, take: Collection[str]) -> None:
    chosen = Statement.objects.filter(action=merge.target, chosen=True, field__in=take)
    previous = {statement.field: statement for statement in chosen}
    chosen.update(chosen=False)
    for statement in merge.merged.statements.filter(chosen=True, field__in=take).order_by("field"):
        copy = Statement.objects.create(
            action=merge.target,
            field=statement.field,
            value=statement.value,
            origin=statement.origin,
            chosen=True,
            via_merge=merge,
        )
        MergeChoice.objects.create(
            merge=merge, field=statement.field, previous=previous.pop(statement.field, None), copy=copy
        )
    # A field that the merged record does not state keeps the target's own statement.
    Statement.objects.filter(pk__in=[statement.pk for statement in previous.values()]).update(chosen=True)


def _return_choices(merge: Merge) -> None:
    for choice in merge.choices.select_related("previous", "copy"):
        copy = choice.copy
        if copy is None:
            continue
        was_chosen, previous = copy.chosen, choice.previous
        choice.copy = None
        choice.save(update_fields=["copy"])
        copy.delete()
        if was_chosen and previous is not None:
            Statement.objects.filter(pk=previous.pk).update(chosen=True)


def _return_statements(merge: Merge) -> set[str]:
    """Re-sent rows' statements go back; the last one of each field counts there, as if never merged."""
    sent = Statement.objects.filter(action=merge.target, brought_for=merge.merged)
    fields = set(sent.values_list("field", flat=True))
    for field in fields:
        if sent.filter(field=field, chosen=True).exists():
            _choose_latest(merge.target, field, excluding=merge.merged)
    latest = set(sent.values("field").annotate(last=Max("pk")).values_list("last", flat=True))
    merge.merged.statements.filter(field__in=fields, chosen=True).update(chosen=False)
    sent.update(chosen=False)
    sent.update(action=merge.merged, brought_for=None, is_question=False)
    Statement.objects.filter(pk__in=latest).update(chosen=True)
    return fields


def _choose_latest(target: Action, field: str, *, excluding: Action) -> None:
    target.statements.filter(field=field).update(chosen=False)
    rest = target.statements.filter(field=field).exclude(brought_for=excluding).order_by("-pk").first()
    if rest is not None:
        Statement.objects.filter(pk=rest.pk).update(chosen=True)


def _take_places(merge: Merge) -> None:
    has = set(merge.target.placements.values_list("plan_id", flat=True))
    Placement.objects.bulk_create(
        Placement(
            action=merge.target,
            plan_id=place.plan_id,
            measure_id=place.measure_id,
            is_main=place.is_main,
            placed_by=place.placed_by,
            via_merge=merge,
        )
        for place in merge.merged.placements.all()
        if place.plan_id not in has
    )


def _take_links(merge: Merge) -> None:
    has = set(merge.target.need_links.values_list("need_id", flat=True))
    NeedLink.objects.bulk_create(
        NeedLink(
            action=merge.target,
            need_id=link.need_id,
            strength=link.strength,
            confirmed_by_id=link.confirmed_by_id,
            confirmed_at=link.confirmed_at,
            via_merge=merge,
        )
        for link in merge.merged.need_links.all()
        if link.need_id not in has
    )


def _redo_columns(action: Action, fields: Collection[str]) -> None:
    """Writes the columns of some fields again from what is chosen now; nothing chosen is empty."""
    chosen = {field: Chosen(field, _empty(field)) for field in fields}
    rows = action.statements.filter(chosen=True, field__in=fields).select_related("origin")
    for statement in rows:
        chosen[statement.field] = Chosen(statement.field, decode(statement.value), statement.origin.file_name)
    touched = set_action_columns(action, chosen.values())
    period_of(action.start, action.end)
    if touched:
        Action.objects.filter(pk=action.pk).update(**{column: getattr(action, column) for column in touched})
    write_action_rows({action: list(chosen.values())}, framework=action.framework)


def _empty(field: str) -> str | list[object]:
    lists = ("pillars", "topics", "action_types", "beneficiaries", "related_ids")
    return [] if field in (*lists, "participations", "funding", "events", "indicators") else ""
