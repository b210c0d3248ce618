"""Saying that two records are one real body, and taking it back. Part of this room's services.

How it reaches rooms that this one does not know: docs/adr/0018-merged-organisations.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction

from concord.accounts.events import organisation_merge_undone, organisations_merged, organisations_merging
from concord.accounts.models import Organisation, OrganisationMerge, OrganisationName
from concord.accounts.queries import Actor, part_ids_of, require
from concord.accounts.register import save_organisation
from concord.accounts.rules import Permission
from concord.accounts.scope import ANYWHERE
from concord.audit.events import EventName
from concord.audit.services import record
from concord.kernel.errors import BadInput, IllegalMove, StaleWrite

ALIAS = OrganisationName.Sort.ALIAS

Moved = dict[str, Any]
"""What one column of one table moved: {"table", "column", "rows"}, for names also "sorts"."""


@transaction.atomic
def merge_organisations(
    *, target: Organisation, merged: Organisation, reason: str = "", by: Actor, at: datetime
) -> OrganisationMerge:
    """Makes two records one body: whatever names, or belongs to, `merged` is `target`'s from now on.

    Its names become aliases, its key leads to the target and is never given again. Where the target
    has the very same thing already (the same person's membership), the merged one's own is left.

    Raises:
        NotPermitted; BadInput: the same record twice; StaleWrite: one changed meanwhile.
        IllegalMove: one of them is merged away, the target stands under the other, or they report
        two actions under one id.
    """
    who = require(by, Permission.MANAGE_ORGANISATIONS, within=ANYWHERE, on=at.date())
    _require_two(target, merged)
    organisations_merging.send(OrganisationMerge, target=target, merged=merged, by=who)
    save_organisation(target, {})
    save_organisation(merged, {"merged_into": target})
    moved = [_move(model, column, merged, target) for model, column in references()]
    try:
        with transaction.atomic():
            merge = OrganisationMerge.objects.create(
                target=target,
                merged=merged,
                reason=reason.strip()[:300],
                moved=[entry for entry in moved if entry["rows"]],
                merged_by=who,
                merged_at=at,
            )
    except IntegrityError as error:
        raise StaleWrite("Somebody merged one of these two in the same moment.") from error
    organisations_merged.send(OrganisationMerge, target=target, merged=merged)
    record(EventName.ORGANISATIONS_MERGED, actor=who, about=target, at=at, merged=merged.key, merge=merge.key)
    return merge


@transaction.atomic
def undo_organisation_merge(merge: OrganisationMerge, *, by: Actor, at: datetime) -> OrganisationMerge:
    """Takes a merge back: what it moved goes back, and both bodies stand as before.

    What came to the target since, under whatever name, stays with it; names as written are read again.

    Raises:
        NotPermitted; IllegalMove: undone before, or a later merge builds on it; StaleWrite.
    """
    who = require(by, Permission.MANAGE_ORGANISATIONS, within=ANYWHERE, on=at.date())
    merge = OrganisationMerge.objects.select_related("target", "merged").get(pk=merge.pk)
    target, merged = merge.target, merge.merged
    if merge.undone_at is not None:
        raise IllegalMove("This merge was undone before.")
    if target.merged_into_id is not None:
        raise IllegalMove(f"{target} was merged into another body since. Undo that merge first.")
    if not OrganisationMerge.objects.filter(pk=merge.pk, undone_at=None).update(undone_by=who, undone_at=at):
        raise StaleWrite("Somebody undid this merge in the same moment.")
    save_organisation(target, {})
    save_organisation(merged, {"merged_into": None})
    for entry in merge.moved:
        _move_back(entry, target, merged)
    organisation_merge_undone.send(OrganisationMerge, target=target, merged=merged)
    record(
        EventName.ORGANISATION_MERGE_UNDONE,
        actor=who,
        about=target,
        at=at,
        merged=merged.key,
        merge=merge.key,
    )
    merge.refresh_from_db()
    return merge


def _require_two(target: Organisation, merged: Organisation) -> None:
    if target.pk == merged.pk:
        raise BadInput("Name two different records of the body.")
    for body in (target, merged):
        if body.merged_into_id is not None:
            raise IllegalMove(f"“{body}” was merged into another body already. Undo that merge first.")
    if target.pk in part_ids_of(merged):
        raise IllegalMove(
            f"“{target}” stands under “{merged}”. Merge the other way round, or change what it is part of."
        )


# --- everything that points to an organisation ------------------------------------------------------------


def references() -> Iterator[tuple[type[models.Model], str]]:
    """Each table and column of the house that points to an organisation, in a fixed order."""
    own = {("accounts.organisationmerge", "target"), ("accounts.organisationmerge", "merged")}
    own.add(("accounts.organisation", "merged_into"))
    found = [
        (relation.related_model, relation.field.name)
        for relation in Organisation._meta.related_objects
        if isinstance(relation.related_model, type)
    ]
    for model, column in sorted(found, key=lambda one: (one[0]._meta.label_lower, one[1])):
        if (model._meta.label_lower, column) not in own:
            yield model, column


def _move(model: type[models.Model], column: str, merged: Organisation, target: Organisation) -> Moved:
    rows = model._default_manager.filter(**{column: merged.pk})
    entry: Moved = {"table": model._meta.label_lower, "column": column, "rows": []}
    if model is OrganisationName:
        entry["sorts"] = {str(pk): sort for pk, sort in rows.values_list("pk", "sort")}
        if _clash(rows, sort=ALIAS):
            _each(rows, sort=ALIAS)
    pks = sorted(rows.values_list("pk", flat=True))
    to = {f"{column}_id": target.pk}
    left = _each(rows, **to) if _clash(rows, **to) else set()
    entry["rows"] = [pk for pk in pks if pk not in left]
    return entry


def _clash(rows: models.QuerySet[Any], **values: object) -> bool:
    """Sets the values on all rows at once; whether that would break a rule of the table, and was not done."""
    try:
        with transaction.atomic():
            rows.update(**values)
    except IntegrityError:
        return True
    return False


def _each(rows: models.QuerySet[Any], **values: object) -> set[int]:
    """Sets the values on each row that may have them; the primary keys of those that may not."""
    pks = list(rows.values_list("pk", flat=True))
    return {pk for pk in pks if _clash(rows.model._default_manager.filter(pk=pk), **values)}


def _move_back(entry: Moved, target: Organisation, merged: Organisation) -> None:
    model, column = apps.get_model(entry["table"]), entry["column"]
    rows = model._default_manager.filter(pk__in=entry["rows"], **{column: target.pk})
    try:
        with transaction.atomic():
            rows.update(**{f"{column}_id": merged.pk})
            for pk, sort in entry.get("sorts", {}).items():
                model._default_manager.filter(pk=pk, **{column: merged.pk}).update(sort=sort)
    except IntegrityError as error:
        raise IllegalMove("This merge cannot be undone: something took its place since.") from error
