"""Records that a source sent before and sends no longer: asked about, never deleted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from concord.intake.models import Input, InputRow, VanishedAnswer
from concord.intake.queries.inputs import target_of
from concord.kernel.errors import NotFound
from concord.plan.queries import actions_visible_to, needs_visible_to, records_visible_to

if TYPE_CHECKING:
    from concord.accounts.models import Person
    from concord.plan.models import Action, Need


def vanished_from(received: Input, *, actor: Person) -> list[Action | Need]:
    """What the last applied file of the same source held and this one does not, by title.

    Only records that still stand, that the person may see and about which nothing was answered; those
    that an earlier file left for later are asked about again. Empty for the first file of a source, for
    one that holds the rest of another, and where the two files do not hold the same kind of rows.
    """
    before = _before(received)
    if before is None or received.state == Input.State.WITHDRAWN or before.holds != received.holds:
        return []
    held = set(before.rows.exclude(applied_key="").values_list("applied_key", flat=True))
    here = set(received.rows.exclude(record_key="").values_list("record_key", flat=True))
    keys = (held | _left_for_later(before)) - here - _answered(received, before)
    if not keys:
        return []
    actions = actions_visible_to(actor, received.framework).filter(key__in=keys, merged_into=None)
    needs = needs_visible_to(actor, received.framework).filter(key__in=keys)
    return [*actions.filter(withdrawn_at=None).order_by("title", "key"), *needs.order_by("statement", "key")]


@dataclass(frozen=True, slots=True)
class SaidOfVanished:
    """An answer about a record that is no longer in the file, with the record."""

    answer: VanishedAnswer
    record: Action | Need


def said_of_vanished(received: Input, *, actor: Person) -> list[SaidOfVanished]:
    """What was answered about records that are no longer in the file, of those that the person may see."""
    answers = list(received.vanished_answers.filter(taken_back_at=None).select_related("by"))
    if not answers:
        return []
    keys = [answer.record_key for answer in answers]
    records: dict[str, Action | Need] = {}
    for record in records_visible_to(actor, received.framework).filter(key__in=keys):
        records[record.key] = record
    for need in needs_visible_to(actor, received.framework).filter(key__in=keys):
        records[need.key] = need
    return [SaidOfVanished(a, records[a.record_key]) for a in answers if a.record_key in records]


def said_of_one(received: Input, pk: str, *, actor: Person) -> SaidOfVanished:
    """One such answer of this input.

    Raises:
        NotFound: there is none, or the person may not see its record.
    """
    for said in said_of_vanished(received, actor=actor):
        if str(said.answer.pk) == pk:
            return said
    raise NotFound("There is no such answer.")


def _answered(received: Input, before: Input) -> set[str]:
    """Records about which this input has an answer, or that a file since the last one says still stand."""
    holding = VanishedAnswer.objects.filter(taken_back_at=None)
    own = holding.filter(input=received)
    kept = holding.filter(
        kind=VanishedAnswer.Kind.PLANNED,
        input__in=_of_same_source(received).filter(pk__gt=before.pk, pk__lt=received.pk),
    )
    return set((own | kept).values_list("record_key", flat=True))


def _left_for_later(before: Input) -> set[str]:
    left = before.vanished_answers.filter(taken_back_at=None, kind=VanishedAnswer.Kind.LATER)
    return set(left.values_list("record_key", flat=True))


def _before(received: Input) -> Input | None:
    """The file that the same source had applied before this one came in."""
    same = _of_same_source(received).filter(state=Input.State.APPLIED, pk__lt=received.pk)
    return same.filter(pk__in=InputRow.objects.exclude(applied_key="").values("input")).first()


def _of_same_source(received: Input) -> QuerySet[Input]:
    target = target_of(received)
    return Input.objects.filter(
        framework=target.framework,
        plan=target.plan,
        organisation=target.organisation,
        org_column=target.org_column,
    )
