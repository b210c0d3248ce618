"""What an officer enters while an organisation tells it, and what the organisation objects afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from concord.accounts.queries import require
from concord.accounts.rules import Marking, Permission
from concord.accounts.scope import Scope
from concord.accounts.services import open_link
from concord.audit.events import EventName
from concord.audit.services import record
from concord.intake import call_rules, letters
from concord.intake.models import Call, Invitation, Link, Message, Objection, OnBehalfEntry
from concord.intake.queries.links import person_of
from concord.intake.services.outbox import queue
from concord.kernel.errors import BadInput, IllegalMove, NotFound, StaleWrite
from concord.plan.queries import scope_of
from concord.plan.rows import Value
from concord.plan.services import amend_action, count_as_unconfirmed

if TYPE_CHECKING:
    from concord.accounts.models import Contact, Organisation, Person
    from concord.plan.models import Action, Framework

NOTE_CHARACTERS = 4_000


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation: by which means, when, with whom (a contact, or nobody that is known), and notes."""

    means: str
    spoken_on: date
    contact: Contact | None = None
    note: str = ""
    nothing_to_report: bool = False


@dataclass(frozen=True, slots=True)
class Noted:
    """What was said about one action: which values change; none where it stands as it is.

    expected_version: the version of the action that the officer read out.
    """

    action: Action
    expected_version: int
    changes: Mapping[str, Value] = field(default_factory=dict)


@transaction.atomic
def enter_on_behalf(
    *,
    framework: Framework,
    organisation: Organisation,
    talk: Talk,
    noted: Sequence[Noted] = (),
    call: Call | None = None,
    by: Person,
    at: datetime,
) -> OnBehalfEntry:
    """Writes what an organisation told an officer: its changes, as entered on its behalf, unconfirmed.

    The contact spoken with, if there is one with an address, gets a receipt with a link to object.

    Raises:
        NotPermitted: `by` may not enter on behalf, or not change one of the actions; BadInput: a value
        that cannot be stored, another organisation's action, a day to come, or nothing was noted;
        StaleWrite: an action was changed since it was read. Nothing is written then.
    """
    within = scope_of(call.plan) if call else Scope(framework.ref)
    require(by, Permission.ENTER_ON_BEHALF, within=within)
    _check(organisation, talk, noted, at=at)
    entry = OnBehalfEntry.objects.create(
        framework=framework,
        organisation=organisation,
        call=call,
        means=talk.means,
        contact_key=talk.contact.key if talk.contact else "",
        spoken_on=talk.spoken_on,
        note=talk.note.strip()[:NOTE_CHARACTERS],
        nothing_to_report=talk.nothing_to_report,
        action_keys=[each.action.key for each in noted],
        entered_by=by,
        entered_at=at,
    )
    for each in noted:
        _write(each, organisation, by=by, at=at)
    if call is not None:
        _answer(call, organisation, talk, at=at)
    record(
        EventName.ENTERED_ON_BEHALF,
        actor=by,
        about=entry,
        at=at,
        organisation=organisation.key,
        means=talk.means,
        actions=entry.action_keys,
    )
    if talk.contact is not None and talk.contact.email:
        _send_receipt(entry, talk.contact, noted, by=by, at=at)
    return entry


@transaction.atomic
def object_to(link: Link, *, text: str, at: datetime) -> Objection:
    """Notes that the organisation objects to what was entered on its behalf; officers see it until answered.

    Raises:
        NotPermitted; NotFound: the link is for something else; BadInput: no text.
    """
    if link.entry is None:
        raise NotFound("This link does not work.")
    who = person_of(link)
    entry = link.entry
    require(who, Permission.REPORT_OWN, within=Scope(entry.framework.ref), organisation=entry.organisation)
    said = text.strip()[:NOTE_CHARACTERS]
    if not said:
        raise BadInput("Write what is not right.")
    if same := Objection.objects.filter(entry=entry, text=said, answered_at=None).first():
        return same  # sent twice
    objection = Objection.objects.create(entry=entry, text=said, raised_by=who, raised_at=at)
    record(EventName.OBJECTION_RAISED, actor=who, about=objection, at=at, entry=entry.key)
    return objection


@transaction.atomic
def answer_objection(
    objection: Objection, *, reply: str, expected_version: int, by: Person, at: datetime
) -> Objection:
    """Closes an objection with what was done about it.

    Raises:
        NotPermitted; BadInput: no text; IllegalMove: it was answered before; StaleWrite.
    """
    entry = objection.entry
    within = scope_of(entry.call.plan) if entry.call else Scope(entry.framework.ref)
    require(by, Permission.ENTER_ON_BEHALF, within=within)
    if objection.answered_at is not None:
        raise IllegalMove("This objection was answered before.")
    if not reply.strip():
        raise BadInput("Write what you did about it.")
    found = Objection.objects.filter(pk=objection.pk, version=expected_version, answered_at=None)
    if (
        found.update(
            reply=reply.strip()[:NOTE_CHARACTERS], answered_by=by, answered_at=at, version=F("version") + 1
        )
        != 1
    ):
        raise StaleWrite("Somebody answered this objection in the same moment. Look at it again.")
    objection.refresh_from_db()
    record(EventName.OBJECTION_ANSWERED, actor=by, about=objection, at=at, entry=entry.key)
    return objection


def _check(organisation: Organisation, talk: Talk, noted: Sequence[Noted], *, at: datetime) -> None:
    if talk.means not in OnBehalfEntry.Means.values:
        raise BadInput(f"Means are: {', '.join(OnBehalfEntry.Means.values)}.")
    if talk.spoken_on > at.date():
        raise BadInput("The day of the conversation lies in the future.")
    if not noted and not talk.nothing_to_report and not talk.note.strip():
        raise BadInput("Note what was said: tick the actions, or say that there is nothing to report.")
    if talk.nothing_to_report and any(each.changes for each in noted):
        raise BadInput("“Nothing to report” and changes exclude each other. Choose one.")
    if any(each.action.reporting_organisation_id != organisation.pk for each in noted):
        raise BadInput("One of these actions is reported by another organisation.")


def _write(noted: Noted, organisation: Organisation, *, by: Person, at: datetime) -> None:
    if not noted.changes:
        if noted.action.version != noted.expected_version:
            raise StaleWrite("One of these actions was changed since you read it out. Look at it again.")
        return
    amend_action(
        noted.action,
        changes=noted.changes,
        expected_version=noted.expected_version,
        on_behalf_of=organisation,
        by=by,
        at=at,
    )
    count_as_unconfirmed(noted.action)


def _answer(call: Call, organisation: Organisation, talk: Talk, *, at: datetime) -> None:
    """What the organisation said itself, through its link, is not overwritten."""
    answer = Invitation.Answer.NOTHING if talk.nothing_to_report else Invitation.Answer.CHANGED
    asked, _made = Invitation.objects.get_or_create(call=call, organisation=organisation)
    Invitation.objects.filter(pk=asked.pk).exclude(answered_by_way=Invitation.Way.LINK).update(
        answer=answer,
        answered_by_way=Invitation.Way.ON_BEHALF,
        answered_at=at,
        version=F("version") + 1,
    )


def _send_receipt(
    entry: OnBehalfEntry, contact: Contact, noted: Sequence[Noted], *, by: Person, at: datetime
) -> None:
    open_link(
        organisation=entry.organisation,
        within=Scope(entry.framework.ref),
        until_on=call_rules.expires_at(at.date()).date(),
        by=by,
        at=at,
    )
    told = [each for each in noted if each.action.marking != Marking.RED]
    order = [marking.value for marking in Marking]
    highest = max((each.action.marking for each in told), key=order.index, default=order[0])
    letter = letters.receipt(
        entry=entry.key,
        organisation=entry.organisation.name,
        means=str(OnBehalfEntry.Means(entry.means).label),
        spoken_on=entry.spoken_on,
        lines=[_line(each) for each in told],
        secretariat=entry.framework.secretariat.name,
        marking=Marking(highest).label if highest != order[0] else "",
    )
    queue(
        framework=entry.framework,
        sort=Message.Sort.RECEIPT,
        contact=contact,
        letter=letter,
        entry=entry,
        by=by,
        at=at,
    )


def _line(noted: Noted) -> str:
    if not noted.changes:
        return f"{noted.action.title}: stands as it is"
    return f"{noted.action.title}: changed ({', '.join(sorted(noted.changes))})"
