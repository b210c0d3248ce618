"""What people answer about proposed support."""

from datetime import timedelta

import pytest

from concord.accounts.rules import Marking
from concord.analysis.models import CoverageProposal
from concord.analysis.queries import proposal_named, proposals_for, proposals_of, refused_for
from concord.analysis.rules import PROPOSAL_MOVES, ProposalMove, ProposalState, proposal_after
from concord.analysis.services import (
    confirm_proposal,
    confirm_proposals,
    refuse_proposal,
    run,
    undo_refusal,
)
from concord.audit.queries import history_of
from concord.kernel.errors import IllegalMove, NotFound, NotPermitted, StaleWrite
from concord.plan.models import Action, NeedLink
from concord.plan.services import amend_action, remove_link
from tests.analysis.world import World, a_need, an_action
from tests.cast import Cast
from tests.factories import NOON

LATER = NOON + timedelta(days=1)


@pytest.fixture
def proposal(world: World, cast: Cast) -> CoverageProposal:
    """A1 may answer N1 directly (0.9), A2 partly (0.6), A3 is unlikely (0.3)."""
    world.record(an_action(1), an_action(2), an_action(3), a_need(1))
    for action, score in (("A1", 0.9), ("A2", 0.6), ("A3", 0.3)):
        world.covers("N1", action, score)
    run(world.plan, by=cast.officer, at=NOON)
    return CoverageProposal.objects.get(action__own_id="A1")


def test_a_confirmed_proposal_becomes_the_plans_link(
    proposal: CoverageProposal, world: World, cast: Cast
) -> None:
    link = confirm_proposal(proposal, strength="partly", expected_version=1, by=cast.officer, at=NOON)

    assert (link.need, link.action, link.strength) == (world.need("N1"), world.action("A1"), "partly")
    assert [each.action.own_id for each in proposals_of(world.plan, actor=cast.officer)] == ["A2"]


def test_bulk_confirms_from_a_probability_on_and_reads_the_strength_from_it(
    proposal: CoverageProposal, world: World, cast: Cast
) -> None:
    confirm_proposals(world.plan, at_least=0.5, by=cast.officer, at=NOON)

    links = NeedLink.objects.values_list("action__own_id", "strength").order_by("action__own_id")
    assert list(links) == [("A1", "direct"), ("A2", "partly")]
    assert confirm_proposals(world.plan, at_least=0.5, by=cast.officer, at=NOON) == []


def test_bulk_leaves_refused_ones_alone(proposal: CoverageProposal, world: World, cast: Cast) -> None:
    refuse_proposal(proposal, expected_version=1, by=cast.officer, at=NOON)

    confirm_proposals(world.plan, at_least=0.2, by=cast.officer, at=NOON)

    assert sorted(NeedLink.objects.values_list("action__own_id", flat=True)) == ["A2", "A3"]


def test_a_refused_proposal_stays_away_until_something_changes(
    proposal: CoverageProposal, world: World, cast: Cast
) -> None:
    need = world.need("N1")
    refuse_proposal(proposal, reason="Other police", expected_version=1, by=cast.officer, at=NOON)
    run(world.plan, by=cast.officer, at=LATER)
    assert [each.action.own_id for each in proposals_for(need, actor=cast.officer)] == ["A2", "A3"]
    assert [each.refused_reason for each in refused_for(need, actor=cast.officer)] == ["Other police"]

    amend_action(world.action("A1"), changes={"title": "New"}, expected_version=1, by=cast.officer, at=LATER)
    run(world.plan, by=cast.officer, at=LATER)

    assert [each.action.own_id for each in proposals_for(need, actor=cast.officer)] == ["A1", "A2", "A3"]
    assert not refused_for(need, actor=cast.officer).exists()


def test_a_refusal_can_be_taken_back(proposal: CoverageProposal, world: World, cast: Cast) -> None:
    refused = refuse_proposal(proposal, reason="x", expected_version=1, by=cast.officer, at=NOON)
    undone = undo_refusal(refused, expected_version=2, by=cast.officer, at=LATER)

    assert (undone.refused_by, undone.refused_reason, undone.refused_digest) == (None, "", "")
    assert proposals_for(world.need("N1"), actor=cast.officer).count() == 3


def test_a_link_taken_back_in_the_plan_is_a_proposal_again(
    proposal: CoverageProposal, world: World, cast: Cast
) -> None:
    link = confirm_proposal(proposal, strength="direct", expected_version=1, by=cast.officer, at=NOON)
    remove_link(link, by=cast.officer, at=LATER)

    assert proposals_of(world.plan, actor=cast.officer).count() == 2


@pytest.mark.parametrize("person", ["reporter_a", "coordinator", "auditor", "observer"])
def test_the_wrong_person_confirms_and_refuses_nothing(
    proposal: CoverageProposal, world: World, cast: Cast, person: str
) -> None:
    actor = getattr(cast, person)
    with pytest.raises(NotPermitted):
        confirm_proposal(proposal, strength="direct", expected_version=1, by=actor, at=NOON)
    with pytest.raises(NotPermitted):
        refuse_proposal(proposal, expected_version=1, by=actor, at=NOON)
    with pytest.raises(NotPermitted):
        confirm_proposals(world.plan, at_least=0.5, by=actor, at=NOON)

    assert not NeedLink.objects.exists()
    assert not CoverageProposal.objects.exclude(refused_by=None).exists()


def test_the_wrong_person_takes_no_refusal_back(proposal: CoverageProposal, cast: Cast) -> None:
    refused = refuse_proposal(proposal, expected_version=1, by=cast.officer, at=NOON)

    with pytest.raises(NotPermitted):
        undo_refusal(refused, expected_version=2, by=cast.reporter_a, at=NOON)


def test_what_is_confirmed_or_refused_takes_no_second_answer(proposal: CoverageProposal, cast: Cast) -> None:
    refuse_proposal(proposal, expected_version=1, by=cast.officer, at=NOON)

    with pytest.raises(IllegalMove):
        refuse_proposal(proposal, expected_version=2, by=cast.officer, at=NOON)
    with pytest.raises(IllegalMove):
        confirm_proposal(proposal, strength="direct", expected_version=2, by=cast.officer, at=NOON)


def test_what_is_open_has_no_refusal_to_take_back(proposal: CoverageProposal, cast: Cast) -> None:
    with pytest.raises(IllegalMove):
        undo_refusal(proposal, expected_version=1, by=cast.officer, at=NOON)


def test_two_answers_at_once_leave_the_first(proposal: CoverageProposal, cast: Cast) -> None:
    confirm_proposal(proposal, strength="direct", expected_version=1, by=cast.officer, at=NOON)

    with pytest.raises(StaleWrite):
        refuse_proposal(proposal, expected_version=1, by=cast.second_officer, at=NOON)
    with pytest.raises(StaleWrite):
        confirm_proposal(proposal, strength="partly", expected_version=1, by=cast.second_officer, at=NOON)

    assert NeedLink.objects.get().strength == "direct"


def test_a_stale_undo_changes_nothing(proposal: CoverageProposal, cast: Cast) -> None:
    refused = refuse_proposal(proposal, expected_version=1, by=cast.officer, at=NOON)
    with pytest.raises(StaleWrite):
        undo_refusal(refused, expected_version=1, by=cast.second_officer, at=NOON)


def test_every_answer_is_recorded(proposal: CoverageProposal, cast: Cast) -> None:
    refused = refuse_proposal(proposal, reason="Secret", expected_version=1, by=cast.officer, at=NOON)
    undo_refusal(refused, expected_version=2, by=cast.second_officer, at=NOON)
    confirm_proposal(refused, strength="direct", expected_version=3, by=cast.officer, at=NOON)

    assert [(event.event, event.actor_ref) for event in history_of(proposal)] == [
        ("link-dismissed", cast.officer.ref),
        ("link-dismissal-undone", cast.second_officer.ref),
    ]
    assert "Secret" not in str([event.details for event in history_of(proposal)])
    assert [event.event for event in history_of(proposal.need)][-1] == "link-confirmed"


def test_a_bulk_confirmation_is_one_event(proposal: CoverageProposal, world: World, cast: Cast) -> None:
    confirm_proposals(world.plan, at_least=0.5, by=cast.officer, at=NOON)

    events = [event for event in history_of(world.framework) if event.event == "link-confirmed"]
    assert [len(event.details["links"]) for event in events] == [2]


def test_proposals_of_hidden_actions_are_hidden(proposal: CoverageProposal, world: World, cast: Cast) -> None:
    Action.objects.filter(own_id="A1").update(marking=Marking.AMBER_STRICT)

    seen = proposals_of(world.plan, actor=cast.reporter_b)
    assert [each.action.own_id for each in seen] == ["A2"]
    with pytest.raises(NotFound):
        proposal_named(proposal.key, actor=cast.reporter_b)


def test_every_move_of_a_proposal_is_in_the_table_or_refused() -> None:
    for state in ProposalState:
        for move in ProposalMove:
            if (state, move) in PROPOSAL_MOVES:
                assert proposal_after(state, move) is PROPOSAL_MOVES[(state, move)]
            else:
                with pytest.raises(IllegalMove):
                    proposal_after(state, move)
