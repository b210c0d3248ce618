"""Records that a source sent before and sends no longer: asked about, never deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from concord.intake.models import Input, InputRow
from concord.intake.queries.inputs import target_of
from concord.plan.queries import actions_visible_to, needs_visible_to

if TYPE_CHECKING:
    from concord.accounts.models import Person
    from concord.plan.models import Action, Need


def vanished_from(received: Input, *, actor: Person) -> list[Action | Need]:
    """What the last applied file of the same source held and this one does not, by title.

    Only records that still stand and that the person may see. Empty for the first file of a source, for
    one that holds the rest of another, and where the two files do not hold the same kind of rows.
    """
    before = _before(received)
    if before is None or received.state == Input.State.WITHDRAWN or before.holds != received.holds:
        return []
    here = received.rows.exclude(record_key="").values("record_key")
    gone = before.rows.exclude(applied_key="").exclude(applied_key__in=here)
    keys = list(gone.values_list("applied_key", flat=True))
    if not keys:
        return []
    actions = actions_visible_to(actor, received.framework).filter(key__in=keys, merged_into=None)
    needs = needs_visible_to(actor, received.framework).filter(key__in=keys)
    return [*actions.filter(withdrawn_at=None).order_by("title", "key"), *needs.order_by("statement", "key")]


def _before(received: Input) -> Input | None:
    """The file that the same source had applied before this one came in."""
    target = target_of(received)
    same = Input.objects.filter(
        framework=target.framework,
        plan=target.plan,
        organisation=target.organisation,
        org_column=target.org_column,
        state=Input.State.APPLIED,
        pk__lt=received.pk,
    )
    return same.filter(pk__in=InputRow.objects.exclude(applied_key="").values("input")).first()
