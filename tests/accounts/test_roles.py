"""Roles and memberships: given, ended, refused."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from concord.accounts import services
from concord.accounts.models import Membership, RoleGrant
from concord.accounts.queries import can
from concord.accounts.rules import (
    ROLES_OF_A_BENEFICIARY,
    ROLES_OF_AN_ORGANISATION,
    Permission,
    Role,
)
from concord.accounts.scope import ANYWHERE, Scope
from concord.audit.queries import history_of
from concord.kernel.errors import BadInput, IllegalMove, NotPermitted, StaleWrite
from tests.cast import Cast
from tests.factories import NOON, WITHIN, a_grant, a_person

WRONG_PEOPLE = ["anonymous", "reporter_a", "officer", "lead_partner", "auditor", "suspended"]


def grant(cast: Cast, role: Role = Role.OBSERVER, **values: object) -> RoleGrant:
    values = {
        "person": cast.viewer_a,
        "within": WITHIN,
        "from_on": date(2019, 1, 1),
        "by": cast.administrator,
        "at": NOON,
    } | values
    return services.grant_role(role=role, **values)


def test_an_administrator_gives_a_role_and_it_is_recorded(cast: Cast):
    given = grant(cast, Role.REPORTER, organisation=cast.donor_b, until_on=date(2019, 12, 31))

    assert can(cast.viewer_a, Permission.REPORT_OWN, within=WITHIN, organisation=cast.donor_b, on=NOON.date())
    event = history_of(given)[-1]
    assert (event.event, event.actor_ref) == ("role-granted", cast.administrator.ref)
    assert event.details == {
        "person": cast.viewer_a.ref,
        "role": "reporter",
        "within": "iisg/wbcsci",
        "organisation": cast.donor_b.key,
        "beneficiary": "",
        "from_on": "2019-01-01",
        "until_on": "2019-12-31",
    }


@pytest.mark.parametrize("wrong", WRONG_PEOPLE)
def test_others_cannot_give_a_role(cast: Cast, wrong: str):
    before = RoleGrant.objects.count()

    with pytest.raises(NotPermitted):
        grant(cast, by=getattr(cast, wrong))
    assert RoleGrant.objects.count() == before


def test_an_administrator_of_another_framework_cannot_give_a_role_here(cast: Cast):
    elsewhere = a_person()
    a_grant(elsewhere, Role.ADMINISTRATOR, within=Scope("another"))

    with pytest.raises(NotPermitted):
        grant(cast, by=elsewhere)


def test_nobody_gives_a_role_to_themselves(cast: Cast):
    with pytest.raises(NotPermitted, match="to yourself"):
        grant(cast, Role.SECRETARIAT, person=cast.administrator)


@pytest.mark.parametrize("role", sorted(ROLES_OF_AN_ORGANISATION))
def test_a_role_of_an_organisation_names_it(cast: Cast, role: Role):
    with pytest.raises(BadInput, match="organisation"):
        grant(cast, role)


@pytest.mark.parametrize("role", sorted(ROLES_OF_A_BENEFICIARY))
@pytest.mark.parametrize("beneficiary", ["", "QQ", "ALB"])
def test_a_role_of_a_beneficiary_names_it_by_code(cast: Cast, role: Role, beneficiary: str):
    with pytest.raises(BadInput, match="beneficiary"):
        grant(cast, role, beneficiary=beneficiary)


@pytest.mark.parametrize("role", sorted(set(Role) - ROLES_OF_A_BENEFICIARY))
def test_no_other_role_names_a_beneficiary(cast: Cast, role: Role):
    with pytest.raises(BadInput):
        grant(cast, role, beneficiary="AL", organisation=cast.donor_a)


def test_a_role_needs_a_framework_and_days_in_order(cast: Cast):
    with pytest.raises(BadInput, match="framework"):
        grant(cast, within=ANYWHERE)
    with pytest.raises(BadInput, match="lies before the first"):
        grant(cast, from_on=date(2019, 2, 1), until_on=date(2019, 1, 31))


def test_a_suspended_person_is_given_no_role(cast: Cast):
    with pytest.raises(IllegalMove, match="suspended"):
        grant(cast, person=cast.suspended)


@pytest.mark.parametrize(
    ("from_on", "until_on", "meets"),
    [
        (date(2019, 6, 30), None, True),
        (date(2018, 1, 1), date(2019, 1, 1), True),
        (date(2018, 1, 1), date(2018, 12, 31), False),
        (date(2019, 7, 1), None, False),
        (date(2018, 1, 1), None, True),
    ],
)
def test_the_same_role_is_not_given_twice_for_a_day(
    cast: Cast, from_on: date, until_on: date | None, meets: bool
):
    grant(cast, from_on=date(2019, 1, 1), until_on=date(2019, 6, 30))

    if meets:
        with pytest.raises(IllegalMove, match="already on some of these days"):
            grant(cast, from_on=from_on, until_on=until_on)
    else:
        assert grant(cast, from_on=from_on, until_on=until_on).pk


def test_a_revoked_role_ends_at_once_and_is_kept(cast: Cast):
    given = grant(cast)
    services.revoke_role(grant=given, reason="moved on", by=cast.administrator, at=NOON)

    stored = RoleGrant.objects.get(pk=given.pk)
    assert stored.revoked_at == NOON
    assert "observer" not in {held.role for held in cast.viewer_a.role_grants.filter(revoked_at=None)}
    event = history_of(given)[-1]
    assert (event.event, event.details["reason"]) == ("role-revoked", "moved on")
    assert grant(cast).pk, "and can be given again"


@pytest.mark.parametrize("wrong", WRONG_PEOPLE)
def test_others_cannot_revoke_a_role(cast: Cast, wrong: str):
    given = grant(cast)

    with pytest.raises(NotPermitted):
        services.revoke_role(grant=given, by=getattr(cast, wrong), at=NOON)
    assert RoleGrant.objects.get(pk=given.pk).revoked_at is None


def test_a_role_is_revoked_once(cast: Cast):
    given = grant(cast)
    read_earlier = RoleGrant.objects.get(pk=given.pk)
    services.revoke_role(grant=given, by=cast.administrator, at=NOON)

    with pytest.raises(IllegalMove):
        services.revoke_role(grant=given, by=cast.administrator, at=NOON)
    with pytest.raises(StaleWrite):
        services.revoke_role(grant=read_earlier, by=cast.administrator, at=NOON)
    assert [event.event for event in history_of(given)] == ["role-granted", "role-revoked"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "juggler"},
        {"role": "reporter"},
        {"role": "national-coordinator"},
        {"role": "observer", "beneficiary_code": "AL"},
        {"role": "observer", "framework": ""},
        {"role": "observer", "until_on": date(2018, 12, 31)},
    ],
)
def test_the_database_itself_refuses_grants_that_make_no_sense(cast: Cast, wrong: dict[str, object]):
    values = {"person": cast.viewer_a, "framework": "iisg", "from_on": date(2019, 1, 1), "granted_at": NOON}

    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(**values | wrong)


# --- memberships ---


def join(cast: Cast, **values: object) -> Membership:
    values = {
        "person": cast.observer,
        "organisation": cast.donor_b,
        "from_on": date(2019, 1, 1),
        "by": cast.administrator,
        "at": NOON,
    } | values
    return services.add_membership(**values)


def test_a_membership_begins_and_ends(cast: Cast):
    membership = join(cast)
    services.end_membership(membership=membership, until_on=date(2019, 6, 30), by=cast.administrator, at=NOON)

    assert Membership.objects.get(pk=membership.pk).until_on == date(2019, 6, 30)
    assert [event.event for event in history_of(cast.observer)][-2:] == [
        "membership-added",
        "membership-ended",
    ]
    assert join(cast, from_on=date(2019, 7, 1)).pk


def test_others_cannot_begin_or_end_a_membership(cast: Cast):
    with pytest.raises(NotPermitted):
        join(cast, by=cast.officer)
    membership = join(cast)
    with pytest.raises(NotPermitted):
        services.end_membership(membership=membership, until_on=date(2019, 6, 30), by=cast.officer, at=NOON)
    assert Membership.objects.get(pk=membership.pk).until_on is None


def test_a_membership_is_not_begun_twice_nor_ended_twice_nor_before_it_began(cast: Cast):
    membership = join(cast)
    read_earlier = Membership.objects.get(pk=membership.pk)
    ending = {"by": cast.administrator, "at": NOON}

    with pytest.raises(IllegalMove):
        join(cast)
    with pytest.raises(BadInput):
        services.end_membership(membership=membership, until_on=date(2018, 12, 31), **ending)
    services.end_membership(membership=membership, until_on=date(2019, 6, 30), **ending)
    with pytest.raises(IllegalMove):
        services.end_membership(membership=membership, until_on=date(2019, 7, 30), **ending)
    with pytest.raises(StaleWrite):
        services.end_membership(membership=read_earlier, until_on=date(2019, 7, 30), **ending)
    assert Membership.objects.get(pk=membership.pk).until_on == date(2019, 6, 30)
