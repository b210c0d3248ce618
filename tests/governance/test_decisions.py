"""Decisions bind exactly the text that was read, once."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from concord.audit.events import EventName
from concord.audit.queries import history_of
from concord.governance.models import Decision, DecisionText, Standing
from concord.governance.queries import decision_facts, decisions_of, standing_of, texts_of
from concord.governance.rules import REHEARSAL_NOTICE, TextState
from concord.governance.services import add_agenda_item, add_meeting, record_decision
from concord.kernel.errors import BadInput, IllegalMove, NotPermitted, StaleWrite
from concord.plan.models import PlanVersion
from concord.plan.services import freeze, number_version
from tests.analysis.world import an_action
from tests.crash import fail_at_each_statement
from tests.factories import NOON

JUNE = date(2019, 6, 3)


def decide(world, by, *versions, kind="endorse", **values):
    facts = {
        "number": "Decision 7",
        "decided_on": JUNE,
        "text": "The Board endorses the plan.",
        "at": NOON,
    } | values
    return record_decision(world.framework, kind=kind, versions=versions, by=by, **facts)


def test_endorsing_binds_exactly_that_text(world, cast, draft):
    world.record(an_action(2, "One more"))
    later = freeze(world.plan, by=cast.officer, at=NOON)
    decision = decide(world, cast.officer, draft, place="Brdo", conditions="To be reviewed in a year.")

    assert standing_of(draft).is_endorsed
    assert standing_of(later).state is TextState.FROZEN
    bound = texts_of(decision).get()
    assert (bound.version, bound.commitment, bound.makes_endorsed) == (draft, draft.commitment, True)
    assert list(decisions_of(world.plan)) == [decision]


def test_the_facts_of_a_decision_are_verbatim(world, cast, draft):
    meeting = add_meeting(world.framework, title="Board of June", held_on=JUNE, by=cast.officer, at=NOON)
    decision = decide(world, cast.officer, draft, place="Brdo", conditions=" A condition. ", meeting=meeting)
    assert decision_facts(decision) == {
        "kind": "endorse",
        "number": "Decision 7",
        "on": "2019-06-03",
        "place": "Brdo",
        "text": "The Board endorses the plan.",
        "conditions": "A condition.",
        "meeting": "Board of June",
        "rehearsal": False,
    }


def test_one_decision_may_bind_several_texts(world, cast, draft):
    other = freeze(world.successor, by=cast.officer, at=NOON)
    decide(world, cast.officer, draft, other)
    assert standing_of(draft).is_endorsed
    assert standing_of(other).is_endorsed


def test_a_rehearsal_says_that_no_board_took_it(world, cast, draft):
    decide(world, cast.officer, draft, is_rehearsal=True)
    assert (
        standing_of(draft).notice
        == REHEARSAL_NOTICE
        == ("This is a rehearsal: no Board took this decision on this text.")
    )


@pytest.mark.parametrize(
    "who",
    ["lead_partner", "co_lead_partner", "reporter_a", "board_member", "auditor", "suspended", "anonymous"],
)
def test_who_may_not_record_a_decision(world, cast, draft, who):
    with pytest.raises(NotPermitted):
        decide(world, getattr(cast, who), draft)
    assert not Decision.objects.exists()
    assert standing_of(draft).state is TextState.FROZEN


def test_a_text_is_endorsed_once(world, cast, draft):
    decide(world, cast.officer, draft)
    with pytest.raises(IllegalMove, match="endorsed already"):
        decide(world, cast.officer, draft, number="Decision 8")
    assert Decision.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        DecisionText.objects.create(
            decision=_appointment(world, cast),
            version=draft,
            commitment=draft.commitment,
            makes_endorsed=True,
        )


def _appointment(world, cast):
    return decide(
        world, cast.officer, kind="appoint", number="Decision 9", text="The lead partner is appointed."
    )


def test_a_withdrawn_text_is_not_endorsed(world, cast, draft):
    decide(world, cast.officer, draft, kind="withdraw")
    with pytest.raises(IllegalMove, match="withdrawn"):
        decide(world, cast.officer, draft)


def test_a_text_older_than_the_published_one_is_not_endorsed(world, cast, draft):
    later = freeze(world.plan, by=cast.officer, at=NOON)
    number_version(later, number=1, by=cast.officer, at=NOON)
    assert standing_of(draft).superseded
    with pytest.raises(IllegalMove, match="later text"):
        decide(world, cast.officer, draft)


def test_a_published_text_is_not_withdrawn(world, cast, draft):
    decide(world, cast.officer, draft)
    number_version(draft, number=1, by=cast.officer, at=NOON)
    with pytest.raises(IllegalMove, match="published"):
        decide(world, cast.officer, draft, kind="withdraw")


def test_a_text_that_is_not_the_one_read_is_stale(world, cast, draft):
    draft.commitment = "0" * 64
    with pytest.raises(StaleWrite):
        decide(world, cast.officer, draft)
    assert not Decision.objects.exists()


def test_a_standing_that_changed_in_the_same_moment_is_stale(world, cast, draft, monkeypatch):
    before = standing_of(draft)
    decide(world, cast.officer, draft)
    monkeypatch.setattr("concord.governance.services.standing_of", lambda version: before)
    with pytest.raises(StaleWrite):
        decide(world, cast.officer, PlanVersion.objects.get(pk=draft.pk), number="Decision 8")
    assert Decision.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "what"),
    [({"number": " "}, "number"), ({"text": ""}, "text"), ({"kind": "bless"}, "no kind of decision")],
)
def test_what_a_decision_cannot_do_without(world, cast, draft, values, what):
    with pytest.raises(BadInput, match=what):
        decide(world, cast.officer, draft, **values)
    assert not Decision.objects.exists()


def test_taking_note_leaves_the_text_as_it_stands(world, cast, draft):
    decide(world, cast.officer, draft, kind="take note")
    assert standing_of(draft).state is TextState.FROZEN
    assert not Standing.objects.exists()
    assert texts_of(Decision.objects.get()).get().makes_endorsed is False


def test_the_record_names_the_texts_by_their_commitments(world, cast, draft):
    decision = decide(world, cast.officer, draft)
    event = next(event for event in history_of(decision) if event.event == EventName.DECISION_RECORDED)
    assert event.actor_ref == cast.officer.ref
    assert event.details["texts"] == [{"version": draft.audit_ref[1], "commitment": draft.commitment}]


def test_a_text_is_submitted_with_the_agenda(world, cast, draft):
    meeting = add_meeting(world.framework, title="Board of June", held_on=JUNE, by=cast.officer, at=NOON)
    add_agenda_item(meeting, number=1, title="The plan", version=draft, by=cast.officer, at=NOON)
    assert standing_of(draft).state is TextState.SUBMITTED
    with pytest.raises(IllegalMove, match="before the Board already"):
        add_agenda_item(meeting, number=2, title="Again", version=draft, by=cast.officer, at=NOON)
    with pytest.raises(BadInput, match="point 1 already"):
        add_agenda_item(meeting, number=1, title="Other", by=cast.officer, at=NOON)
    decide(world, cast.officer, draft, meeting=meeting)
    assert standing_of(draft).is_endorsed


def test_a_failure_at_any_statement_leaves_no_decision(world, cast, draft):
    assert fail_at_each_statement(lambda: decide(world, cast.officer, draft)) > 3
