"""A request that only reads asks once what a person may do; everything else asks each time."""

from concord.accounts.queries import may_ever, own_organisations, powers_of, powers_read_once
from concord.accounts.rules import Permission, Role
from concord.accounts.scope import Scope
from tests.factories import FRAMEWORK, a_grant, a_person, an_organisation

WITHIN = Scope(FRAMEWORK)


def test_powers_are_read_once_within_a_reading_request(db, django_assert_num_queries):
    person = a_person()

    with powers_read_once(), django_assert_num_queries(1):
        assert powers_of(person) == powers_of(person)


def test_two_people_are_never_taken_for_each_other(db):
    officer, nobody = a_person(), a_person()
    a_grant(officer, Role.SECRETARIAT)

    with powers_read_once():
        assert may_ever(officer, Permission.READ_AUDIT, within=WITHIN)
        assert not may_ever(nobody, Permission.READ_AUDIT, within=WITHIN)


def test_what_was_granted_counts_at_once_in_the_next_request(db):
    person = a_person()
    with powers_read_once():
        assert not may_ever(person, Permission.READ_AUDIT, within=WITHIN)

    a_grant(person, Role.SECRETARIAT)

    assert may_ever(person, Permission.READ_AUDIT, within=WITHIN)
    with powers_read_once():
        assert may_ever(person, Permission.READ_AUDIT, within=WITHIN)


def test_own_organisations_are_read_once_within_a_reading_request(db, django_assert_num_queries):
    person, body = a_person(), an_organisation("Donor A")
    a_grant(person, Role.REPORTER, organisation=body)

    with powers_read_once(), django_assert_num_queries(1):
        assert own_organisations(person) == own_organisations(person) == {body.pk}


def test_own_organisations_are_never_those_of_another_person(db):
    person, body = a_person(), an_organisation("Donor A")
    a_grant(person, Role.REPORTER, organisation=body)

    with powers_read_once():
        assert own_organisations(person) == {body.pk}
        assert own_organisations(a_person()) == own_organisations(None) == frozenset()
