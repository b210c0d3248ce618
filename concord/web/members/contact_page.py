"""Focal points as lists, as one page each, and as the addressee list of a letter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concord.accounts.addressees import contact_visible, contacts_visible_to, current
from concord.accounts.rules import Permission
from concord.accounts.scope import Scope
from concord.kernel import clock
from concord.web.members.plan_page import FilterLine
from concord.web.members.record_lists import sentence_of
from concord.web.members.rows import Cell, Column, Row
from concord.web.members.told import say_date

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from concord.accounts.models import Contact, Organisation
    from concord.web.members.visit import Visit

PER_PAGE = 100
MAILTO_CHARACTERS = 1_900
"""What mail programs on Windows take as one link (about 2,000 characters)."""


@dataclass(frozen=True, slots=True)
class ContactFilter:
    """Whom a list shows; names are those of the address."""

    q: str = ""
    pillar: str = ""
    organisation: str = ""
    show: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> ContactFilter:
        """The filter in an address; what is unknown finds nobody or asks nothing."""
        values = {
            name: query.get(name, "").replace("\x00", "").strip()[:100] for name in cls.__dataclass_fields__
        }
        return cls(**values)

    def address(self) -> str:
        """The same filter as the end of an address, without its question mark."""
        return urlencode(
            {name: value for name in self.__dataclass_fields__ if (value := getattr(self, name))}
        )


@dataclass(frozen=True, slots=True)
class ContactsPage:
    """What members/contacts/list.html shows."""

    filter: FilterLine
    columns: list[Column]
    rows: list[Row]
    page: Page[Any]
    query: str
    sentence: str
    proposed: str
    may_change: bool
    write_href: str


@dataclass(frozen=True, slots=True)
class ContactPage:
    """What members/contacts/contact.html shows."""

    contact: Contact
    kicker: str
    facts: list[dict[str, Any]]
    may_change: bool
    is_open: bool


@dataclass(frozen=True, slots=True)
class WritePage:
    """What members/contacts/write.html shows: one letter to many."""

    lede: str
    addresses: str
    mailto: str
    too_long: bool
    without: list[str]


def contacts_page(visit: Visit, query: Mapping[str, str]) -> ContactsPage:
    """The focal points that the person may see and looks for."""
    wanted = ContactFilter.read(query)
    visible = contacts_visible_to(visit.person, visit.framework.ref)
    page = Paginator(narrowed(visible, wanted), PER_PAGE).get_page(query.get("page"))
    proposed = visible.filter(is_proposed=True).count()
    pillars = _pillars(visit)
    may = _may_change(visit)
    address, asked = reverse("members:contacts"), wanted.address()
    return ContactsPage(
        filter=_filter_line(wanted, pillars, page.paginator.count, address),
        columns=[
            Column("name", _("Name")),
            Column("organisation", _("Organisation")),
            Column("for", _("For")),
            Column("email", _("E-mail")),
            Column("phone", _("Telephone")),
            Column("days", _("Since, until")),
        ],
        rows=[_row(contact, pillars) for contact in page.object_list],
        page=page,
        query=f"{asked}&" if asked else "",
        sentence=sentence_of(page, _("Contacts")),
        proposed=ngettext(
            "%(n)d contact was named through a link and waits for your look.",
            "%(n)d contacts were named through a link and wait for your look.",
            proposed,
        )
        % {"n": proposed}
        if proposed and may
        else "",
        may_change=may,
        write_href=f"{reverse('members:contacts-write')}?{asked}",
    )


def narrowed(contacts: QuerySet[Contact], wanted: ContactFilter) -> QuerySet[Contact]:
    """The contacts that a filter asks for: current ones, unless it asks for former or proposed ones."""
    today = clock.now().date()
    for word in wanted.q.split():
        contacts = contacts.filter(
            Q(name__icontains=word)
            | Q(email__icontains=word)
            | Q(function__icontains=word)
            | Q(organisation__name__icontains=word)
            | Q(organisation__acronym__icontains=word)
        )
    if wanted.pillar:
        contacts = contacts.filter(pillar__in={"", wanted.pillar})
    if wanted.organisation:
        contacts = contacts.filter(organisation__key=wanted.organisation)
    if wanted.show == "proposed":
        return contacts.filter(is_proposed=True)
    if wanted.show == "former":
        return contacts.filter(until_on__lt=today)
    return contacts if wanted.show == "all" else current(contacts, on=today)


def contact_page(visit: Visit, key: str) -> ContactPage:
    """One focal point.

    Raises:
        NotFound: there is none for this person.
    """
    contact = contact_visible(key, actor=visit.person, framework=visit.framework.ref)
    facts = [
        (_("Organisation"), contact.organisation.name, _organisation_address(contact.organisation)),
        (_("For"), _for(contact, _pillars(visit)), ""),
        (_("Function"), contact.function, ""),
        (_("E-mail"), contact.email, f"mailto:{quote(contact.email, safe='@+')}" if contact.email else ""),
        (_("Telephone"), contact.phone, f"tel:{_dialled(contact.phone)}" if contact.phone else ""),
        (_("Since, until"), _days(contact), ""),
        (_("Note"), contact.note, ""),
    ]
    return ContactPage(
        contact=contact,
        kicker=_("Named through a link, not yet looked at") if contact.is_proposed else _("Contact"),
        facts=[{"label": label, "value": text, "href": href} for label, text, href in facts if text],
        may_change=visit.powers.can(Permission.MANAGE_ORGANISATIONS, within=contact.within),
        is_open=contact.until_on is None,
    )


def write_page(visit: Visit, query: Mapping[str, str]) -> WritePage:
    """The addressee list of the current contacts that a filter asks for, each address once."""
    asked = ContactFilter.read(query)
    wanted = ContactFilter(asked.q, asked.pillar, asked.organisation)
    found = list(narrowed(contacts_visible_to(visit.person, visit.framework.ref), wanted))
    named = {contact.email.casefold(): _addressee(contact) for contact in found if contact.email}
    plain = ",".join(quote(contact.email, safe="@+") for contact in _each_once(found))
    mailto = f"mailto:?bcc={plain}"
    lede = ngettext(
        "%(n)d current focal point has an address.", "%(n)d current focal points have an address.", len(named)
    ) % {"n": len(named)}
    return WritePage(
        lede=lede,
        addresses="; ".join(named.values()),
        mailto=mailto if named and len(mailto) <= MAILTO_CHARACTERS else "",
        too_long=len(mailto) > MAILTO_CHARACTERS,
        without=[f"{each.name} ({each.organisation.short}) {each.phone}" for each in found if not each.email],
    )


def contacts_of_organisation(visit: Visit, body: Organisation) -> list[dict[str, str]]:
    """The current contacts of one organisation as lines of its page."""
    rows = contacts_visible_to(visit.person, visit.framework.ref).filter(organisation=body)
    pillars = _pillars(visit)
    return [
        {
            "text": contact.name,
            "note": ", ".join(filter(None, [contact.function, _for(contact, pillars), contact.phone])),
            "href": reverse("members:contact", args=[contact.key]),
        }
        for contact in current(rows, on=clock.now().date())
    ]


def scope_choices(visit: Visit) -> list[tuple[str, str]]:
    """What a contact can be a focal point for: the framework, or one of its pillars."""
    return [("", _("the whole framework")), *_pillars(visit).items()]


def scope_within(visit: Visit, pillar: str) -> Scope:
    """The scope behind a choice."""
    return Scope(visit.framework.ref, pillar)


def _may_change(visit: Visit) -> bool:
    return visit.powers.may_ever(Permission.MANAGE_ORGANISATIONS, within=Scope(visit.framework.ref))


def _pillars(visit: Visit) -> dict[str, str]:
    return dict(visit.framework.pillars.order_by("order").values_list("ref", "acronym"))


def _each_once(contacts: list[Contact]) -> list[Contact]:
    return list({each.email.casefold(): each for each in reversed(contacts) if each.email}.values())[::-1]


def _addressee(contact: Contact) -> str:
    """A name and address as Outlook's address line takes it: quoted, since names hold commas."""
    name = contact.name.replace('"', "'").replace("\\", "/")
    return f'"{name}" <{contact.email}>'


def _dialled(phone: str) -> str:
    return "".join(character for character in phone if character.isdigit() or character == "+")


def _for(contact: Contact, pillars: Mapping[str, str]) -> str:
    return pillars.get(contact.pillar, contact.pillar) if contact.pillar else _("the whole framework")


def _days(contact: Contact) -> str:
    since = _("since %(day)s") % {"day": say_date(contact.from_on)}
    if contact.until_on is None:
        return since
    return _("%(since)s, until %(day)s") % {"since": since, "day": say_date(contact.until_on)}


def _organisation_address(body: Organisation) -> str:
    return reverse("members:organisation", args=[body.key])


def _row(contact: Contact, pillars: Mapping[str, str]) -> Row:
    body = contact.organisation
    return Row(
        contact.key,
        (
            Cell(
                "name",
                contact.name,
                href=reverse("members:contact", args=[contact.key]),
            ),
            Cell("organisation", body.name, href=_organisation_address(body), note=contact.function),
            Cell("for", _for(contact, pillars), note=_("not yet looked at") if contact.is_proposed else ""),
            Cell("email", contact.email, unknown=not contact.email),
            Cell("phone", contact.phone, unknown=not contact.phone),
            Cell("days", _days(contact)),
        ),
    )


def _filter_line(wanted: ContactFilter, pillars: Mapping[str, str], count: int, address: str) -> FilterLine:
    shows = {
        "": _("current focal points"),
        "proposed": _("named through a link, not yet looked at"),
        "former": _("former ones"),
        "all": _("current and former ones"),
    }
    said = [
        pillars.get(wanted.pillar) or _("Any pillar"),
        shows.get(wanted.show, shows[""]),
        wanted.organisation and _("of one organisation"),
        wanted.q and f"“{wanted.q}”",
    ]

    def options(values: Mapping[str, str], chosen: str) -> list[dict[str, object]]:
        return [{"value": v, "text": t, "selected": v == chosen} for v, t in values.items()]

    return FilterLine(
        summary=", ".join(filter(None, said)),
        action=address,
        result=ngettext("%(n)d contact", "%(n)d contacts", count) % {"n": count},
        fields=[
            {
                "name": "q",
                "label": _("Words in name, address or organisation"),
                "kind": "search",
                "value": wanted.q,
            },
            {
                "name": "pillar",
                "label": _("Pillar"),
                "kind": "select",
                "options": options({"": _("Any pillar"), **pillars}, wanted.pillar),
            },
            {"name": "show", "label": _("Show"), "kind": "select", "options": options(shows, wanted.show)},
        ],
        clear=address if wanted != ContactFilter() else "",
        open=False,
    )
