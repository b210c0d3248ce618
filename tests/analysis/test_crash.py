"""A write that fails at any statement leaves nothing half done (R2)."""

import pytest

from concord.analysis.models import Asking, Assessment, CoverageProposal, Finding
from concord.analysis.queries import pair_of
from concord.analysis.services import (
    ask_sources,
    assess,
    confirm_findings,
    confirm_proposal,
    confirm_proposals,
    merge_pair,
    refuse_proposal,
    reply,
    run,
    take_back_reply,
    undo_assessment,
    undo_confirmation,
    undo_refusal,
)
from tests.analysis.asked import UNTIL, case_of, source
from tests.analysis.world import World, a_need, an_action
from tests.cast import Cast
from tests.crash import fail_at_each_statement
from tests.factories import NOON

pytestmark = pytest.mark.slow


@pytest.fixture
def ready(world: World, cast: Cast) -> World:
    """Two actions that may be one, and a need that one of them may answer; analysed."""
    world.record(an_action(1), an_action(2), a_need(1))
    world.finds("A1", "A2", "duplicate")
    world.covers("N1", "A1")
    run(world.plan, by=cast.officer, at=NOON)
    return world


def read_now(world: World) -> dict[str, int]:
    return {world.action(own_id).key: world.action(own_id).version for own_id in ("A1", "A2")}


def test_a_run_is_kept_whole_or_not_at_all(world: World, cast: Cast) -> None:
    world.record(an_action(1), an_action(2), a_need(1))
    world.finds("A1", "A2")
    world.covers("N1", "A1")

    assert fail_at_each_statement(lambda: run(world.plan, by=cast.officer, at=NOON)) >= 10


def test_an_answer_is_kept_whole_or_not_at_all(ready: World, cast: Cast) -> None:
    finding = Finding.objects.get()

    def act() -> None:
        assess(finding, answer="joined", expected_version=1, by=cast.officer, at=NOON)

    assert fail_at_each_statement(act) >= 5


def test_a_merge_and_its_undo_are_kept_whole_or_not_at_all(ready: World, cast: Cast) -> None:
    def merge() -> None:
        finding = pair_of(*read_now(ready), actor=cast.officer)
        merge_pair(
            finding,
            target=ready.action("A1"),
            take={"title"},
            expected_version=finding.version,
            read=read_now(ready),
            by=cast.officer,
            at=NOON,
        )

    def undo() -> None:
        undo_assessment(Assessment.objects.get(), by=cast.officer, at=NOON)

    assert fail_at_each_statement(merge) >= 10
    assert fail_at_each_statement(undo) >= 10


def test_answers_to_proposals_are_kept_whole_or_not_at_all(ready: World, cast: Cast) -> None:
    def proposal() -> CoverageProposal:
        return CoverageProposal.objects.get()

    acts = {"by": cast.officer, "at": NOON}
    refused = fail_at_each_statement(lambda: refuse_proposal(proposal(), expected_version=1, **acts))
    opened = fail_at_each_statement(lambda: undo_refusal(proposal(), expected_version=2, **acts))
    confirmed = fail_at_each_statement(
        lambda: confirm_proposal(proposal(), strength="direct", expected_version=3, **acts)
    )

    assert min(refused, opened, confirmed) >= 4


def test_a_bulk_confirmation_is_kept_whole_or_not_at_all(ready: World, cast: Cast) -> None:
    acts = {"at_least": 0.5, "by": cast.officer, "at": NOON}
    assert fail_at_each_statement(lambda: confirm_proposals(ready.plan, **acts)) >= 4


def test_asking_replying_and_confirming_are_kept_whole_or_not_at_all(ready: World, cast: Cast) -> None:
    case, acts = case_of(Finding.objects.get()), {"by": cast.officer, "at": NOON}

    def own() -> dict[str, object]:
        mine = source(Asking.objects.get(), cast.donor_a)
        return {"source": mine, "way": "desk", "by": cast.reporter_a, "at": NOON}

    asked = fail_at_each_statement(lambda: ask_sources(case, answers_until=UNTIL, **acts))
    said = fail_at_each_statement(lambda: reply(says="talk", **own()))
    back = fail_at_each_statement(lambda: take_back_reply(**own()))
    reply(says="agreed", **own())
    confirmed = fail_at_each_statement(lambda: confirm_findings(case, **acts))
    undone = fail_at_each_statement(lambda: undo_confirmation(case, **acts))

    assert min(asked, said, back, confirmed, undone) >= 5
