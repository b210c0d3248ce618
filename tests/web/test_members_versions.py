"""From draft to public on members' pages, and who is told what when a step is not theirs."""

from __future__ import annotations

import pytest

from concord.audit.queries import latest_events
from concord.plan.models import PlanVersion
from tests.analysis.world import PLAN, World, a_need, an_action
from tests.cast import Cast
from tests.web.test_members_pages import said, signed_in

VERSIONS = f"/desk/plans/{PLAN}/versions/"
DECISION = {"kind": "endorse", "number": "IV/2", "decided_on": "2019-06-03", "text": "The Board endorses it."}


@pytest.fixture
def frozen(cast: Cast, world: World) -> str:
    """The address of draft 1 with one action and one need."""
    world.record(an_action(1, "Training of border police"), a_need(1))
    signed_in(cast.officer).post(VERSIONS, {"label": "For the Board"})
    return f"{VERSIONS}d1/"


def test_a_text_goes_from_draft_to_public_by_two_people(cast: Cast, frozen: str) -> None:
    one, second = signed_in(cast.officer), signed_in(cast.second_officer)
    one.post(f"{frozen}decide/", DECISION)
    assert "is endorsed and not yet published" in said(one.get("/desk/"))
    one.post(f"{frozen}ask/", {"in_force_from": ""})
    assert "waits for a second person" in said(second.get("/desk/"))
    assert "waits for a second person" not in said(one.get("/desk/"))
    second.post(f"{frozen}confirm/")
    one.post(f"{frozen}publish/")

    page = said(one.get(frozen))
    assert PlanVersion.objects.get().number == 1
    assert "as version 1 on" in page
    assert "IV/2" in page
    assert one.get(f"/plans/{PLAN}/v1/").status_code == 200


def test_who_asked_cannot_confirm_and_reads_why(cast: Cast, frozen: str) -> None:
    client = signed_in(cast.officer)
    client.post(f"{frozen}decide/", DECISION)
    client.post(f"{frozen}ask/", {})

    assert "You asked for this publication, so you cannot confirm it" in said(client.get(frozen))
    assert client.post(f"{frozen}confirm/").status_code == 422


@pytest.mark.parametrize("missing", ["number", "decided_on", "text"])
def test_a_decision_without_its_number_day_or_text_is_not_recorded(
    cast: Cast, frozen: str, missing: str
) -> None:
    response = signed_in(cast.officer).post(f"{frozen}decide/", DECISION | {missing: ""})

    assert response.status_code == 422
    assert "Nothing was saved yet" in said(response)
    assert latest_events(1)[0].event != "decision-recorded"


def test_a_rehearsal_says_so(cast: Cast, frozen: str) -> None:
    client = signed_in(cast.officer)

    client.post(f"{frozen}decide/", DECISION | {"is_rehearsal": "on"})

    assert "This is a rehearsal: no Board took this decision on this text." in said(client.get(frozen))


def test_a_version_says_what_changed_since_the_one_before(cast: Cast, frozen: str, world: World) -> None:
    world.record(an_action(1, "Training of border police, longer", end="2020"), an_action(2, "A new one"))
    signed_in(cast.officer).post(VERSIONS, {"label": ""})

    page = said(signed_in(cast.observer).get(f"{VERSIONS}d2/"))

    assert "What changed since draft 1" in page
    assert "Actions: 1 new, 1 changed, 0 no longer there." in page
    assert "end, title" in page
    assert "Next, the Board decides on exactly this text" in page


def test_a_version_that_nobody_froze_is_not_there(cast: Cast, frozen: str) -> None:
    client = signed_in(cast.officer)

    assert [client.get(f"{VERSIONS}{ref}/").status_code for ref in ("d2", "1", "latest")] == [404] * 3


def test_an_administrator_grants_and_revokes_a_role(cast: Cast, world: World) -> None:
    client, page = signed_in(cast.administrator), f"/desk/people/{cast.observer.ref}/"
    sent = {"role": "reporter", "within": "iisg", "from_on": "2019-01-01", "organisation": "DB"}

    assert client.post(page, sent | {"organisation": "Donor Z"}).status_code == 422
    assert client.post(page, sent | {"organisation": ""}).status_code == 422
    assert client.post(page, sent).status_code == 302

    grant = cast.observer.role_grants.get(role="reporter")
    assert grant.organisation == cast.donor_b
    revoke = f"{page}roles/{grant.key}/revoke/"
    assert client.post(revoke, {"version": grant.version + 1}).status_code == 409
    assert client.post(revoke, {"version": grant.version}).status_code == 302
    assert "revoked on" in said(client.get(page))


def test_the_record_says_who_did_what_and_that_it_is_whole(cast: Cast, frozen: str) -> None:
    page = said(signed_in(cast.auditor).get("/desk/record/"))

    assert "The record is whole" in page
    assert "The text was frozen." in page
    assert "Secretariat officer" in page
