"""Withdrawing what the sources of a case are asked: the officer's form, and what each source reads then."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from concord.accounts.scope import Scope
from concord.accounts.services import add_contact
from concord.analysis.models import Asking, Case, Reply
from concord.analysis.services import confirm_findings
from concord.audit.models import Event
from concord.governance.asking import put_to_sources, withdraw_from_sources
from concord.intake.models import Message
from concord.kernel import clock
from concord.work.worker import work_through
from tests.analysis.asked import both_reply, two_sources
from tests.analysis.world import World
from tests.cast import Cast
from tests.factories import FRAMEWORK
from tests.web.links import PAGE, address, opened

NOW = clock.now()
UNTIL = NOW.date() + timedelta(days=9)


@pytest.fixture
def case(world: World, cast: Cast) -> Case:
    """Two overlapping actions, of Donor A and of Donor B; Donor A, which has a focal point, got a mail."""
    case = two_sources(world, cast, end="2039")
    acts: dict[str, Any] = {"by": cast.officer, "at": NOW}
    add_contact(organisation=cast.donor_a, within=Scope(FRAMEWORK), name="Ana", email="a@example.org", **acts)
    put_to_sources(case, answers_until=UNTIL, **acts)
    work_through()
    return case


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def text_of(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return " ".join(response.content.decode().split())


def form_of(case: Case) -> str:
    return f"/desk/cases/{case.key}/asked/withdraw/"


def sent(reason: str = "It was meant for another case.") -> dict[str, str]:
    return {"read": Asking.objects.latest("pk").key, "reason": reason}


def withdraw(case: Case, cast: Cast) -> None:
    withdraw_from_sources(case, reason="Canary of the office.", by=cast.officer, at=clock.now())


# --- those who coordinate -------------------------------------------------------------------------


def test_an_officer_withdraws_from_the_page_of_the_case(case: Case, cast: Cast):
    client, page = signed_in(cast.officer), f"/desk/cases/{case.key}/asked/"
    for path in (page, f"/desk/cases/{case.key}/"):
        assert f'href="{form_of(case)}"' in text_of(client, path)
    asked = text_of(client, form_of(case))
    assert "Why is it withdrawn?" in asked
    assert "<li>Donor A</li><li>Donor B</li>" in asked
    assert Asking.objects.get().ended_at is None  # reading the form withdraws nothing

    done = client.post(form_of(case), sent(), follow=True)

    said = " ".join(done.content.decode().split())
    assert "Withdrawn. 1 mail that says so is on its way." in said
    assert "Donor B was sent no mail." in said
    assert "The question was withdrawn: its sources are not asked now." in said
    assert "because: It was meant for another case." in said
    assert "Put it to its sources</button>" in said
    assert form_of(case) not in said
    assert Message.objects.filter(sort="withdrawn").count() == 1
    told = text_of(client, f"/desk/cases/{case.key}/")
    assert "to its sources was withdrawn: It was meant for another case. (Said until then: nothing)" in told
    assert form_of(case) not in told


def test_a_reason_is_needed_and_the_form_says_so(case: Case, cast: Cast):
    response = signed_in(cast.officer).post(form_of(case), sent(reason="  "))

    assert response.status_code == 422
    assert "Nothing was saved yet" in response.content.decode()
    assert "Say in a sentence why, for whoever reads this case later." in response.content.decode()
    assert Asking.objects.get().ended_at is None


def test_who_has_the_earlier_question_open_withdraws_nothing(case: Case, cast: Cast):
    earlier = sent()
    put_to_sources(case, answers_until=UNTIL, by=cast.officer, at=clock.now())

    assert signed_in(cast.officer).post(form_of(case), earlier).status_code == 409
    assert Asking.objects.filter(ended_at=None).exists()


def test_what_is_confirmed_or_not_asked_has_no_button_and_says_why(case: Case, cast: Cast):
    client = signed_in(cast.officer)
    both_reply(Asking.objects.get(), cast, at=NOW)
    confirm_findings(case, by=cast.officer, at=NOW)

    assert form_of(case) not in text_of(client, f"/desk/cases/{case.key}/asked/")
    assert "undoes the confirmation" in text_of(client, form_of(case), 422)
    assert client.post(form_of(case), sent()).status_code == 422
    assert Asking.objects.get().ended_at is None


@pytest.mark.parametrize(
    ("person", "status"),
    [("auditor", 403), ("reporter_a", 403), ("board_member", 404), ("administrator", 404)],
)
def test_who_may_not_ask_finds_no_button_and_is_refused(case: Case, cast: Cast, person: str, status: int):
    client = signed_in(getattr(cast, person))

    assert client.get(form_of(case)).status_code == status
    assert client.post(form_of(case), sent()).status_code == status
    assert form_of(case) not in client.get(f"/desk/cases/{case.key}/").content.decode()
    assert Asking.objects.get().ended_at is None


def test_a_lead_partner_withdraws_in_its_pillar(case: Case, cast: Cast):
    assert signed_in(cast.lead_partner).post(form_of(case), sent()).status_code == 302
    assert Asking.objects.get().withdrawn_by == cast.lead_partner


def test_replies_stay_to_be_read_by_those_who_coordinate(case: Case, cast: Cast):
    both_reply(Asking.objects.get(), cast, at=NOW)
    withdraw(case, cast)

    page = text_of(signed_in(cast.officer), f"/desk/cases/{case.key}/asked/")
    assert page.count("Already agreed between us") == 2
    assert "Both say" not in page
    assert "Record this answer" not in page
    assert Reply.objects.filter(taken_back_at=None).count() == 2

    put_to_sources(case, answers_until=UNTIL, by=cast.officer, at=clock.now())
    history = text_of(signed_in(cast.officer), f"/desk/cases/{case.key}/")
    assert "Donor A: already agreed between us; Donor B: already agreed between us)" in history
    assert "Canary" in history
    assert "Canary" not in text_of(signed_in(cast.reporter_a), f"/desk/cases/{case.key}/")


# --- the desk of a source -------------------------------------------------------------------------


def test_a_source_reads_on_its_desk_that_it_was_withdrawn_and_no_names(case: Case, cast: Cast):
    asking = Asking.objects.get()
    withdraw(case, cast)
    for person in (cast.reporter_a, cast.reporter_b):
        client = signed_in(person)
        desk = text_of(client, "/desk/")
        assert "Read it and reply" not in desk
        assert "was withdrawn" in desk

        page = text_of(client, f"/desk/asked/{asking.key}/")
        assert "This question was withdrawn on" in page
        for hidden in ("Courses for border guards", "Training of Albania", "Canary", "Send this reply"):
            assert hidden not in page
        assert client.get(f"/desk/cases/{case.key}/").status_code == 404
        late = client.post(f"/desk/asked/{asking.key}/reply/", {"says": "agreed"})
        assert late.status_code == 422
        assert "This question was withdrawn." in late.content.decode()
    assert not Reply.objects.exists()


def test_its_own_reply_stays_to_be_read_and_cannot_be_taken_back(case: Case, cast: Cast):
    asking, client = Asking.objects.get(), signed_in(cast.reporter_b)
    client.post(f"/desk/asked/{asking.key}/reply/", {"says": "different", "words": "Other police"})
    withdraw(case, cast)

    page = text_of(client, f"/desk/asked/{asking.key}/")
    assert "Other police" in page
    assert "Take it back" not in page
    assert client.post(f"/desk/asked/{asking.key}/back/").status_code == 422


def test_third_parties_find_nothing_there(case: Case, cast: Cast):
    asking = Asking.objects.get()
    withdraw(case, cast)

    for person in (cast.reporter_c, cast.viewer_a, cast.board_member, cast.officer):
        assert signed_in(person).get(f"/desk/asked/{asking.key}/").status_code == 404
        assert "A question to" not in text_of(signed_in(person), "/desk/")


# --- behind the link ------------------------------------------------------------------------------


def test_the_link_in_the_mail_says_kindly_that_it_was_withdrawn(case: Case, cast: Cast):
    link = address()
    withdraw(case, cast)
    events = Event.objects.count()

    for response in (Client().get(link), Client().post(link)):
        page = response.content.decode()
        assert response.status_code == 410
        assert "The question was withdrawn" in page
        assert "You need not do anything" in page
        assert response["Cache-Control"] == "no-store, private"
        for hidden in ("border", "Donor B", "Canary", "Secretariat officer"):
            assert hidden not in page
    assert Event.objects.count() == events


def test_who_has_it_open_reads_so_too_and_replies_nothing(case: Case, cast: Cast):
    visitor = opened()
    withdraw(case, cast)

    answers = [
        visitor.get(PAGE),
        visitor.post(PAGE + "reply/", {"says": "talk"}),
        visitor.post(PAGE + "reply/back/"),
        visitor.get(PAGE + "check/"),
    ]
    assert {each.status_code for each in answers} == {410}
    assert all("The question was withdrawn" in each.content.decode() for each in answers)
    assert not Reply.objects.exists()


def test_a_link_that_never_was_and_one_whose_time_is_over_look_alike(
    case: Case, cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    link = address()
    withdraw(case, cast)
    unknown = Client().get("/answer/" + "x" * 43 + "/")
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=30))
    over = Client().get(link)

    assert (unknown.status_code, over.status_code) == (404, 404)
    assert unknown.content == over.content


def test_pages_ask_the_database_a_bounded_number_of_times(
    case: Case, cast: Cast, django_assert_max_num_queries: Any
):
    client = signed_in(cast.officer)
    with django_assert_max_num_queries(60):
        assert client.get(form_of(case)).status_code == 200
    withdraw(case, cast)
    asking = Asking.objects.get()
    for person, path in (
        (cast.officer, f"/desk/cases/{case.key}/asked/"),
        (cast.officer, f"/desk/cases/{case.key}/"),
        (cast.reporter_a, f"/desk/asked/{asking.key}/"),
        (cast.reporter_a, "/desk/"),
    ):
        client = signed_in(person)
        with django_assert_max_num_queries(60):
            assert client.get(path).status_code == 200
