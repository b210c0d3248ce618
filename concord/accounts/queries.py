"""Who may do what, and which organisation a string means. Reads only."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from concord.accounts.models import (
    LINK_DOMAIN,
    Organisation,
    OrganisationIdentifier,
    OrganisationMerge,
    OrganisationName,
    Person,
    RoleGrant,
)
from concord.accounts.naming import (
    Certainty,
    Reading,
    Told,
    near_names,
    nearest_names,
    read_donors,
    read_names,
    resolve_donor,
    resolve_name,
    resolve_names,
)
from concord.accounts.rules import HeldRole, Permission, Powers, Role
from concord.accounts.scope import Scope
from concord.kernel import clock
from concord.kernel.errors import NotFound, NotPermitted

__all__ = [
    "Actor",
    "Certainty",
    "Reading",
    "Told",
    "can",
    "grants_of",
    "identifiers_of",
    "live",
    "may_ever",
    "merges_of_organisation",
    "near_names",
    "nearest_names",
    "organisation_by_key",
    "organisation_merge",
    "organisations_by_key",
    "organisations_by_pk",
    "organisations_of",
    "own_organisations",
    "part_ids_of",
    "people",
    "people_by_ref",
    "people_with",
    "person_by_email",
    "powers_of",
    "powers_read_once",
    "read_donors",
    "read_names",
    "register",
    "register_with",
    "require",
    "resolve_donor",
    "resolve_name",
    "resolve_names",
    "roles_of",
    "scopes_with",
]

Actor = Person | AnonymousUser | None


def powers_of(actor: Actor, *, on: date | None = None) -> Powers:
    """All that the actor may do on a day (today if not given), in one query: for pages that ask often.

    Nothing for nobody, for an anonymous visitor and for a suspended or erased person.
    """
    if not isinstance(actor, Person) or not actor.is_active:
        return Powers()
    if actor.is_system:
        return Powers(everything=True)
    kept = _read.get()
    if kept is None:
        return _powers_held(actor, on)
    asked = (actor.pk, on or clock.now().date())
    if asked not in kept.powers:
        kept.powers[asked] = _powers_held(actor, on)
    return kept.powers[asked]


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read of a person, by primary key and day."""

    powers: dict[tuple[int, date], Powers] = field(default_factory=dict)
    organisations: dict[tuple[int, date], frozenset[int]] = field(default_factory=dict)


_read: ContextVar[_Read | None] = ContextVar("powers_read", default=None)


@contextmanager
def powers_read_once() -> Iterator[None]:
    """Within it, the powers and organisations of a person are read once: for a request that only reads,
    which asks often."""
    token = _read.set(_Read())
    try:
        yield
    finally:
        _read.reset(token)


def _powers_held(person: Person, on: date | None) -> Powers:
    return Powers(tuple(_held(grant) for grant in grants_of(person, on=on)))


def can(
    actor: Actor,
    permission: Permission,
    *,
    within: Scope,
    organisation: Organisation | None = None,
    beneficiary: str | None = None,
    on: date | None = None,
) -> bool:
    """Whether the actor may do this here, on a day (today if not given).

    Args:
        within: a framework or a pillar; a role on the framework reaches its pillars, a role on a pillar
            only that pillar. ANYWHERE asks for any framework at all.
        organisation: whose the thing is, or whom it names. Roles that reach only their own
            organisation (ROLE_PERMISSIONS) are denied where it is missing or another.
        beneficiary: its code; likewise for roles that reach only their own beneficiary.
    """
    return powers_of(actor, on=on).can(
        permission,
        within=within,
        organisation=organisation.pk if organisation else None,
        beneficiary=beneficiary or "",
    )


def require(
    actor: Actor,
    permission: Permission,
    *,
    within: Scope,
    organisation: Organisation | None = None,
    beneficiary: str | None = None,
    on: date | None = None,
) -> Person:
    """Lets the actor pass or raises; every write service calls it first. Arguments as for `can`.

    Returns:
        The actor, now known to be a person: what audit.record takes.

    Raises:
        NotPermitted: the actor may not do this here.
    """
    allowed = can(actor, permission, within=within, organisation=organisation, beneficiary=beneficiary, on=on)
    if not allowed or not isinstance(actor, Person):
        raise NotPermitted(f"You may not {permission.meaning}.")
    return actor


def may_ever(actor: Actor, permission: Permission, *, within: Scope, on: date | None = None) -> bool:
    """Whether there is any organisation or beneficiary here for which the actor may do this: for links."""
    return powers_of(actor, on=on).may_ever(permission, within=within)


def scopes_with(actor: Actor, permission: Permission, *, on: date | None = None) -> frozenset[Scope]:
    """Where the actor's roles give the permission for everything or for their own: for filtering lists.

    Empty for who may nothing, and also for the system account, which may everything everywhere:
    ask `powers_of(actor).everything` first.
    """
    powers = powers_of(actor, on=on)
    return frozenset(held.within for held in powers.roles if powers.may_ever(permission, within=held.within))


def grants_of(person: Person, *, on: date | None = None) -> QuerySet[RoleGrant]:
    """The grants that hold on a day (today if not given): begun, not ended, not revoked, person active."""
    day = on or clock.now().date()
    return RoleGrant.objects.filter(
        Q(until_on=None) | Q(until_on__gte=day),
        person=person,
        person__is_active=True,
        revoked_at=None,
        from_on__lte=day,
    )


def roles_of(actor: Actor, within: Scope, *, on: date | None = None) -> frozenset[Role]:
    """The roles that the actor holds here on a day; a framework's roles count for its pillars."""
    return frozenset(held.role for held in powers_of(actor, on=on).roles if held.within.covers(within))


def organisations_of(actor: Actor, *, on: date | None = None) -> QuerySet[Organisation]:
    """The organisations that the actor belongs to or holds a role for on a day, by name."""
    if not isinstance(actor, Person) or not actor.is_active:
        return Organisation.objects.none()
    day = on or clock.now().date()
    joined = Q(memberships__until_on=None) | Q(memberships__until_on__gte=day)
    return Organisation.objects.filter(merged_into=None).filter(
        Q(pk__in=grants_of(actor, on=day).values("organisation"))
        | Q(
            pk__in=Organisation.objects.filter(
                joined, memberships__person=actor, memberships__from_on__lte=day
            ).values("pk")
        )
    )


def own_organisations(actor: Actor, *, on: date | None = None) -> frozenset[int]:
    """The same as primary keys, for questions asked many times: see powers_read_once."""
    kept = _read.get()
    if kept is None or not isinstance(actor, Person):
        return frozenset(organisations_of(actor, on=on).values_list("pk", flat=True))
    asked = (actor.pk, on or clock.now().date())
    if asked not in kept.organisations:
        kept.organisations[asked] = frozenset(organisations_of(actor, on=on).values_list("pk", flat=True))
    return kept.organisations[asked]


def people_with(role: Role, within: Scope, *, on: date | None = None) -> QuerySet[Person]:
    """The active people who hold a role here on a day, by name; a framework's role counts for its pillars."""
    day = on or clock.now().date()
    return Person.objects.filter(
        pk__in=RoleGrant.objects.filter(
            Q(until_on=None) | Q(until_on__gte=day),
            role=role.value,
            framework=within.framework,
            pillar__in={"", within.pillar},
            revoked_at=None,
            from_on__lte=day,
        ).values("person"),
        is_active=True,
    )


def organisation_by_key(key: str) -> Organisation:
    """The organisation with this key; the one it was merged into, if it was.

    Raises:
        NotFound: there is none.
    """
    organisation = Organisation.objects.filter(key=key).first()
    if organisation is None:
        raise NotFound(f"There is no organisation {key}.")
    return live(organisation)


def organisations_by_key(keys: Iterable[str]) -> dict[str, Organisation]:
    """The organisations with these keys, each with its parent; unknown keys are left out.

    A key of a body that was merged away gives the one it was merged into. One query, and one more
    where there is such a key.
    """
    found = Organisation.objects.filter(key__in=set(keys)).select_related("parent", "merged_into")
    return {organisation.key: live(organisation) for organisation in found}


def merges_of_organisation(organisation: Organisation) -> QuerySet[OrganisationMerge]:
    """The merges into an organisation that hold, newest first."""
    return organisation.merges.filter(undone_at=None).select_related("merged", "merged_by")


def organisation_merge(key: str) -> OrganisationMerge:
    """The merge with this key, undone ones too; raises NotFound where there is none."""
    found = OrganisationMerge.objects.filter(key=key).select_related("target", "merged").first()
    if found is None:
        raise NotFound("There is no such merge.")
    return found


def live(organisation: Organisation) -> Organisation:
    """The body that this one was merged into, through any number of merges; itself if it was not."""
    while organisation.merged_into is not None:
        organisation = organisation.merged_into
    return organisation


def identifiers_of(keys: Iterable[str]) -> dict[str, list[str]]:
    """The org-ids (XM-DAC-41304) of the organisations with these keys, in order; others are left out."""
    found: dict[str, list[str]] = {}
    for row in OrganisationIdentifier.objects.filter(organisation__key__in=set(keys)).select_related(
        "organisation"
    ):
        found.setdefault(row.organisation.key, []).append(str(row))
    return found


def organisations_by_pk(keys: Iterable[int]) -> dict[int, Organisation]:
    """The organisations with these primary keys, in one query; for rows that were counted by them."""
    return Organisation.objects.in_bulk(set(keys))


def person_by_email(email: str) -> Person:
    """The person with this address, in whatever case it is written.

    Raises:
        NotFound: there is none.
    """
    person = Person.objects.filter(email=email.casefold()).first()
    if person is None:
        raise NotFound(f"There is no person with the address {email}.")
    return person


def people() -> QuerySet[Person]:
    """Everybody with an account, erased ones too, by name; left out are those that nobody can sign in to:
    system accounts, and organisations that answer through a link."""
    signing_in = Person.objects.filter(is_system=False).exclude(email__endswith=f"@{LINK_DOMAIN}")
    return signing_in.order_by("name", "pk")


def people_by_ref(refs: Iterable[str]) -> dict[str, Person]:
    """The people behind the opaque references that the record of acts keeps; unknown ones are absent."""
    return {person.ref: person for person in Person.objects.filter(ref__in=set(refs))}


def register() -> QuerySet[Organisation]:
    """The register of organisations, by name; bodies merged into others are left out."""
    return Organisation.objects.filter(merged_into=None).select_related("parent").order_by("name", "pk")


def register_with(words: str) -> QuerySet[Organisation]:
    """The bodies with each of the words in one of their names, by name; no words: all of them.

    Names that were learnt from restricted rows are not searched.
    """
    found = register()
    for word in words.split():
        named = OrganisationName.objects.filter(text__icontains=word, restricted=False)
        found = found.filter(pk__in=named.values("organisation"))
    return found


def part_ids_of(organisation: Organisation) -> frozenset[int]:
    """Primary keys of the organisation and of all that stands under it, at any depth."""
    found = {organisation.pk}
    level = {organisation.pk}
    while level:
        parts = Organisation.objects.filter(parent__in=level).values_list("pk", flat=True)
        level = set(parts) - found
        found |= level
    return frozenset(found)


def _held(grant: RoleGrant) -> HeldRole:
    return HeldRole(Role(grant.role), grant.within, grant.organisation_id, grant.beneficiary_code)
