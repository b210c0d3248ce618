"""Focal points of organisations: the writing side. Part of this room's services; call it through them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from concord.accounts.models import Contact, Organisation, Person
from concord.accounts.queries import Actor, require
from concord.accounts.rules import Permission
from concord.accounts.scope import Scope
from concord.audit.events import EventName
from concord.audit.services import record
from concord.kernel.errors import BadInput, IllegalMove, StaleWrite


@transaction.atomic
def add_contact(
    *,
    organisation: Organisation,
    within: Scope,
    name: str,
    email: str = "",
    phone: str = "",
    function: str = "",
    note: str = "",
    from_on: date | None = None,
    until_on: date | None = None,
    by: Actor,
    at: datetime,
) -> Contact:
    """Notes an organisation's focal point for a framework or a pillar: a person without an account.

    Args:
        from_on, until_on: both included; from today on if not given, without an end if not given.

    Raises:
        NotPermitted; BadInput: no framework, no name, neither address nor number, no such address, or an
        end before the start.
    """
    who = require(by, Permission.MANAGE_ORGANISATIONS, within=within, on=at.date())
    contact = _new(
        organisation, within, _clean(name, email, phone, function, note), from_on or at.date(), until_on, at
    )
    record(EventName.CONTACT_ADDED, actor=who, about=contact, at=at, organisation=organisation.key)
    return contact


@transaction.atomic
def propose_contact(
    *, organisation: Organisation, within: Scope, name: str, email: str, by: Actor, at: datetime
) -> Contact:
    """Notes a colleague whom somebody of the organisation names; an officer keeps or erases it later.

    An address that is a current contact's already gives that contact back.

    Raises:
        NotPermitted: `by` does not report for the organisation; BadInput: no name or no address.
    """
    who = require(by, Permission.REPORT_OWN, within=within, organisation=organisation, on=at.date())
    told = _clean(name, email, "", "", "")
    if not told["email"]:
        raise BadInput("Write your colleague's e-mail address.")
    known = Contact.objects.filter(
        organisation=organisation,
        framework=within.framework,
        email__iexact=told["email"],
        until_on=None,
        erased_at=None,
    ).first()
    if known is not None:
        return known
    contact = _new(organisation, within, told, at.date(), None, at, is_proposed=True)
    record(EventName.CONTACT_PROPOSED, actor=who, about=contact, at=at, organisation=organisation.key)
    return contact


@transaction.atomic
def change_contact(
    *,
    contact: Contact,
    within: Scope,
    name: str,
    email: str = "",
    phone: str = "",
    function: str = "",
    note: str = "",
    from_on: date,
    until_on: date | None = None,
    expected_version: int,
    by: Actor,
    at: datetime,
) -> Contact:
    """Writes a contact anew, all of it. A proposed one is looked at by this, and kept.

    Raises:
        NotPermitted, BadInput (as for adding), IllegalMove (erased), StaleWrite (changed since it was read).
    """
    who = _manager(contact, by, at)
    require(by, Permission.MANAGE_ORGANISATIONS, within=within, on=at.date())
    values = _clean(name, email, phone, function, note)
    _check(within, values, from_on, until_on)
    _set(
        contact,
        expected_version,
        **values,
        framework=within.framework,
        pillar=within.pillar,
        from_on=from_on,
        until_on=until_on,
        is_proposed=False,
    )
    record(EventName.CONTACT_CHANGED, actor=who, about=contact, at=at)
    return contact


@transaction.atomic
def keep_contact(*, contact: Contact, expected_version: int, by: Actor, at: datetime) -> Contact:
    """Makes a proposed contact one of the organisation's own.

    Raises:
        NotPermitted, IllegalMove (not proposed), StaleWrite.
    """
    who = _manager(contact, by, at)
    if not contact.is_proposed:
        raise IllegalMove("This contact was kept before.")
    _set(contact, expected_version, is_proposed=False)
    record(EventName.CONTACT_CHANGED, actor=who, about=contact, at=at, kept=True)
    return contact


@transaction.atomic
def end_contact(
    *, contact: Contact, until_on: date, expected_version: int, by: Actor, at: datetime
) -> Contact:
    """Sets a contact's last day, included: afterwards it gets no mail and stays in the list of former ones.

    Raises:
        NotPermitted, BadInput (before its first day), IllegalMove (ended or erased), StaleWrite.
    """
    who = _manager(contact, by, at)
    if contact.until_on:
        raise IllegalMove("This contact has an end already.")
    if until_on < contact.from_on:
        raise BadInput(f"The last day ({until_on}) lies before the first ({contact.from_on}).")
    _set(contact, expected_version, until_on=until_on)
    record(EventName.CONTACT_ENDED, actor=who, about=contact, at=at, until_on=until_on.isoformat())
    return contact


@transaction.atomic
def erase_contact(*, contact: Contact, by: Actor, at: datetime) -> Contact:
    """Erases everything that tells who a contact is, for good.

    Raises:
        NotPermitted, IllegalMove (erased before), StaleWrite (changed since it was read).
    """
    who = _manager(contact, by, at)
    empty = dict.fromkeys(("name", "function", "email", "phone", "note"), "")
    _set(contact, contact.version, **empty, erased_at=at, is_proposed=False)
    record(EventName.CONTACT_ERASED, actor=who, about=contact, at=at)
    return contact


def _manager(contact: Contact, by: Actor, at: datetime) -> Person:
    who = require(by, Permission.MANAGE_ORGANISATIONS, within=contact.within, on=at.date())
    if contact.erased_at:
        raise IllegalMove("This contact was erased before.")
    return who


def _clean(name: str, email: str, phone: str, function: str, note: str) -> dict[str, str]:
    values = {"name": name, "email": email, "phone": phone, "function": function, "note": note}
    return {field: " ".join(value.split()) for field, value in values.items()}


def _check(within: Scope, values: Mapping[str, str], from_on: date, until_on: date | None) -> None:
    if not within.framework or not values["name"] or not (values["email"] or values["phone"]):
        raise BadInput("A contact needs a framework, a name, and an e-mail address or a telephone number.")
    if values["email"]:
        try:
            validate_email(values["email"])
        except ValidationError as error:
            raise BadInput(
                f"“{values['email']}” is no e-mail address. Write one like name@example.org."
            ) from error
    if until_on and until_on < from_on:
        raise BadInput(f"The last day ({until_on}) lies before the first ({from_on}).")


def _new(
    organisation: Organisation,
    within: Scope,
    values: Mapping[str, str],
    from_on: date,
    until_on: date | None,
    at: datetime,
    *,
    is_proposed: bool = False,
) -> Contact:
    _check(within, values, from_on, until_on)
    return Contact.objects.create(
        organisation=organisation,
        framework=within.framework,
        pillar=within.pillar,
        from_on=from_on,
        until_on=until_on,
        is_proposed=is_proposed,
        added_at=at,
        **values,
    )


def _set(contact: Contact, expected_version: int, **values: object) -> None:
    found = Contact.objects.filter(pk=contact.pk, version=expected_version, erased_at=None)
    if found.update(version=expected_version + 1, **values) != 1:
        raise StaleWrite("This contact was changed by somebody else. Read it again.")
    contact.refresh_from_db()
