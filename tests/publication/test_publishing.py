"""The way of an endorsed text to the public: two people, exactly once, whole or not at all."""

import json
import threading
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from concord.accounts.services import operator
from concord.audit.events import EventName
from concord.audit.queries import history_of, verify_chain
from concord.governance.services import record_decision
from concord.kernel.canonical import canonical_bytes, sha256_hex
from concord.kernel.errors import IllegalMove, NotPermitted, StaleWrite
from concord.publication import signing
from concord.publication.models import Edition, EditionAction, EditionFile, PublishRequest
from concord.publication.queries import bytes_of, request_for, requests_of
from concord.publication.services import (
    ask_to_publish,
    confirm_publication,
    finish_editions,
    publish,
    withdraw_request,
)
from tests.analysis.world import an_action
from tests.cast import Cast, standing_cast
from tests.crash import fail_at_each_statement
from tests.factories import NOON
from tests.publication.conftest import Press

pytestmark = pytest.mark.django_db


def test_an_edition_is_the_public_text_signed_and_numbered(press: Press):
    edition = press.published()
    content = bytes_of(edition)
    document = json.loads(content)

    assert (edition.number, edition.version.number) == (1, 1)
    assert edition.sha256 == sha256_hex(content)
    assert canonical_bytes(document) == content
    assert signing.is_signed(content, edition.signature, edition.public_key)
    assert document["version"]["decision"]["number"] == "Decision 1"
    assert document["edition"] == {
        "number": 1,
        "in_force_from": "2019-06-03",
        "published_on": "2019-06-03",
        "previous_sha256": None,
        "profile": "open",
    }
    assert len(document["actions"]) == 3
    assert {file.format for file in edition.files.all()} == {"docx", "xlsx", "csv", "iati"}


def test_the_public_bytes_hold_nothing_of_the_internal_version(press: Press):
    edition = press.published()
    content = bytes_of(edition)
    assert edition.commitment == edition.version.commitment
    assert edition.commitment.encode() not in content
    assert b'"ref":"d1"' not in content


def test_editions_form_a_chain(press: Press):
    first = press.published()
    press.world.record(an_action(4, "One more"))
    second = press.published()
    assert (first.number, second.number) == (1, 2)
    assert second.previous_sha256 == first.sha256
    assert json.loads(bytes_of(second))["edition"]["previous_sha256"] == first.sha256


def test_publishing_again_gives_the_same_edition(press: Press):
    version = press.confirmed()
    one = publish(version, by=press.cast.second_officer, at=NOON)
    other = publish(version, by=press.cast.officer, at=NOON + timedelta(days=1))
    assert one == other
    assert Edition.objects.count() == 1
    assert len([event for event in history_of(one) if event.event == EventName.EDITION_PUBLISHED]) == 1


def test_nobody_confirms_their_own_request(press: Press):
    request = ask_to_publish(press.endorsed(), by=press.cast.officer, at=NOON)
    with pytest.raises(IllegalMove, match="second person"):
        confirm_publication(request, by=press.cast.officer, at=NOON)
    assert PublishRequest.objects.get().state == "asked"


def test_the_database_too_wants_two_people(press: Press):
    request = ask_to_publish(press.endorsed(), by=press.cast.officer, at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        PublishRequest.objects.filter(pk=request.pk).update(
            state="confirmed", confirmed_by=press.cast.officer, confirmed_at=NOON
        )


@pytest.mark.parametrize(
    "who", ["lead_partner", "reporter_a", "board_member", "auditor", "administrator", "anonymous"]
)
def test_who_may_not_confirm(press: Press, who: str):
    request = ask_to_publish(press.endorsed(), by=press.cast.officer, at=NOON)
    with pytest.raises(NotPermitted):
        confirm_publication(request, by=getattr(press.cast, who), at=NOON)
    assert PublishRequest.objects.get().state == "asked"


@pytest.mark.parametrize("who", ["co_lead_partner", "reporter_a", "board_member", "suspended", "anonymous"])
def test_who_may_not_ask(press: Press, who: str):
    version = press.endorsed()
    with pytest.raises(NotPermitted):
        ask_to_publish(version, by=getattr(press.cast, who), at=NOON)
    assert not PublishRequest.objects.exists()


def test_who_may_not_publish(press: Press):
    version = press.confirmed()
    with pytest.raises(NotPermitted):
        publish(version, by=press.cast.lead_partner, at=NOON)
    assert not Edition.objects.exists()


def test_only_an_endorsed_text_is_published(press: Press):
    with pytest.raises(IllegalMove, match="not endorsed"):
        ask_to_publish(press.frozen(), by=press.cast.officer, at=NOON)


def test_publishing_waits_for_both_people(press: Press):
    version = press.endorsed()
    with pytest.raises(IllegalMove, match="Nobody has asked"):
        publish(version, by=press.cast.officer, at=NOON)
    ask_to_publish(version, by=press.cast.officer, at=NOON)
    with pytest.raises(IllegalMove, match="second person"):
        publish(version, by=press.cast.officer, at=NOON)
    assert not Edition.objects.exists()


def test_a_withdrawn_request_is_not_published_and_may_be_made_anew(press: Press):
    version = press.confirmed()
    request = request_for(version.pk)
    withdraw_request(request, by=press.cast.officer, at=NOON)
    with pytest.raises(IllegalMove):
        publish(version, by=press.cast.officer, at=NOON)
    ask_to_publish(version, by=press.cast.officer, at=NOON)
    assert [one.state for one in requests_of(press.world.plan.ref)] == ["asked"]


def test_a_decision_that_was_withdrawn_meanwhile_stops_the_publication(press: Press):
    version = press.confirmed()
    record_decision(
        press.world.framework,
        kind="withdraw",
        number="Decision 2",
        decided_on=date(2019, 6, 4),
        text="Withdrawn.",
        versions=[version],
        by=press.cast.officer,
        at=NOON,
    )
    with pytest.raises(IllegalMove, match="not endorsed"):
        publish(version, by=press.cast.officer, at=NOON)


def test_a_request_that_somebody_else_changed_is_stale(press: Press):
    request = ask_to_publish(press.endorsed(), by=press.cast.officer, at=NOON)
    again = PublishRequest.objects.get(pk=request.pk)
    withdraw_request(again, by=press.cast.officer, at=NOON)
    with pytest.raises(StaleWrite):
        confirm_publication(request, by=press.cast.second_officer, at=NOON)


def test_an_older_text_is_not_published_after_a_newer_one(press: Press):
    older = press.confirmed()
    newer = press.confirmed()
    publish(newer, by=press.cast.officer, at=NOON)
    with pytest.raises(IllegalMove, match="later text"):
        publish(older, by=press.cast.officer, at=NOON)


def test_a_text_is_in_force_from_its_decision_and_never_before_the_last_one(press: Press):
    press.published(on=date(2019, 6, 3))
    press.world.record(an_action(4, "One more"))
    version = press.endorsed(on=date(2019, 6, 10))
    with pytest.raises(IllegalMove, match="before the day of its decision"):
        ask_to_publish(version, in_force_from=date(2019, 6, 9), by=press.cast.officer, at=NOON)
    earlier = press.endorsed(on=date(2019, 5, 1))
    with pytest.raises(IllegalMove, match="Version 1 is in force from 2019-06-03"):
        ask_to_publish(earlier, in_force_from=date(2019, 6, 2), by=press.cast.officer, at=NOON)


def test_a_rehearsal_says_so_in_the_bytes(press: Press):
    edition = press.published(is_rehearsal=True)
    assert json.loads(bytes_of(edition))["version"]["decision"]["rehearsal"] is True


def test_what_was_published_cannot_be_changed_or_deleted(press: Press):
    edition = press.published()
    for act in (edition.save, edition.delete, Edition.objects.all().delete):
        with pytest.raises(IllegalMove):
            act()
    with pytest.raises(IllegalMove):
        Edition.objects.update(number=9)


def test_the_record_says_who_asked_who_confirmed_and_what_was_published(press: Press):
    edition = press.published()
    told = [(event.event, event.actor_ref) for event in history_of(edition.version)]
    assert (EventName.PUBLICATION_ASKED, press.cast.officer.ref) in told
    assert (EventName.PUBLICATION_CONFIRMED, press.cast.second_officer.ref) in told
    published = next(event for event in history_of(edition) if event.event == EventName.EDITION_PUBLISHED)
    assert published.details["sha256"] == edition.sha256
    assert published.details["commitment"] == edition.commitment
    assert verify_chain().ok


def test_a_failure_at_any_statement_leaves_nothing_half_done(press: Press):
    version = press.confirmed()
    operator()

    def act():
        version.refresh_from_db()
        publish(version, by=press.cast.second_officer, at=NOON)

    assert fail_at_each_statement(act) > 5
    assert Edition.objects.count() == 1


def test_what_an_upgrade_added_is_made_later_and_the_rest_stays(press: Press):
    edition = press.published()
    EditionFile.objects.filter(edition=edition, format="xlsx")._raw_delete("default")
    EditionAction.objects.filter(edition=edition).delete()
    kept = EditionFile.objects.get(edition=edition, format="docx").sha256
    assert finish_editions() == 1
    assert finish_editions() == 0
    assert edition.files.count() == 4
    assert edition.actions.count() == 3
    assert EditionFile.objects.get(edition=edition, format="docx").sha256 == kept


def test_an_upgrade_finishes_editions_by_itself(press: Press):
    from django.core.management import call_command

    edition = press.published()
    EditionAction.objects.filter(edition=edition).delete()
    call_command("migrate", "publication", verbosity=0)
    assert edition.actions.count() == 3


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_make_one_edition():
    from concord.plan.services import set_profile
    from tests.analysis.world import build_world

    cast: Cast = standing_cast()
    world = build_world(cast.lead_organisation)
    set_profile(world.framework, profile="open", by=cast.operator, at=NOON)
    world.record(an_action(1, "Training on firearms"))
    version = Press(world, cast).confirmed()
    made, problems = [], []
    start = threading.Barrier(8)

    def act():
        try:
            start.wait()
            made.append(publish(type(version).objects.get(pk=version.pk), by=cast.officer, at=NOON).sha256)
        except Exception as error:  # a thread's error would be lost
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=act) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert problems == []
    assert len(made) == 8
    assert len(set(made)) == 1
    assert Edition.objects.count() == 1
    assert verify_chain().ok
