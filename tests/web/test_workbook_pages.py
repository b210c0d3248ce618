"""The page that makes workbooks, and withdrawing an action by hand."""

from io import BytesIO

import openpyxl
import pytest

from concord.intake.models import GivenOut
from concord.plan.services import amend_action, withdraw_action
from tests.analysis.world import a_need, an_action
from tests.factories import NOON
from tests.web.test_members_pages import said, signed_in


@pytest.fixture
def filled(world):
    world.record(an_action(1, "Border course"), an_action(2, "Other", reporter="Donor B"), plan=world.plan)
    return world


def test_the_workbook_comes_as_a_file_and_is_listed(filled, cast):
    client = signed_in(cast.officer)
    sent = {"organisation": cast.donor_a.key, "place": f"plan:{filled.plan.ref}", "to_whom": "The desk"}

    response = client.post("/desk/workbooks/", sent | {"answer_by": "2019-07-01"})

    assert response.status_code == 200
    assert "TLP-GREEN.xlsx" in response["Content-Disposition"]
    first = openpyxl.load_workbook(BytesIO(response.content))["Instructions"]
    text = " ".join(str(cell.value) for row in first.iter_rows() for cell in row if cell.value)
    assert "1 July 2019" in text
    assert cast.officer.email in text
    assert "The desk" in said(client.get("/desk/workbooks/"))


def test_a_reporter_is_offered_its_own_organisation_alone(filled, cast):
    response = signed_in(cast.reporter_a).get("/desk/workbooks/")

    assert [key for key, _ in response.context["page"].form.fields["organisation"].choices] == [
        cast.donor_a.key
    ]


def test_nothing_is_made_for_a_choice_that_was_not_offered(filled, cast):
    sent = {"organisation": cast.donor_b.key, "place": f"plan:{filled.plan.ref}"}

    assert signed_in(cast.reporter_a).post("/desk/workbooks/", sent).status_code == 422
    assert not GivenOut.objects.exists()


def test_links_lead_there_from_desk_organisation_and_plan(filled, cast):
    client = signed_in(cast.reporter_a)
    own, other = f"/desk/organisations/{cast.donor_a.key}/", f"/desk/organisations/{cast.donor_b.key}/"

    assert "/desk/workbooks/" in client.get("/desk/").content.decode()
    assert f"?organisation={cast.donor_a.key}" in client.get(own).content.decode()
    assert "/desk/workbooks/" not in client.get(other).content.decode()
    assert f"?place=plan:{filled.plan.ref}" in client.get(f"/desk/plans/{filled.plan.ref}/").content.decode()


def test_a_reporter_withdraws_its_action_and_restores_it(filled, cast):
    client, action = signed_in(cast.reporter_a), filled.action("A1")
    page = f"/desk/actions/{action.key}/"

    client.post(f"{page}withdraw/", {"version": 1, "reason": "The programme ended."})

    told = said(client.get(page))
    assert "Withdrawn by its source, Donor A" in told
    assert "The programme ended." in told
    assert client.get(f"{page}edit/").status_code == 422
    client.post(f"{page}restore/", {"version": 2})
    assert filled.action("A1").withdrawn_at is None


def test_a_withdrawal_without_a_reason_comes_back(filled, cast):
    action = filled.action("A1")

    response = signed_in(cast.officer).post(
        f"/desk/actions/{action.key}/withdraw/", {"version": 1, "reason": " "}
    )

    assert response.status_code == 422
    assert filled.action("A1").withdrawn_at is None


def test_a_withdrawn_action_stands_in_no_list_and_says_who_withdrew_it_on_behalf(filled, cast):
    action = filled.action("A1")
    withdraw_action(action, reason="Told by telephone", expected_version=1, by=cast.officer, at=NOON)
    client = signed_in(cast.viewer_a)

    assert "Border course" not in said(client.get(f"/desk/plans/{filled.plan.ref}/"))
    assert "Border course" not in said(client.get("/desk/actions/"))
    assert f"by {cast.officer.name} on behalf of Donor A" in said(client.get(f"/desk/actions/{action.key}/"))


def test_what_only_the_source_says_about_needs_is_told_as_that(filled, cast):
    filled.record(a_need(1, "Police lack vehicles"))
    action = filled.action("A1")
    changes = {"answers_needs": [filled.need("N1").key]}
    amend_action(action, changes=changes, expected_version=1, by=cast.officer, at=NOON)

    told = said(signed_in(cast.viewer_a).get(f"/desk/actions/{action.key}/"))

    assert "Police lack vehicles its source says so; nobody has confirmed it yet" in told
