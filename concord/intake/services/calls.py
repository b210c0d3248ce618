"""Calls: drafted, opened, extended and closed; who is asked, and reminded."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from concord.accounts.addressees import focal_points
from concord.accounts.queries import require
from concord.accounts.rules import Permission
from concord.accounts.scope import Scope
from concord.accounts.services import end_link, open_link
from concord.audit.events import EventName
from concord.audit.services import record
from concord.intake import call_rules as rules
from concord.intake import letters
from concord.intake.models import Call, Invitation, Link, Message
from concord.intake.queries.calls import asked_of, waiting_invitations
from concord.intake.services.outbox import queue
from concord.kernel.errors import BadInput, StaleWrite
from concord.plan.queries import scope_of

if TYPE_CHECKING:
    from concord.accounts.models import Contact, Organisation, Person
    from concord.plan.models import Framework, Plan


@transaction.atomic
def draft_call(
    plan: Plan,
    *,
    title: str,
    message: str,
    closes_on: date,
    organisations: Iterable[Organisation],
    by: Person,
    at: datetime,
) -> Call:
    """Prepares a call without sending anything.

    Raises:
        NotPermitted; BadInput: no title, nobody to ask, or a deadline that is past.
    """
    require(by, Permission.OPEN_CALL, within=scope_of(plan))
    bodies = list(organisations)
    _check(title, closes_on, bodies, at=at)
    call = Call.objects.create(
        plan=plan,
        title=" ".join(title.split()),
        message=message.strip(),
        opens_on=at.date(),
        closes_on=closes_on,
        opened_by=by,
    )
    _write_invitations(call, bodies)
    record(EventName.CALL_DRAFTED, actor=by, about=call, at=at, plan=plan.ref, organisations=len(bodies))
    return call


@transaction.atomic
def change_draft(
    call: Call,
    *,
    title: str,
    message: str,
    closes_on: date,
    organisations: Iterable[Organisation],
    expected_version: int,
    by: Person,
    at: datetime,
) -> Call:
    """Writes a draft anew, all of it.

    Raises:
        NotPermitted; BadInput; IllegalMove: it was opened; StaleWrite: changed since it was read.
    """
    require(by, Permission.OPEN_CALL, within=scope_of(call.plan))
    rules.call_after(call.state, rules.CHANGE)
    bodies = list(organisations)
    _check(title, closes_on, bodies, at=at)
    values = {"title": " ".join(title.split()), "message": message.strip(), "closes_on": closes_on}
    _move(call, expected_version, opens_on=at.date(), **values)
    kept = {body.pk for body in bodies}
    call.invitations.exclude(organisation__in=kept).delete()
    known = set(call.invitations.values_list("organisation", flat=True))
    _write_invitations(call, [body for body in bodies if body.pk not in known])
    record(EventName.CALL_CHANGED, actor=by, about=call, at=at, organisations=len(bodies))
    return call


@transaction.atomic
def drop_draft(call: Call, *, expected_version: int, by: Person, at: datetime) -> None:
    """Throws a draft away.

    Raises:
        NotPermitted; IllegalMove: it was opened; StaleWrite: changed since it was read.
    """
    require(by, Permission.OPEN_CALL, within=scope_of(call.plan))
    rules.call_after(call.state, rules.DROP)
    _move(call, expected_version)
    record(EventName.CALL_DROPPED, actor=by, about=call, at=at)
    Call.objects.filter(pk=call.pk).delete()


@transaction.atomic
def open_call(call: Call, *, expected_version: int, by: Person, at: datetime) -> Call:
    """Opens a draft: every organisation with a focal point gets its mail once this commits.

    Who has none stays on the list as "not sent", for the telephone or until a contact is known.

    Raises:
        NotPermitted; IllegalMove: not a draft; BadInput: the deadline is past; StaleWrite.
    """
    require(by, Permission.OPEN_CALL, within=scope_of(call.plan))
    after = rules.call_after(call.state, rules.SEND)
    if call.closes_on < at.date():
        raise BadInput("The deadline is past. Choose a later one before you open the call.")
    _move(call, expected_version, state=after, opens_on=at.date(), opened_at=at, opened_by=by)
    invitations = list(call.invitations.select_related("organisation", "call__plan__framework__secretariat"))
    sent = _send(call, invitations, by=by, at=at)
    record(EventName.CALL_OPENED, actor=by, about=call, at=at, asked=len(invitations), mails=sent)
    return call


@transaction.atomic
def ask_also(call: Call, organisations: Iterable[Organisation], *, by: Person, at: datetime) -> int:
    """Asks more organisations in an open call, or sends to those that had no focal point before.

    Returns:
        How many mails are on their way.

    Raises:
        NotPermitted; IllegalMove: the call is not open; BadInput: none of them has a focal point.
    """
    require(by, Permission.OPEN_CALL, within=scope_of(call.plan))
    rules.call_after(call.state, rules.ASK)
    bodies = list(organisations)
    known = set(call.invitations.values_list("organisation", flat=True))
    _write_invitations(call, [body for body in bodies if body.pk not in known])
    under_way = [Message.State.WAITING, Message.State.SENDING, Message.State.SENT]
    mailed = call.invitations.filter(messages__sort=Message.Sort.INVITATION, messages__state__in=under_way)
    asked = call.invitations.filter(organisation__in=bodies).exclude(pk__in=mailed.values("pk"))
    sent = _send(call, list(asked.select_related("organisation", "call__plan__framework")), by=by, at=at)
    if not sent:
        raise BadInput("None of them has a focal point with an address. Add a contact first.")
    return sent


@transaction.atomic
def extend_call(call: Call, *, closes_on: date, expected_version: int, by: Person, at: datetime) -> Call:
    """Moves the deadline of an open call; links that were mailed work as much longer.

    Raises:
        NotPermitted; IllegalMove: not open; BadInput: not later than the deadline now; StaleWrite.
    """
    require(by, Permission.OPEN_CALL, within=scope_of(call.plan))
    rules.call_after(call.state, rules.EXTEND)
    if closes_on <= call.closes_on:
        raise BadInput(f"The new deadline must lie after {call.closes_on}.")
    before = call.closes_on
    _move(call, expected_version, closes_on=closes_on)
    until = rules.expires_at(closes_on)
    Link.objects.filter(invitation__call=call, revoked_at=None).update(expires_at=until)
    for invitation in call.invitations.exclude(sent_at=None).select_related("organisation"):
        _open_link(call, invitation, by=by, at=at)
    facts = {"from": before.isoformat(), "closes_on": closes_on.isoformat()}
    record(EventName.CALL_EXTENDED, actor=by, about=call, at=at, **facts)
    return call


@transaction.atomic
def close_call(call: Call, *, expected_version: int, by: Person, at: datetime) -> Call:
    """Closes a call: its links stop working at once, and nothing more is waited for.

    Raises:
        NotPermitted; IllegalMove: not open; StaleWrite.
    """
    require(by, Permission.OPEN_CALL, within=scope_of(call.plan))
    after = rules.call_after(call.state, rules.CLOSE)
    _move(call, expected_version, state=after, closed_at=at)
    Link.objects.filter(invitation__call=call, revoked_at=None).update(revoked_at=at)
    for invitation in call.invitations.select_related("organisation"):
        _end_link(call, invitation, by=by, at=at)
    record(EventName.CALL_CLOSED, actor=by, about=call, at=at)
    return call


@transaction.atomic
def revoke_links(invitation: Invitation, *, by: Person, at: datetime) -> int:
    """Ends all links of one invitation at once: a mail went astray. A reminder sends a fresh one.

    Raises:
        NotPermitted: `by` may not write to those who are asked.
    """
    require(by, Permission.OPEN_CALL, within=scope_of(invitation.call.plan))
    count = Link.objects.filter(invitation=invitation, revoked_at=None).update(revoked_at=at)
    record(EventName.LINKS_REVOKED, actor=by, about=invitation, at=at, links=count)
    return count


@transaction.atomic
def remind(
    framework: Framework, *, calls: Collection[Call] | None = None, by: Person, at: datetime
) -> list[Message]:
    """Reminds everybody whom open calls wait for: one mail for each address, with all that waits there.

    Args:
        calls: whose organisations are reminded; all open ones if not given. The mail tells a person of
            everything that waits for them, whichever call it was.

    Returns:
        The mails, on their way once this commits; empty where nobody waits or nobody has an address.

    Raises:
        NotPermitted: `by` may not write to those who are asked.
    """
    require(by, Permission.OPEN_CALL, within=Scope(framework.ref))
    waiting = waiting_invitations(framework, on=at.date())
    wanted = {call.pk for call in calls} if calls is not None else None
    people: dict[str, tuple[Contact, list[Invitation]]] = {}
    for chased in waiting:
        for contact in chased.contacts:
            if contact.email:
                people.setdefault(contact.email.casefold(), (contact, []))[1].append(chased.invitation)
    sent = []
    for contact, invitations in people.values():
        if wanted is None or any(invitation.call_id in wanted for invitation in invitations):
            sent.append(_remind(framework, contact, invitations, by=by, at=at))
    return sent


def _remind(
    framework: Framework, contact: Contact, invitations: list[Invitation], *, by: Person, at: datetime
) -> Message:
    told = []
    for invitation in invitations:
        actor = _open_link(invitation.call, invitation, by=by, at=at)
        told.append(asked_of(invitation, actor=actor))
        invitation.reminders += 1
        Invitation.objects.filter(pk=invitation.pk).update(reminded_at=at, reminders=F("reminders") + 1)
        record(EventName.REMINDER_SENT, actor=by, about=invitation, at=at, contact=contact.key)
    return queue(
        framework=framework,
        sort=Message.Sort.REMINDER,
        contact=contact,
        letter=letters.reminder(told),
        invitations=invitations,
        by=by,
        at=at,
    )


def _send(call: Call, invitations: list[Invitation], *, by: Person, at: datetime) -> int:
    """Queues the mails of organisations that have a focal point with an address; how many there are."""
    framework = call.plan.framework
    bodies = [invitation.organisation for invitation in invitations]
    contacts = focal_points(bodies, scope_of(call.plan), on=at.date())
    sent = 0
    for invitation in invitations:
        reachable = [contact for contact in contacts[invitation.organisation_id] if contact.email]
        if not reachable:
            continue
        actor = _open_link(call, invitation, by=by, at=at)
        letter = letters.invitation(asked_of(invitation, actor=actor, has_workbook=True))
        keys = [contact.key for contact in reachable]
        Invitation.objects.filter(pk=invitation.pk).update(contacts=keys, version=F("version") + 1)
        record(EventName.INVITATION_SENT, actor=by, about=invitation, at=at, contacts=keys)
        for contact in reachable:
            queue(
                framework=framework,
                sort=Message.Sort.INVITATION,
                contact=contact,
                letter=letter,
                invitations=[invitation],
                has_workbook=True,
                by=by,
                at=at,
            )
            sent += 1
    return sent


def _open_link(call: Call, invitation: Invitation, *, by: Person, at: datetime) -> Person:
    return open_link(
        organisation=invitation.organisation,
        within=Scope(call.plan.framework.ref),
        until_on=rules.expires_at(call.closes_on).date(),
        by=by,
        at=at,
    )


def _end_link(call: Call, invitation: Invitation, *, by: Person, at: datetime) -> None:
    """Ends what the organisation may do through links, unless another open call or a question asks it."""
    others = Invitation.objects.filter(
        organisation=invitation.organisation,
        call__plan__framework=call.plan.framework,
        call__state=Call.State.OPEN,
    )
    questions = Message.objects.filter(
        sort=Message.Sort.QUESTION, organisation=invitation.organisation, links_until__gte=at.date()
    )
    if not others.exists() and not questions.exists():
        within = Scope(call.plan.framework.ref)
        end_link(organisation=invitation.organisation, within=within, by=by, at=at)


def _write_invitations(call: Call, bodies: Iterable[Organisation]) -> None:
    Invitation.objects.bulk_create(Invitation(call=call, organisation=body) for body in bodies)


def _check(title: str, closes_on: date, bodies: list[Organisation], *, at: datetime) -> None:
    if not title.strip():
        raise BadInput("A call needs a title: it is the subject of its mails.")
    if closes_on < at.date():
        raise BadInput("The deadline is past. Choose a later one.")
    if not bodies:
        raise BadInput("Choose at least one organisation to ask.")


def _move(call: Call, expected_version: int, **values: object) -> None:
    found = Call.objects.filter(pk=call.pk, version=expected_version, state=call.state)
    if found.update(version=expected_version + 1, **values) != 1:
        raise StaleWrite("Somebody changed this call in the same moment. Look at it again.")
    call.refresh_from_db()
