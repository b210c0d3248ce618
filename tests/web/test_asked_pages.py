"""What a case's sources are asked: on the desk of a source, and for those who coordinate."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from concord.accounts.rules import Marking
from concord.accounts.scope import Scope
from concord.accounts.services import add_contact
from concord.analysis.models import Asking, Assessment, Case, Finding, Reply
from concord.analysis.services import ask_sources, confirm_findings
from concord.intake.models import Message
from concord.kernel import clock
from concord.plan.models import Action
from tests.analysis.asked import both_reply, source, two_sources
from tests.analysis.world import PLAN, World
from tests.cast import Cast
from tests.factories import FRAMEWORK

NOW = clock.now()
UNTIL = NOW.date() + timedelta(days=9)


@pytest.fixture
def case(world: World, cast: Cast) -> Case:
    """Two overlapping actions, of Donor A and of Donor B, that still run; Donor A has a focal point."""
    case = two_sources(world, cast, end="2039")
    acts: dict[str, Any] = {"by": cast.officer, "at": NOW}
    add_contact(organisation=cast.donor_a, within=Scope(FRAMEWORK), name="Ana", email="a@example.org", **acts)
    return case


@pytest.fixture
def asking(case: Case, cast: Cast) -> Asking:
    """The case put to both."""
    return ask_sources(case, answers_until=UNTIL, by=cast.officer, at=NOW)


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def text_of(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return " ".join(response.content.decode().split())


# --- the desk of a source -------------------------------------------------------------------------


def test_the_desk_of_each_source_has_one_line_and_one_button_until_it_replies(asking: Asking, cast: Cast):
    for person in (cast.reporter_a, cast.reporter_b):
        client = signed_in(person)
        desk = text_of(client, "/desk/")
        assert desk.count("Read it and reply") == 1
        assert f"/desk/asked/{asking.key}/" in desk
        assert client.post(f"/desk/asked/{asking.key}/reply/", {"says": "agreed"}).status_code == 302
        assert "Read it and reply" not in text_of(client, "/desk/")


def test_the_page_shows_the_same_text_as_the_others_read_and_takes_a_reply_back(asking: Asking, cast: Cast):
    client, page = signed_in(cast.reporter_b), f"/desk/asked/{asking.key}/"
    told = text_of(client, page)
    assert "These two may need coordinating, because both train on firearms in Albania" in told
    assert "as Donor A reports it" in told

    assert client.post(page + "reply/", {"says": "different"}).status_code == 422
    assert client.post(page + "reply/", {"says": "different", "words": "Other police"}).status_code == 302
    assert "Other police" in text_of(client, page)
    assert Reply.objects.get().way == "desk"
    assert client.post(page + "back/").status_code == 302
    assert not Reply.objects.filter(taken_back_at=None).exists()


@pytest.mark.parametrize(
    "person",
    ["viewer_a", "reporter_c", "board_member", "officer", "lead_partner", "auditor", "administrator"],
)
def test_third_parties_find_nothing_there(asking: Asking, cast: Cast, person: str):
    client = signed_in(getattr(cast, person))

    assert client.get(f"/desk/asked/{asking.key}/").status_code == 404
    assert client.post(f"/desk/asked/{asking.key}/reply/", {"says": "agreed"}).status_code == 404
    assert client.post(f"/desk/asked/{asking.key}/back/").status_code == 404
    assert "Read it and reply" not in text_of(client, "/desk/")
    assert not Reply.objects.exists()


def test_a_question_that_has_ended_says_so_and_leaves_the_desk(asking: Asking, case: Case, cast: Cast):
    Finding.objects.update(ends_on=NOW.date() - timedelta(days=1))
    client = signed_in(cast.reporter_a)

    assert "This question has ended." in text_of(client, f"/desk/asked/{asking.key}/")
    assert "Read it and reply" not in text_of(client, "/desk/")
    assert client.post(f"/desk/asked/{asking.key}/reply/", {"says": "agreed"}).status_code == 422
    Action.objects.filter(own_id="A2").update(marking=Marking.AMBER)
    assert client.get(f"/desk/asked/{asking.key}/").status_code == 404


# --- those who coordinate -------------------------------------------------------------------------


def test_an_officer_puts_a_case_to_its_sources(case: Case, cast: Cast):
    client, page = signed_in(cast.officer), f"/desk/cases/{case.key}/asked/"
    shown = text_of(client, page)
    assert "Its sources have not been asked yet." in shown
    assert "by mail to Ana" in shown
    assert "no contact is known" in shown

    wrong = client.post(page + "put/", {"text": "", "answers_until": "2019-01-01"})
    assert wrong.status_code == 422
    assert "Choose a day to come" in wrong.content.decode()
    sent = client.post(page + "put/", {"text": "Is it one?", "answers_until": UNTIL.isoformat()}, follow=True)

    said = sent.content.decode()
    assert "Asked: 1 mail is on its way." in said
    assert "Donor B has no contact with an address." in said
    assert Asking.objects.get().text == "Is it one?"
    assert Message.objects.get().organisation == cast.donor_a


def test_a_source_that_no_mail_reaches_has_its_contact_added_from_there(case: Case, cast: Cast):
    add = f"/desk/contacts/new/?organisation={cast.donor_b.key}"
    shown = text_of(signed_in(cast.officer), f"/desk/cases/{case.key}/asked/")

    assert shown.count(add) == 1
    assert f"organisation={cast.donor_a.key}" not in shown
    assert "Donor B" in text_of(signed_in(cast.officer), add)
    partner = signed_in(cast.lead_partner)
    assert (add in text_of(partner, f"/desk/cases/{case.key}/asked/")) == (
        partner.get(add).status_code == 200
    )


def test_what_was_told_by_telephone_is_entered_on_behalf_and_taken_back(
    asking: Asking, case: Case, cast: Cast
):
    client = signed_in(cast.lead_partner)
    page = f"/desk/cases/{case.key}/asked/"
    enter = f"{page}{cast.donor_b.key}/"
    assert "Enter what it told you" in text_of(client, page)

    assert client.post(enter, {"says": "different"}).status_code == 422
    assert client.post(enter, {"says": "talk", "words": ""}).status_code == 302
    assert "Donor B" in text_of(client, enter)
    told = text_of(client, page)
    assert "told to an officer" in told
    assert "DB would like to talk." in told
    assert client.post(f"{enter}back/").status_code == 302
    assert not Reply.objects.filter(taken_back_at=None).exists()
    assert client.get(f"{page}{cast.implementer_c.key}/").status_code == 404


def test_what_both_say_is_one_button_away_from_an_answer(asking: Asking, case: Case, cast: Cast):
    both_reply(asking, cast, at=NOW)
    client, page = signed_in(cast.officer), f"/desk/cases/{case.key}/asked/"
    shown = text_of(client, page)
    assert "Both say: already agreed between us." in shown
    assert re.search(r"<textarea[^>]*>\s*Both say: already agreed between us.</textarea>", shown)
    finding = Finding.objects.get()
    pair = f"{finding.key_a}-{finding.key_b}:{finding.version}"

    assert (
        client.post(page + "record/", {"pair": pair, "answer": "dismissed", "reason": "x"}).status_code == 422
    )
    assert (
        client.post(page + "record/", {"pair": pair, "answer": "joined", "reason": "Agreed"}).status_code
        == 302
    )
    assert client.post(page + "record/", {"pair": pair, "answer": "kept", "reason": "x"}).status_code in (
        409,
        422,
    )

    kept = Assessment.objects.get()
    assert (kept.answer, kept.reason) == ("joined", "Agreed")


def test_the_secretariat_confirms_and_takes_it_back(asking: Asking, case: Case, cast: Cast):
    page = f"/desk/cases/{case.key}/asked/"
    officer, lead = signed_in(cast.officer), signed_in(cast.lead_partner)
    assert officer.post(page + "confirm/").status_code == 422  # not every source could answer
    both_reply(asking, cast, at=NOW)
    assert "Confirm it" not in text_of(lead, page)
    assert lead.post(page + "confirm/").status_code == 403
    assert "Confirm it" in text_of(officer, page)

    assert officer.post(page + "confirm/").status_code == 302
    assert "Confirmed by Secretariat officer" in text_of(officer, page)
    assert officer.post(page + "undo/").status_code == 302
    assert Finding.objects.get().confirmed_at is None


def test_a_case_that_a_source_may_not_see_is_never_put_and_the_officer_reads_why(case: Case, cast: Cast):
    Action.objects.filter(own_id="A2").update(marking=Marking.AMBER)
    client, page = signed_in(cast.officer), f"/desk/cases/{case.key}/asked/"

    assert "it is never put to them" in text_of(client, page)
    assert client.post(page + "put/", {"text": "x", "answers_until": UNTIL.isoformat()}).status_code == 422
    assert signed_in(cast.lead_partner).get(page).status_code == 404


def test_what_sources_said_is_for_those_who_coordinate_alone(asking: Asking, case: Case, cast: Cast):
    both_reply(asking, cast, at=NOW)
    confirm_findings(case, by=cast.officer, at=NOW)
    page = f"/desk/cases/{case.key}/asked/"

    for person, status in (
        ("auditor", 200),
        ("reporter_a", 403),
        ("board_member", 403),
        ("administrator", 404),
    ):
        assert signed_in(getattr(cast, person)).get(page).status_code == status, person
    assert signed_in(cast.auditor).post(page + "undo/").status_code == 403
    auditor = text_of(signed_in(cast.auditor), page)
    assert "Put it to its sources</button>" not in auditor
    assert "Enter what it told you" not in auditor


def test_pages_ask_the_database_a_bounded_number_of_times(
    asking: Asking, case: Case, cast: Cast, django_assert_max_num_queries: Any
):
    for person, path in (
        (cast.officer, f"/desk/cases/{case.key}/asked/"),
        (cast.reporter_a, f"/desk/asked/{asking.key}/"),
    ):
        client = signed_in(person)
        with django_assert_max_num_queries(60):
            assert client.get(path).status_code == 200
    assert source(asking, cast.donor_a)


# --- everybody else -------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["board_member", "observer", "reporter_c", "coordinator", "viewer_a"])
def test_who_does_not_coordinate_reads_numbers_and_measures_until_it_is_confirmed(
    case: Case, cast: Cast, person: str
):
    client, queue = signed_in(getattr(cast, person)), f"/desk/plans/{PLAN}/coordination/"
    told = text_of(client, queue)
    assert "1 pair of actions waits to be coordinated." in told
    assert ">Safe stockpiles</th>" in told
    for hidden in ("Courses for border guards", case.key, "Donor B"):
        assert hidden not in told
    action = Action.objects.get(own_id="A1")
    assert "Courses for border guards" not in text_of(client, f"/desk/actions/{action.key}/")
    assert "to be coordinated</span>" not in text_of(client, f"/desk/plans/{PLAN}/")
    assert client.get(f"/desk/cases/{case.key}/").status_code == 404

    both_reply(ask_sources(case, answers_until=UNTIL, by=cast.officer, at=NOW), cast, at=NOW)
    confirm_findings(case, by=cast.officer, at=NOW)
    assert "Courses for border guards" in text_of(client, queue)
    assert "Courses for border guards" in text_of(client, f"/desk/cases/{case.key}/")


def test_who_coordinates_reads_pairs_and_no_counts(case: Case, cast: Cast):
    told = text_of(signed_in(cast.officer), f"/desk/plans/{PLAN}/coordination/")

    assert "Courses for border guards" in told
    assert "Pairs that wait" not in told


def test_the_page_of_a_case_says_how_its_sources_stand_to_each_what_concerns_them(case: Case, cast: Cast):
    page = f"/desk/cases/{case.key}/"
    assert "Its sources have not been asked yet." in text_of(signed_in(cast.officer), page)
    asking = ask_sources(case, answers_until=UNTIL, by=cast.officer, at=NOW)
    both_reply(asking, cast, at=NOW)

    officer, own = text_of(signed_in(cast.officer), page), text_of(signed_in(cast.reporter_a), page)
    assert "Both say: already agreed between us." in officer
    assert f"/desk/cases/{case.key}/asked/" in officer
    assert "Your organisation was asked about this." in own
    assert "Both say" not in own
    assert f"/desk/cases/{case.key}/asked/" not in own
