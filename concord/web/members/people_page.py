"""People with accounts and the roles they hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from concord.accounts.queries import people, scopes_with
from concord.accounts.rules import ROLE_NAMES, Permission, Role
from concord.accounts.scope import Scope
from concord.audit.queries import history_of
from concord.kernel import clock
from concord.kernel.codelists import PLACES
from concord.kernel.errors import NotFound, NotPermitted
from concord.plan.queries import framework_named, naming_table
from concord.web.members.happened import Happened, history
from concord.web.members.told import say_date

if TYPE_CHECKING:
    from concord.accounts.models import Person, RoleGrant
    from concord.plan.models import Framework
    from concord.web.members.visit import Visit


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person in the list."""

    name: str
    email: str
    href: str
    roles: str
    state: str


@dataclass(frozen=True, slots=True)
class GrantLine:
    """One role that a person holds or held."""

    key: str
    role: str
    of: str
    days: str
    runs: bool
    version: int


@dataclass(frozen=True, slots=True)
class PersonPage:
    """What members/person.html shows."""

    person: Person
    state: str
    grants: list[GrantLine]
    is_self: bool
    history: list[Happened]


def require_manager(visit: Visit) -> frozenset[Scope]:
    """Where the person manages roles.

    Raises:
        NotPermitted: nowhere.
    """
    if visit.powers.everything:
        return frozenset(Scope(framework.ref) for framework in visit.frameworks)
    scopes = scopes_with(visit.person, Permission.MANAGE_ROLES)
    if not scopes:
        raise NotPermitted(f"You may not {Permission.MANAGE_ROLES.meaning}.")
    return scopes


def people_lines() -> list[PersonLine]:
    """Everybody with an account and the roles that run today, in three queries."""
    listed = people().prefetch_related("role_grants__organisation")
    return [
        PersonLine(
            name=person.name,
            email=person.email if person.erased_at is None else "",
            href=reverse("members:person", args=[person.ref]),
            roles="; ".join(
                dict.fromkeys(_said(grant) for grant in person.role_grants.all() if _runs(grant))
            ),
            state=_state(person),
        )
        for person in listed
    ]


def person_by_ref(ref: str) -> Person:
    """The person with this opaque reference.

    Raises:
        NotFound: there is none.
    """
    found = people().filter(ref=ref).first()
    if found is None:
        raise NotFound("There is nobody with this address.")
    return found


def person_page(visit: Visit, person: Person) -> PersonPage:
    """One person with all roles, running ones first, and what happened to the account."""
    grants = sorted(person.role_grants.select_related("organisation"), key=lambda grant: not _runs(grant))
    return PersonPage(
        person=person,
        state=_state(person),
        grants=[_line(grant) for grant in grants],
        is_self=person == visit.person,
        history=history(reversed(history_of(person))),
    )


def grant_of(person: Person, key: str) -> RoleGrant:
    """One role of a person by its key.

    Raises:
        NotFound: they never held it.
    """
    found: RoleGrant | None = person.role_grants.filter(key=key).first()
    if found is None:
        raise NotFound("This person holds no such role.")
    return found


def framework_choices(scopes: Iterable[Scope]) -> list[tuple[str, str]]:
    """Where a role can be granted: each framework managed and its pillars, as "ref" or "ref/pillar"."""
    choices: list[tuple[str, str]] = []
    for scope in sorted(scopes, key=str):
        framework = _framework(scope.framework)
        if framework is None:
            choices.append((str(scope), str(scope)))
            continue
        if not scope.pillar:
            choices.append((framework.ref, framework.name))
        pillars = framework.pillars.order_by("order")
        choices += [
            (f"{framework.ref}/{pillar.ref}", f"{framework}: {pillar.acronym}")
            for pillar in pillars
            if scope.pillar in ("", pillar.ref)
        ]
    return list(dict.fromkeys(choices))


def place_choices(scopes: Iterable[Scope]) -> list[tuple[str, str]]:
    """The beneficiaries of the frameworks managed."""
    found: dict[str, str] = {}
    for ref in sorted({scope.framework for scope in scopes}):
        framework = _framework(ref)
        found |= {place.code: place.name for place in naming_table(framework)} if framework else {}
    return list(found.items())


def _framework(ref: str) -> Framework | None:
    try:
        return framework_named(ref)
    except NotFound:  # roles may be prepared before their framework
        return None


def _line(grant: RoleGrant) -> GrantLine:
    days = _("from %(day)s") % {"day": say_date(grant.from_on)}
    if grant.until_on:
        days = _("from %(first)s to %(last)s") % {
            "first": say_date(grant.from_on),
            "last": say_date(grant.until_on),
        }
    if grant.revoked_at:
        days = _("%(days)s, revoked on %(day)s") % {"days": days, "day": say_date(grant.revoked_at)}
    return GrantLine(grant.key, ROLE_NAMES[Role(grant.role)], _of(grant), days, _runs(grant), grant.version)


def _said(grant: RoleGrant) -> str:
    return f"{ROLE_NAMES[Role(grant.role)]} ({_of(grant)})"


def _of(grant: RoleGrant) -> str:
    said: list[Any] = [grant.within]
    if grant.organisation:
        said.append(grant.organisation.name)
    if grant.beneficiary_code:
        said.append(PLACES.get(grant.beneficiary_code, grant.beneficiary_code))
    return ", ".join(str(part) for part in said)


def _runs(grant: RoleGrant) -> bool:
    day = clock.now().date()
    return (
        grant.revoked_at is None
        and grant.from_on <= day
        and (grant.until_on is None or grant.until_on >= day)
    )


def _state(person: Person) -> str:
    if person.erased_at:
        return _("erased")
    return "" if person.is_active else _("suspended")
