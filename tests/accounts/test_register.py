"""The register of organisations: bodies, names, identifiers, instruments, contacts."""

import pytest
from django.db import IntegrityError, transaction

from concord.accounts import services
from concord.accounts.models import (
    Contact,
    Instrument,
    Organisation,
    OrganisationIdentifier,
    OrganisationName,
)
from concord.accounts.queries import organisation_by_key, part_ids_of, resolve_name
from concord.accounts.scope import Scope
from concord.audit.queries import history_of
from concord.kernel.errors import BadInput, IllegalMove, NotFound, NotPermitted, StaleWrite
from concord.kernel.keys import is_key
from tests.cast import Cast
from tests.factories import NOON, WITHIN, an_organisation

WRONG_PEOPLE = ["anonymous", "reporter_a", "lead_partner", "auditor", "administrator", "suspended"]


def events_about(thing: object) -> list[str]:
    return [event.event for event in history_of(thing)]


# --- add ---


def test_an_officer_adds_an_organisation_with_all_its_names(cast: Cast):
    parent = an_organisation("European Union")
    added = services.add_organisation(
        name="  European   Commission ",
        acronym="EC",
        kind="eu-institution",
        parent=parent,
        aliases=["Evropska komisija", "EC", "european commission"],
        by=cast.officer,
        at=NOON,
    )

    assert (added.name, added.acronym, added.parent, added.short) == (
        "European Commission",
        "EC",
        parent,
        "EC",
    )
    assert is_key(added.key)
    assert organisation_by_key(added.key) == added
    for text in ("European Commission", "ec", "EVROPSKA KOMISIJA"):
        assert resolve_name(text) == added
    assert added.names.count() == 3
    event = history_of(added)[-1]
    assert (event.event, event.actor_ref) == ("organisation-added", cast.officer.ref)
    assert event.details == {"name": "European Commission", "parent": parent.key}


@pytest.mark.parametrize("wrong", WRONG_PEOPLE)
def test_others_cannot_change_the_register(cast: Cast, wrong: str):
    by = {"by": getattr(cast, wrong), "at": NOON}
    alias = services.add_alias(organisation=cast.donor_a, text="First donor", by=cast.officer, at=NOON)
    before = (Organisation.objects.count(), OrganisationName.objects.count())

    for attempt in (
        lambda: services.add_organisation(name="New", **by),
        lambda: services.change_organisation(organisation=cast.donor_a, name="New", **by),
        lambda: services.add_alias(organisation=cast.donor_a, text="New", **by),
        lambda: services.remove_alias(alias=alias, **by),
        lambda: services.add_identifier(organisation=cast.donor_a, scheme="XM-DAC", value="1", **by),
        lambda: services.add_instrument(text="New", donor=cast.donor_a, instrument="New", **by),
        lambda: services.load_register(organisations=[], source="x.csv", **by),
        lambda: services.add_contact(
            organisation=cast.donor_a, within=WITHIN, name="N", email="n@example.org", **by
        ),
    ):
        with pytest.raises(NotPermitted):
            attempt()
    assert (Organisation.objects.count(), OrganisationName.objects.count()) == before
    assert not OrganisationIdentifier.objects.exists()
    assert not Instrument.objects.exists()
    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"name": "–"},
        {"name": "DONOR  a"},
        {"name": "New", "kind": "juggler"},
        {"name": "New", "beneficiary": "QQ"},
    ],
)
def test_what_is_no_new_organisation_is_refused(cast: Cast, wrong: dict[str, str]):
    with pytest.raises(BadInput):
        services.add_organisation(by=cast.officer, at=NOON, **wrong)


def test_two_bodies_may_share_an_acronym_which_then_names_neither(cast: Cast):
    one = an_organisation("Center for Democracy", acronym="CD")
    assert resolve_name("CD") == one

    an_organisation("Civil Defence", acronym="CD")
    assert resolve_name("CD") is None


def test_an_unknown_key_is_not_found(db):
    with pytest.raises(NotFound):
        organisation_by_key("00000000")


# --- change ---


def test_a_renamed_organisation_is_known_by_its_old_name_too(cast: Cast):
    body = an_organisation("Directorate for Enlargement", acronym="DG ELARG")
    services.change_organisation(
        organisation=body, name="Directorate for Neighbourhood", acronym="DG NEAR", by=cast.officer, at=NOON
    )

    for text in ("Directorate for Neighbourhood", "DG NEAR", "Directorate for Enlargement"):
        assert resolve_name(text) == body
    assert resolve_name("DG ELARG") is None
    assert history_of(body)[-1].details == {"fields": ["acronym", "name"]}


def test_renaming_to_an_alias_and_back_keeps_each_name_once(cast: Cast):
    body = an_organisation("Old Name", aliases=["New Name"])
    services.change_organisation(organisation=body, name="New Name", by=cast.officer, at=NOON)
    services.change_organisation(organisation=body, name="Old Name", by=cast.officer, at=NOON)

    assert resolve_name("Old Name") == resolve_name("New Name") == body


def test_what_is_not_given_stays(cast: Cast):
    parent = an_organisation("Parent")
    body = an_organisation("Body", acronym="B", kind="ngo", parent=parent)
    services.change_organisation(organisation=body, kind="academic", by=cast.officer, at=NOON)

    body.refresh_from_db()
    assert (body.name, body.acronym, body.kind, body.parent) == ("Body", "B", "academic", parent)
    services.change_organisation(organisation=body, clear_parent=True, by=cast.officer, at=NOON)
    assert Organisation.objects.get(pk=body.pk).parent is None


def test_an_organisation_never_stands_under_itself(cast: Cast):
    top = an_organisation("Top")
    middle = an_organisation("Middle", parent=top)
    bottom = an_organisation("Bottom", parent=middle)

    for parent in (top, middle, bottom):
        with pytest.raises(IllegalMove):
            services.change_organisation(organisation=top, parent=parent, by=cast.officer, at=NOON)
    assert part_ids_of(top) == {top.pk, middle.pk, bottom.pk}
    assert part_ids_of(bottom) == {bottom.pk}
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.filter(pk=top.pk).update(parent=top)


def test_changing_what_somebody_else_changed_is_refused(cast: Cast):
    read_earlier = Organisation.objects.get(pk=cast.donor_a.pk)
    services.change_organisation(organisation=cast.donor_a, name="First", by=cast.officer, at=NOON)

    with pytest.raises(StaleWrite):
        services.change_organisation(organisation=read_earlier, name="Second", by=cast.officer, at=NOON)
    assert Organisation.objects.get(pk=cast.donor_a.pk).name == "First"
    assert resolve_name("Second") is None


# --- aliases ---


def test_an_alias_makes_a_string_known_and_its_removal_unknown_again(cast: Cast):
    alias = services.add_alias(
        organisation=cast.donor_a, text="Donateur A", language="fr", by=cast.officer, at=NOON
    )
    assert resolve_name("donateur a") == cast.donor_a
    services.remove_alias(alias=alias, by=cast.officer, at=NOON)

    assert resolve_name("donateur a") is None
    assert events_about(cast.donor_a)[-2:] == ["alias-added", "alias-removed"]
    with pytest.raises(StaleWrite):
        services.remove_alias(alias=alias, by=cast.officer, at=NOON)


def test_an_alias_for_one_source_holds_there_alone(cast: Cast):
    services.add_alias(
        organisation=cast.ministry,
        text="Ministry of Interior",
        only_in="serbia.xlsx",
        by=cast.officer,
        at=NOON,
    )

    assert resolve_name("Ministry of Interior", source="serbia.xlsx") == cast.ministry
    assert resolve_name("Ministry of Interior", source="other.xlsx") is None
    assert resolve_name("Ministry of Interior") is None
    other = an_organisation("Ministry of Interior")
    assert resolve_name("Ministry of Interior") == other
    assert resolve_name("Ministry of Interior", source="serbia.xlsx") == cast.ministry


@pytest.mark.parametrize("text", ["Donor B", "db", "Donor A"])
def test_a_string_that_is_known_becomes_no_alias(cast: Cast, text: str):
    with pytest.raises(IllegalMove, match="known already"):
        services.add_alias(organisation=cast.donor_a, text=text, by=cast.officer, at=NOON)


def test_an_empty_alias_is_refused_and_a_name_is_not_removed_as_one(cast: Cast):
    with pytest.raises(BadInput):
        services.add_alias(organisation=cast.donor_a, text=" – ", by=cast.officer, at=NOON)
    with pytest.raises(IllegalMove):
        services.remove_alias(alias=cast.donor_a.names.get(sort="name"), by=cast.officer, at=NOON)


# --- identifiers, instruments ---


def test_an_identifier_belongs_to_one_organisation(cast: Cast):
    number = {"scheme": "XM-DAC", "value": "41304", "by": cast.officer, "at": NOON}
    added = services.add_identifier(organisation=cast.donor_a, **number)

    assert str(added) == "XM-DAC-41304"
    assert events_about(cast.donor_a)[-1] == "identifier-added"
    with pytest.raises(IllegalMove):
        services.add_identifier(organisation=cast.donor_b, **number)
    with pytest.raises(BadInput):
        services.add_identifier(organisation=cast.donor_b, **number | {"value": " "})


def test_a_string_names_one_instrument(cast: Cast):
    line = {
        "text": "Facility X",
        "donor": cast.donor_a,
        "instrument": "Facility X",
        "by": cast.officer,
        "at": NOON,
    }
    services.add_instrument(**line)

    assert events_about(cast.donor_a)[-1] == "instrument-added"
    with pytest.raises(IllegalMove):
        services.add_instrument(**line | {"text": "FACILITY  x", "donor": cast.donor_b})
    with pytest.raises(BadInput):
        services.add_instrument(**line | {"text": "Other", "instrument": ""})


# --- contacts ---


def test_a_contact_is_kept_and_can_be_erased(cast: Cast):
    contact = services.add_contact(
        organisation=cast.donor_a,
        within=WITHIN,
        name="Focal Point",
        email="focal@example.org",
        by=cast.officer,
        at=NOON,
    )
    assert events_about(contact) == ["contact-added"]
    assert "Focal" not in history_of(contact)[0].facts

    services.erase_contact(contact=contact, by=cast.officer, at=NOON)
    stored = Contact.objects.get(pk=contact.pk)
    assert (stored.name, stored.email, stored.phone, stored.erased_at) == ("", "", "", NOON)
    assert events_about(contact) == ["contact-added", "contact-erased"]
    with pytest.raises(IllegalMove):
        services.erase_contact(contact=stored, by=cast.officer, at=NOON)


def test_a_contact_has_a_name_and_a_way_to_reach_it(cast: Cast):
    for wrong in ({"name": "", "email": "a@example.org"}, {"name": "N"}, {"name": "N", "email": " "}):
        with pytest.raises(BadInput):
            services.add_contact(organisation=cast.donor_a, within=WITHIN, by=cast.officer, at=NOON, **wrong)


def test_others_and_stale_readers_erase_no_contact(cast: Cast):
    contact = services.add_contact(
        organisation=cast.donor_a, within=Scope("iisg"), name="N", phone="1", by=cast.officer, at=NOON
    )
    with pytest.raises(NotPermitted):
        services.erase_contact(contact=contact, by=cast.lead_partner, at=NOON)
    read_earlier = Contact.objects.get(pk=contact.pk)
    services.erase_contact(contact=contact, by=cast.officer, at=NOON)

    with pytest.raises(StaleWrite):
        services.erase_contact(contact=read_earlier, by=cast.officer, at=NOON)
