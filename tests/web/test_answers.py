"""Behind a mailed link: nothing is written before a button, and nothing is shown that is not its own."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from concord.accounts.rules import Marking
from concord.accounts.scope import Scope
from concord.accounts.services import add_contact
from concord.audit.models import Event
from concord.intake import call_rules
from concord.intake.models import Call, Invitation, Link, Objection
from concord.intake.services import calls
from concord.intake.services.on_behalf import Talk, enter_on_behalf
from concord.kernel import clock
from concord.plan.models import Action
from concord.web.answers import passage
from concord.work.worker import work_through
from tests.analysis.world import World, an_action
from tests.cast import Cast
from tests.factories import FRAMEWORK
from tests.web.links import PAGE, address, opened, text_of

NOW = clock.now()


@pytest.fixture
def call(cast: Cast, world: World) -> Call:
    """Donor A, with a focal point, is asked about its actions; one is AMBER, one RED."""
    donor_b = {"reporter": "Donor B", "donors": ["Donor B"]}
    world.record(
        an_action(1, "Open training"),
        an_action(2, "Amber training"),
        an_action(3, "Red training"),
        an_action(4, "Of another", **donor_b),
    )
    Action.objects.filter(own_id="A2").update(marking=Marking.AMBER)
    Action.objects.filter(own_id="A3").update(marking=Marking.RED)
    acts: dict[str, Any] = {"by": cast.officer, "at": NOW}
    add_contact(organisation=cast.donor_a, within=Scope(FRAMEWORK), name="F", email="f@example.org", **acts)
    told = {"title": "Update", "message": "", "closes_on": NOW.date() + timedelta(days=9)}
    draft = calls.draft_call(world.plan, organisations=[cast.donor_a], **told, **acts)
    opened = calls.open_call(draft, expected_version=draft.version, **acts)
    work_through()
    return opened


@pytest.fixture
def visitor(call: Call) -> Client:
    """Somebody who opened the link."""
    return opened()


def seen(client: Client) -> dict[str, str]:
    return {"seen": re.findall(r'name="seen" value="([^"]*)"', text_of(client))[0]}


def test_the_address_of_links_is_the_one_that_mails_hold():
    assert reverse("answers:landing", args=["x"]) == call_rules.ANSWER_PATH.format(token="x")


def test_a_mail_scanner_that_opens_the_link_leaves_no_trace(call: Call):
    events = Event.objects.count()
    response = Client().get(address())

    assert response.status_code == 200
    assert Event.objects.count() == events
    assert not Link.objects.exclude(opened_at=None).exists()
    assert (response["Cache-Control"], response["X-Robots-Tag"], response["Referrer-Policy"]) == (
        "no-store, private",
        "noindex, nofollow",
        "strict-origin",
    )
    assert set(response.cookies) <= {"csrf"}


def test_the_page_shows_its_own_actions_alone(visitor: Client):
    page = text_of(visitor)

    assert "Open training" in page
    assert "Amber training" in page
    assert "TLP:AMBER" in page
    assert "Red training" not in page
    assert "Of another" not in page
    cookie = visitor.cookies["answer"]
    assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == (PAGE, "Strict", True)


def test_links_that_do_not_work_look_alike(visitor: Client, cast: Cast, call: Call):
    unknown = Client().get("/answer/" + "x" * 43 + "/")
    none = Client().get(PAGE)
    calls.revoke_links(Invitation.objects.get(), by=cast.officer, at=NOW)
    revoked = Client().get(address())
    opened_before = visitor.get(PAGE)
    forged = Client()
    forged.cookies["answer"] = "1:forged"

    answers = [unknown, none, revoked, opened_before, forged.get(PAGE), visitor.post(PAGE + "nothing/")]
    assert {each.status_code for each in answers} == {404}
    assert len({each.content for each in answers}) == 1


def test_everything_stands_is_one_button(visitor: Client):
    response = visitor.post(PAGE + "confirm/", seen(visitor))

    assert response["Location"] == "/answer/?done=confirmed"
    assert "Your actions are confirmed" in text_of(visitor, response["Location"])
    assert Action.objects.filter(last_confirmed_on=clock.now().date()).count() == 2


def test_what_changed_meanwhile_is_looked_at_again(visitor: Client):
    sent = seen(visitor)
    Action.objects.filter(own_id="A1").update(version=9)

    assert visitor.post(PAGE + "confirm/", sent).status_code == 409
    assert not Action.objects.exclude(last_confirmed_on=None).exists()


def test_one_fact_is_changed_in_a_short_form(visitor: Client):
    action = Action.objects.get(own_id="A1")
    path = f"{PAGE}facts/{action.key}/"
    sent = {
        "version": action.version,
        f"{action.key}-title": action.title,
        f"{action.key}-start": "2018",
        f"{action.key}-end": "06/2020",
        f"{action.key}-amount": "1500.50",
        f"{action.key}-currency": "EUR",
    }
    assert visitor.post(path, sent | {f"{action.key}-end": "2017"}).status_code == 422
    assert visitor.post(path, sent)["Location"] == "/answer/?done=changed"

    action.refresh_from_db()
    (line,) = action.funding_lines.all()
    assert (action.end, str(line.amount), line.currency) == ("2020-06", "1500.50", "EUR")
    assert Invitation.objects.get().answer == "changed"
    other = Action.objects.get(own_id="A4")
    assert visitor.get(f"{PAGE}facts/{other.key}/").status_code == 404


def test_a_file_is_shown_before_it_counts(visitor: Client):
    action = Action.objects.get(own_id="A1")
    content = f"key,title,status\n{action.key},Open training,completed\n".encode()
    response = visitor.post(PAGE + "upload/", {"file": SimpleUploadedFile("back.csv", content)})

    path = response["Location"]
    assert "1 action changes" in text_of(visitor, path)
    assert Action.objects.get(own_id="A1").status == ""
    assert visitor.post(path + "apply/")["Location"] == "/answer/?done=changed"
    assert Action.objects.get(own_id="A1").status == "completed"
    assert Client().get(path).status_code == 404


def test_a_file_that_cannot_be_read_says_what_to_do(visitor: Client):
    response = visitor.post(PAGE + "upload/", {"file": SimpleUploadedFile("x.pdf", b"%PDF-1.4 x")})

    assert response.status_code == 422
    assert "Mend this" in response.content.decode()


def test_a_colleague_is_sent_a_link_and_nothing_to_report_is_noted(visitor: Client):
    sent = {"name": "C", "email": "c@example.org"}
    assert visitor.post(PAGE + "colleague/", sent | {"email": "none"}).status_code == 422
    assert visitor.post(PAGE + "colleague/", sent)["Location"] == "/answer/?done=colleague"
    work_through()
    assert mail.outbox[-1].to == ["c@example.org"]
    assert visitor.post(PAGE + "nothing/")["Location"] == "/answer/?done=nothing"
    assert Invitation.objects.get().answer == "nothing"


def test_an_organisation_objects_to_what_was_entered_on_its_behalf(cast: Cast, call: Call, world: World):
    contact = cast.donor_a.contacts.get()
    talk = Talk("telephone", NOW.date(), contact, nothing_to_report=True)
    enter_on_behalf(
        framework=world.framework, organisation=cast.donor_a, talk=talk, call=call, by=cast.officer, at=NOW
    )
    work_through()
    visitor = Client()
    visitor.post(address())

    assert "What was noted for you" in text_of(visitor)
    assert visitor.post(PAGE + "confirm/", {"seen": ""}).status_code == 404
    assert visitor.post(PAGE + "object/", {"text": " "}).status_code == 422
    assert visitor.post(PAGE + "object/", {"text": "We report two."}).status_code == 302
    assert Objection.objects.get().text == "We report two."


def test_one_address_sends_so_much_and_no_more(visitor: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(passage, "POSTS", 3)
    answers = [visitor.post(PAGE + "nothing/").status_code for _each in range(4)]

    assert answers[-1] == 429
