"""Focal points: for a time, proposed through a link, changed, ended, erased; who sees them."""

from datetime import date
from typing import Any

import pytest

from concord.accounts import services
from concord.accounts.addressees import contacts_visible_to, contacts_with_address, current, focal_points
from concord.accounts.models import Contact
from concord.accounts.scope import Scope
from concord.audit.queries import history_of
from concord.kernel.errors import BadInput, IllegalMove, NotPermitted, StaleWrite
from tests.cast import Cast
from tests.factories import FRAMEWORK, NOON, PILLAR, WITHIN

DAY = NOON.date()
WHOLE = Scope(FRAMEWORK)


def a_contact(cast: Cast, **values: Any) -> Contact:
    told = {"organisation": cast.donor_a, "within": WHOLE, "name": "Focal Point", "email": "fp@example.org"}
    return services.add_contact(**told | {"by": cast.officer, "at": NOON} | values)


def changed(contact: Contact, **values: Any) -> Contact:
    told = {"within": WITHIN, "name": "Other", "phone": "+355 1", "from_on": DAY, "at": NOON}
    return services.change_contact(contact=contact, **{"expected_version": contact.version} | told | values)


def test_a_contact_is_changed_as_a_whole(cast: Cast):
    contact = changed(a_contact(cast), function="Head of cooperation", by=cast.officer)

    stored = Contact.objects.get(pk=contact.pk)
    assert (stored.name, stored.email, stored.phone, stored.pillar) == ("Other", "", "+355 1", PILLAR)
    assert [event.event for event in history_of(contact)] == ["contact-added", "contact-changed"]
    assert "Other" not in history_of(contact)[-1].facts


def test_others_and_stale_readers_change_no_contact(cast: Cast):
    contact = a_contact(cast)
    for wrong in (cast.lead_partner, cast.reporter_a, cast.anonymous):
        with pytest.raises(NotPermitted):
            changed(contact, by=wrong)
    with pytest.raises(StaleWrite):
        changed(contact, expected_version=contact.version + 1, by=cast.officer)
    assert Contact.objects.get(pk=contact.pk).name == "Focal Point"


@pytest.mark.parametrize(
    "wrong",
    [{"email": "no address"}, {"name": " "}, {"email": ""}, {"from_on": DAY, "until_on": date(2019, 6, 2)}],
)
def test_a_contact_that_nobody_can_reach_is_refused(cast: Cast, wrong: dict[str, Any]):
    with pytest.raises(BadInput):
        a_contact(cast, **wrong)
    assert not Contact.objects.exists()


def test_a_contact_ends_on_its_last_day(cast: Cast):
    contact = services.end_contact(
        contact=a_contact(cast), until_on=DAY, expected_version=1, by=cast.officer, at=NOON
    )

    assert list(current(Contact.objects.all(), on=DAY)) == [contact]
    assert not current(Contact.objects.all(), on=date(2019, 6, 4)).exists()
    with pytest.raises(IllegalMove):
        services.end_contact(
            contact=contact, until_on=DAY, expected_version=contact.version, by=cast.officer, at=NOON
        )


def test_a_reporter_proposes_a_colleague_and_an_officer_keeps_them(cast: Cast):
    told = {"organisation": cast.donor_a, "within": WHOLE, "name": "Colleague", "email": "c@example.org"}
    proposed = services.propose_contact(**told, by=cast.reporter_a, at=NOON)
    again = services.propose_contact(**told | {"email": "C@example.org"}, by=cast.reporter_a, at=NOON)

    assert proposed.is_proposed
    assert again == proposed
    with pytest.raises(NotPermitted):
        services.propose_contact(**told, by=cast.reporter_b, at=NOON)
    kept = services.keep_contact(contact=proposed, expected_version=1, by=cast.officer, at=NOON)
    assert not kept.is_proposed
    with pytest.raises(IllegalMove):
        services.keep_contact(contact=kept, expected_version=2, by=cast.officer, at=NOON)


def test_an_erased_contact_is_on_no_list_and_tells_nothing(cast: Cast):
    contact = a_contact(cast, function="Head", note="Calls on Mondays")
    services.erase_contact(contact=contact, by=cast.officer, at=NOON)

    stored = Contact.objects.get(pk=contact.pk)
    assert {stored.name, stored.email, stored.phone, stored.function, stored.note} == {""}
    assert not contacts_visible_to(cast.officer, FRAMEWORK).exists()
    assert not contacts_with_address("fp@example.org", FRAMEWORK, on=DAY).exists()
    with pytest.raises(IllegalMove):
        changed(stored, by=cast.officer)


def test_members_see_contacts_and_nobody_else(cast: Cast):
    a_contact(cast)
    seen = {name: contacts_visible_to(person, FRAMEWORK).count() for name, person in cast.people()}

    assert {name for name, count in seen.items() if not count} == {"anonymous", "suspended", "administrator"}


def test_the_focal_point_of_a_pillar_goes_before_that_of_the_framework(cast: Cast):
    whole = a_contact(cast)
    own = a_contact(cast, within=WITHIN, name="For the pillar")

    bodies = [cast.donor_a, cast.donor_b]
    assert focal_points(bodies, WITHIN, on=DAY) == {cast.donor_a.pk: [own], cast.donor_b.pk: []}
    assert focal_points(bodies, Scope(FRAMEWORK, "wbbsi"), on=DAY)[cast.donor_a.pk] == [whole]
