"""The pages of calls: prepared, looked at, sent, followed; entered on behalf; objections answered."""

import io
import re
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from concord.accounts.models import Contact
from concord.accounts.scope import Scope
from concord.accounts.services import add_contact
from concord.intake.models import Call, Invitation, Message, Objection, OnBehalfEntry
from concord.intake.services.calls import draft_call
from concord.kernel import clock
from concord.plan.models import Action, Framework
from concord.work.worker import work_through
from tests.analysis.world import PLAN, World, an_action
from tests.cast import Cast
from tests.factories import FRAMEWORK

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
TODAY = clock.now().date()


@pytest.fixture
def officer(cast: Cast, world: World) -> Client:
    donor_b = {"reporter": "Donor B", "donors": ["Donor B"]}
    world.record(an_action(1, "Open training"), an_action(4, "Of another", **donor_b))
    a_contact(cast)
    client = Client()
    client.force_login(cast.officer, backend=BACKEND)
    return client


def a_contact(cast: Cast) -> Contact:
    told = {"name": "Focal Point", "email": "focal@example.org", "phone": "+355 4 1"}
    acts: dict[str, Any] = {"by": cast.officer, "at": clock.now()}
    return add_contact(organisation=cast.donor_a, within=Scope(FRAMEWORK), **told, **acts)


def address(name: str, *args: str) -> str:
    return reverse(f"members:{name}", args=args)


def text_of(client: Client, name: str, *args: str) -> str:
    response = client.get(address(name, *args))
    assert response.status_code == 200
    return response.content.decode()


def opened(officer: Client, cast: Cast, world: World) -> Call:
    call = draft_call(
        world.plan,
        title="Yearly update",
        message="",
        closes_on=TODAY + timedelta(days=9),
        organisations=[cast.donor_a, cast.donor_b],
        by=cast.officer,
        at=clock.now(),
    )
    assert officer.post(address("call-send", call.key), {"version": call.version}).status_code == 302
    work_through()
    call.refresh_from_db()
    return call


def test_a_call_is_prepared_looked_at_and_sent(officer: Client, cast: Cast):
    form = officer.get(f"{address('call-new')}?plan={PLAN}").content.decode()
    assert "Donor A: 1 action; Focal Point" in form
    assert "Donor B: 1 action; no focal point with an address" in form
    sent = {
        "title": "Yearly update",
        "message": "Please look.",
        "closes_on": (TODAY + timedelta(days=9)).isoformat(),
        "organisations": [cast.donor_a.key, cast.donor_b.key],
    }
    wrong = officer.post(f"{address('call-new')}?plan={PLAN}", sent | {"organisations": []})
    officer.post(f"{address('call-new')}?plan={PLAN}", sent)

    assert wrong.status_code == 422
    call = Call.objects.get()
    draft = text_of(officer, "call", call.key)
    assert "[the link of Donor A]" in draft
    assert "Open the call and send 1 mail" in draft
    assert mail.outbox == []
    officer.post(address("call-send", call.key), {"version": call.version})
    work_through()
    assert [sent.to for sent in mail.outbox] == [["focal@example.org"]]


def test_the_chase_list_says_whom_to_call(officer: Client, cast: Cast, world: World):
    call = opened(officer, cast, world)
    page = text_of(officer, "call", call.key)

    assert "0 of 2 organisations have answered." in page
    assert "+355 4 1" in page
    assert "without a focal point, no mail sent" in page
    sheet = openpyxl.load_workbook(io.BytesIO(officer.get(address("call-sheet", call.key)).content)).active
    assert [row[0].value for row in sheet.iter_rows()] == ["Organisation", "Donor A", "Donor B"]


def test_a_mail_is_shown_without_its_link(officer: Client, cast: Cast, world: World):
    call = opened(officer, cast, world)
    (token,) = re.findall(r"/answer/([\w-]+)/", mail.outbox[0].body)
    message = Message.objects.get()

    assert "focal@example.org" in text_of(officer, "call-mails", call.key)
    shown = text_of(officer, "mail", message.key)
    assert token not in shown
    assert "{link:" in shown


def test_one_click_reminds_whom_the_call_waits_for(officer: Client, cast: Cast, world: World):
    call = opened(officer, cast, world)
    officer.post(address("call-remind", call.key))
    work_through()

    assert len(mail.outbox) == 2
    assert Invitation.objects.get(organisation=cast.donor_a).reminders == 1


def test_what_is_told_on_the_telephone_is_noted_unconfirmed_with_a_receipt(
    officer: Client, cast: Cast, world: World
):
    call = opened(officer, cast, world)
    action = world.action("A1")
    Action.objects.filter(pk=action.pk).update(last_confirmed_on=TODAY)
    path = address("call-on-behalf", call.key, cast.donor_a.key)
    sent = {
        "means": "telephone",
        "contact": Contact.objects.get().key,
        "spoken_on": TODAY.isoformat(),
        "note": "Spoke of the delay.",
        f"version-{action.key}": action.version,
        f"{action.key}-title": action.title,
        f"{action.key}-start": "2018",
        f"{action.key}-end": "2020",
    }
    assert officer.post(path, sent | {"spoken_on": "2999-01-01"}).status_code == 422
    assert officer.post(path, sent | {f"version-{action.key}": 99}).status_code == 409
    assert world.action("A1").end == "2019"
    assert officer.post(path, sent).status_code == 302
    work_through()

    now = world.action("A1")
    assert (now.end, now.last_confirmed_on) == ("2020", None)
    assert "changed (end)" in mail.outbox[-1].body
    assert OnBehalfEntry.objects.get().action_keys == [action.key]
    assert "entered on its behalf" in text_of(officer, "call", call.key)
    assert "Spoke of the delay." in text_of(officer, "call-organisation", call.key, cast.donor_a.key)


def test_an_objection_waits_on_the_desk_and_on_the_action_until_it_is_answered(
    officer: Client, cast: Cast, world: World
):
    call = opened(officer, cast, world)
    action = world.action("A1")
    entry = OnBehalfEntry.objects.create(
        framework=world.framework,
        organisation=cast.donor_a,
        call=call,
        means="visit",
        spoken_on=TODAY,
        action_keys=[action.key],
        entered_by=cast.officer,
        entered_at=clock.now(),
    )
    objection = Objection.objects.create(
        entry=entry, text="It ended in 2018.", raised_by=cast.reporter_a, raised_at=clock.now()
    )
    assert "objects to what was entered" in text_of(officer, "desk")
    assert "It ended in 2018." in text_of(officer, "action", action.key)
    path = address("objection", objection.key)
    assert officer.post(path, {"version": 1, "reply": " "}).status_code == 422
    assert officer.post(path, {"version": 1, "reply": "Mended."}).status_code == 302
    assert officer.post(path, {"version": 2, "reply": "Again."}).status_code == 422
    assert "It ended in 2018." not in text_of(officer, "action", action.key)


def test_a_reporter_finds_the_call_on_the_desk(officer: Client, cast: Cast, world: World):
    opened(officer, cast, world)
    client = Client()
    client.force_login(cast.reporter_a, backend=BACKEND)

    assert "Yearly update" in text_of(client, "desk")


def test_settings_are_kept_and_a_wrong_one_comes_back(officer: Client, world: World):
    sent = {"mail_sender": "secretariat@example.org", "confirm_within_months": "12", "version": 1}
    path = address("calls-settings")

    assert officer.post(path, sent | {"mail_sender": "nobody"}).status_code == 422
    assert officer.post(path, sent).status_code == 302
    framework = Framework.objects.get()
    assert (framework.mail_sender, framework.confirm_within_months) == ("secretariat@example.org", 12)
    assert officer.post(path, sent).status_code == 409


def test_lines_of_the_log_hold_no_token():
    import logging

    from concord.project.log import WithoutLinks

    record = logging.LogRecord("django", 40, "", 0, "Error at %s", ("/answer/" + "x" * 43 + "/",), None)
    assert WithoutLinks().filter(record)
    assert record.getMessage() == "Error at /answer/…/"
