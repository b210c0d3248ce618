"""A case goes to its sources by mail in the same transaction, with a link that needs no account."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from concord.accounts.models import RoleGrant
from concord.accounts.rules import Marking
from concord.accounts.scope import Scope
from concord.accounts.services import add_contact
from concord.analysis.models import Asking, Case
from concord.analysis.services import reply, run
from concord.governance import asking as governance
from concord.governance.asking import Put, put_to_sources, remind_sources
from concord.intake.models import Link, Message
from concord.intake.queries.links import link_behind, organisation_of, person_of
from concord.intake.services import calls
from concord.kernel import clock
from concord.kernel.errors import NotFound, NotPermitted
from concord.plan.models import Action
from concord.work.worker import work_through
from tests.analysis.asked import source, two_sources
from tests.analysis.conftest import let_the_engine_find
from tests.analysis.world import World, build_world
from tests.cast import Cast
from tests.crash import fail_at_each_statement
from tests.factories import FRAMEWORK, PILLAR

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
    """Donor A and Donor B have a focal point each; A1 and A2 overlap."""
    case = two_sources(world, cast, end="2039")
    acts: dict[str, Any] = {"by": cast.officer, "at": NOW}
    whole = Scope(FRAMEWORK)
    add_contact(organisation=cast.donor_a, within=whole, name="Ana", email="a@example.org", **acts)
    add_contact(organisation=cast.donor_b, within=whole, name="Bo", email="b@example.org", **acts)
    return case


def put(case: Case, cast: Cast, **values: Any) -> Put:
    return put_to_sources(case, **({"answers_until": UNTIL, "by": cast.officer, "at": NOW} | values))


def tokens() -> list[str]:
    return [re.findall(r"/answer/([\w-]+)/", sent.body)[0] for sent in mail.outbox]


def test_both_sources_get_the_same_words_and_a_link_of_their_own(case: Case, cast: Cast) -> None:
    asked = put(case, cast)
    assert (asked.mails, asked.unreachable) == (2, ())
    assert not mail.outbox
    work_through()

    assert sorted(sent.to[0] for sent in mail.outbox) == ["a@example.org", "b@example.org"]
    assert len({sent.subject for sent in mail.outbox}) == 1
    for sent in mail.outbox:
        assert asked.asking.text in sent.body
        assert "“already agreed between us”, “these are different”, “let us talk”" in sent.body
    links = [link_behind(token, at=NOW) for token in tokens()]
    assert {organisation_of(link) for link in links} == {cast.donor_a, cast.donor_b}
    assert {link.asking_key for link in links} == {asked.asking.key}
    assert len({person_of(link) for link in links}) == 2


def test_no_token_is_kept_and_no_word_blames(case: Case, cast: Cast) -> None:
    put(case, cast)
    work_through()

    kept = " ".join(str(row) for table in (Message, Link) for row in table.objects.values())
    assert all(token not in kept for token in tokens())
    assert "It is a question, and nobody is blamed." in mail.outbox[0].body


@pytest.mark.parametrize("marking", [Marking.CLEAR, Marking.GREEN])
def test_the_subject_says_that_names_which_nobody_confirmed_are_for_members(
    case: Case, cast: Cast, marking: Marking
) -> None:
    Action.objects.filter(own_id="A2").update(marking=marking)
    put(case, cast)

    assert {m.subject.split("]")[0] for m in Message.objects.all()} == {"[TLP:GREEN"}


def test_a_source_without_a_contact_is_told_to_the_officer_and_asked_all_the_same(
    case: Case, cast: Cast
) -> None:
    cast.donor_b.contacts.update(email="", phone="1")

    asked = put(case, cast)

    assert (asked.mails, asked.unreachable) == (1, (cast.donor_b,))
    assert asked.asking.sources.count() == 2


def test_the_focal_point_of_the_pillar_goes_before_that_of_the_framework(case: Case, cast: Cast) -> None:
    pillar = Scope(FRAMEWORK, PILLAR)
    add_contact(
        organisation=cast.donor_a, within=pillar, name="Pia", email="p@example.org", by=cast.officer, at=NOW
    )
    put(case, cast)
    work_through()

    assert sorted(sent.to[0] for sent in mail.outbox) == ["b@example.org", "p@example.org"]


def test_a_lead_partner_puts_cases_of_its_pillar_and_nobody_else_does(case: Case, cast: Cast) -> None:
    assert put(case, cast, by=cast.lead_partner).mails == 2
    for person in (cast.reporter_a, cast.board_member, cast.auditor):
        with pytest.raises((NotFound, NotPermitted)):
            put(case, cast, by=person)
    assert Asking.objects.count() == 1


def test_nothing_is_asked_where_a_mail_cannot_be_queued(
    case: Case, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: Any) -> int:
        raise NotPermitted("No mail from you.")

    monkeypatch.setattr(governance, "ask_by_mail", broken)
    with pytest.raises(NotPermitted):
        put(case, cast)

    assert not Asking.objects.exists()
    assert not Message.objects.exists()


@pytest.mark.slow
def test_a_case_is_put_and_mailed_whole_or_not_at_all(case: Case, cast: Cast) -> None:
    assert fail_at_each_statement(lambda: put(case, cast)) >= 10


def test_asking_again_ends_the_earlier_links_and_mails_that_still_wait(case: Case, cast: Cast) -> None:
    put(case, cast)
    work_through()
    first = tokens()
    put(case, cast)
    put(case, cast)
    work_through()

    assert len(mail.outbox) == 4
    assert Message.objects.filter(state="dropped").count() == 2
    for token in first:
        with pytest.raises(NotFound):
            link_behind(token, at=NOW)


def test_links_end_two_weeks_after_the_last_day(case: Case, cast: Cast) -> None:
    put(case, cast)
    work_through()
    token = tokens()[0]

    assert link_behind(token, at=NOW + timedelta(days=24))
    with pytest.raises(NotFound):
        link_behind(token, at=NOW + timedelta(days=25))


def test_a_call_that_closes_leaves_the_question_open(case: Case, cast: Cast, world: World) -> None:
    acts: dict[str, Any] = {"by": cast.officer, "at": NOW}
    told = {"title": "Update", "message": "", "closes_on": NOW.date() + timedelta(days=9)}
    draft = calls.draft_call(world.plan, organisations=[cast.donor_a], **told, **acts)
    opened = calls.open_call(draft, expected_version=draft.version, **acts)
    put(case, cast)

    calls.close_call(opened, expected_version=opened.version, **acts)

    assert RoleGrant.objects.filter(role="link", organisation=cast.donor_a, revoked_at=None).exists()


def test_who_said_nothing_is_reminded_once_near_the_end(case: Case, cast: Cast, world: World) -> None:
    asked = put(case, cast)
    reply(source(asked.asking, cast.donor_a), says="talk", way="desk", by=cast.reporter_a, at=NOW)
    remind: dict[str, Any] = {"by": cast.officer}

    assert remind_sources(world.framework, at=NOW + timedelta(days=6), **remind) == 0
    assert remind_sources(world.framework, at=NOW + timedelta(days=7), **remind) == 1
    assert remind_sources(world.framework, at=NOW + timedelta(days=8), **remind) == 0
    assert Message.objects.latest("pk").subject.startswith("[TLP:GREEN] Reminder: a question waits")
    with pytest.raises(NotPermitted):
        remind_sources(world.framework, by=cast.lead_partner, at=NOW)


def test_a_mail_that_still_waits_does_not_leave_once_its_question_has_ended(
    world: World, case: Case, cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    put(case, cast)
    world.pairs = []
    with django_capture_on_commit_callbacks(execute=True):
        run(world.plan, by=cast.officer, at=NOW)  # the pair is no longer found
    work_through()

    assert not mail.outbox
    assert set(Message.objects.values_list("links_until", flat=True)) == {None}
    assert not Link.objects.filter(revoked_at=None).exists()
