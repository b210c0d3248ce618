"""Reads about calls: which there are, how each organisation stands, and what their mails will say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, QuerySet

from concord.accounts.addressees import contacts_by_key, focal_points
from concord.accounts.queries import Actor, may_ever, organisations_by_pk, powers_of
from concord.accounts.rules import Marking, Permission
from concord.accounts.scope import Scope
from concord.intake import call_rules as rules
from concord.intake.call_rules import Standing, Told, standing_of
from concord.intake.letters import Asked
from concord.intake.models import Call, Input, Invitation, Message, Objection, OnBehalfEntry
from concord.kernel.errors import NotFound
from concord.plan.queries import actions_in, actions_visible_to, frameworks_visible_to, scope_of

if TYPE_CHECKING:
    from concord.accounts.models import Contact, Organisation, Person
    from concord.plan.models import Action, Framework, Plan


@dataclass(frozen=True, slots=True)
class Candidate:
    """An organisation that a call may ask: its visible actions counted, and its focal points."""

    organisation: Organisation
    actions: int
    contacts: list[Contact]


@dataclass(frozen=True, slots=True)
class Chased:
    """One line of the chase list."""

    invitation: Invitation
    standing: Standing
    delivered_at: datetime | None
    contacts: list[Contact]


def may_follow_calls(actor: Actor, plan: Plan) -> bool:
    """Whether a person works with the state of inputs of a plan: who enters on others' behalf."""
    return may_ever(actor, Permission.ENTER_ON_BEHALF, within=scope_of(plan))


def calls_visible_to(actor: Actor, framework: Framework | None = None) -> QuerySet[Call]:
    """The calls whose state a person may follow, the latest first."""
    calls = Call.objects.select_related(
        "plan__framework__secretariat", "plan__pillar__framework", "opened_by"
    )
    if framework is not None:
        calls = calls.filter(plan__framework=framework)
    if powers_of(actor).everything:
        return calls
    seen = calls.filter(plan__framework__in=frameworks_visible_to(actor))
    return calls.filter(pk__in=[call.pk for call in seen if may_follow_calls(actor, call.plan)])


def call_named(key: str, *, actor: Actor) -> Call:
    """One call by its key, of a framework whose members' pages the person may open.

    Raises:
        NotFound: there is none, or the person is no member there; the two look alike.
    """
    calls = Call.objects.select_related(
        "plan__framework__secretariat", "plan__pillar__framework", "opened_by"
    ).filter(plan__framework__in=frameworks_visible_to(actor))
    found = calls.filter(key=key).first()
    if found is None:
        raise NotFound("There is no such call, or you may not see it.")
    return found


def candidates(plan: Plan, *, actor: Actor, on: date) -> list[Candidate]:
    """The organisations that report visible actions in a plan, by name, with their focal points."""
    counts = reported_in(plan, actor=actor)
    bodies = sorted(organisations_by_pk(counts).values(), key=lambda body: body.name.casefold())
    contacts = focal_points(bodies, scope_of(plan), on=on)
    return [Candidate(body, counts[body.pk], contacts[body.pk]) for body in bodies]


def reported_in(plan: Plan, *, actor: Actor) -> dict[int, int]:
    """How many visible actions of a plan each organisation reports, by primary key."""
    rows = actions_in(plan, actor=actor).filter(reported_by_as_written="").order_by()
    return dict(rows.values_list("reporting_organisation").annotate(n=Count("pk")))


def own_actions(invitation: Invitation, *, actor: Actor) -> QuerySet[Action]:
    """The actions that an invitation is about: what its organisation reports in the plan, as `actor` may see.

    Asked by the account of the organisation's link, these are what its reporter may see, never TLP:RED.
    """
    return (
        actions_in(invitation.call.plan, actor=actor)
        .filter(reporting_organisation=invitation.organisation, reported_by_as_written="")
        .exclude(marking=Marking.RED)
    )


def actions_named(keys: Iterable[str], *, framework: Framework, actor: Actor) -> QuerySet[Action]:
    """The actions with these keys that `actor` may see, never TLP:RED, by title."""
    seen = actions_visible_to(actor, framework).filter(key__in=list(keys)).exclude(marking=Marking.RED)
    return seen.order_by("title", "key").prefetch_related("funding_lines", "participations__organisation")


def chase_list(call: Call, *, on: date) -> list[Chased]:
    """Every organisation that a call asks, and how it stands, in a fixed number of queries.

    Written for people who may follow the call. Who has no focal point now shows whom the mail went to.
    """
    standings = standings_in(call)
    bodies = [invitation.organisation for invitation, _, _ in standings]
    now = focal_points(bodies, scope_of(call.plan), on=on)
    return [
        Chased(invitation, standing, delivered_at, now[invitation.organisation_id])
        for invitation, standing, delivered_at in standings
    ]


def standings_in(call: Call) -> list[tuple[Invitation, Standing, datetime | None]]:
    """Each organisation that a call asks, by name: how it stands, and when a file of it came."""
    invitations = call.invitations.select_related("organisation", "call").order_by("organisation__name", "pk")
    files = deliveries(call)
    return [
        (
            invitation,
            standing_of(told_of(invitation, files.get(invitation.organisation_id))),
            files.get(invitation.organisation_id) or invitation.delivered_at,
        )
        for invitation in invitations
    ]


def told_of(invitation: Invitation, delivered_at: datetime | None = None) -> Told:
    """What is known of one invitation; delivered_at: when a file of the organisation was applied."""
    return Told(
        sent=invitation.sent_at is not None,
        opened=invitation.opened_at is not None,
        colleague=invitation.colleague_asked_at is not None,
        delivered=bool(delivered_at or invitation.delivered_at),
        answer=invitation.answer,
        way=invitation.answered_by_way,
    )


def deliveries(call: Call) -> dict[int, datetime]:
    """When a file of each organisation was first applied for this call, or for its plan while it ran."""
    if call.opened_at is None:
        return {}
    rows = Input.objects.filter(
        plan=call.plan, state=Input.State.APPLIED, applied_at__gte=call.opened_at, organisation__isnull=False
    ).exclude(entries__isnull=False)
    if call.closed_at is not None:
        rows = rows.filter(applied_at__lte=call.closed_at)
    found: dict[int, datetime] = {}
    for body, at in rows.order_by("applied_at").values_list("organisation", "applied_at"):
        if at is not None and body is not None:
            found.setdefault(body, at)
    return found


def asked_of(invitation: Invitation, *, actor: Person, has_workbook: bool = False) -> Asked:
    """What an invitation's letter tells, counted as `actor` (the account of the link) may see."""
    call = invitation.call
    plan = call.plan
    markings = set(own_actions(invitation, actor=actor).values_list("marking", flat=True))
    order = [marking.value for marking in Marking]
    # a workbook is a working paper of members, so at least TLP:GREEN
    highest = max({*markings, Marking.GREEN.value}, key=order.index)
    return Asked(
        key=invitation.key,
        organisation=invitation.organisation.name,
        plan=plan.title,
        title=call.title,
        closes_on=call.closes_on,
        works_until=call.closes_on + timedelta(days=rules.GRACE_DAYS),
        actions=own_actions(invitation, actor=actor).count(),
        message=call.message,
        secretariat=plan.framework.secretariat.name,
        marking=Marking(highest).label if has_workbook else "",
        has_workbook=has_workbook,
    )


def waiting_invitations(framework: Framework, *, on: date) -> list[Chased]:
    """Whom the open calls of a framework still wait for, the earliest deadline first."""
    calls = Call.objects.filter(plan__framework=framework, state=Call.State.OPEN).select_related(
        "plan__framework__secretariat", "plan__pillar__framework"
    )
    return [
        chased
        for call in calls.order_by("closes_on", "pk")
        for chased in chase_list(call, on=on)
        if chased.standing in rules.WAITED_FOR
    ]


def failed_mails() -> int:
    """How many mails could not be sent and wait for an officer's decision."""
    return Message.objects.filter(state=Message.State.FAILED).count()


def messages_of(call: Call) -> QuerySet[Message]:
    """The mails of a call, the latest first."""
    return Message.objects.filter(invitations__call=call).distinct().order_by("-made_at", "-pk")


def addressees_of(messages: Iterable[Message]) -> dict[str, Contact]:
    """The contacts that mails went to, by key; erased ones have no name and no address."""
    return contacts_by_key(message.contact_key for message in messages)


def message_named(key: str, *, actor: Actor) -> Message:
    """One mail by its key, of a framework whose members' pages the person may open.

    Raises:
        NotFound: there is none, or the person is no member there; the two look alike.
    """
    mails = Message.objects.select_related("framework").filter(framework__in=frameworks_visible_to(actor))
    found = mails.filter(key=key).first()
    if found is None:
        raise NotFound("There is no such mail, or you may not see it.")
    return found


def invitation_of(call: Call, organisation: Organisation) -> Invitation:
    """What a call asks one organisation.

    Raises:
        NotFound: the call does not ask it.
    """
    found = call.invitations.filter(organisation=organisation).select_related("organisation").first()
    if found is None:
        raise NotFound("This call does not ask that organisation.")
    found.call = call
    return found


def objection_named(key: str, *, actor: Actor) -> Objection:
    """One objection by its key, for people who enter on others' behalf in its framework.

    Raises:
        NotFound: there is none, or the person does not work with it; the two look alike.
    """
    rows = Objection.objects.select_related("entry__organisation", "entry__framework", "entry__call__plan")
    found = rows.filter(key=key, entry__framework__in=frameworks_visible_to(actor)).first()
    if found is None or not _works_with(found.entry, actor):
        raise NotFound("There is no such objection, or you may not see it.")
    return found


def _works_with(entry: OnBehalfEntry, actor: Actor) -> bool:
    within = scope_of(entry.call.plan) if entry.call else Scope(entry.framework.ref)
    return may_ever(actor, Permission.ENTER_ON_BEHALF, within=within)


def open_objections(framework: Framework, *, actor: Actor) -> list[Objection]:
    """What organisations object and nobody has answered, for people who may answer it; the oldest first."""
    rows = Objection.objects.filter(entry__framework=framework, answered_at=None)
    listed = rows.select_related("entry__organisation", "entry__framework", "entry__call__plan__pillar")
    return [each for each in listed.order_by("raised_at", "pk") if _works_with(each.entry, actor)]


def objections_about(action: Action, *, actor: Actor) -> Sequence[Objection]:
    """What was objected to about one action, for people who may enter on behalf; for others nothing."""
    return [
        each
        for each in open_objections(action.framework, actor=actor)
        if action.key in each.entry.action_keys
    ]


def calls_asking(organisations: Iterable[int], framework: Framework) -> QuerySet[Invitation]:
    """Where open calls ask these organisations (primary keys) and wait, the nearest deadline first."""
    rows = Invitation.objects.filter(
        organisation__in=list(organisations),
        call__plan__framework=framework,
        call__state=Call.State.OPEN,
        answered_at=None,
    )
    return rows.select_related("call__plan", "organisation").order_by("call__closes_on", "pk")
