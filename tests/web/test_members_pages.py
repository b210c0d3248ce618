"""Members' pages: what they show, how many questions they ask of the database, and that all is reachable."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from concord.accounts.models import Person
from concord.accounts.rules import Marking
from concord.plan.models import Action, Need
from concord.plan.services import confirm_link, place_action
from tests.analysis.world import PLAN, World, a_need, an_action
from tests.cast import Cast
from tests.factories import NOON

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PLAN_PAGE = f"/desk/plans/{PLAN}/"


def signed_in(person: Person) -> Client:
    """A browser in which this person has signed in."""
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def said(response: Any) -> str:
    """What a page says in its main part, without its tags."""
    html = response.content.decode().split("<main")[1].split("</main>")[0]
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)))


def links(response: Any) -> set[str]:
    """The addresses that a page links to."""
    return {unescape(href) for href in re.findall(r'href="([^"#]+)', response.content.decode())}


@pytest.fixture
def records(cast: Cast, world: World) -> World:
    """Three actions, one of them in no plan, and two needs."""
    world.record(
        an_action(1, "Training of border police", funding=("750000", "EUR"), reporter="Donor A"),
        an_action(2, "Study <b>of</b> markets", topics=["drugs"], status="ongoing", reporter="Nobody known"),
        an_action(3, "Long ago", start="2001", end="2002"),
        a_need(1, "Weapons are not traced"),
        a_need(2, "Stated later", stated_on="2030"),
    )
    return world


# --- the plan -----------------------------------------------------------------------------------------


def test_a_plan_shows_its_figures_and_each_action_under_its_measure(cast: Cast, records: World) -> None:
    text = said(signed_in(cast.observer).get(PLAN_PAGE))

    assert (
        "2 actions, paid by 1 body and done by 1, beside 1 need. Of the actions 1 states an amount." in text
    )
    assert "Training of border police" in text
    assert "In no plan yet: 1 action of this framework." in text
    assert "Not yet placed" in text
    assert "Study <b>of</b> markets" in text  # shown as text, never as markup


def test_a_plan_is_filtered_by_its_address(cast: Cast, records: World) -> None:
    client = signed_in(cast.observer)

    found = said(client.get(PLAN_PAGE, {"topic": "drugs", "beneficiary": "AL", "q": "markets"}))

    assert "Study <b>of</b> markets" in found
    assert "Training of border police" not in found
    assert "Albania, any means, Drugs, with the words “markets”" in found
    assert "No action of this plan is like that." in said(client.get(PLAN_PAGE, {"q": "unheard of"}))


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ({"year": "2018"}, {"Training of border police", "Study <b>of</b> markets"}),
        ({"year": "2001"}, {"Long ago"}),
        ({"status": "ongoing"}, {"Study <b>of</b> markets"}),
        ({"status": "not-reported"}, {"Training of border police", "Long ago"}),
        ({"show": "unidentified"}, {"Study <b>of</b> markets"}),
        ({"year": "no year", "show": "nonsense", "sort": "upwards"}, None),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, dict) else "",
)
def test_actions_are_found_by_year_status_and_what_waits(
    cast: Cast, records: World, asked: dict[str, str], titles: set[str] | None
) -> None:
    text = said(signed_in(cast.observer).get("/desk/actions/", asked))

    every = {"Training of border police", "Study <b>of</b> markets", "Long ago"}
    assert {title for title in every if title in text} == (every if titles is None else titles)


def test_every_action_and_need_is_reached_by_links(cast: Cast, records: World) -> None:
    """From the plan and the pool alone, and from the working tables alone."""
    client = signed_in(cast.observer)
    plan_and_pool = links(client.get(PLAN_PAGE)) | links(client.get("/desk/pool/"))
    plan_and_pool |= links(client.get("/desk/pool/needs/"))
    tables = links(client.get("/desk/actions/")) | links(client.get("/desk/needs/"))
    wanted = {f"/desk/actions/{key}/" for key in Action.objects.values_list("key", flat=True)}
    wanted |= {f"/desk/needs/{key}/" for key in Need.objects.values_list("key", flat=True)}

    assert wanted <= plan_and_pool
    assert wanted <= tables


def test_a_draft_is_downloaded_by_who_may_and_says_its_marking(cast: Cast, records: World) -> None:
    response = signed_in(cast.board_member).get(f"{PLAN_PAGE}download/json/")

    assert response.headers["Content-Disposition"] == f'attachment; filename="{PLAN}-draft-TLP-GREEN.json"'
    assert len(response.json()["actions"]) == 2
    assert signed_in(cast.board_member).get(f"{PLAN_PAGE}download/pdf/").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        PLAN_PAGE,
        f"{PLAN_PAGE}?topic=firearms&show=not-confirmed&sort=-when",
        "/desk/actions/",
        "/desk/needs/",
        "/desk/pool/",
        "/desk/organisations/",
        "/desk/beneficiaries/",
        "/desk/beneficiaries/AL/",
        "/desk/plans/",
        "/desk/",
        "/desk/record/",
    ],
)
def test_a_list_asks_as_often_for_thirty_rows_as_for_three(cast: Cast, records: World, address: str) -> None:
    """S20: questions to the database do not grow with the rows."""
    client = signed_in(cast.officer)
    client.get(address)
    few = questions(client, address)
    records.record(
        *(an_action(row, f"Action {row}", funding=("100", "EUR")) for row in range(10, 40)),
        *(a_need(row) for row in range(10, 40)),
    )

    assert questions(client, address) <= few


def questions(client: Client, address: str) -> int:
    """How often a page asks the database."""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


# --- one action -----------------------------------------------------------------------------------------


def test_an_action_says_where_each_value_comes_from(cast: Cast, records: World) -> None:
    text = said(signed_in(cast.observer).get(f"/desk/actions/{records.action('A1').key}/"))

    assert "EUR 750,000" in text
    assert "list.csv, row 1, entered by" in text
    assert "not yet confirmed by them" in text
    assert "Read from list.csv, row 1." in text


def test_a_reporter_nobody_identified_is_said_as_written(cast: Cast, records: World) -> None:
    text = said(signed_in(cast.observer).get(f"/desk/actions/{records.action('A2').key}/"))

    assert "Reported by “Nobody known”, a name that is not identified yet" in text


def test_a_contradicting_file_is_a_question_until_somebody_chooses(cast: Cast, records: World) -> None:
    client = signed_in(cast.officer)
    action = records.action("A1")
    client.post(
        f"/desk/actions/{action.key}/edit/",
        {"version": action.version, "lines": 0, "title": "Our title", "initial-title": action.title},
    )
    records.record(an_action(1, "The file's new title", funding=("750000", "EUR")))
    page = client.get(f"/desk/actions/{action.key}/")
    assert "Which one is right?" in said(page)
    assert "1 action is told in two ways" in said(client.get("/desk/"))

    statement = records.action("A1").statements.get(field="title", is_question=True)
    sent = {"statement": statement.pk, "version": records.action("A1").version}
    client.post(f"/desk/actions/{action.key}/choose/", sent)

    assert records.action("A1").title == "The file's new title"
    assert "Which one is right?" not in said(client.get(f"/desk/actions/{action.key}/"))


def test_a_statement_of_another_action_cannot_be_chosen(cast: Cast, records: World) -> None:
    action, other = records.action("A1"), records.action("A2")
    sent = {"statement": other.statements.first().pk, "version": action.version}

    response = signed_in(cast.officer).post(f"/desk/actions/{action.key}/choose/", sent)

    assert response.status_code == 404
    assert records.action("A1").version == action.version


def test_a_tombstone_says_where_it_went_and_the_merge_is_undone_from_its_target(
    cast: Cast, records: World
) -> None:
    from concord.plan.services import merge_actions

    target, merged = records.action("A1"), records.action("A2")
    merge = merge_actions(target=target, merged=merged, take=set(), reason="", by=cast.officer, at=NOON)
    client = signed_in(cast.officer)

    assert "It was merged into another one" in said(client.get(f"/desk/actions/{merged.key}/"))
    client.post(f"/desk/actions/{target.key}/undo-merge/", {"merge": merge.pk})

    assert records.action("A2").merged_into is None


def test_a_reporter_confirms_its_own_action_as_it_stands(cast: Cast, records: World) -> None:
    action = records.action("A1")
    client = signed_in(cast.reporter_a)
    assert "2 actions of your organisation not confirmed yet" in said(client.get("/desk/"))

    client.post(f"/desk/actions/{action.key}/confirm/", {"version": action.version})

    assert records.action("A1").last_confirmed_on is not None
    assert "Last confirmed on" in said(client.get(f"/desk/actions/{action.key}/"))
    again = client.post(f"/desk/actions/{action.key}/confirm/", {"version": action.version})
    assert again.status_code == 409


def test_an_action_is_placed_by_a_person_under_a_measure(cast: Cast, records: World) -> None:
    action = records.action("A3")
    client = signed_in(cast.officer)
    address = f"/desk/actions/{action.key}/place/{PLAN}/"

    assert client.post(address, {"measure": "9.9.9"}).status_code == 422
    assert client.post(address, {"measure": "1.1.1"}).status_code == 302

    placed = action.placements.get(plan=records.plan)
    assert (placed.measure.code, placed.placed_by) == ("1.1.1", "person")
    assert "Long ago" not in said(client.get("/desk/pool/"))


# --- needs, organisations, beneficiaries ----------------------------------------------------------------


def test_a_need_says_what_each_beneficiary_says_and_its_coordinator_says_it(
    cast: Cast, records: World
) -> None:
    need = records.need("N1")
    client = signed_in(cast.coordinator)
    assert "2 needs of Albania not cleared" in said(client.get("/desk/"))
    assert "nobody has said so far" in said(client.get(f"/desk/needs/{need.key}/"))

    client.post(f"/desk/needs/{need.key}/say/", {"beneficiary": "AL", "state": "met"})

    assert need.beneficiary_rows.get().state == "met"
    assert "said by National coordinator on" in said(client.get(f"/desk/needs/{need.key}/"))
    assert (
        client.post(f"/desk/needs/{need.key}/say/", {"beneficiary": "AL", "state": "lost"}).status_code == 422
    )


def test_a_beneficiary_s_page_names_what_is_missing(cast: Cast, records: World) -> None:
    client = signed_in(cast.coordinator)
    assert "Weapons are not traced" in said(client.get("/desk/beneficiaries/AL/")).split("What comes")[0]

    acts = {"by": cast.officer, "at": NOON}
    confirm_link(action=records.action("A1"), need=records.need("N1"), strength="direct", **acts)

    missing = said(client.get("/desk/beneficiaries/AL/")).split("What comes")[0]
    assert "Weapons are not traced" not in missing


def test_counts_of_an_organisation_leave_out_what_the_reader_may_not_see(cast: Cast, records: World) -> None:
    Action.objects.filter(own_id="A1").update(marking=Marking.AMBER_STRICT)
    page = f"/desk/organisations/{cast.donor_a.key}/"

    assert "Training of border police" in said(signed_in(cast.officer).get(page))
    assert "Training of border police" not in said(signed_in(cast.reporter_b).get(page))


def test_names_nobody_identified_are_listed_with_near_ones(cast: Cast, records: World) -> None:
    records.record(an_action(4, "Known by half a name", implementers=["Implementer Cee"]))
    text = said(signed_in(cast.officer).get("/desk/organisations/names/"))

    assert "Implementer Cee" in text
    assert "In 1 action: who does it" in text
    assert "Known by half a name" in text


def test_the_footnote_stands_where_the_place_is_named_and_nowhere_else(cast: Cast, records: World) -> None:
    client = signed_in(cast.observer)
    plain = client.get(f"/desk/actions/{records.action('A1').key}/").content.decode()
    assert "The footnote." not in plain

    records.record(an_action(5, "For two", beneficiaries=["AL", "XK"]))
    named = client.get(f"/desk/actions/{records.action('A5').key}/").content.decode()
    assert "Kosovo*" in named
    assert "The footnote." in named


def test_placed_by_hand_is_said(cast: Cast, records: World) -> None:
    measure = records.plan.template.measures.get(code="2.1.1")
    place_action(records.action("A1"), plan=records.plan, measure=measure, by=cast.officer, at=NOON)

    text = said(signed_in(cast.observer).get(f"/desk/actions/{records.action('A1').key}/"))

    assert "2.1.1 Police cooperation (by a person)" in text
