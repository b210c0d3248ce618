"""What people answer about a pair: it works, the wrong person, the wrong moment, a stale page, the record."""

from datetime import timedelta

import pytest

from concord.analysis.models import Assessment, Finding
from concord.analysis.queries import (
    findings_of,
    history_of_pair,
    queue,
    state_of_finding,
    what_changed,
)
from concord.analysis.rules import MOVES, Answer, Move, State, after
from concord.analysis.services import assess, run, undo_assessment
from concord.audit.queries import history_of
from concord.kernel.errors import BadInput, IllegalMove, NotFound, NotPermitted, StaleWrite
from concord.plan.services import amend_action
from tests.analysis.asked import tell_all
from tests.analysis.world import World
from tests.cast import Cast
from tests.factories import NOON

LATER = NOON + timedelta(days=1)


@pytest.mark.parametrize("answer", ["joined", "phased", "kept", "dismissed"])
def test_an_answer_is_kept_with_who_when_and_why(finding: Finding, cast: Cast, answer: str) -> None:
    made = assess(
        finding, answer=answer, reason="  Agreed by mail ", expected_version=1, by=cast.officer, at=LATER
    )

    assert (made.answer, made.reason, made.by, made.at) == (answer, "Agreed by mail", cast.officer, LATER)
    assert state_of_finding(finding) == answer
    assert (made.kind, made.digest) == ("duplicate", finding.digest)


@pytest.mark.parametrize("answer", ["joined", "phased"])
def test_joined_and_phased_stand_in_the_plan_until_they_are_undone(
    finding: Finding, world: World, cast: Cast, answer: str
) -> None:
    made = assess(finding, answer=answer, expected_version=1, by=cast.officer, at=NOON)
    assert [link.kind for link in finding.action_a.links.all()] == [answer]

    undo_assessment(made, by=cast.officer, at=LATER)
    assert not finding.action_a.links.exists()


@pytest.mark.parametrize("answer", ["kept", "dismissed"])
def test_kept_and_dismissed_need_a_reason(finding: Finding, cast: Cast, answer: str) -> None:
    with pytest.raises(BadInput, match="reason"):
        assess(finding, answer=answer, reason=" ", expected_version=1, by=cast.officer, at=NOON)


@pytest.mark.parametrize("answer", ["merged", "yes", ""])
def test_other_answers_are_refused(finding: Finding, cast: Cast, answer: str) -> None:
    with pytest.raises(BadInput):
        assess(finding, answer=answer, reason="x", expected_version=1, by=cast.officer, at=NOON)


@pytest.mark.parametrize("person", ["reporter_a", "coordinator", "observer", "auditor", "board_member"])
def test_who_may_see_but_not_answer_is_refused(finding: Finding, cast: Cast, person: str) -> None:
    tell_all(cast.officer)
    with pytest.raises(NotPermitted):
        assess(finding, answer="joined", expected_version=1, by=getattr(cast, person), at=NOON)

    assert not Assessment.objects.exists()


@pytest.mark.parametrize("person", ["administrator", "suspended"])
def test_who_may_not_see_the_pair_is_told_that_there_is_none(
    finding: Finding, cast: Cast, person: str
) -> None:
    with pytest.raises(NotFound):
        assess(finding, answer="joined", expected_version=1, by=getattr(cast, person), at=NOON)


@pytest.mark.parametrize("person", ["officer", "lead_partner", "co_lead_partner", "operator"])
def test_officers_and_the_pillars_partners_may_answer(finding: Finding, cast: Cast, person: str) -> None:
    made = assess(finding, answer="joined", expected_version=1, by=getattr(cast, person), at=NOON)

    assert made.answer == "joined"


def test_an_answered_pair_is_undone_before_it_is_answered_differently(finding: Finding, cast: Cast) -> None:
    made = assess(finding, answer="joined", expected_version=1, by=cast.officer, at=NOON)
    with pytest.raises(IllegalMove, match="Undo"):
        assess(finding, answer="phased", expected_version=2, by=cast.officer, at=NOON)

    undo_assessment(made, by=cast.officer, at=NOON)
    assess(finding, answer="phased", expected_version=3, by=cast.officer, at=NOON)

    assert [(row.answer, row.undone_at is None) for row in history_of_pair(finding)] == [
        ("phased", True),
        ("joined", False),
    ]


def test_of_two_people_who_answer_at_once_one_is_told_to_look_again(finding: Finding, cast: Cast) -> None:
    assess(finding, answer="joined", expected_version=1, by=cast.officer, at=NOON)

    with pytest.raises(StaleWrite):
        assess(finding, answer="phased", expected_version=1, by=cast.second_officer, at=NOON)

    assert Assessment.objects.get().answer == "joined"


def test_an_answer_on_a_page_older_than_the_last_run_is_stale(
    finding: Finding, world: World, cast: Cast
) -> None:
    world.finds("A1", "A2", "overlap", 0.6)
    run(world.plan, by=cast.officer, at=LATER)

    with pytest.raises(StaleWrite):
        assess(finding, answer="joined", expected_version=1, by=cast.officer, at=LATER)


def test_what_is_no_longer_proposed_is_not_answered(finding: Finding, world: World, cast: Cast) -> None:
    world.pairs = []
    run(world.plan, by=cast.officer, at=LATER)

    with pytest.raises(IllegalMove, match="no longer"):
        assess(finding, answer="joined", expected_version=2, by=cast.officer, at=LATER)


def test_an_answer_is_recorded_without_its_reason(finding: Finding, cast: Cast) -> None:
    assess(finding, answer="kept", reason="Secret talks", expected_version=1, by=cast.officer, at=NOON)

    event = history_of(finding)[-1]
    assert (event.event, event.actor_ref) == ("finding-assessed", cast.officer.ref)
    assert event.details == {"answer": "kept", "kind": "duplicate"}


def test_an_answer_is_announced_after_the_commit(
    finding: Finding, cast: Cast, django_capture_on_commit_callbacks: object
) -> None:
    from concord.analysis.events import pair_answered

    heard: list[Assessment] = []

    def listen(assessment: Assessment, **_: object) -> None:
        heard.append(assessment)

    pair_answered.connect(listen)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        made = assess(finding, answer="joined", expected_version=1, by=cast.officer, at=NOON)
    pair_answered.disconnect(listen)

    assert heard == [made]


# --- asked again ----------------------------------------------------------------------------------


def test_an_answered_pair_comes_back_only_when_something_relevant_changed_and_says_what(
    finding: Finding, world: World, cast: Cast
) -> None:
    assess(finding, answer="kept", reason="Two forces", expected_version=1, by=cast.officer, at=NOON)
    action = world.action("A1")
    amend_action(
        action,
        changes={"title": "A new title", "status": "ongoing"},
        expected_version=1,
        by=cast.officer,
        at=LATER,
    )

    run(world.plan, by=cast.officer, at=LATER)

    again = findings_of(world.plan, actor=cast.officer).get()
    assert state_of_finding(again, on=NOON.date()) is State.ASKED_AGAIN
    assert what_changed(again, on=NOON.date()) == "Changed since it was answered: title of “A new title”."
    assert [
        found.pk for found in queue(world.plan, actor=cast.officer, on=NOON.date(), tab="double-entries")
    ] == [finding.pk]


def test_a_change_of_status_or_notes_asks_nobody_again(finding: Finding, world: World, cast: Cast) -> None:
    assess(finding, answer="joined", expected_version=1, by=cast.officer, at=NOON)
    changes = {"status": "ongoing", "notes": "Spoke to them", "source_url": "https://example.org"}
    amend_action(world.action("A1"), changes=changes, expected_version=1, by=cast.officer, at=LATER)

    run(world.plan, by=cast.officer, at=LATER)

    assert state_of_finding(findings_of(world.plan, actor=cast.officer).get()) is State.JOINED


def test_a_pair_that_is_asked_again_is_answered_at_once_and_keeps_the_earlier_answer(
    finding: Finding, world: World, cast: Cast
) -> None:
    assess(finding, answer="joined", expected_version=1, by=cast.officer, at=NOON)
    amend_action(world.action("A1"), changes={"end": "2021"}, expected_version=1, by=cast.officer, at=LATER)
    run(world.plan, by=cast.officer, at=LATER)
    finding.refresh_from_db()

    assess(finding, answer="phased", expected_version=finding.version, by=cast.officer, at=LATER)

    assert [(row.answer, row.replaced_at) for row in history_of_pair(finding)] == [
        ("phased", None),
        ("joined", LATER),
    ]
    assert [link.kind for link in finding.action_a.links.all()] == ["phased"]
    assert state_of_finding(finding) is State.PHASED


# --- undo -----------------------------------------------------------------------------------------


def test_undoing_twice_is_stale(finding: Finding, cast: Cast) -> None:
    made = assess(finding, answer="joined", expected_version=1, by=cast.officer, at=NOON)
    undo_assessment(made, by=cast.officer, at=NOON)

    with pytest.raises(StaleWrite):
        undo_assessment(made, by=cast.second_officer, at=NOON)


def test_who_may_not_answer_may_not_undo(finding: Finding, cast: Cast) -> None:
    made = assess(finding, answer="joined", expected_version=1, by=cast.officer, at=NOON)
    tell_all(cast.officer)

    with pytest.raises(NotPermitted):
        undo_assessment(made, by=cast.reporter_a, at=NOON)

    assert state_of_finding(finding) is State.JOINED


def test_every_pair_of_state_and_move_leads_where_the_table_says_or_is_refused() -> None:
    for state in State:
        for move in Move:
            if (state, move) in MOVES:
                assert after(state, move) is MOVES[(state, move)]
            else:
                with pytest.raises(IllegalMove):
                    after(state, move)


def test_every_answer_is_a_move_and_a_state() -> None:
    assert {Move(answer) for answer in Answer.values} == set(Move) - {Move.UNDO}
    assert {State(answer) for answer in Answer.values} <= set(State)
