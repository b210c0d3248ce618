"""The one table of who may do what, and how roles, scopes and days decide."""

from datetime import date

import pytest
import time_machine

from concord.accounts import services
from concord.accounts.queries import (
    can,
    may_ever,
    organisations_of,
    people_with,
    powers_of,
    require,
    roles_of,
    scopes_with,
)
from concord.accounts.rules import ROLE_NAMES, ROLE_PERMISSIONS, Permission, Powers, Reach, Role
from concord.accounts.scope import ANYWHERE, Scope
from concord.kernel.errors import NotPermitted
from tests.cast import Cast
from tests.factories import NOON, PILLAR, WITHIN, a_grant, a_person, an_organisation

WHOLE = Scope("iisg")
OTHER_PILLAR = Scope("iisg", "wbbsi")
OTHER_FRAMEWORK = Scope("another")


def test_every_role_has_a_name_and_a_line_in_the_table():
    assert set(ROLE_PERMISSIONS) == set(Role) == set(ROLE_NAMES)


def test_every_permission_is_held_by_some_role_and_says_what_it_means():
    held = {permission for row in ROLE_PERMISSIONS.values() for permission in row}

    assert held == set(Permission)
    assert all(permission.meaning for permission in Permission)


def test_permissions_are_their_own_values():
    assert Permission.VIEW_MEMBERS == "view-members"
    assert Permission("view-members") is Permission.VIEW_MEMBERS


WHO_MAY = {
    Permission.VIEW_MEMBERS: "reporter_a viewer_a co_lead_partner reporter_b reporter_c coordinator "
    "authority support_group_member board_member observer officer second_officer lead_partner auditor",
    Permission.VIEW_RESTRICTED: "officer second_officer auditor",
    Permission.ENTER_ON_BEHALF: "co_lead_partner officer second_officer lead_partner",
    Permission.REPORT_OWN: "",
    Permission.AMEND_ACTION: "co_lead_partner officer second_officer lead_partner",
    Permission.PLACE_ACTION: "co_lead_partner officer second_officer lead_partner",
    Permission.STATE_NEED: "officer second_officer lead_partner",
    Permission.CLEAR_NEED: "",
    Permission.CONFIRM_LINK: "co_lead_partner officer second_officer lead_partner",
    Permission.RUN_ANALYSIS: "co_lead_partner officer second_officer lead_partner",
    Permission.ASSESS_FINDING: "co_lead_partner officer second_officer lead_partner",
    Permission.CONFIRM_FINDING: "officer second_officer",
    Permission.MERGE_ACTIONS: "co_lead_partner officer second_officer lead_partner",
    Permission.COMMENT: "reporter_a co_lead_partner reporter_b reporter_c coordinator authority "
    "support_group_member board_member officer second_officer lead_partner",
    Permission.FREEZE_VERSION: "officer second_officer lead_partner",
    Permission.RECORD_DECISION: "officer second_officer",
    Permission.ASK_TO_PUBLISH: "officer second_officer lead_partner",
    Permission.CONFIRM_PUBLICATION: "officer second_officer",
    Permission.EXPORT_DRAFT: "co_lead_partner coordinator board_member officer second_officer lead_partner",
    Permission.OPEN_CALL: "officer second_officer",
    Permission.MANAGE_ORGANISATIONS: "officer second_officer",
    Permission.MANAGE_ROLES: "administrator",
    Permission.MANAGE_FRAMEWORK: "officer second_officer",
    Permission.READ_AUDIT: "officer second_officer auditor",
}


@pytest.mark.parametrize("permission", Permission)
def test_the_whole_cast_in_the_pillar_where_nothing_is_named(cast: Cast, permission: Permission):
    allowed = {name for name, person in cast.people() if can(person, permission, within=WITHIN)}

    assert allowed == set(WHO_MAY[permission].split()) | {"operator"}


@pytest.mark.parametrize("permission", Permission)
def test_nobody_of_the_cast_may_anything_in_another_framework(cast: Cast, permission: Permission):
    allowed = {name for name, person in cast.people() if can(person, permission, within=OTHER_FRAMEWORK)}

    assert allowed == {"operator"}


@pytest.mark.parametrize("permission", Permission)
def test_anonymous_suspended_and_nobody_may_nothing(cast: Cast, permission: Permission):
    for nobody in (cast.anonymous, cast.suspended, None):
        assert not can(
            nobody,
            permission,
            within=WITHIN,
            organisation=cast.donor_a,
            beneficiary="AL",
        )
        assert not may_ever(nobody, permission, within=WITHIN)


def test_auditor_and_observer_hold_nothing_that_writes():
    reading = {Permission.VIEW_MEMBERS, Permission.VIEW_RESTRICTED, Permission.READ_AUDIT}

    assert set(ROLE_PERMISSIONS[Role.AUDITOR]) == reading
    assert set(ROLE_PERMISSIONS[Role.OBSERVER]) <= reading


def test_administrator_sees_no_contents():
    assert set(ROLE_PERMISSIONS[Role.ADMINISTRATOR]) == {Permission.MANAGE_ROLES}


def test_only_beneficiaries_clear_needs():
    clearing = {role for role, row in ROLE_PERMISSIONS.items() if Permission.CLEAR_NEED in row}

    assert clearing == {Role.NATIONAL_COORDINATOR}
    assert ROLE_PERMISSIONS[Role.NATIONAL_COORDINATOR][Permission.CLEAR_NEED] is Reach.OWN_BENEFICIARY


def test_reporter_reports_for_their_own_organisation_alone(cast: Cast):
    def may(organisation):
        return can(cast.reporter_a, Permission.REPORT_OWN, within=WITHIN, organisation=organisation)

    assert may(cast.donor_a)
    assert not may(cast.donor_b)
    assert not may(None)
    assert may_ever(cast.reporter_a, Permission.REPORT_OWN, within=WITHIN)


def test_lead_partner_sees_restricted_items_only_where_they_name_its_organisation(cast: Cast):
    def may(organisation):
        return can(cast.lead_partner, Permission.VIEW_RESTRICTED, within=WITHIN, organisation=organisation)

    assert may(cast.lead_organisation)
    assert not may(cast.donor_a)
    assert not may(None)


def test_coordinator_clears_the_needs_of_their_own_beneficiary_alone(cast: Cast):
    def may(beneficiary):
        return can(cast.coordinator, Permission.CLEAR_NEED, within=WITHIN, beneficiary=beneficiary)

    assert may("AL")
    assert not may("RS")
    assert not may(None)


def test_authority_states_needs_of_its_beneficiary_but_does_not_clear_them(cast: Cast):
    assert can(cast.authority, Permission.STATE_NEED, within=WITHIN, beneficiary="AL")
    assert not can(cast.authority, Permission.STATE_NEED, within=WITHIN, beneficiary="BA")
    assert not can(cast.authority, Permission.CLEAR_NEED, within=WITHIN, beneficiary="AL")


def test_a_role_on_the_framework_reaches_its_pillars_and_not_the_other_way_round(cast: Cast):
    assert can(cast.officer, Permission.MERGE_ACTIONS, within=OTHER_PILLAR)
    assert can(cast.lead_partner, Permission.MERGE_ACTIONS, within=WITHIN)
    assert not can(cast.lead_partner, Permission.MERGE_ACTIONS, within=OTHER_PILLAR)
    assert not can(cast.lead_partner, Permission.MERGE_ACTIONS, within=WHOLE)


def test_a_role_in_one_pillar_opens_the_members_pages_of_the_framework(cast: Cast):
    assert powers_of(cast.lead_partner).may_enter("iisg")
    assert not powers_of(cast.lead_partner).may_enter("another")
    assert not powers_of(cast.administrator).may_enter("iisg")
    assert powers_of(cast.operator).may_enter("another")


def test_anywhere_asks_for_any_framework(cast: Cast):
    assert can(cast.officer, Permission.MANAGE_ORGANISATIONS, within=ANYWHERE)
    assert not can(cast.reporter_a, Permission.MANAGE_ORGANISATIONS, within=ANYWHERE)


def test_a_pillar_without_framework_is_no_scope():
    with pytest.raises(ValueError, match="belongs to a framework"):
        Scope("", PILLAR)


@pytest.mark.parametrize(
    ("day", "held"),
    [
        (date(2019, 5, 31), False),
        (date(2019, 6, 1), True),
        (date(2019, 6, 30), True),
        (date(2019, 7, 1), False),
    ],
)
def test_a_grant_holds_on_its_first_and_last_day_and_not_beyond(db, day, held):
    person = a_person()
    a_grant(person, Role.OBSERVER, from_on=date(2019, 6, 1), until_on=date(2019, 6, 30))

    assert can(person, Permission.VIEW_MEMBERS, within=WITHIN, on=day) is held
    assert (Role.OBSERVER in roles_of(person, WITHIN, on=day)) is held


def test_without_a_day_today_decides(db):
    person = a_person()
    a_grant(person, Role.OBSERVER, from_on=date(2019, 6, 1), until_on=date(2019, 6, 30))

    with time_machine.travel("2019-06-30 23:59:59+00:00", tick=False):
        assert can(person, Permission.VIEW_MEMBERS, within=WITHIN)
    with time_machine.travel("2019-07-01 00:00:00+00:00", tick=False):
        assert not can(person, Permission.VIEW_MEMBERS, within=WITHIN)


def test_a_suspension_counts_even_where_the_person_was_read_before_it(db):
    person = a_person()
    a_grant(person, Role.OBSERVER)
    read_before = type(person).objects.get(pk=person.pk)

    services.suspend_person(person=person, reason="left", by=services.operator(), at=NOON)

    assert read_before.is_active
    assert not can(read_before, Permission.VIEW_MEMBERS, within=WITHIN)


def test_require_gives_the_person_back_or_says_what_was_missing(cast: Cast):
    assert require(cast.officer, Permission.MERGE_ACTIONS, within=WITHIN) == cast.officer
    with pytest.raises(NotPermitted, match="You may not merge actions"):
        require(cast.observer, Permission.MERGE_ACTIONS, within=WITHIN)


def test_powers_answer_many_questions_with_one_query(cast: Cast, django_assert_num_queries):
    with django_assert_num_queries(1):
        powers = powers_of(cast.lead_partner)
        answers = [powers.can(permission, within=WITHIN) for permission in Permission]

    assert any(answers)


def test_no_role_no_power():
    assert not Powers().can(Permission.VIEW_MEMBERS, within=ANYWHERE)


def test_scopes_with_lists_where_a_permission_is_held(cast: Cast):
    assert scopes_with(cast.lead_partner, Permission.VIEW_MEMBERS) == {WITHIN}
    assert scopes_with(cast.officer, Permission.VIEW_MEMBERS) == {WHOLE}
    assert scopes_with(cast.anonymous, Permission.VIEW_MEMBERS) == frozenset()


def test_organisations_of_a_person_are_those_of_running_roles_and_memberships(db):
    person, granted, joined, left = a_person(), an_organisation("Granted"), an_organisation("Joined"), None
    left = an_organisation("Left")
    a_grant(person, Role.REPORTER, organisation=granted)
    for organisation, until_on in ((joined, None), (left, date(2018, 12, 31))):
        services.add_membership(
            person=person,
            organisation=organisation,
            from_on=date(2018, 1, 1),
            until_on=until_on,
            by=services.operator(),
            at=NOON,
        )

    assert list(organisations_of(person)) == [granted, joined]
    assert list(organisations_of(person, on=date(2018, 12, 31))) == [granted, joined, left]


def test_organisations_of_nobody_are_none(cast: Cast):
    assert not organisations_of(cast.anonymous).exists()
    assert not organisations_of(cast.suspended).exists()


def test_people_with_a_role_are_found_for_the_pillar_and_the_framework(cast: Cast):
    assert set(people_with(Role.SECRETARIAT, WITHIN)) == {cast.officer, cast.second_officer}
    assert list(people_with(Role.LEAD_PARTNER, WITHIN)) == [cast.lead_partner]
    assert list(people_with(Role.LEAD_PARTNER, OTHER_PILLAR)) == []
