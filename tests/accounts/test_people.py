"""People: added, renamed, suspended, erased."""

import json

import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from concord.accounts import services
from concord.accounts.models import Person
from concord.audit.models import Event
from concord.audit.queries import history_of, verify_chain
from concord.kernel.errors import BadInput, IllegalMove, NotPermitted, StaleWrite
from tests.cast import Cast
from tests.factories import NOON, a_person

WRONG_PEOPLE = ["anonymous", "reporter_a", "officer", "lead_partner", "auditor", "suspended"]


def events_about(thing: object) -> list[str]:
    return [event.event for event in history_of(thing)]


# --- add ---


def test_an_administrator_adds_a_person(cast: Cast):
    person = services.add_person(
        email=" New.Person@Example.org ", name=" New Person ", by=cast.administrator, at=NOON
    )

    person.refresh_from_db()
    assert (person.email, person.name, person.is_active) == ("new.person@example.org", "New Person", True)
    assert not person.has_usable_password()
    assert len(person.ref) == 32
    assert events_about(person) == ["person-added"]
    assert history_of(person)[0].actor_ref == cast.administrator.ref


def test_a_person_added_with_a_password_can_use_it(cast: Cast):
    person = services.add_person(
        email="new@example.org", name="New", password="long enough", by=cast.administrator, at=NOON
    )

    assert person.check_password("long enough")


@pytest.mark.parametrize("wrong", WRONG_PEOPLE)
def test_others_cannot_add_a_person(cast: Cast, wrong: str):
    before = Person.objects.count()

    with pytest.raises(NotPermitted):
        services.add_person(email="new@example.org", name="New", by=getattr(cast, wrong), at=NOON)
    assert Person.objects.count() == before


def test_an_address_has_one_account_whatever_its_case(cast: Cast):
    a_person(email="one@example.org")

    with pytest.raises(BadInput, match="already has an account"):
        services.add_person(email="ONE@example.org", name="Two", by=cast.administrator, at=NOON)
    assert verify_chain().ok


@pytest.mark.parametrize(("email", "name"), [("", "New"), ("new@example.org", "  "), ("new", "New")])
def test_a_person_needs_a_name_and_an_address(cast: Cast, email: str, name: str):
    with pytest.raises(BadInput):
        services.add_person(email=email, name=name, by=cast.administrator, at=NOON)


def test_the_database_itself_refuses_a_second_account_in_other_letters(db):
    person = a_person(email="one@example.org")

    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.create(email=person.email.upper(), name="Two")


# --- rename ---


def test_people_rename_themselves_and_administrators_anybody(cast: Cast):
    services.rename_person(person=cast.observer, name="Other Name", by=cast.observer, at=NOON)
    services.rename_person(person=cast.viewer_a, name="Third Name", by=cast.administrator, at=NOON)

    assert Person.objects.get(pk=cast.observer.pk).name == "Other Name"
    assert Person.objects.get(pk=cast.viewer_a.pk).name == "Third Name"
    assert events_about(cast.observer)[-1] == "person-renamed"
    assert "Other Name" not in json.dumps(list(Event.objects.values()), default=str)


def test_others_cannot_rename_a_person_nor_a_suspended_one_themselves(cast: Cast):
    for person, by in ((cast.observer, cast.officer), (cast.suspended, cast.suspended)):
        with pytest.raises(NotPermitted):
            services.rename_person(person=person, name="X", by=by, at=NOON)
    assert Person.objects.get(pk=cast.observer.pk).name == "Observer"


def test_a_name_is_not_empty(cast: Cast):
    with pytest.raises(BadInput):
        services.rename_person(person=cast.observer, name=" ", by=cast.observer, at=NOON)


def test_renaming_what_somebody_else_renamed_is_refused(cast: Cast):
    read_earlier = Person.objects.get(pk=cast.observer.pk)
    services.rename_person(person=cast.observer, name="First", by=cast.administrator, at=NOON)

    with pytest.raises(StaleWrite):
        services.rename_person(person=read_earlier, name="Second", by=cast.administrator, at=NOON)
    assert Person.objects.get(pk=cast.observer.pk).name == "First"


# --- suspend and reinstate ---


def test_a_suspended_person_comes_back_with_what_they_had(cast: Cast):
    services.suspend_person(person=cast.observer, reason="on leave", by=cast.administrator, at=NOON)
    assert not Person.objects.get(pk=cast.observer.pk).is_active
    services.reinstate_person(person=cast.observer, by=cast.administrator, at=NOON)

    assert Person.objects.get(pk=cast.observer.pk).is_active
    assert events_about(cast.observer)[-2:] == ["person-suspended", "person-reinstated"]
    assert history_of(cast.observer)[-2].details == {"reason": "on leave"}


@pytest.mark.parametrize("wrong", WRONG_PEOPLE)
def test_others_cannot_suspend_reinstate_or_erase(cast: Cast, wrong: str):
    by = getattr(cast, wrong)

    with pytest.raises(NotPermitted):
        services.suspend_person(person=cast.observer, reason="", by=by, at=NOON)
    with pytest.raises(NotPermitted):
        services.reinstate_person(person=cast.suspended, by=by, at=NOON)
    with pytest.raises(NotPermitted):
        services.erase_person(person=cast.observer, by=by, at=NOON)
    assert Person.objects.get(pk=cast.observer.pk).is_active
    assert not Person.objects.get(pk=cast.suspended.pk).is_active


def test_suspending_and_reinstating_in_the_wrong_state_is_refused(cast: Cast):
    with pytest.raises(IllegalMove):
        services.suspend_person(person=cast.suspended, reason="", by=cast.administrator, at=NOON)
    with pytest.raises(IllegalMove):
        services.suspend_person(person=cast.operator, reason="", by=cast.administrator, at=NOON)
    with pytest.raises(IllegalMove):
        services.reinstate_person(person=cast.observer, by=cast.administrator, at=NOON)


def test_suspending_twice_at_once_counts_once(cast: Cast):
    read_earlier = Person.objects.get(pk=cast.observer.pk)
    services.suspend_person(person=cast.observer, reason="a", by=cast.administrator, at=NOON)

    with pytest.raises(StaleWrite):
        services.suspend_person(person=read_earlier, reason="b", by=cast.administrator, at=NOON)
    assert events_about(cast.observer).count("person-suspended") == 1


# --- erase ---


def test_an_erased_person_remains_nowhere_and_the_record_stays_whole(cast: Cast):
    person = services.add_person(
        email="erasable.mail@example.org", name="Erasable Human", by=cast.administrator, at=NOON
    )
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)

    services.erase_person(person=person, by=cast.administrator, at=NOON)

    everything = _all_tables()
    assert "erasable" not in everything.casefold()
    assert person.ref in everything
    assert verify_chain().ok
    assert events_about(person) == ["person-added", "person-erased"]


def test_erasing_twice_or_the_operator_is_refused(cast: Cast):
    services.erase_person(person=cast.observer, by=cast.administrator, at=NOON)

    with pytest.raises(IllegalMove):
        services.erase_person(person=cast.observer, by=cast.administrator, at=NOON)
    with pytest.raises(IllegalMove):
        services.erase_person(person=cast.operator, by=cast.administrator, at=NOON)
    with pytest.raises(IllegalMove):
        services.reinstate_person(person=cast.observer, by=cast.administrator, at=NOON)


def test_erasing_what_changed_meanwhile_is_refused(cast: Cast):
    read_earlier = Person.objects.get(pk=cast.observer.pk)
    services.rename_person(person=cast.observer, name="First", by=cast.administrator, at=NOON)

    with pytest.raises(StaleWrite):
        services.erase_person(person=read_earlier, by=cast.administrator, at=NOON)
    assert Person.objects.get(pk=cast.observer.pk).erased_at is None


# --- the operator, signing in ---


def test_the_operator_is_one_account_that_nobody_can_sign_in_to(db):
    assert services.operator() == services.operator()
    assert Person.objects.filter(is_system=True).count() == 1
    assert not services.operator().has_usable_password()
    assert events_about(services.operator()) == ["person-added"]


def test_signing_in_and_out_is_recorded_without_addresses(cast: Cast, client):
    client.force_login(cast.observer)
    client.logout()

    assert events_about(cast.observer)[-2:] == ["signed-in", "signed-out"]
    assert history_of(cast.observer)[-1].details == {}


def test_a_refused_sign_in_is_recorded_without_what_was_typed(cast: Cast, client):
    assert not client.login(email=cast.observer.email, password="a secret typed in the wrong place")

    refused = history_of(("sign-in", "-"))
    assert [event.event for event in refused] == ["sign-in-refused"]
    assert (refused[0].actor_ref, refused[0].details) == ("", {})


def _all_tables() -> str:
    from io import StringIO

    if connection.vendor != "sqlite":
        out = StringIO()
        call_command("dumpdata", stdout=out, verbosity=0)
        return out.getvalue()
    with connection.cursor() as cursor:
        return repr(
            [
                cursor.execute(f"SELECT * FROM {table}").fetchall()
                for table in connection.introspection.table_names()
            ]
        )
