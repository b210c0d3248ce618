"""Reads of the intake room: the inputs that a person may see, their rows and problems."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from concord.accounts.queries import Actor, may_ever, powers_of
from concord.accounts.rules import Permission
from concord.accounts.scope import Scope
from concord.intake.files import open_bytes, unpack
from concord.intake.mending import MendedCell, Mending, Settled, SettledField
from concord.intake.models import Input, InputReading, InputRow
from concord.intake.preview import File, Target
from concord.kernel.errors import BadInput, NotFound
from concord.plan.queries import frameworks_visible_to, scope_of
from concord.plan.services import Obstacle, obstacles_to_undoing

if TYPE_CHECKING:
    from concord.plan.models import Framework, Plan

ENTRY = (Permission.ENTER_ON_BEHALF, Permission.REPORT_OWN, Permission.STATE_NEED)
"""Any of these lets a person hand something in."""


def inputs_visible_to(actor: Actor) -> QuerySet[Input]:
    """The inputs that a person may open: their own, and all of a framework whose restricted rows they see.

    A preview shows what stood in the plan for the person who made it, so that nobody with a narrower
    view opens it.
    """
    inputs = Input.objects.select_related(
        "framework__secretariat", "plan__pillar__framework", "organisation", "received_by", "applied_by"
    ).defer("content")
    powers = powers_of(actor)
    if powers.everything:
        return inputs
    if actor is None or actor.pk is None:  # an anonymous visitor
        return inputs.none()
    refs = frameworks_visible_to(actor).values_list("ref", flat=True)
    whole = [ref for ref in refs if powers.can(Permission.VIEW_RESTRICTED, within=Scope(ref))]
    own = Q(received_by=actor, framework__ref__in=refs)
    return inputs.filter(own | Q(framework__ref__in=whole))


def inputs_listed(
    actor: Actor, *, text: str = "", state: str = "", oldest_first: bool = False
) -> QuerySet[Input]:
    """The inputs that a person may open, with a text in the name of the file or the organisation.

    The text may be a receipt key too.    An unknown state lists none; "" lists all.
    """
    inputs = inputs_visible_to(actor)
    if said := text.strip():
        organisation = Q(organisation__name__icontains=said) | Q(organisation__acronym__icontains=said)
        inputs = inputs.filter(Q(file_name__icontains=said) | Q(key__iexact=said) | organisation)
    if state:
        inputs = inputs.filter(state=state)
    return inputs.order_by("received_at", "id") if oldest_first else inputs


def input_named(key: str, *, actor: Actor) -> Input:
    """One input by its receipt key.

    Raises:
        NotFound: there is none, or the person may not see it; the two look alike.
    """
    found = inputs_visible_to(actor).filter(key=key).first()
    if found is None:
        raise NotFound("There is no such file, or you may not see it.")
    return found


def may_hand_in(actor: Actor, place: Framework | Plan) -> bool:
    """Whether there is anything that the person could hand in there."""
    scope = scope_of(place)
    return any(may_ever(actor, permission, within=scope) for permission in ENTRY)


def applied_twin(target: Target, sha256: str) -> Input | None:
    """The same file for the same target as it was applied last."""
    return twins_of(target, sha256).filter(state=Input.State.APPLIED).first()


def twins_of(target: Target, sha256: str) -> QuerySet[Input]:
    """All inputs of the same bytes for the same target, newest first."""
    return Input.objects.filter(
        sha256=sha256,
        framework=target.framework,
        plan=target.plan,
        organisation=target.organisation,
        org_column=target.org_column,
    )


def target_of(received: Input) -> Target:
    """Where an input's rows go and whose they are."""
    return Target(received.framework, received.plan, received.organisation, received.org_column)


def settling_before(
    target: Target, replaces: Input | None, sha256: str, *, but_not: Input | None = None
) -> Input | None:
    """The input whose answers hold for a new file: the one it stands in place of, the same file as it was
    applied, or else the last that the same source had applied."""
    if replaces is not None:
        return replaces
    applied = Input.objects.filter(
        framework=target.framework,
        plan=target.plan,
        organisation=target.organisation,
        org_column=target.org_column,
        state=Input.State.APPLIED,
    )
    if but_not is not None:
        applied = applied.exclude(pk=but_not.pk)
    return applied.filter(sha256=sha256).first() or applied.first()


def file_of(received: Input) -> File:
    """An input's file as it was read when it came in; one that was not read yet is read now.

    Raises:
        UnreadableFile: as files.open_bytes.
    """
    kept = InputReading.objects.filter(input=received).values_list("parts", flat=True).first()
    if kept is None and received.size and not received.content:
        raise BadInput(
            "This file is too large for a page: it was read in batches on the command line. Its receipt"
            " stands here; import the file again there."
        )
    if kept is None:
        return open_bytes(received.file_name, bytes(received.content))
    return File(received.file_name, received.sha256, received.size, unpack(bytes(kept)))


def mending_of(received: Input) -> Mending:
    """All that people settled about an input and did not take back."""
    cells = received.corrections.filter(taken_back_at=None)
    answers = received.answers.filter(taken_back_at=None).select_related("organisation")
    applied = received.rows.exclude(applied_key="").order_by()
    return Mending(
        cells=[MendedCell(c.sheet, c.row, c.column, c.written, c.new) for c in cells],
        answers=[
            Settled(a.rule, a.field, a.value, a.kind, a.text, a.organisation.key if a.organisation else "")
            for a in answers
        ],
        layout=received.layout,
        records={
            (sheet, row): key for sheet, row, key in applied.values_list("sheet", "number", "applied_key")
        },
        conflicts=[
            SettledField(*said)
            for said in received.settled_conflicts.values_list("sheet", "row", "field", "new", "choice")
        ],
    )


def later_inputs(received: Input) -> QuerySet[Input]:
    """Inputs applied after this one that say something about one of its records, the first one first."""
    own = received.rows.exclude(applied_key="").values("applied_key")
    theirs = InputRow.objects.filter(applied_key__in=own).exclude(input=received).values("input")
    later = Input.objects.filter(pk__in=theirs, state=Input.State.APPLIED, pk__gt=received.pk)
    return later.order_by("pk").defer("content")


def obstacles_to(received: Input) -> list[Obstacle]:
    """What keeps an import from being undone, beside later inputs: empty where nothing is built on it."""
    return obstacles_to_undoing(received.key, framework=received.framework)
