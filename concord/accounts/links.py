"""An organisation that answers through a link: who acts, and for how long. Part of this room's services.

Nobody signs in as it: the record of acts says "GIZ, through its link", and that is what is known.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from concord.accounts.models import LINK_DOMAIN, Organisation, Person, RoleGrant
from concord.accounts.queries import Actor, may_ever, require
from concord.accounts.rules import Permission, Role
from concord.accounts.scope import Scope
from concord.audit.events import EventName
from concord.audit.services import record


def link_person(organisation: Organisation) -> Person | None:
    """Who acts where somebody answers for this organisation through a link; None before its first link."""
    return Person.objects.filter(email=_address(organisation)).first()


@transaction.atomic
def open_link(
    *, organisation: Organisation, within: Scope, until_on: date, by: Actor, at: datetime
) -> Person:
    """Lets an organisation answer through links until a day, included; a later day extends what runs.

    Returns:
        Who acts through the links. It may report for this organisation in this framework, nothing else.

    Raises:
        NotPermitted: `by` may neither open calls nor enter on behalf of others there.
    """
    who = _sender(by, within, at)
    person, made = Person.objects.get_or_create(
        email=_address(organisation),
        defaults={"name": f"{organisation.short}, through its link"[:200], "password": "!", "added_at": at},
    )
    if made:
        record(EventName.PERSON_ADDED, actor=who, about=person, at=at, organisation=organisation.key)
    grant = _running(person, within).first()
    if grant is None:
        RoleGrant.objects.create(
            person=person,
            role=Role.LINK,
            framework=within.framework,
            organisation=organisation,
            from_on=at.date(),
            until_on=until_on,
            granted_at=at,
        )
    elif grant.until_on is None or grant.until_on >= until_on:
        return person
    else:
        _running(person, within).update(until_on=until_on)
    facts = {"organisation": organisation.key, "until_on": until_on.isoformat()}
    record(EventName.LINK_OPENED, actor=who, about=person, at=at, **facts)
    return person


@transaction.atomic
def end_link(*, organisation: Organisation, within: Scope, by: Actor, at: datetime) -> None:
    """Ends an organisation's answering through links at once; where nothing runs, nothing happens.

    Raises:
        NotPermitted: `by` may not open calls there.
    """
    who = require(by, Permission.OPEN_CALL, within=within, on=at.date())
    person = link_person(organisation)
    if person is not None and _running(person, within).update(revoked_at=at):
        record(EventName.LINK_ENDED, actor=who, about=person, at=at, organisation=organisation.key)


def _sender(by: Actor, within: Scope, at: datetime) -> Person:
    """Who sends links: with calls, or with receipts of what was entered on behalf."""
    if may_ever(by, Permission.ENTER_ON_BEHALF, within=within, on=at.date()) and isinstance(by, Person):
        return by
    return require(by, Permission.OPEN_CALL, within=within, on=at.date())


def _running(person: Person, within: Scope) -> QuerySet[RoleGrant]:
    return RoleGrant.objects.filter(
        person=person, role=Role.LINK, framework=within.framework, revoked_at=None
    )


def _address(organisation: Organisation) -> str:
    return f"{organisation.key.casefold()}@{LINK_DOMAIN}"
