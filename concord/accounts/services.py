"""People and roles: the writing side. The register of organisations is in register.py, exported here.

Every function is one transaction: require the permission, ask the rule, compare and set, record.
"""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from concord.accounts.contacts import (
    add_contact,
    change_contact,
    end_contact,
    erase_contact,
    keep_contact,
    propose_contact,
)
from concord.accounts.links import end_link, link_person, open_link
from concord.accounts.loading import RegisterReport, load_register
from concord.accounts.merging import merge_organisations, undo_organisation_merge
from concord.accounts.models import Membership, Organisation, Person, RoleGrant
from concord.accounts.queries import Actor, require
from concord.accounts.register import (
    add_alias,
    add_identifier,
    add_instrument,
    add_organisation,
    change_organisation,
    forget_names,
    remove_alias,
    remove_identifier,
    remove_organisation,
)
from concord.accounts.rules import (
    NEVER_GRANTED_BY_HAND,
    ROLES_OF_A_BENEFICIARY,
    ROLES_OF_AN_ORGANISATION,
    Permission,
    Role,
)
from concord.accounts.scope import ANYWHERE, Scope
from concord.audit.events import EventName
from concord.audit.services import record
from concord.kernel import clock
from concord.kernel.codelists import PLACES
from concord.kernel.errors import BadInput, IllegalMove, NotPermitted, StaleWrite

__all__ = [
    "RegisterReport",
    "add_alias",
    "add_contact",
    "add_identifier",
    "add_instrument",
    "add_membership",
    "add_organisation",
    "add_person",
    "change_contact",
    "change_organisation",
    "end_contact",
    "end_link",
    "end_membership",
    "erase_contact",
    "erase_person",
    "forget_names",
    "grant_role",
    "keep_contact",
    "link_person",
    "load_register",
    "merge_organisations",
    "open_link",
    "operator",
    "propose_contact",
    "reinstate_person",
    "remove_alias",
    "remove_identifier",
    "remove_organisation",
    "rename_person",
    "revoke_role",
    "suspend_person",
    "undo_organisation_merge",
]

OPERATOR_EMAIL = "operator@concord.invalid"  # .invalid can receive no mail (RFC 2606): nobody signs in as it


@transaction.atomic
def operator() -> Person:
    """The system account that commands act as; made on first use. It may do everything."""
    at = clock.now()
    person, made = Person.objects.get_or_create(
        email=OPERATOR_EMAIL,
        defaults={"name": "Operator", "is_system": True, "password": "!", "added_at": at},
    )
    if made:
        record(EventName.PERSON_ADDED, actor=person, about=person, at=at)
    return person


@transaction.atomic
def add_person(*, email: str, name: str, password: str | None = None, by: Actor, at: datetime) -> Person:
    """Adds an account, without any role. Without a password the person sets one by mail.

    Raises:
        NotPermitted: `by` may not manage people.
        BadInput: no name, no e-mail address, or one that has an account already.
    """
    who = _manager(by, at)
    address, called = email.strip().casefold(), name.strip()
    if not called or "@" not in address:
        raise BadInput("A person needs a name and an e-mail address.")
    person = Person(email=address, name=called, added_at=at)
    person.set_password(password)
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError as error:
        raise BadInput(f"{address} already has an account.") from error
    record(EventName.PERSON_ADDED, actor=who, about=person, at=at)
    return person


@transaction.atomic
def rename_person(*, person: Person, name: str, by: Actor, at: datetime) -> Person:
    """Changes how a person is called. People may rename themselves.

    Raises:
        NotPermitted, BadInput (no name), StaleWrite (changed since it was read).
    """
    who = person if by == person and person.is_active else _manager(by, at)
    if not name.strip():
        raise BadInput("A person needs a name.")
    _change_person(person, name=name.strip())
    record(EventName.PERSON_RENAMED, actor=who, about=person, at=at)
    return person


@transaction.atomic
def suspend_person(*, person: Person, reason: str, by: Actor, at: datetime) -> Person:
    """Takes away everything a person may do, at once, until they are reinstated. Grants stay as they are.

    Raises:
        NotPermitted, IllegalMove (already suspended, or a system account), StaleWrite.
    """
    who = _manager(by, at)
    if not person.is_active or person.is_system:
        raise IllegalMove(f"{person} cannot be suspended.")
    _change_person(person, is_active=False)
    record(EventName.PERSON_SUSPENDED, actor=who, about=person, at=at, reason=reason)
    return person


@transaction.atomic
def reinstate_person(*, person: Person, by: Actor, at: datetime) -> Person:
    """Ends a suspension: the grants that still run hold again.

    Raises:
        NotPermitted, IllegalMove (not suspended, or erased), StaleWrite.
    """
    who = _manager(by, at)
    if person.is_active or person.erased_at:
        raise IllegalMove(f"{person} is not suspended.")
    _change_person(person, is_active=True)
    record(EventName.PERSON_REINSTATED, actor=who, about=person, at=at)
    return person


@transaction.atomic
def erase_person(*, person: Person, by: Actor, at: datetime) -> Person:
    """Erases name, address and password for good. The record of acts keeps the opaque reference alone.

    Raises:
        NotPermitted, IllegalMove (already erased, or a system account), StaleWrite.
    """
    who = _manager(by, at)
    if person.erased_at or person.is_system:
        raise IllegalMove("This account cannot be erased.")
    _change_person(
        person,
        name="Erased person",
        email=f"{person.ref}@erased.invalid",
        password="!",  # noqa: S106  (Django's mark of an unusable password)
        last_login=None,
        is_active=False,
        erased_at=at,
    )
    _erase_sign_in(person)
    record(EventName.PERSON_ERASED, actor=who, about=person, at=at)
    return person


@transaction.atomic
def grant_role(
    *,
    person: Person,
    role: Role,
    within: Scope,
    organisation: Organisation | None = None,
    beneficiary: str = "",
    from_on: date,
    until_on: date | None = None,
    by: Actor,
    at: datetime,
) -> RoleGrant:
    """Gives a person a role for a framework or a pillar, from a day on and perhaps until a day (included).

    Raises:
        NotPermitted: `by` may not manage roles there, or would give a role to themselves.
        BadInput: the role needs an organisation or a beneficiary, or may not have one; the days are swapped.
        IllegalMove: the person is not active, or holds this very role already on some of these days.
    """
    who = require(by, Permission.MANAGE_ROLES, within=within, on=at.date())
    if by == person and not person.is_system:
        raise NotPermitted("You may not give a role to yourself.")
    _check_grant(role, within, organisation, beneficiary, from_on, until_on)
    if not person.is_active:
        raise IllegalMove(f"{person} is suspended and can be given no role.")
    grant = RoleGrant(
        person=person,
        role=role.value,
        framework=within.framework,
        pillar=within.pillar,
        organisation=organisation,
        beneficiary_code=beneficiary,
        from_on=from_on,
        until_on=until_on,
        granted_at=at,
    )
    if _same_grant_running(grant):
        raise IllegalMove(f"{person} holds this role already on some of these days.")
    grant.save(force_insert=True)
    record(EventName.ROLE_GRANTED, actor=who, about=grant, at=at, **_facts_of(grant))
    return grant


@transaction.atomic
def revoke_role(*, grant: RoleGrant, reason: str = "", by: Actor, at: datetime) -> RoleGrant:
    """Ends a role at once. The grant stays, with the instant of its end.

    Raises:
        NotPermitted: `by` may not manage roles there.
        IllegalMove: it was revoked before.
        StaleWrite: it was changed since it was read.
    """
    who = require(by, Permission.MANAGE_ROLES, within=grant.within, on=at.date())
    if grant.revoked_at:
        raise IllegalMove("This role was revoked before.")
    changed = RoleGrant.objects.filter(pk=grant.pk, version=grant.version, revoked_at=None).update(
        revoked_at=at, version=grant.version + 1
    )
    if changed != 1:
        raise StaleWrite("This role was changed by somebody else. Read it again.")
    grant.refresh_from_db()
    record(EventName.ROLE_REVOKED, actor=who, about=grant, at=at, reason=reason, **_facts_of(grant))
    return grant


@transaction.atomic
def add_membership(
    *,
    person: Person,
    organisation: Organisation,
    from_on: date,
    until_on: date | None = None,
    by: Actor,
    at: datetime,
) -> Membership:
    """Notes that a person works for an organisation, from a day on and perhaps until a day (included).

    Raises:
        NotPermitted, BadInput (the days are swapped), IllegalMove (a member on some of these days already).
    """
    who = _manager(by, at)
    _check_days(from_on, until_on)
    running = Membership.objects.filter(_meeting(from_on, until_on), person=person, organisation=organisation)
    if running.exists():
        raise IllegalMove(f"{person} is a member of {organisation} already on some of these days.")
    membership = Membership.objects.create(
        person=person, organisation=organisation, from_on=from_on, until_on=until_on
    )
    record(EventName.MEMBERSHIP_ADDED, actor=who, about=person, at=at, organisation=organisation.key)
    return membership


@transaction.atomic
def end_membership(*, membership: Membership, until_on: date, by: Actor, at: datetime) -> Membership:
    """Sets the last day of a membership, included.

    Raises:
        NotPermitted, BadInput (before its first day), IllegalMove (has an end), StaleWrite.
    """
    who = _manager(by, at)
    if membership.until_on:
        raise IllegalMove("This membership has an end already.")
    _check_days(membership.from_on, until_on)
    changed = Membership.objects.filter(pk=membership.pk, version=membership.version).update(
        until_on=until_on, version=membership.version + 1
    )
    if changed != 1:
        raise StaleWrite("This membership was changed by somebody else. Read it again.")
    membership.refresh_from_db()
    record(
        EventName.MEMBERSHIP_ENDED,
        actor=who,
        about=membership.person,
        at=at,
        organisation=membership.organisation.key,
        until_on=until_on.isoformat(),
    )
    return membership


def _manager(by: Actor, at: datetime) -> Person:
    return require(by, Permission.MANAGE_ROLES, within=ANYWHERE, on=at.date())


def _change_person(person: Person, **values: object) -> None:
    changed = Person.objects.filter(pk=person.pk, version=person.version).update(
        version=person.version + 1, **values
    )
    if changed != 1:
        raise StaleWrite("This account was changed by somebody else. Read it again.")
    person.refresh_from_db()


def _erase_sign_in(person: Person) -> None:
    """Addresses, second factors and sessions that sign-in apps keep about the person, where installed."""
    for relation in person._meta.related_objects:
        app = relation.related_model._meta.app_label
        if app in {"account", "mfa", "usersessions", "socialaccount"}:
            relation.related_model._default_manager.filter(**{relation.field.name: person}).delete()


def _check_grant(
    role: Role,
    within: Scope,
    organisation: Organisation | None,
    beneficiary: str,
    from_on: date,
    until_on: date | None,
) -> None:
    if not within.framework:
        raise BadInput("A role is held for a framework or one pillar of it.")
    if role in ROLES_OF_AN_ORGANISATION and organisation is None:
        raise BadInput("This role is held for an organisation. Name it.")
    if role in NEVER_GRANTED_BY_HAND:
        raise BadInput("This role comes with an invitation to answer a call. Choose another one.")
    if (role in ROLES_OF_A_BENEFICIARY) != bool(beneficiary) or (beneficiary and beneficiary not in PLACES):
        raise BadInput(
            "National coordinators and authorities, and only they, act for a beneficiary. Name it."
        )
    _check_days(from_on, until_on)


def _check_days(from_on: date, until_on: date | None) -> None:
    if until_on and until_on < from_on:
        raise BadInput(f"The last day ({until_on}) lies before the first ({from_on}).")


def _meeting(from_on: date, until_on: date | None) -> Q:
    """Rows with from_on and until_on that share a day with these."""
    begun = Q(from_on__lte=until_on) if until_on else Q()
    return begun & (Q(until_on=None) | Q(until_on__gte=from_on))


def _same_grant_running(grant: RoleGrant) -> bool:
    return RoleGrant.objects.filter(
        _meeting(grant.from_on, grant.until_on),
        person=grant.person,
        role=grant.role,
        framework=grant.framework,
        pillar=grant.pillar,
        organisation=grant.organisation,
        beneficiary_code=grant.beneficiary_code,
        revoked_at=None,
    ).exists()


def _facts_of(grant: RoleGrant) -> dict[str, object]:
    return {
        "person": grant.person.ref,
        "role": grant.role,
        "within": str(grant.within),
        "organisation": grant.organisation.key if grant.organisation else None,
        "beneficiary": grant.beneficiary_code,
        "from_on": grant.from_on.isoformat(),
        "until_on": grant.until_on.isoformat() if grant.until_on else None,
    }
