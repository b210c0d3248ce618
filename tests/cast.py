"""The standing cast: the same people in every test of who may do what.

Reliability-targets section 4. Everybody is built through accounts.services; allow and deny share one set-up.
"""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management.color import no_style
from django.db import connection

from concord.accounts import services as accounts
from concord.accounts.models import Membership, Organisation, OrganisationName, Person, RoleGrant
from concord.accounts.rules import Role
from concord.accounts.scope import Scope
from concord.audit.models import ChainHead, Event
from tests.factories import FRAMEWORK, NOON, PILLAR, a_grant, a_person, an_organisation

BENEFICIARY = "AL"
"""Whose national coordinator and authority are in the cast."""
JOINED = date(2017, 1, 1)
"""Since when everybody is what they are."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody, and the organisations that they act for.

    donor_a also leads the pillar together with others: reporter_a reports for it, co_lead_partner acts
    for it in the pillar. lead_partner acts for an organisation of its own.
    """

    anonymous: AnonymousUser
    operator: Person
    reporter_a: Person
    viewer_a: Person
    co_lead_partner: Person
    reporter_b: Person
    reporter_c: Person
    coordinator: Person
    authority: Person
    support_group_member: Person
    board_member: Person
    observer: Person
    officer: Person
    second_officer: Person
    lead_partner: Person
    auditor: Person
    administrator: Person
    suspended: Person
    donor_a: Organisation
    donor_b: Organisation
    implementer_c: Organisation
    lead_organisation: Organisation
    ministry: Organisation

    def people(self) -> Iterator[tuple[str, Person | AnonymousUser]]:
        """Everybody with the name they have here, the anonymous visitor and the operator among them."""
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Person | AnonymousUser):
                yield field.name, value


def standing_cast(framework: str = FRAMEWORK, pillar: str = PILLAR) -> Cast:
    """Builds the cast for a framework and one pillar of it, with roles that hold since 2017."""
    whole, part, operator = Scope(framework), Scope(framework, pillar), accounts.operator()
    donor_a = an_organisation("Donor A", acronym="DA", kind="government")
    donor_b = an_organisation("Donor B", acronym="DB", kind="government")
    implementer_c = an_organisation("Implementer C", acronym="IC", kind="ngo")
    lead_organisation = an_organisation("Lead organisation", acronym="LO", kind="international-organisation")
    ministry = an_organisation(
        "Ministry of the first beneficiary", kind="ministry-or-agency", beneficiary="AL"
    )

    def one(name: str, role: Role, within: Scope = whole, **values: object) -> Person:
        person = a_person(name, email=f"{name.lower().replace(' ', '-')}@example.org")
        a_grant(person, role, within=within, **values)
        if organisation := values.get("organisation"):
            accounts.add_membership(
                person=person, organisation=organisation, from_on=JOINED, by=operator, at=NOON
            )
        return person

    suspended = one("Suspended officer", Role.SECRETARIAT)
    accounts.suspend_person(person=suspended, reason="left", by=operator, at=NOON)
    return Cast(
        anonymous=AnonymousUser(),
        operator=operator,
        reporter_a=one("Reporter A", Role.REPORTER, organisation=donor_a),
        viewer_a=one("Viewer A", Role.VIEWER, organisation=donor_a),
        co_lead_partner=one("Co lead partner", Role.CO_LEAD_PARTNER, part, organisation=donor_a),
        reporter_b=one("Reporter B", Role.REPORTER, organisation=donor_b),
        reporter_c=one("Reporter C", Role.REPORTER, organisation=implementer_c),
        coordinator=one("National coordinator", Role.NATIONAL_COORDINATOR, beneficiary=BENEFICIARY),
        authority=one("Authority", Role.AUTHORITY, beneficiary=BENEFICIARY, organisation=ministry),
        support_group_member=one("Support group member", Role.SUPPORT_GROUP, part),
        board_member=one("Board member", Role.BOARD_MEMBER),
        observer=one("Observer", Role.OBSERVER),
        officer=one("Secretariat officer", Role.SECRETARIAT),
        second_officer=one("Second secretariat officer", Role.SECRETARIAT),
        lead_partner=one("Lead partner", Role.LEAD_PARTNER, part, organisation=lead_organisation),
        auditor=one("Auditor", Role.AUDITOR),
        administrator=one("Administrator", Role.ADMINISTRATOR),
        suspended=suspended,
        donor_a=donor_a,
        donor_b=donor_b,
        implementer_c=implementer_c,
        lead_organisation=lead_organisation,
        ministry=ministry,
    )


@pytest.fixture
def cast(db: None) -> Cast:
    """The standing cast, in a database of its own.

    Built through the services once per process; later tests that begin with an empty database get the
    same rows put back, which takes a tenth of the time.
    """
    if Event.objects.exists():
        return standing_cast()
    if not _built:
        _remember(standing_cast())
    else:
        _put_back()
    return _read_again()


TABLES = (Person, Organisation, OrganisationName, Membership, RoleGrant, Event, ChainHead)
_built: dict[str, Any] = {}


def _remember(built: Cast) -> None:
    _built.update({table.__name__: list(table._default_manager.all()) for table in TABLES})
    _built["cast"] = built


def _put_back() -> None:
    for table in TABLES:
        rows = [copy(row) for row in _built[table.__name__]]
        parents_first = sorted(rows, key=lambda row: row.pk)
        table._default_manager.bulk_create(parents_first)
    with connection.cursor() as cursor:  # PostgreSQL counts its primary keys apart from the rows put back
        for statement in connection.ops.sequence_reset_sql(no_style(), TABLES):
            cursor.execute(statement)


def _read_again() -> Cast:
    """The cast with every row read from the database, so that no test meets another's objects."""
    found = {table: table._default_manager.in_bulk() for table in (Person, Organisation)}
    values = {field.name: getattr(_built["cast"], field.name) for field in fields(Cast)}
    fresh = {
        name: found[type(value)][value.pk] if type(value) in found else value
        for name, value in values.items()
    }
    return Cast(**fresh)
