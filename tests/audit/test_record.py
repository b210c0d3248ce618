"""Adding to the record of acts."""

import getpass
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import connection, transaction

from concord.audit.events import EventName
from concord.audit.models import ChainHead, Event
from concord.audit.queries import history_of, latest_events, verify_chain
from concord.audit.rules import FIRST_PREVIOUS_HASH, instant_of, instant_text
from concord.audit.services import record, record_refusal
from concord.kernel.errors import BadInput, ConcordError, IllegalMove
from tests.factories import NOON, a_person

ABOUT = ("action", "7ZK4M2PQ")


def an_act(**facts: object) -> Event:
    return record(EventName.ACTION_AMENDED, actor=None, about=ABOUT, at=NOON, **facts)


def test_an_act_is_stored_as_it_was_told(db):
    person = a_person("Somebody")
    added = record(
        EventName.ACTION_AMENDED, actor=person, about=ABOUT, at=NOON, fields=["title"], reason="typo"
    )

    stored = Event.objects.get(pk=added.pk)
    assert (stored.event, stored.actor_ref) == ("action-amended", person.ref)
    assert (stored.about_type, stored.about_key) == ABOUT
    assert stored.at == NOON
    assert stored.details == {"fields": ["title"], "reason": "typo"}
    assert stored.facts == '{"fields":["title"],"reason":"typo"}'


def test_neither_name_nor_address_of_the_actor_is_kept(db):
    person = a_person("Very Particular Name", email="very.particular@example.org")
    record(EventName.ACTION_AMENDED, actor=person, about=person, at=NOON)

    rows = json.dumps(list(Event.objects.values()), default=str).casefold()
    assert "very particular" not in rows
    assert "very.particular" not in rows


def test_rows_are_numbered_without_gap_and_chained(db):
    first, second = an_act(n=1), an_act(n=2)

    assert (first.sequence, second.sequence) == (1, 2)
    assert first.previous_hash == FIRST_PREVIOUS_HASH
    assert second.previous_hash == first.hash
    assert ChainHead.objects.get().hash == second.hash


def test_for_a_system_account_the_user_of_the_operating_system_is_noted(cast):
    by_operator = record(EventName.ACTION_AMENDED, actor=cast.operator, about=ABOUT, at=NOON)
    by_officer = record(EventName.ACTION_AMENDED, actor=cast.officer, about=ABOUT, at=NOON)

    assert by_operator.os_user == getpass.getuser()
    assert by_officer.os_user == ""


def test_a_thing_may_name_itself(db):
    person = a_person()
    record(EventName.PERSON_RENAMED, actor=person, about=person, at=NOON)

    assert [event.event for event in history_of(person)][-1] == "person-renamed"


def test_the_history_of_a_thing_is_in_order_and_only_its_own(db):
    an_act(n=1)
    record(EventName.ACTION_AMENDED, actor=None, about=("action", "OTHER000"), at=NOON)
    record(EventName.ACTION_CONFIRMED, actor=None, about=ABOUT, at=NOON - timedelta(days=1))

    assert [event.event for event in history_of(ABOUT)] == ["action-amended", "action-confirmed"]
    assert history_of(("action", "NEVER000")) == []


def test_the_latest_acts_come_first_and_by_page(db):
    for number in range(5):
        an_act(n=number)

    assert [event.sequence for event in latest_events(2)] == [5, 4]
    assert [event.sequence for event in latest_events(2, before=4)] == [3, 2]


@pytest.mark.parametrize("fact", [object(), {1, 2}, NOON, float("nan"), b"bytes"])
def test_facts_that_json_cannot_hold_are_refused_and_leave_no_trace(db, fact):
    with pytest.raises(BadInput):
        an_act(fact=fact)

    assert not Event.objects.exists()
    assert an_act().sequence == 1


def test_an_instant_without_time_zone_is_refused(db):
    with pytest.raises(BadInput, match="time zone"):
        record(EventName.ACTION_AMENDED, actor=None, about=ABOUT, at=NOON.replace(tzinfo=None))


def test_a_name_outside_the_vocabulary_is_refused(db):
    with pytest.raises(ValueError, match="is not a valid EventName"):
        record("action-juggled", actor=None, about=ABOUT, at=NOON)


def test_instants_are_kept_in_utc_to_the_microsecond(db):
    summer = datetime(2026, 7, 1, 10, 30, 0, 7, tzinfo=timezone(timedelta(hours=2)))

    assert instant_text(summer) == "2026-07-01T08:30:00.000007Z"
    assert instant_of("2026-07-01T08:30:00.000007Z") == summer
    assert instant_of(instant_text(NOON)) == NOON.astimezone(UTC)


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_recorded():
    with pytest.raises(RuntimeError, match="inside the transaction"):
        an_act()

    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_leaves_no_row_and_no_gap():
    with transaction.atomic():
        an_act(n=1)
    with transaction.atomic():
        an_act(n=2)
        transaction.set_rollback(True)
    with transaction.atomic():
        third = an_act(n=3)

    assert third.sequence == 2
    assert verify_chain().ok


@pytest.mark.django_db(transaction=True)
def test_a_refusal_is_recorded_in_a_transaction_of_its_own():
    record_refusal(actor=None, permission="merge-actions", about=ABOUT, at=NOON, path="/desk/")

    event = Event.objects.get()
    assert event.event == "permission-refused"
    assert event.details == {"permission": "merge-actions", "path": "/desk/"}


@pytest.mark.django_db(transaction=True)
def test_many_writers_at_once_make_one_chain_without_gap():
    def write(number: int) -> None:
        try:
            for step in range(5):
                with transaction.atomic():
                    an_act(writer=number, step=step)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=8) as pool:
        list(pool.map(write, range(8)))

    report = verify_chain()
    assert (report.ok, report.events) == (True, 40)


def test_a_row_is_never_changed_nor_deleted_through_the_model(db):
    event = an_act()

    for attempt in (
        event.save,
        event.delete,
        lambda: Event.objects.update(event="x"),
        lambda: Event.objects.filter(pk=1).delete(),
        lambda: Event.objects.bulk_update([event], ["event"]),
    ):
        with pytest.raises(IllegalMove, match="only ever added to"):
            attempt()
    assert verify_chain().ok


def test_without_its_head_the_record_takes_no_more_rows(db):
    an_act()
    ChainHead.objects.all().delete()

    with pytest.raises(ConcordError, match="head of the record of acts is missing"):
        an_act()
