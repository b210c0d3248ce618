"""Changing actions and needs by hand: only what was touched is written, and nothing typed is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from concord.audit.queries import history_of, latest_events
from concord.plan.models import Action
from concord.plan.services import amend_action, amend_need
from tests.analysis.world import World, a_need, an_action
from tests.cast import Cast
from tests.factories import NOON
from tests.web.test_members_pages import said, signed_in


@pytest.fixture
def action(cast: Cast, world: World) -> Action:
    """An action of Donor A with one amount."""
    world.record(an_action(1, "Training of border police", funding=("750000", "EUR")), a_need(1))
    return world.action("A1")


def page_of(action: Action) -> str:
    return f"/desk/actions/{action.key}/edit/"


def as_shown(client: Client, address: str) -> dict[str, Any]:
    """What a browser sends back from the form when nothing is touched."""
    form = client.get(address).context["form"]
    sent: dict[str, Any] = {}
    for name, field in form.fields.items():
        value = form.get_initial_for_field(field, name)
        listed = value if isinstance(value, list) else ["" if value is None else str(value)]
        if name == "on_behalf":
            continue
        sent[name] = listed
        sent[f"initial-{name}"] = listed
    return sent


def test_a_form_sent_back_untouched_changes_nothing(cast: Cast, action: Action) -> None:
    client = signed_in(cast.officer)
    before = sorted(action.statements.values_list("pk", "chosen"))

    response = client.post(page_of(action), as_shown(client, page_of(action)))

    assert response.status_code == 302
    assert sorted(action.statements.values_list("pk", "chosen")) == before


def test_what_a_person_writes_counts_and_the_file_s_value_is_kept(cast: Cast, action: Action) -> None:
    client = signed_in(cast.officer)
    sent = as_shown(client, page_of(action)) | {
        "start": "02/2018",
        "end": "2020-06-30",
        "status": "ongoing",
        "beneficiaries": ["AL", "RS"],
        "part_implementer": "Implementer C\r\nSomebody new",
        "money_0_amount": "800000.50",
        "money_1_donor": "Donor B",
        "money_1_amount": "20000",
        "money_1_currency": "EUR",
    }

    client.post(page_of(action), sent)

    action.refresh_from_db()
    assert (action.start, action.end, action.status) == ("2018-02", "2020-06-30", "ongoing")
    assert sorted(row.code for row in action.beneficiary_rows.all()) == ["AL", "RS"]
    parts = action.participations.filter(role="implementer").order_by("order")
    assert [(part.as_written, part.organisation) for part in parts] == [
        ("Implementer C", cast.implementer_c),
        ("Somebody new", None),
    ]
    lines = action.funding_lines.order_by("order")
    assert [(str(line.amount), line.donor) for line in lines] == [
        ("800000.50", lines[0].donor),
        ("20000.00", cast.donor_b),
    ]
    assert action.statements.get(field="start", origin__kind="file").value == '"2018"'
    assert history_of(action)[-1].details["fields"] == [
        "beneficiaries", "end", "funding", "participations", "start", "status",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"title": "  "}, "This field is required."),
        ({"start": "31.02.2019"}, "31.02.2019"),
        ({"start": "2020", "end": "2019"}, "end"),
        ({"money_0_amount": "about a million"}, "about a million"),
        ({"money_0_currency": ""}, "no currency code"),
    ],
    ids=["no title", "no such day", "ends before it starts", "no number", "no currency"],
)
def test_what_cannot_be_stored_is_said_in_the_form(
    cast: Cast, action: Action, wrong: dict[str, str], told: str
) -> None:
    client = signed_in(cast.officer)

    response = client.post(page_of(action), as_shown(client, page_of(action)) | wrong)

    assert response.status_code == 422
    assert "Nothing was saved yet" in said(response)
    assert told in said(response)
    assert Action.objects.get(pk=action.pk).version == action.version


def test_a_change_made_meanwhile_is_shown_and_what_was_typed_is_kept(
    cast: Cast, action: Action, world: World
) -> None:
    """Two people at once: the second sees the first one's title, keeps an own summary, and saves both."""
    client = signed_in(cast.second_officer)
    sent = as_shown(client, page_of(action)) | {"title": "The second title", "summary": "The second summary"}
    amend_action(
        action,
        changes={"title": "The first title", "status": "planned"},
        expected_version=action.version,
        by=cast.officer,
        at=NOON,
    )

    response = client.post(page_of(action), sent)

    assert response.status_code == 409
    assert "Somebody changed this while you were writing" in said(response)
    assert "The first title" in said(response)
    form = response.context["form"]
    assert form["title"].value() == "The second title"
    assert form["status"].value() == "planned"
    assert world.action("A1").title == "The first title"

    kept = {name: form.data.getlist(name) for name in form.data}
    assert client.post(page_of(action), kept).status_code == 302
    mended = world.action("A1")
    assert (mended.title, mended.summary, mended.status) == (
        "The second title",
        "The second summary",
        "planned",
    )


def test_who_may_not_change_an_action_is_refused_and_the_refusal_recorded(cast: Cast, action: Action) -> None:
    client = signed_in(cast.reporter_b)

    response = client.post(page_of(action), {"version": action.version, "lines": 0, "title": "Mine now"})

    assert response.status_code == 403
    refused = latest_events(1)[0]
    assert refused.event == "permission-refused"
    assert refused.details["permission"] == "amend-action"
    assert Action.objects.get(pk=action.pk).title == action.title


def test_an_entry_on_behalf_names_the_organisation(cast: Cast, action: Action) -> None:
    client = signed_in(cast.officer)
    sent = as_shown(client, page_of(action)) | {"title": "As they asked", "on_behalf": "on"}

    client.post(page_of(action), sent)

    origin = action.statements.get(field="title", chosen=True).origin
    assert (origin.entered_by, origin.on_behalf_of) == (cast.officer, cast.donor_a)
    assert "on behalf of Donor A" in said(client.get(f"/desk/actions/{action.key}/"))


def test_a_need_changed_meanwhile_keeps_what_was_typed(cast: Cast, action: Action, world: World) -> None:
    client, need = signed_in(cast.second_officer), world.need("N1")
    address = f"/desk/needs/{need.key}/edit/"
    sent = as_shown(client, address) | {"reference": "The second reference"}
    amend_need(need, changes={"priority": "high"}, expected_version=need.version, by=cast.officer, at=NOON)

    response = client.post(address, sent)

    assert response.status_code == 409
    form = response.context["form"]
    assert (form["reference"].value(), form["priority"].value()) == ("The second reference", "high")
    kept = {name: form.data.getlist(name) for name in form.data}
    assert client.post(address, kept).status_code == 302
    assert (world.need("N1").reference, world.need("N1").priority) == ("The second reference", "high")
