"""Behind the link of a question: one button, then what all sources read, and a reply that can be changed."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from concord.accounts.rules import Marking
from concord.accounts.scope import Scope
from concord.accounts.services import add_contact
from concord.analysis import published
from concord.analysis.models import Asking, Case, Finding, Reply
from concord.audit.models import Event
from concord.governance.asking import put_to_sources
from concord.kernel import clock
from concord.plan.models import Action
from concord.work.worker import work_through
from tests.analysis.asked import two_sources
from tests.analysis.world import World, an_action
from tests.cast import Cast
from tests.factories import FRAMEWORK
from tests.web.links import PAGE, address, opened, text_of

NOW = clock.now()


@pytest.fixture
def case(world: World, cast: Cast) -> Case:
    """A1 of Donor A and A2 of Donor B overlap; A3 is nobody's business here; Donor A has a focal point."""
    case = two_sources(world, cast, end="2039", funding=("77123456", "EUR"), summary="A summary for the talk")
    world.record(an_action(3, "Of third parties", reporter="Implementer C"))
    acts: dict[str, Any] = {"by": cast.officer, "at": NOW}
    add_contact(organisation=cast.donor_a, within=Scope(FRAMEWORK), name="F", email="f@example.org", **acts)
    put_to_sources(case, answers_until=NOW.date() + timedelta(days=9), **acts)
    work_through()
    return case


@pytest.fixture
def visitor(case: Case) -> Client:
    """Somebody who opened the link."""
    return opened()


def test_the_table_of_facts_bears_another_name_than_its_section(visitor: Client):
    """Of more than three actions both are landmarks, and a reader who listens must tell them apart."""
    page = text_of(visitor)
    (section,) = re.findall(r'<h2 id="facts-title">([^<]+)<', page)
    (table,) = re.findall(r"<caption[^>]*>([^<]+)<", page)

    assert section != table


def test_a_mail_scanner_that_opens_the_link_leaves_no_trace(case: Case):
    events = Event.objects.count()
    page = Client().get(address()).content.decode()

    assert "Do these belong together?" in page
    assert "Courses for border guards" not in page  # nothing is told before the button
    assert Event.objects.count() == events


def test_the_page_shows_what_all_sources_read_and_no_more(visitor: Client):
    page = text_of(visitor)

    assert Asking.objects.get().text.split("\n")[0] in page
    assert "Training of Albania’s border police" in page
    assert "Courses for border guards" in page
    assert "as Donor B reports it" in page
    for hidden in ("Of third parties", "77123456", "77,123,456", "A summary for the talk"):
        assert hidden not in page
    assert [word in page for word in ("Already agreed between us", "Let us talk", "We would join")] == [
        True,
        True,
        False,
    ]


def test_a_reply_is_kept_changed_and_taken_back(visitor: Client, cast: Cast):
    assert visitor.post(PAGE + "reply/", {"says": "talk"})["Location"] == "/answer/?done=replied"
    page = text_of(visitor, "/answer/?done=replied")
    assert "Thank you." in page
    assert "You said:" in page
    visitor.post(PAGE + "reply/", {"says": "different", "words": "Another police."})
    assert "Another police." in text_of(visitor)
    kept = Reply.objects.get(taken_back_at=None)
    assert (kept.says, kept.way, kept.source.organisation) == ("different", "link", cast.donor_a)
    assert kept.by.name == "DA, through its link"

    for _twice in range(2):
        assert visitor.post(PAGE + "reply/back/")["Location"] == "/answer/?done=taken-back"
    assert not Reply.objects.filter(taken_back_at=None).exists()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Choose what you want to say."),
        ({"says": "different"}, "what is different"),
        ({"says": "accept"}, "Select a valid choice"),
        ({"says": "talk", "words": "x" * 4_001}, "at most 4000"),
    ],
)
def test_what_cannot_be_said_comes_back_with_what_to_mend(visitor: Client, sent: dict[str, str], said: str):
    response = visitor.post(PAGE + "reply/", sent)

    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Reply.objects.exists()


def test_ended_questions_and_links_that_do_not_work_look_alike(visitor: Client, case: Case, cast: Cast):
    old = address()
    unknown = Client().get("/answer/" + "x" * 43 + "/")
    put_to_sources(case, answers_until=NOW.date() + timedelta(days=9), by=cast.officer, at=NOW)

    answers = [unknown, Client().get(old), visitor.get(PAGE), visitor.post(PAGE + "reply/", {"says": "talk"})]
    assert {each.status_code for each in answers} == {404}
    assert len({each.content for each in answers}) == 1


@pytest.mark.parametrize("why", ["restricted", "aged out", "gone"])
def test_a_question_that_is_over_tells_nothing(visitor: Client, why: str):
    if why == "restricted":
        Action.objects.filter(own_id="A2").update(marking=Marking.AMBER)
    elif why == "gone":
        Finding.objects.update(is_live=False)
    else:
        Finding.objects.update(ends_on=NOW.date() - timedelta(days=1))

    assert Client().get(address()).status_code == 404
    assert visitor.get(PAGE).status_code == 404
    assert visitor.post(PAGE + "reply/", {"says": "talk"}).status_code == 404
    assert not Reply.objects.exists()


def test_a_link_for_a_question_opens_nothing_else_and_no_other_link_replies(visitor: Client):
    for path in ("confirm/", "nothing/", "upload/", "object/", "workbook/"):
        assert visitor.post(PAGE + path, {"text": "x", "seen": ""}).status_code in (404, 422)
    assert Client().post(PAGE + "reply/", {"says": "talk"}).status_code == 404
    assert Client().post(PAGE + "reply/back/").status_code == 404


def test_an_idea_is_checked_among_what_is_published_and_ones_own(
    visitor: Client, settings: Any, tmp_path: Path
) -> None:
    """The other source's action is not published: it stands in the question, and not in the check."""
    settings.DATA = tmp_path
    published.forget()
    assert f'href="{PAGE}check/"' in text_of(visitor)

    idea = {"title": "Training of border police in Albania", "summary": "Courses for border guards"}
    answer = visitor.post(f"{PAGE}check/", idea)
    page = answer.content.decode()
    published.forget()

    assert answer.status_code == 200
    assert "nothing published yet, and the one action that your organisation reports" in page
    assert "Donor B" not in page
    assert "Hand this in" not in page
    assert "Back to the question" in page


def test_no_idea_is_checked_once_the_question_has_ended(visitor: Client) -> None:
    Asking.objects.update(answers_until=NOW.date() - timedelta(days=1))
    Action.objects.update(marking=Marking.AMBER)

    assert visitor.get(f"{PAGE}check/").status_code == 404
