"""A case is put to its sources at once, they say something, and the secretariat confirms."""

from datetime import timedelta
from typing import Any

import pytest

from concord.accounts.rules import Marking
from concord.analysis.asking_rules import Standing
from concord.analysis.models import AskedSource, Asking, Case, Finding, Reply
from concord.analysis.queries import asking_state, case_with, put_to, readiness_of, waiting_for_sources
from concord.analysis.services import (
    assess,
    confirm_findings,
    reply,
    take_back_reply,
    undo_confirmation,
)
from concord.audit.models import Event
from concord.kernel.errors import BadInput, IllegalMove, NotFound, NotPermitted
from concord.plan.models import Action
from tests.analysis.asked import UNTIL, asked, both_reply, source, two_sources
from tests.analysis.world import World
from tests.cast import Cast
from tests.factories import NOON

AFTER = NOON + timedelta(days=15)
"""The day after the last day to answer."""


@pytest.fixture
def case(world: World, cast: Cast) -> Case:
    """Two overlapping actions, of Donor A and of Donor B."""
    return two_sources(world, cast)


def standing(case: Case) -> Standing:
    return asking_state(case, on=NOON.date()).standing


def test_all_sources_are_asked_at_the_same_moment_with_the_same_text(case: Case, cast: Cast) -> None:
    asking = asked(case, cast)

    (a,), (b,) = (
        put_to(asking.key, actor=person, on=NOON.date()) for person in (cast.reporter_a, cast.reporter_b)
    )
    assert (a.asking.text, a.asking.at) == (b.asking.text, b.asking.at) == (asking.text, NOON)
    assert asking.text.startswith("These two may need coordinating, because both train on firearms")
    assert "“Training of Albania’s border police”, reported by Donor A" in asking.text
    assert {each.organisation for each in AskedSource.objects.all()} == {cast.donor_a, cast.donor_b}
    event = Event.objects.latest("pk")
    assert (event.event, event.details["asking"]) == ("sources-asked", asking.key)
    assert event.details["sources"] == [cast.donor_a.key, cast.donor_b.key]


def test_nobody_else_is_told(case: Case, cast: Cast) -> None:
    asking = asked(case, cast)

    for other in (cast.reporter_c, cast.viewer_a, cast.board_member, cast.officer, cast.anonymous):
        with pytest.raises(NotFound):
            put_to(asking.key, actor=other, on=NOON.date())
        assert waiting_for_sources(other, case.framework, on=NOON.date()) == []


@pytest.mark.parametrize("person", ["reporter_a", "viewer_a", "board_member", "observer", "auditor"])
def test_only_who_coordinates_puts_a_case_to_its_sources(case: Case, cast: Cast, person: str) -> None:
    with pytest.raises((NotPermitted, NotFound)):
        asked(case, cast, by=getattr(cast, person))
    assert not Asking.objects.exists()


def test_a_lead_partner_may_ask_about_its_pillar(case: Case, cast: Cast) -> None:
    assert asked(case, cast, by=cast.lead_partner).by == cast.lead_partner


def test_asking_again_ends_the_running_one(case: Case, cast: Cast) -> None:
    first = asked(case, cast)
    both_reply(first, cast)
    second = asked(case, cast, text="Asked anew.", at=NOON + timedelta(hours=1))

    first.refresh_from_db()
    assert first.ended_at is not None
    assert standing(case) is Standing.WAITING
    assert [put.asking for put in waiting_for_sources(cast.reporter_a, case.framework, on=UNTIL)] == [second]
    with pytest.raises(IllegalMove, match="ended"):
        reply(source(first, cast.donor_a), says="talk", way="desk", by=cast.reporter_a, at=NOON)


@pytest.mark.parametrize("values", [{"answers_until": NOON.date()}, {"text": "   "}, {"text": "x" * 8_001}])
def test_an_asking_needs_time_and_a_text(case: Case, cast: Cast, values: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        asked(case, cast, **values)


def test_what_one_source_may_not_see_is_never_asked_about(case: Case, cast: Cast) -> None:
    Action.objects.filter(own_id="A2").update(marking=Marking.AMBER)

    assert "never put to them" in readiness_of(case, actor=cast.officer, on=NOON.date()).why_not
    with pytest.raises(IllegalMove, match="never put to them"):
        asked(case, cast)
    with pytest.raises(NotFound):
        asked(case, cast, by=cast.lead_partner)


def test_a_source_that_nobody_identified_cannot_be_asked(case: Case, cast: Cast) -> None:
    Action.objects.filter(own_id="A2").update(reported_by_as_written="Some Fund")

    with pytest.raises(IllegalMove, match="“Some Fund”"):
        asked(case, cast)


def test_an_action_that_is_restricted_later_ends_what_was_asked(case: Case, cast: Cast) -> None:
    asking = asked(case, cast)
    Action.objects.filter(own_id="A2").update(marking=Marking.AMBER)

    with pytest.raises(NotFound):
        put_to(asking.key, actor=cast.reporter_a, on=NOON.date())
    with pytest.raises(IllegalMove):
        reply(source(asking, cast.donor_a), says="agreed", way="desk", by=cast.reporter_a, at=NOON)


# --- what sources say -----------------------------------------------------------------------------


def test_a_later_reply_replaces_the_earlier_and_nothing_is_deleted(case: Case, cast: Cast) -> None:
    mine = source(asked(case, cast), cast.donor_a)
    common: dict[str, Any] = {"way": "desk", "by": cast.reporter_a, "at": NOON}

    reply(mine, says="talk", **common)
    reply(mine, says="different", words=" Another police. ", **common)
    reply(mine, says="different", words="Another police.", **common)  # sent twice

    assert [(r.says, r.words, r.taken_back_at is None) for r in Reply.objects.all()] == [
        ("talk", "", False),
        ("different", "Another police.", True),
    ]
    assert Event.objects.filter(event="source-replied").count() == 2
    assert waiting_for_sources(cast.reporter_a, case.framework, on=NOON.date()) == []


def test_a_reply_is_taken_back_and_the_case_waits_again(case: Case, cast: Cast) -> None:
    asking = asked(case, cast)
    both_reply(asking, cast)
    assert standing(case) is Standing.HEARD

    take_back_reply(source(asking, cast.donor_b), way="desk", by=cast.reporter_b, at=NOON)

    assert standing(case) is Standing.WAITING
    with pytest.raises(IllegalMove, match="no reply"):
        take_back_reply(source(asking, cast.donor_b), way="desk", by=cast.reporter_b, at=NOON)


def test_only_the_source_itself_replies_or_an_officer_for_it(case: Case, cast: Cast) -> None:
    mine = source(asked(case, cast), cast.donor_a)

    for person, way in (
        (cast.reporter_b, "desk"),
        (cast.viewer_a, "desk"),
        (cast.officer, "desk"),
        (cast.reporter_a, "on-behalf"),
        (cast.auditor, "on-behalf"),
    ):
        with pytest.raises((NotPermitted, NotFound)):
            reply(mine, says="agreed", way=way, by=person, at=NOON)
    assert not Reply.objects.exists()

    kept = reply(mine, says="agreed", way="on-behalf", by=cast.officer, at=NOON)
    assert (kept.by, kept.way) == (cast.officer, "on-behalf")


def test_a_co_lead_replies_for_its_own_organisation(case: Case, cast: Cast) -> None:
    kept = reply(
        source(asked(case, cast), cast.donor_a), says="talk", way="desk", by=cast.co_lead_partner, at=NOON
    )
    assert kept.source.organisation == cast.donor_a


def test_an_early_answer_of_an_officer_does_not_take_the_word_from_the_sources(
    case: Case, cast: Cast
) -> None:
    mine = source(asked(case, cast), cast.donor_a)
    finding = Finding.objects.get()
    assess(finding, answer="joined", expected_version=finding.version, by=cast.officer, at=NOON)

    reply(mine, says="talk", way="desk", by=cast.reporter_a, at=NOON)
    with pytest.raises(IllegalMove):
        reply(mine, says="agreed", way="desk", by=cast.reporter_a, at=AFTER)


def test_a_reply_answers_nothing_by_itself(case: Case, cast: Cast) -> None:
    both_reply(asked(case, cast), cast)

    assert not Finding.objects.get().assessments.exists()
    assert asking_state(case, on=NOON.date()).meaning.text == "Both say: already agreed between us."


# --- confirming -----------------------------------------------------------------------------------


def test_the_secretariat_confirms_only_after_both_could_answer(case: Case, cast: Cast) -> None:
    with pytest.raises(IllegalMove, match="have not been asked"):
        confirm_findings(case, by=cast.officer, at=NOON)
    asking = asked(case, cast)
    reply(source(asking, cast.donor_a), says="agreed", way="desk", by=cast.reporter_a, at=NOON)
    with pytest.raises(IllegalMove, match="only after both could answer"):
        confirm_findings(case, by=cast.officer, at=NOON)
    assert Finding.objects.get().confirmed_at is None

    assert confirm_findings(case, by=cast.officer, at=AFTER) == 1

    finding = Finding.objects.get()
    assert (finding.confirmed_by, finding.confirmed_at) == (cast.officer, AFTER)
    with pytest.raises(IllegalMove, match="already"):
        confirm_findings(case, by=cast.officer, at=AFTER)
    with pytest.raises(IllegalMove, match="Undo the confirmation"):
        asked(case, cast, at=AFTER, answers_until=AFTER.date() + timedelta(days=9))


def test_a_confirmation_can_be_undone(case: Case, cast: Cast) -> None:
    both_reply(asked(case, cast), cast)
    confirm_findings(case, by=cast.officer, at=NOON)
    assert standing(case) is Standing.CONFIRMED

    assert undo_confirmation(case, by=cast.second_officer, at=NOON) == 1

    assert Finding.objects.get().confirmed_by is None
    assert standing(case) is Standing.HEARD
    with pytest.raises(IllegalMove):
        undo_confirmation(case, by=cast.officer, at=NOON)
    assert list(Event.objects.order_by("-pk").values_list("event", flat=True)[:2]) == [
        "findings-confirmation-undone",
        "findings-confirmed",
    ]


@pytest.mark.parametrize(
    "person", ["lead_partner", "co_lead_partner", "reporter_a", "auditor", "board_member"]
)
def test_nobody_but_the_secretariat_confirms(case: Case, cast: Cast, person: str) -> None:
    both_reply(asked(case, cast), cast)

    with pytest.raises((NotPermitted, NotFound)):
        confirm_findings(case, by=getattr(cast, person), at=NOON)
    assert Finding.objects.get().confirmed_at is None


def test_a_case_is_found_by_whoever_sees_one_of_its_pairs(case: Case, cast: Cast) -> None:
    assert case_with(case.key, actor=cast.officer) == case
    with pytest.raises(NotFound):
        case_with(case.key, actor=cast.board_member)
    with pytest.raises(NotFound):
        case_with("ZZZZZZZZ", actor=cast.officer)


def test_a_synergy_is_offered_to_both(world: World, cast: Cast) -> None:
    offered = asked(two_sources(world, cast, "synergy"), cast)
    mine = source(offered, cast.donor_a)

    with pytest.raises(BadInput):
        reply(mine, says="agreed", way="desk", by=cast.reporter_a, at=NOON)
    assert reply(mine, says="accept", way="desk", by=cast.reporter_a, at=NOON).says == "accept"
    assert offered.text.startswith("These two may gain from being joined")


def test_one_source_that_reports_both_is_asked_once(world: World, cast: Cast) -> None:
    case = two_sources(world, cast)
    Action.objects.filter(own_id="A2").update(reporting_organisation=cast.donor_a)

    asked(case, cast)

    assert [each.organisation for each in AskedSource.objects.all()] == [cast.donor_a]
