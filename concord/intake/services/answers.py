"""What organisations answer through a link. Who acts is the account of their link: it signs in nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from concord.accounts.queries import require
from concord.accounts.rules import Permission
from concord.accounts.scope import ANYWHERE, Scope
from concord.accounts.services import propose_contact
from concord.audit.events import EventName
from concord.audit.services import record
from concord.intake import call_rules as rules
from concord.intake import letters
from concord.intake.files import open_bytes
from concord.intake.models import Input, Invitation, Link, Message
from concord.intake.preview import Target
from concord.intake.queries.calls import asked_of, own_actions
from concord.intake.queries.links import person_of
from concord.intake.services.giving import GivenFile, give_out
from concord.intake.services.inputs import Receipt, accept, take_in
from concord.intake.services.outbox import queue
from concord.kernel.errors import BadInput, IllegalMove, NotFound, StaleWrite
from concord.plan.services import confirm_action

if TYPE_CHECKING:
    from concord.accounts.models import Contact, Person


@transaction.atomic
def open_answer(link: Link, *, at: datetime) -> Link:
    """Notes that somebody opened a link: pressed its button, since mail scanners only look.

    Raises:
        NotPermitted: the organisation may no longer answer; NotFound: the link leads to nothing.
    """
    who = _reporter(link)
    Link.objects.filter(pk=link.pk, opened_at=None).update(opened_at=at)
    if link.invitation is not None:
        first = Invitation.objects.filter(pk=link.invitation.pk, opened_at=None)
        if first.update(opened_at=at, version=F("version") + 1):
            record(EventName.INVITATION_OPENED, actor=who, about=link.invitation, at=at)
    link.refresh_from_db()
    return link


@transaction.atomic
def confirm_all(link: Link, *, seen: Mapping[str, int], at: datetime) -> int:
    """Confirms every action that the page showed, as it stood there.

    Args:
        seen: key and version of each action on the page.

    Returns:
        How many were confirmed.

    Raises:
        NotPermitted; NotFound; BadInput: there is none to confirm; StaleWrite: one was changed, added or
        taken away since the page was opened, and nothing was confirmed.
    """
    who, invitation = _reporter(link), _invitation(link)
    actions = list(own_actions(invitation, actor=who).order_by("pk"))
    if not actions:
        raise BadInput(
            "There is no action to confirm. Say that there is nothing to report, or hand in a file."
        )
    if {action.key: action.version for action in actions} != dict(seen):
        raise StaleWrite("One of these actions was changed since you opened the page. Look at them again.")
    for action in actions:
        confirm_action(action, expected_version=action.version, by=who, at=at)
    _answer(invitation, Invitation.Answer.CONFIRMED, who=who, at=at, actions=len(actions))
    return len(actions)


@transaction.atomic
def nothing_to_report(link: Link, *, at: datetime) -> None:
    """Notes that the organisation has nothing to report; its actions stay as they are, unconfirmed.

    Raises:
        NotPermitted; NotFound.
    """
    who, invitation = _reporter(link), _invitation(link)
    _answer(invitation, Invitation.Answer.NOTHING, who=who, at=at)


@transaction.atomic
def ask_colleague(link: Link, *, name: str, email: str, at: datetime) -> Contact:
    """Has a colleague sent a link of their own; the one in hand goes on working.

    Raises:
        NotPermitted; NotFound; BadInput: no name or address; IllegalMove: enough colleagues were asked.
    """
    who, invitation = _reporter(link), _invitation(link)
    framework = invitation.call.plan.framework
    asked = invitation.messages.filter(sort=Message.Sort.COLLEAGUE).count()
    if asked >= rules.COLLEAGUES:
        raise IllegalMove(f"You asked {asked} colleagues already. Write to the secretariat to ask one more.")
    contact = propose_contact(
        organisation=invitation.organisation,
        within=Scope(framework.ref),
        name=name,
        email=email,
        by=who,
        at=at,
    )
    Invitation.objects.filter(pk=invitation.pk).update(colleague_asked_at=at, version=F("version") + 1)
    record(EventName.COLLEAGUE_ASKED, actor=who, about=invitation, at=at, contact=contact.key)
    queue(
        framework=framework,
        sort=Message.Sort.COLLEAGUE,
        contact=contact,
        letter=letters.passed_on(asked_of(invitation, actor=who)),
        invitations=[invitation],
        by=who,
        at=at,
    )
    return contact


def hand_in_file(link: Link, *, file_name: str, content: bytes, at: datetime) -> Receipt:
    """Reads a file that the organisation hands in; nothing of it stands in the plan before it is applied.

    Raises:
        NotPermitted; NotFound; UnreadableFile, BadInput: as files.open_bytes and preview.preview_of.
    """
    who, invitation = _reporter(link), _invitation(link)
    file = open_bytes(file_name, content)
    with transaction.atomic():
        receipt = take_in(file, content, target=_target(invitation), by=who, at=at)
        if receipt.input is not None:
            Input.objects.filter(pk=receipt.input.pk, call=None).update(call=invitation.call)
            receipt.input.call = invitation.call
    return receipt


def own_workbook(link: Link, *, at: datetime) -> GivenFile:
    """The organisation's own actions as a workbook to change and hand back, as they stand now.

    Raises:
        NotPermitted; NotFound.
    """
    who, invitation = _reporter(link), _invitation(link)
    plan = invitation.call.plan
    return give_out(
        organisation=invitation.organisation,
        framework=plan.framework,
        plan=plan,
        call=invitation.call,
        to_whom="through its link",
        answer_by=invitation.call.closes_on,
        by=who,
        at=at,
    )


def apply_file(link: Link, received: Input, *, at: datetime) -> Receipt:
    """Applies a file that was handed in through a link: "confirmed with changes".

    Raises:
        NotPermitted; NotFound: it is another organisation's or another call's; BadInput, StaleWrite,
        IllegalMove: as inputs.accept.
    """
    who, invitation = _reporter(link), _invitation(link)
    if received.received_by_id != who.pk or received.call_id != invitation.call_id:
        raise NotFound("There is no such file behind this link.")
    with transaction.atomic():
        receipt = accept(received, by=who, at=at)
        Invitation.objects.filter(pk=invitation.pk, delivered_at=None).update(delivered_at=at)
        _answer(invitation, Invitation.Answer.CHANGED, who=who, at=at, input=received.key)
    return receipt


def _target(invitation: Invitation) -> Target:
    plan = invitation.call.plan
    return Target(plan.framework, plan, invitation.organisation)


def _answer(
    invitation: Invitation, answer: Invitation.Answer, *, who: Person, at: datetime, **facts: object
) -> None:
    Invitation.objects.filter(pk=invitation.pk).update(
        answer=answer,
        answered_by_way=Invitation.Way.LINK,
        answered_at=at,
        version=F("version") + 1,
    )
    record(EventName.INVITATION_ANSWERED, actor=who, about=invitation, at=at, answer=answer.value, **facts)


def _reporter(link: Link) -> Person:
    who = person_of(link)
    if link.invitation is not None:
        organisation, framework = link.invitation.organisation, link.invitation.call.plan.framework
    elif link.entry is not None:
        organisation, framework = link.entry.organisation, link.entry.framework
    elif link.organisation is not None:  # a question of analysis, which asks for the framework itself
        return require(who, Permission.REPORT_OWN, within=ANYWHERE, organisation=link.organisation)
    else:
        raise NotFound("This link does not work.")
    return require(who, Permission.REPORT_OWN, within=Scope(framework.ref), organisation=organisation)


def _invitation(link: Link) -> Invitation:
    if link.invitation is None:
        raise NotFound("This link does not work.")
    return link.invitation
