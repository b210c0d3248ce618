"""Calls: drafted, opened, extended, closed; mails leave once; what comes back through a link."""

import io
import re
import smtplib
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.core import mail

from concord.accounts.models import Person
from concord.accounts.queries import can
from concord.accounts.rules import Marking, Permission
from concord.accounts.scope import Scope
from concord.accounts.services import add_contact, erase_contact, link_person
from concord.audit.queries import history_of
from concord.intake import call_rules
from concord.intake.call_rules import Standing, Told, standing_of
from concord.intake.models import Call, Invitation, Link, Message
from concord.intake.queries.calls import candidates, chase_list, own_actions
from concord.intake.queries.links import link_behind
from concord.intake.services import answers, calls, outbox
from concord.kernel import clock
from concord.kernel.errors import (
    BadInput,
    ConcordError,
    IllegalMove,
    NotFound,
    NotPermitted,
    StaleWrite,
)
from concord.plan.models import Action
from concord.plan.queries import actions_visible_to
from concord.work.worker import work_through
from tests.analysis.world import World, a_need, an_action
from tests.cast import Cast
from tests.factories import FRAMEWORK

NOW = clock.now()
TODAY = NOW.date()
LATER = TODAY + timedelta(days=20)
WHOLE = Scope(FRAMEWORK)


@pytest.fixture
def asked(cast: Cast, world: World) -> World:
    """Donor A reports three actions (one AMBER, one RED), Donor B one; Donor A has a focal point."""
    donor_b = {"reporter": "Donor B", "donors": ["Donor B"]}
    world.record(
        an_action(1, "Open training"),
        an_action(2, "Amber training"),
        an_action(3, "Red training"),
        an_action(4, "Of another", **donor_b),
        a_need(1),
    )
    Action.objects.filter(own_id="A2").update(marking=Marking.AMBER_STRICT)
    Action.objects.filter(own_id="A3").update(marking=Marking.RED)
    focal_point(cast, cast.donor_a, "focal@example.org")
    return world


def focal_point(cast: Cast, body: Any, email: str) -> Any:
    told = {"within": WHOLE, "name": "Focal Point", "by": cast.officer, "at": NOW}
    return add_contact(organisation=body, email=email, **told)


def a_draft(cast: Cast, world: World, **values: Any) -> Call:
    told = {
        "title": "Yearly update",
        "message": "",
        "closes_on": LATER,
        "organisations": [cast.donor_a, cast.donor_b],
    }
    return calls.draft_call(world.plan, **told | {"by": cast.officer, "at": NOW} | values)


def an_open_call(cast: Cast, world: World, **values: Any) -> Call:
    draft = a_draft(cast, world, **values)
    opened = calls.open_call(draft, expected_version=draft.version, by=cast.officer, at=NOW)
    work_through()
    return opened


def tokens() -> list[str]:
    """The tokens of all mails that left, in order."""
    return [token for sent in mail.outbox for token in re.findall(r"/answer/([\w-]+)/", sent.body)]


def a_link(token: str | None = None) -> Link:
    return link_behind(token or tokens()[-1], at=NOW)


def standings(call: Call) -> dict[str, Standing]:
    return {each.invitation.organisation.name: each.standing for each in chase_list(call, on=TODAY)}


def test_every_move_of_a_call_and_a_mail_is_in_the_tables():
    for table, after in (
        (call_rules.CALL_MOVES, call_rules.call_after),
        (call_rules.MESSAGE_MOVES, call_rules.message_after),
    ):
        states = {state for state, _move in table} | {state for state in table.values() if state}
        for state in states:
            for move in {move for _state, move in table}:
                if (state, move) in table:
                    assert after(state, move) == table[state, move]
                else:
                    with pytest.raises(IllegalMove):
                        after(state, move)


@pytest.mark.parametrize(
    ("told", "standing"),
    [
        (Told(), Standing.NOT_SENT),
        (Told(sent=True), Standing.NOT_REACTED),
        (Told(sent=True, opened=True), Standing.OPENED),
        (Told(sent=True, opened=True, colleague=True), Standing.COLLEAGUE),
        (Told(sent=True, delivered=True), Standing.DELIVERED),
        (Told(sent=True, answer="confirmed", way="link"), Standing.DELIVERED),
        (Told(sent=True, answer="nothing", way="link", delivered=True), Standing.NOTHING),
        (Told(answer="changed", way="on-behalf"), Standing.ON_BEHALF),
        (Told(answer="changed", way="on-behalf", delivered=True), Standing.DELIVERED),
        (Told(answer="nothing", way="on-behalf"), Standing.NOTHING),
    ],
)
def test_what_an_organisation_says_itself_goes_before_what_an_officer_was_told(
    told: Told, standing: Standing
):
    assert standing_of(told) is standing


def test_those_who_report_in_the_plan_may_be_asked(cast: Cast, asked: World):
    found = candidates(asked.plan, actor=cast.officer, on=TODAY)

    assert [(each.organisation, each.actions, len(each.contacts)) for each in found] == [
        (cast.donor_a, 2, 1),  # the RED one is not even the secretariat's to count
        (cast.donor_b, 1, 0),
    ]


def test_opening_a_call_mails_each_focal_point_once(cast: Cast, asked: World):
    call = an_open_call(cast, asked)
    for message in Message.objects.all():
        assert not outbox.deliver(message.key, at=NOW)

    (sent,) = mail.outbox
    assert sent.to == ["focal@example.org"]
    ((name, content, _type),) = sent.attachments
    assert name.endswith(".xlsx")
    assert "[TLP:AMBER+STRICT]" in sent.subject
    book = openpyxl.load_workbook(io.BytesIO(content))
    said = str([cell.value for sheet in book for row in sheet.iter_rows() for cell in row])
    assert "Amber training" in said
    assert "Red training" not in said
    assert "Of another" not in said
    assert "Yearly update: please answer by" in sent.subject
    assert "2 actions that Donor A reports" in sent.body
    assert standings(call) == {"Donor A": Standing.NOT_REACTED, "Donor B": Standing.NOT_SENT}
    assert [event.event for event in history_of(call)] == ["call-drafted", "call-opened"]


def test_the_link_stands_in_the_mail_and_nowhere_else(cast: Cast, asked: World):
    an_open_call(cast, asked)
    (token,) = tokens()

    kept = [str(row) for table in (Message, Link, Invitation) for row in table.objects.values()]
    assert token not in "".join(kept)
    assert len(token) >= 43  # 256 bits


@pytest.mark.parametrize("wrong", ["anonymous", "reporter_a", "lead_partner", "auditor", "administrator"])
def test_others_open_no_call(cast: Cast, asked: World, wrong: str):
    draft = a_draft(cast, asked)
    with pytest.raises(NotPermitted):
        a_draft(cast, asked, by=getattr(cast, wrong))
    with pytest.raises(NotPermitted):
        calls.open_call(draft, expected_version=draft.version, by=getattr(cast, wrong), at=NOW)
    assert not Message.objects.exists()


def test_a_stale_or_repeated_opening_sends_nothing(cast: Cast, asked: World):
    draft = a_draft(cast, asked)
    with pytest.raises(StaleWrite):
        calls.open_call(draft, expected_version=draft.version + 1, by=cast.officer, at=NOW)
    assert not Message.objects.exists()
    opened = calls.open_call(draft, expected_version=draft.version, by=cast.officer, at=NOW)
    with pytest.raises(IllegalMove):
        calls.open_call(opened, expected_version=opened.version, by=cast.officer, at=NOW)
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    "wrong", [{"title": " "}, {"organisations": []}, {"closes_on": TODAY - timedelta(days=1)}]
)
def test_a_call_without_title_deadline_or_anybody_to_ask_is_refused(
    cast: Cast, asked: World, wrong: dict[str, Any]
):
    with pytest.raises(BadInput):
        a_draft(cast, asked, **wrong)


def test_a_draft_is_changed_and_dropped(cast: Cast, asked: World):
    draft = a_draft(cast, asked)
    told = {"title": "Other", "message": "m", "closes_on": LATER, "by": cast.officer, "at": NOW}
    changed = calls.change_draft(draft, organisations=[cast.donor_b], expected_version=draft.version, **told)
    assert [each.organisation for each in changed.invitations.all()] == [cast.donor_b]
    calls.drop_draft(changed, expected_version=changed.version, by=cast.officer, at=NOW)
    assert not Call.objects.exists()


def test_who_had_no_focal_point_is_asked_once_there_is_one(cast: Cast, asked: World):
    call = an_open_call(cast, asked)
    with pytest.raises(BadInput, match="focal point"):
        calls.ask_also(call, [cast.donor_b], by=cast.officer, at=NOW)
    focal_point(cast, cast.donor_b, "b@example.org")
    assert calls.ask_also(call, [cast.donor_b], by=cast.officer, at=NOW) == 1
    work_through()
    assert standings(call)["Donor B"] is Standing.NOT_REACTED


def test_a_refused_address_fails_at_once_and_is_told_in_our_words(
    cast: Cast, asked: World, monkeypatch: pytest.MonkeyPatch
):
    def refuse(_mail: Any) -> None:
        raise smtplib.SMTPRecipientsRefused({"focal@example.org": (550, b"no such user secret")})

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    an_open_call(cast, asked)

    message = Message.objects.get()
    assert (message.state, message.tries) == ("failed", 1)
    assert "refused the address" in message.failure
    assert "secret" not in message.failure
    assert not Link.objects.exists()

    monkeypatch.undo()
    outbox.send_again(message, by=cast.officer, at=NOW)
    work_through()
    assert Message.objects.get().state == "sent"


def test_a_server_out_of_reach_is_tried_again_five_times(
    cast: Cast, asked: World, monkeypatch: pytest.MonkeyPatch
):
    def unreachable(_mail: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", unreachable)
    an_open_call(cast, asked)
    states = []
    for _try in range(call_rules.TRIES):
        states.append(Message.objects.get().state)
        outbox.send_waiting(at=NOW)

    assert states == ["waiting", "waiting", "waiting", "waiting", "failed"]
    assert [call_rules.minutes_until_try(number) for number in (2, 3, 4, 5)] == [5, 15, 45, 135]


def test_a_mail_that_a_dead_process_was_sending_is_not_sent_twice(cast: Cast, asked: World):
    an_open_call(cast, asked)
    Message.objects.update(state="sending", sent_at=None, claimed_at=NOW)

    assert outbox.send_waiting(at=NOW + timedelta(minutes=9)) == 0
    assert Message.objects.get().state == "sending"
    assert outbox.send_waiting(at=NOW + timedelta(minutes=11)) == 0
    assert Message.objects.get().failure == call_rules.NOT_KNOWN
    assert len(mail.outbox) == 1


def test_nothing_is_mailed_to_a_contact_that_was_erased_meanwhile(cast: Cast, asked: World):
    draft = a_draft(cast, asked)
    calls.open_call(draft, expected_version=draft.version, by=cast.officer, at=NOW)
    contact = cast.donor_a.contacts.get()
    erase_contact(contact=contact, by=cast.officer, at=NOW)
    work_through()

    assert (mail.outbox, Message.objects.get().state) == ([], "dropped")


def test_a_link_shows_what_its_organisation_s_reporter_may_see_and_no_more(cast: Cast, asked: World):
    an_open_call(cast, asked)
    link = a_link()
    person = link_person(cast.donor_a)
    assert link.invitation is not None

    titles = set(own_actions(link.invitation, actor=person).values_list("title", flat=True))
    reporters = actions_visible_to(cast.reporter_a, asked.framework).values_list("title", flat=True)
    assert titles == {"Open training", "Amber training"}
    assert titles <= set(reporters)
    assert set(actions_visible_to(person, asked.framework).values_list("title", flat=True)) == titles
    assert not can(person, Permission.VIEW_MEMBERS, within=WHOLE, organisation=cast.donor_a)
    assert not can(person, Permission.REPORT_OWN, within=WHOLE, organisation=cast.donor_b)


def test_confirming_all_confirms_what_was_shown_as_its_organisation(cast: Cast, asked: World):
    call = an_open_call(cast, asked)
    link = answers.open_answer(a_link(), at=NOW)
    seen = dict(own_actions(link.invitation, actor=link_person(cast.donor_a)).values_list("key", "version"))

    with pytest.raises(StaleWrite):
        answers.confirm_all(link, seen=seen | {"ZZZZZZZZ": 1}, at=NOW)
    assert answers.confirm_all(link, seen=seen, at=NOW) == 2
    assert set(Action.objects.filter(last_confirmed_on=TODAY).values_list("own_id", flat=True)) == {
        "A1",
        "A2",
    }
    assert standings(call)["Donor A"] is Standing.DELIVERED
    told = history_of(call.invitations.get(organisation=cast.donor_a))
    assert [event.event for event in told] == [
        "invitation-sent",
        "invitation-opened",
        "invitation-answered",
    ]
    assert told[-1].actor_ref == Person.objects.get(name="DA, through its link").ref


def test_a_file_through_a_link_changes_the_plan_as_its_organisation(cast: Cast, asked: World):
    call = an_open_call(cast, asked)
    action = asked.action("A1")
    content = f"key,title,status\n{action.key},Open training,completed\n".encode()

    receipt = answers.hand_in_file(a_link(), file_name="back.csv", content=content, at=NOW)
    assert receipt.input is not None
    assert asked.action("A1").status == ""
    answers.apply_file(a_link(), receipt.input, at=NOW)

    assert (asked.action("A1").status, asked.action("A1").last_confirmed_on) == ("completed", TODAY)
    assert not receipt.input.on_behalf
    assert standings(call)["Donor A"] is Standing.DELIVERED


def test_a_file_through_a_link_leaves_other_organisations_rows_alone(cast: Cast, asked: World):
    an_open_call(cast, asked)
    other = asked.action("A4")
    content = f"key,title\n{other.key},Taken over\n".encode()

    receipt = answers.hand_in_file(a_link(), file_name="b.csv", content=content, at=NOW)
    assert receipt.preview.counts.changed == 0
    assert receipt.input is not None
    with pytest.raises(ConcordError):
        answers.apply_file(a_link(), receipt.input, at=NOW)
    assert asked.action("A4").title == "Of another"


def test_a_colleague_gets_a_link_of_their_own_and_the_first_goes_on(cast: Cast, asked: World):
    call = an_open_call(cast, asked)
    first = tokens()[0]
    for number in range(call_rules.COLLEAGUES):
        answers.ask_colleague(a_link(first), name="C", email=f"c{number}@example.org", at=NOW)
    with pytest.raises(IllegalMove):
        answers.ask_colleague(a_link(first), name="D", email="d@example.org", at=NOW)
    work_through()

    assert len(set(tokens())) == 1 + call_rules.COLLEAGUES
    assert all(link_behind(token, at=NOW) for token in tokens())
    assert cast.donor_a.contacts.filter(is_proposed=True).count() == call_rules.COLLEAGUES
    assert standings(call)["Donor A"] is Standing.COLLEAGUE


def test_unknown_revoked_expired_and_closed_links_are_not_there(cast: Cast, asked: World):
    call = an_open_call(cast, asked)
    (token,) = tokens()
    for wrong, at in (("x", NOW), (token, call_rules.expires_at(LATER))):
        with pytest.raises(NotFound):
            link_behind(wrong, at=at)
    calls.revoke_links(call.invitations.get(organisation=cast.donor_a), by=cast.officer, at=NOW)
    with pytest.raises(NotFound):
        link_behind(token, at=NOW)
    calls.remind(asked.framework, by=cast.officer, at=NOW)
    work_through()
    assert link_behind(tokens()[-1], at=NOW)
    calls.close_call(call, expected_version=call.version, by=cast.officer, at=NOW)
    with pytest.raises(NotFound):
        link_behind(tokens()[-1], at=NOW)
    assert not can(link_person(cast.donor_a), Permission.REPORT_OWN, within=WHOLE, organisation=cast.donor_a)


def test_a_longer_deadline_lengthens_the_links(cast: Cast, asked: World):
    call = an_open_call(cast, asked)
    (token,) = tokens()
    later = LATER + timedelta(days=30)
    with pytest.raises(BadInput):
        calls.extend_call(call, closes_on=TODAY, expected_version=call.version, by=cast.officer, at=NOW)
    calls.extend_call(call, closes_on=later, expected_version=call.version, by=cast.officer, at=NOW)

    assert link_behind(token, at=call_rules.expires_at(LATER))


def test_one_reminder_tells_a_person_of_everything_that_waits(cast: Cast, asked: World):
    focal_point(cast, cast.donor_b, "FOCAL@example.org")
    an_open_call(cast, asked)
    an_open_call(cast, asked, title="Second call")
    mail.outbox.clear()

    assert len(calls.remind(asked.framework, by=cast.officer, at=NOW)) == 1
    work_through()
    (digest,) = mail.outbox
    assert "4 answers are waited for" in digest.subject
    assert len(set(tokens())) == 4


def test_who_has_answered_is_not_reminded(cast: Cast, asked: World):
    an_open_call(cast, asked)
    answers.nothing_to_report(a_link(), at=NOW)

    assert calls.remind(asked.framework, by=cast.officer, at=NOW) == []
    with pytest.raises(NotPermitted):
        calls.remind(asked.framework, by=cast.reporter_a, at=NOW)
