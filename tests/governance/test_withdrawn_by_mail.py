"""Whom a mail of a question reached is told once that it was withdrawn; what still waits never leaves."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from concord.accounts.rules import Marking
from concord.accounts.scope import Scope
from concord.accounts.services import add_contact
from concord.analysis.models import Asking, Case
from concord.analysis.services import confirm_findings, reply
from concord.governance import asking as governance
from concord.governance.asking import Withdrawn, put_to_sources, remind_sources, withdraw_from_sources
from concord.intake import call_rules
from concord.intake.models import Link, Message
from concord.intake.queries.links import link_behind
from concord.intake.services.outbox import deliver, send_again
from concord.kernel import clock
from concord.kernel.errors import IllegalMove, NotFound, NotPermitted
from concord.plan.models import Action
from concord.work.worker import work_through
from tests.analysis.asked import both_reply, source, two_sources
from tests.analysis.conftest import let_the_engine_find
from tests.analysis.world import World, build_world
from tests.cast import Cast
from tests.crash import fail_at_each_statement
from tests.factories import FRAMEWORK

NOW = clock.now()
UNTIL = NOW.date() + timedelta(days=10)


@pytest.fixture
def world(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> World:
    """A plan without rows, and an engine that finds what a test says."""
    built = build_world(cast.lead_organisation)
    let_the_engine_find(built, monkeypatch)
    return built


@pytest.fixture
def case(world: World, cast: Cast) -> Case:
    """Donor A and Donor B have a focal point each; A1 and A2 overlap and were put to both by mail."""
    case = two_sources(world, cast, end="2039")
    acts: dict[str, Any] = {"by": cast.officer, "at": NOW}
    whole = Scope(FRAMEWORK)
    add_contact(organisation=cast.donor_a, within=whole, name="Ana", email="a@example.org", **acts)
    add_contact(organisation=cast.donor_b, within=whole, name="Bo", email="b@example.org", **acts)
    put_to_sources(case, answers_until=UNTIL, **acts)
    return case


def withdraw(case: Case, cast: Cast, **values: Any) -> Withdrawn:
    given = {"reason": "Meant for case Canary.", "by": cast.officer, "at": NOW} | values
    return withdraw_from_sources(case, **given)


def sent_now() -> list[Any]:
    """What leaves when the queue is worked through, and left not before."""
    before = len(mail.outbox)
    work_through()
    return sorted(mail.outbox[before:], key=lambda each: each.to[0])


def test_each_source_is_told_once_in_the_way_it_was_asked(case: Case, cast: Cast) -> None:
    asked = sent_now()
    assert len(asked) == 2

    done = withdraw(case, cast)
    told = sent_now()

    assert (done.mails, done.by_telephone) == (2, ())
    assert [each.to for each in told] == [["a@example.org"], ["b@example.org"]]
    assert sent_now() == []
    for each in told:
        assert each.subject.startswith("[TLP:GREEN] Withdrawn: our question of ")
        assert "You need not do anything" in each.body
        assert "/answer/" not in each.body
        assert "Canary" not in each.body
        assert "{link:" not in each.body


def test_a_source_reads_of_its_own_action_and_of_nobody_elses(case: Case, cast: Cast) -> None:
    sent_now()
    withdraw(case, cast)
    to_a, to_b = sent_now()

    assert "“Training of Albania’s border police”" in to_a.body
    assert "“Courses for border guards”" in to_b.body
    for each, others in ((to_a, ("Courses", "Donor B")), (to_b, ("Training of", "Donor A"))):
        assert all(other not in each.body for other in others)


def test_nothing_is_named_once_something_of_it_is_restricted(case: Case, cast: Cast) -> None:
    sent_now()
    Action.objects.filter(own_id="A2").update(marking=Marking.AMBER)
    withdraw(case, cast)

    for each in sent_now():
        assert "with a question about its actions and others.\n" in each.body
        assert "Training of" not in each.body
        assert "Courses" not in each.body
        assert each.subject.startswith("[TLP:GREEN]")


def test_who_replied_reads_that_nothing_is_done_because_of_it(case: Case, cast: Cast) -> None:
    sent_now()
    mine = source(Asking.objects.get(), cast.donor_a)
    reply(mine, says="talk", way="desk", by=cast.reporter_a, at=NOW)
    withdraw(case, cast)
    to_a, to_b = sent_now()

    assert "What you told us is kept" in to_a.body
    assert "What you told us" not in to_b.body


def test_a_mail_that_still_waits_never_leaves_and_its_reader_hears_nothing(case: Case, cast: Cast) -> None:
    done = withdraw(case, cast)

    assert (done.mails, done.by_telephone) == (0, ())
    assert sent_now() == []
    assert set(Message.objects.values_list("sort", "state")) == {("question", "dropped")}


@pytest.mark.parametrize(
    ("state", "failure", "told"),
    [
        ("sending", "", 2),  # it may leave in the same moment
        ("failed", call_rules.NOT_KNOWN, 2),
        ("failed", "The mail server refused the address. Check it with the contact.", 0),
        ("dropped", "", 0),
    ],
)
def test_whom_a_mail_may_have_reached_is_told(
    case: Case, cast: Cast, state: str, failure: str, told: int
) -> None:
    Message.objects.update(state=state, failure=failure, claimed_at=NOW)

    assert withdraw(case, cast).mails == told


def test_the_links_end_and_a_mail_that_failed_is_not_sent_again(case: Case, cast: Cast) -> None:
    asked = sent_now()
    failed = Message.objects.order_by("pk")[0]
    withdraw(case, cast)

    for each in asked:
        with pytest.raises(NotFound):
            link_behind(re.findall(r"/answer/([\w-]+)/", each.body)[0], at=NOW)
    assert not Link.objects.filter(revoked_at=None).exists()
    Message.objects.filter(pk=failed.pk).update(state="failed", sent_at=None)
    failed.refresh_from_db()
    again = send_again(failed, by=cast.officer, at=NOW)
    assert not deliver(again.key, at=NOW)
    assert Link.objects.filter(revoked_at=None).count() == 0


def test_who_was_reminded_is_told_once_all_the_same(case: Case, cast: Cast, world: World) -> None:
    sent_now()
    remind_sources(world.framework, by=cast.officer, at=NOW + timedelta(days=8))
    sent_now()

    assert withdraw(case, cast, at=NOW + timedelta(days=9)).mails == 2
    assert len(sent_now()) == 2


def test_a_source_without_a_mail_is_named_for_the_telephone_and_an_erased_contact_is_left(
    world: World, case: Case, cast: Cast
) -> None:
    Message.objects.filter(organisation=cast.donor_b).delete()
    sent_now()
    cast.donor_a.contacts.update(email="", erased_at=NOW, name="")

    done = withdraw(case, cast)

    assert (done.mails, done.by_telephone) == (0, (cast.donor_b,))


def test_nobody_is_reminded_of_it_and_it_can_be_asked_anew(case: Case, cast: Cast, world: World) -> None:
    sent_now()
    withdraw(case, cast)
    sent_now()

    assert remind_sources(world.framework, by=cast.officer, at=NOW + timedelta(days=8)) == 0
    assert put_to_sources(case, answers_until=UNTIL, by=cast.officer, at=NOW).mails == 2
    anew = sent_now()
    assert [bool(re.search(r"/answer/[\w-]+/", each.body)) for each in anew] == [True, True]


def test_who_may_not_withdraw_and_what_cannot_be_withdrawn_leaves_links_and_mails(
    case: Case, cast: Cast
) -> None:
    sent_now()
    for person in (cast.reporter_a, cast.board_member, cast.auditor):
        with pytest.raises((NotFound, NotPermitted)):
            withdraw(case, cast, by=person)
    both_reply(Asking.objects.get(), cast, at=NOW)
    confirm_findings(case, by=cast.officer, at=NOW)
    with pytest.raises(IllegalMove):
        withdraw(case, cast)

    assert sent_now() == []
    assert Link.objects.filter(revoked_at=None).count() == 2


def test_nothing_is_withdrawn_where_a_mail_cannot_be_queued(
    case: Case, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: Any) -> int:
        raise NotPermitted("No mail from you.")

    sent_now()
    monkeypatch.setattr(governance, "tell_withdrawn", broken)
    with pytest.raises(NotPermitted):
        withdraw(case, cast)

    assert Asking.objects.get().ended_at is None
    assert Link.objects.filter(revoked_at=None).count() == 2


@pytest.mark.slow
def test_a_question_is_withdrawn_and_told_whole_or_not_at_all(case: Case, cast: Cast) -> None:
    sent_now()
    assert fail_at_each_statement(lambda: withdraw(case, cast)) >= 10
