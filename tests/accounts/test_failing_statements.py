"""Whatever statement fails, a write service leaves the state before it, and a retry works (R2)."""

from collections.abc import Callable
from datetime import date

import pytest

from concord.accounts import services
from concord.accounts.models import Membership, Organisation, OrganisationName, Person, RoleGrant
from concord.accounts.rules import Role
from concord.audit.queries import verify_chain
from tests.cast import Cast
from tests.crash import fail_at_each_statement
from tests.factories import NOON, WITHIN, an_organisation

pytestmark = pytest.mark.slow

DAY = date(2019, 6, 3)


def _acts(cast: Cast) -> dict[str, Callable[[], object]]:
    officer = {"by": cast.officer, "at": NOON}
    admin = {"by": cast.administrator, "at": NOON}

    def person() -> Person:
        return Person.objects.get(pk=cast.observer.pk)

    def donor() -> Organisation:
        return Organisation.objects.get(pk=cast.donor_a.pk)

    return {
        "add_person": lambda: services.add_person(email="new@example.org", name="New", **admin),
        "rename_person": lambda: services.rename_person(person=person(), name="New", **admin),
        "suspend_person": lambda: services.suspend_person(person=person(), reason="r", **admin),
        "reinstate_person": lambda: services.reinstate_person(
            person=Person.objects.get(pk=cast.suspended.pk), **admin
        ),
        "erase_person": lambda: services.erase_person(person=person(), **admin),
        "grant_role": lambda: services.grant_role(
            person=person(), role=Role.AUDITOR, within=WITHIN, from_on=DAY, **admin
        ),
        "revoke_role": lambda: services.revoke_role(
            grant=RoleGrant.objects.filter(revoked_at=None)[0], **admin
        ),
        "add_membership": lambda: services.add_membership(
            person=person(), organisation=donor(), from_on=DAY, **admin
        ),
        "end_membership": lambda: services.end_membership(
            membership=Membership.objects.filter(until_on=None)[0], until_on=DAY, **admin
        ),
        "add_organisation": lambda: services.add_organisation(
            name="New", acronym="N", aliases=["Newer"], **officer
        ),
        "change_organisation": lambda: services.change_organisation(
            organisation=donor(), name="New", acronym="N", parent=cast.donor_b, **officer
        ),
        "add_alias": lambda: services.add_alias(organisation=donor(), text="First", **officer),
        "add_identifier": lambda: services.add_identifier(
            organisation=donor(), scheme="XM-DAC", value="1", **officer
        ),
        "merge_organisations": lambda: services.merge_organisations(
            target=Organisation.objects.get(pk=cast.donor_b.pk), merged=donor(), reason="r", **officer
        ),
        "add_instrument": lambda: services.add_instrument(
            text="Fund", donor=donor(), instrument="Fund", **officer
        ),
        "add_contact": lambda: services.add_contact(
            organisation=donor(), within=WITHIN, name="N", phone="1", **officer
        ),
        "load_register": lambda: services.load_register(
            organisations=[
                {"id": "a", "name": "Donor A", "aliases": "First;Second"},
                {"id": "b", "name": "Part of A", "parent_id": "a"},
            ],
            instruments=[{"string": "Fund", "donor_id": "a", "instrument": "Fund"}],
            source="x.csv",
            **officer,
        ),
    }


NAMES = [
    "add_person",
    "rename_person",
    "suspend_person",
    "reinstate_person",
    "erase_person",
    "grant_role",
    "revoke_role",
    "add_membership",
    "end_membership",
    "add_organisation",
    "change_organisation",
    "add_alias",
    "add_identifier",
    "merge_organisations",
    "add_instrument",
    "add_contact",
    "load_register",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_failing_statement_leaves_nothing_half_done(cast: Cast, name: str):
    acts = _acts(cast)
    assert set(acts) == set(NAMES)

    assert fail_at_each_statement(acts[name]) >= 3
    assert verify_chain().ok


def test_removing_from_the_register_and_undoing_a_merge_are_whole_too(cast: Cast):
    officer = {"by": cast.officer, "at": NOON}
    unused = an_organisation("Unused")
    number = services.add_identifier(organisation=unused, scheme="XM-DAC", value="1", **officer)
    merge = services.merge_organisations(target=cast.donor_b, merged=cast.donor_a, **officer)

    fail_at_each_statement(
        lambda: services.remove_identifier(identifier=type(number).objects.get(pk=number.pk), **officer)
    )
    fail_at_each_statement(
        lambda: services.remove_organisation(organisation=Organisation.objects.get(pk=unused.pk), **officer)
    )
    fail_at_each_statement(lambda: services.undo_organisation_merge(merge, **officer))
    assert verify_chain().ok


def test_removing_an_alias_and_erasing_a_contact_are_whole_too(cast: Cast):
    officer = {"by": cast.officer, "at": NOON}
    alias = services.add_alias(organisation=cast.donor_a, text="First", **officer)
    contact = services.add_contact(organisation=cast.donor_a, within=WITHIN, name="N", phone="1", **officer)

    fail_at_each_statement(
        lambda: services.remove_alias(alias=OrganisationName.objects.get(pk=alias.pk), **officer)
    )
    fail_at_each_statement(
        lambda: services.erase_contact(contact=type(contact).objects.get(pk=contact.pk), **officer)
    )
    assert verify_chain().ok
