"""Who is an organisation's focal point for what, and how to write to them. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from concord.accounts.models import Contact, Organisation
from concord.accounts.queries import Actor, powers_of
from concord.accounts.rules import Permission
from concord.accounts.scope import Scope
from concord.kernel.errors import NotFound


def contacts_visible_to(actor: Actor, framework: str) -> QuerySet[Contact]:
    """A framework's contacts, former ones too, erased ones never, by organisation and name.

    Members of the framework see them; a role on one pillar shows the contacts of that pillar and those
    of the whole framework. Everybody else: none.
    """
    contacts = Contact.objects.filter(framework=framework, erased_at=None).select_related("organisation")
    contacts = contacts.order_by("organisation__name", "name", "pk")
    powers = powers_of(actor)
    if powers.can(Permission.VIEW_MEMBERS, within=Scope(framework)):
        return contacts
    pillars = {
        held.within.pillar
        for held in powers.roles
        if held.within.framework == framework and powers.can(Permission.VIEW_MEMBERS, within=held.within)
    }
    return contacts.filter(pillar__in={"", *pillars}) if pillars else contacts.none()


def contact_visible(key: str, *, actor: Actor, framework: str) -> Contact:
    """One contact by its key.

    Raises:
        NotFound: there is none, it was erased, or the person may not see it; all look alike.
    """
    found = contacts_visible_to(actor, framework).filter(key=key).first()
    if found is None:
        raise NotFound("There is no such contact, or you may not see it.")
    return found


def current(contacts: QuerySet[Contact], *, on: date) -> QuerySet[Contact]:
    """Those that are focal points on a day: begun and not ended."""
    return contacts.filter(Q(until_on=None) | Q(until_on__gte=on), from_on__lte=on)


def focal_points(
    organisations: Iterable[Organisation], within: Scope, *, on: date
) -> dict[int, list[Contact]]:
    """The current contacts of each organisation for a pillar, by primary key of the organisation.

    Those of the pillar itself where there are any, else those of the whole framework. Written for
    services and for pages of people who may see contacts; asks nobody.
    """
    bodies = [body.pk for body in organisations]
    rows = current(Contact.objects.filter(organisation__in=bodies, erased_at=None), on=on)
    rows = rows.filter(framework=within.framework, pillar__in={"", within.pillar}).order_by("name", "pk")
    found: dict[int, list[Contact]] = {pk: [] for pk in bodies}
    for contact in rows:
        found[contact.organisation_id].append(contact)
    return {pk: [c for c in own if c.pillar == within.pillar] or own for pk, own in found.items()}


def contacts_by_key(keys: Iterable[str]) -> dict[str, Contact]:
    """The contacts with these keys, erased ones too: who calls must know that it may see them."""
    return {contact.key: contact for contact in Contact.objects.filter(key__in=set(keys))}


def contacts_with_address(email: str, framework: str, *, on: date) -> QuerySet[Contact]:
    """The current contacts of a framework with this e-mail address, in whatever case it is written."""
    known = Contact.objects.filter(framework=framework, email__iexact=email.strip(), erased_at=None)
    return current(known, on=on).exclude(email="").select_related("organisation").order_by("pk")
