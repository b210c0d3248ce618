"""What the sources of a case are asked is withdrawn: it ends, the case is as not asked, replies are kept."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from concord.accounts.rules import Marking
from concord.analysis.asking_rules import Standing
from concord.analysis.models import Asking, Case, Finding, Reply
from concord.analysis.queries import (
    CaseFilters,
    asking_state,
    case_with,
    cases_in,
    may_withdraw,
    put_to,
    waiting_for_sources,
    withdrawn_from,
)
from concord.analysis.services import asking as asking_services
from concord.analysis.services import (
    assess,
    confirm_findings,
    reply,
    take_back_reply,
    undo_confirmation,
    withdraw_asking,
)
from concord.audit.models import Event
from concord.kernel.errors import BadInput, IllegalMove, NotFound, NotPermitted, StaleWrite
from concord.plan.models import Action
from tests.analysis.asked import UNTIL, asked, both_reply, source, two_sources
from tests.analysis.world import World
from tests.cast import Cast
from tests.factories import NOON

LATER = NOON + timedelta(hours=1)
AFTER = NOON + timedelta(days=15)
"""The day after the last day to answer."""


@pytest.fixture
def case(world: World, cast: Cast) -> Case:
    """Two overlapping actions, of Donor A and of Donor B."""
    return two_sources(world, cast)


def withdrawn(case: Case, cast: Cast, **values: Any) -> Asking:
    """Withdrawn by the officer an hour after it was asked."""
    given = {"reason": "The wrong case.", "by": cast.officer, "at": LATER} | values
    return withdraw_asking(case, **given)


def filtered(world: World, cast: Cast, how: str) -> list[int]:
    places = cases_in(world.plan, actor=cast.officer, on=NOON.date(), filters=CaseFilters(asked=how))
    return [place.pk for place in places]


def test_the_question_ends_and_the_case_stands_as_not_asked(world: World, case: Case, cast: Cast) -> None:
    asking = asked(case, cast)
    assert (filtered(world, cast, "waiting"), filtered(world, cast, "no")) == ([case.pk], [])

    kept = withdrawn(case, cast, reason="  The wrong case. ")

    assert (kept.pk, kept.ended_at, kept.withdrawn_by) == (asking.pk, LATER, cast.officer)
    assert kept.withdrawn_reason == "The wrong case."
    state = asking_state(case, on=NOON.date())
    assert (state.standing, state.takes_replies) == (Standing.NOT_ASKED, False)
    assert (filtered(world, cast, "waiting"), filtered(world, cast, "no")) == ([], [case.pk])
    event = Event.objects.latest("pk")
    assert (event.event, event.actor_ref) == ("asking-withdrawn", cast.officer.ref)
    assert event.details == {"asking": asking.key, "replied": []}


def test_replies_stay_and_come_to_nothing(world: World, case: Case, cast: Cast) -> None:
    both_reply(asked(case, cast), cast)
    assert filtered(world, cast, "answered") == [case.pk]

    withdrawn(case, cast)

    state = asking_state(case, on=NOON.date())
    assert [each.reply.says for each in state.sources if each.reply] == ["agreed", "agreed"]
    assert Reply.objects.filter(taken_back_at=None).count() == 2
    assert (state.standing, state.meaning.text, state.meaning.answers) == (Standing.NOT_ASKED, "", ())
    assert filtered(world, cast, "answered") == []
    assert Event.objects.latest("pk").details["replied"] == [cast.donor_a.key, cast.donor_b.key]
    with pytest.raises(IllegalMove, match="have not been asked"):
        confirm_findings(case, by=cast.officer, at=AFTER)


def test_a_source_reads_that_it_was_withdrawn_and_no_names_any_more(case: Case, cast: Cast) -> None:
    asking = asked(case, cast)
    assert case_with(case.key, actor=cast.reporter_a)
    withdrawn(case, cast)

    (put,) = put_to(asking.key, actor=cast.reporter_a, on=NOON.date())

    assert put.asking.is_withdrawn
    assert (put.actions, put.findings, put.takes_replies) == ((), (), False)
    assert waiting_for_sources(cast.reporter_a, case.framework, on=NOON.date()) == []
    with pytest.raises(NotFound):
        case_with(case.key, actor=cast.reporter_a)
    for other in (cast.reporter_c, cast.viewer_a, cast.officer, cast.anonymous):
        with pytest.raises(NotFound):
            put_to(asking.key, actor=other, on=NOON.date())
        assert withdrawn_from(other, case.framework, on=NOON.date()) == []


def test_the_desk_says_so_until_the_last_day_or_until_it_is_asked_anew(case: Case, cast: Cast) -> None:
    def told(on: Any) -> list[Asking]:
        return [put.asking for put in withdrawn_from(cast.reporter_a, case.framework, on=on)]

    asking = asked(case, cast)
    assert told(NOON.date()) == []
    withdrawn(case, cast)

    assert told(UNTIL) == [asking]
    assert told(UNTIL + timedelta(days=1)) == []
    asked(case, cast, at=LATER)
    assert told(NOON.date()) == []


def test_nobody_can_reply_any_more_and_reads_why(case: Case, cast: Cast) -> None:
    mine = source(asked(case, cast), cast.donor_a)
    reply(mine, says="talk", way="desk", by=cast.reporter_a, at=NOON)
    withdrawn(case, cast)

    with pytest.raises(IllegalMove, match="was withdrawn"):  # whoever comes second finds one clear outcome
        reply(mine, says="agreed", way="desk", by=cast.reporter_a, at=LATER)
    with pytest.raises(IllegalMove, match="was withdrawn"):
        reply(mine, says="agreed", way="on-behalf", by=cast.officer, at=LATER)
    with pytest.raises(IllegalMove, match="was withdrawn"):
        take_back_reply(mine, way="desk", by=cast.reporter_a, at=LATER)
    assert [(kept.says, kept.taken_back_at) for kept in Reply.objects.all()] == [("talk", None)]


def while_it_waits(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """What another process does, and commits, while the next act about the case waits for its turn."""
    taken = asking_services._locked

    def locked(case: Case) -> Case:
        monkeypatch.setattr(asking_services, "_locked", taken)
        act()
        return taken(case)

    monkeypatch.setattr(asking_services, "_locked", locked)


def test_a_reply_that_comes_second_is_refused_and_changes_nothing(
    case: Case, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = source(asked(case, cast), cast.donor_a)
    while_it_waits(monkeypatch, lambda: withdrawn(case, cast))

    with pytest.raises(IllegalMove, match="was withdrawn"):
        reply(mine, says="agreed", way="desk", by=cast.reporter_a, at=LATER)
    # both ran in the one transaction of this test, which the refusal undid with the reply: nothing is left
    assert not Reply.objects.exists()


def test_a_withdrawal_that_comes_second_keeps_the_reply_and_says_so(
    case: Case, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = source(asked(case, cast), cast.donor_a)
    while_it_waits(monkeypatch, lambda: reply(mine, says="talk", way="desk", by=cast.reporter_a, at=LATER))

    assert withdrawn(case, cast).is_withdrawn
    assert Reply.objects.get().taken_back_at is None
    assert Event.objects.latest("pk").details["replied"] == [cast.donor_a.key]


def test_a_withdrawal_that_comes_after_a_confirmation_is_refused(
    case: Case, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_reply(asked(case, cast), cast)
    while_it_waits(monkeypatch, lambda: confirm_findings(case, by=cast.officer, at=LATER))

    with pytest.raises(IllegalMove, match="undoes the confirmation"):
        withdrawn(case, cast)
    assert not Asking.objects.get().is_withdrawn


def test_it_can_be_asked_anew_and_the_earlier_one_stays_withdrawn(case: Case, cast: Cast) -> None:
    first = asked(case, cast)
    both_reply(first, cast)
    withdrawn(case, cast)

    second = asked(case, cast, text="Asked anew.", at=LATER + timedelta(hours=1))

    state = asking_state(case, on=NOON.date())
    assert (state.asking, state.standing) == (second, Standing.WAITING)
    assert [each.reply for each in state.sources] == [None, None]
    first.refresh_from_db()
    assert (first.ended_at, first.is_withdrawn) == (LATER, True)


def test_who_meant_the_earlier_question_does_not_withdraw_the_later_one(case: Case, cast: Cast) -> None:
    first = asked(case, cast)
    second = asked(case, cast, at=LATER)

    with pytest.raises(StaleWrite):
        withdrawn(case, cast, read=first.key)
    second.refresh_from_db()
    assert second.ended_at is None
    assert withdrawn(case, cast, read=second.key) == second


@pytest.mark.parametrize("person", ["reporter_a", "viewer_a", "board_member", "observer", "auditor"])
def test_only_who_may_ask_may_withdraw(case: Case, cast: Cast, person: str) -> None:
    asked(case, cast)

    with pytest.raises((NotPermitted, NotFound)):
        withdrawn(case, cast, by=getattr(cast, person))

    assert Asking.objects.get().ended_at is None
    assert not Event.objects.filter(event="asking-withdrawn").exists()
    assert not may_withdraw(asking_state(case, on=NOON.date()), actor=getattr(cast, person))


def test_a_lead_partner_withdraws_in_its_pillar(case: Case, cast: Cast) -> None:
    asked(case, cast)
    assert may_withdraw(asking_state(case, on=NOON.date()), actor=cast.lead_partner)

    assert withdrawn(case, cast, by=cast.lead_partner).withdrawn_by == cast.lead_partner


def test_what_was_not_asked_or_was_withdrawn_cannot_be_withdrawn(case: Case, cast: Cast) -> None:
    with pytest.raises(IllegalMove, match="nothing to withdraw"):
        withdrawn(case, cast)
    with pytest.raises(NotPermitted):
        withdrawn(case, cast, by=cast.auditor)
    asked(case, cast)
    withdrawn(case, cast)

    with pytest.raises(IllegalMove, match="nothing to withdraw"):
        withdrawn(case, cast, reason="Again.")
    assert Asking.objects.get().withdrawn_reason == "The wrong case."


def test_what_is_confirmed_cannot_be_withdrawn_before_that_is_undone(case: Case, cast: Cast) -> None:
    both_reply(asked(case, cast), cast)
    confirm_findings(case, by=cast.officer, at=NOON)

    with pytest.raises(IllegalMove, match="undoes the confirmation"):
        withdrawn(case, cast)
    assert Asking.objects.get().ended_at is None
    assert Finding.objects.get().confirmed_at is not None

    undo_confirmation(case, by=cast.officer, at=NOON)
    assert withdrawn(case, cast).is_withdrawn


def test_what_ended_by_itself_cannot_be_withdrawn(case: Case, cast: Cast) -> None:
    asked(case, cast)
    finding = Finding.objects.get()
    assess(finding, answer="joined", expected_version=finding.version, by=cast.officer, at=NOON)

    with pytest.raises(IllegalMove, match="ended by itself"):
        withdrawn(case, cast, at=AFTER)
    assert not Asking.objects.get().is_withdrawn
    assert withdrawn(case, cast, at=LATER).is_withdrawn  # until the last day they have the word


@pytest.mark.parametrize("reason", ["", "   ", "x" * 2_001])
def test_withdrawing_says_why(case: Case, cast: Cast, reason: str) -> None:
    asked(case, cast)

    with pytest.raises(BadInput):
        withdrawn(case, cast, reason=reason)
    assert Asking.objects.get().ended_at is None


def test_a_question_about_what_became_restricted_is_withdrawn_by_the_secretariat_alone(
    case: Case, cast: Cast
) -> None:
    asked(case, cast)
    Action.objects.filter(own_id="A2").update(marking=Marking.AMBER)

    with pytest.raises(NotFound):
        withdrawn(case, cast, by=cast.lead_partner)
    assert withdrawn(case, cast).is_withdrawn
